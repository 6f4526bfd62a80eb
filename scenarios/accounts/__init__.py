"""Rival accounts of trust and of crime: settings under which the model says what another theory says.

No datum of Guatemala tells these accounts apart. A file of an account states what it claims, which parameters it
changes and why, what it cannot express, and what somebody could measure in Guatemala to refute it. Where its settings
change what an event is worth or how many crimes there are, weights were solved anew so that events keep their sizes and
crime its level; they stand in its table ``[solved]``.

>>> "performance_only" in names()
True
>>> read("offenders_only")["deterrence.visit_robbery"]
0.0
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import checked_value
from scenarios.files import read_toml
from scenarios.groups import find_parameter
from scenarios.policy_files import checked_finite, localised_text
from scenarios.reading import SourcedSetting, built_in_files, display_path, find_file, flatten_table

ACCOUNTS = Path(__file__).parent
PRESENT = "present_law"
"""The account that the model has without settings."""
SUBJECTS = ("trust", "crime")
DIGITS = 6
TEXTS = ("title", "claim", "limits", "prediction")
KEYS = ("explains", *TEXTS, "setting", "solved")
SETTING_KEYS = ("parameters", "value", "times", "reason")


@dataclass(frozen=True, kw_only=True)
class AccountSetting:
    """Values of parameters by dotted name that an account sets, and why."""

    values: Mapping[str, float]
    reason: str


@dataclass(frozen=True, kw_only=True)
class RivalAccount:
    """A rival account.

    Attributes
    ----------
    explains
        What it explains: trust or crime.
    title, claim, limits, prediction
        By language: its name, what it says, what its settings leave out, and what would refute it in Guatemala.
    stated
        What it sets, with reasons.
    solved
        Values by dotted name that follow from these, so that events keep their measured sizes and levels stay.
    """

    name: str
    explains: str
    title: Mapping[str, str]
    claim: Mapping[str, str]
    limits: Mapping[str, str]
    prediction: Mapping[str, str]
    stated: tuple[AccountSetting, ...]
    solved: Mapping[str, float]

    @property
    def settings(self) -> dict[str, float]:
        """Values by dotted name, as ``set`` of `scenarios.load`."""
        return {name: value for one in self.stated for name, value in one.values.items()} | dict(self.solved)


def names() -> dict[str, dict[str, str]]:
    """Return the titles of the built-in accounts, by name and language; the present one comes first."""
    return {name: dict(one.title) for name, one in built_in_accounts().items()}


def read(name: str) -> dict[str, float]:
    """Return the settings of an account, as ``set`` of `scenarios.load`.

    Raises
    ------
    InputError
        In one line, if there is no such account or its file is wrong.
    """
    return account(name).settings


@cache
def built_in_accounts() -> Mapping[str, RivalAccount]:
    """Return the built-in accounts by name, the present one first; a plan of runs asks for them thousands of times."""
    found = {name: account_of_file(path) for name, path in built_in_files(ACCOUNTS).items()}
    return {PRESENT: found.pop(PRESENT), **found}


def account(name: str) -> RivalAccount:
    """Return the account of a built-in name or of a path that ends in .toml."""
    return built_in_accounts().get(name) or account_of_file(find_file(name, "account", ACCOUNTS))


def account_of_file(path: Path) -> RivalAccount:
    """Return the account that a file states."""
    table = read_toml(path, display_path(path))
    origin = SourcedSetting(None, display_path(path), path.parent)
    check_keys(table, KEYS, "an account", origin)
    if table.get("explains") not in SUBJECTS:
        raise origin.wrong(f"explains must be {' or '.join(SUBJECTS)}, got {table.get('explains')!r}")
    texts = flatten_table({key: table[key] for key in TEXTS if key in table}, origin)
    told = {key: localised_text(key, texts, path.stem if key == "title" else "") for key in TEXTS}
    entries = table.get("setting", [])
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise origin.wrong("setting must consist of [[setting]] tables")
    stated = tuple(account_setting(one, origin) for one in entries)
    solved = {key: number_of(key, value, origin) for key, value in table.get("solved", {}).items()}
    return RivalAccount(name=path.stem, explains=table["explains"], **told, stated=stated, solved=solved)


def account_setting(entry: Mapping[str, Any], origin: SourcedSetting) -> AccountSetting:
    """Return one setting of a file: parameters, their value or a factor on their defaults, and the reason."""
    check_keys(entry, SETTING_KEYS, "a setting", origin)
    parameters, reason = entry.get("parameters"), entry.get("reason")
    if not isinstance(parameters, list) or not parameters or not all(isinstance(one, str) for one in parameters):
        raise origin.wrong(f"setting: parameters must be a list of names, got {parameters!r}")
    if not isinstance(reason, str) or not reason:
        raise origin.wrong(f"setting of {parameters[0]}: reason must say why, got {reason!r}")
    if ("value" in entry) == ("times" in entry):
        raise origin.wrong(f"setting of {parameters[0]}: give either value or times")
    values = {name: number_of(name, entry.get("value"), origin, entry.get("times")) for name in parameters}
    return AccountSetting(values=values, reason=reason)


def number_of(name: str, value: Any, origin: SourcedSetting, times: Any = None) -> float:
    """Return the value of a parameter, or so many times its default, if it is valid."""
    try:
        group, key = find_parameter(name)
        if times is not None:
            value = float(f"{checked_finite(name, times) * getattr(group(), key):.{DIGITS}g}")
        return checked_value(name, checked_finite(name, value), group.kind(key), group.parameter_specs()[key])
    except InputError as reason:
        raise origin.wrong(str(reason)) from None


def check_keys(table: Mapping[str, Any], known: tuple[str, ...], thing: str, origin: SourcedSetting) -> None:
    """Raise `InputError` at the first key that has no meaning."""
    for key in table:
        if key not in known:
            raise origin.wrong(f"no key '{key}' in {thing}{suggest_nearest(key, known)}")
