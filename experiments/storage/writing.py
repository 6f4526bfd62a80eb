"""Write files completely or not at all; name a target that cannot be written."""

import contextlib
import csv
import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from model.engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

CAUSES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "the disk is full")
CAUSES |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "nothing can be written there")
"""Messages by error of the system that no program can mend."""


class Unwritable(InputError):
    """A target cannot be written, or its disk is full; what was written before is kept."""


def cause_of(reason: OSError) -> str:
    """Return in words why nothing can be written.

    >>> cause_of(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full (No space left on device)'
    """
    cause, system = CAUSES.get(reason.errno or 0), reason.strerror or str(reason)
    return f"{cause} ({system})" if cause else system


def told(reason: OSError | Unwritable) -> str:
    """Return in words why nothing can be written any more, or go on with an error that is another."""
    if isinstance(reason, Unwritable):
        return str(reason)
    if reason.errno not in CAUSES:
        raise reason
    return f"{reason.filename}: {cause_of(reason)}" if reason.filename else cause_of(reason)


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Raise `Unwritable` with the name of a target for each error of the system."""
    try:
        yield
    except OSError as reason:
        raise Unwritable(f"{target}: cannot be written: {cause_of(reason)}") from None


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[object]], digits: str = "") -> bytes:
    """Return rows below the names of their columns as CSV: UTF-8, commas and line feeds.

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
    writer.writerow(columns)
    if digits:
        rows = ([f"{cell:{digits}}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    writer.writerows(rows)
    return text.getvalue().encode()


def frame_as_csv(table: "pd.DataFrame", digits: str = ".6g") -> bytes:
    """Return a table of pandas as CSV: UTF-8, commas, line feeds, numbers in a format, nothing for NaN."""
    return table.to_csv(index=False, float_format=f"%{digits}", lineterminator="\n").encode()


def make_folder(folder: Path) -> None:
    """Make a folder and those that it lies in, if need be."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside, make sure that it is on the disk, and put it in its place at once."""
    if path.exists() and not path.is_file():
        raise Unwritable(f"{path}: cannot be written: it is a folder, a pipe or a device, not an ordinary file")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
            sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write new files, all of them or none."""
    written: list[Path] = []
    try:
        for path, content in files.items():
            write_whole(path, content)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make sure that the names of the files in a folder are on the disk, too; Windows opens no folder."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
