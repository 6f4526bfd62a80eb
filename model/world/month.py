"""Snapshot of a month that has ended, as measures and criteria read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from model.engine.ratios import over, ratio
from model.engine.rows import Flags
from model.trust.ledger.schema import LEDGER
from model.world.columns import Tally
from model.world.protocol import World
from model.world.state import BOARDS, BOOKS

FLAGS = ("women", "indigenous", "young", "council", "victims", "contact", "free_contact", "far", "adults")
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
N_CLASSES = 1 << len(FLAGS)
CLASSES = {group: np.flatnonzero((np.arange(N_CLASSES) & look) == stand) for group, (look, stand) in GROUPS.items()}
SUMS = ("residents", "trust", "fairness", "effectiveness", "fear", "precaution", "victims_anywhere")


class Month:
    """What one month left behind, as the measures and the criteria read it.

    ``groups`` and ``local`` hold the `SUMS` of every group and settlement.
    """

    world: World
    tally: Tally

    def __init__(self, world: World) -> None:
        state = world.state
        self.world = world
        self.tick = world.tick
        self.tally = world.tally[0]
        self.books = state[BOOKS]
        self.boards = state[BOARDS]
        table = world.class_table.sum(axis=0)
        self.groups = {group: table[classes].sum(axis=0) for group, classes in CLASSES.items()}
        self.local = world.class_table.sum(axis=1)
        self._once: dict[Callable[[Month], object], Any] = {}

    def once[T](self, work: Callable[[Month], T]) -> T:
        """Return what ``work`` finds in this month: it is asked once."""
        if work not in self._once:
            self._once[work] = work(self)
        found: T = self._once[work]
        return found

    def mean(self, group: str, what: str) -> float:
        """Mean of trust, fairness, effectiveness or fear in a group; nan where nobody is in it."""
        sums = self.groups[group]
        return over(sums[SUMS.index(what)], sums[0])

    def count(self, group: str) -> float:
        """Residents in a group."""
        return float(self.groups[group][0])

    @cached_property
    def populated(self) -> Flags:
        """Which cells are populated."""
        return self.world.town.cells["population"] > 0

    @cached_property
    def share_far(self) -> float:
        """Share of residents who live far from the police."""
        return ratio(self.count("far"), self.count("all"))

    def change_by(self, *causes: int) -> float:
        """Change of mean trust in this month by some causes, in points per 100."""
        booked = self.world.state[LEDGER].sum(axis=(0, 2))
        return over(100.0 * booked[list(causes)].sum(), self.count("all"))
