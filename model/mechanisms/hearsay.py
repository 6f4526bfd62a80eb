"""M21, hearsay: what happened to somebody is told at home, and along ties of kin, neighbourhood and work (ODD 6.13).

Switched off, nobody hears anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.chance import age_of, housemates
from model.daybook import IMPRESSIONS
from model.kernels import AHEAD, fetch, kernel
from model.ledger import PUBLIC_EVENT, cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.consultation import INFORMED
from model.mechanisms.contacts import ABUSE
from model.mechanisms.crime import HARM
from model.mechanisms.extortion import PAYMENT
from model.mechanisms.misconduct import SCANDAL
from model.news import YOUNGEST
from model.parameters import Group, share

if TYPE_CHECKING:
    from model.daybook import Impression
    from model.model import TrustModel as World
    from model.rows import Rows
    from model.stage import Stage

HEARD = decision("hearsay")
HEARSAY, AT_HOME = cause("hearsay", 14), cause("at_home", 36)
KEPT_QUIET = (PAYMENT, PUBLIC_EVENT, SCANDAL, INFORMED)
"""What is no news between two people: the rent of each week, and what the town is told of anyway."""
MOST_AT_HOME = 12
"""Housemates who are told, at most."""


@dataclass(frozen=True, kw_only=True)
class Hearsay(Group):
    """How often news is told, and what it weighs for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float = share(0.10, "assumed; swept", "ties told of good news", off=0.0)
    tell_bad: float = share(0.30, "G05, Z01: bad news is told more; assumed", "ties told of bad news", off=0.0)
    weight: float = share(0.35, "not identified; swept 0-0.6", "weight of what is heard against what is lived")
    at_home: float = share(
        0.35, "assumed; swept 0-1", "weight, for those who live with somebody, of that one's harm or abuse", off=0.0
    )


@kernel
def retell(stage: Stage, told: Impression, who: int, cause: int, weight: float) -> None:
    """Let somebody hear of what happened to another."""
    by_f, by_e = weight * told.weight_f, weight * told.weight_e
    impress(stage.day, stage.minds, who, cause, told.quality_f, by_f, told.quality_e, by_e, told.fast)


@kernel
def spread(stage: Stage, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell the impressions before row ``first`` to the ties of those who had them."""
    day, ties, n = stage.day, stage.ground.ties, first
    for k in range(first):
        if k + AHEAD < first:
            fetch(ties, (day.impressions[k + AHEAD].who, 0))
        told = day.impressions[k]
        i, cause = told.who, told.cause
        if cause in KEPT_QUIET:
            continue
        p = hearsay[stage.ground.people[i].settlement]
        good = told.weight_f * (told.quality_f - 0.5) + told.weight_e * (told.quality_e - 0.5)
        chance = p.tell_bad if good < 0.0 else p.tell_good
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
        retell(stage, told, who, HEARSAY, hearsay[stage.ground.people[told.who].settlement].weight)


@kernel
def tell_at_home(stage: Stage, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell harm and abuse before row ``first`` to those who live with whom it happened to."""
    people = stage.ground.people
    for k in range(first):
        told = stage.day.impressions[k]
        i = told.who
        weight = hearsay[people[i].settlement].at_home
        if weight == 0.0 or (told.cause != HARM and told.cause != ABUSE):
            continue
        one, end = housemates(people, i)
        for j in range(one, min(end, one + MOST_AT_HOME)):
            if j != i and j < stage.ground.come[0] and age_of(people[j], stage.tick) >= YOUNGEST:
                retell(stage, told, j, AT_HOME, weight)


def act(world: World) -> None:
    """Spread the news of the shift."""
    first = world.book.counts.item(IMPRESSIONS)
    world.book.reserve(IMPRESSIONS, first * (world.ground.ties.shape[1] + MOST_AT_HOME))
    for rule in (spread, tell_at_home):
        world.carry_out(rule, lambda: (world.stage(), world.numbers["hearsay"]), first)
    world.learn()


IT = Mechanism(
    group=Hearsay,
    causes=(HEARSAY, AT_HOME),
    writes=("impressions",),
    knockout=Knockout(("trust_by_hearsay",)),
    measures={
        "trust_by_hearsay": Measure("points per 100", lambda month: month.change_by(HEARSAY, AT_HOME)),
    },
)
