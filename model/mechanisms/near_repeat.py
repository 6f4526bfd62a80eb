"""M6, near repeats: each crime raises the hazard nearby for some weeks (ODD 6.5), as a branching process.

Switched off, nothing repeats and the base rate is higher by the same part, so that the yearly level stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.hazard import by_cell
from model.kernels import kernel
from model.kinds import KEY, REPEATS
from model.luck import decision, luck, poisson
from model.mechanism import Hazard, Knockout, Mechanism
from model.parameters import Group, number, share
from model.rows import Row
from model.tables import Growing

if TYPE_CHECKING:
    from model.daybook import Incident
    from model.model import TrustModel as World
    from model.rows import Ints, Reals, Rows
    from model.stage import Stage

REPEAT_COUNT, REPEAT_DELAY, REPEAT_PLACE = (
    decision("repeat count"),
    decision("repeat delay"),
    decision("repeat place"),
)
REPEAT_VICTIM, REPEAT_NAME = decision("repeat victim"), decision("repeat name")
MOST = 16


@dataclass(frozen=True, kw_only=True)
class NearRepeat(Group):
    """How crimes breed further crimes near in time and place."""

    name: ClassVar[str] = "near_repeat"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    kappa: float = share(0.2, "assumed; swept 0-0.5", "mean number of repeats of a crime", high=0.5, off=0.0)
    days: float = number(20.0, "days", 3.0, 60.0, "assumed; swept", "mean delay of a repeat")
    same_cell: float = share(0.5, "assumed", "repeats in the same cell")
    same_victim: float = share(0.15, "assumed", "repeats in the same cell that hit the same victim")


class Repeat(Row):
    """A repeat that a crime will have, by the same offender; ``victim`` is -1 for anybody who is there."""

    tick: int
    number: int
    kind: int
    cell: int
    victim: int
    offender: int
    generation: int


TO_COME = Growing(name="repeats", row=Repeat, room=1024, about="Repeats to come: this and crime.")


class Counts(Row):
    """What is counted in a month."""

    repeats: float


@kernel
def breed(
    stage: Stage,
    repeats: Rows[Repeat],
    count: Ints,
    p: NearRepeat,
    kind: int,
    origin: Incident,
    generation: int,
    most: float,
) -> None:
    """Write down the repeats that a crime will have, ``most`` times as many as the usual belief lets happen."""
    cell, victim, number = origin.cell, origin.victim, origin.number
    for c in range(min(MOST, poisson(luck(stage.seed, REPEAT_COUNT, stage.tick, number, 0), p.kappa * most))):
        delay = 1 + int(-3.0 * p.days * math.log(1.0 - luck(stage.seed, REPEAT_DELAY, stage.tick, number, c)))
        v = luck(stage.seed, REPEAT_PLACE, stage.tick, number, c)
        where = cell
        if v >= p.same_cell:
            where = stage.ground.near[cell, int((v - p.same_cell) / (1.0 - p.same_cell) * 8.0)]
        if where < 0:
            continue
        again = where == cell and stage.minds[victim].gone < 0
        again = again and luck(stage.seed, REPEAT_VICTIM, stage.tick, number, c) < p.same_victim
        row = repeats[count[0]]
        row.tick, row.kind, row.cell = stage.tick + delay, kind, where
        row.victim = victim if again else -1
        row.offender, row.generation = origin.offender, generation
        name = int(luck(stage.seed, REPEAT_NAME, stage.tick, number, c) * 16777216.0)
        row.number = 268435456 + KEY[kind] * 16777216 + name
        count[0] += 1


def calm(world: World, place: Reals) -> None:
    """Lower the first crimes by the part that repeats bring, so that the yearly level stays."""
    kappa = by_cell(world.numbers["near_repeat"]["kappa"], world.town.cells["settlement"])
    place[:, REPEATS == 1] *= 1.0 - kappa


IT = Mechanism(
    group=NearRepeat,
    tables=(TO_COME,),
    counts=Counts,
    hazard=Hazard(place=calm),
    knockout=Knockout(("repeats",)),
)
