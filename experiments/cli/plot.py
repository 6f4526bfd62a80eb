"""Draw a recorded table that an examination wrote."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from experiments.figures.effects import draw_experiments
from experiments.figures.plot_command import language_suffix, names_a_file, write_figures
from experiments.figures.record_figures import draw_ceiling
from experiments.validation.effects_table import EXPERIMENTS
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from scenarios.files import read_text

Row = dict[str, Any]
DRAWING_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, csv.Error)
"""Errors that drawing a table from another source can raise."""
BOOLEANS = {"True": True, "False": False}
RECORD_FIGURES: dict[str, Callable[[Sequence[Row], FigureTexts], Figure]] = {
    "ceiling": draw_ceiling,
    "effects": lambda rows, wording: draw_experiments(
        rows, wording, {one.name: (one.es, one.en) for one in EXPERIMENTS}
    ),
}
"""Drawing function of each recorded table, by file name without suffix."""


def draw_record(
    table: Path, measures: str = "", out: Path | None = None, lang: str = "en", fresh: bool = False
) -> list[Path]:
    """Draw a recorded table into a folder or a file, by default beside the table; return the paths written."""
    if table.stem not in RECORD_FIGURES:
        raise InputError(f"{table}: of tables only {', '.join(f'{name}.csv' for name in RECORD_FIGURES)} can be drawn")
    if measures:
        raise InputError("--measures chooses among those of a sweep, not of a table")
    figure = record_figure(table, lang)
    place = out or table.parent
    path = place if names_a_file(place) else place / f"{table.stem}{language_suffix(lang)}.png"
    return write_figures({path: figure}, fresh)


def record_figure(table: Path, lang: str) -> Figure:
    """Return the figure of a recorded table in a language."""
    try:
        return RECORD_FIGURES[table.stem](rows_in(table), FigureTexts(lang))
    except DRAWING_ERRORS as reason:
        raise InputError(f"{table}: is not as the examination wrote it: {type(reason).__name__}, {reason}") from None


def rows_in(table: Path) -> list[Row]:
    """Return the rows of a recorded table, with numbers and booleans parsed; empty cells stay ""."""
    rows = list(csv.DictReader(read_text(table, str(table)).splitlines()))
    if not rows:
        raise InputError(f"{table} holds no row")
    return [{name: cell(value) for name, value in row.items()} for row in rows]


def cell(text: str) -> object:
    """Return the value of a cell: boolean, number or text.

    >>> cell("1.5"), cell("True"), cell("no police"), cell("")
    (1.5, True, 'no police', '')
    """
    if text in BOOLEANS:
        return BOOLEANS[text]
    try:
        return float(text)
    except ValueError:
        return text
