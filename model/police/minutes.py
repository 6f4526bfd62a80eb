"""M43, minutes: use of the 480 minutes of a couple's shift, which always add up.

Facilities owe minutes to meetings, requests and problems.  `minutes_owed[facility, use]` holds two running sums since
the start, minutes asked and minutes given; a request is done when the minutes given reach its mark.  Couples work
them off in planned stretches where the work is, which come out of patrol.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from model.engine.calendar import DAYS_A_YEAR, HALF_YEAR, MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.domains import POSITIVE
from model.engine.kernels import kernel
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row, int64_constant
from model.engine.tables import ArraySpec
from model.police.chief import USE_QUICK_ARRESTS
from model.town.police import MOTORCYCLE, VEHICLE, has_no_motor
from model.world.mechanism import Measure, Mechanism
from model.world.shift_events import AT_MEETING, HOMES, VISITS
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.police.practices import Practices
    from model.simulation.columns import MonthlyCounts
    from model.simulation.world import World
    from model.world.month import MonthSnapshot
    from model.world.state import CoupleRow

LITRES_A_GALLON = 3.785
"""Litres of a US gallon, which Guatemala uses."""
MINUTE_TOLERANCE = 1e-6
"""Minutes by which rounding may keep a sum of minutes below its mark."""
MINUTE_USES = ("brief", "fixed", "calls", "orders", "meetings", "requests", "problems", "visits", "talks", "patrol")
FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS = (int64_constant(use) for use in range(3))
STRETCH_PATROL, STRETCH_HOMES = int64_constant(3), int64_constant(4)
N_OWED_USES = 3
"""Uses for which facilities owe minutes: meetings, requests, problems."""
MINUTES_OWED = ArraySpec(
    name="minutes_owed",
    of=np.float64,
    shape=("facility", N_OWED_USES, 2),
    about="Minutes asked of couples and given since the start, for meetings, requests, problems.",
    domain=POSITIVE,
)


class MinuteCounts(Row):
    """Monthly counts of couples' minutes by use, shifts in the own sector, litres, and patrol visits on foot."""

    minutes_brief: float
    minutes_fixed: float
    minutes_calls: float
    minutes_orders: float
    minutes_meetings: float
    minutes_requests: float
    minutes_problems: float
    minutes_visits: float
    minutes_talks: float
    minutes_patrol: float
    minutes_own: float
    shifts_own: float
    shifts_led: float
    litres: float
    visits_foot: float


@kernel
def add_owed_minutes(w: World, f: int, what: int, minutes: float) -> float:
    """Ask couples of a facility for minutes; return the mark: the sum asked at which these have been given."""
    w.minutes_owed[f, what, 0] += minutes
    mark: float = w.minutes_owed[f, what, 0]
    return mark


@kernel
def is_worked_off(w: World, f: int, what: int, mark: float) -> bool:
    """Return whether the minutes asked up to a mark have been given."""
    return bool(w.minutes_owed[f, what, 1] >= mark - MINUTE_TOLERANCE)


@kernel
def cancel_owed_minutes(w: World, f: int, what: int, mark: float) -> None:
    """Cancel minutes asked up to a mark that have not been given."""
    w.minutes_owed[f, what, 1] = max(w.minutes_owed[f, what, 1], mark)


@kernel
def remaining_owed_minutes(w: World, taken: FloatArray, f: int, what: int) -> float:
    """Return the minutes that a facility still owes, less those planned in this shift (``taken``)."""
    left: float = w.minutes_owed[f, what, 0] - w.minutes_owed[f, what, 1] - taken[f, what]
    return left


@kernel
def stretch_minutes(p: Practices, n: int) -> float:
    """Return the minutes of one of the ``n`` stretches of a shift."""
    return (MINUTES_A_SHIFT - p.brief) / n


@kernel
def stretch_use(w: World, taken: FloatArray, f: int) -> int:
    """Return the use of a planned stretch: owed minutes first, then homes, at night patrol.

    At night only problems are worked on.
    """
    night = w.tick % SHIFTS == NIGHT
    for what in range(N_OWED_USES):
        if (what == FOR_PROBLEMS or not night) and remaining_owed_minutes(w, taken, f, what) > 0.0:
            return what
    return STRETCH_PATROL if night else STRETCH_HOMES


@kernel
def meeting_cell(w: World, f: int, done: float) -> int:
    """Return the cell of the community whose meeting facility ``f`` works for next, after ``done`` minutes."""
    cell, least = w.facilities[f].cell, math.inf
    for a in range(len(w.authorities)):
        here, mark = w.authorities[a].cell, w.boards[a].mark
        if w.cells[here].facility == f and done < mark < least:
            cell, least = here, mark
    return cell


@kernel
def request_cell(w: World, f: int, done: float) -> int:
    """Return the cell of the community whose request facility ``f`` works on next, after ``done`` minutes."""
    cell, least = w.facilities[f].cell, math.inf
    for k in range(w.requests_count[0]):
        here, mark = w.authorities[w.requests[k].authority].cell, w.requests[k].mark
        if w.cells[here].facility == f and done < mark < least:
            cell, least = here, mark
    return cell


@kernel
def problem_cell(w: World, f: int, u: float) -> int:
    """Return the cell of a problem drawn with uniform ``u``, by the minutes that facility ``f`` owes for it."""
    total, cell = 0.0, w.facilities[f].cell
    for i in range(w.problems_count[0]):
        total += w.problems[i].owed if w.problems[i].facility == f else 0.0
    left = u * total
    for i in range(w.problems_count[0]):
        row = w.problems[i]
        if row.facility == f and row.owed > 0.0:
            cell = row.cell
            if left < row.owed:
                return cell
            left -= row.owed
    return cell


@kernel
def work_cell(w: World, taken: FloatArray, f: int, what: int, u: float) -> int:
    """Return the cell in which facility ``f`` works off minutes next; ``u`` draws among problems."""
    if what == FOR_PROBLEMS:
        return problem_cell(w, f, u)
    done = w.minutes_owed[f, what, 1] + taken[f, what]
    return meeting_cell(w, f, done) if what == FOR_MEETINGS else request_cell(w, f, done)


@kernel
def record_stretch(couple: CoupleRow, use: int) -> None:
    """Count a stretch in which owed minutes were worked off."""
    if use == FOR_MEETINGS:
        couple.for_meetings += 1
    elif use == FOR_REQUESTS:
        couple.for_requests += 1
    elif use == FOR_PROBLEMS:
        couple.for_problems += 1


@kernel
def work_off_minutes(w: World, f: int, what: int, minutes: float) -> None:
    """Add minutes given for a use, at most those asked."""
    owed = w.minutes_owed
    owed[f, what, 1] = min(owed[f, what, 0], owed[f, what, 1] + minutes)


@kernel
def book_couple_minutes(couple: CoupleRow, homes: int, gone: int, p: Practices, row: MonthlyCounts) -> float:
    """Book the minutes of a couple's shift by use; return the minutes of each stretch that took place.

    ``homes`` and ``gone`` are its stretches at homes and its cancelled ones.  Updates the `minutes_…` of ``row``.
    """
    fixed = couple.duty_end - couple.duty_start
    calls = min(couple.busy, MINUTES_A_SHIFT - p.brief - fixed)
    free = MINUTES_A_SHIFT - p.brief - fixed - calls
    work = couple.for_meetings + couple.for_requests + couple.for_problems
    street = max(0, couple.slots - work - homes - gone)
    # The minutes left are shared equally by the stretches that took place, so that all uses add up to 480.
    each = free / max(1, work + homes + street)
    ordered = street if couple.block == USE_QUICK_ARRESTS else min(street, couple.for_orders)
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
    return each


@kernel
def work_off_stretches(w: World, f: int, couple: CoupleRow, each: float) -> None:
    """Work off owed minutes by the planned stretches of a couple, of ``each`` minutes; updates `minutes_owed[f]`."""
    work_off_minutes(w, f, FOR_MEETINGS, each * couple.for_meetings)
    work_off_minutes(w, f, FOR_REQUESTS, each * couple.for_requests)
    work_off_minutes(w, f, FOR_PROBLEMS, each * couple.for_problems)


@kernel
def count_own_sector_shift(w: World, couple: CoupleRow, free: float, row: MonthlyCounts) -> None:
    """Count a shift in the lead's own sector and, if the lead has served there for half a year, a led shift."""
    lead = w.officers[couple.lead]
    if couple.sector == lead.sector:
        row.shifts_own += 1.0
        row.minutes_own += free
        row.shifts_led += 1.0 if w.tick - lead.tick_sector >= HALF_YEAR else 0.0


@step(allocates=True)
def book_minutes(w: World) -> None:
    """Book the minutes and litres of every couple on duty.

    Updates `tally`, `minutes_owed` and the couples' stretches.
    """
    couples = w.couples
    tally = w.tally[0]
    homes, gone = np.zeros(len(couples), np.int64), np.zeros(len(couples), np.int64)
    km = np.zeros(len(couples))
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post < 0:
            continue
        if visit.alive == 0:
            gone[visit.post] += 1
            continue
        homes[visit.post] += 1 if visit.kind == HOMES else 0
        tally.visits_foot += 1.0 if visit.kind < HOMES and has_no_motor(couples[visit.post].mode) else 0.0
        record_stretch(couples[visit.post], visit.kind - AT_MEETING)
        km[visit.post] += visit.km
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0:
            continue
        f = w.posts[post].facility
        p, r = w.p.practices[w.facilities[f].settlement], w.p.roster[w.facilities[f].settlement]
        each = book_couple_minutes(couple, homes[post], gone[post], p, tally)
        work_off_stretches(w, f, couple, each)
        free = MINUTES_A_SHIFT - p.brief - (couple.duty_end - couple.duty_start)
        count_own_sector_shift(w, couple, free, tally)
        driven = couple.tank - couple.km + km[post]
        if couple.mode == VEHICLE:
            tally.litres += LITRES_A_GALLON * driven / r.km_per_gallon
        elif couple.mode == MOTORCYCLE:
            tally.litres += LITRES_A_GALLON * driven / r.km_per_gallon_motorcycle


def hours_measure(use: str) -> Measure:
    """Return the measure of officers' hours for one use, two officers in a couple."""

    def read(month: MonthSnapshot) -> float:
        return 2.0 / MINUTES_AN_HOUR * float(month.tally[f"minutes_{use}"])

    return Measure("hours", read)


def minutes_per_couple_shift(month: MonthSnapshot) -> float:
    """Return the minutes booked per couple-shift, which are 480."""
    return ratio_or_nan(sum(float(month.tally[f"minutes_{use}"]) for use in MINUTE_USES), month.tally["couple_shifts"])


def yearly_rate_per_resident(count: str) -> Callable[[MonthSnapshot], float]:
    """Return the reader of a monthly count as a rate per resident and year."""

    def read(month: MonthSnapshot) -> float:
        return ratio_or_nan(DAYS_A_YEAR / month.world.days_of_month * month.tally[count], month.count("all"))

    return read


MECHANISM = Mechanism(
    named="minutes",
    tables=(MINUTES_OWED,),
    counts=MinuteCounts,
    measures={f"hours_{use}": hours_measure(use) for use in MINUTE_USES}
    | {
        "minutes_booked": Measure("minutes", minutes_per_couple_shift),
        "litres": Measure("litres"),
        "visits_foot": Measure("visits"),
        "shifts_own": Measure("shifts"),
        "shifts_led": Measure("shifts"),
    },
)
