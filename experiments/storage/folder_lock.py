"""One start at a time in a folder: a lock that dies with the process that holds it, however it dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.storage.writing import make_folder
from model.engine.errors import InputError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be; another start at once is refused.

    The system ties the lock to the open file and not to a number written in it, so none is ever left behind.
    Workers are spawned, not forked, and do not inherit the file.
    """
    make_folder(folder)
    check_own(folder, LOCK)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder} is being written by another start; wait for it or end it") from None
    except OSError as reason:
        raise InputError(f"{folder} cannot be locked for writing: {reason}") from None
    try:
        yield
    finally:
        lock.release()


def check_own(folder: Path, *names: str) -> None:
    """Raise if one of these is a link, whose target lies elsewhere, or no folder (of the lock: no file)."""
    for name in names:
        path, kind = folder / name, "file" if name == LOCK else "folder"
        if path.is_symlink():
            raise InputError(f"{path} is a link, which is not followed: remove it, or choose another folder")
        if path.exists() and not (path.is_file() if kind == "file" else path.is_dir()):
            raise InputError(f"{path} must be a {kind}, got something else: remove it, or choose another folder")
