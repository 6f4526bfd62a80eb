"""M6, near repeats: a crime raises the hazard nearby for some weeks, as a branching process.

Every crime breeds a Poisson number of further attempts, with exponential delays, in the same cell or one beside it
(self-exciting process, Mohler et al. 2011, doi 10.1198/jasa.2011.ap09546).  The offender returns, or tells others of
the target.  The crime mechanism attempts them when they are due.  Lasting differences of victims are `lasting_risk`.
Switched off, nothing repeats and the base rate is higher by the same part, so that the yearly level stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.calendar import SHIFTS
from model.engine.domains import KEY, LARGEST_COUNT, TICK, Domain, code_of, row_of
from model.engine.elementary import log
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.town.crime_kinds import KIND_KEY, KINDS, N_KINDS, REPEATABLE
from model.world.derived import derived
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.shift_events import NOBODY

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World
    from model.world.shift_events import Incident

REPEAT_COUNT, REPEAT_DELAY, REPEAT_PLACE = (
    stream_id("repeat count"),
    stream_id("repeat delay"),
    stream_id("repeat place"),
)
REPEAT_VICTIM, REPEAT_NAME, REPEAT_OTHER = (
    stream_id("repeat victim"),
    stream_id("repeat name"),
    stream_id("repeat by another"),
)
MAX_REPEATS = 16
"""Near repeats of one crime at most."""
REPEAT_ID_OFFSET, REPEAT_ID_RANGE = 268435456, 16777216
"""Incident numbers of near repeats lie above 2**28, with room for 2**24 of each kind of crime."""


@dataclass(frozen=True, init=False)
class NearRepeat(ParameterGroup):
    """Number, delay and place of the further crimes that a crime breeds nearby."""

    name: ClassVar[str] = "near_repeat"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    kappa: float
    robbery: float
    theft: float
    vehicles: float
    burglary: float
    assault: float
    days: float
    same_cell: float
    same_victim: float
    others: float


class PendingRepeat(Row):
    """Near repeat that is due at `tick`, by the same offender; `victim` is -1 for anybody present."""

    tick: Annotated[int, TICK]
    number: Annotated[int, KEY]
    kind: Annotated[int, code_of(N_KINDS)]
    cell: Annotated[int, row_of("cell")]
    victim: Annotated[int, row_of("resident", none=True)]
    offender: Annotated[int, row_of("offenders", none=True)]
    generation: Annotated[int, Domain(-1, LARGEST_COUNT)]


PENDING_REPEATS = GrowingTableSpec(name="repeats", row=PendingRepeat, room=1024, about="Repeats to come.")


class NearRepeatCounts(Row):
    """Monthly counts of near repeats."""

    repeats: float


@derived
def repeats_by_kind(sim: Simulation) -> FloatArray:
    """Return the mean number of near repeats of a crime, by settlement and kind; `kappa` for one without a factor."""
    p = sim.p.near_repeat
    means = np.zeros((len(p), N_KINDS))
    for number, kind in enumerate(KINDS):
        if kind.repeats:
            means[:, number] = p["kappa"] * (p[kind.presence] if kind.presence else 1.0)
    return means


@kernel
def schedule_repeats(w: World, kind: int, origin: Incident, generation: int) -> None:
    """Schedule the near repeats of a crime: appends to `repeats`.

    `kind` is the kind attempted, also where the incident is a homicide; `generation` is that of the offender slot.
    """
    seed, tick, near, cell = w.seed, w.tick, w.near, origin.cell
    victim, number = origin.victim, origin.number
    z = max(w.cells[cell].settlement, 0)
    p = w.p.near_repeat[z]
    # The greatest factor of beliefs: repeats are thinned by the factor in force when they are due.
    mean = w.repeats_by_kind[z, kind] * w.p.certainty[0].highest
    n = min(MAX_REPEATS, poisson_quantile(keyed_uniform(seed, REPEAT_COUNT, tick, number, 0), mean))
    for c in range(n):
        delay = 1 + int(-SHIFTS * p.days * log(1.0 - keyed_uniform(seed, REPEAT_DELAY, tick, number, c)))
        v = keyed_uniform(seed, REPEAT_PLACE, tick, number, c)
        where = cell
        if v >= p.same_cell:  # the rest of the same uniform number chooses the neighbour
            where = near[cell, int((v - p.same_cell) / (1.0 - p.same_cell) * near.shape[1])]
        if where < 0:
            continue
        again = where == cell and w.minds[victim].gone < 0
        again = again and keyed_uniform(seed, REPEAT_VICTIM, tick, number, c) < p.same_victim
        row = w.repeats[w.repeats_count[0]]
        row.tick, row.kind, row.cell = tick + delay, kind, where
        row.victim = victim if again else NOBODY
        by_another = keyed_uniform(seed, REPEAT_OTHER, tick, number, c) < p.others
        row.offender, row.generation = NOBODY if by_another else origin.offender, generation
        own = int(keyed_uniform(seed, REPEAT_NAME, tick, number, c) * REPEAT_ID_RANGE)
        row.number = REPEAT_ID_OFFSET + KIND_KEY[kind] * REPEAT_ID_RANGE + own
        w.repeats_count[0] += 1


def lower_first_crimes(sim: Simulation, place: FloatArray) -> None:
    """Lower the hazard of first crimes by the share that repeats add; writes `place`."""
    for kind in np.flatnonzero(REPEATABLE):
        place[:, kind] *= 1.0 - values_by_cell(repeats_by_kind(sim)[:, kind], sim.town.cells["settlement"])


MECHANISM = Mechanism(
    group=NearRepeat,
    tables=(PENDING_REPEATS,),
    counts=NearRepeatCounts,
    hazard=HazardModifier(place=lower_first_crimes),
    knockout=Knockout(("repeats",)),
)
