"""M5, deterrence: a couple at the place keeps an offender from offending, within minutes (ODD 6.5).

What is believed about being caught is certainty.  Switched off, nobody is deterred on the spot.
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
def is_deterred(stage: ShiftContext, p: Deterrence, kind: int, cell: int, minute: float, number: int) -> bool:
    """Whether this attempt is given up because police are there."""
    effect = STREET_GUARD[kind] * p.street + TARGETED_GUARD[kind] * p.targeted
    if effect == 0.0 or keyed_uniform(stage.seed, FRUSTRATED_STREAM, stage.tick, number, 0) >= effect:
        return False
    return first_covering_plan_visit(stage.day, cell, minute, p.residual) >= 0


MECHANISM = Mechanism(group=Deterrence, counts=DeterrenceCounts, knockout=Knockout(("deterred",)))
