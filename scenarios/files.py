"""Read files of users within limits; every problem is an `InputError` of one line that names the file."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from model.engine.errors import InputError

MOST_TOML, MOST_JSON = 2**18, 2**23
"""Maximum bytes, read within a second; no file of the project has half as many."""
DEEPEST, LONGEST_NAME, LARGEST = 32, 200, 2**63
"""Maximum nesting of tables, characters of a name, and bound of integers (64 bits)."""
LONGEST_LINE = 10_000
_stamps: dict[Path, tuple[int, int] | None] = {}
"""Time of change (ns) and size of each file of a scenario when this process read it; None if there was none."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that command a terminal, turn the direction of writing, or that UTF-8 files cannot hold."""
KEY_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
DEEP_KEY = re.compile(rf"""(?<![\w"'\\-])(?:{KEY_PART}[ \t]*+\.[ \t]*+){{{DEEPEST}}}""")
"""Dotted key with too many parts, bare or quoted: reading it takes time that grows with their square."""


def read_text(path: Path, file: str, most: int = MOST_JSON) -> str:
    """Return the content of a text file; raise `InputError` if it is unreadable or too large.

    ``file`` is the name of the file in messages.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "no ordinary file"
            raise InputError(f"{file}: cannot be read: it is {what}")
        with path.open("rb") as opened:
            content = opened.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"no file '{file}'") from None
    except OSError as reason:
        raise InputError(f"{file}: cannot be read: {reason.strerror}") from None
    except ValueError as reason:
        raise InputError(f"{file!r} is no name of a file: {reason}") from None
    if len(content) > most:
        raise InputError(f"{file}: must have at most {most / 2**20:g} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not a text file in UTF-8") from None


def read_stamp(path: Path) -> tuple[int, int] | None:
    """Return time of change and size of a file; None if it cannot be found."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def note_read(path: Path) -> None:
    """Note time and size of a file that is read for the first time, for `have_files_changed`.

    What was read first may be kept: a later reader, who finds the file changed, must not hide that.
    """
    _stamps.setdefault(path.absolute(), read_stamp(path))


def have_files_changed() -> bool:
    """Return whether a TOML or JSON file that this process read has changed since, or is gone."""
    return any(read_stamp(path) != stamp for path, stamp in list(_stamps.items()))


def forget_files() -> None:
    """Forget which files were read, together with everything that was kept of them."""
    _stamps.clear()


def read_toml(path: Path, file: str) -> dict[str, Any]:
    """Return the content of a TOML file; raise `InputError` if it cannot be read."""
    note_read(path)
    text = read_text(path, file, MOST_TOML)
    if max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        raise InputError(f"{file}: a line must have at most {LONGEST_LINE:,} characters")
    if DEEP_KEY.search(text):
        raise InputError(f"{file}: a name must have at most {DEEPEST} parts with dots between them")
    return parse_within_limits(lambda: tomllib.loads(text), file, "TOML")


def read_json(path: Path, file: str, kind: str = "JSON") -> Any:
    """Return the content of a JSON file; raise `InputError` if it cannot be read."""
    note_read(path)
    return parse_json(read_text(path, file), file, kind)


def parse_json(text: str, file: str, kind: str = "JSON") -> Any:
    """Return the content of a text in JSON; raise `InputError` if it is malformed."""
    return parse_within_limits(lambda: json.loads(text), file, kind)


def parse_within_limits[T](parse: Callable[[], T], file: str, kind: str) -> T:
    """Return the result of ``parse``; raise `InputError` if it fails or exceeds the limits."""
    try:
        found = parse()
    except RecursionError:
        raise InputError(f"{file}: must be nested at most {DEEPEST} deep") from None
    except ValueError as reason:
        if "set_int_max_str_digits" in str(reason):
            raise InputError(f"{file}: a whole number must fit into 64 bits, got one of thousands of digits") from None
        raise InputError(f"{file}: is not {kind}: {' '.join(str(reason).split())}") from None
    check_limits(found, file)
    return found


def check_limits(found: Any, file: str) -> None:
    """Raise `InputError` if a value is nested too deep or holds an invalid name, number or text."""
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in walk_values(one, file)]
        if not level:
            return
    raise InputError(f"{file}: must be nested at most {DEEPEST} deep")


def walk_values(value: Any, file: str) -> Iterator[Any]:
    """Yield the values of a table or list, after checking its names and values."""
    if isinstance(value, dict):
        for name in value:
            check_name(name, file)
        yield from value.values()
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, int) and not -LARGEST <= value < LARGEST:
        raise InputError(f"{file}: a whole number must fit into 64 bits, got one of {len(hex(value)) * 4 - 8} bits")
    elif isinstance(value, str):
        check_text(value, file)


def check_name(name: str, file: str) -> None:
    """Raise `InputError` if a name is too long or no valid text."""
    if len(name) > LONGEST_NAME:
        raise InputError(f"{file}: a name must have at most {LONGEST_NAME} characters, '{name[:20]}…' has {len(name)}")
    check_text(name, file)


def check_text(text: str, file: str) -> None:
    """Raise `InputError` if a text holds control characters or surrogates."""
    if found := CONTROL.search(text):
        near = text[max(0, found.start() - 20) : found.start() + 20]
        raise InputError(f"{file}: a text must be free of control characters and half characters, got {near!r}")
