"""Monthly sums of the impressions that police couples leave, by couple, part of town, tone and cause.

Residents are summed over: the table never says who had an impression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import is_last_shift_of_month
from model.engine.causes import MOST_CAUSES
from model.engine.domains import COUNT, MONTH_NUMBER, code_of, row_of
from model.engine.rows import Row
from model.town.territory import FAR_MINUTES
from model.world.shift_events import IMPRESSIONS, SIGNED

if TYPE_CHECKING:
    from model.simulation.world import Simulation

type ImpressionTable = NDArray[np.void]
TOWN_PARTS = ("core", "between", "far")
"""Parts of a town: its core, the cells between, and those more than `FAR_MINUTES` from the police."""
TONES = ("bad", "good")
"""Tone of an impression: evidence against, or for, the fairness of the police."""
NEUTRAL_QUALITY = 0.5
"""Share of favourable evidence above which an impression counts as good."""


class CoupleImpressionSum(Row):
    """Number of impressions with one key, and the summed change of trust by them."""

    month: Annotated[int, MONTH_NUMBER]
    couple: Annotated[int, row_of("post")]
    part: Annotated[int, code_of(len(TOWN_PARTS))]
    tone: Annotated[int, code_of(len(TONES))]
    cause: Annotated[int, code_of(MOST_CAUSES)]
    impressions: Annotated[int, COUNT]
    change: float


KEY_COLUMNS = ("month", "couple", "part", "tone", "cause")
"""Key of the table: no two rows of a month have the same values in these columns."""


def accumulate_impressions(sim: Simulation, months: list[ImpressionTable]) -> None:
    """Add the impressions of the present shift to the table of its month, the last of ``months``.

    A month is recorded only from its first shift on; its table is summed by key after its last shift.
    """
    if is_last_shift_of_month(sim.tick - 1):
        months.append(impressions_of_shift(sim))
    elif months:
        months[-1] = np.concatenate([months[-1], impressions_of_shift(sim)])
    if months and is_last_shift_of_month(sim.tick):
        months[-1] = sum_by_key(months[-1])


def impressions_of_shift(sim: Simulation) -> ImpressionTable:
    """Return a row for each impression of the present shift that is attributed to a couple."""
    signed = sim.shift_events.rows_of(SIGNED)
    impressions = sim.shift_events.rows_of(IMPRESSIONS)[signed["impression"]]
    cells = sim.town.cells[signed["cell"]]
    rows = np.zeros(len(signed), CoupleImpressionSum.dtype)
    rows["month"], rows["couple"], rows["cause"] = sim.month, signed["post"], impressions["cause"]
    rows["part"] = np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1))
    rows["tone"] = impressions["quality_f"] > NEUTRAL_QUALITY
    rows["impressions"], rows["change"] = 1, impressions["change"]
    return rows


def sum_by_key(rows: ImpressionTable) -> ImpressionTable:
    """Return one row per key, with summed impressions and changes, sorted by key."""
    keys, key_of_row = np.unique(rows[list(KEY_COLUMNS)], return_inverse=True)
    sums = np.zeros(len(keys), CoupleImpressionSum.dtype)
    for name in KEY_COLUMNS:
        sums[name] = keys[name]
    for name in ("impressions", "change"):
        sums[name] = np.bincount(key_of_row, rows[name], len(keys))
    return sums
