"""M22, fear and precaution: perceived insecurity lags crime, and the fearful take care (ODD 6.26).

Switched off, fear and precaution stay as they were at the start.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from model.crime.crime.schema import HARM_CAUSE
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, logistic
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
    Fear,
    FearState,
    LocalConditions,
)
from model.trust.hearsay.schema import HEARSAY_STREAM, Hearsay
from model.trust.ledger.rules import logistic_noise
from model.world.columns import ResidentState
from model.world.mechanism import HazardModifier, KernelArguments, Knockout, Measure, Mechanism, kernel_step
from model.world.protocol import World
from model.world.sampling import household_rows
from model.world.shift_context import ShiftContext
from model.world.shift_events import INCIDENTS, OUTSIDE, VISITS
from model.world.state import COUPLES, CoupleRow


def precaution_factor(world: World, person: FloatArray) -> None:
    """Spare the careful some property crimes, relative to the mean resident for whom rates were calibrated."""
    p = world.parameters[Fear]
    for careful in range(2):
        spared = (1.0 - p["precaution"] * careful) / (1.0 - p["precaution"] * p["usual"])
        person[IS_PROPERTY == 1, :, careful::2] *= spared[:, None]


@kernel
def update_fear(mind: ResidentState, local: LocalConditions, p: Fear) -> None:
    """Bring fear and precaution of one resident up to date at a month's end."""
    mind.alarm *= local.kept
    felt = mind.base_fear + mind.alarm + local.insecurity
    mind.fear = logistic(felt)
    readiness = p.careful + p.by_fear * felt + p.heed * p.campaign + mind.caution
    mind.careful = 1 if readiness > 0.0 else 0


@kernel
def draw_caution(mind: ResidentState, level: float, p: Fear, i: int, seed: int) -> None:
    """Draw how fearful and how cautious resident i is, and whether precautions are taken at first."""
    mind.base_fear = level + logistic_noise(keyed_uniform(seed, FEAR_STREAM, 0, i, 0))
    mind.fear = logistic(mind.base_fear)
    u = keyed_uniform(seed, CAUTION_STREAM, 0, i, 0)
    mind.caution = math.log((u + 1e-12) / (1.0 - u + 1e-12))
    mind.alarm = 0.0
    mind.careful = 1 if p.careful + p.by_fear * mind.base_fear + mind.caution > 0.0 else 0


@kernel
def initialise_caution(stage: ShiftContext, numbers: Rows[Fear], shift: float, first: int, end: int) -> None:
    """Draw the fears of the residents of some rows who are here."""
    for i in range(first, end):
        if stage.minds[i].gone < 0:
            z = stage.ground.people[i].settlement
            draw_caution(stage.minds[i], stage.trust[z].fear + shift, numbers[z], i, stage.seed)


def initialise_residents(world: World, first: int, end: int) -> None:
    """Give first fears to those who are born or move here."""
    shift = world.state[FEAR_SHIFT].item(0)
    world.run_kernel(initialise_caution, lambda: (world.shift_context(), world.parameters[Fear]), shift, first, end)


@kernel
def raise_alarm(stage: ShiftContext, i: int, severity: float, fear: Rows[Fear], hearsay: Rows[Hearsay]) -> None:
    """Let somebody who was harmed, those who live there, and the ties who are told of it, be afraid."""
    home = stage.ground.people[i].settlement
    stage.minds[i].alarm += fear[home].harm * severity
    for k in range(stage.ground.ties.shape[1]):
        if keyed_uniform(stage.seed, HEARSAY_STREAM, stage.tick, i, 8 * HARM_CAUSE + k) < hearsay[home].tell_bad:
            tie = stage.ground.ties[i, k]
            if tie < 0:
                break
            stage.minds[tie].alarm += fear[stage.ground.people[tie].settlement].heard * severity
    one, end = household_rows(stage.ground.people, i)
    for j in range(one, end):
        if j != i:
            stage.minds[j].alarm += fear[home].heard * severity


@kernel
def record_fear_events(
    stage: ShiftContext,
    fear: Rows[Fear],
    hearsay: Rows[Hearsay],
    local: Rows[LocalConditions],
    couples: Rows[CoupleRow],
) -> None:
    """Note the harm and the couples on foot of this shift, settlement by settlement."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        local[max(stage.ground.cells[row.cell].settlement, 0)].crime += row.severity
        if row.teller >= 0:
            raise_alarm(stage, row.teller, row.severity, fear, hearsay)
    for k in range(stage.day.counts[OUTSIDE]):
        hurt = stage.day.outside[k]
        raise_alarm(stage, hurt.who, hurt.severity, fear, hearsay)
    for k in range(stage.day.counts[VISITS]):
        visit = stage.day.visits[k]
        if visit.alive == 1 and visit.post >= 0 and has_no_motor(couples[visit.post].mode):
            local[max(stage.ground.cells[visit.cell].settlement, 0)].seen += 1.0


@kernel
def update_local_crime(local: Rows[LocalConditions], numbers: Rows[Fear], residents: FloatArray, shifts: float) -> None:
    """Let what was noticed in a month sink in, and slowly become usual."""
    for z in range(len(local)):
        here, p = local[z], numbers[z]
        crime = 1000.0 * here.crime / max(residents[z], 1.0)
        seen = 1000.0 * here.seen / max(residents[z], 1.0)
        # What is usual is at first the mean of the months so far: one month is no measure.
        here.begun += 1
        news = max(1.0 - math.exp(-0.6931471805599453 / p.lag), 1.0 / here.begun)
        habit = max(1.0 - math.exp(-0.6931471805599453 / (12.0 * p.habit)), 1.0 / here.begun)
        here.crime_recent += (crime - here.crime_recent) * news
        here.crime_usual += (crime - here.crime_usual) * habit
        here.seen_recent += (seen - here.seen_recent) * news
        here.seen_usual += (seen - here.seen_usual) * habit
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
def set_fear_levels(stage: ShiftContext, local: Rows[LocalConditions], shift: float, felt: float) -> float:
    """Set everybody's fear to the disposition, a shift and this part of what is felt; return its mean."""
    total, n = 0.0, 0
    for i in range(stage.ground.come[0]):
        mind = stage.minds[i]
        if mind.gone < 0:
            here = local[stage.ground.people[i].settlement]
            mind.fear = logistic(mind.base_fear + shift + felt * (mind.alarm + here.insecurity))
            total += mind.fear
            n += 1
    return total / max(n, 1)


def centre_fear(world: World) -> None:
    """Move the dispositions of fear so that alarm and crime nearby hold the mean that the site has at the start."""
    stage, local = world.shift_context(), world.state[LOCAL]
    level = set_fear_levels(stage, local, 0.0, 0.0)
    shift = float(
        brentq(lambda x: set_fear_levels(stage, local, x, 1.0) - level, -MAX_FEAR_SHIFT, MAX_FEAR_SHIFT, xtol=1e-6)
    )
    world.minds["base_fear"] += shift
    world.state[FEAR_SHIFT][0] = shift
    set_fear_levels(stage, local, 0.0, 1.0)


@kernel_step(record_fear_events)
def step(world: World) -> KernelArguments:
    """Let the harm of this shift frighten those who went through it and those who are told."""
    state, numbers = world.state, world.parameters
    return world.shift_context(), numbers[Fear], numbers[Hearsay], state[LOCAL], state[COUPLES]


def close_month(world: World) -> None:
    """Let the month's crime and police on foot sink in, before everybody is brought up to date."""
    residents = world.cached(initial_residents_by_settlement)
    update_local_crime(world.state[LOCAL], world.parameters[Fear], residents, 3.0 * world.days_of_month)


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
