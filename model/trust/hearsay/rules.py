"""M21, hearsay: what happened to somebody is told at home, and along ties of kin, neighbourhood and work (ODD 6.13).

Switched off, nobody hears anything.
"""

from __future__ import annotations

from model.crime.crime.schema import HARM_CAUSE
from model.engine.kernels import PREFETCH_DISTANCE, kernel, prefetch
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Rows
from model.police.contacts.schema import ABUSE
from model.trust.hearsay.schema import (
    AT_HOME_CAUSE,
    HEARSAY_CAUSE,
    HEARSAY_STREAM,
    MAX_HOUSEHOLD,
    UNTOLD_CAUSES,
    Hearsay,
)
from model.trust.ledger.rules import record_impression
from model.trust.public_events import MINIMUM_AGE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, household_rows
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, Impression


@kernel
def record_hearsay(stage: ShiftContext, told: Impression, who: int, cause: int, weight: float) -> None:
    """Let somebody hear of what happened to another."""
    by_f, by_e = weight * told.weight_f, weight * told.weight_e
    record_impression(stage.day, stage.minds, who, cause, told.quality_f, by_f, told.quality_e, by_e, told.fast)


@kernel
def spread_to_ties(stage: ShiftContext, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell the impressions before row ``first`` to the ties of those who had them."""
    day, ties, n = stage.day, stage.ground.ties, first
    for k in range(first):
        if k + PREFETCH_DISTANCE < first:
            prefetch(ties, (day.impressions[k + PREFETCH_DISTANCE].who, 0))
        told = day.impressions[k]
        i, cause = told.who, told.cause
        if cause in UNTOLD_CAUSES:
            continue
        p = hearsay[stage.ground.people[i].settlement]
        good = told.weight_f * (told.quality_f - 0.5) + told.weight_e * (told.quality_e - 0.5)
        chance = p.tell_bad if good < 0.0 else p.tell_good
        for tie in range(ties.shape[1]):
            if keyed_uniform(stage.seed, HEARSAY_STREAM, stage.tick, i, 8 * cause + tie) < chance:
                if ties[i, tie] < 0:
                    break
                # who hears what: written down below, when the minds of all have been fetched
                day.impressions[n].who, day.impressions[n].cause = ties[i, tie], k
                prefetch(stage.minds, ties[i, tie])
                n += 1
    for j in range(first, n):
        who, told = day.impressions[j].who, day.impressions[day.impressions[j].cause]
        record_hearsay(stage, told, who, HEARSAY_CAUSE, hearsay[stage.ground.people[told.who].settlement].weight)


@kernel
def spread_at_home(stage: ShiftContext, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell harm and abuse before row ``first`` to those who live with whom it happened to."""
    people = stage.ground.people
    for k in range(first):
        told = stage.day.impressions[k]
        i = told.who
        weight = hearsay[people[i].settlement].at_home
        if weight == 0.0 or (told.cause != HARM_CAUSE and told.cause != ABUSE):
            continue
        one, end = household_rows(people, i)
        for j in range(one, min(end, one + MAX_HOUSEHOLD)):
            if j != i and j < stage.ground.come[0] and age_years(people[j], stage.tick) >= MINIMUM_AGE:
                record_hearsay(stage, told, j, AT_HOME_CAUSE, weight)


def step(world: World) -> None:
    """Spread the news of the shift."""
    first = world.shift_events.counts.item(IMPRESSIONS)
    world.shift_events.reserve(IMPRESSIONS, first * (world.ground.ties.shape[1] + MAX_HOUSEHOLD))
    for rule in (spread_to_ties, spread_at_home):
        world.run_kernel(rule, lambda: (world.shift_context(), world.parameters[Hearsay]), first)
    world.apply_impressions()


MECHANISM = Mechanism(
    group=Hearsay,
    causes=(HEARSAY_CAUSE, AT_HOME_CAUSE),
    writes=("impressions",),
    knockout=Knockout(("trust_by_hearsay",)),
    measures={
        "trust_by_hearsay": Measure("points per 100", lambda month: month.change_by(HEARSAY_CAUSE, AT_HOME_CAUSE)),
    },
)
