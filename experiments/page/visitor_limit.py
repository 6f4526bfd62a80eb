"""Limit the visitors at once, so that the machine does not run out of memory."""

import threading
from collections.abc import Callable

import psutil

from experiments.page.page_texts import say

MOST = 12
"""Visitors at once: on one machine, whose server nobody else can reach, these are open tabs."""
NEEDED_MB = 300
"""Memory that must be free for one more: a town, its twin, and what they leave while they are simulated."""
RETRY_SECONDS = 2.0
_lock = threading.Lock()
_inside: set[object] = set()


def admit[V](begin: Callable[[], V]) -> V | str:
    """Return a new visitor, or in plain words why there can be none now."""
    free = psutil.virtual_memory().available >> 20
    with _lock:
        if len(_inside) >= MOST:
            return in_both_languages("page.full", most=MOST)
        if free < NEEDED_MB:
            return in_both_languages("page.no_memory", free=free, needed=NEEDED_MB)
        visitor = begin()
        _inside.add(visitor)
        return visitor


def leave(visitor: object) -> None:
    """Take note that a visitor has gone."""
    with _lock:
        _inside.discard(visitor)


def in_both_languages(name: str, **values: int) -> str:
    """Return a text in both languages: whoever is not let in has chosen none."""
    return " / ".join(say(language, name, **values) for language in ("es", "en"))
