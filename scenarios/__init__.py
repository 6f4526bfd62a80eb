"""Read municipalities and policies from TOML files into plain checked values.

`load` returns a `Scenario`, which `model.simulation.model.TrustModel` simulates.

>>> load("villa_canales", policies="mopsic_full", set={"population.scale": 0.05}).name
'villa_canales'
"""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, checked_value, parse_date
from model.engine.policies import check_policies
from model.engine.scenario import Scenario
from scenarios.anchors import read_anchors
from scenarios.files import read_toml
from scenarios.groups import checked_mechanism, declared_groups, find_parameter
from scenarios.national_shocks import with_national_shocks
from scenarios.outlines import Plane
from scenarios.places import read_places, settings_plane
from scenarios.policy_files import (
    PolicyText,
    ReadyPolicy,
    checked_finite,
    localised_text,
    parse_policy_words,
    ready_policies,
    ready_worlds,
    table_settings,
)
from scenarios.ranges import bounds
from scenarios.reading import (
    Settings,
    SourcedSetting,
    built_in_files,
    checked_given_value,
    display_path,
    find_file,
    read_settings,
    scenario_lineage,
)
from scenarios.timeline import timeline_for

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

__all__ = ["ReadyPolicy", "bounds", "build", "load", "names", "policies", "worlds"]

FIRST_DAY = datetime.date(2017, 1, 1)
YEAR_RANGE = (1900, 2500)
PLACE_KEYS = ("territory.outline", "territory.lake", "settlements", "facilities")


def load(
    name: str | Path,
    *,
    policies: str | Path | Iterable[str | Path] = (),
    set: Mapping[str, Any] | None = None,
    start: datetime.date | str | None = None,
    off: str | Iterable[str] = (),
) -> Scenario:
    """Return the scenario of a built-in name or a TOML file.

    Parameters
    ----------
    name
        Built-in name, or a path that ends in ``.toml``.
    policies
        Name of a policy or path, or a list of them; ``a+b`` for two and ``a@2018-01-01`` for a start.
    set
        Values of parameters by dotted name, in their own units; they replace those of the file.
    start
        First reported date, a date or ``"2018-01-01"``.
    off
        Name of a mechanism to switch off, or a list of names.

    Returns
    -------
    Scenario
        Checked values that `TrustModel` simulates.

    Raises
    ------
    InputError
        In one line, if a file, name or value is wrong.

    Examples
    --------
    >>> scenario = load("villa_canales", set={"trust.memory_years": 3.0}, off=["hearsay"])
    >>> scenario["trust"].memory_years, sorted(scenario.off)
    (3.0, ['hearsay'])
    """
    path = find_file(str(name), "scenario")
    own = read_settings(path)
    settings = own | as_settings(set or {})
    switched_off = checked_names("off", off, "hearsay")
    settings |= {f"mechanisms.{mechanism}": SourcedSetting(False) for mechanism in switched_off}
    if start is not None:
        settings["calendar.start"] = SourcedSetting(start)
    scenario = build_scenario(path, settings)
    scenario = dataclasses.replace(scenario, before=groups_before_levers(scenario, own, set or {}))
    return with_policies(scenario, policies)


def checked_names(argument: str, given: Any, example: str) -> tuple[str, ...]:
    """Return names given in Python as one or many; raise `InputError` for anything else."""
    names = (given,) if isinstance(given, str | Path) else tuple(given) if isinstance(given, Iterable) else (None,)
    if not all(isinstance(name, str | Path) for name in names):
        raise InputError(
            f'{argument} must be a name or a list of names, got {given!r:.80}; for example {argument}=["{example}"]'
        )
    return tuple(map(str, names))


def with_policies(scenario: Scenario, policies: str | Path | Iterable[str | Path]) -> Scenario:
    """Return a scenario with these policies, named as in `load`, in place of its own."""
    words = checked_names("policies", policies, "mopsic_full")
    changed = dataclasses.replace(scenario, policies=parse_policy_words(words))
    check_policies(changed)
    return changed


def as_settings(values: Mapping[str, Any]) -> Settings:
    """Return values given in Python or on a command line as settings without a file."""
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise InputError(
            f'set must give values by dotted name, got {values!r:.80}; for example set={{"trust.memory_years": 3.0}}'
        )
    return {key: SourcedSetting(checked_given_value(key, value)) for key, value in values.items()}


def scenario_plane(name: str | Path, *, set: Mapping[str, Any] | None = None) -> Plane:
    """Return the plane in metres on which the places of a scenario lie."""
    path = find_file(str(name), "scenario")
    return settings_plane(read_settings(path) | as_settings(set or {}), display_path(path))


def groups_before_levers(scenario: Scenario, own: Settings, changed: Iterable[str]) -> dict[str, ParameterGroup]:
    """Return the groups of levers in ``changed``, with the file's values for the warm-up."""
    kept: dict[str, dict[str, Any]] = {}
    for dotted in changed:
        if is_parameter(dotted):
            group, key = find_parameter(dotted)
            if key in group.parameter_specs() and group.parameter_specs()[key].role == "lever":
                stated = own.get(dotted)
                value = getattr(group(), key) if stated is None else typed_value(dotted, group, key, stated.value)
                kept.setdefault(group.name, {})[key] = value
    return {name: scenario.groups[name].replace(values) for name, values in kept.items()}


def build_scenario(path: Path, settings: Settings) -> Scenario:
    """Return the scenario that settings describe, without policies."""
    declared_groups()
    for key, stated in settings.items():
        check_dotted_key(key, stated)
    places = read_places(settings, display_path(path))
    given = {key: stated for key, stated in settings.items() if is_parameter(key)}
    return Scenario(
        name=path.stem,
        title=localised_text("title", settings, path.stem),
        start=parse_first_day(settings),
        groups=parameter_groups(given),
        outline=places.outline,
        lake=places.lake,
        settlements=places.settlements,
        facilities=places.facilities,
        policies=(),
        timeline=timeline_for(scenario_lineage(path)),
        anchors=read_anchors(),
        sources={key: stated.source for key, stated in settings.items() if stated.source} | places.sources,
        off=frozenset(name for name, stated in table_settings("mechanisms", settings) if is_switched_off(name, stated)),
    )


def check_dotted_key(key: str, stated: SourcedSetting) -> None:
    """Raise `InputError` if the first part of a dotted key is no table or key of a scenario."""
    known = {
        "title",
        "start",
        "settlements",
        "facilities",
        "mechanisms",
        "territory",
        "calendar",
        *ParameterGroup.known,
    }
    table, dot, _ = key.partition(".")
    if table not in known:
        raise stated.wrong(f"no table or key '{table}' in a scenario{suggest_nearest(table, known)}")
    if not dot and table not in ("title", "start", "settlements", "facilities") and stated.value != {}:
        raise stated.wrong(f"[{table}] must be a table, got {stated.value!r}")


def is_parameter(key: str) -> bool:
    """Return whether a dotted key names a parameter of a group."""
    return "." in key and key not in (*PLACE_KEYS, "calendar.start") and not key.startswith(("title.", "mechanisms."))


def parameter_groups(given: Settings) -> dict[str, ParameterGroup]:
    """Return all groups of parameters: the defaults with the given values."""
    changes: dict[str, dict[str, Any]] = {name: {} for name in ParameterGroup.known}
    for dotted, stated in given.items():
        try:
            group, key = find_parameter(dotted)
            changes[group.name][key] = typed_value(dotted, group, key, stated.value)
        except InputError as reason:
            raise stated.wrong(str(reason)) from None
    return {name: ParameterGroup.known[name]().replace(values) for name, values in changes.items()}


def typed_value(dotted: str, group: type[ParameterGroup], key: str, value: Any) -> Any:
    """Return a number in its declared type and range; the group itself checks fields that are no numbers."""
    spec = group.parameter_specs().get(key)
    return value if spec is None else checked_value(dotted, checked_finite(dotted, value), group.kind(key), spec)


def parse_first_day(settings: Settings) -> datetime.date:
    """Return the first reported date, 2017-01-01 unless stated."""
    stated = settings.get("calendar.start", settings.get("start", SourcedSetting(FIRST_DAY)))
    name = f"{stated.file}: start" if stated.file else "calendar.start"
    day = parse_date(name, stated.value)
    if not YEAR_RANGE[0] <= day.year <= YEAR_RANGE[1]:
        raise InputError(f"{name} must lie in the years {YEAR_RANGE[0]} to {YEAR_RANGE[1]}, got {day}")
    return day


def is_switched_off(name: str, stated: SourcedSetting) -> bool:
    """Return whether a setting switches a mechanism off."""
    try:
        checked_mechanism(name)
    except InputError as reason:
        raise stated.wrong(str(reason)) from None
    if not isinstance(stated.value, bool):
        raise stated.wrong(f"mechanisms.{name} must be true or false, got {stated.value!r}")
    return not stated.value


def names() -> dict[str, dict[str, str]]:
    """Return the titles of the built-in scenarios, by name and language."""
    found = {name: path for name, path in built_in_files().items() if is_scenario(path)}
    return {name: localised_text("title", read_settings(path), name) for name, path in found.items()}


def is_scenario(path: Path) -> bool:
    """Return whether a built-in file is a scenario; other tables lie in the same folder."""
    table = read_toml(path, display_path(path))
    return "extends" in table or "settlements" in table


def policies() -> dict[str, ReadyPolicy]:
    """Return the built-in policies with title and description, by name."""
    return ready_policies()


def worlds() -> dict[str, PolicyText]:
    """Return titles and descriptions of the built-in worlds, which are for experiments only, by name."""
    return ready_worlds()


def build(name: str, *, rng: int, policies: str | Iterable[str] = (), **overrides: Any) -> "TrustModel":
    """Return the world of a scenario with dotted overrides; usable as ``model_cls`` of `mesa.batch_run`.

    Parameters
    ----------
    name, policies
        As for `load`.
    rng
        Seed, 0 to 2**63 - 1.
    **overrides
        Values of parameters by dotted name, as ``set`` of `load`.

    Returns
    -------
    TrustModel
        A world after its warm-up.

    Raises
    ------
    InputError
        In one line, if a file, name, value or seed is wrong.

    Examples
    --------
    >>> world = build("baseline", rng=1, **{"population.scale": 0.05, "calendar.warm_up": 0})
    >>> world.step()
    >>> world.settings.name, world.seed
    ('baseline', 1)
    """
    from model.simulation.model import TrustModel  # imports Mesa, which reading scenarios does not need

    return TrustModel(with_national_shocks(load(name, policies=policies, set=overrides), rng), rng=rng)
