"""M5, deterrence: a couple at the place keeps an offender from offending, within minutes (ODD 6.5).

What is believed about being caught is certainty.  Switched off, nobody is deterred on the spot.
"""

from __future__ import annotations

from model.crime.deterrence.schema import FRUSTRATED, Counts, Deterrence
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.police.patrol.rules import cover
from model.town.crime_kinds import STREET_GUARD, TARGETED_GUARD
from model.world.mechanism import Knockout, Mechanism
from model.world.shift_context import Stage


@kernel
def deterred(stage: Stage, p: Deterrence, kind: int, cell: int, minute: float, number: int) -> bool:
    """Whether this attempt is given up because police are there."""
    effect = STREET_GUARD[kind] * p.street + TARGETED_GUARD[kind] * p.targeted
    if effect == 0.0 or luck(stage.seed, FRUSTRATED, stage.tick, number, 0) >= effect:
        return False
    return cover(stage.day, cell, minute, p.residual) >= 0


IT = Mechanism(group=Deterrence, counts=Counts, knockout=Knockout(("deterred",)))
