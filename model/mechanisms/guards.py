"""M33, private guards: several times as many as police, in front of some shops and for those alone (ODD 6).

Switched off, no shop has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.kernels import kernel
from model.kinds import BY_STREET, EXPOSURE
from model.luck import decision, luck
from model.mechanism import Knockout, Mechanism
from model.parameters import Group, share
from model.rows import Row

if TYPE_CHECKING:
    from model.stage import Stage

HAS_GUARD, GUARD = decision("has a guard"), decision("guard")


@dataclass(frozen=True, kw_only=True)
class Guards(Group):
    """How many shops have a guard, and what a guard keeps away."""

    name: ClassVar[str] = "guards"
    evidence: ClassVar[tuple[str, ...]] = ()

    shops: float = share(0.2, "assumed; swept", "businesses with a private guard", role="site", off=0.0)
    effect: float = share(0.3, "assumed; swept", "robberies and thefts there that a guard keeps away")


class Counts(Row):
    """What is counted in a month."""

    guarded: float


@kernel
def is_guarded(stage: Stage, p: Guards, kind: int, cell: int, i: int, number: int) -> bool:
    """Whether a private guard keeps away what somebody would suffer on the street, who is at a business of theirs."""
    person = stage.ground.people[i]
    if EXPOSURE[kind] != BY_STREET or person.business == 0 or cell == person.home or p.shops == 0.0:
        return False
    if luck(stage.seed, HAS_GUARD, 0, i, 0) >= p.shops or luck(stage.seed, GUARD, stage.tick, number, 0) >= p.effect:
        return False
    stage.tally[0].guarded += 1.0
    return True


IT = Mechanism(group=Guards, counts=Counts, knockout=Knockout(("guarded",)))
