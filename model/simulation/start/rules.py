"""Initial state: residents in steady state with the town's events; newcomers copy others.

The warm-up gives each resident the evidence of its own length.  Earlier evidence is extrapolated from the warm-ups of
other residents of the same class, since nobody has the same year again and again.  Then one intercept per site is
solved so that mean trust has the level of the site.  It is solved once, without policies, and never again.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from model.community.communal_authority.rules import calibrate_board_standing, residents_by_settlement
from model.engine.calendar import DAYS_A_YEAR, DAYS_OF_YEAR, SHIFTS, YEAR, tick_of
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray
from model.simulation.start.schema import (
    AGE_BANDS,
    AGE_LIMITS,
    INTERCEPT,
    MAX_INTERCEPT,
    STEADY_STATE_HALF_LIVES,
    TEMPLATE_ATTEMPTS,
    TEMPLATE_STREAM,
)
from model.town.residents import ADULT_AGE, Person
from model.trust.belief_updating.rules import copy_evidence, retained_share, trust_of
from model.trust.belief_updating.schema import EVIDENCE_COLUMNS
from model.trust.fear.rules import centre_fear
from model.trust.fear.schema import Fear
from model.trust.ledger.rules import decay, draw_disposition, initialise_beliefs
from model.trust.ledger.schema import Trust
from model.world.columns import ResidentState
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.state import MOOD
from model.world.steps import ON_ARRIVALS, KernelArguments, kernel_step


@kernel
def mean_trust_at_intercept(shift: ShiftContext, intercept: float) -> float:
    """Draw all dispositions around an intercept; return the mean trust of adults in the mood of 2017.

    Writes the dispositions in `minds`.
    """
    total, adults = 0.0, 0
    for i in range(shift.ground.come[0]):
        mind, person = shift.minds[i], shift.ground.people[i]
        if mind.gone < 0 and age_years(person, shift.tick) >= ADULT_AGE:
            draw_disposition(mind, person, shift.trust[person.settlement], intercept, i, shift.seed)
            total += trust_of(mind, 1.0)
            adults += 1
    return total / max(adults, 1)


def calibrate_intercept(world: World) -> None:
    """Solve for the intercept at which adults' mean trust is the site's level, or nearest to it."""
    shift, level = world.shift_context(), float(world.parameters[Trust][0].level)
    ends = [mean_trust_at_intercept(shift, end) - level for end in (-MAX_INTERCEPT, MAX_INTERCEPT)]
    if ends[0] < 0.0 < ends[1]:
        # Brent's method: mean trust increases with the intercept.
        intercept = float(
            scipy.optimize.brentq(
                lambda x: mean_trust_at_intercept(shift, x) - level, -MAX_INTERCEPT, MAX_INTERCEPT, xtol=1e-6
            )
        )
    else:
        intercept = math.copysign(MAX_INTERCEPT, -ends[0])
    world.state[INTERCEPT][0] = intercept
    initialise_beliefs(shift, 0, int(shift.ground.come[0]), intercept, world.mood_odds)


@kernel
def initialise_arriving_beliefs(shift: ShiftContext, intercept: FloatArray, mood: FloatArray, rows: IntArray) -> None:
    """Draw dispositions and first trust for ``rows[0]`` residents from row ``rows[1]`` on."""
    initialise_beliefs(shift, rows[1], rows[1] + rows[0], intercept[0], exp(-mood[0]))


@kernel
def copy_similar_residents(shift: ShiftContext, starts: IntArray, residents: IntArray, rows: IntArray) -> None:
    """Copy to new residents the evidence of a similar resident of their settlement.

    They are ``rows[0]`` residents from row ``rows[1]`` on; ``residents[starts[z]:starts[z + 1]]`` are the residents of
    settlement ``z``.
    """
    people, first = shift.ground.people, rows[1]
    for i in range(first, first + rows[0]):
        mind, person = shift.minds[i], people[i]
        if mind.gone >= 0:
            continue
        here = starts[person.settlement]
        n = starts[person.settlement + 1] - here
        place = int(keyed_uniform(shift.seed, TEMPLATE_STREAM, shift.tick, i, 0) * n)
        # Start at a random resident and go on to the first similar one.
        for a in range(TEMPLATE_ATTEMPTS):
            j = residents[here + (place + a) % n]
            if j < first and shift.minds[j].gone < 0 and is_similar(person, people[j], shift.tick):
                copy_evidence_and_alarm(mind, shift.minds[j])
                break


@kernel
def is_similar(one: Person, other: Person, tick: int) -> bool:
    """Return whether two residents have the same sex and age band."""
    mine, theirs = age_years(one, tick), age_years(other, tick)
    similar = one.female == other.female
    for age in AGE_LIMITS:
        similar = similar and (mine < age) == (theirs < age)
    return similar


@kernel
def copy_evidence_and_alarm(mind: ResidentState, other: ResidentState) -> None:
    """Copy the evidence and the alarm of another resident; updates trust."""
    copy_evidence(mind, other)
    mind.alarm, mind.touched = other.alarm, other.touched
    mind.trust = trust_of(mind, mind.calm)


@kernel
def update_all_beliefs(shift: ShiftContext) -> None:
    """Decay the evidence of all residents to the present tick."""
    for i in range(shift.ground.come[0]):
        if shift.minds[i].gone < 0:
            z = shift.ground.people[i].settlement
            decay(shift.minds[i], shift.tick, shift.trust[z], shift.ledger, z)


def resident_classes(world: World, here: IntArray) -> tuple[IntArray, IntArray]:
    """Return an order of some residents by class and home, and the class of each in that order.

    A class shares settlement, sex, age band, and whether they own a vehicle, run a business and sit on a council.
    """
    people = world.town.people[here]
    years = (world.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    key = people["settlement"].astype(np.int64)
    for part, n in ((people["female"], 2), (np.searchsorted(AGE_BANDS, years, side="right"), 4),
                    (people["vehicle"], 2), (people["business"], 2), (people["council"], 2)):  # fmt: skip
        key = key * n + part
    order = np.lexsort((people["home"], key))
    return order, key[order]


def steady_state_sum(year: FloatArray, group: IntArray, left: FloatArray, years: int) -> FloatArray:
    """Return the evidence that a resident's class sustains in the long run.

    Parameters
    ----------
    year
        Evidence from one warm-up by resident, in order of class.
    group
        Class of each resident, numbered from 0.
    left
        Share of evidence retained over one warm-up, by resident.
    years
        Number of past warm-ups taken one by one.

    Notes
    -----
    The n-th warm-up back is that of the n-th next resident of the class.  All earlier ones have the mean of the class,
    so that the rest of the geometric series has a closed form.
    """
    n = np.bincount(group)
    first = np.concatenate([[0], np.cumsum(n)[:-1]])[group]
    place, size = np.arange(len(group)) - first, n[group]
    total, weight = year.copy(), np.ones(len(group))
    for back in range(1, years + 1):
        weight = weight * left
        total += weight * year[first + (place + back) % size]
    mean = (np.bincount(group, year) / n)[group]
    sustained: FloatArray = total + weight * left / (1.0 - left) * mean
    return sustained


def extrapolate_warm_up(world: World) -> None:
    """Extrapolate evidence and alarm to their steady state, then calibrate trust and fear."""
    shifts = float(world.tick - tick_of(world.calendar.first_date))
    if shifts == 0.0:
        return
    update_all_beliefs(world.shift_context())
    minds, p = world.minds, world.parameters[Trust]
    here = np.flatnonzero(minds["gone"] < 0)
    order, key = resident_classes(world, here)
    rows, group = here[order], np.unique(key, return_inverse=True)[1]
    z = world.town.people["settlement"][rows]
    years = math.ceil(STEADY_STATE_HALF_LIVES * YEAR * float(p["memory_years"].max()) / shifts)
    for name in EVIDENCE_COLUMNS:
        slow = name.endswith("slow")
        shares = [retained_share(shifts, row.memory_years if slow else row.fast_days / DAYS_OF_YEAR) for row in p]
        minds[name][rows] = steady_state_sum(minds[name][rows], group, np.array(shares)[z], years if slow else 1)
    shares = [retained_share(shifts, row.memory) for row in world.parameters[Fear]]
    minds["alarm"][rows] = steady_state_sum(minds["alarm"][rows], group, np.array(shares)[z], years)
    calibrate_intercept(world)
    centre_fear(world)
    calibrate_board_standing(world)


@kernel_step(initialise_arriving_beliefs, **ON_ARRIVALS)
def initialise_arrivals(world: World) -> KernelArguments:
    """Return the arguments of `initialise_arriving_beliefs`."""
    return world.shift_context(), world.state[INTERCEPT], world.state[MOOD], world.arrivals


@kernel_step(copy_similar_residents, **ON_ARRIVALS)
def copy_to_arrivals(world: World) -> KernelArguments:
    """Return the arguments of `copy_similar_residents`."""
    return world.shift_context(), *world.cached(residents_by_settlement), world.arrivals


MECHANISM = Mechanism(
    named="start",
    tables=(INTERCEPT,),
    writes=("minds.alarm",),
    initialise=calibrate_intercept,
    initialise_arrivals=(initialise_arrivals, copy_to_arrivals),
)
