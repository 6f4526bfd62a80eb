"""The book of trust: the law of change, memory, and the only writer of trust (ODD 5).

Every change is booked under its cause and the resident's settlement, so that "why did trust fall here?" is a query.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from model.engine.calendar import LONGEST_MONTH
from model.engine.kernels import PREFETCH_DISTANCE, allocating_kernel, kernel, prefetch
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, Rows
from model.town.residents import Person
from model.trust.belief_updating.rules import (
    add_evidence,
    decay_bad,
    decay_both,
    decay_good,
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
    FORGETTING_BAD,
    FORGETTING_GOOD,
    LEDGER,
    NATION,
    PUBLIC_EVENT,
    REMEMBERED,
    STILL_FELT,
    Trust,
    TrustBelief,
)
from model.world.columns import ResidentState
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, SIGNED, ShiftEventTables


@kernel
def add_to_ledger(ledger: FloatArray, cause: int, settlement: int, change: float) -> None:
    """Add a change of trust to its account, with a compensated sum (Neumaier)."""
    total = ledger[0, cause, settlement]
    reached = total + change
    if abs(total) >= abs(change):
        ledger[1, cause, settlement] += (total - reached) + change
    else:
        ledger[1, cause, settlement] += (change - reached) + total
    ledger[0, cause, settlement] = reached


@kernel
def decay_since(mind: ResidentState, tick: int, p: Trust) -> tuple[float, float]:
    """Shares of the fast and the slow memory that are left of what was felt when this resident was last touched."""
    shifts = float(tick - mind.touched)
    return retained_share_fast(shifts, p.fast_days), retained_share(shifts, p.memory_years)


def retained_share_table(world: World) -> FloatArray:
    """Lay out what is left of the fast and the slow memory, by settlement and shifts up to a month."""
    return np.array([retained_shares_by_shift(p.fast_days, p.memory_years) for p in world.parameters[Trust]])


@lru_cache(maxsize=64)
def retained_shares_by_shift(fast_days: float, memory_years: float) -> FloatArray:
    """Return what is left of both memories after each number of shifts: settlements mostly share theirs."""
    lasting = [
        (retained_share_fast(float(n), fast_days), retained_share(float(n), memory_years))
        for n in range(LONGEST_MONTH + 1)
    ]
    return np.array(lasting)


@kernel
def trust_now(mind: ResidentState, tick: int, p: Trust) -> float:
    """Trust of a resident at this tick, without writing anything."""
    fast, slow = decay_since(mind, tick, p)
    return trust_after_decay(mind, fast, slow, mind.calm)


@kernel
def current_trust_of_all(
    minds: Rows[ResidentState], people: Rows[Person], numbers: Rows[Trust], tick: int, found: FloatArray
) -> None:
    """Write down the trust of every resident at this tick, or when last touched if that is later."""
    for i in range(len(minds)):
        found[i] = trust_now(minds[i], max(tick, minds[i].touched), numbers[people[i].settlement])


@kernel
def decay_evidence(mind: ResidentState, fast: float, slow: float, ledger: FloatArray, settlement: int) -> None:
    """Let evidence fade so that these shares of both memories are left, the good first, and book either."""
    before = mind.trust
    between, now = decay_both(mind, fast, slow)
    mind.trust = now
    add_to_ledger(ledger, FORGETTING_GOOD, settlement, between - before)
    add_to_ledger(ledger, FORGETTING_BAD, settlement, now - between)


@kernel
def decay(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Bring one resident up to date, and book what is forgotten."""
    if mind.touched != tick:
        fast, slow = decay_since(mind, tick, p)
        decay_evidence(mind, fast, slow, ledger, settlement)
        mind.touched = tick


@kernel
def update_beliefs(
    stage: ShiftContext, left: FloatArray, felt: FloatArray, remembered: FloatArray, first: int, since: int
) -> None:
    """Let the impressions from row ``first`` on change the beliefs of those who had them.

    ``left`` is that of `left_of`; ``since`` are the shifts since the last end of a month: as if at that, `STILL_FELT`
    is written.
    """
    n = stage.day.counts[IMPRESSIONS]
    for k in range(first, n):
        if k + PREFETCH_DISTANCE < n:
            prefetch(stage.minds, stage.day.impressions[k + PREFETCH_DISTANCE].who)
            prefetch(stage.ground.people, stage.day.impressions[k + PREFETCH_DISTANCE].who)
        impression = stage.day.impressions[k]
        mind = stage.minds[impression.who]
        if mind.gone >= 0:  # who was harmed earlier in the shift may have died since
            continue
        settlement = stage.ground.people[impression.who].settlement
        p = stage.trust[settlement]
        if mind.touched != stage.tick:  # less than a month ago: all are brought up to date at its end
            idle = left[settlement, stage.tick - mind.touched]
            decay_evidence(mind, idle[0], idle[1], stage.ledger, settlement)
            mind.touched = stage.tick
        now = mind.trust
        add_evidence(mind, impression, p)
        mind.trust = trust_of(mind, mind.calm)
        change = mind.trust - now
        impression.change = change
        add_to_ledger(stage.ledger, impression.cause, settlement, change)
        remembered[impression.cause, settlement] += change
        felt[0, impression.cause, settlement] += impression.fast * change / left[settlement, since, 0]
        felt[1, impression.cause, settlement] += (1.0 - impression.fast) * change / left[settlement, since, 1]


@kernel
def record_impression(
    day: ShiftEventTables,
    minds: Rows[ResidentState],
    who: int,
    cause: int,
    quality_f: float,
    weight_f: float,
    quality_e: float,
    weight_e: float,
    fast: float,
) -> None:
    """Write down that a resident had an impression; the dead have none, and weightless ones are not written.

    Qualities are the shares (0-1) that speak for fair, and for effective, police; weights are evidence.
    """
    if minds[who].gone >= 0 or (weight_f == 0.0 and weight_e == 0.0):
        return
    k = day.counts[IMPRESSIONS]
    impression = day.impressions[k]
    impression.who, impression.cause, impression.fast = who, cause, fast
    impression.quality_f, impression.weight_f = quality_f, weight_f
    impression.quality_e, impression.weight_e = quality_e, weight_e
    impression.change = 0.0
    day.counts[IMPRESSIONS] = k + 1


@kernel
def attribute_to_couple(day: ShiftEventTables, first: int, post: int, cell: int) -> None:
    """Write down that this couple left the impressions from row ``first`` on, in this cell."""
    for k in range(first, day.counts[IMPRESSIONS]):
        row = day.signed[day.counts[SIGNED]]
        row.impression, row.post, row.cell = k, post, cell
        day.counts[SIGNED] += 1


@kernel
def record_departure(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int, cause: int) -> None:
    """Take a resident out of the world, who dies or moves away: the trust that goes is booked."""
    decay(mind, tick, p, ledger, settlement)
    add_to_ledger(ledger, cause, settlement, -mind.trust)
    mind.gone = tick


@kernel
def record_death(mind: ResidentState, tick: int, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Take a resident who dies out of the world."""
    record_departure(mind, tick, p, ledger, settlement, DEATH)


@kernel
def record_return(mind: ResidentState, tick: int, calm: float, p: Trust, ledger: FloatArray, settlement: int) -> None:
    """Bring somebody back who had left: evidence has aged meanwhile, and the trust that comes is booked."""
    fast, slow = decay_since(mind, tick, p)
    mind.calm, mind.gone = calm, -1
    decay_good(mind, fast, slow)
    decay_bad(mind, fast, slow)
    mind.trust = trust_of(mind, calm)
    mind.touched = tick
    add_to_ledger(ledger, ARRIVAL, settlement, mind.trust)


@kernel
def update_to_month_end(
    mind: ResidentState, fast: float, slow: float, calm: float, tick: int, ledger: FloatArray, settlement: int
) -> None:
    """Bring a resident up to date at a month's end, the nation's mood included."""
    decay_evidence(mind, fast, slow, ledger, settlement)
    mind.touched = tick
    if mind.calm != calm:
        before = mind.trust
        mind.calm = calm
        mind.trust = trust_of(mind, calm)
        add_to_ledger(ledger, NATION, settlement, mind.trust - before)


@kernel
def logistic_noise(u: float) -> float:
    """Log-odds noise of unit variance from luck u."""
    return 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


@kernel
def draw_disposition(mind: ResidentState, person: Person, p: Trust, intercept: float, i: int, seed: int) -> None:
    """Draw the dispositions of resident i around the intercept of the site."""
    common = logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 0))
    own_f, own_e = (
        logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 1)),
        logistic_noise(keyed_uniform(seed, DISPOSITION_STREAM, 0, i, 2)),
    )
    mean = intercept + p.women * (person.female - 0.5)
    fairness = mean + 0.5 * p.fairer + p.spread * (0.8 * common + 0.6 * own_f)
    set_disposition(mind, fairness, mean - 0.5 * p.fairer + p.spread * (0.8 * common + 0.6 * own_e))


@kernel
def initialise_beliefs(stage: ShiftContext, first: int, end: int, intercept: float, calm: float) -> None:
    """Give the residents of some rows the dispositions with which everybody begins, also those who may come back."""
    people = stage.ground.people
    for i in range(first, end):
        mind = stage.minds[i]
        draw_disposition(mind, people[i], stage.trust[people[i].settlement], intercept, i, stage.seed)
        if mind.gone < 0:
            mind.calm, mind.touched = calm, stage.tick
            mind.trust = trust_of(mind, calm)


@allocating_kernel
def sum_trust_by_settlement(minds: Rows[ResidentState], people: Rows[Person], n_settlements: int) -> FloatArray:
    """Sum of trust of the living by settlement, as stored, with compensated sums."""
    sums = np.zeros((2, 1, n_settlements))
    for i in range(len(minds)):
        if minds[i].gone < 0:
            add_to_ledger(sums, 0, people[i].settlement, minds[i].trust)
    total: FloatArray = sums[0, 0] + sums[1, 0]
    return total


MECHANISM = Mechanism(
    group=Trust,
    tables=(LEDGER, STILL_FELT, REMEMBERED),
    mind=TrustBelief,
    causes=(DEATH, PUBLIC_EVENT, ARRIVAL, DEPARTURE, FORGETTING_GOOD, FORGETTING_BAD, NATION),
    writes=("impressions.change",),
)
