"""M5, deterrence: police at the place keep an offender from offending, within minutes.

A visit deters while it lasts and for some minutes after (Koper 1995, doi 10.1080/07418829500096231).  Beliefs about
being caught are `certainty`.  Switched off, nobody is deterred on the spot.
"""

from __future__ import annotations

from model.crime.deterrence.schema import FRUSTRATED_STREAM, Deterrence, DeterrenceCounts
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.police.patrol.rules import first_covering_plan_visit
from model.town.crime_kinds import STREET_GUARD, TARGETED_GUARD
from model.world.mechanism import Knockout, Mechanism
from model.world.shift_context import ShiftContext


@kernel
def is_deterred(shift: ShiftContext, p: Deterrence, kind: int, cell: int, minute: float, number: int) -> bool:
    """Return whether an attempt at this minute of the shift is given up because of a visit to its cell."""
    # The draw comes first, as most attempts fail it: only the rest look for a visit.
    effect = STREET_GUARD[kind] * p.street + TARGETED_GUARD[kind] * p.targeted
    if effect == 0.0 or keyed_uniform(shift.seed, FRUSTRATED_STREAM, shift.tick, number, 0) >= effect:
        return False
    return first_covering_plan_visit(shift.day, cell, minute, p.residual) >= 0


MECHANISM = Mechanism(group=Deterrence, counts=DeterrenceCounts, knockout=Knockout(("deterred",)))
