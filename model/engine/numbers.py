"""Numbers as data: the file `numbers.toml` of a package states every parameter of its groups on one line.

A table bears the name of a group, a line that of a parameter.  ``value``, ``range``, ``off`` and ``role`` decide
results and belong to their fingerprint (`model.engine.fingerprint`); the other fields are words.

    [fear]
    harm = { value = 0.8, unit = "log-odds", range = [0, 4], off = 0.0, source = "assumed; swept", en = "…", es = "…" }

A lever has ``title``, in both languages, in the place of ``es``.  ``plausible`` gives the plausible range where the
source states one.  `[NAME.event_kinds]` has the kinds of events of a mechanism (`model.trust.events`).
"""

import sys
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
    """Return the tables of a file of numbers by name; raise `InputError` if there is none, or it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"no file {path}: it states the parameters of its package") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}") from None


def numbers_file(module: str) -> Path:
    """Return the file of numbers of a module: `model/police/numbers.toml` for all modules below `model.police`."""
    top, *inner = module.split(".")
    folder = Path(sys.modules[top].__file__ or "").parent
    return (folder / inner[0] if len(inner) > 1 else folder) / NUMBERS_FILE


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
    if {"es", "title"} <= line.keys():
        raise InputError(f"{where}: a lever has a title in en and es, every other parameter a text es alone")
    for field in ("unit", "source", "en", "es"):
        if not is_text(line.get(field, field)):
            raise InputError(f"{where}: {field} must be a text, got {line[field]!r}")
    title = line.get("title", dict.fromkeys(LANGUAGES, "-"))
    if not isinstance(title, Mapping) or {*title} != {*LANGUAGES} or not all(map(is_text, title.values())):
        raise InputError(f"{where}: title must be a text in en and es, got {title!r}")
    for field in ("range", "plausible"):
        if not is_range(line.get(field, [0, 0]), kind):
            raise InputError(
                f"{where}: {field} must be two numbers ({kind.__name__}), the lower first, got {line[field]}"
            )
    for field in ("value", "off"):
        if type(line.get(field, kind())) is not kind:
            raise InputError(f"{where}: {field} must be of the declared type {kind.__name__}, got {line[field]!r}")


def is_text(words: object) -> bool:
    """Return whether a field of a line holds words."""
    return isinstance(words, str) and words != ""


def is_range(ends: object, kind: type) -> bool:
    """Return whether a field of a line holds two numbers of a type in order; whole numbers may stand for float."""
    return isinstance(ends, list) and [type(end) in (int, kind) for end in ends] == [True, True] and ends[0] <= ends[1]


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
