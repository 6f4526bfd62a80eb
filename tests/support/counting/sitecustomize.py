"""Lets a program say on a signal how many worlds it holds; Python reads it first where it is in the path."""

import gc
import os
import signal
from pathlib import Path


def tell(*_: object) -> None:
    """Write down how many worlds there are."""
    gc.collect()
    # In a process of its own: a list of all objects holds tuples that other threads are still filling, and they fail.
    if child := os.fork():
        os.waitpid(child, 0)
        return
    worlds = sum(type(one).__name__ == "TrustModel" for one in gc.get_objects())
    Path(os.environ["WORLDS"]).write_text(str(worlds), encoding="utf-8")
    os._exit(0)


if "WORLDS" in os.environ:
    signal.signal(signal.SIGUSR1, tell)
