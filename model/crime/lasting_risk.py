"""M48, lasting risk: the same persons and households become victims again, year after year.

People differ for long in what exposes them: work, company, ties to those who offend, and what they own.  Candidates for
victims are drawn in proportion to such weights, separately for crime on the street, against vehicles, against homes
and in quarrels.  Most of a weight stands for what nothing else in the model states, and is drawn once for a person or a
household; it depends on no settlement, income or ethnicity.  A crime itself also raises the risk for some weeks, which
is another mechanism (`near_repeat`).  Switched off, all residents have the same weight.

Sources: Farrell and Bouloukos 2001; Farrell, Tseloni and Pease 2005 (Q33).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.elementary import log, power
from model.engine.kernels import kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, zero_rows
from model.town.crime_kinds import BY_HOME, BY_QUARREL, BY_STREET, BY_TARGET, BY_VEHICLE, EXPOSURE
from model.world.derived import derived
from model.world.mechanism import Knockout, Measure, Mechanism

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray, Rows
    from model.simulation.world import Simulation, World

LASTING_STREAM = stream_id("lasting risk")
N_WEIGHTED = 4
"""Sources of exposure with lasting weights, the first ones: street, vehicle, home and quarrel."""
OF_HOUSEHOLD = (BY_VEHICLE, BY_HOME)
"""Sources whose weights belong to a household; the others belong to a person."""


@dataclass(frozen=True, init=False)
class LastingRisk(ParameterGroup):
    """Inequality of lasting risks by source of exposure, and what work and ties add to them."""

    name: ClassVar[str] = "lasting_risk"
    evidence: ClassVar[tuple[str, ...]] = ("T11", "V20")

    street: float
    vehicles: float
    homes: float
    quarrels: float
    traders: float
    tied: float


class VictimChance(Row):
    """Chance of a resident to be drawn as a victim, for one source of exposure.

    ``reach`` is the sum of the weights up to this resident; ``start`` is the first resident whom a uniform number in
    this part of 0 to 1 can draw (of as many equal parts as there are residents).
    """

    reach: float
    start: int


class LastingRiskCounts(Row):
    """Monthly counts of lasting risk."""

    victims_again: float


class KeptChances:
    """Chances of the last parameters, since they take longer to compute than other numbers that parameters decide."""

    def __init__(self, sim: Simulation) -> None:
        self.parameters = b""
        self.chances: Rows[VictimChance] = zero_rows(VictimChance, N_WEIGHTED * sim.town.n_people)

    def update(self, sim: Simulation) -> None:
        """Compute the chances if parameters have changed."""
        numbers = sim.p.lasting_risk
        if numbers.tobytes() == self.parameters:
            return
        self.parameters = numbers.tobytes()
        people, n = sim.town.people, sim.town.n_people
        spreads = np.stack([numbers[name] for name in ("street", "vehicles", "homes", "quarrels")])
        for source in range(N_WEIGHTED):
            unit = people["household"] if source in OF_HOUSEHOLD else np.arange(n)
            weights = np.ones(n)
            fill_weights(weights, sim.seed, source, unit.astype(np.int64), spreads[source][people["settlement"]])
            if source == BY_STREET:
                weights *= np.where(people["business"] == 1, numbers["traders"][people["settlement"]], 1.0)
            rows = self.chances[source * n : (source + 1) * n]
            rows["reach"] = np.cumsum(weights)
            parts = np.arange(n) * (rows["reach"][-1] / n)
            rows["start"] = np.minimum(np.searchsorted(rows["reach"], parts, side="right"), n - 1)


@kernel
def fill_weights(weights: FloatArray, seed: int, source: int, unit: IntArray, spread: FloatArray) -> None:
    """Write (-ln u)**spread of each resident to ``weights``, with u of the person or household in ``unit``."""
    for i in range(len(weights)):
        if spread[i] > 0.0:
            weights[i] = power(-log(1.0 - keyed_uniform(seed, LASTING_STREAM, 0, unit[i], source)), spread[i])


@derived
def victim_chances(sim: Simulation) -> Rows[VictimChance]:
    """Return the chances of all residents to be drawn, one source of exposure after the other."""
    kept = sim.cached(KeptChances)
    kept.update(sim)
    return kept.chances


@kernel
def prefetch_chance(w: World, kind: int, u: float) -> None:
    """Load the row that `first_possible_victim` reads."""
    n, source = len(w.minds), EXPOSURE[kind]
    if source < N_WEIGHTED:
        prefetch(w.victim_chances, source * n + int(u * n))


@kernel
def first_possible_victim(w: World, kind: int, u: float) -> int:
    """Return the resident with whom the search for the one drawn begins; load the row of this resident."""
    n, source = len(w.minds), EXPOSURE[kind]
    if source >= N_WEIGHTED:
        return int(u * n)
    i: int = w.victim_chances[source * n + int(u * n)].start
    prefetch(w.victim_chances, source * n + i)
    return i


@kernel
def draw_victim(w: World, kind: int, u: float, i: int) -> int:
    """Return the resident whom a uniform number draws for a kind of crime, in proportion to the lasting weights.

    ``i`` is the result of `first_possible_victim`.
    """
    n, source = len(w.minds), EXPOSURE[kind]
    if source < N_WEIGHTED:
        first = source * n
        aim = u * w.victim_chances[first + n - 1].reach
        while w.victim_chances[first + i].reach <= aim:
            i += 1
    return i


@kernel
def greatest_ties_factor(kind: int, p: LastingRisk) -> float:
    """Return an upper bound of `ties_factor`."""
    return p.tied if EXPOSURE[kind] in (BY_QUARREL, BY_TARGET) else 1.0


@kernel
def ties_factor(w: World, kind: int, i: int, p: LastingRisk) -> float:
    """Return how much the ties of resident i to members of cliques raise a hazard: of quarrels, and of being killed."""
    if greatest_ties_factor(kind, p) == 1.0:
        return 1.0
    for k in range(w.ties.shape[1]):
        tie = w.ties[i, k]
        if tie >= 0 and w.minds[tie].member >= 0 and w.minds[tie].gone < 0:
            return p.tied
    return 1.0


MECHANISM = Mechanism(
    group=LastingRisk,
    counts=LastingRiskCounts,
    knockout=Knockout(("victims_again",)),
    measures={"victims_again": Measure("crimes")},
)
