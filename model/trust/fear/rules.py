"""M22, fear and precaution: perceived insecurity lags crime, and the fearful take care (ODD 6.26).

Switched off, fear and precaution stay as they were at the start.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from model.crime.crime.schema import HARM
from model.engine.kernels import kernel
from model.engine.random_streams import logistic, luck
from model.engine.rows import Reals, Rows
from model.town.crime_kinds import PROPERTY
from model.town.police import without_motor
from model.trust.belief_updating.rules import kept
from model.trust.fear.schema import CAUTION, COMMON, FARTHEST, FEAR_SHIFT, FEARS, LOCAL, Caution, Fear, Local
from model.trust.hearsay.schema import HEARD, Hearsay
from model.trust.ledger.rules import noise
from model.world.columns import Mind
from model.world.mechanism import Given, Hazard, Knockout, Measure, Mechanism, carries_out
from model.world.protocol import World
from model.world.sampling import housemates
from model.world.shift_context import Stage
from model.world.shift_events import INCIDENTS, OUTSIDE, VISITS
from model.world.state import Couple


def shelter(world: World, person: Reals) -> None:
    """Spare the careful some property crimes, relative to the mean resident for whom rates were calibrated."""
    p = world.numbers["fear"]
    for careful in range(2):
        spared = (1.0 - p["precaution"] * careful) / (1.0 - p["precaution"] * p["usual"])
        person[PROPERTY == 1, :, careful::2] *= spared[:, None]


@kernel
def feel(mind: Mind, local: Local, p: Fear) -> None:
    """Bring fear and precaution of one resident up to date at a month's end."""
    mind.alarm *= local.kept
    felt = mind.base_fear + mind.alarm + local.insecurity
    mind.fear = logistic(felt)
    readiness = p.careful + p.by_fear * felt + p.heed * p.campaign + mind.caution
    mind.careful = 1 if readiness > 0.0 else 0


@kernel
def first_caution(mind: Mind, level: float, p: Fear, i: int, seed: int) -> None:
    """Draw how fearful and how cautious resident i is, and whether precautions are taken at first."""
    mind.base_fear = level + noise(luck(seed, FEARS, 0, i, 0))
    mind.fear = logistic(mind.base_fear)
    u = luck(seed, CAUTION, 0, i, 0)
    mind.caution = math.log((u + 1e-12) / (1.0 - u + 1e-12))
    mind.alarm = 0.0
    mind.careful = 1 if p.careful + p.by_fear * mind.base_fear + mind.caution > 0.0 else 0


@kernel
def first_cautions(stage: Stage, numbers: Rows[Fear], shift: float, first: int, end: int) -> None:
    """Draw the fears of the residents of some rows who are here."""
    for i in range(first, end):
        if stage.minds[i].gone < 0:
            z = stage.ground.people[i].settlement
            first_caution(stage.minds[i], stage.trust[z].fear + shift, numbers[z], i, stage.seed)


def born(world: World, first: int, end: int) -> None:
    """Give first fears to those who are born or move here."""
    shift = world.state[FEAR_SHIFT].item(0)
    world.carry_out(first_cautions, lambda: (world.stage(), world.numbers["fear"]), shift, first, end)


@kernel
def frighten(stage: Stage, i: int, severity: float, fear: Rows[Fear], hearsay: Rows[Hearsay]) -> None:
    """Let somebody who was harmed, those who live there, and the ties who are told of it, be afraid."""
    home = stage.ground.people[i].settlement
    stage.minds[i].alarm += fear[home].harm * severity
    for k in range(stage.ground.ties.shape[1]):
        if luck(stage.seed, HEARD, stage.tick, i, 8 * HARM + k) < hearsay[home].tell_bad:
            tie = stage.ground.ties[i, k]
            if tie < 0:
                break
            stage.minds[tie].alarm += fear[stage.ground.people[tie].settlement].heard * severity
    one, end = housemates(stage.ground.people, i)
    for j in range(one, end):
        if j != i:
            stage.minds[j].alarm += fear[home].heard * severity


@kernel
def notice(stage: Stage, fear: Rows[Fear], hearsay: Rows[Hearsay], local: Rows[Local], couples: Rows[Couple]) -> None:
    """Note the harm and the couples on foot of this shift, settlement by settlement."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        local[max(stage.ground.cells[row.cell].settlement, 0)].crime += row.severity
        if row.teller >= 0:
            frighten(stage, row.teller, row.severity, fear, hearsay)
    for k in range(stage.day.counts[OUTSIDE]):
        hurt = stage.day.outside[k]
        frighten(stage, hurt.who, hurt.severity, fear, hearsay)
    for k in range(stage.day.counts[VISITS]):
        visit = stage.day.visits[k]
        if visit.alive == 1 and visit.post >= 0 and without_motor(couples[visit.post].mode):
            local[max(stage.ground.cells[visit.cell].settlement, 0)].seen += 1.0


@kernel
def close_month(local: Rows[Local], numbers: Rows[Fear], residents: Reals, shifts: float) -> None:
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
            p.local * math.log((here.crime_recent + COMMON) / (here.crime_usual + COMMON))
            + p.foot * math.log((here.seen_recent + COMMON) / (here.seen_usual + COMMON))
            + p.alarm * p.campaign
        )
        here.kept = kept(shifts, p.memory)
        here.crime = here.seen = 0.0


def residents_at_start(world: World) -> Reals:
    """Return the residents at the start by settlement."""
    people = world.town.people
    here = people["settlement"][people["arrives"] < 0]
    return np.bincount(here, minlength=world.town.n_settlements).astype(np.float64)


@kernel
def fear_at(stage: Stage, local: Rows[Local], shift: float, felt: float) -> float:
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


def settle_fear(world: World) -> None:
    """Move the dispositions of fear so that alarm and crime nearby hold the mean that the site has at the start."""
    stage, local = world.stage(), world.state.local
    level = fear_at(stage, local, 0.0, 0.0)
    shift = float(brentq(lambda x: fear_at(stage, local, x, 1.0) - level, -FARTHEST, FARTHEST, xtol=1e-6))
    world.minds["base_fear"] += shift
    world.state[FEAR_SHIFT][0] = shift
    fear_at(stage, local, 0.0, 1.0)


@carries_out(notice)
def act(world: World) -> Given:
    """Let the harm of this shift frighten those who went through it and those who are told."""
    state, numbers = world.state, world.numbers
    return world.stage(), numbers["fear"], numbers["hearsay"], state.local, state.couples


def month_end(world: World) -> None:
    """Let the month's crime and police on foot sink in, before everybody is brought up to date."""
    residents = world.once(residents_at_start)
    close_month(world.state.local, world.numbers["fear"], residents, 3.0 * world.days_of_month)


IT = Mechanism(
    group=Fear,
    tables=(LOCAL, FEAR_SHIFT),
    mind=Caution,
    hazard=Hazard(person=shelter),
    born=born,
    knockout=Knockout(("fear_mean", "precaution_share")),
    measures={
        "fear_mean": Measure("0-1", lambda month: month.mean("all", "fear")),
        "precaution_share": Measure("share", lambda month: month.mean("adults", "precaution")),
    },
)
