"""The hazard of crime: factors by place and by person, 1 unless a mechanism writes them.

Crime multiplies these tables; it names no factor.  What raises or lowers the wish to offend comes first; guards, which
keep crimes away that would have happened, come after it, and those crimes are written into the daybook (`spared`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.kinds import N_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.mechanism import Mechanism
    from model.model import TrustModel as World
    from model.rows import Ints, Reals

DAY, NIGHT, MARKET_DAY, MARKET_NIGHT = range(4)
"""Shifts that differ in hazard: day or night, of other days or market days."""
N_WARDS = 4
"""Residents that differ: the careful (1), the young near schools (2), both (3), others (0)."""


class Factors:
    """The factors of one world: ``place[when, kind, cell, layer]`` and ``person[kind, settlement, ward]``.

    The first ``n_rates`` layers are rates, the others guards; ``repeats[layer]`` is 1 where it keeps repeats away too.
    """

    def __init__(self, mechanisms: Iterable[Mechanism], n_cells: int, n_settlements: int) -> None:
        writing = [(one.name, one.hazard) for one in mechanisms if one.hazard is not None]
        self.persons = [hazard.person for _, hazard in writing if hazard.person is not None]
        layers = sorted((one for one in writing if one[1].place is not None), key=lambda one: one[1].spared)
        self.layers = {name: number for number, (name, _) in enumerate(layers)}
        self.places = [hazard.place for _, hazard in layers if hazard.place is not None]
        self.n_rates = sum(not hazard.spared for _, hazard in layers)
        self.repeats: Ints = np.array([hazard.repeats for _, hazard in layers], np.int64)
        self.place = np.ones((4, N_KINDS, n_cells, len(layers)))
        self.person = np.ones((N_KINDS, n_settlements, N_WARDS))

    def lay(self, world: World) -> None:
        """Let every mechanism write its factors, by the numbers in force."""
        self.person[:] = 1.0
        for write in self.persons:
            write(world, self.person)
        for name in self.layers:
            self.lay_place(world, name)

    def lay_place(self, world: World, name: str) -> None:
        """Let one mechanism write its layer anew."""
        layer = self.layers[name]
        own = self.place[..., layer]
        own[:] = 1.0
        self.places[layer](world, own)


def by_cell(numbers: Reals, settlement: Ints) -> Reals:
    """Return numbers of settlements for each cell; cells of none take those of the first."""
    return numbers[np.maximum(settlement, 0)]
