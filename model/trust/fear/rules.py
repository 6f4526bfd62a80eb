"""M22, fear and precaution: perceived insecurity lags behind crime, and fear makes residents take precautions.

Fear (0-1) is the logistic of a disposition, of alarm by own and heard harm, and of crime nearby over its usual level.

Switched off, fear and precaution stay as they were at the start.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from model.crime.crime.schema import HARM_CAUSE
from model.engine.calendar import MONTHS_A_YEAR, SHIFTS
from model.engine.kernels import kernel
from model.engine.random_streams import LN_2, keyed_uniform, logistic, logistic_quantile
from model.engine.ratios import PER_1000
from model.engine.rows import FloatArray, Rows
from model.town.crime_kinds import IS_PROPERTY
from model.town.police import has_no_motor
from model.trust.belief_updating.rules import retained_share
from model.trust.fear.schema import (
    CAUTION_STREAM,
    FEAR_SHIFT,
    FEAR_STREAM,
    LOCAL,
    MAX_FEAR_SHIFT,
    RATIO_PRIOR,
    TOLERANCE,
    Fear,
    FearState,
    LocalConditions,
)
from model.trust.hearsay.schema import HEARSAY_STREAM, TIE_STEP, Hearsay
from model.trust.ledger.rules import logistic_noise
from model.world.columns import ResidentState
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import household_rows
from model.world.shift_context import ShiftContext
from model.world.shift_events import INCIDENTS, OUTSIDE, VISITS
from model.world.state import COUPLES, CoupleRow
from model.world.steps import KernelArguments, kernel_step


def precaution_factor(world: World, person: FloatArray) -> None:
    """Lower the hazard of property crime for careful residents; writes the factors ``person``.

    Factors are relative to the mean resident, for whom crime rates were calibrated.
    """
    p = world.parameters[Fear]
    for careful in range(2):
        factor = (1.0 - p["precaution"] * careful) / (1.0 - p["precaution"] * p["usual"])
        person[IS_PROPERTY == 1, :, careful::2] *= factor[:, None]


@kernel
def update_fear(mind: ResidentState, local: LocalConditions, p: Fear) -> None:
    """Update fear and precaution of a resident at the end of a month.

    Updates `minds.alarm`, `minds.fear`, `minds.careful`.
    """
    mind.alarm *= local.kept
    felt = mind.base_fear + mind.alarm + local.insecurity
    mind.fear = logistic(felt)
    readiness = p.careful + p.by_fear * felt + p.heed * p.campaign + mind.caution
    mind.careful = 1 if readiness > 0.0 else 0


@kernel
def draw_caution(mind: ResidentState, level: float, p: Fear, i: int, seed: int) -> None:
    """Draw the dispositions to fear and to precaution of resident i.

    ``level`` is the mean fear of the site (log-odds).  Updates `minds.base_fear`, `minds.fear`, `minds.caution`,
    `minds.alarm`, `minds.careful`.
    """
    mind.base_fear = level + logistic_noise(keyed_uniform(seed, FEAR_STREAM, 0, i, 0))
    mind.fear = logistic(mind.base_fear)
    u = keyed_uniform(seed, CAUTION_STREAM, 0, i, 0)
    mind.caution = logistic_quantile(u)
    mind.alarm = 0.0
    mind.careful = 1 if p.careful + p.by_fear * mind.base_fear + mind.caution > 0.0 else 0


@kernel
def initialise_caution(shift: ShiftContext, parameters: Rows[Fear], offset: float, first: int, end: int) -> None:
    """Draw fear and caution for the residents of rows ``first`` to ``end`` who are here; updates `minds`."""
    for i in range(first, end):
        if shift.minds[i].gone < 0:
            z = shift.ground.people[i].settlement
            draw_caution(shift.minds[i], shift.trust[z].fear + offset, parameters[z], i, shift.seed)


def initialise_residents(world: World, first: int, end: int) -> None:
    """Draw fear and caution for residents who are born or move here."""
    offset = world.state[FEAR_SHIFT].item(0)
    world.run_kernel(initialise_caution, lambda: (world.shift_context(), world.parameters[Fear]), offset, first, end)


@kernel
def raise_alarm(shift: ShiftContext, i: int, severity: float, fear: Rows[Fear], hearsay: Rows[Hearsay]) -> None:
    """Raise the alarm of a victim, of the household, and of ties who are told; updates `minds.alarm`."""
    home = shift.ground.people[i].settlement
    shift.minds[i].alarm += fear[home].harm * severity
    for k in range(shift.ground.ties.shape[1]):
        tie = shift.ground.ties[i, k]
        if tie < 0:
            break
        # The draw of hearsay for this tie: who hears of the harm is also alarmed by it.
        u = keyed_uniform(shift.seed, HEARSAY_STREAM, shift.tick, i, TIE_STEP * HARM_CAUSE + k)
        if u < hearsay[home].tell_bad and shift.minds[tie].gone < 0:
            shift.minds[tie].alarm += fear[shift.ground.people[tie].settlement].heard * severity
    first, end = household_rows(shift.ground.people, i)
    for j in range(first, end):
        if j != i:
            shift.minds[j].alarm += fear[home].heard * severity


@kernel
def record_fear_events(
    shift: ShiftContext,
    fear: Rows[Fear],
    hearsay: Rows[Hearsay],
    local: Rows[LocalConditions],
    couples: Rows[CoupleRow],
) -> None:
    """Count harm and visits on foot by settlement, and raise alarm; updates `local` and `minds.alarm`."""
    for k in range(shift.day.counts[INCIDENTS]):
        row = shift.day.incidents[k]
        local[max(shift.ground.cells[row.cell].settlement, 0)].crime += row.severity
        if row.teller >= 0:
            raise_alarm(shift, row.teller, row.severity, fear, hearsay)
    for k in range(shift.day.counts[OUTSIDE]):
        harm = shift.day.outside[k]
        raise_alarm(shift, harm.who, harm.severity, fear, hearsay)
    for k in range(shift.day.counts[VISITS]):
        visit = shift.day.visits[k]
        if visit.alive == 1 and visit.post >= 0 and has_no_motor(couples[visit.post].mode):
            local[max(shift.ground.cells[visit.cell].settlement, 0)].seen += 1.0


@kernel
def update_local_crime(
    local: Rows[LocalConditions], parameters: Rows[Fear], residents: FloatArray, shifts: float
) -> None:
    """Update recent and usual crime and visits of each settlement at the end of a month; updates `local`.

    ``residents`` are those at the start by settlement, ``shifts`` the length of the month.
    """
    for z in range(len(local)):
        here, p = local[z], parameters[z]
        crime = PER_1000 * here.crime / max(residents[z], 1.0)
        seen = PER_1000 * here.seen / max(residents[z], 1.0)
        # Exponential smoothing, at first the mean of the months so far: a single month is a poor estimate.
        here.begun += 1
        to_recent = max(1.0 - math.exp(-LN_2 / p.lag), 1.0 / here.begun)
        to_usual = max(1.0 - math.exp(-LN_2 / (MONTHS_A_YEAR * p.habit)), 1.0 / here.begun)
        here.crime_recent += (crime - here.crime_recent) * to_recent
        here.crime_usual += (crime - here.crime_usual) * to_usual
        here.seen_recent += (seen - here.seen_recent) * to_recent
        here.seen_usual += (seen - here.seen_usual) * to_usual
        here.insecurity = (
            p.local * math.log((here.crime_recent + RATIO_PRIOR) / (here.crime_usual + RATIO_PRIOR))
            + p.foot * math.log((here.seen_recent + RATIO_PRIOR) / (here.seen_usual + RATIO_PRIOR))
            + p.alarm * p.campaign
        )
        here.kept = retained_share(shifts, p.memory)
        here.crime = here.seen = 0.0


def initial_residents_by_settlement(world: World) -> FloatArray:
    """Return the residents at the start by settlement."""
    people = world.town.people
    here = people["settlement"][people["arrives"] < 0]
    return np.bincount(here, minlength=world.town.n_settlements).astype(np.float64)


@kernel
def set_fear_levels(shift: ShiftContext, local: Rows[LocalConditions], offset: float, felt: float) -> float:
    """Set fear to the logistic of disposition, ``offset`` and ``felt`` times alarm and insecurity.

    Updates `minds.fear` and returns its mean (0-1).
    """
    total, n = 0.0, 0
    for i in range(shift.ground.come[0]):
        mind = shift.minds[i]
        if mind.gone < 0:
            here = local[shift.ground.people[i].settlement]
            mind.fear = logistic(mind.base_fear + offset + felt * (mind.alarm + here.insecurity))
            total += mind.fear
            n += 1
    return total / max(n, 1)


def centre_fear(world: World) -> None:
    """Shift all dispositions of fear so that mean fear at the start, alarm included, is that of the site.

    Updates `minds.base_fear`, `minds.fear` and `FEAR_SHIFT`.
    """
    shift, local = world.shift_context(), world.state[LOCAL]
    level = set_fear_levels(shift, local, 0.0, 0.0)
    offset = float(
        scipy.optimize.brentq(
            lambda x: set_fear_levels(shift, local, x, 1.0) - level, -MAX_FEAR_SHIFT, MAX_FEAR_SHIFT, xtol=TOLERANCE
        )
    )
    world.minds["base_fear"] += offset
    world.state[FEAR_SHIFT][0] = offset
    set_fear_levels(shift, local, 0.0, 1.0)


@kernel_step(record_fear_events)
def step(world: World) -> KernelArguments:
    """Raise the alarm of victims and of those who are told; count harm and visits on foot."""
    state, parameters = world.state, world.parameters
    return world.shift_context(), parameters[Fear], parameters[Hearsay], state[LOCAL], state[COUPLES]


def close_month(world: World) -> None:
    """Update local crime and visits on foot, before residents are updated at the end of the month."""
    residents = world.cached(initial_residents_by_settlement)
    update_local_crime(world.state[LOCAL], world.parameters[Fear], residents, float(SHIFTS * world.days_of_month))


MECHANISM = Mechanism(
    group=Fear,
    tables=(LOCAL, FEAR_SHIFT),
    mind=FearState,
    hazard=HazardModifier(person=precaution_factor),
    initialise_residents=initialise_residents,
    knockout=Knockout(("fear_mean", "precaution_share")),
    measures={
        "fear_mean": Measure("0-1", lambda month: month.mean("all", "fear")),
        "precaution_share": Measure("share", lambda month: month.mean("adults", "precaution")),
    },
)
