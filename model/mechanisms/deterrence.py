"""M5, deterrence: a couple at the place keeps an offender from offending, within minutes (ODD 6.5).

What is believed about being caught is certainty.  Switched off, nobody is deterred on the spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.kernels import kernel
from model.kinds import STREET_GUARD, TARGETED_GUARD
from model.luck import decision, luck
from model.mechanism import Knockout, Mechanism
from model.mechanisms.patrol import cover
from model.parameters import Group, number, share
from model.rows import Row

if TYPE_CHECKING:
    from model.stage import Stage

FRUSTRATED, DISPLACED = decision("frustrated"), decision("displaced")


@dataclass(frozen=True, kw_only=True)
class Deterrence(Group):
    """How presence at the place keeps offenders from offending."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float = number(30.0, "minutes", 10.0, 60.0, "Z14", "time that a visit is felt after it ends")
    street: float = share(0.35, "calibrated: Q18, Z14", "effect on street property crime", high=0.8, off=0.0)
    targeted: float = share(0.2, "Z11; swept", "effect on targeted killings", high=0.4, off=0.0)
    displacement: float = share(
        0.2, "Z11: diffusion rather than displacement; swept", "deterred robberies and thefts that move", high=0.6
    )


class Counts(Row):
    """What is counted in a month."""

    deterred: float


@kernel
def deterred(stage: Stage, p: Deterrence, kind: int, cell: int, minute: float, number: int) -> bool:
    """Whether this attempt is given up because police are there."""
    effect = STREET_GUARD[kind] * p.street + TARGETED_GUARD[kind] * p.targeted
    if effect == 0.0 or luck(stage.seed, FRUSTRATED, stage.tick, number, 0) >= effect:
        return False
    return cover(stage.day, cell, minute, p.residual) >= 0


IT = Mechanism(group=Deterrence, counts=Counts, knockout=Knockout(("deterred",)))
