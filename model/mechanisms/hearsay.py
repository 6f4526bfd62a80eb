"""M21, hearsay: what happened to somebody is told along ties of kin, neighbourhood and work (ODD 6.13).

Switched off, nobody hears anything.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from model.daybook import IMPRESSIONS
from model.kernels import kernel
from model.ledger import HEARSAY, impress
from model.luck import decision, luck
from model.parameters import Group, share

HEARD = decision("hearsay")


@dataclass(frozen=True, kw_only=True)
class Hearsay(Group):
    """How often news is told, and what it weighs for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float = share(0.10, "assumed; swept", "ties told of good news", off=0.0)
    tell_bad: float = share(0.30, "G05, Z01: bad news is told more; assumed", "ties told of bad news", off=0.0)
    weight: float = share(0.4, "not identified; swept 0.2-0.6", "weight of what is heard against what is lived")


KNOCKOUT = ("trust_by_hearsay",)
"""Measures of its own process, which change when it is switched off."""


@kernel
def spread(day: Any, first: Any, ground: Any, minds: Any, hearsay: Any, tick: Any, seed: Any) -> None:
    """Tell the impressions before row ``first`` to the ties of those who had them."""
    for k in range(first):
        told = day.impressions[k]
        i, cause = told["who"], told["cause"]
        p = hearsay[ground.people[i]["settlement"]]
        bad = told["weight_f"] * told["tone_f"] + told["weight_e"] * told["tone_e"] < 0.0
        chance = p["tell_bad"] if bad else p["tell_good"]
        for tie in range(ground.ties.shape[1]):
            if luck(seed, HEARD, tick, i, 8 * cause + tie) < chance:
                if ground.ties[i, tie] < 0:
                    break
                impress(
                    day,
                    minds,
                    ground.ties[i, tie],
                    HEARSAY,
                    told["tone_f"],
                    p["weight"] * told["weight_f"],
                    told["tone_e"],
                    p["weight"] * told["weight_e"],
                    0,
                )


def act(world: Any) -> None:
    """Spread the news of the shift."""
    first = int(world.book.counts[IMPRESSIONS])
    day = world.book.reserve(IMPRESSIONS, first * world.ground.ties.shape[1])
    spread(day, first, world.ground, world.state.minds, world.numbers["hearsay"], world.tick, world.seed)
    world.learn()
