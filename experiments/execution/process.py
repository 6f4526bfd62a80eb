"""Keep a process as runs need it: rare garbage collection, and an end when its parent process has died."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import threading
from functools import cache


def collect_garbage_rarely() -> None:
    """Run the garbage collector only after every 100,000 new objects."""
    gc.set_threshold(100_000)


@cache
def freeze_objects() -> None:
    """Exempt all present objects from garbage collection, once per process; at most one world is never freed."""
    gc.freeze()


PARENT_DIED = 70
"""Exit code of a process whose parent has died."""


def end_with_parent() -> None:
    """Let this process end as soon as its parent has died."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """Wait until the parent process has died, then end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(PARENT_DIED)
