"""M6, near repeats: each crime raises the hazard nearby for some weeks (ODD 6.5), as a branching process.

Switched off, nothing repeats and the base rate is higher by the same part, so that the yearly level stays.
"""

from __future__ import annotations

import math

from model.crime.near_repeat.schema import (
    MAX_REPEATS,
    PENDING_REPEATS,
    REPEAT_COUNT,
    REPEAT_DELAY,
    REPEAT_NAME,
    REPEAT_PLACE,
    REPEAT_VICTIM,
    NearRepeat,
    NearRepeatCounts,
    PendingRepeat,
)
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import FloatArray, IntArray, Rows
from model.town.crime_kinds import KIND_KEY, REPEATABLE
from model.world.hazard import values_by_cell
from model.world.mechanism import HazardModifier, Knockout, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import Incident


@kernel
def schedule_repeats(
    stage: ShiftContext,
    repeats: Rows[PendingRepeat],
    count: IntArray,
    p: NearRepeat,
    kind: int,
    origin: Incident,
    generation: int,
    most: float,
) -> None:
    """Write down the repeats that a crime will have, ``most`` times as many as the usual belief lets happen."""
    cell, victim, number = origin.cell, origin.victim, origin.number
    for c in range(
        min(
            MAX_REPEATS,
            poisson_quantile(keyed_uniform(stage.seed, REPEAT_COUNT, stage.tick, number, 0), p.kappa * most),
        )
    ):
        delay = 1 + int(-3.0 * p.days * math.log(1.0 - keyed_uniform(stage.seed, REPEAT_DELAY, stage.tick, number, c)))
        v = keyed_uniform(stage.seed, REPEAT_PLACE, stage.tick, number, c)
        where = cell
        if v >= p.same_cell:
            where = stage.ground.near[cell, int((v - p.same_cell) / (1.0 - p.same_cell) * 8.0)]
        if where < 0:
            continue
        again = where == cell and stage.minds[victim].gone < 0
        again = again and keyed_uniform(stage.seed, REPEAT_VICTIM, stage.tick, number, c) < p.same_victim
        row = repeats[count[0]]
        row.tick, row.kind, row.cell = stage.tick + delay, kind, where
        row.victim = victim if again else -1
        row.offender, row.generation = origin.offender, generation
        name = int(keyed_uniform(stage.seed, REPEAT_NAME, stage.tick, number, c) * 16777216.0)
        row.number = 268435456 + KIND_KEY[kind] * 16777216 + name
        count[0] += 1


def lower_first_crimes(world: World, place: FloatArray) -> None:
    """Lower the first crimes by the part that repeats bring, so that the yearly level stays."""
    kappa = values_by_cell(world.parameters[NearRepeat]["kappa"], world.town.cells["settlement"])
    place[:, REPEATABLE == 1] *= 1.0 - kappa


MECHANISM = Mechanism(
    group=NearRepeat,
    tables=(PENDING_REPEATS,),
    counts=NearRepeatCounts,
    hazard=HazardModifier(place=lower_first_crimes),
    knockout=Knockout(("repeats",)),
)
