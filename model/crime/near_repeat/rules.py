"""M6, near repeats: a crime raises the hazard nearby for some weeks, as a branching process.

Every crime breeds a Poisson number of further attempts, with exponential delays, in the same cell or one beside it
(self-exciting process, Mohler et al. 2011, doi 10.1198/jasa.2011.ap09546).  The crime mechanism attempts them when they
are due.  Switched off, nothing repeats and the base rate is higher by the same part, so that the yearly level stays.
"""

from __future__ import annotations

from model.crime.certainty.schema import Certainty
from model.crime.near_repeat.schema import (
    MAX_REPEATS,
    PENDING_REPEATS,
    REPEAT_COUNT,
    REPEAT_DELAY,
    REPEAT_ID_OFFSET,
    REPEAT_ID_RANGE,
    REPEAT_NAME,
    REPEAT_PLACE,
    REPEAT_VICTIM,
    NearRepeat,
    NearRepeatCounts,
    PendingRepeat,
)
from model.engine.calendar import SHIFTS
from model.engine.elementary import log
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, IntArray, Rows
from model.town.crime_kinds import KIND_KEY, REPEATABLE
from model.world.binding import count_of
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import NOBODY, Incident


class RepeatTables(TableBundle):
    """Pending near repeats and the parameters by which crimes breed them."""

    parameters: Rows[NearRepeat]
    certainty: Rows[Certainty]
    repeats: Rows[PendingRepeat]
    repeats_count: IntArray = count_of(PENDING_REPEATS)


@kernel
def schedule_repeats(shift: ShiftContext, tables: RepeatTables, kind: int, origin: Incident, generation: int) -> None:
    """Schedule the near repeats of a crime: appends to `tables.repeats`.

    `kind` is the kind attempted, also where the incident is a homicide; `generation` is that of the offender slot.
    """
    seed, tick, near, cell = shift.seed, shift.tick, shift.ground.near, origin.cell
    victim, number = origin.victim, origin.number
    p = tables.parameters[max(shift.ground.cells[cell].settlement, 0)]
    # The greatest factor of beliefs: repeats are thinned by the factor in force when they are due.
    mean = p.kappa * tables.certainty[0].highest
    n = min(MAX_REPEATS, poisson_quantile(keyed_uniform(seed, REPEAT_COUNT, tick, number, 0), mean))
    for c in range(n):
        delay = 1 + int(-SHIFTS * p.days * log(1.0 - keyed_uniform(seed, REPEAT_DELAY, tick, number, c)))
        v = keyed_uniform(seed, REPEAT_PLACE, tick, number, c)
        where = cell
        if v >= p.same_cell:  # the rest of the same uniform number chooses the neighbour
            where = near[cell, int((v - p.same_cell) / (1.0 - p.same_cell) * near.shape[1])]
        if where < 0:
            continue
        again = where == cell and shift.minds[victim].gone < 0
        again = again and keyed_uniform(seed, REPEAT_VICTIM, tick, number, c) < p.same_victim
        row = tables.repeats[tables.repeats_count[0]]
        row.tick, row.kind, row.cell = tick + delay, kind, where
        row.victim = victim if again else NOBODY
        row.offender, row.generation = origin.offender, generation
        own = int(keyed_uniform(seed, REPEAT_NAME, tick, number, c) * REPEAT_ID_RANGE)
        row.number = REPEAT_ID_OFFSET + KIND_KEY[kind] * REPEAT_ID_RANGE + own
        tables.repeats_count[0] += 1


def lower_first_crimes(world: World, place: FloatArray) -> None:
    """Lower the hazard of first crimes by the share that repeats add; writes `place`."""
    kappa = values_by_cell(world.parameters[NearRepeat]["kappa"], world.town.cells["settlement"])
    place[:, REPEATABLE == 1] *= 1.0 - kappa


MECHANISM = Mechanism(
    group=NearRepeat,
    tables=(PENDING_REPEATS,),
    counts=NearRepeatCounts,
    hazard=HazardModifier(place=lower_first_crimes),
    knockout=Knockout(("repeats",)),
)
