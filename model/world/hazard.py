"""Hazard of crime: factors by place and by person, 1 unless a mechanism changes them.

The crime mechanism multiplies these tables without knowing the mechanisms behind them.  There are two sorts of
modifiers.  Motivation raises or lowers the wish to offend.  Guards prevent crimes that would have happened otherwise;
each prevented crime is recorded in the shift's events (`spared`) under its guard.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from model.town.crime_kinds import BY_TARGET, EXPOSURE, N_KINDS

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation
    from model.town.town import Town
    from model.world.mechanism import Mechanism

HAZARD_DAY, HAZARD_NIGHT, HAZARD_MARKET_DAY, HAZARD_MARKET_NIGHT = range(4)
"""Times with factors of their own: day and night, on other days and on market days."""
N_WARD_CLASSES = 4
"""Classes of residents: careful (1), young near schools (2), both (3), others (0)."""


class HazardFactors:
    """Hazard factors of one world.

    Attributes
    ----------
    rates
        Factors of motivation by time, kind and cell.
    attraction
        Attraction of cells by kind; 1 for crimes against targets.
    attracted, highest
        Products of rates and attraction, and the largest of them by time and kind.
    person
        Factors by kind, settlement and class of resident.
    guards
        Factors of each guard by guard, time, kind and cell.
    guard_numbers
        Number of each guard by the name of its mechanism.
    repeats
        1 for guards that prevent near repeats too.
    """

    def __init__(self, mechanisms: Iterable[Mechanism], town: Town) -> None:
        writing = [(one.name, one.hazard) for one in mechanisms if one.hazard is not None]
        self.modifiers = {name: hazard for name, hazard in writing if not hazard.spared}
        guarding = {name: hazard for name, hazard in writing if hazard.spared}
        self.guard_modifiers, self.guard_numbers = guarding, {name: number for number, name in enumerate(guarding)}
        self.repeats: IntArray = np.array([hazard.repeats for hazard in guarding.values()], np.int64)
        lure, n_cells = town.cells["lure"], town.n_cells
        self.attraction = np.where((EXPOSURE == BY_TARGET)[:, None], 1.0, lure)
        self.rates, self.highest = np.ones((4, N_KINDS, n_cells)), np.ones((4, N_KINDS))
        self.attracted = np.ones_like(self.rates)
        self.rates_before = {name: np.ones_like(self.rates) for name, hazard in self.modifiers.items() if hazard.moves}
        self.guards = np.ones((len(guarding), 4, N_KINDS, n_cells))
        self.person = np.ones((N_KINDS, town.n_settlements, N_WARD_CLASSES))

    def write_all(self, sim: Simulation) -> None:
        """Compute all factors from the parameters in force."""
        self.write_motivation(sim)
        for name in self.guard_modifiers:
            self.write_guard(sim, name)

    def write_motivation(self, sim: Simulation) -> None:
        """Recompute the factors of motivation, by place and by person."""
        self.rates[:] = 1.0
        self.write_by_person(sim)
        self.write_by_place(sim, list(self.modifiers))

    def rewrite_mechanism(self, sim: Simulation, name: str) -> None:
        """Recompute the factors by place of one mechanism (with `moves`) and of those after it."""
        self.rates[:] = self.rates_before[name]
        names = list(self.modifiers)
        self.write_by_place(sim, names[names.index(name) :])

    def write_by_person(self, sim: Simulation) -> None:
        """Recompute the factors of motivation by person."""
        self.person[:] = 1.0
        for hazard in self.modifiers.values():
            hazard.person(sim, self.person)

    def write_by_place(self, sim: Simulation, names: Iterable[str]) -> None:
        """Multiply the factors by place of some mechanisms into `rates`, in order, and update `highest`."""
        for name in names:
            if name in self.rates_before:
                self.rates_before[name][:] = self.rates
            self.modifiers[name].place(sim, self.rates)
        np.multiply(self.rates, self.attraction, out=self.attracted)
        np.max(self.attracted, axis=2, out=self.highest)

    def write_guard(self, sim: Simulation, name: str) -> None:
        """Recompute the factors of one guard."""
        own = self.guards[self.guard_numbers[name]]
        own[:] = 1.0
        self.guard_modifiers[name].place(sim, own)


def values_by_cell(numbers: FloatArray, settlement: IntArray) -> FloatArray:
    """Return the values of settlements by cell; uninhabited cells take those of the first settlement."""
    return numbers[np.maximum(settlement, 0)]
