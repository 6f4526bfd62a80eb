"""The error classes that a user can meet."""

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """What was asked for is wrong: one line with thing, rule, value and remedy; exit code 2."""


class WorkStopped(Exception):
    """What no program can mend, such as a full disk, has ended the work: one line, and what was finished is kept."""


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
