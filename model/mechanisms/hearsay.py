"""M21, hearsay: what happened to somebody is told along ties of kin, neighbourhood and work (ODD 6.13).

Switched off, nobody hears anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.daybook import IMPRESSIONS
from model.kernels import AHEAD, fetch, kernel
from model.ledger import cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism
from model.parameters import Group, share

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.rows import Rows
    from model.stage import Stage

HEARD = decision("hearsay")
HEARSAY = cause("hearsay", 14)


@dataclass(frozen=True, kw_only=True)
class Hearsay(Group):
    """How often news is told, and what it weighs for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float = share(0.10, "assumed; swept", "ties told of good news", off=0.0)
    tell_bad: float = share(0.30, "G05, Z01: bad news is told more; assumed", "ties told of bad news", off=0.0)
    weight: float = share(0.4, "not identified; swept 0.2-0.6", "weight of what is heard against what is lived")


@kernel
def spread(stage: Stage, first: int, hearsay: Rows[Hearsay]) -> None:
    """Tell the impressions before row ``first`` to the ties of those who had them."""
    day, ties, n = stage.day, stage.ground.ties, first
    for k in range(first):
        if k + AHEAD < first:
            fetch(ties, (day.impressions[k + AHEAD].who, 0))
        told = day.impressions[k]
        i, cause = told.who, told.cause
        p = hearsay[stage.ground.people[i].settlement]
        bad = told.weight_f * told.tone_f + told.weight_e * told.tone_e < 0.0
        chance = p.tell_bad if bad else p.tell_good
        for tie in range(ties.shape[1]):
            if luck(stage.seed, HEARD, stage.tick, i, 8 * cause + tie) < chance:
                if ties[i, tie] < 0:
                    break
                # who hears what: written down below, when the minds of all have been fetched
                day.impressions[n].who, day.impressions[n].cause = ties[i, tie], k
                fetch(stage.minds, ties[i, tie])
                n += 1
    for j in range(first, n):
        who, told = day.impressions[j].who, day.impressions[day.impressions[j].cause]
        weight = hearsay[stage.ground.people[told.who].settlement].weight
        by_f, by_e = weight * told.weight_f, weight * told.weight_e
        impress(day, stage.minds, who, HEARSAY, told.tone_f, by_f, told.tone_e, by_e, 0)


def act(world: World) -> None:
    """Spread the news of the shift."""
    first = int(world.book.counts[IMPRESSIONS])
    world.book.reserve(IMPRESSIONS, first * world.ground.ties.shape[1])
    spread(world.stage(), first, world.numbers["hearsay"])
    world.learn()


IT = Mechanism(
    group=Hearsay,
    causes=(HEARSAY,),
    writes=("impressions",),
    knockout=Knockout(("trust_by_hearsay",)),
    measures={
        "trust_by_hearsay": Measure("points per 100", lambda month: month.change_by(HEARSAY)),
    },
)
