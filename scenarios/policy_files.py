"""Policies as files: what they set, scale or add, for whom and from when."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from model.errors import InputError, nearest
from model.parameters import checked, date_of
from model.scenario import Entry, Policy
from scenarios.groups import mechanism_named, parameter_named
from scenarios.reading import FOLDER, Settings, Stated, built_in, find, flat, read_toml, shown

POLICIES = FOLDER / "policies"
HOWS = get_args(Entry.__annotations__["how"])
TABLES = ("title", "about", "mechanisms", "settlements", "start", *HOWS)
LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class ReadyPolicy:
    """A policy with its title and description by language."""

    title: Mapping[str, str]
    about: Mapping[str, str]
    policy: Policy


def ready_policies() -> dict[str, ReadyPolicy]:
    """Return every built-in policy by name."""
    return {name: read_policy(name) for name in built_in(POLICIES)}


def chosen_policies(words: str | Iterable[str]) -> tuple[Policy, ...]:
    """Return the policies meant by words like ``mopsic_full``, ``a+b`` or ``a+b@2018-01-01``."""
    return tuple(policy for word in ([words] if isinstance(words, str) else words) for policy in chosen(word))


def chosen(word: str) -> list[Policy]:
    """Return the policies of one word; a date holds for those before it that have none."""
    start: datetime.date | None = None
    found: list[Policy] = []
    for part in reversed(word.split("+")):
        name, at, date = part.strip().partition("@")
        start = date_of(f"date of policy '{name}'", date) if at else start
        policy = read_policy(name).policy
        found.insert(0, dataclasses.replace(policy, start=start or policy.start))
    return found


def read_policy(name: str) -> ReadyPolicy:
    """Return the policy of a built-in name or a path that ends in .toml."""
    path = find(name, "policy", POLICIES)
    file = shown(path)
    settings = flat(read_toml(path, file), Stated(None, file, path.parent))
    for key, stated in settings.items():
        table = key.partition(".")[0]
        if table not in TABLES:
            raise stated.wrong(f"no table or key '{table}' in a policy{nearest(table, TABLES)}")
    start = settings.get("start")
    policy = Policy(
        name=path.stem,
        entries=tuple(entry(how, key, stated, places(settings)) for how in HOWS for key, stated in part(how, settings)),
        start=date_of(f"{file}: start", start.value) if start else None,
        off=frozenset(switched_off(key, stated) for key, stated in part("mechanisms", settings)),
    )
    return ReadyPolicy(text("title", settings, path.stem), text("about", settings, ""), policy)


def part(table: str, settings: Settings) -> list[tuple[str, Stated]]:
    """Return the settings of one table of a file, without the table's name."""
    above = f"{table}."
    return [(key.removeprefix(above), stated) for key, stated in settings.items() if key.startswith(above)]


def text(table: str, settings: Settings, default: str) -> dict[str, str]:
    """Return a text by language."""
    for key, stated in part(table, settings):
        if key not in LANGUAGES or not isinstance(stated.value, str):
            raise stated.wrong(f'{table} must be given as {{ en = "…", es = "…" }}, got {key} = {stated.value!r}')
    if table in settings:
        raise settings[table].wrong(f'{table} must be given as {{ en = "…", es = "…" }}')
    return dict.fromkeys(LANGUAGES, default) | {k: t.value for k, t in part(table, settings)}


def places(settings: Settings) -> tuple[str, ...] | None:
    """Return the settlements to which a policy is confined, or None for all."""
    stated = settings.get("settlements")
    if stated is None:
        return None
    if not isinstance(stated.value, list) or not stated.value or not all(isinstance(s, str) for s in stated.value):
        raise stated.wrong(f"settlements must be a list of names, got {stated.value!r}")
    return tuple(stated.value)


def entry(how: Any, dotted: str, stated: Stated, settlements: tuple[str, ...] | None) -> Entry:
    """Return one line of a policy; only levers may be touched."""
    try:
        group, key = parameter_named(dotted)
        about = group.numbers().get(key)
        if about is None or about.role != "lever":
            role = "no number" if about is None else {"site": "a site fact"}.get(about.role, "behaviour")
            raise InputError(f"a policy may set levers only; '{dotted}' is {role}")
        if how == "set":
            checked(dotted, finite(dotted, stated.value), group.kind(key), about)
        return Entry(parameter=dotted, how=how, value=float(finite(dotted, stated.value)), settlements=settlements)
    except InputError as reason:
        raise stated.wrong(f"[{how}]: {reason}") from None


def finite(name: str, value: Any) -> int | float:
    """Return the value if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise InputError(f"{name} must be a finite number, got {value!r}")
    return value


def switched_off(name: str, stated: Stated) -> str:
    """Return the name of a mechanism that a policy switches off."""
    if stated.value is not False:
        raise stated.wrong(f"mechanisms.{name}: a policy can only switch off (false), got {stated.value!r}")
    try:
        return mechanism_named(name)
    except InputError as reason:
        raise stated.wrong(str(reason)) from None
