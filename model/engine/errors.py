"""Error classes with messages for users."""

import difflib
from collections.abc import Iterable


class InputError(Exception):
    """Invalid input: one line with what is wrong, its value, what is allowed and what to do; exit code 2.

    Examples
    --------
    >>> from confianza import InputError, load
    >>> try:
    ...     load("villa_canale")
    ... except InputError as error:
    ...     print(error)
    no scenario 'villa_canale'; did you mean 'villa_canales'?
    """


class WorkStopped(Exception):
    """Work ended by something outside the program, such as a full disk; finished results are kept."""


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
