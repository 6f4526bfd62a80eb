"""End a process when its parent process has died."""

import multiprocessing
import multiprocessing.connection
import os
import threading

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
