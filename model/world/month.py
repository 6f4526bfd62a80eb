"""Snapshot of a month that has ended, for measures and criteria."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from model.engine.kernels import kernel
from model.engine.ratios import ratio_or_nan, ratio_or_zero

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray, IntArray
    from model.simulation.columns import MonthlyCounts
    from model.simulation.world import Simulation

RESIDENT_FLAGS = ("women", "indigenous", "young", "council", "victims", "contact", "free_contact", "far", "adults")
WOMAN, INDIGENOUS, YOUNG, COUNCIL, VICTIM, CONTACT, FREE, FAR, ADULT = (1 << bit for bit in range(9))
GROUPS: dict[str, tuple[int, int]] = {
    "all": (0, 0),
    "women": (WOMAN, WOMAN),
    "men": (WOMAN, 0),
    "indigenous": (INDIGENOUS, INDIGENOUS),
    "not_indigenous": (INDIGENOUS, 0),
    "young": (YOUNG, YOUNG),
    "council": (COUNCIL, COUNCIL),
    "victims": (VICTIM, VICTIM),
    "contact": (CONTACT, CONTACT),
    "no_contact": (CONTACT, 0),
    "free_contact": (FREE, FREE),
    "near": (FAR, 0),
    "far": (FAR, FAR),
    "adults": (ADULT, ADULT),
    "adult_victims": (ADULT | VICTIM, ADULT | VICTIM),
    "adults_with_contact": (ADULT | CONTACT, ADULT | CONTACT),
}
"""Groups of residents: (mask, required value) of the flags; events count within the last 12 months."""
N_CLASSES = 1 << len(RESIDENT_FLAGS)
MASKS_OF_GROUPS = np.array(list(GROUPS.values()))
"""The pairs of `GROUPS` as rows."""
SUMMED_COLUMNS = ("residents", "trust", "fairness", "effectiveness", "fear", "precaution", "victims_anywhere")


@kernel
def sum_groups(by_class: FloatArray, masks: IntArray, by_group: FloatArray) -> None:
    """Add the sums of every class of residents to those of its groups (``by_group``)."""
    for flags in range(len(by_class)):
        if by_class[flags, 0] > 0.0:
            for g in range(len(masks)):
                if flags & masks[g, 0] == masks[g, 1]:
                    for k in range(by_group.shape[1]):
                        by_group[g, k] += by_class[flags, k]


class MonthSnapshot:
    """State of a world at the end of a month, as measures and criteria read it.

    Attributes
    ----------
    tally
        Counts of the month.
    crime_counts
        Crimes by stage of the crime funnel and kind.
    group_sums, settlement_sums
        Sums of `SUMMED_COLUMNS` over the residents of each group and settlement.
    """

    sim: Simulation
    tally: MonthlyCounts

    def __init__(self, sim: Simulation) -> None:
        self.world = sim
        self.tick = sim.tick
        self.tally = sim.tally[0]
        self.crime_counts = sim.w.crime_counts
        self.boards = sim.w.boards
        by_group = np.zeros((len(GROUPS), len(SUMMED_COLUMNS)))
        sum_groups(sim.class_table.sum(axis=0), MASKS_OF_GROUPS, by_group)
        self.group_sums = dict(zip(GROUPS, by_group, strict=True))
        self.settlement_sums = sim.class_table.sum(axis=1)
        self._cache: dict[Callable[[MonthSnapshot], object], Any] = {}

    def cached[T](self, work: Callable[[MonthSnapshot], T]) -> T:
        """Return the result of ``work`` for this month, computed once."""
        if work not in self._cache:
            self._cache[work] = work(self)
        found: T = self._cache[work]
        return found

    def mean(self, group: str, column: str) -> float:
        """Return the mean of one of `SUMMED_COLUMNS` in a group; nan if the group is empty."""
        sums = self.group_sums[group]
        return ratio_or_nan(sums[SUMMED_COLUMNS.index(column)], sums[0])

    def count(self, group: str) -> float:
        """Return the number of residents in a group."""
        return float(self.group_sums[group][0])

    @cached_property
    def populated(self) -> BoolArray:
        """Mask of the populated cells."""
        return self.world.town.cells["population"] > 0

    @cached_property
    def share_far(self) -> float:
        """Share of residents who live far from the police."""
        return ratio_or_zero(self.count("far"), self.count("all"))

    def change_by(self, *causes: int) -> float:
        """Return the change of mean trust in this month by some causes, in points on 0-100."""
        booked = self.world.w.ledger.sum(axis=(0, 2))
        return ratio_or_nan(100.0 * booked[list(causes)].sum(), self.count("all"))
