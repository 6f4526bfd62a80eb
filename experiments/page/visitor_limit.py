"""Limit the number of simultaneous visitors, so that the machine does not run out of memory."""

import threading
from collections.abc import Callable

import psutil

from experiments.page.page_texts import page_text

MAX_VISITORS = 12
"""Simultaneous visitors; the server is reachable from this machine only, so these are open tabs."""
NEEDED_MB = 300
"""Free memory (MB) required for another visitor: two towns and the temporary data of their simulation."""
_lock = threading.Lock()
_visitors: set[object] = set()


def admit[V](create: Callable[[], V]) -> V | str:
    """Return a new visitor, or a text with the reason for refusing one."""
    free = psutil.virtual_memory().available >> 20
    with _lock:
        if len(_visitors) >= MAX_VISITORS:
            return in_both_languages("page.full", most=MAX_VISITORS)
        if free < NEEDED_MB:
            return in_both_languages("page.no_memory", free=free, needed=NEEDED_MB)
        visitor = create()
        _visitors.add(visitor)
        return visitor


def leave(visitor: object) -> None:
    """Release the place of a visitor."""
    with _lock:
        _visitors.discard(visitor)


def in_both_languages(name: str, **values: int) -> str:
    """Return a text in both languages, since a refused visitor has not chosen one."""
    return " / ".join(page_text(language, name, **values) for language in ("es", "en"))
