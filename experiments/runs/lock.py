"""One start at a time in a folder: a lock that dies with the process that holds it, however it dies."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.errors import InputError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be; another start at once is refused.

    The system ties the lock to the open file and not to a number written in it, so none is ever left behind.
    Workers are spawned, not forked, and do not inherit the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    no_links(folder, LOCK)
    with (folder / LOCK).open("a") as file:
        try:
            take(file.fileno())
        except (BlockingIOError, PermissionError):
            raise InputError(f"{folder} is being written by another start; wait for it or end it") from None
        yield


def no_links(folder: Path, *names: str) -> None:
    """Raise if one of these in a folder is a link: what is written or removed there would lie elsewhere."""
    for name in names:
        if (folder / name).is_symlink():
            raise InputError(f"{folder / name} is a link, which is not followed: remove it, or choose another folder")


def take(handle: int) -> None:
    """Lock an open file for this process, or raise if another has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
