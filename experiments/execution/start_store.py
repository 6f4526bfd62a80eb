"""Store of towns and of worlds at their start, on disk, for later commands with the same inputs.

An entry is a file of arrays with a digest (`model.simulation.state_file`) in a folder named after the code and all
inputs; nothing in it is executed.  A damaged entry is made anew.  Entries that were not used for longest are removed
above a size limit.  Where nothing can be stored, results are the same and take longer.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from experiments.storage.run_identity import digest_of
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from model.engine.fingerprint import cache_folder, fingerprint
from model.simulation.state_file import STATE_FILE

LIMIT_VARIABLE, LIMIT_MB = "CONFIANZA_STARTS_MB", 2000
"""Environment variable that sets the size limit, and the limit without it; with 0 there is no store."""
RESERVE_MB = 1000
"""Free disk space below which nothing is stored."""
MB = 10**6
ENTRY_NAME = re.compile(r"[0-9a-f]{16}")
ABANDONED_S = 3600.0
"""Seconds before the last use of the store from which an unfinished file is that of a process that was killed."""
MOST_OVERRIDES = 10
"""Most values set for a run whose start is stored; draws of more numbers are not run twice."""


def keeps_start(spec: RunSpec) -> bool:
    """Return whether town and start of a run are stored: not those of draws."""
    return len(spec.overrides) <= MOST_OVERRIDES


def starts_folder() -> Path:
    """Return the folder of the store."""
    return cache_folder().parent / "starts"


def limit_mb() -> int:
    """Return the size limit, MB; raise InputError if the one that is set is no whole number."""
    text = os.environ.get(LIMIT_VARIABLE, str(LIMIT_MB))
    if not text.isdecimal():
        raise InputError(f"{LIMIT_VARIABLE} must be a whole number of MB, such as {LIMIT_MB}, or 0; got '{text}'")
    return int(text)


def entry_folder(key: str) -> Path:
    """Return the folder of an entry of this version of the code."""
    return starts_folder() / digest_of(f"{fingerprint()} {key}".encode())


def read_entry[T](key: str, read: Callable[[Path, bool], T]) -> T | None:
    """Return what ``read`` makes of an entry; None if there is none or it is damaged.

    ``read`` takes the folder, and whether this process has checked the digest of its file before.
    """
    if not limit_mb():
        return None
    folder = entry_folder(key)
    with contextlib.suppress(OSError, InputError):
        found = read(folder, _checked.get(folder) == version_of(folder))
        with contextlib.suppress(OSError):  # a folder that can only be read
            os.utime(folder / STATE_FILE)
        _checked[folder] = version_of(folder)
        return found
    return None


_checked: dict[Path, tuple[int, int]] = {}
"""Version of each entry when this process last checked its digest."""


def version_of(folder: Path) -> tuple[int, int]:
    """Return number and time of the file of an entry, which differ once another process replaces or uses it."""
    found = (folder / STATE_FILE).stat()
    return found.st_ino, found.st_mtime_ns


def write_entry(key: str, write: Callable[[Path], None]) -> None:
    """Store an entry and keep to the size limit; without room or permission nothing is stored."""
    if not (limit := limit_mb()):
        return
    with contextlib.suppress(OSError):
        starts_folder().mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(starts_folder()).free > RESERVE_MB * MB:
            write(entry_folder(key))
            remove_files_above(limit * MB)


def stored_files() -> list[tuple[float, int, Path]]:
    """Return time of last use, size in bytes and path of every file of the store, in order of last use."""
    files = []
    for path in starts_folder().glob(f"*/*{STATE_FILE}*"):
        if ENTRY_NAME.fullmatch(path.parent.name):
            with contextlib.suppress(OSError):  # another process may have removed it
                files.append((path.stat().st_mtime, path.stat().st_size, path))
    return sorted(files)


def stored_bytes() -> int:
    """Return the size of the store in bytes."""
    return sum(size for _, size, _ in stored_files())


def remove_files_above(limit: int) -> None:
    """Remove files until the store has at most ``limit`` bytes, and those of processes that were killed."""
    files, excess = stored_files(), stored_bytes() - limit
    for used, size, path in files:
        unfinished = path.name != STATE_FILE
        if (excess > 0 and not unfinished) or (unfinished and used < files[-1][0] - ABANDONED_S):
            remove_file(path)
            excess -= size


def remove_file(path: Path) -> None:
    """Remove a file of the store and its folder."""
    with contextlib.suppress(OSError):  # another process may have removed it, or be writing another one
        path.unlink()
        path.parent.rmdir()


def clear_store() -> int:
    """Remove all files of the store; return their size in bytes."""
    files = stored_files()
    for _, _, path in files:
        remove_file(path)
    return sum(size for _, size, _ in files)
