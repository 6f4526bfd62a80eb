"""Impressions that couples on duty leave: how many, how and in which part of the town, and never in whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import is_last_shift_of_month
from model.engine.rows import Row
from model.town.territory import FAR_MINUTES
from model.world.protocol import World
from model.world.shift_events import IMPRESSIONS, SIGNED

type ImpressionTable = NDArray[np.void]
TOWN_PARTS = ("core", "between", "far")
"""Parts of a town: its core, what lies far from the police, and the rest."""
TONES = ("bad", "good")
"""Whether an impression speaks against, or for, police who treat people well."""


class CoupleImpressionSum(Row):
    """Impressions of one cause and tone that a couple left in a part of the town, and the change of trust by them."""

    month: int
    couple: int
    part: int
    tone: int
    cause: int
    impressions: int
    change: float


KEY_COLUMNS = ("month", "couple", "part", "tone", "cause")
"""What tells one row of a month from another."""


def accumulate_impressions(world: World, months: list[ImpressionTable]) -> None:
    """Add the impressions of a shift to a table a month, which begins with the month alone."""
    if is_last_shift_of_month(world.tick - 1):
        months.append(impressions_of_shift(world))
    elif months:
        months[-1] = np.concatenate([months[-1], impressions_of_shift(world)])
    if months and is_last_shift_of_month(world.tick):
        months[-1] = sum_by_key(months[-1])


def impressions_of_shift(world: World) -> ImpressionTable:
    """Return a row for each impression that a couple left in the present shift."""
    signed = world.shift_events.rows_of(SIGNED)
    told = world.shift_events.rows_of(IMPRESSIONS)[signed["impression"]]
    cells = world.town.cells[signed["cell"]]
    rows = np.zeros(len(signed), CoupleImpressionSum.dtype)
    rows["month"], rows["couple"], rows["cause"] = world.month, signed["post"], told["cause"]
    rows["part"] = np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1))
    rows["tone"], rows["impressions"], rows["change"] = told["quality_f"] > 0.5, 1, told["change"]
    return rows


def sum_by_key(rows: ImpressionTable) -> ImpressionTable:
    """Return rows that are alike in all that tells them apart as one, in their order."""
    alike, which = np.unique(rows[list(KEY_COLUMNS)], return_inverse=True)
    sums = np.zeros(len(alike), CoupleImpressionSum.dtype)
    for name in KEY_COLUMNS:
        sums[name] = alike[name]
    for name in ("impressions", "change"):
        sums[name] = np.bincount(which, rows[name], len(alike))
    return sums
