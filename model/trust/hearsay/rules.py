"""M21, hearsay: residents tell their experiences at home and along ties of kin, neighbourhood and work.

Hearsay has the qualities of what happened, at a lower weight.  Bad news are told more often than good ones.

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
    NEUTRAL_QUALITY,
    TIE_STEP,
    UNTOLD_CAUSES,
    Hearsay,
)
from model.trust.ledger.rules import learn, record_impression
from model.trust.ledger.schema import BeliefEvidence
from model.trust.public_events import MINIMUM_AGE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, household_rows
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, Impression
from model.world.steps import KernelArguments, Room, in_order, kernel_step, rows_of


@kernel
def record_hearsay(shift: ShiftContext, source: Impression, who: int, cause: int, weight: float) -> None:
    """Record hearsay of somebody else's impression, ``weight`` times as strong; appends to `day.impressions`.

    It goes back to the origin of that impression, and is no event of its own.
    """
    row = shift.day.counts[IMPRESSIONS]
    evidence = BeliefEvidence(
        cause=cause,
        fair=source.quality_f,
        fair_weight=weight * source.weight_f,
        effective=source.quality_e,
        effective_weight=weight * source.weight_e,
        fast=source.fast,
    )
    record_impression(shift, who, evidence)
    for k in range(row, shift.day.counts[IMPRESSIONS]):
        shift.day.impressions[k].origin, shift.day.impressions[k].heard = source.origin, 1


@kernel
def spread_to_ties(shift: ShiftContext, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell the impressions before row ``first`` to ties of those who had them; appends to `day.impressions`."""
    day, ties, n = shift.day, shift.ground.ties, first
    for k in range(first):
        if k + PREFETCH_DISTANCE < first:
            prefetch(ties, (day.impressions[k + PREFETCH_DISTANCE].who, 0))
        source = day.impressions[k]
        i, cause = source.who, source.cause
        if cause in UNTOLD_CAUSES:
            continue
        p = hearsay[shift.ground.people[i].settlement]
        fair = source.weight_f * (source.quality_f - NEUTRAL_QUALITY)
        tone = fair + source.weight_e * (source.quality_e - NEUTRAL_QUALITY)
        chance = p.tell_bad if tone < 0.0 else p.tell_good
        for tie in range(ties.shape[1]):
            if ties[i, tie] < 0:
                break
            if keyed_uniform(shift.seed, HEARSAY_STREAM, shift.tick, i, TIE_STEP * cause + tie) < chance:
                # Listener and source only: recorded below, when the rows of `minds` have been prefetched.
                day.impressions[n].who, day.impressions[n].cause = ties[i, tie], k
                prefetch(shift.minds, ties[i, tie])
                n += 1
    for j in range(first, n):
        who, source = day.impressions[j].who, day.impressions[day.impressions[j].cause]
        record_hearsay(shift, source, who, HEARSAY_CAUSE, hearsay[shift.ground.people[source.who].settlement].weight)


@kernel
def spread_at_home(shift: ShiftContext, hearsay: Rows[Hearsay], first: int) -> None:
    """Tell harm and abuse before row ``first`` to the household of the victim; appends to `day.impressions`."""
    people = shift.ground.people
    for k in range(first):
        source = shift.day.impressions[k]
        i = source.who
        weight = hearsay[people[i].settlement].at_home
        if weight == 0.0 or (source.cause != HARM_CAUSE and source.cause != ABUSE):
            continue
        one, end = household_rows(people, i)
        for j in range(one, min(end, one + MAX_HOUSEHOLD)):
            if j != i and j < shift.ground.come[0] and age_years(people[j], shift.tick) >= MINIMUM_AGE:
                record_hearsay(shift, source, j, AT_HOME_CAUSE, weight)


@kernel
def spread_hearsay(shift: ShiftContext, hearsay: Rows[Hearsay]) -> None:
    """Tell the impressions of the shift to ties and at home; appends to `day.impressions`."""
    first = shift.day.counts[IMPRESSIONS]
    spread_to_ties(shift, hearsay, first)
    spread_at_home(shift, hearsay, first)


def room_for_hearsay(world: World) -> Room:
    """Return the rows that hearsay of the impressions of the shift may need."""
    return {IMPRESSIONS: (world.ground.ties.shape[1] + MAX_HOUSEHOLD) * rows_of(IMPRESSIONS)}


@kernel_step(spread_hearsay, room_for_hearsay)
def tell_others(world: World) -> KernelArguments:
    """Return the arguments of `spread_hearsay`."""
    return world.shift_context(), world.parameters[Hearsay]


step = in_order(tell_others, learn)
"""Spread hearsay of the impressions of the shift, and apply it to beliefs."""


MECHANISM = Mechanism(
    group=Hearsay,
    causes=(HEARSAY_CAUSE, AT_HOME_CAUSE),
    writes=("impressions",),
    knockout=Knockout(("trust_by_hearsay",)),
    measures={
        "trust_by_hearsay": Measure("points per 100", lambda month: month.change_by(HEARSAY_CAUSE, AT_HOME_CAUSE)),
    },
)
