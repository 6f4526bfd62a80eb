"""M33, private guards: several times as many as police, in front of some shops and for those alone (ODD 6).

Switched off, no shop has one.
"""

from __future__ import annotations

from model.crime.guards.schema import GUARD_STREAM, HAS_GUARD, GuardCounts, Guards
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.town.crime_kinds import BY_STREET, EXPOSURE
from model.world.mechanism import Knockout, Mechanism
from model.world.shift_context import ShiftContext


@kernel
def is_kept_away_by_guard(stage: ShiftContext, p: Guards, kind: int, cell: int, i: int, number: int) -> bool:
    """Whether a private guard keeps away what somebody would suffer on the street, who is at a business of theirs."""
    person = stage.ground.people[i]
    if EXPOSURE[kind] != BY_STREET or person.business == 0 or cell == person.home or p.shops == 0.0:
        return False
    if (
        keyed_uniform(stage.seed, HAS_GUARD, 0, i, 0) >= p.shops
        or keyed_uniform(stage.seed, GUARD_STREAM, stage.tick, number, 0) >= p.effect
    ):
        return False
    stage.tally[0].guarded += 1.0
    return True


MECHANISM = Mechanism(group=Guards, counts=GuardCounts, knockout=Knockout(("guarded",)))
