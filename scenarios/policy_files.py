"""Read policies and worlds from TOML files.

A policy changes levers, in all settlements or in some, from a date on.  A world is for experiments and proposes
nothing; its file lies in a folder named ``worlds``.  It may also change site facts and behaviour, end on a date, act
once, and include another file.
"""

import dataclasses
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import checked_value, parse_date
from model.engine.scenario import Policy, PolicyEntry, TimeSpan
from model.police.practices import PAYERS
from scenarios.files import read_toml
from scenarios.groups import checked_mechanism, find_parameter
from scenarios.reading import FOLDER, Settings, SourcedSetting, built_in_files, display_path, flatten_table

POLICIES = FOLDER / "policies"
WORLDS = POLICIES / "worlds"
ENTRY_KINDS = get_args(PolicyEntry.__annotations__["how"])
POLICY_TABLES = ("title", "about", "mechanisms", "settlements", "start", "paid_by", *ENTRY_KINDS)
WORLD_ONLY_KEYS = ("until", "once", "include")
LANGUAGES = ("en", "es")
FIXED_GROUPS = ("calendar", "population", "territory", "daily_rhythm")
"""Groups from which the town is built before any policy begins; no mechanism reads them later."""
CHANGEABLE_PARAMETERS = {False: "levers", True: "numbers"}
"""Parameters that policies (False) and worlds (True) may set, for messages."""
UNITS: dict[str, tuple[int, Literal["days", "months"]]] = {
    "day": (1, "days"),
    "week": (7, "days"),
    "month": (1, "months"),
    "year": (12, "months"),
}
MOST_DAYS = 36_525
"""Maximum length of a world: a hundred years."""


@dataclass(frozen=True)
class PolicyText:
    """Title and description by language."""

    title: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True)
class ReadyPolicy(PolicyText):
    """A policy or world with its title and description by language."""

    policy: Policy


def ready_policies() -> dict[str, ReadyPolicy]:
    """Return every built-in policy by name."""
    return {name: read_policy(name) for name in built_in_files(POLICIES)}


def ready_worlds() -> dict[str, PolicyText]:
    """Return title and description of every built-in world, by name."""
    return {name: policy_text(path.stem, read_policy_file(path)) for name, path in built_in_files(WORLDS).items()}


def find_policy_file(name: str) -> Path:
    """Return the file of a built-in policy or world, or the path itself if it ends in .toml."""
    if name.endswith(".toml"):
        return Path(name)
    policies, worlds = built_in_files(POLICIES), built_in_files(WORLDS)
    known = policies | worlds
    if name not in known:
        raise InputError(f"no policy or world '{name}'{suggest_nearest(name, known)}")
    if name in policies and name in worlds:
        raise InputError(f"'{name}' is the name of a policy and of a world: rename {display_path(worlds[name])}")
    return known[name]


def is_world(path: Path) -> bool:
    """Return whether a file is a world: it lies in a folder named ``worlds``."""
    return path.resolve().parent.name == WORLDS.name


def parse_policy_words(words: str | Iterable[str]) -> tuple[Policy, ...]:
    """Return the policies of words like ``mopsic_full``, ``a+b`` or ``a+b@2018-01-01``."""
    return tuple(
        policy for word in ([words] if isinstance(words, str) else words) for policy in parse_policy_word(word)
    )


def parse_policy_word(word: str) -> list[Policy]:
    """Return the policies of one word; a date also holds for the names before it that have none."""
    start: datetime.date | None = None
    found: list[Policy] = []
    for part in reversed(word.split("+")):
        name, at, date = part.strip().partition("@")
        start = parse_date(f"date of policy '{name}'", date) if at else start
        policy = read_policy(name).policy
        found.insert(0, dataclasses.replace(policy, start=start or policy.start))
    return found


def read_policy(name: str) -> ReadyPolicy:
    """Return the policy or world of a built-in name or a path that ends in .toml."""
    path = find_policy_file(name)
    settings, world = read_policy_file(path), is_world(path)
    within = [read_policy(str(other)).policy for other in included_file(settings)]
    own = [
        parse_entry(how, key, one, confined_settlements(settings), world)
        for how in ENTRY_KINDS
        for key, one in table_settings(how, settings)
    ]
    own += paying_entries(settings)
    off = {checked_switch(key, stated) for key, stated in table_settings("mechanisms", settings)}
    start = settings.get("start")
    policy = Policy(
        name=path.stem,
        entries=(*(one for other in within for one in other.entries), *own),
        start=parse_date(f"{start.file}: start", start.value) if start else None,
        off=frozenset(off.union(*(other.off for other in within))),
        until=parse_end(settings),
    )
    text = policy_text(path.stem, settings)
    return ReadyPolicy(text.title, text.about, policy)


def included_policy_files(name: str) -> tuple[Path, ...]:
    """Return the file of a policy or world and the file that it includes, if any."""
    path = find_policy_file(name)
    return (path, *included_file(read_policy_file(path)))


def read_policy_file(path: Path) -> Settings:
    """Return the settings in the file of a policy or world.

    Raises
    ------
    InputError
        If the file is empty or has an unknown table, or if a policy has no title.
    """
    file = display_path(path)
    settings = flatten_table(read_toml(path, file), SourcedSetting(None, file, path.parent))
    thing, tables = ("world", (*POLICY_TABLES, *WORLD_ONLY_KEYS)) if is_world(path) else ("policy", POLICY_TABLES)
    for key, stated in settings.items():
        table = key.partition(".")[0]
        if table in WORLD_ONLY_KEYS and table not in tables:
            raise stated.wrong(f"'{table}' is for worlds only, which lie in a folder named '{WORLDS.name}'")
        if table not in tables:
            raise stated.wrong(f"no table or key '{table}' in a {thing}{suggest_nearest(table, tables)}")
    if not settings or (thing == "policy" and not any(key.partition(".")[0] == "title" for key in settings)):
        fault = "has no title" if settings else "is empty"
        raise InputError(
            f'{file}: {fault}. Begin a {thing} with title = {{ en = "…", es = "…" }}; then [set], [scale] or [add]'
        )
    return settings


def policy_text(name: str, settings: Settings) -> PolicyText:
    """Return title and description of a policy or world."""
    return PolicyText(localised_text("title", settings, name), localised_text("about", settings, ""))


# What only worlds may do


def included_file(settings: Settings) -> tuple[Path, ...]:
    """Return the file that a world includes, in a tuple of none or one; its dates do not apply."""
    stated = settings.get("include")
    if stated is None:
        return ()
    if not isinstance(stated.value, str):
        raise stated.wrong(f"include must be the name of a policy or world, got {stated.value!r}")
    try:
        path = find_policy_file(stated.value)
    except InputError as reason:
        raise stated.wrong(f"include: {reason}") from None
    path = path if path.is_absolute() else stated.folder / path
    if "include" in read_policy_file(path):
        raise stated.wrong(f"include: '{stated.value}' includes another file itself; name that one")
    return (path,)


def parse_end(settings: Settings) -> datetime.date | TimeSpan | None:
    """Return the end of a world: a day after its start for ``once = true``, else as ``until`` says."""
    once, until = settings.get("once"), settings.get("until")
    if once is not None and not isinstance(once.value, bool):
        raise once.wrong(f"once must be true or false, got {once.value!r}")
    if once is None or not once.value:
        return None if until is None else parse_until(until)
    if until is not None:
        raise until.wrong("once = true means exactly one day: leave out until")
    return TimeSpan(1, "days")


def parse_until(stated: SourcedSetting) -> datetime.date | TimeSpan:
    """Return a date, or a length of time from the start such as "14 days"."""
    value = stated.value
    given = re.fullmatch(r" *(\d{1,6}) +(day|week|month|year)s? *", value) if isinstance(value, str) else None
    if given:
        each, unit = UNITS[given[2]]
        span = TimeSpan(int(given[1]) * each, unit)
        if 0 < span.count <= (MOST_DAYS if unit == "days" else 1200):
            return span
    else:
        try:
            return parse_date("until", value)
        except InputError:
            pass
    raise stated.wrong(
        'until must be a date like 2018-01-01 or a time after the start like "14 days", "6 months" or "3 years"'
        f" (at most 100 years), got {value!r}"
    )


# Parts of a file


def table_settings(table: str, settings: Settings) -> list[tuple[str, SourcedSetting]]:
    """Return the settings of one table of a file, by key without the table's name."""
    above = f"{table}."
    return [(key.removeprefix(above), stated) for key, stated in settings.items() if key.startswith(above)]


def localised_text(table: str, settings: Settings, default: str) -> dict[str, str]:
    """Return a text by language."""
    for key, stated in table_settings(table, settings):
        if key not in LANGUAGES or not isinstance(stated.value, str):
            raise stated.wrong(f'{table} must be given as {{ en = "…", es = "…" }}, got {key} = {stated.value!r}')
        if table == "title" and len(stated.value.splitlines()) > 1:
            raise stated.wrong(f"title must be one line, got {key} = {stated.value!r}")
    if table in settings:
        raise settings[table].wrong(f'{table} must be given as {{ en = "…", es = "…" }}')
    return dict.fromkeys(LANGUAGES, default) | {k: t.value for k, t in table_settings(table, settings)}


def confined_settlements(settings: Settings) -> tuple[str, ...] | None:
    """Return the settlements to which a policy is confined, or None for all."""
    stated = settings.get("settlements")
    if stated is None:
        return None
    if not isinstance(stated.value, list) or not stated.value or not all(isinstance(s, str) for s in stated.value):
        raise stated.wrong(f"settlements must be a list of names, got {stated.value!r}")
    return tuple(stated.value)


def parse_entry(
    how: Any, dotted: str, stated: SourcedSetting, settlements: tuple[str, ...] | None, world: bool
) -> PolicyEntry:
    """Return one entry of a policy, which may change levers only, or of a world."""
    try:
        group, key = find_parameter(dotted)
        spec, thing = group.parameter_specs().get(key), "world" if world else "policy"
        if spec is None:
            raise InputError(f"a {thing} may set {CHANGEABLE_PARAMETERS[world]} only; '{dotted}' is no number")
        if group.name in FIXED_GROUPS:
            raise InputError(
                f"'{dotted}' shapes the town, which stands before any {thing} begins: give it with --set, or vary it"
                " under [vary] in a study"
            )
        if spec.role != "lever" and not world:
            role = "a site fact" if spec.role == "site" else "behaviour"
            raise InputError(f"a policy may set levers only; '{dotted}' is {role}: {ways_to_vary(dotted)}")
        if how == "set":
            checked_value(dotted, checked_finite(dotted, stated.value), group.kind(key), spec)
        return PolicyEntry(
            parameter=dotted, how=how, value=float(checked_finite(dotted, stated.value)), settlements=settlements
        )
    except InputError as reason:
        raise stated.wrong(f"[{how}]: {reason}") from None


def paying_entries(settings: Settings) -> list[PolicyEntry]:
    """Return the entry that says who gives the hours of planned work, if a policy says it."""
    stated = settings.get("paid_by")
    if stated is None:
        return []
    if stated.value not in PAYERS:
        raise stated.wrong(f"paid_by must be one of {', '.join(PAYERS)}, got {stated.value!r}")
    return [
        PolicyEntry(
            parameter="practices.paid_by",
            how="set",
            value=float(PAYERS.index(stated.value)),
            settlements=confined_settlements(settings),
        )
    ]


def ways_to_vary(dotted: str) -> str:
    """Return the ways to vary a parameter that is no lever, with the built-in worlds that change it."""
    keys = {f"{how}.{dotted}" for how in ENTRY_KINDS}
    worlds = [name for name, path in built_in_files(WORLDS).items() if keys & set(read_policy_file(path))]
    ready = f" (ready ones: {', '.join(worlds)})" if worlds else ""
    return (
        "vary it from the warm-up on with --set or under [vary] in a study, or from a date on by a file like this in a"
        f" folder named 'worlds'{ready}"
    )


def checked_finite(name: str, value: Any) -> int | float:
    """Return the value; raise `InputError` unless it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise InputError(f"{name} must be a finite number, got {value!r}")
    return value


def checked_switch(name: str, stated: SourcedSetting) -> str:
    """Return the name of a mechanism that a policy or world switches off."""
    if name in FIXED_GROUPS:
        raise stated.wrong(f"mechanisms.{name} shapes the town, which stands before any policy begins: use --set")
    if stated.value is not False:
        raise stated.wrong(f"mechanisms.{name}: a policy can only switch off (false), got {stated.value!r}")
    try:
        return checked_mechanism(name)
    except InputError as reason:
        raise stated.wrong(str(reason)) from None
