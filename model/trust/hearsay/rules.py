"""M21, hearsay: what happened to somebody is told at home, and along ties of kin, neighbourhood and work (ODD 6.13).

Switched off, nobody hears anything.
"""

from __future__ import annotations

from model.crime.crime.schema import HARM
from model.engine.kernels import AHEAD, fetch, kernel
from model.engine.random_streams import luck
from model.engine.rows import Rows
from model.police.contacts.schema import ABUSE
from model.trust.hearsay.schema import AT_HOME, HEARD, HEARSAY, KEPT_QUIET, MOST_AT_HOME, Hearsay
from model.trust.ledger.rules import impress
from model.trust.public_events import YOUNGEST
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_of, housemates
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, Impression


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
