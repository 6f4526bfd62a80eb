"""Read scenario files: TOML that extends TOML; each value keeps the file that states it."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.engine.errors import InputError, suggest_nearest
from scenarios.files import DEEP_KEY, DEEPEST, LONGEST_LINE, check_limits, check_name, read_toml

FOLDER = Path(__file__).parent
"""Folder of the built-in scenarios; policies and maps lie in its subfolders."""
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A number as people type it where TOML would not allow it: .25, 5. or 007."""


@dataclass(frozen=True)
class SourcedSetting:
    """A value together with the file that states it and the source that it gives."""

    value: Any
    file: str = ""
    folder: Path = Path()
    source: str = ""

    def wrong(self, message: str) -> InputError:
        """Return an `InputError` with the message and the file that states the value."""
        return InputError(f"{self.file}: {message}" if self.file else message)


Settings = dict[str, SourcedSetting]
"""Dotted key to value, as stated by a file and all that it extends."""


def display_path(path: Path) -> str:
    """Return the name of a file in messages: built-in ones from the project's root, others as given."""
    inside = path.resolve().is_relative_to(FOLDER)
    return path.resolve().relative_to(FOLDER.parent).as_posix() if inside else str(path)


def built_in_files(folder: Path = FOLDER) -> dict[str, Path]:
    """Return the TOML files of a folder by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find_file(name: str, thing: str, folder: Path = FOLDER, beside: Path = Path()) -> Path:
    """Return the file of a built-in name, or of a path that ends in .toml, relative to ``beside``."""
    if name.endswith(".toml"):
        return beside / name
    known = built_in_files(folder)
    if name not in known:
        raise InputError(f"no {thing} '{name}'{suggest_nearest(name, known)}")
    return known[name]


def read_settings(path: Path, below: tuple[Path, ...] = ()) -> Settings:
    """Return the settings of a scenario file, over those of the file that it extends.

    ``below`` are the files that extend this one, to detect circles.
    """
    file = display_path(path)
    if path.resolve() in below:
        raise InputError(f"{display_path(below[-1])}: extends '{path.name}', which already extends it in turn")
    table = read_toml(path, file)
    stated = flatten_table(table, SourcedSetting(None, file, path.parent))
    parent = stated.pop("extends", None)
    return inherited_settings(parent, (*below, path.resolve())) | stated


def scenario_lineage(path: Path) -> tuple[str, ...]:
    """Return the names of a scenario file and of the files that it extends, in this order."""
    parent = read_toml(path, display_path(path)).get("extends")
    return (
        path.stem,
        *(scenario_lineage(find_file(parent, "scenario", beside=path.parent)) if parent is not None else ()),
    )


def inherited_settings(parent: SourcedSetting | None, below: tuple[Path, ...]) -> Settings:
    """Return the settings of the file that ``extends`` names, or none."""
    if parent is None:
        return {}
    if not isinstance(parent.value, str):
        raise parent.wrong(f"extends must be the name of a scenario, got {parent.value!r}")
    try:
        path = find_file(parent.value, "scenario", beside=parent.folder)
    except InputError as reason:
        raise parent.wrong(f"extends: {reason}") from None
    if not path.exists():
        raise parent.wrong(f"extends: no file '{parent.value}'")
    return read_settings(path, below)


def flatten_table(table: Mapping[str, Any], origin: SourcedSetting, above: str = "") -> Settings:
    """Return nested tables as one mapping of dotted keys."""
    settings: Settings = {}
    for key, value in table.items():
        dotted = above + key
        if not isinstance(value, Mapping) or not value:
            settings[dotted] = SourcedSetting(value, origin.file, origin.folder)
        elif above and "value" in value:
            settings[dotted] = parse_sourced_value(dotted, value, origin)
        else:
            settings |= flatten_table(value, origin, dotted + ".")
    return settings


def parse_sourced_value(dotted: str, table: Mapping[str, Any], origin: SourcedSetting) -> SourcedSetting:
    """Return a value given as ``{ value = 12, source = "B19" }``."""
    for key in table:
        if key not in ("value", "source"):
            raise origin.wrong(
                f"{dotted} has a value and a source, no '{key}'{suggest_nearest(key, ['value', 'source'])}"
            )
    return SourcedSetting(table["value"], origin.file, origin.folder, str(table.get("source", "")))


def parse_typed_value(value: Any) -> Any:
    """Return a value typed on a command line as number, truth value, date or word.

    >>> [parse_typed_value(value) for value in ("0.25", ".25", "False", "high", 3)]
    [0.25, 0.25, False, 'high', 3]
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        found = tomllib.loads(f"value = {text.lower() if text in ('True', 'False') else text}")
    except (ValueError, RecursionError):
        found = {"value": float(text) if PLAIN_NUMBER.fullmatch(text) else text}
    return found["value"] if list(found) == ["value"] else text


def text_of(value: Any) -> str:
    """Return the canonical text of a value on the command line: equal numbers have equal texts.

    >>> text_of(5.0), text_of(True), text_of("high"), text_of("5")
    ('5', 'true', 'high', '"5"')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value + 0.0).removesuffix(".0")
    if isinstance(value, str) and parse_typed_value(value) == value:
        return value
    if isinstance(value, str | list | dict):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def checked_given_value(key: str, value: Any) -> Any:
    """Return a value given outside any file in its type; raise `InputError` if it exceeds the limits."""
    check_name(key, "a key")
    if isinstance(value, str) and (len(value) > LONGEST_LINE or DEEP_KEY.search(value)):
        raise InputError(f"{key}: a value must have at most {LONGEST_LINE:,} characters and names of {DEEPEST} parts")
    meant = parse_typed_value(value)
    check_limits(meant, key)
    return meant


def checked_once(option: str, texts: Sequence[str]) -> Sequence[str]:
    """Return texts of the form KEY=VALUE of a repeatable option; raise if they give one key different values.

    >>> checked_once("--set", ["trust.fast_days=9", "trust.fast_days=9.0"])
    ['trust.fast_days=9', 'trust.fast_days=9.0']
    """
    given: dict[str, str] = {}
    for text in texts:
        key, _, value = (part.strip() for part in text.partition("="))
        first = given.setdefault(key, value)
        if text_of(parse_typed_value(first)) != text_of(parse_typed_value(value)):
            raise InputError(f"{option} gives {key} two values, {first} and {value}: leave one out")
    return texts
