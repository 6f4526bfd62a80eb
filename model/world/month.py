"""Snapshot of a month that has ended, as measures and criteria read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from model.engine.ratios import ratio_or_nan, ratio_or_zero
from model.engine.rows import BoolArray
from model.trust.ledger.schema import LEDGER
from model.world.columns import MonthlyCounts
from model.world.protocol import World
from model.world.state import BOARDS, CRIME_COUNTS

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
"""Groups of residents: which flags are looked at, and how they must stand (in the last 12 months)."""
N_CLASSES = 1 << len(RESIDENT_FLAGS)
CLASSES_OF_GROUP = {
    group: np.flatnonzero((np.arange(N_CLASSES) & look) == stand) for group, (look, stand) in GROUPS.items()
}
SUMMED_COLUMNS = ("residents", "trust", "fairness", "effectiveness", "fear", "precaution", "victims_anywhere")


class MonthSnapshot:
    """What one month left behind, as the measures and the criteria read it.

    ``groups`` and ``settlement_sums`` hold the `SUMS` of every group and settlement.
    """

    world: World
    tally: MonthlyCounts

    def __init__(self, world: World) -> None:
        state = world.state
        self.world = world
        self.tick = world.tick
        self.tally = world.tally[0]
        self.crime_counts = state[CRIME_COUNTS]
        self.boards = state[BOARDS]
        table = world.class_table.sum(axis=0)
        self.group_sums = {group: table[classes].sum(axis=0) for group, classes in CLASSES_OF_GROUP.items()}
        self.settlement_sums = world.class_table.sum(axis=1)
        self._cache: dict[Callable[[MonthSnapshot], object], Any] = {}

    def cached[T](self, work: Callable[[MonthSnapshot], T]) -> T:
        """Return what ``work`` finds in this month: it is asked once."""
        if work not in self._cache:
            self._cache[work] = work(self)
        found: T = self._cache[work]
        return found

    def mean(self, group: str, what: str) -> float:
        """Mean of trust, fairness, effectiveness or fear in a group; nan where nobody is in it."""
        sums = self.group_sums[group]
        return ratio_or_nan(sums[SUMMED_COLUMNS.index(what)], sums[0])

    def count(self, group: str) -> float:
        """Residents in a group."""
        return float(self.group_sums[group][0])

    @cached_property
    def populated(self) -> BoolArray:
        """Which cells are populated."""
        return self.world.town.cells["population"] > 0

    @cached_property
    def share_far(self) -> float:
        """Share of residents who live far from the police."""
        return ratio_or_zero(self.count("far"), self.count("all"))

    def change_by(self, *causes: int) -> float:
        """Change of mean trust in this month by some causes, in points per 100."""
        booked = self.world.state[LEDGER].sum(axis=(0, 2))
        return ratio_or_nan(100.0 * booked[list(causes)].sum(), self.count("all"))
