"""Limit the number of simultaneous visitors, so that the machine does not run out of memory."""

import threading
from collections.abc import Callable

import psutil

from experiments.page.page_texts import page_text

MOST = 12
"""Simultaneous visitors; the server is reachable from this machine only, so these are open tabs."""
NEEDED_MB = 300
"""Free memory (MB) required for another visitor: two towns and the temporary data of their simulation."""
RETRY_SECONDS = 2.0
_lock = threading.Lock()
_inside: set[object] = set()


def admit[V](begin: Callable[[], V]) -> V | str:
    """Return a new visitor, or a text with the reason for refusing one."""
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
    """Release the place of a visitor."""
    with _lock:
        _inside.discard(visitor)


def in_both_languages(name: str, **values: int) -> str:
    """Return a text in both languages, since a refused visitor has not chosen one."""
    return " / ".join(page_text(language, name, **values) for language in ("es", "en"))
