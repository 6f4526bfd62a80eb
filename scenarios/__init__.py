"""Scenarios: municipalities and policies as files, read into plain checked values."""

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
    policies: str | Iterable[str] = (),
    set: Mapping[str, Any] | None = None,
    start: datetime.date | str | None = None,
    off: Iterable[str] = (),
) -> Scenario:
    """Return the scenario of a built-in name or a TOML file, with policies, changed values and switches."""
    path = find_file(str(name), "scenario")
    own = read_settings(path)
    settings = own | as_settings(set or {})
    settings |= {f"mechanisms.{mechanism}": SourcedSetting(False) for mechanism in off}
    if start is not None:
        settings["calendar.start"] = SourcedSetting(start)
    scenario = build_scenario(path, settings, parse_policy_words(policies))
    scenario = dataclasses.replace(scenario, before=groups_before_levers(scenario, own, set or {}))
    check_policies(scenario)
    return scenario


def as_settings(values: Mapping[str, Any]) -> Settings:
    """Return values that are handed over in Python or a shell, as settings."""
    return {key: SourcedSetting(checked_given_value(key, value)) for key, value in values.items()}


def scenario_plane(name: str | Path, *, set: Mapping[str, Any] | None = None) -> Plane:
    """Return the plane in metres on which the places of a scenario lie, from which a way leads back to the earth."""
    path = find_file(str(name), "scenario")
    return settings_plane(read_settings(path) | as_settings(set or {}), display_path(path))


def groups_before_levers(scenario: Scenario, own: Settings, turned: Iterable[str]) -> dict[str, ParameterGroup]:
    """Return the groups of which levers are turned, with those levers as the scenario's file has them."""
    kept: dict[str, dict[str, Any]] = {}
    for dotted in turned:
        if is_parameter(dotted):
            group, key = find_parameter(dotted)
            if key in group.parameter_specs() and group.parameter_specs()[key].role == "lever":
                stated = own.get(dotted)
                value = getattr(group(), key) if stated is None else typed_value(dotted, group, key, stated.value)
                kept.setdefault(group.name, {})[key] = value
    return {name: scenario.groups[name].replace(values) for name, values in kept.items()}


def build_scenario(path: Path, settings: Settings, policies: tuple[Any, ...]) -> Scenario:
    """Return the scenario that settings describe."""
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
        policies=policies,
        timeline=timeline_for(scenario_lineage(path)),
        anchors=read_anchors(),
        sources={key: stated.source for key, stated in settings.items() if stated.source} | places.sources,
        off=frozenset(name for name, stated in table_settings("mechanisms", settings) if is_switched_off(name, stated)),
    )


def check_dotted_key(key: str, stated: SourcedSetting) -> None:
    """Raise if the first half of a dotted key is no table or key of a scenario."""
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
    """Tell whether a dotted key names a number of a group."""
    return "." in key and key not in (*PLACE_KEYS, "calendar.start") and not key.startswith(("title.", "mechanisms."))


def parameter_groups(given: Settings) -> dict[str, ParameterGroup]:
    """Return all groups: the defaults with the values given."""
    changes: dict[str, dict[str, Any]] = {name: {} for name in ParameterGroup.known}
    for dotted, stated in given.items():
        try:
            group, key = find_parameter(dotted)
            changes[group.name][key] = typed_value(dotted, group, key, stated.value)
        except InputError as reason:
            raise stated.wrong(str(reason)) from None
    return {name: ParameterGroup.known[name]().replace(values) for name, values in changes.items()}


def typed_value(dotted: str, group: type[ParameterGroup], key: str, value: Any) -> Any:
    """Return a number in its declared type and range; what is no number, the group checks itself."""
    about = group.parameter_specs().get(key)
    return value if about is None else checked_value(dotted, checked_finite(dotted, value), group.kind(key), about)


def parse_first_day(settings: Settings) -> datetime.date:
    """Return the first reported day."""
    stated = settings.get("calendar.start", settings.get("start", SourcedSetting(FIRST_DAY)))
    name = f"{stated.file}: start" if stated.file else "calendar.start"
    day = parse_date(name, stated.value)
    if not YEAR_RANGE[0] <= day.year <= YEAR_RANGE[1]:
        raise InputError(f"{name} must lie in the years {YEAR_RANGE[0]} to {YEAR_RANGE[1]}, got {day}")
    return day


def is_switched_off(name: str, stated: SourcedSetting) -> bool:
    """Tell whether a mechanism is switched off."""
    try:
        checked_mechanism(name)
    except InputError as reason:
        raise stated.wrong(str(reason)) from None
    if not isinstance(stated.value, bool):
        raise stated.wrong(f"mechanisms.{name} must be true or false, got {stated.value!r}")
    return not stated.value


def names() -> dict[str, dict[str, str]]:
    """Return the built-in scenarios: name to title by language."""
    found = {name: path for name, path in built_in_files().items() if is_scenario(path)}
    return {name: localised_text("title", read_settings(path), name) for name, path in found.items()}


def is_scenario(path: Path) -> bool:
    """Tell whether a built-in file is a scenario; tables of dated events lie in the same folder."""
    table = read_toml(path, display_path(path))
    return "extends" in table or "settlements" in table


def policies() -> dict[str, ReadyPolicy]:
    """Return the built-in policies by name, with title, description and entries."""
    return ready_policies()


def worlds() -> dict[str, PolicyText]:
    """Return what the built-in worlds, which are for experiments and propose nothing, are called and for, by name."""
    return ready_worlds()


def build(name: str, *, rng: int, policies: str | Iterable[str] = (), **overrides: Any) -> "TrustModel":
    """Return the world of a scenario with dotted overrides; serves `mesa.batch_run` as ``model_cls``."""
    from model.simulation.model import TrustModel  # brings Mesa, which reading scenarios does not need

    return TrustModel(load(name, policies=policies, set=overrides), rng=rng)
