"""Ledger of trust: every change of trust by cause and settlement; the only writer of trust.

Any module records impressions; their evidence changes beliefs here alone, and every change of `minds.trust` is added
to the account of its cause and of the settlement of the resident.  So "why did trust fall here?" is a query, and the
accounts add up to the change of summed trust.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import numpy as np

from model.engine.calendar import LONGEST_MONTH
from model.engine.causes import MOST_CAUSES, declare_cause
from model.engine.kernels import PREFETCH_DISTANCE, allocating_kernel, kernel, prefetch
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, keyed_uniform, logistic_quantile, stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec
from model.trust.belief_updating import (
    Evidence,
    add_evidence,
    decay_bad,
    decay_both,
    decay_good,
    odds_of_ineffectiveness,
    odds_of_unfairness,
    retained_share,
    retained_share_fast,
    set_disposition,
    trust_after_decay,
    trust_of,
)
from model.world.derived import derived
from model.world.mechanism import Mechanism
from model.world.shift_events import IMPRESSIONS, SIGNED
from model.world.steps import KernelStep

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, Rows
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World
    from model.town.residents import Person
    from model.world.shift_events import Impression

DEATH, PUBLIC_EVENT = declare_cause("death", 15), declare_cause("public_event", 16)
ARRIVAL, DEPARTURE = declare_cause("arrival", 17), declare_cause("departure", 18)
FORGETTING_GOOD, FORGETTING_BAD = declare_cause("forgetting_good", 28), declare_cause("forgetting_bad", 29)
NATION = declare_cause("nation", 30)
"""Cause 0 was the decay of an earlier rule of updating; its number is not given again."""
LEDGER = ArraySpec(
    name="ledger",
    of=np.float64,
    shape=(2, MOST_CAUSES, "settlement"),
    monthly=True,
    about="Change of summed trust by cause, as compensated sums.",
)
STILL_FELT = ArraySpec(
    name="still_felt",
    of=np.float64,
    shape=(2, MOST_CAUSES, "settlement"),
    about="Changes by cause that are left in the fast and the slow memory, as if at the last end of a month.",
)
REMEMBERED = ArraySpec(
    name="remembered",
    of=np.float64,
    shape=(MOST_CAUSES, "settlement"),
    about="Sum of both memories of still_felt, with this month's changes as they were when they came.",
)
ORIGIN_SUMS = (
    *("events", "lasting"),
    *("trust_fast", "trust_slow", "fairness_fast", "fairness_slow", "effectiveness_fast", "effectiveness_slow"),
)
"""Sums by origin of impressions: events of the month, events still remembered, changes left in both memories."""
N_EVENTS, N_LASTING, FIRST_EFFECT = 0, 1, 2
N_BELIEFS = 3
"""Trust, fairness and effectiveness."""
ORIGINS = ArraySpec(
    name="origins",
    of=np.float64,
    shape=(MOST_CAUSES, "settlement", len(ORIGIN_SUMS)),
    about="Events and changes of beliefs by origin of the impressions, as if at the last end of a month (ORIGIN_SUMS).",
)


class TrustBelief(Evidence):
    """Beliefs of a resident about the police; ``trust`` follows from the evidence in the row.

    ``calm`` are the odds of the nation's mood against the police at the last end of a month.
    """

    calm: Annotated[
        float, Column("odds of the nation's mood against the police that are in this row's trust", "odds", 1.0)
    ]
    trust: Annotated[float, Column("trust in the police as of the tick touched", "0-1")]
    touched: Annotated[int, Column("when decay was last applied", "tick", kind="i4")]


class ContactTimes(Row):
    """Times of last contact, harm and departure of a resident, which several mechanisms write; -1 for never.

    ``gone`` is -1 while the resident is here, else a tick since when not: killed (crime), dead or moved away
    (population_change), held (custody).
    """

    met: Annotated[int, Column("met the police: contacts, response, consultation, hearings, army", "tick", -1, "i4")]
    met_free: Annotated[int, Column("met the police of one's own will or in a talk", "tick", -1, "i4")]
    harmed: Annotated[int, Column("was harmed here", "tick", -1, "i4")]
    gone: Annotated[int, Column("is not here any more since", "tick", -1, "i4")]


DISPOSITION_STREAM, PLACE_STREAM = stream_id("disposition"), stream_id("disposition of a settlement")
SHARED_VARIANCE = 0.64
"""Part of the variance of a disposition that fairness and effectiveness share; assumed."""
SHARED_LOADING, OWN_LOADING = math.sqrt(SHARED_VARIANCE), math.sqrt(1.0 - SHARED_VARIANCE)
"""Loadings on the common and the own term, 0.8 and 0.6: the variance of their sum is 1."""


class BeliefEvidence(NamedTuple):
    """Evidence of an event for one resident.

    ``fair`` and ``effective`` are the shares (0-1) that favour the police, the weights are evidence, ``fast`` is the
    share (0-1) in the fast memory.
    """

    cause: int
    fair: float
    fair_weight: float
    effective: float
    effective_weight: float
    fast: float


@dataclass(frozen=True, init=False)
class Trust(ParameterGroup):
    """Parameters of beliefs about the police: start, decay, asymmetry, and the weights of events."""

    name: ClassVar[str] = "trust"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("G01", "G05", "G07", "T01", "T03", "T04", "Z01", "Z03")

    level: float
    fairer: float
    spread: float
    place: float
    women: float
    fear: float
    memory_years: float
    fast_days: float
    asymmetry: float
    fast: float
    fast_friendly: float
    fast_panel: float
    fast_harm: float
    mood: float
    harm: float
    served: float
    late: float
    unanswered: float
    held: float
    released: float
    charged: float
    dropped: float
    hearing: float
    stepped_in: float


type Beliefs = tuple[float, float, float]
"""Trust, fairness and effectiveness of a resident."""


@kernel
def add_to_ledger(ledger: FloatArray, cause: int, settlement: int, change: float) -> None:
    """Add a change of trust to the account of a cause and a settlement.

    ``ledger[0]`` holds the sums, ``ledger[1]`` their compensations.
    """
    # Neumaier summation: millions of tiny changes must add up to the change of trust.
    total = ledger[0, cause, settlement]
    reached = total + change
    if abs(total) >= abs(change):
        ledger[1, cause, settlement] += (total - reached) + change
    else:
        ledger[1, cause, settlement] += (change - reached) + total
    ledger[0, cause, settlement] = reached


@kernel
def decay_since(mind: ResidentState, tick: int, p: Trust) -> tuple[float, float]:
    """Return the retained shares (fast, slow) of evidence last updated at `mind.touched`."""
    shifts = float(tick - mind.touched)
    return retained_share_fast(shifts, p.fast_days), retained_share(shifts, p.memory_years)


@derived
def retained_shares(sim: Simulation) -> FloatArray:
    """Return the retained shares (fast, slow) by settlement and by shifts, up to those of the longest month."""
    return np.array([retained_shares_by_shift(p.fast_days, p.memory_years) for p in sim.p.trust])


@lru_cache(maxsize=64)
def retained_shares_by_shift(fast_days: float, memory_years: float) -> FloatArray:
    """Return the retained shares (fast, slow) by shifts; cached, since most settlements have the same half-lives."""
    shares = [
        (retained_share_fast(float(n), fast_days), retained_share(float(n), memory_years))
        for n in range(LONGEST_MONTH + 1)
    ]
    return np.array(shares)


@kernel
def trust_now(mind: ResidentState, tick: int, p: Trust) -> float:
    """Return the trust (0-1) of a resident at this tick; writes nothing."""
    fast, slow = decay_since(mind, tick, p)
    return trust_after_decay(mind, fast, slow, mind.calm)


@kernel
def current_trust_of_all(
    minds: Rows[ResidentState], people: Rows[Person], parameters: Rows[Trust], tick: int, found: FloatArray
) -> None:
    """Write the trust of every resident at this tick, or at `touched` if that is later, to ``found``."""
    for i in range(len(minds)):
        found[i] = trust_now(minds[i], max(tick, minds[i].touched), parameters[people[i].settlement])


@kernel
def decay_evidence(w: World, mind: ResidentState, fast: float, slow: float, settlement: int, calm: float) -> float:
    """Reduce evidence to these shares of the fast and the slow memory; return trust at the odds ``calm`` of a mood.

    Updates `minds.trust` and the evidence; adds to the accounts of forgetting, favourable evidence first.
    """
    before = mind.trust
    between, now, moved = decay_both(mind, fast, slow, calm)
    mind.trust = now
    add_to_ledger(w.ledger, FORGETTING_GOOD, settlement, between - before)
    add_to_ledger(w.ledger, FORGETTING_BAD, settlement, now - between)
    return moved


@kernel
def decay(w: World, mind: ResidentState, p: Trust, settlement: int) -> None:
    """Apply the decay since `mind.touched`; updates the evidence, `minds.trust`, `minds.touched` and the ledger."""
    tick = w.tick
    if mind.touched != tick:
        fast, slow = decay_since(mind, tick, p)
        decay_evidence(w, mind, fast, slow, settlement, mind.calm)
        mind.touched = tick


@kernel
def add_to_origin(
    sums: FloatArray, impression: Impression, before: Beliefs, after: Beliefs, left_fast: float, left_slow: float
) -> None:
    """Add an impression to the sums of its origin (`ORIGIN_SUMS`), in units of the last end of a month.

    ``left_fast`` and ``left_slow`` are the retained shares since then.  The number of events fades by the slow memory
    alone: it must not depend on how the event was.
    """
    direct, slow = 1.0 - float(impression.heard), 1.0 - impression.fast
    sums[N_EVENTS] += direct
    sums[N_LASTING] += direct / left_slow
    for k in range(N_BELIEFS):
        change = after[k] - before[k]
        sums[FIRST_EFFECT + 2 * k] += impression.fast * change / left_fast
        sums[FIRST_EFFECT + 2 * k + 1] += slow * change / left_slow


@kernel
def beliefs_of(mind: ResidentState) -> Beliefs:
    """Return trust, and the beliefs in fairness and effectiveness that feed it (0-1), as last updated."""
    return mind.trust, 1.0 / (1.0 + odds_of_unfairness(mind)), 1.0 / (1.0 + odds_of_ineffectiveness(mind))


@kernel
def update_beliefs(w: World, first: int) -> None:
    """Apply the impressions from row ``first`` on to the beliefs of those who had them, through the ledger.

    Updates the evidence, `minds.trust`, `minds.touched`, `impressions.change` and the ledger, and writes `still_felt`,
    `remembered` and `origins`.  `still_felt` refers to the last end of a month, `w.since` shifts ago.
    """
    retained, felt, remembered, origins = w.retained_shares, w.still_felt, w.remembered, w.origins
    n = w.counts[IMPRESSIONS]
    for k in range(first, n):
        if k + PREFETCH_DISTANCE < n:
            prefetch(w.minds, w.impressions[k + PREFETCH_DISTANCE].who)
            prefetch(w.people, w.impressions[k + PREFETCH_DISTANCE].who)
        impression = w.impressions[k]
        mind = w.minds[impression.who]
        if mind.gone >= 0:  # a victim of this shift may have died after the impression
            continue
        settlement = w.people[impression.who].settlement
        p = w.p.trust[settlement]
        # Everybody is updated at the end of each month, so a table of shares by shifts replaces exp().
        if mind.touched != w.tick:
            idle = retained[settlement, w.tick - mind.touched]
            decay_evidence(w, mind, idle[0], idle[1], settlement, mind.calm)
            mind.touched = w.tick
        before = beliefs_of(mind)
        add_evidence(mind, impression, p)
        mind.trust = trust_of(mind, mind.calm)
        change = mind.trust - before[0]
        impression.change = change
        add_to_ledger(w.ledger, impression.cause, settlement, change)
        remembered[impression.cause, settlement] += change
        left_fast, left_slow = retained[settlement, w.since, 0], retained[settlement, w.since, 1]
        felt[0, impression.cause, settlement] += impression.fast * change / left_fast
        felt[1, impression.cause, settlement] += (1.0 - impression.fast) * change / left_slow
        sums = origins[impression.origin, settlement]
        add_to_origin(sums, impression, before, beliefs_of(mind), left_fast, left_slow)


@kernel
def learn_impressions(w: World) -> None:
    """Apply the impressions written since the last call to beliefs (`update_beliefs`)."""
    update_beliefs(w, w.learned[0])
    w.learned[0] = w.counts[IMPRESSIONS]


class LearningStep(KernelStep):
    """The step that applies impressions to beliefs; outside the program of a shift the world does it."""

    def run(self, sim: Simulation) -> None:
        """Let the world apply the impressions."""
        sim.apply_impressions()


learn = LearningStep(learn_impressions)
"""Part of every step that leaves impressions which the rest of the shift should know of."""


@kernel
def record_impression(w: World, who: int, evidence: BeliefEvidence) -> None:
    """Record an impression of a living resident; zero-weight impressions are dropped.

    Appends to `impressions`.  Other mechanisms record events of a declared kind (`record_event`) instead.
    """
    if w.minds[who].gone >= 0 or (evidence.fair_weight == 0.0 and evidence.effective_weight == 0.0):
        return
    k = w.counts[IMPRESSIONS]
    impression = w.impressions[k]
    impression.who, impression.cause, impression.fast = who, evidence.cause, evidence.fast
    impression.origin, impression.heard = evidence.cause, 0
    impression.quality_f, impression.weight_f = evidence.fair, evidence.fair_weight
    impression.quality_e, impression.weight_e = evidence.effective, evidence.effective_weight
    impression.change = 0.0
    w.counts[IMPRESSIONS] = k + 1


@kernel
def trace_to_origin(w: World, first: int, origin: int) -> None:
    """Trace the impressions from row ``first`` on to the encounter in which they began; updates `impressions.origin`.

    Bad treatment in an encounter has a cause of its own: without this, fewer stops would look like better treatment.
    """
    for k in range(first, w.counts[IMPRESSIONS]):
        w.impressions[k].origin = origin


@kernel
def attribute_to_couple(w: World, first: int, post: int, cell: int) -> None:
    """Attribute the impressions from row ``first`` on to a couple in a cell; appends to `signed`."""
    for k in range(first, w.counts[IMPRESSIONS]):
        row = w.signed[w.counts[SIGNED]]
        row.impression, row.post, row.cell = k, post, cell
        w.counts[SIGNED] += 1


@kernel
def record_departure(w: World, mind: ResidentState, p: Trust, settlement: int, cause: int) -> None:
    """Remove a resident who dies or moves away; updates `minds.gone` and subtracts the trust from the ledger."""
    decay(w, mind, p, settlement)
    add_to_ledger(w.ledger, cause, settlement, -mind.trust)
    mind.gone = w.tick


@kernel
def record_death(w: World, mind: ResidentState, p: Trust, settlement: int) -> None:
    """Remove a resident who dies; updates `minds.gone` and the ledger."""
    record_departure(w, mind, p, settlement, DEATH)


@kernel
def record_return(w: World, mind: ResidentState, calm: float, p: Trust, settlement: int) -> None:
    """Bring back a resident who had left, with evidence decayed meanwhile.

    Updates the evidence, `minds.calm`, `minds.gone`, `minds.trust`, `minds.touched`; adds the trust to the ledger.
    """
    fast, slow = decay_since(mind, w.tick, p)
    mind.calm, mind.gone = calm, -1
    decay_good(mind, fast, slow)
    decay_bad(mind, fast, slow)
    mind.trust = trust_of(mind, calm)
    mind.touched = w.tick
    add_to_ledger(w.ledger, ARRIVAL, settlement, mind.trust)


@kernel
def update_to_month_end(w: World, who: int, fast: float, slow: float, calm: float) -> None:
    """Apply decay and the nation's mood to a resident at the end of a month.

    ``fast`` and ``slow`` are the retained shares, ``calm`` the odds of the mood.  Updates the evidence, `minds.trust`,
    `minds.calm`, `minds.touched` and the ledger.
    """
    mind, settlement, ledger = w.minds[who], w.people[who].settlement, w.ledger
    moved = decay_evidence(w, mind, fast, slow, settlement, calm)
    mind.touched = w.tick
    if mind.calm != calm:
        before = mind.trust
        mind.calm, mind.trust = calm, moved
        add_to_ledger(ledger, NATION, settlement, mind.trust - before)


@kernel
def logistic_noise(u: float) -> float:
    """Return logistic noise (log-odds) of unit variance for a uniform number."""
    return UNIT_LOGISTIC_SCALE * logistic_quantile(u)


@kernel
def draw_disposition(w: World, mind: ResidentState, person: Person, p: Trust, intercept: float, i: int) -> None:
    """Draw the dispositions of resident i around the intercept of the site; updates `minds.disposed_*`."""
    seed = w.seed
    # A common term and an own one: the two dispositions correlate by `SHARED_VARIANCE`.
    common = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 0))
    own_f = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 1))
    own_e = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 2))
    mean = intercept + p.women * (person.female - 0.5)
    if p.place > 0.0:
        mean += p.place * logistic_noise(keyed_uniform(seed, PLACE_STREAM, 0, person.settlement, 0))
    fairness = mean + 0.5 * p.fairer + p.spread * (SHARED_LOADING * common + OWN_LOADING * own_f)
    effectiveness = mean - 0.5 * p.fairer + p.spread * (SHARED_LOADING * common + OWN_LOADING * own_e)
    set_disposition(mind, fairness, effectiveness)


@kernel
def initialise_beliefs(w: World, first: int, end: int, intercept: float, calm: float) -> None:
    """Draw dispositions for the residents of rows ``first`` to ``end``; those present get their first trust.

    Updates `minds.disposed_*`, `minds.calm`, `minds.touched`, `minds.trust`.  Absent residents have dispositions too,
    since they may return.
    """
    people = w.people
    for i in range(first, end):
        mind = w.minds[i]
        draw_disposition(w, mind, people[i], w.p.trust[people[i].settlement], intercept, i)
        if mind.gone < 0:
            mind.calm, mind.touched = calm, w.tick
            mind.trust = trust_of(mind, calm)


@allocating_kernel
def sum_trust_by_settlement(minds: Rows[ResidentState], people: Rows[Person], n_settlements: int) -> FloatArray:
    """Return the compensated sum of the stored trust of the living, by settlement."""
    sums = np.zeros((2, 1, n_settlements))
    for i in range(len(minds)):
        if minds[i].gone < 0:
            add_to_ledger(sums, 0, people[i].settlement, minds[i].trust)
    total: FloatArray = sums[0, 0] + sums[1, 0]
    return total


MECHANISM = Mechanism(
    group=Trust,
    tables=(LEDGER, STILL_FELT, REMEMBERED, ORIGINS),
    mind=TrustBelief,
    causes=(DEATH, PUBLIC_EVENT, ARRIVAL, DEPARTURE, FORGETTING_GOOD, FORGETTING_BAD, NATION),
)
