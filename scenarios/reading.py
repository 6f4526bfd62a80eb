"""Scenario files: TOML that extends TOML, merged key by key; each value remembers where it was stated."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import InputError, nearest

FOLDER = Path(__file__).parent
"""Where the built-in scenarios lie; their policies and maps lie in folders beside them."""


@dataclass(frozen=True)
class Stated:
    """A value together with the file that states it and the source that it gives."""

    value: Any
    file: str = ""
    folder: Path = Path()
    source: str = ""

    def wrong(self, message: str) -> InputError:
        """Return the error that says what is wrong with this value and in which file."""
        return InputError(f"{self.file}: {message}" if self.file else message)


Settings = dict[str, Stated]
"""Dotted key to value, as stated by a file and all that it extends."""


def read_toml(path: Path, file: str) -> dict[str, Any]:
    """Return the content of a TOML file, or raise one line that says why it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"no file '{file}'") from None
    except OSError as reason:
        raise InputError(f"{file}: cannot be read: {reason.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as reason:
        raise InputError(f"{file}: is not TOML: {' '.join(str(reason).split())}") from None


def shown(path: Path) -> str:
    """Return how messages name a file: built-in ones from the project's root, others as given."""
    inside = path.resolve().is_relative_to(FOLDER)
    return path.resolve().relative_to(FOLDER.parent).as_posix() if inside else str(path)


def built_in(folder: Path = FOLDER) -> dict[str, Path]:
    """Return the TOML files of a folder by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find(name: str, thing: str, folder: Path = FOLDER, beside: Path = Path()) -> Path:
    """Return the file meant by a built-in name, or by a path (ends in .toml) seen from ``beside``."""
    if name.endswith(".toml"):
        return beside / name
    known = built_in(folder)
    if name not in known:
        raise InputError(f"no {thing} '{name}'{nearest(name, known)}")
    return known[name]


def read_settings(path: Path, below: tuple[Path, ...] = ()) -> Settings:
    """Return what a scenario file states over what the file states that it extends."""
    file = shown(path)
    if path.resolve() in below:
        raise InputError(f"{shown(below[-1])}: extends '{path.name}', which already extends it in turn")
    table = read_toml(path, file)
    stated = flat(table, Stated(None, file, path.parent))
    parent = stated.pop("extends", None)
    return inherited(parent, (*below, path.resolve())) | stated


def lineage(path: Path) -> tuple[str, ...]:
    """Return the name of a scenario file and those of the files that it extends, one after the other."""
    parent = read_toml(path, shown(path)).get("extends")
    return (path.stem, *(lineage(find(parent, "scenario", beside=path.parent)) if parent is not None else ()))


def inherited(parent: Stated | None, below: tuple[Path, ...]) -> Settings:
    """Return the settings of the file that ``extends`` names, or none."""
    if parent is None:
        return {}
    if not isinstance(parent.value, str):
        raise parent.wrong(f"extends must be the name of a scenario, got {parent.value!r}")
    try:
        path = find(parent.value, "scenario", beside=parent.folder)
    except InputError as reason:
        raise parent.wrong(f"extends: {reason}") from None
    if not path.exists():
        raise parent.wrong(f"extends: no file '{parent.value}'")
    return read_settings(path, below)


def flat(table: Mapping[str, Any], origin: Stated, above: str = "") -> Settings:
    """Return nested tables as one mapping of dotted keys."""
    settings: Settings = {}
    for key, value in table.items():
        dotted = above + key
        if not isinstance(value, Mapping) or not value:
            settings[dotted] = Stated(value, origin.file, origin.folder)
        elif above and "value" in value:
            settings[dotted] = sourced(dotted, value, origin)
        else:
            settings |= flat(value, origin, dotted + ".")
    return settings


def sourced(dotted: str, table: Mapping[str, Any], origin: Stated) -> Stated:
    """Return a value given as ``{ value = 12, source = "B19" }``."""
    for key in table:
        if key not in ("value", "source"):
            raise origin.wrong(f"{dotted} has a value and a source, no '{key}'{nearest(key, ['value', 'source'])}")
    return Stated(table["value"], origin.file, origin.folder, str(table.get("source", "")))


def parsed(value: Any) -> Any:
    """Return a value typed on a command line as the number, truth value, date or word that it is.

    >>> parsed("0.25"), parsed("False"), parsed("high"), parsed(3)
    (0.25, False, 'high', 3)
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        return tomllib.loads(f"value = {text.lower() if text in ('True', 'False') else text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
