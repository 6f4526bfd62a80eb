"""Figures of rows: their names at the left, a panel for each measure, a block for each place; full where told."""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.small_multiples import (
    EDGE,
    GAP,
    HEADED,
    WIDE,
    B,
    Sheet,
    Sizes,
    at_nothing,
    estimate,
    rows_of,
    signed,
)
from experiments.narrative.labels import begun, with_sign
from experiments.words.bilingual import Tongue

ROW, LEAST, LETTER, LONGEST = 0.16, 1.15, 0.054, 3.4
"""Inches of a row, of the narrowest panel, of a letter of a row's name, of the longest name."""


class Found(NamedTuple):
    """An effect where it is drawn: number of block, panel and row, its interval, whether it is told from luck."""

    block: int
    panel: int
    row: float
    low: float
    value: float
    high: float
    told: bool
    colour: str = B


def forest_of(
    tongue: Tongue,
    told: tuple[str, str],
    blocks: Sequence[str],
    heads: Sequence[str],
    names: Sequence[str],
    found: Iterable[Found],
    bold: Collection[int] = (),
) -> Figure:
    """Return a figure of effects, full where they are told from luck, hollow where not."""
    sheet, grid = rows(tongue, told, blocks, heads, names, bold)
    for one in found:
        estimate(grid[one.block][one.panel], one.row, *one[3:])
    return sheet.figure


def rows(
    tongue: Tongue,
    told: tuple[str, str],
    blocks: Sequence[str],
    heads: Sequence[str],
    names: Sequence[str],
    bold: Collection[int] = (),
    tall: float = ROW,
    **more: Any,
) -> tuple[Sheet, list[list[Axes]]]:
    """Return a sheet with the panels of every block, whose rows are named at the left."""
    longest = max(len(line) for text in (*names, *blocks) for line in text.split("\n"))
    left = min(LONGEST, 0.15 + LETTER * longest)
    wide = max(WIDE, left + len(heads) * (LEAST + GAP))
    sizes = Sizes(0.1 + tall * len(names), left, across=len(heads), wide=wide, **more)
    sheet = Sheet(tongue, told, [*heads] * len(blocks), sizes)
    grid = []
    for number, block in enumerate(blocks):
        drawn = [sheet.panel(number * len(heads) + place) for place in range(len(heads))]
        for axes in drawn:
            at_nothing(axes)
            rows_of(axes, names if axes is drawn[0] else [""] * len(names))
            signed(axes)
            axes.margins(x=0.1)
        for at in bold:
            drawn[0].get_yticklabels()[at].set_fontweight("bold")
        sheet.write(EDGE, sheet.top + number * sheet.block, block, **HEADED)
        grid.append(drawn)
    return sheet, grid


def known(value: object) -> bool:
    """Tell whether a cell of a table on record holds a number."""
    return isinstance(value, int | float) and math.isfinite(value)


def most_moving(tongue: Tongue, measure: str, found: Iterable[tuple[str, float, bool]]) -> str:
    """Return what moves a measure most, of changes with their size and whether it is told from luck."""
    told, what = [(words, size) for words, size, is_told in found if is_told and size], begun(measure, tongue)
    if not told:
        return tongue(f"{what}: ningún cambio se distingue del azar", f"{what}: no change can be told from luck")
    words, size = max(told, key=lambda one: abs(one[1]))
    size_words = with_sign(size)
    return tongue(
        f"{what}: el mayor cambio viene de {words}, {size_words}",
        f"{what}: the largest change comes from {words}, {size_words}",
    )
