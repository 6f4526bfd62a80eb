"""Exclusive access to a folder, by a lock that the operating system releases when its process ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.storage.writing import make_folder
from model.engine.errors import InputError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder, created if missing; raise if another process holds the lock.

    The operating system ties the lock to the open file, not to a process number in it, so no stale lock remains.
    Workers are spawned, not forked, and do not inherit the file.
    """
    make_folder(folder)
    check_no_links(folder, LOCK)
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


def check_no_links(folder: Path, *names: str) -> None:
    """Raise if an entry is a link, which may lead elsewhere, or is not a folder (the lock: not a file)."""
    for name in names:
        path, kind = folder / name, "file" if name == LOCK else "folder"
        if path.is_symlink():
            raise InputError(f"{path} is a link, which is not followed: remove it, or choose another folder")
        if path.exists() and not (path.is_file() if kind == "file" else path.is_dir()):
            raise InputError(f"{path} must be a {kind}, got something else: remove it, or choose another folder")
