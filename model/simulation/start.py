"""Initial state: residents in steady state with the town's events; newcomers copy others.

The warm-up gives each resident the evidence of its own length.  Earlier evidence is extrapolated from the warm-ups of
other residents of the same class, since nobody has the same year again and again.  Then one intercept per site is
solved so that mean trust has the level of the site.  It is solved once, without policies, and never again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import scipy

from model.community.communal_authority import calibrate_board_standing
from model.engine.calendar import DAYS_A_YEAR, DAYS_OF_YEAR, SHIFTS, YEAR, tick_of
from model.engine.domains import DOMAIN_OF_UNIT
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.tables import ArraySpec
from model.justice.justice import hold_for_earlier_arrests
from model.town.residents import ADULT_AGE
from model.trust.belief_updating import EVIDENCE_COLUMNS, copy_evidence, retained_share, trust_of
from model.trust.fear import centre_fear
from model.trust.ledger import decay, draw_disposition, initialise_beliefs
from model.trust.service import EXPERIENCE_COLUMNS, fade_experience, take_as_usual
from model.world.mechanism import Mechanism
from model.world.sampling import age_years
from model.world.steps import ON_ARRIVALS, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World
    from model.town.residents import Person

TEMPLATE_STREAM = stream_id("like")
INTERCEPT = ArraySpec(
    name="intercept",
    of=np.float64,
    shape=(1,),
    about="Log-odds on which all dispositions stand.",
    domain=DOMAIN_OF_UNIT["log-odds"],
)
MAX_INTERCEPT = 12.0
"""Limit of the intercept in log-odds, either way; levels that need more cannot be reached."""
TEMPLATE_ATTEMPTS = 64
"""Residents examined to find one similar to a newcomer."""
AGE_LIMITS = (12.0, 18.0, 35.0)
"""Ages in years between which residents have similar experiences."""
AGE_BANDS = np.array(AGE_LIMITS)
STEADY_STATE_HALF_LIVES = 3.0
"""Half-lives of memory over which past warm-ups are drawn one by one; older ones count with their mean."""


@kernel
def mean_trust_at_intercept(w: World, intercept: float) -> float:
    """Draw all dispositions around an intercept; return the mean trust of adults in the mood of 2017.

    Writes the dispositions in `minds`.
    """
    total, adults = 0.0, 0
    for i in range(w.arrived[0]):
        mind, person = w.minds[i], w.people[i]
        if mind.gone < 0 and age_years(person, w.tick) >= ADULT_AGE:
            draw_disposition(w, mind, person, w.p.trust[person.settlement], intercept, i)
            total += trust_of(mind, 1.0)
            adults += 1
    return total / max(adults, 1)


def above_level(intercept: float, w: World, level: float) -> float:
    """Return mean trust at an intercept less a level."""
    return mean_trust_at_intercept(w, intercept) - level


def calibrate_intercept(sim: Simulation) -> None:
    """Solve for the intercept at which adults' mean trust is the site's level, or nearest to it."""
    w, level = sim.w, float(sim.p.trust[0].level)
    ends = [mean_trust_at_intercept(w, end) - level for end in (-MAX_INTERCEPT, MAX_INTERCEPT)]
    if ends[0] < 0.0 < ends[1]:
        # Brent's method: mean trust increases with the intercept.  The world is an argument: SciPy's wrapper of the
        # function refers to itself and would keep a world that the function holds in memory.
        intercept = float(scipy.optimize.brentq(above_level, -MAX_INTERCEPT, MAX_INTERCEPT, args=(w, level), xtol=1e-6))
    else:
        intercept = math.copysign(MAX_INTERCEPT, -ends[0])
    sim.w.intercept[0] = intercept
    initialise_beliefs(w, 0, int(w.arrived[0]), intercept, sim.mood_odds)


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
def update_all_beliefs(w: World) -> None:
    """Decay the evidence of all residents, and their experience of service, to the present tick."""
    for i in range(w.arrived[0]):
        if w.minds[i].gone < 0:
            z = w.people[i].settlement
            decay(w, w.minds[i], w.p.trust[z], z)
            fade_experience(w.minds[i], w.tick, w.p.trust[z].memory_years)


def resident_classes(sim: Simulation, here: IntArray) -> tuple[IntArray, IntArray]:
    """Return an order of some residents by class and home, and the class of each in that order.

    A class shares settlement, sex, age band, and whether they own a vehicle, run a business and sit on a council.
    """
    people = sim.town.people[here]
    years = (sim.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
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


def extrapolate_warm_up(sim: Simulation) -> None:
    """Extrapolate evidence, alarm and experience of service to their steady state; calibrate trust and fear."""
    shifts = float(sim.tick - tick_of(sim.calendar.first_date))
    if shifts == 0.0:
        return
    update_all_beliefs(sim.w)
    minds, p = sim.minds, sim.p.trust
    here = np.flatnonzero(minds["gone"] < 0)
    order, key = resident_classes(sim, here)
    rows, group = here[order], np.unique(key, return_inverse=True)[1]
    z = sim.town.people["settlement"][rows]
    years = math.ceil(STEADY_STATE_HALF_LIVES * YEAR * float(p["memory_years"].max()) / shifts)
    for name in (*EVIDENCE_COLUMNS, *EXPERIENCE_COLUMNS):
        slow = not name.endswith("fast")
        shares = [retained_share(shifts, row.memory_years if slow else row.fast_days / DAYS_OF_YEAR) for row in p]
        minds[name][rows] = steady_state_sum(minds[name][rows], group, np.array(shares)[z], years if slow else 1)
    shares = [retained_share(shifts, row.memory) for row in sim.p.fear]
    minds["alarm"][rows] = steady_state_sum(minds["alarm"][rows], group, np.array(shares)[z], years)
    calibrate_intercept(sim)
    centre_fear(sim)
    take_as_usual(sim)
    calibrate_board_standing(sim)
    hold_for_earlier_arrests(sim)


@step(**ON_ARRIVALS)
def initialise_arriving_beliefs(w: World) -> None:
    """Draw dispositions and first trust for ``rows[0]`` residents from row ``rows[1]`` on."""
    rows = w.arrivals
    initialise_beliefs(w, rows[1], rows[1] + rows[0], w.intercept[0], exp(-w.mood[0]))


@step(**ON_ARRIVALS)
def copy_similar_residents(w: World) -> None:
    """Copy to new residents the evidence of a similar resident of their settlement.

    They are ``arrivals[0]`` residents from row ``arrivals[1]`` on.
    """
    people, first = w.people, w.arrivals[1]
    for i in range(first, first + w.arrivals[0]):
        mind, person = w.minds[i], people[i]
        if mind.gone >= 0:
            continue
        here = w.home_start[person.settlement]
        n = w.home_start[person.settlement + 1] - here
        place = int(keyed_uniform(w.seed, TEMPLATE_STREAM, w.tick, i, 0) * n)
        # Start at a random resident and go on to the first similar one.
        for a in range(TEMPLATE_ATTEMPTS):
            j = w.at_home[here + (place + a) % n]
            if j < first and w.minds[j].gone < 0 and is_similar(person, people[j], w.tick):
                copy_evidence_and_alarm(mind, w.minds[j])
                break


MECHANISM = Mechanism(
    named="start",
    tables=(INTERCEPT,),
    initialise=calibrate_intercept,
    initialise_arrivals=(initialise_arriving_beliefs, copy_similar_residents),
)
