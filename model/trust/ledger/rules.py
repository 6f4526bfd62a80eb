"""Ledger of trust: every change of trust by cause and settlement; the only writer of trust.

Any module records impressions; their evidence changes beliefs here alone, and every change of `minds.trust` is added
to the account of its cause and of the settlement of the resident.  So "why did trust fall here?" is a query, and the
accounts add up to the change of summed trust.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from model.engine.calendar import LONGEST_MONTH
from model.engine.kernels import PREFETCH_DISTANCE, allocating_kernel, kernel, prefetch
from model.engine.random_streams import UNIT_LOGISTIC_SCALE, keyed_uniform, logistic_quantile
from model.engine.rows import FloatArray, Rows
from model.town.residents import Person
from model.trust.belief_updating.rules import (
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
from model.trust.ledger.schema import (
    ARRIVAL,
    DEATH,
    DEPARTURE,
    DISPOSITION_STREAM,
    FIRST_EFFECT,
    FORGETTING_BAD,
    FORGETTING_GOOD,
    LEDGER,
    N_BELIEFS,
    N_EVENTS,
    N_LASTING,
    NATION,
    ORIGINS,
    OWN_LOADING,
    PUBLIC_EVENT,
    REMEMBERED,
    SHARED_LOADING,
    STILL_FELT,
    BeliefEvidence,
    Trust,
    TrustBelief,
)
from model.world.columns import ResidentState
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, SIGNED, Impression, ShiftEventTables
from model.world.steps import KernelArguments, KernelStep

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


def retained_share_table(world: World) -> FloatArray:
    """Return the retained shares (fast, slow) by settlement and by shifts, up to those of the longest month."""
    return np.array([retained_shares_by_shift(p.fast_days, p.memory_years) for p in world.parameters[Trust]])


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
def decay_evidence(mind: ResidentState, fast: float, slow: float, ledger: FloatArray, settlement: int) -> None:
    """Reduce evidence to these shares of the fast and the slow memory.

    Updates `minds.trust` and the evidence; adds to the accounts of forgetting, favourable evidence first.
    """
    before = mind.trust
    between, now = decay_both(mind, fast, slow)
    mind.trust = now
    add_to_ledger(ledger, FORGETTING_GOOD, settlement, between - before)
    add_to_ledger(ledger, FORGETTING_BAD, settlement, now - between)


@kernel
def decay(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Apply the decay since `mind.touched`; updates the evidence, `minds.trust`, `minds.touched` and the ledger."""
    if mind.touched != tick:
        fast, slow = decay_since(mind, tick, p)
        decay_evidence(mind, fast, slow, ledger, settlement)
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
def update_beliefs(  # noqa: PLR0913 - tables that only this kernel writes
    shift: ShiftContext,
    retained: FloatArray,
    felt: FloatArray,
    remembered: FloatArray,
    origins: FloatArray,
    first: int,
    since: int,
) -> None:
    """Apply the impressions from row ``first`` on to the beliefs of those who had them, through the ledger.

    Updates the evidence, `minds.trust`, `minds.touched`, `impressions.change` and the ledger, and writes `STILL_FELT`
    (``felt``), `REMEMBERED` and `ORIGINS`.  ``retained`` is the table of `retained_share_table`; ``since`` are the
    shifts since the last end of a month, to which `STILL_FELT` refers.
    """
    n = shift.day.counts[IMPRESSIONS]
    for k in range(first, n):
        if k + PREFETCH_DISTANCE < n:
            prefetch(shift.minds, shift.day.impressions[k + PREFETCH_DISTANCE].who)
            prefetch(shift.ground.people, shift.day.impressions[k + PREFETCH_DISTANCE].who)
        impression = shift.day.impressions[k]
        mind = shift.minds[impression.who]
        if mind.gone >= 0:  # a victim of this shift may have died after the impression
            continue
        settlement = shift.ground.people[impression.who].settlement
        p = shift.trust[settlement]
        # Everybody is updated at the end of each month, so a table of shares by shifts replaces exp().
        if mind.touched != shift.tick:
            idle = retained[settlement, shift.tick - mind.touched]
            decay_evidence(mind, idle[0], idle[1], shift.ledger, settlement)
            mind.touched = shift.tick
        before = beliefs_of(mind)
        add_evidence(mind, impression, p)
        mind.trust = trust_of(mind, mind.calm)
        change = mind.trust - before[0]
        impression.change = change
        add_to_ledger(shift.ledger, impression.cause, settlement, change)
        remembered[impression.cause, settlement] += change
        left_fast, left_slow = retained[settlement, since, 0], retained[settlement, since, 1]
        felt[0, impression.cause, settlement] += impression.fast * change / left_fast
        felt[1, impression.cause, settlement] += (1.0 - impression.fast) * change / left_slow
        sums = origins[impression.origin, settlement]
        add_to_origin(sums, impression, before, beliefs_of(mind), left_fast, left_slow)


@kernel
def learn_impressions(
    shift: ShiftContext, retained: FloatArray, felt: FloatArray, remembered: FloatArray, origins: FloatArray
) -> None:
    """Apply the impressions written since the last call to beliefs (`update_beliefs`)."""
    update_beliefs(shift, retained, felt, remembered, origins, shift.learned[0], shift.since)
    shift.learned[0] = shift.day.counts[IMPRESSIONS]


class LearningStep(KernelStep):
    """The step that applies impressions to beliefs; outside the program of a shift the world does it."""

    def run(self, world: World) -> None:
        """Let the world apply the impressions."""
        world.apply_impressions()


def learning_arguments(world: World) -> KernelArguments:
    """Return the arguments of `learn_impressions`."""
    state = world.state
    retained = world.cached_view(retained_share_table)
    return world.shift_context(), retained, state[STILL_FELT], state[REMEMBERED], state[ORIGINS]


learn = LearningStep(learn_impressions, learning_arguments)
"""Part of every step that leaves impressions which the rest of the shift should know of."""


@kernel
def record_impression(shift: ShiftContext, who: int, evidence: BeliefEvidence) -> None:
    """Record an impression of a living resident; zero-weight impressions are dropped.

    Appends to `day.impressions`.  Other mechanisms record events of a declared kind (`record_event`) instead.
    """
    if shift.minds[who].gone >= 0 or (evidence.fair_weight == 0.0 and evidence.effective_weight == 0.0):
        return
    day = shift.day
    k = day.counts[IMPRESSIONS]
    impression = day.impressions[k]
    impression.who, impression.cause, impression.fast = who, evidence.cause, evidence.fast
    impression.origin, impression.heard = evidence.cause, 0
    impression.quality_f, impression.weight_f = evidence.fair, evidence.fair_weight
    impression.quality_e, impression.weight_e = evidence.effective, evidence.effective_weight
    impression.change = 0.0
    day.counts[IMPRESSIONS] = k + 1


@kernel
def trace_to_origin(day: ShiftEventTables, first: int, origin: int) -> None:
    """Trace the impressions from row ``first`` on to the encounter in which they began; updates `impressions.origin`.

    Bad treatment in an encounter has a cause of its own: without this, fewer stops would look like better treatment.
    """
    for k in range(first, day.counts[IMPRESSIONS]):
        day.impressions[k].origin = origin


@kernel
def attribute_to_couple(day: ShiftEventTables, first: int, post: int, cell: int) -> None:
    """Attribute the impressions from row ``first`` on to a couple in a cell; appends to `day.signed`."""
    for k in range(first, day.counts[IMPRESSIONS]):
        row = day.signed[day.counts[SIGNED]]
        row.impression, row.post, row.cell = k, post, cell
        day.counts[SIGNED] += 1


@kernel
def record_departure(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int, cause: int) -> None:
    """Remove a resident who dies or moves away; updates `minds.gone` and subtracts the trust from the ledger."""
    decay(mind, tick, p, ledger, settlement)
    add_to_ledger(ledger, cause, settlement, -mind.trust)
    mind.gone = tick


@kernel
def record_death(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Remove a resident who dies; updates `minds.gone` and the ledger."""
    record_departure(mind, tick, p, ledger, settlement, DEATH)


@kernel
def record_return(mind: ResidentState, tick: int, calm: float, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Bring back a resident who had left, with evidence decayed meanwhile.

    Updates the evidence, `minds.calm`, `minds.gone`, `minds.trust`, `minds.touched`; adds the trust to the ledger.
    """
    fast, slow = decay_since(mind, tick, p)
    mind.calm, mind.gone = calm, -1
    decay_good(mind, fast, slow)
    decay_bad(mind, fast, slow)
    mind.trust = trust_of(mind, calm)
    mind.touched = tick
    add_to_ledger(ledger, ARRIVAL, settlement, mind.trust)


@kernel
def update_to_month_end(shift: ShiftContext, who: int, fast: float, slow: float, calm: float) -> None:
    """Apply decay and the nation's mood to a resident at the end of a month.

    ``fast`` and ``slow`` are the retained shares, ``calm`` the odds of the mood.  Updates the evidence, `minds.trust`,
    `minds.calm`, `minds.touched` and the ledger.
    """
    mind, settlement, ledger = shift.minds[who], shift.ground.people[who].settlement, shift.ledger
    decay_evidence(mind, fast, slow, ledger, settlement)
    mind.touched = shift.tick
    if mind.calm != calm:
        before = mind.trust
        mind.calm = calm
        mind.trust = trust_of(mind, calm)
        add_to_ledger(ledger, NATION, settlement, mind.trust - before)


@kernel
def logistic_noise(u: float) -> float:
    """Return logistic noise (log-odds) of unit variance for a uniform number."""
    return UNIT_LOGISTIC_SCALE * logistic_quantile(u)


@kernel
def draw_disposition(mind: ResidentState, person: Person, p: Trust, intercept: float, i: int, seed: int) -> None:
    """Draw the dispositions of resident i around the intercept of the site; updates `minds.disposed_*`."""
    # A common term and an own one: the two dispositions correlate by `SHARED_VARIANCE`.
    common = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 0))
    own_f = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 1))
    own_e = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 2))
    mean = intercept + p.women * (person.female - 0.5)
    fairness = mean + 0.5 * p.fairer + p.spread * (SHARED_LOADING * common + OWN_LOADING * own_f)
    effectiveness = mean - 0.5 * p.fairer + p.spread * (SHARED_LOADING * common + OWN_LOADING * own_e)
    set_disposition(mind, fairness, effectiveness)


@kernel
def initialise_beliefs(shift: ShiftContext, first: int, end: int, intercept: float, calm: float) -> None:
    """Draw dispositions for the residents of rows ``first`` to ``end``; those present get their first trust.

    Updates `minds.disposed_*`, `minds.calm`, `minds.touched`, `minds.trust`.  Absent residents have dispositions too,
    since they may return.
    """
    people = shift.ground.people
    for i in range(first, end):
        mind = shift.minds[i]
        draw_disposition(mind, people[i], shift.trust[people[i].settlement], intercept, i, shift.seed)
        if mind.gone < 0:
            mind.calm, mind.touched = calm, shift.tick
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
    writes=("impressions.change",),
)
