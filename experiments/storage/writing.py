"""Write files completely or not at all; errors name the target."""

import contextlib
import csv
import errno
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from model.engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

CAUSES_BY_ERRNO = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "the disk is full")
CAUSES_BY_ERRNO |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "nothing can be written there")
"""Messages by error code of the operating system, for errors that only the user can resolve."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters of formulas in spreadsheets."""
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]inf")
"""A number as text, which stays a number."""


class Unwritable(InputError):
    """A target cannot be written, or its disk is full; files written before are kept."""


def cause_of(reason: OSError) -> str:
    """Describe why a file cannot be written.

    >>> cause_of(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full (No space left on device)'
    """
    cause, system = CAUSES_BY_ERRNO.get(reason.errno or 0), reason.strerror or str(reason)
    return f"{cause} ({system})" if cause else system


def write_error_text(reason: OSError | Unwritable) -> str:
    """Describe why a file cannot be written; raise ``reason`` again if it has another cause."""
    if isinstance(reason, Unwritable):
        return str(reason)
    if reason.errno not in CAUSES_BY_ERRNO:
        raise reason
    return f"{reason.filename}: {cause_of(reason)}" if reason.filename else cause_of(reason)


@contextlib.contextmanager
def convert_write_errors(target: Path) -> Iterator[None]:
    """Convert errors of the operating system to `Unwritable` with the name of the target."""
    try:
        yield
    except OSError as reason:
        raise Unwritable(f"{target}: cannot be written: {cause_of(reason)}") from None


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[object]], digits: str = "") -> bytes:
    """Return rows with a header of column names as CSV: UTF-8, commas and line feeds; no text is a formula.

    Parameters
    ----------
    columns
        Names of the columns.
    rows
        Cells of each row, in the order of the columns.
    digits
        Format of floating-point numbers, such as ``.6g``; without one they are exact.

    >>> csv_bytes(["site", "share"], [["here", 1 / 3]], ".6g")
    b'site,share\\nhere,0.333333\\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(escape_formula, columns))
    if digits:
        rows = ([f"{cell:{digits}}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    writer.writerows(map(escape_formula, row) for row in rows)
    return text.getvalue().encode()


def escape_formula(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe.

    >>> [escape_formula(cell) for cell in ("=1+1", "-2.5e-3", "-inf", "safe", -3, None)]
    ["'=1+1", '-2.5e-3', '-inf', 'safe', -3, None]
    """
    is_text = isinstance(cell, str) and cell[:1] in FORMULA_STARTS and cell and not NUMBER.fullmatch(cell)
    return f"'{cell}" if is_text else cell


def frame_as_csv(table: "pd.DataFrame", digits: str = ".6g") -> bytes:
    """Return a pandas DataFrame as CSV: UTF-8, commas, line feeds, formatted floats, empty cells for NaN.

    No text is a formula, as in `csv_bytes`.
    """
    table = table.rename(columns=escape_formula)
    texts = [k for k, kind in enumerate(table.dtypes) if kind.kind not in "biufcM"]
    for k in texts:
        table.isetitem(k, table.iloc[:, k].map(escape_formula, na_action="ignore").to_numpy())
    return table.to_csv(index=False, float_format=f"%{digits}", lineterminator="\n").encode()


def make_folder(folder: Path) -> None:
    """Create a folder and its parents if they are missing."""
    with convert_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: write a temporary file, flush it to disk, and rename it."""
    if path.exists() and not path.is_file():
        raise Unwritable(f"{path}: cannot be written: it is a folder, a pipe or a device, not an ordinary file")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with convert_write_errors(path):
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def check_replaced(files: Mapping[Path, bytes]) -> None:
    """Raise InputError if a file exists with other content."""
    for path, content in files.items():
        if path.is_file() and path.read_bytes() != content:
            raise InputError(already_there(path))


def already_there(path: Path) -> str:
    """Return the error message for a file that a command would replace."""
    return f"{path} is there already and would be replaced: move it, choose another name, or add --fresh"


def write_requested(files: Mapping[Path, bytes], fresh: bool) -> None:
    """Write the files that a user asked for; those that are there with other content are replaced only if ``fresh``."""
    if not fresh:
        check_replaced(files)
    for path, content in files.items():
        write_atomically(path, content)


def check_own_files(folder: Path, headers: Mapping[str, str], companions: Mapping[str, str]) -> None:
    """Raise InputError if a command would replace files in a folder that it has not written itself.

    Parameters
    ----------
    folder
        Folder into which files are written; it may be missing.
    headers
        First words of each file, by its name: a file that begins otherwise is foreign.
    companions
        Files that are written with one of them, and its name: they are foreign where it is missing.
    """
    for name, header in headers.items():
        path = folder / name
        if path.is_file():
            with path.open("rb") as file:
                if not file.readline().startswith(header.encode()):
                    raise InputError(
                        f"{path} is there and was not written by this command: move it, or choose another folder"
                    )
    for name, table in companions.items():
        if (folder / name).is_file() and not (folder / table).is_file():
            raise InputError(
                f"{folder / name} is there and was not written by this command: move it, or choose another folder"
            )


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write new files, all of them or none."""
    written: list[Path] = []
    try:
        for path, content in files.items():
            write_atomically(path, content)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Flush the entries of a folder to disk; not on Windows, which cannot open folders."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
