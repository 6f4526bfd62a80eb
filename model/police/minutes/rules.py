"""M43, minutes: what becomes of the 480 minutes of a couple's shift, which always add up (ODD 6).

What is owed to meetings, requests and problems is worked off in planned stretches, which come out of patrol.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.engine.calendar import HALF_YEAR
from model.engine.kernels import kernel, making_arrays
from model.engine.ratios import over
from model.engine.rows import Reals, Rows
from model.police.chief.rules import QUICK_ARRESTS
from model.police.minutes.schema import (
    FOR_MEETINGS,
    FOR_PROBLEMS,
    FOR_REQUESTS,
    LITRES,
    N_OWED,
    NIGHT,
    OWED,
    SHIFT,
    STRETCH_HOMES,
    STRETCH_PATROL,
    USES,
    Counts,
)
from model.police.practices.schema import Practices
from model.police.roster.schema import Roster
from model.town.police import MOTORCYCLE, VEHICLE
from model.world.columns import Tally
from model.world.mechanism import Given, Measure, Mechanism, carries_out
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Plant, Stage
from model.world.shift_events import HOMES, VISITS
from model.world.state import COUPLES, Couple


@kernel
def owe(owed: Reals, f: int, what: int, minutes: float) -> float:
    """Ask couples of a facility for minutes; return the mark at which they will have been given."""
    owed[f, what, 0] += minutes
    mark: float = owed[f, what, 0]
    return mark


@kernel
def is_done(owed: Reals, f: int, what: int, mark: float) -> bool:
    """Whether what was asked for up to a mark has been given."""
    return bool(owed[f, what, 1] >= mark - 1e-6)


@kernel
def forgive(owed: Reals, f: int, what: int, mark: float) -> None:
    """Drop what has not been given up to a mark: nobody works on it any more."""
    owed[f, what, 1] = max(owed[f, what, 1], mark)


@kernel
def left_of(owed: Reals, taken: Reals, f: int, what: int) -> float:
    """Minutes that a facility still owes, less those planned in this shift."""
    left: float = owed[f, what, 0] - owed[f, what, 1] - taken[f, what]
    return left


@kernel
def stretch(p: Practices, n: int) -> float:
    """Minutes of one of the n stretches of a shift."""
    return (SHIFT - p.brief) / n


@kernel
def use_of(owed: Reals, taken: Reals, f: int, long: float, tick: int) -> int:
    """What a planned stretch is for: what is owed first, else homes; by night problems or nothing."""
    night = tick % 3 == NIGHT
    for what in range(N_OWED):
        if (what == FOR_PROBLEMS or not night) and left_of(owed, taken, f, what) > 0.0:
            taken[f, what] += long
            return what
    return STRETCH_PATROL if night else STRETCH_HOMES


@kernel
def note_stretch(couple: Couple, use: int) -> None:
    """Note a stretch that is not spent where visits are written down."""
    if use == FOR_MEETINGS:
        couple.for_meetings += 1
    elif use == FOR_REQUESTS:
        couple.for_requests += 1
    elif use == FOR_PROBLEMS:
        couple.for_problems += 1


@kernel
def give(owed: Reals, f: int, what: int, minutes: float) -> None:
    """Work off what is owed."""
    owed[f, what, 1] = min(owed[f, what, 0], owed[f, what, 1] + minutes)


@kernel
def add_up(couple: Couple, homes: int, gone: int, f: int, owed: Reals, p: Practices, row: Tally) -> None:
    """Book the shift of a couple: what was fixed, and what was left, shared over the stretches that took place."""
    fixed = couple.duty_end - couple.duty_start
    calls = min(couple.busy, SHIFT - p.brief - fixed)
    free = SHIFT - p.brief - fixed - calls
    work = couple.for_meetings + couple.for_requests + couple.for_problems
    street = max(0, couple.slots - work - homes - gone)
    each = free / max(1, work + homes + street)
    ordered = street if couple.block == QUICK_ARRESTS else min(street, couple.for_orders)
    row.minutes_brief += p.brief
    row.minutes_fixed += fixed
    row.minutes_calls += calls
    row.minutes_orders += each * ordered
    row.minutes_meetings += each * couple.for_meetings
    row.minutes_requests += each * couple.for_requests
    row.minutes_problems += each * couple.for_problems
    row.minutes_visits += each * homes * p.split
    row.minutes_talks += each * homes * (1.0 - p.split)
    row.minutes_patrol += free - each * (work + homes + ordered)
    give(owed, f, FOR_MEETINGS, each * couple.for_meetings)
    give(owed, f, FOR_REQUESTS, each * couple.for_requests)
    give(owed, f, FOR_PROBLEMS, each * couple.for_problems)


@kernel
def keep_sector(couple: Couple, plant: Plant, free: float, tick: int, row: Tally) -> None:
    """Count a shift in the lead's own sector, and one led by somebody who has been there for half a year."""
    lead = plant.officers[couple.lead]
    if couple.sector == lead.sector:
        row.shifts_own += 1.0
        row.minutes_own += free
        row.shifts_led += 1.0 if tick - lead.tick_sector >= HALF_YEAR else 0.0


@making_arrays
def book(
    stage: Stage, couples: Rows[Couple], plant: Plant, owed: Reals, rows: Rows[Practices], roster: Rows[Roster]
) -> None:
    """Book the minutes and litres of every couple on duty."""
    day, tally = stage.day, stage.tally[0]
    homes, gone = np.zeros(len(couples), np.int64), np.zeros(len(couples), np.int64)
    km = np.zeros(len(couples))
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post < 0:
            continue
        if visit.alive == 0:
            gone[visit.post] += 1
            continue
        homes[visit.post] += 1 if visit.kind == HOMES else 0
        km[visit.post] += visit.km
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0:
            continue
        f = plant.posts[post].facility
        p, r = rows[plant.facilities[f].settlement], roster[plant.facilities[f].settlement]
        add_up(couple, homes[post], gone[post], f, owed, p, tally)
        keep_sector(couple, plant, SHIFT - p.brief - (couple.duty_end - couple.duty_start), stage.tick, tally)
        driven = couple.tank - couple.km + km[post]
        if couple.mode == VEHICLE:
            tally.litres += LITRES * driven / r.km_per_gallon
        elif couple.mode == MOTORCYCLE:
            tally.litres += LITRES * driven / r.km_per_gallon_motorcycle


@carries_out(book)
def act(world: World) -> Given:
    """Book the minutes of the couples of this shift."""
    state, numbers = world.state, world.numbers
    return world.stage(), state[COUPLES], world.plant, state[OWED], numbers["practices"], numbers["roster"]


def hours(use: str) -> Measure:
    """Return the measure of officers' hours for one use: two in a couple."""

    def read(month: Month) -> float:
        return 2.0 / 60.0 * float(month.tally[f"minutes_{use}"])

    return Measure("hours", read)


def booked(month: Month) -> float:
    """Minutes booked in a couple-shift: the length of a shift, whatever happens."""
    return over(sum(float(month.tally[f"minutes_{use}"]) for use in USES), month.tally["couple_shifts"])


def a_resident(count: str) -> Callable[[Month], float]:
    """Return the reader of what a resident lives through in a year at the rate of a month."""

    def read(month: Month) -> float:
        return over(365.25 / month.world.days_of_month * month.tally[count], month.count("all"))

    return read


IT = Mechanism(
    named="minutes",
    tables=(OWED,),
    counts=Counts,
    measures={f"hours_{use}": hours(use) for use in USES}
    | {
        "minutes_booked": Measure("minutes", booked),
        "litres": Measure("litres"),
        "shifts_own": Measure("shifts"),
        "shifts_led": Measure("shifts"),
    },
)
