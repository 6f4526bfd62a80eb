"""The start: residents begin in the state that the town's own events hold, and newcomers as their like (ODD 5.3).

The warm-up leaves each resident the evidence of its own length.  What came before it is made up from the warm-ups of
others of the same class, since nobody lives the same year again and again; then one intercept for the site sets the
mean trust.  It is solved once, in the world as it is, and never again when a lever is turned.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from model.community.communal_authority.rules import settle_boards, settled_of
from model.engine.calendar import YEAR, tick_of
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Ints, Reals
from model.simulation.start.schema import BANDS, FARTHEST, INTERCEPT, LIKE, TRIES
from model.town.residents import Person
from model.trust.belief_updating.rules import kept, take_over, trust_of
from model.trust.belief_updating.schema import COUNTS
from model.trust.fear.rules import settle_fear
from model.trust.ledger.rules import dispose, fade, first_minds
from model.world.columns import Mind
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage


@kernel
def level_at(stage: Stage, intercept: float) -> float:
    """Draw all dispositions around an intercept; return the mean trust of adults, the mood being that of 2017."""
    total, adults = 0.0, 0
    for i in range(stage.ground.come[0]):
        mind, person = stage.minds[i], stage.ground.people[i]
        if mind.gone < 0 and age_of(person, stage.tick) >= 18.0:
            dispose(mind, person, stage.trust[person.settlement], intercept, i, stage.seed)
            total += trust_of(mind, 1.0)
            adults += 1
    return total / max(adults, 1)


def solve(world: World) -> None:
    """Find the intercept at which adults trust as much as the site's level says, or the nearest that there is."""
    stage, level = world.stage(), float(world.numbers["trust"][0]["level"])
    ends = [level_at(stage, end) - level for end in (-FARTHEST, FARTHEST)]
    if ends[0] < 0.0 < ends[1]:
        found = float(brentq(lambda x: level_at(stage, x) - level, -FARTHEST, FARTHEST, xtol=1e-6))
    else:
        found = math.copysign(FARTHEST, -ends[0])
    world.state[INTERCEPT][0] = found
    first_minds(stage, 0, int(stage.ground.come[0]), found, world.calm)


@kernel
def be_like(stage: Stage, starts: Ints, residents: Ints, first: int, end: int) -> None:
    """Let those who are born or move here have seen what somebody of their settlement, sex and age has seen."""
    people = stage.ground.people
    for i in range(first, end):
        mind, person = stage.minds[i], people[i]
        if mind.gone >= 0:
            continue
        here = starts[person.settlement]
        n = starts[person.settlement + 1] - here
        place = int(luck(stage.seed, LIKE, stage.tick, i, 0) * n)
        for a in range(TRIES):
            j = residents[here + (place + a) % n]
            if j < first and stage.minds[j].gone < 0 and alike(person, people[j], stage.tick):
                copy_evidence(mind, stage.minds[j])
                break


@kernel
def alike(one: Person, other: Person, tick: int) -> bool:
    """Whether two residents are of one sex and, within some years, of one age."""
    mine, theirs = age_of(one, tick), age_of(other, tick)
    same = one.female == other.female
    for age in (12.0, 18.0, 35.0):
        same = same and (mine < age) == (theirs < age)
    return same


@kernel
def copy_evidence(mind: Mind, other: Mind) -> None:
    """Take over what somebody else has seen, and the alarm that is left of it."""
    take_over(mind, other)
    mind.alarm, mind.touched = other.alarm, other.touched
    mind.trust = trust_of(mind, mind.calm)


@kernel
def age_all(stage: Stage) -> None:
    """Bring everybody up to date."""
    for i in range(stage.ground.come[0]):
        if stage.minds[i].gone < 0:
            z = stage.ground.people[i].settlement
            fade(stage.minds[i], stage.tick, stage.trust[z], stage.ledger, z)


def classes(world: World, here: Ints) -> tuple[Ints, Ints]:
    """Return the order of some residents by class and home, and the class of each in that order.

    Of one class are those of a settlement, a sex and an age who own a vehicle or not, run a business or not, sit on a
    council or not.
    """
    people = world.town.people[here]
    years = (world.tick // 3 - people["born"]) / 365.25
    key = people["settlement"].astype(np.int64)
    for part, n in ((people["female"], 2), (np.searchsorted(BANDS, years, side="right"), 4),
                    (people["vehicle"], 2), (people["business"], 2), (people["council"], 2)):  # fmt: skip
        key = key * n + part
    order = np.lexsort((people["home"], key))
    return order, key[order]


def held(year: Reals, group: Ints, left: Reals, years: int) -> Reals:
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
    held_up: Reals = total + weight * left / (1.0 - left) * mean
    return held_up


def settle_in(world: World) -> None:
    """At the end of the warm-up, give everybody the evidence and the alarm that the town's events hold, and trust."""
    shifts = float(world.tick - tick_of(world.calendar.first_date))
    if shifts == 0.0:
        return
    age_all(world.stage())
    minds, p = world.minds, world.numbers["trust"]
    here = np.flatnonzero(minds["gone"] < 0)
    order, key = classes(world, here)
    rows, group = here[order], np.unique(key, return_inverse=True)[1]
    z = world.town.people["settlement"][rows]
    years = math.ceil(3.0 * YEAR * float(p["memory_years"].max()) / shifts)
    for name in COUNTS:
        slow = name.endswith("slow")
        shares = [kept(shifts, row["memory_years"] if slow else row["fast_days"] / 365.0) for row in p]
        minds[name][rows] = held(minds[name][rows], group, np.array(shares)[z], years if slow else 1)
    shares = [kept(shifts, row["memory"]) for row in world.numbers["fear"]]
    minds["alarm"][rows] = held(minds["alarm"][rows], group, np.array(shares)[z], years)
    solve(world)
    settle_fear(world)
    settle_boards(world)


def born(world: World, first: int, end: int) -> None:
    """Give those who are born or move here dispositions, and what their like have seen."""
    if first > 0:  # those of the first day get theirs when it is known who is here
        world.carry_out(first_minds, lambda: (world.stage(),), first, end, world.state[INTERCEPT].item(0), world.calm)
        world.carry_out(be_like, lambda: (world.stage(), *world.once(settled_of)), first, end)


IT = Mechanism(named="start", tables=(INTERCEPT,), writes=("minds.alarm",), begin=solve, born=born)
