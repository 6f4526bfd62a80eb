"""Garbage, looked for seldom: compiling makes millions of objects that stay, and to look through them takes time."""

import gc
from functools import cache


def look_seldom() -> None:
    """Let this process look for garbage after every 100,000 new objects."""
    gc.set_threshold(100_000)


@cache
def set_aside() -> None:
    """Take what is there, once a process, from what is looked through for garbage; that costs one world at most."""
    gc.freeze()
