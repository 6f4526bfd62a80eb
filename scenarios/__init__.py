"""Scenarios: municipalities and policies as files, read into plain checked values."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.engine.errors import InputError, nearest
from model.engine.parameters import Group, checked, date_of
from model.engine.policies import check_policies
from model.engine.scenario import Scenario
from scenarios.anchors import read_anchors
from scenarios.files import read_toml
from scenarios.groups import declare_all, mechanism_named, parameter_named
from scenarios.outlines import Plane
from scenarios.places import plane_in, read_places
from scenarios.policy_files import ReadyPolicy, Told, chosen_policies, finite, part, ready_policies, ready_worlds, text
from scenarios.ranges import bounds
from scenarios.reading import Settings, Stated, built_in, find, handed, lineage, read_settings, shown
from scenarios.timeline import timeline_for

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

__all__ = ["ReadyPolicy", "bounds", "build", "load", "names", "policies", "worlds"]

FIRST_DAY = datetime.date(2017, 1, 1)
YEARS = (1900, 2500)
PLACES = ("territory.outline", "territory.lake", "settlements", "facilities")


def load(
    name: str | Path,
    *,
    policies: str | Iterable[str] = (),
    set: Mapping[str, Any] | None = None,
    start: datetime.date | str | None = None,
    off: Iterable[str] = (),
) -> Scenario:
    """Return the scenario of a built-in name or a TOML file, with policies, changed values and switches."""
    path = find(str(name), "scenario")
    own = read_settings(path)
    settings = own | changed(set or {})
    settings |= {f"mechanisms.{mechanism}": Stated(False) for mechanism in off}
    if start is not None:
        settings["calendar.start"] = Stated(start)
    scenario = interpret(path, settings, chosen_policies(policies))
    scenario = dataclasses.replace(scenario, before=before(scenario, own, set or {}))
    check_policies(scenario)
    return scenario


def changed(values: Mapping[str, Any]) -> Settings:
    """Return values that are handed over in Python or a shell, as settings."""
    return {key: Stated(handed(key, value)) for key, value in values.items()}


def plane_of(name: str | Path, *, set: Mapping[str, Any] | None = None) -> Plane:
    """Return the plane in metres on which the places of a scenario lie, from which a way leads back to the earth."""
    path = find(str(name), "scenario")
    return plane_in(read_settings(path) | changed(set or {}), shown(path))


def before(scenario: Scenario, own: Settings, turned: Iterable[str]) -> dict[str, Group]:
    """Return the groups of which levers are turned, with those levers as the scenario's file has them."""
    kept: dict[str, dict[str, Any]] = {}
    for dotted in turned:
        if is_parameter(dotted):
            group, key = parameter_named(dotted)
            if key in group.numbers() and group.numbers()[key].role == "lever":
                stated = own.get(dotted)
                value = getattr(group(), key) if stated is None else typed(dotted, group, key, stated.value)
                kept.setdefault(group.name, {})[key] = value
    return {name: scenario.groups[name].replace(values) for name, values in kept.items()}


def interpret(path: Path, settings: Settings, policies: tuple[Any, ...]) -> Scenario:
    """Return the scenario that settings describe."""
    declare_all()
    for key, stated in settings.items():
        check_table(key, stated)
    places = read_places(settings, shown(path))
    given = {key: stated for key, stated in settings.items() if is_parameter(key)}
    return Scenario(
        name=path.stem,
        title=text("title", settings, path.stem),
        start=first_day(settings),
        groups=groups(given),
        outline=places.outline,
        lake=places.lake,
        settlements=places.settlements,
        facilities=places.facilities,
        policies=policies,
        timeline=timeline_for(lineage(path)),
        anchors=read_anchors(),
        sources={key: stated.source for key, stated in settings.items() if stated.source} | places.sources,
        off=frozenset(name for name, stated in part("mechanisms", settings) if is_off(name, stated)),
    )


def check_table(key: str, stated: Stated) -> None:
    """Raise if the first half of a dotted key is no table or key of a scenario."""
    known = {
        "title",
        "start",
        "settlements",
        "facilities",
        "mechanisms",
        "territory",
        "calendar",
        *Group.known,
    }
    table, dot, _ = key.partition(".")
    if table not in known:
        raise stated.wrong(f"no table or key '{table}' in a scenario{nearest(table, known)}")
    if not dot and table not in ("title", "start", "settlements", "facilities") and stated.value != {}:
        raise stated.wrong(f"[{table}] must be a table, got {stated.value!r}")


def is_parameter(key: str) -> bool:
    """Tell whether a dotted key names a number of a group."""
    return "." in key and key not in (*PLACES, "calendar.start") and not key.startswith(("title.", "mechanisms."))


def groups(given: Settings) -> dict[str, Group]:
    """Return all groups: the defaults with the values given."""
    changes: dict[str, dict[str, Any]] = {name: {} for name in Group.known}
    for dotted, stated in given.items():
        try:
            group, key = parameter_named(dotted)
            changes[group.name][key] = typed(dotted, group, key, stated.value)
        except InputError as reason:
            raise stated.wrong(str(reason)) from None
    return {name: Group.known[name]().replace(values) for name, values in changes.items()}


def typed(dotted: str, group: type[Group], key: str, value: Any) -> Any:
    """Return a number in its declared type and range; what is no number, the group checks itself."""
    about = group.numbers().get(key)
    return value if about is None else checked(dotted, finite(dotted, value), group.kind(key), about)


def first_day(settings: Settings) -> datetime.date:
    """Return the first reported day."""
    stated = settings.get("calendar.start", settings.get("start", Stated(FIRST_DAY)))
    name = f"{stated.file}: start" if stated.file else "calendar.start"
    day = date_of(name, stated.value)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise InputError(f"{name} must lie in the years {YEARS[0]} to {YEARS[1]}, got {day}")
    return day


def is_off(name: str, stated: Stated) -> bool:
    """Tell whether a mechanism is switched off."""
    try:
        mechanism_named(name)
    except InputError as reason:
        raise stated.wrong(str(reason)) from None
    if not isinstance(stated.value, bool):
        raise stated.wrong(f"mechanisms.{name} must be true or false, got {stated.value!r}")
    return not stated.value


def names() -> dict[str, dict[str, str]]:
    """Return the built-in scenarios: name to title by language."""
    found = {name: path for name, path in built_in().items() if is_scenario(path)}
    return {name: text("title", read_settings(path), name) for name, path in found.items()}


def is_scenario(path: Path) -> bool:
    """Tell whether a built-in file is a scenario; tables of dated events lie in the same folder."""
    table = read_toml(path, shown(path))
    return "extends" in table or "settlements" in table


def policies() -> dict[str, ReadyPolicy]:
    """Return the built-in policies by name, with title, description and entries."""
    return ready_policies()


def worlds() -> dict[str, Told]:
    """Return what the built-in worlds, which are for experiments and propose nothing, are called and for, by name."""
    return ready_worlds()


def build(name: str, *, rng: int, policies: str | Iterable[str] = (), **overrides: Any) -> "TrustModel":
    """Return the world of a scenario with dotted overrides; serves `mesa.batch_run` as ``model_cls``."""
    from model.simulation.model import TrustModel  # brings Mesa, which reading scenarios does not need

    return TrustModel(load(name, policies=policies, set=overrides), rng=rng)
