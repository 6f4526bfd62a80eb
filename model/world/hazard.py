"""The hazard of crime: factors by place and by person, 1 unless a mechanism writes them.

Crime multiplies these tables; it names no factor.  What raises or lowers the wish to offend comes first; guards, which
keep crimes away that would have happened, come after it, and those crimes are written into the daybook (`spared`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.engine.rows import Ints, Reals
from model.town.crime_kinds import N_KINDS
from model.world.mechanism import Mechanism
from model.world.protocol import World

DAY, NIGHT, MARKET_DAY, MARKET_NIGHT = range(4)
"""Shifts that differ in hazard: day or night, of other days or market days."""
N_WARDS = 4
"""Residents that differ: the careful (1), the young near schools (2), both (3), others (0)."""


class Factors:
    """The factors of one world: ``rates[when, kind, cell]``, ``person[kind, settlement, ward]`` and the guards.

    ``highest[when, kind]`` is the greatest rate of any cell.

    ``guards[guard, when, kind, cell]`` stand apart, since a crime that one of them keeps away is written down under its
    number (``numbers``); ``repeats[guard]`` is 1 where it keeps near repeats away too.
    """

    def __init__(self, mechanisms: Iterable[Mechanism], n_cells: int, n_settlements: int) -> None:
        writing = [(one.name, one.hazard) for one in mechanisms if one.hazard is not None]
        self.writers = {name: hazard for name, hazard in writing if not hazard.spared}
        guarding = {name: hazard for name, hazard in writing if hazard.spared}
        self.guarding, self.numbers = guarding, {name: number for number, name in enumerate(guarding)}
        self.repeats: Ints = np.array([hazard.repeats for hazard in guarding.values()], np.int64)
        self.rates, self.highest = np.ones((4, N_KINDS, n_cells)), np.ones((4, N_KINDS))
        self.before = {name: np.ones_like(self.rates) for name, hazard in self.writers.items() if hazard.moves}
        self.guards = np.ones((len(guarding), 4, N_KINDS, n_cells))
        self.person = np.ones((N_KINDS, n_settlements, N_WARDS))

    def lay(self, world: World) -> None:
        """Let every mechanism write its factors, by the numbers in force."""
        self.lay_wishes(world)
        for name in self.guarding:
            self.lay_guard(world, name)

    def lay_wishes(self, world: World) -> None:
        """Let what raises or lowers the wish to offend be written anew, and no guard."""
        self.rates[:] = self.person[:] = 1.0
        for hazard in self.writers.values():
            hazard.person(world, self.person)
        self.lay_places(world, list(self.writers))

    def lay_wish(self, world: World, name: str) -> None:
        """Let one mechanism that moves write its factors by place anew, and those after it, on what was before it."""
        self.rates[:] = self.before[name]
        names = list(self.writers)
        self.lay_places(world, names[names.index(name) :])

    def lay_places(self, world: World, names: Iterable[str]) -> None:
        """Let mechanisms write their factors by place, one on the other."""
        for name in names:
            if name in self.before:
                self.before[name][:] = self.rates
            self.writers[name].place(world, self.rates)
        np.max(self.rates, axis=2, out=self.highest)

    def lay_guard(self, world: World, name: str) -> None:
        """Let one guard write its factors anew."""
        own = self.guards[self.numbers[name]]
        own[:] = 1.0
        self.guarding[name].place(world, own)


def by_cell(numbers: Reals, settlement: Ints) -> Reals:
    """Return numbers of settlements for each cell; cells of none take those of the first."""
    return numbers[np.maximum(settlement, 0)]
