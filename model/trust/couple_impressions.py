"""Impressions that couples on duty leave: how many, how and in which part of the town, and never in whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import is_last_shift_of_month
from model.engine.rows import Row
from model.town.territory import FAR_MINUTES
from model.world.protocol import World
from model.world.shift_events import IMPRESSIONS, SIGNED

type Table = NDArray[np.void]
PARTS = ("core", "between", "far")
"""Parts of a town: its core, what lies far from the police, and the rest."""
TONES = ("bad", "good")
"""Whether an impression speaks against, or for, police who treat people well."""


class Left(Row):
    """Impressions of one cause and tone that a couple left in a part of the town, and the change of trust by them."""

    month: int
    couple: int
    part: int
    tone: int
    cause: int
    impressions: int
    change: float


KEYS = ("month", "couple", "part", "tone", "cause")
"""What tells one row of a month from another."""


def keep(world: World, months: list[Table]) -> None:
    """Add the impressions of a shift to a table a month, which begins with the month alone."""
    if is_last_shift_of_month(world.tick - 1):
        months.append(of_shift(world))
    elif months:
        months[-1] = np.concatenate([months[-1], of_shift(world)])
    if months and is_last_shift_of_month(world.tick):
        months[-1] = summed(months[-1])


def of_shift(world: World) -> Table:
    """Return a row for each impression that a couple left in the present shift."""
    signed = world.book.filled(SIGNED)
    told = world.book.filled(IMPRESSIONS)[signed["impression"]]
    cells = world.town.cells[signed["cell"]]
    rows = np.zeros(len(signed), Left.dtype)
    rows["month"], rows["couple"], rows["cause"] = world.month, signed["post"], told["cause"]
    rows["part"] = np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1))
    rows["tone"], rows["impressions"], rows["change"] = told["quality_f"] > 0.5, 1, told["change"]
    return rows


def summed(rows: Table) -> Table:
    """Return rows that are alike in all that tells them apart as one, in their order."""
    alike, which = np.unique(rows[list(KEYS)], return_inverse=True)
    sums = np.zeros(len(alike), Left.dtype)
    for name in KEYS:
        sums[name] = alike[name]
    for name in ("impressions", "change"):
        sums[name] = np.bincount(which, rows[name], len(alike))
    return sums
