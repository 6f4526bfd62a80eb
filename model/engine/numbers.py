"""Numbers as data: the file `numbers.toml` of a package states every parameter of its groups on one line.

A table bears the name of a group, a line that of a parameter.  ``value``, ``range``, ``off`` and ``role`` decide
results and belong to their fingerprint (`model.engine.fingerprint`); the other fields are words.

    [fear]
    harm = { value = 0.8, unit = "log-odds", range = [0, 4], off = 0.0, source = "assumed; swept", en = "…", es = "…" }

A lever has ``title``, in both languages, in the place of ``es``.  ``plausible`` gives the plausible range where the
source states one.  `[NAME.event_kinds]` has the kinds of events of a mechanism (`model.trust.events.schema`).
"""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from model.engine.errors import InputError, suggest_nearest

NUMBERS_FILE = "numbers.toml"
EVENT_KINDS_TABLE = "event_kinds"
"""Table of the kinds of events, within that of a mechanism."""
REQUIRED = ("value", "unit", "range", "source", "en")
OPTIONAL = ("off", "role", "plausible", "es", "title")
WORDS = ("unit", "source", "plausible", "en", "es", "title")
"""Fields of a line that change no result of a run."""
LANGUAGES = ("en", "es")

type Line = Mapping[str, Any]
"""Fields of a line, by name."""


@cache
def read_numbers(path: Path) -> Mapping[str, Any]:
    """Return the tables of a file of numbers by name; raise `InputError` if it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}") from None


def numbers_beside(module_file: str) -> Path:
    """Return the file of numbers that belongs to a module: in its folder, else in the one above."""
    beside = Path(module_file).with_name(NUMBERS_FILE)
    return beside if beside.exists() else beside.parent.parent / NUMBERS_FILE


def check_keys(where: str, lines: Collection[str], declared: Collection[str]) -> None:
    """Raise `InputError` unless a table has a line for each declared key and no other."""
    for key in declared:
        if key not in lines:
            raise InputError(f"{where} has no line for '{key}': add one, or take the key from the class")
    for key in lines:
        if key not in declared:
            near = suggest_nearest(key, declared)
            raise InputError(f"{where} has a line '{key}' that nothing declares{near}: declare it, or remove the line")


def check_line(where: str, line: Line, kind: type) -> None:
    """Raise `InputError` unless a line has the fields of a parameter, with a value of its type."""
    if not isinstance(line, Mapping):
        raise InputError(f"{where} must be {{ {', '.join(REQUIRED)}, … }}, got {line!r}")
    for field in line:
        if field not in (*REQUIRED, *OPTIONAL):
            raise InputError(f"{where} has a field '{field}'{suggest_nearest(field, (*REQUIRED, *OPTIONAL))}")
    words = "title" if line.get("role") == "lever" else "es"
    for field in (*REQUIRED, words):
        if field not in line:
            raise InputError(f"{where} has no field '{field}': add it")
    if {"es", "title"} <= line.keys() or (words == "title" and line["title"].keys() != {*LANGUAGES}):
        raise InputError(f"{where}: a lever has a title in en and es, every other parameter a text es alone")
    if type(line["value"]) is not kind:
        raise InputError(f"{where}: value must be of the declared type {kind.__name__}, got {line['value']!r}")


def all_tables(package: Path) -> dict[str, tuple[Path, Mapping[str, Any]]]:
    """Return file and lines of every table in the folders of a package; raise `InputError` if a name stands twice."""
    found: dict[str, tuple[Path, Mapping[str, Any]]] = {}
    for path in sorted(package.glob(f"*/{NUMBERS_FILE}")):
        for name, lines in read_numbers(path).items():
            if name in found:
                raise InputError(f"{path} [{name}]: {found[name][0]} has a table of this name; keep one")
            found[name] = path, lines
    return found


def all_event_lines(package: Path) -> dict[str, tuple[str, Line]]:
    """Return file and table, and the line, of every kind of event in the folders of a package, by kind."""
    found: dict[str, tuple[str, Line]] = {}
    for table, (path, lines) in all_tables(package).items():
        for name, line in lines.get(EVENT_KINDS_TABLE, {}).items():
            where = f"{path} [{table}.{EVENT_KINDS_TABLE}]"
            if name in found:
                raise InputError(f"{where}: the kind of event '{name}' has its line in {found[name][0]}; keep one")
            found[name] = where, line
    return found


def without_words(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables without the words of their lines.

    >>> without_words({"fear": {"harm": {"value": 0.8, "range": [0, 4], "unit": "log-odds", "en": "effect"}}})
    {'fear': {'harm': {'value': 0.8, 'range': [0, 4]}}}
    """
    is_line = isinstance(table.get("en"), str)
    return {
        name: without_words(content) if isinstance(content, Mapping) else content
        for name, content in table.items()
        if not (is_line and name in WORDS)
    }
