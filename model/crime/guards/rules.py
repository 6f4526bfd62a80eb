"""M33, private guards: they outnumber the police several times over and protect only the shops that pay for them.

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
def is_kept_away_by_guard(shift: ShiftContext, p: Guards, kind: int, cell: int, i: int, number: int) -> bool:
    """Return whether a private guard prevents a street crime against resident `i` at their business.

    Counts in `tally.guarded`.
    """
    person = shift.ground.people[i]
    if EXPOSURE[kind] != BY_STREET or person.business == 0 or cell == person.home or p.shops == 0.0:
        return False
    # Tick 0 keys the guard to the owner: a shop has one in every shift, or in none.
    if (
        keyed_uniform(shift.seed, HAS_GUARD, 0, i, 0) >= p.shops
        or keyed_uniform(shift.seed, GUARD_STREAM, shift.tick, number, 0) >= p.effect
    ):
        return False
    shift.tally[0].guarded += 1.0
    return True


MECHANISM = Mechanism(group=Guards, counts=GuardCounts, knockout=Knockout(("guarded",)))
