"""One sweep at a time in a folder: a lock that dies with the process that holds it, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.errors import InputError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder; another start at once is refused.

    The system ties the lock to the open file and not to a number written in it, so none is ever left behind.
    Workers are spawned, not forked, and do not inherit the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(f"{folder} is being written by another start of a sweep; wait for it or end it") from None
    finally:
        os.close(handle)
