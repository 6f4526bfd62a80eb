"""The start: residents begin in the state that the town's own events hold, and newcomers as their like (ODD 5.3).

The warm-up leaves each resident the evidence of its own length.  What came before it is made up from the warm-ups of
others of the same class, since nobody lives the same year again and again; then one intercept for the site sets the
mean trust.  It is solved once, in the world as it is, and never again when a lever is turned.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from model.community.communal_authority.rules import calibrate_board_standing, residents_by_settlement
from model.engine.calendar import YEAR, tick_of
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray
from model.simulation.start.schema import AGE_BANDS, INTERCEPT, MAX_INTERCEPT, TEMPLATE_ATTEMPTS, TEMPLATE_STREAM
from model.town.residents import Person
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


@kernel
def mean_trust_at_intercept(stage: ShiftContext, intercept: float) -> float:
    """Draw all dispositions around an intercept; return the mean trust of adults, the mood being that of 2017."""
    total, adults = 0.0, 0
    for i in range(stage.ground.come[0]):
        mind, person = stage.minds[i], stage.ground.people[i]
        if mind.gone < 0 and age_years(person, stage.tick) >= 18.0:
            draw_disposition(mind, person, stage.trust[person.settlement], intercept, i, stage.seed)
            total += trust_of(mind, 1.0)
            adults += 1
    return total / max(adults, 1)


def calibrate_intercept(world: World) -> None:
    """Find the intercept at which adults trust as much as the site's level says, or the nearest that there is."""
    stage, level = world.shift_context(), float(world.parameters[Trust][0].level)
    ends = [mean_trust_at_intercept(stage, end) - level for end in (-MAX_INTERCEPT, MAX_INTERCEPT)]
    if ends[0] < 0.0 < ends[1]:
        found = float(
            brentq(lambda x: mean_trust_at_intercept(stage, x) - level, -MAX_INTERCEPT, MAX_INTERCEPT, xtol=1e-6)
        )
    else:
        found = math.copysign(MAX_INTERCEPT, -ends[0])
    world.state[INTERCEPT][0] = found
    initialise_beliefs(stage, 0, int(stage.ground.come[0]), found, world.mood_odds)


@kernel
def copy_similar_residents(stage: ShiftContext, starts: IntArray, residents: IntArray, first: int, end: int) -> None:
    """Let those who are born or move here have seen what somebody of their settlement, sex and age has seen."""
    people = stage.ground.people
    for i in range(first, end):
        mind, person = stage.minds[i], people[i]
        if mind.gone >= 0:
            continue
        here = starts[person.settlement]
        n = starts[person.settlement + 1] - here
        place = int(keyed_uniform(stage.seed, TEMPLATE_STREAM, stage.tick, i, 0) * n)
        for a in range(TEMPLATE_ATTEMPTS):
            j = residents[here + (place + a) % n]
            if j < first and stage.minds[j].gone < 0 and is_similar(person, people[j], stage.tick):
                copy_evidence_and_alarm(mind, stage.minds[j])
                break


@kernel
def is_similar(one: Person, other: Person, tick: int) -> bool:
    """Whether two residents are of one sex and, within some years, of one age."""
    mine, theirs = age_years(one, tick), age_years(other, tick)
    same = one.female == other.female
    for age in (12.0, 18.0, 35.0):
        same = same and (mine < age) == (theirs < age)
    return same


@kernel
def copy_evidence_and_alarm(mind: ResidentState, other: ResidentState) -> None:
    """Take over what somebody else has seen, and the alarm that is left of it."""
    copy_evidence(mind, other)
    mind.alarm, mind.touched = other.alarm, other.touched
    mind.trust = trust_of(mind, mind.calm)


@kernel
def update_all_beliefs(stage: ShiftContext) -> None:
    """Bring everybody up to date."""
    for i in range(stage.ground.come[0]):
        if stage.minds[i].gone < 0:
            z = stage.ground.people[i].settlement
            decay(stage.minds[i], stage.tick, stage.trust[z], stage.ledger, z)


def resident_classes(world: World, here: IntArray) -> tuple[IntArray, IntArray]:
    """Return the order of some residents by class and home, and the class of each in that order.

    Of one class are those of a settlement, a sex and an age who own a vehicle or not, run a business or not, sit on a
    council or not.
    """
    people = world.town.people[here]
    years = (world.tick // 3 - people["born"]) / 365.25
    key = people["settlement"].astype(np.int64)
    for part, n in ((people["female"], 2), (np.searchsorted(AGE_BANDS, years, side="right"), 4),
                    (people["vehicle"], 2), (people["business"], 2), (people["council"], 2)):  # fmt: skip
        key = key * n + part
    order = np.lexsort((people["home"], key))
    return order, key[order]


def steady_state_sum(year: FloatArray, group: IntArray, left: FloatArray, years: int) -> FloatArray:
    """Return what events hold up in the long run, given what one warm-up leaves and the share left of the one before.

    Rows are in order of class; ``group`` counts the classes.  The n-th warm-up back is that of the n-th next of the
    class, and all before those considered are the mean of the class.
    """
    n = np.bincount(group)
    first = np.concatenate([[0], np.cumsum(n)[:-1]])[group]
    place, size = np.arange(len(group)) - first, n[group]
    total, weight = year.copy(), np.ones(len(group))
    for back in range(1, years + 1):
        weight = weight * left
        total += weight * year[first + (place + back) % size]
    mean = (np.bincount(group, year) / n)[group]
    held_up: FloatArray = total + weight * left / (1.0 - left) * mean
    return held_up


def extrapolate_warm_up(world: World) -> None:
    """At the end of the warm-up, give everybody the evidence and the alarm that the town's events hold, and trust."""
    shifts = float(world.tick - tick_of(world.calendar.first_date))
    if shifts == 0.0:
        return
    update_all_beliefs(world.shift_context())
    minds, p = world.minds, world.parameters[Trust]
    here = np.flatnonzero(minds["gone"] < 0)
    order, key = resident_classes(world, here)
    rows, group = here[order], np.unique(key, return_inverse=True)[1]
    z = world.town.people["settlement"][rows]
    years = math.ceil(3.0 * YEAR * float(p["memory_years"].max()) / shifts)
    for name in EVIDENCE_COLUMNS:
        slow = name.endswith("slow")
        shares = [retained_share(shifts, row.memory_years if slow else row.fast_days / 365.0) for row in p]
        minds[name][rows] = steady_state_sum(minds[name][rows], group, np.array(shares)[z], years if slow else 1)
    shares = [retained_share(shifts, row.memory) for row in world.parameters[Fear]]
    minds["alarm"][rows] = steady_state_sum(minds["alarm"][rows], group, np.array(shares)[z], years)
    calibrate_intercept(world)
    centre_fear(world)
    calibrate_board_standing(world)


def initialise_residents(world: World, first: int, end: int) -> None:
    """Give those who are born or move here dispositions, and what their like have seen."""
    if first > 0:  # those of the first day get theirs when it is known who is here
        world.run_kernel(
            initialise_beliefs,
            lambda: (world.shift_context(),),
            first,
            end,
            world.state[INTERCEPT].item(0),
            world.mood_odds,
        )
        world.run_kernel(
            copy_similar_residents, lambda: (world.shift_context(), *world.cached(residents_by_settlement)), first, end
        )


MECHANISM = Mechanism(
    named="start",
    tables=(INTERCEPT,),
    writes=("minds.alarm",),
    initialise=calibrate_intercept,
    initialise_residents=initialise_residents,
)
