"""M21, hearsay: residents tell their experiences at home and along ties of kin, neighbourhood and work.

Hearsay has the qualities of what happened, at a lower weight.  Bad news are told more often than good ones.

Switched off, nobody hears anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.engine.causes import declare_cause
from model.engine.kernels import PREFETCH_DISTANCE, kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.trust.events import (
    ABSENCE,
    ABUSE,
    HARM_CAUSE,
    INFORMED,
    PAYMENT,
    PROBLEM_IN_VAIN,
    PROBLEM_SOLVED,
    SCANDAL,
    TOLD_OF_REQUEST,
)
from model.trust.ledger import PUBLIC_EVENT, BeliefEvidence, learn, record_impression
from model.trust.public_events import MINIMUM_AGE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, household_rows
from model.world.shift_events import IMPRESSIONS, RETELLINGS
from model.world.steps import in_order, rows_of, step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.shift_events import Impression
    from model.world.steps import Room

HEARSAY_STREAM = stream_id("hearsay")
HEARSAY_CAUSE, AT_HOME_CAUSE = declare_cause("hearsay", 14), declare_cause("at_home", 36)
UNTOLD_CAUSES = (PAYMENT, PUBLIC_EVENT, SCANDAL, INFORMED, ABSENCE, TOLD_OF_REQUEST, PROBLEM_SOLVED, PROBLEM_IN_VAIN)
"""Causes that nobody passes on: the weekly payment of rent, and what everybody around knows anyway."""
MAX_HOUSEHOLD = 12
"""Rows of a household that are told, at most."""
TIE_STEP = 8
"""Draws reserved per cause and teller in the stream of hearsay: tie k of cause c has index TIE_STEP * c + k."""
NEUTRAL_QUALITY = 0.5
"""Share of favourable evidence that makes news neither good nor bad."""


@dataclass(frozen=True, init=False)
class Hearsay(ParameterGroup):
    """Parameters of hearsay: chance that news is told, and its weight for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float
    tell_bad: float
    weight: float
    at_home: float


@kernel
def record_hearsay(w: World, source: Impression, who: int, cause: int, weight: float) -> None:
    """Record hearsay of somebody else's impression, ``weight`` times as strong; appends to `impressions`.

    It goes back to the origin of that impression, and is no event of its own.
    """
    row = w.counts[IMPRESSIONS]
    evidence = BeliefEvidence(
        cause=cause,
        fair=source.quality_f,
        fair_weight=weight * source.weight_f,
        effective=source.quality_e,
        effective_weight=weight * source.weight_e,
        fast=source.fast,
    )
    record_impression(w, who, evidence)
    for k in range(row, w.counts[IMPRESSIONS]):
        w.impressions[k].origin, w.impressions[k].heard = source.origin, 1


@kernel
def spread_to_ties(w: World, first: int) -> None:
    """Tell the impressions before row ``first`` to ties of those who had them.

    Appends to `retellings` and `impressions`.
    """
    ties, begin = w.ties, w.counts[RETELLINGS]
    n = begin
    for k in range(first):
        if k + PREFETCH_DISTANCE < first:
            prefetch(ties, (w.impressions[k + PREFETCH_DISTANCE].who, 0))
        source = w.impressions[k]
        i, cause = source.who, source.cause
        if cause in UNTOLD_CAUSES:
            continue
        p = w.p.hearsay[w.people[i].settlement]
        fair = source.weight_f * (source.quality_f - NEUTRAL_QUALITY)
        tone = fair + source.weight_e * (source.quality_e - NEUTRAL_QUALITY)
        chance = p.tell_bad if tone < 0.0 else p.tell_good
        for tie in range(ties.shape[1]):
            if ties[i, tie] < 0:
                break
            if keyed_uniform(w.seed, HEARSAY_STREAM, w.tick, i, TIE_STEP * cause + tie) < chance:
                # Recorded below, when the rows of `minds` have been prefetched.
                w.retellings[n].impression, w.retellings[n].tie = k, ties[i, tie]
                prefetch(w.minds, ties[i, tie])
                n += 1
    w.counts[RETELLINGS] = n
    for j in range(begin, n):
        source, listener = w.impressions[w.retellings[j].impression], w.retellings[j].tie
        record_hearsay(w, source, listener, HEARSAY_CAUSE, w.p.hearsay[w.people[source.who].settlement].weight)


@kernel
def spread_at_home(w: World, first: int) -> None:
    """Tell harm and abuse before row ``first`` to the household of the victim; appends to `impressions`."""
    people = w.people
    for k in range(first):
        source = w.impressions[k]
        i = source.who
        weight = w.p.hearsay[people[i].settlement].at_home
        if weight == 0.0 or (source.cause != HARM_CAUSE and source.cause != ABUSE):
            continue
        one, end = household_rows(w, i)
        for j in range(one, min(end, one + MAX_HOUSEHOLD)):
            if j != i and j < w.arrived[0] and age_years(people[j], w.tick) >= MINIMUM_AGE:
                record_hearsay(w, source, j, AT_HOME_CAUSE, weight)


def room_for_hearsay(sim: Simulation) -> Room:
    """Return the rows that hearsay of the impressions of the shift may need."""
    n_ties = sim.w.ties.shape[1]
    return {
        RETELLINGS: n_ties * rows_of(IMPRESSIONS),
        IMPRESSIONS: (n_ties + MAX_HOUSEHOLD) * rows_of(IMPRESSIONS),
    }


@step(room=room_for_hearsay)
def spread_hearsay(w: World) -> None:
    """Tell the impressions of the shift to ties and at home; appends to `impressions`."""
    first = w.counts[IMPRESSIONS]
    spread_to_ties(w, first)
    spread_at_home(w, first)


spread_news = in_order(spread_hearsay, learn)
"""Spread hearsay of the impressions of the shift, and apply it to beliefs."""


MECHANISM = Mechanism(
    group=Hearsay,
    causes=(HEARSAY_CAUSE, AT_HOME_CAUSE),
    knockout=Knockout(("trust_by_hearsay",)),
    measures={
        "trust_by_hearsay": Measure("points per 100", lambda month: month.change_by(HEARSAY_CAUSE, AT_HOME_CAUSE)),
    },
)
