"""One sweep at a time in a folder: a lock that dies with the process that holds it, however it dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from model.errors import InputError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder; another start at once is refused.

    The system ties the lock to the open file and not to a number written in it, so none is ever left behind.
    Workers are spawned, not forked, and do not inherit the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder} is being written by another start of a sweep; wait for it or end it") from None
    except OSError as reason:
        raise InputError(f"{folder} cannot be locked for writing: {reason}") from None
    try:
        yield
    finally:
        lock.release()
