"""Run the garbage collector rarely: compiling creates millions of permanent objects, which take long to scan."""

import gc
from functools import cache


def collect_garbage_rarely() -> None:
    """Run the garbage collector only after every 100,000 new objects."""
    gc.set_threshold(100_000)


@cache
def freeze_objects() -> None:
    """Exempt all present objects from garbage collection, once per process; at most one world is never freed."""
    gc.freeze()
