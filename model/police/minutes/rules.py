"""M43, minutes: use of the 480 minutes of a couple's shift, which always add up.

Facilities owe minutes to meetings, requests and problems.  `owed[facility, use]` holds two running sums since the
start, minutes asked and minutes given; a request is done when the minutes given reach its mark.  Couples work them off
in planned stretches where the work is, which come out of patrol.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.community.requests.schema import REQUESTS, RequestRow
from model.engine.calendar import DAYS_A_YEAR, HALF_YEAR, MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.chief.rules import USE_QUICK_ARRESTS
from model.police.minutes.schema import (
    FOR_MEETINGS,
    FOR_PROBLEMS,
    FOR_REQUESTS,
    LITRES_A_GALLON,
    MINUTE_TOLERANCE,
    MINUTE_USES,
    N_OWED_USES,
    OWED,
    STRETCH_HOMES,
    STRETCH_PATROL,
    MinuteCounts,
)
from model.police.practices.schema import Practices
from model.police.roster.schema import Roster
from model.problems.problems.schema import PROBLEMS, ProblemRow
from model.town.authorities import AuthorityRow
from model.town.police import MOTORCYCLE, VEHICLE, FacilityRow
from model.town.territory import Cell
from model.world.binding import count_of, of
from model.world.columns import MonthlyCounts
from model.world.mechanism import Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import AT_MEETING, HOMES, VISITS
from model.world.state import COUPLES, Board, CoupleRow
from model.world.steps import KernelArguments, kernel_step


class WorkPlaces(TableBundle):
    """Minutes owed by the facilities, and the communities and problems for which they are owed."""

    owed: FloatArray = of(OWED)
    cells: Rows[Cell]
    facilities: Rows[FacilityRow]
    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    requests: Rows[RequestRow]
    requests_count: IntArray = count_of(REQUESTS)
    problems: Rows[ProblemRow]
    problems_count: IntArray = count_of(PROBLEMS)


@kernel
def add_owed_minutes(owed: FloatArray, f: int, what: int, minutes: float) -> float:
    """Ask couples of a facility for minutes; return the mark: the sum asked at which these have been given."""
    owed[f, what, 0] += minutes
    mark: float = owed[f, what, 0]
    return mark


@kernel
def is_worked_off(owed: FloatArray, f: int, what: int, mark: float) -> bool:
    """Return whether the minutes asked up to a mark have been given."""
    return bool(owed[f, what, 1] >= mark - MINUTE_TOLERANCE)


@kernel
def cancel_owed_minutes(owed: FloatArray, f: int, what: int, mark: float) -> None:
    """Cancel minutes asked up to a mark that have not been given."""
    owed[f, what, 1] = max(owed[f, what, 1], mark)


@kernel
def remaining_owed_minutes(owed: FloatArray, taken: FloatArray, f: int, what: int) -> float:
    """Return the minutes that a facility still owes, less those planned in this shift (``taken``)."""
    left: float = owed[f, what, 0] - owed[f, what, 1] - taken[f, what]
    return left


@kernel
def stretch_minutes(p: Practices, n: int) -> float:
    """Return the minutes of one of the ``n`` stretches of a shift."""
    return (MINUTES_A_SHIFT - p.brief) / n


@kernel
def stretch_use(owed: FloatArray, taken: FloatArray, f: int, tick: int) -> int:
    """Return the use of a planned stretch: owed minutes first, then homes, at night patrol.

    At night only problems are worked on.
    """
    night = tick % SHIFTS == NIGHT
    for what in range(N_OWED_USES):
        if (what == FOR_PROBLEMS or not night) and remaining_owed_minutes(owed, taken, f, what) > 0.0:
            return what
    return STRETCH_PATROL if night else STRETCH_HOMES


@kernel
def meeting_cell(places: WorkPlaces, f: int, done: float) -> int:
    """Return the cell of the community whose meeting facility ``f`` works for next, after ``done`` minutes."""
    cell, least = places.facilities[f].cell, math.inf
    for a in range(len(places.authorities)):
        here, mark = places.authorities[a].cell, places.boards[a].mark
        if places.cells[here].facility == f and done < mark < least:
            cell, least = here, mark
    return cell


@kernel
def request_cell(places: WorkPlaces, f: int, done: float) -> int:
    """Return the cell of the community whose request facility ``f`` works on next, after ``done`` minutes."""
    cell, least = places.facilities[f].cell, math.inf
    for k in range(places.requests_count[0]):
        here, mark = places.authorities[places.requests[k].authority].cell, places.requests[k].mark
        if places.cells[here].facility == f and done < mark < least:
            cell, least = here, mark
    return cell


@kernel
def problem_cell(places: WorkPlaces, f: int, u: float) -> int:
    """Return the cell of a problem drawn with uniform ``u``, by the minutes that facility ``f`` owes for it."""
    total, cell = 0.0, places.facilities[f].cell
    for i in range(places.problems_count[0]):
        total += places.problems[i].owed if places.problems[i].facility == f else 0.0
    left = u * total
    for i in range(places.problems_count[0]):
        row = places.problems[i]
        if row.facility == f and row.owed > 0.0:
            cell = row.cell
            if left < row.owed:
                return cell
            left -= row.owed
    return cell


@kernel
def work_cell(places: WorkPlaces, taken: FloatArray, f: int, what: int, u: float) -> int:
    """Return the cell in which facility ``f`` works off minutes next; ``u`` draws among problems."""
    if what == FOR_PROBLEMS:
        return problem_cell(places, f, u)
    done = places.owed[f, what, 1] + taken[f, what]
    return meeting_cell(places, f, done) if what == FOR_MEETINGS else request_cell(places, f, done)


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
def work_off_minutes(owed: FloatArray, f: int, what: int, minutes: float) -> None:
    """Add minutes given for a use, at most those asked."""
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
def work_off_stretches(owed: FloatArray, f: int, couple: CoupleRow, each: float) -> None:
    """Work off owed minutes by the planned stretches of a couple, of ``each`` minutes; updates ``owed[f]``."""
    work_off_minutes(owed, f, FOR_MEETINGS, each * couple.for_meetings)
    work_off_minutes(owed, f, FOR_REQUESTS, each * couple.for_requests)
    work_off_minutes(owed, f, FOR_PROBLEMS, each * couple.for_problems)


@kernel
def count_own_sector_shift(couple: CoupleRow, plant: PoliceTables, free: float, tick: int, row: MonthlyCounts) -> None:
    """Count a shift in the lead's own sector and, if the lead has served there for half a year, a led shift."""
    lead = plant.officers[couple.lead]
    if couple.sector == lead.sector:
        row.shifts_own += 1.0
        row.minutes_own += free
        row.shifts_led += 1.0 if tick - lead.tick_sector >= HALF_YEAR else 0.0


@allocating_kernel
def record_minutes(
    shift: ShiftContext,
    couples: Rows[CoupleRow],
    plant: PoliceTables,
    owed: FloatArray,
    practices: Rows[Practices],
    roster: Rows[Roster],
) -> None:
    """Book the minutes and litres of every couple on duty; updates `tally`, ``owed`` and the couples' stretches."""
    day, tally = shift.day, shift.tally[0]
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
        record_stretch(couples[visit.post], visit.kind - AT_MEETING)
        km[visit.post] += visit.km
    for post in range(len(couples)):
        couple = couples[post]
        if couple.on == 0:
            continue
        f = plant.posts[post].facility
        p, r = practices[plant.facilities[f].settlement], roster[plant.facilities[f].settlement]
        each = book_couple_minutes(couple, homes[post], gone[post], p, tally)
        work_off_stretches(owed, f, couple, each)
        free = MINUTES_A_SHIFT - p.brief - (couple.duty_end - couple.duty_start)
        count_own_sector_shift(couple, plant, free, shift.tick, tally)
        driven = couple.tank - couple.km + km[post]
        if couple.mode == VEHICLE:
            tally.litres += LITRES_A_GALLON * driven / r.km_per_gallon
        elif couple.mode == MOTORCYCLE:
            tally.litres += LITRES_A_GALLON * driven / r.km_per_gallon_motorcycle


@kernel_step(record_minutes)
def step(world: World) -> KernelArguments:
    """Book the minutes of the couples of this shift."""
    state, numbers = world.state, world.parameters
    return world.shift_context(), state[COUPLES], world.plant, state[OWED], numbers[Practices], numbers[Roster]


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
    tables=(OWED,),
    counts=MinuteCounts,
    writes=("couples.for_meetings", "couples.for_requests", "couples.for_problems"),
    measures={f"hours_{use}": hours_measure(use) for use in MINUTE_USES}
    | {
        "minutes_booked": Measure("minutes", minutes_per_couple_shift),
        "litres": Measure("litres"),
        "shifts_own": Measure("shifts"),
        "shifts_led": Measure("shifts"),
    },
)
