"""Skip figures without data, so that the report and other figures are still written."""

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.storage.progress import print_note
from experiments.words.bilingual import bilingual
from experiments.words.console import console_text

MISSING_NUMBER_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)
"""Errors that drawing raises if numbers are missing."""
FIGURE_MISSING = bilingual(
    "Aquí falta una figura: no hay números para ella.", "A figure is missing here: there are no numbers for it."
)


class MissingNumbers(Exception):
    """Raised if a figure lacks the numbers that it would show."""


@contextlib.contextmanager
def as_missing_numbers() -> Iterator[None]:
    """Convert errors of drawing and rendering to `MissingNumbers`."""
    try:
        yield
    except MISSING_NUMBER_ERRORS as reason:
        raise MissingNumbers(f"{type(reason).__name__}: {reason}") from reason


def check_has_numbers(figure: Figure) -> Figure:
    """Return the figure; raise `MissingNumbers` if none of its panels shows a number."""
    if not any(map(shows_numbers, figure.axes)):
        raise MissingNumbers("no panel shows a number")
    return figure


def shows_numbers(axes: Axes) -> bool:
    """Return whether a panel shows a number: a point, line or bar, or a cell of an image."""
    if axes.images:
        return any(
            bool(np.isfinite(np.ma.filled(np.ma.asarray(one.get_array(), float), np.nan)).any()) for one in axes.images
        )
    return bool(np.isfinite(axes.dataLim.get_points()).all())


def draw_or_skip[T](name: str, draw: Callable[[], T]) -> T | None:
    """Return the result of ``draw``; if numbers are missing, print a message and return None."""
    try:
        with as_missing_numbers():
            return draw()
    except MissingNumbers:
        print_note(console_text("note.left_out", name=name))
        return None
