"""The hazard of crime: factors by place and by person, 1 unless a mechanism writes them.

Crime multiplies these tables; it names no factor.  What raises or lowers the wish to offend comes first; guards, which
keep crimes away that would have happened, come after it, and those crimes are written into the daybook (`spared`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.engine.rows import FloatArray, IntArray
from model.town.crime_kinds import N_KINDS
from model.world.mechanism import Mechanism
from model.world.protocol import World

HAZARD_DAY, HAZARD_NIGHT, HAZARD_MARKET_DAY, HAZARD_MARKET_NIGHT = range(4)
"""Shifts that differ in hazard: day or night, of other days or market days."""
N_WARD_CLASSES = 4
"""Residents that differ: the careful (1), the young near schools (2), both (3), others (0)."""


class HazardFactors:
    """The factors of one world: ``rates[when, kind, cell]``, ``person[kind, settlement, ward]`` and the guards.

    ``highest[when, kind]`` is the greatest rate of any cell.

    ``guards[guard, when, kind, cell]`` stand apart, since a crime that one of them keeps away is written down under its
    number (``parameters``); ``repeats[guard]`` is 1 where it keeps near repeats away too.
    """

    def __init__(self, mechanisms: Iterable[Mechanism], n_cells: int, n_settlements: int) -> None:
        writing = [(one.name, one.hazard) for one in mechanisms if one.hazard is not None]
        self.modifiers = {name: hazard for name, hazard in writing if not hazard.spared}
        guarding = {name: hazard for name, hazard in writing if hazard.spared}
        self.guard_modifiers, self.guard_numbers = guarding, {name: number for number, name in enumerate(guarding)}
        self.repeats: IntArray = np.array([hazard.repeats for hazard in guarding.values()], np.int64)
        self.rates, self.highest = np.ones((4, N_KINDS, n_cells)), np.ones((4, N_KINDS))
        self.rates_before = {name: np.ones_like(self.rates) for name, hazard in self.modifiers.items() if hazard.moves}
        self.guards = np.ones((len(guarding), 4, N_KINDS, n_cells))
        self.person = np.ones((N_KINDS, n_settlements, N_WARD_CLASSES))

    def write_all(self, world: World) -> None:
        """Let every mechanism write its factors, by the numbers in force."""
        self.write_motivation(world)
        for name in self.guard_modifiers:
            self.write_guard(world, name)

    def write_motivation(self, world: World) -> None:
        """Let what raises or lowers the wish to offend be written anew, and no guard."""
        self.rates[:] = self.person[:] = 1.0
        for hazard in self.modifiers.values():
            hazard.person(world, self.person)
        self.write_by_place(world, list(self.modifiers))

    def rewrite_mechanism(self, world: World, name: str) -> None:
        """Let one mechanism that moves write its factors by place anew, and those after it, on what was before it."""
        self.rates[:] = self.rates_before[name]
        names = list(self.modifiers)
        self.write_by_place(world, names[names.index(name) :])

    def write_by_place(self, world: World, names: Iterable[str]) -> None:
        """Let mechanisms write their factors by place, one on the other."""
        for name in names:
            if name in self.rates_before:
                self.rates_before[name][:] = self.rates
            self.modifiers[name].place(world, self.rates)
        np.max(self.rates, axis=2, out=self.highest)

    def write_guard(self, world: World, name: str) -> None:
        """Let one guard write its factors anew."""
        own = self.guards[self.guard_numbers[name]]
        own[:] = 1.0
        self.guard_modifiers[name].place(world, own)


def values_by_cell(numbers: FloatArray, settlement: IntArray) -> FloatArray:
    """Return numbers of settlements for each cell; cells of none take those of the first."""
    return numbers[np.maximum(settlement, 0)]
