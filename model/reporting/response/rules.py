"""M12, response: couples answer calls within limits of time, fuel and distance, graver calls first.

A call that no couple can answer in this shift waits for the next one or is lost.

Switched off, every call is answered after a constant time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from model.community.consent.rules import ConsentTables, consents_to_arrest, needs_consent
from model.crime.crime_counts.schema import UNSERVED_BY
from model.crime.deterrence.schema import Deterrence
from model.engine.calendar import MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.elementary import exp, log1p
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.justice.justice.schema import Justice
from model.police.adoption.rules import explains_delay
from model.police.adoption.schema import Adoption
from model.police.contacts.rules import treats_fairly
from model.police.contacts.schema import RUDE, Contacts
from model.police.patrol.rules import (
    cancel_visits_without_fuel,
    couple_cell_at,
    first_covering_couple_visit,
    occupy_couple,
    remaining_km,
    straight_km,
)
from model.police.patrol.schema import Patrol
from model.police.plans.schema import KNOWN
from model.police.pressure.schema import Pressure
from model.reporting.reporting.rules import CaseTables, append_unserved_call, open_communal_case
from model.reporting.response.schema import (
    ALL_CAUGHT,
    ANSWERED_CALL,
    ARREST_STREAM,
    CALL_DECLINED_STREAM,
    CALL_LATE,
    CALL_SERVED,
    DECLINE_KM,
    GOODS_STREAM,
    GRADE_GRAVE,
    GRADE_MIDDLE,
    GRADE_SLIGHT,
    KM_PER_HOUR,
    LONGEST_WAIT,
    ON_PAPER,
    SERVICE_STREAM,
    TREATMENT_STREAM,
    WAITING,
    WAITS,
    WRITTEN_COLUMNS,
    Response,
    ResponseCounts,
)
from model.town.crime_kinds import HOMICIDE
from model.town.police import BICYCLE, VEHICLE, Officer, Post, has_no_motor
from model.trust.events.rules import record_event_with_treatment
from model.trust.ledger.rules import attribute_to_couple, learn
from model.world.binding import cell_size_km, computed, constant, of
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    ARRESTS,
    CALLS,
    COMMUNAL,
    DECLINED,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    N_PROBLEMS,
    NO_ARRIVAL,
    NO_FUEL,
    NO_HOURS,
    NO_VEHICLES,
    RESPONSES,
    SIGNED,
    TO_PATROL,
    UNSERVEDS,
    Call,
    Incident,
    ShiftEventTables,
)
from model.world.state import CASES, CoupleRow
from model.world.steps import KernelArguments, Room, in_order, kernel_step, rows_of


def staffed_facilities(world: World) -> IntArray:
    """Return 1 for each facility with posts, else 0."""
    return np.isin(np.arange(len(world.town.facilities)), world.town.posts["facility"]).astype(np.int64)


class ResponseTables(TableBundle):
    """Couples on duty, and parameters of dispatch, arrest and treatment.

    ``staffed`` is 1 for facilities with posts; ``known`` the crime in their forms, by cell, problem and shift.
    """

    couples: Rows[CoupleRow]
    officers: Rows[Officer]
    cell_km: float = computed(cell_size_km)
    patrol: Rows[Patrol]
    response: Rows[Response]
    contacts: Rows[Contacts]
    justice: Rows[Justice]
    adoption: Rows[Adoption]
    pressure: Rows[Pressure]
    posts: Rows[Post]
    staffed: IntArray = constant(staffed_facilities)
    known: FloatArray = of(KNOWN)
    consent: ConsentTables
    cases: CaseTables
    waits: IntArray = of(WAITS)


class Trip(NamedTuple):
    """Trip of a couple to a call: minutes of the shift at its start and arrival, and kilometres.

    ``post`` is the couple's row, or -1 - reason if no couple can go.
    """

    post: int
    start: float
    arrival: float
    km: float


@kernel
def is_served_before(a: Call, b: Call) -> bool:
    """Return whether call a is served before call b: by severity, then minute, birth and number."""
    if a.severity != b.severity:
        return a.severity > b.severity
    if a.minute != b.minute:
        return a.minute < b.minute
    if a.born != b.born:
        return a.born < b.born
    return a.number < b.number


@allocating_kernel
def serving_order(calls: Rows[Call], n: int) -> IntArray:
    """Return the rows of the first n calls in the order in which they are served."""
    # Insertion sort: a shift has few calls, and numpy cannot sort by four keys in a kernel.
    order = np.arange(n)
    for k in range(1, n):
        row = order[k]
        left = k
        while left > 0 and is_served_before(calls[row], calls[order[left - 1]]):
            order[left] = order[left - 1]
            left -= 1
        order[left] = row
    return order


@kernel
def road_slowness(road: int, p: Response) -> float:
    """Return the time per kilometre on this class of road, relative to a paved one."""
    if road == 0:
        return 1.0
    if road == 1:
        return p.dirt
    return p.path if road == 2 else p.no_road


@kernel
def call_grade(severity: float, p: Response) -> int:
    """Return the grade of a call by its severity: slight, middle or grave."""
    if severity >= p.grave:
        return GRADE_GRAVE
    return GRADE_MIDDLE if severity >= p.middle else GRADE_SLIGHT


@kernel
def service_limit(grade: int, p: Response) -> float:
    """Return the wait (minutes) after which nobody goes to a call of this grade."""
    if grade == GRADE_SLIGHT:
        return p.within_slight
    return p.within_middle if grade == GRADE_MIDDLE else p.within_grave


@kernel
def km_reserve(grade: int, p: Response) -> float:
    """Return the kilometres of fuel that are kept back from calls of this grade for graver ones."""
    if grade == GRADE_SLIGHT:
        return p.reserve_slight
    return p.reserve_middle if grade == GRADE_MIDDLE else 0.0


@kernel
def last_service_minute(line: Call, tick: int, p: Response) -> float:
    """Return the last minute for a couple to arrive, counted from the start of this shift; it may lie beyond it."""
    return line.since - MINUTES_A_SHIFT * (tick - line.born) + service_limit(call_grade(line.severity, p), p)


@kernel
def is_called_out(tables: ResponseTables, post: int, f: int, grade: int) -> bool:
    """Return whether a couple is asked to answer a call of facility f.

    It is if on duty, for calls of its own facility, grave calls, and those of facilities without posts.
    """
    if tables.couples[post].on == 0:
        return False
    return grade == GRADE_GRAVE or tables.staffed[f] == 0 or tables.posts[post].facility == f


@kernel
def no_trip(reason: int) -> Trip:
    """Return the record of a trip that does not take place."""
    return Trip(post=-1 - reason, start=0.0, arrival=0.0, km=0.0)


@kernel
def plan_trip(shift: ShiftContext, tables: ResponseTables, post: int, line: Call, p: Response, detour: float) -> Trip:
    """Return the trip of a couple to a call if it can go, else the reason why not.

    ``detour`` is the length of the way by road over the straight line.
    """
    couple, cells, grade = tables.couples[post], shift.ground.cells, call_grade(line.severity, p)
    latest = min(MINUTES_A_SHIFT, last_service_minute(line, shift.tick, p))
    start = max(line.since - MINUTES_A_SHIFT * (shift.tick - line.born) + p.handling, couple.free)
    if grade == GRADE_SLIGHT and couple.duty_start <= start < couple.duty_end:
        start = couple.duty_end
    here = couple_cell_at(shift.day, tables.couples, post, start)
    straight = straight_km(cells, here, line.cell, tables.cell_km)
    pace = MINUTES_AN_HOUR * road_slowness(cells[line.cell].road, p)
    if has_no_motor(couple.mode):
        reach = p.foot_km * (p.bicycle if couple.mode == BICYCLE else 1.0)
        arrival = start + straight / KM_PER_HOUR[couple.mode] * pace
        if straight <= reach and arrival <= latest:
            return Trip(post=post, start=start, arrival=arrival, km=straight)
        driven = start + detour * straight / KM_PER_HOUR[VEHICLE] * pace
        return no_trip(NO_VEHICLES if driven <= latest else NO_HOURS)
    km = detour * straight
    arrival = start + km / KM_PER_HOUR[couple.mode] * pace
    if arrival > latest:
        return no_trip(NO_HOURS)
    if km > remaining_km(shift.day, tables.couples, post, start) - km_reserve(grade, p):
        return no_trip(NO_FUEL)
    return Trip(post=post, start=start, arrival=arrival, km=km)


@kernel
def choose_couple(shift: ShiftContext, tables: ResponseTables, line: Call, p: Response, detour: float) -> Trip:
    """Return the trip of the couple that arrives first, else why none can go: fuel, vehicles or hours."""
    best = no_trip(NO_HOURS)
    fuel = vehicles = False
    f, grade = shift.ground.cells[line.cell].facility, call_grade(line.severity, p)
    for post in range(len(tables.couples)):
        if not is_called_out(tables, post, f, grade):
            continue
        trip = plan_trip(shift, tables, post, line, p, detour)
        if trip.post >= 0:
            if best.post < 0 or trip.arrival < best.arrival:
                best = trip
        elif trip.post == -1 - NO_FUEL:
            fuel = True
        elif trip.post == -1 - NO_VEHICLES:
            vehicles = True
    if best.post >= 0 or not (fuel or vehicles):
        return best
    return no_trip(NO_FUEL if fuel else NO_VEHICLES)


@kernel
def lead_declines(shift: ShiftContext, tables: ResponseTables, line: Call, trip: Trip, z: int) -> bool:
    """Return whether the lead of a couple declines a call that the couple could answer.

    ``z`` is the settlement of the call.
    """
    couple, p, known = tables.couples[trip.post], tables.response[z], 0.0
    for problem in range(N_PROBLEMS):
        known += tables.known[line.cell, problem, shift.tick % SHIFTS]
    odds = p.decline + p.decline_gravity * line.severity
    odds += p.decline_km * trip.km / DECLINE_KM
    odds += p.decline_load * couple.calls
    if not has_no_motor(couple.mode) and remaining_km(shift.day, tables.couples, trip.post, trip.start) < p.low_km:
        odds += p.decline_low
    if shift.tick % SHIFTS == NIGHT:
        odds += p.decline_night
    odds += p.decline_danger * log1p(known)
    odds -= p.decline_keen * tables.officers[couple.lead].motivation + p.decline_control * tables.pressure[z].control
    return keyed_uniform(shift.seed, CALL_DECLINED_STREAM, line.born, line.number, 0) < logistic(odds)


@kernel
def first_couple_on_duty(couples: Rows[CoupleRow]) -> int:
    """Return the first couple on duty, or -1."""
    for post in range(len(couples)):
        if couples[post].on == 1:
            return post
    return -1


@kernel
def record_answer(shift: ShiftContext, tables: ResponseTables, line: Call, post: int, wait: float) -> None:
    """Record an answered call and the impression that it leaves; ``wait`` is in minutes.

    Appends to `day.responses`, `day.impressions`, `day.signed`; updates `waits`, `minds.met`, `minds.met_free` and the
    counts.
    """
    z = to_int64(max(shift.ground.cells[line.cell].settlement, 0))
    p, trust = tables.response[z], shift.trust[shift.ground.people[line.teller].settlement]
    born, number, i = line.born, line.number, line.teller
    served = shift.day.responses[shift.day.counts[RESPONSES]]
    served.born, served.number, served.post, served.cell, served.wait = born, number, post, line.cell, wait
    served.board = line.board
    shift.day.counts[RESPONSES] += 1
    tables.waits[min(LONGEST_WAIT, int(wait))] += 1
    shift.tally[0].served += 1.0
    if wait <= MINUTES_AN_HOUR:
        shift.tally[0].served_in_hour += 1.0
    contacts = tables.contacts[z]
    officer = tables.officers[tables.couples[post].lead]
    fair = treats_fairly(officer, contacts, keyed_uniform(shift.seed, TREATMENT_STREAM, born, number, 0))
    # Effectiveness is judged by the wait, fairness by the treatment.
    kind, weight = (CALL_SERVED, trust.served) if wait <= p.patience else (CALL_LATE, trust.late)
    treatment, treatment_weight = (kind, weight) if fair else (RUDE, contacts.weight_rude)
    if wait > p.patience and explains_delay(officer, tables.adoption[z], born, number, shift.seed):
        weight = 0.0
        shift.tally[0].explained += 1.0
    first = shift.day.counts[IMPRESSIONS]
    record_event_with_treatment(shift, i, kind, weight, treatment, treatment_weight)
    attribute_to_couple(shift.day, first, post, line.cell)
    shift.minds[i].met = shift.minds[i].met_free = shift.tick


@kernel
def append_arrest(day: ShiftEventTables, k: int, post: int, with_goods: bool) -> None:
    """Record the arrest of the offender of incident k; updates `incidents.arrested`, appends to `day.arrests`."""
    day.incidents[k].arrested = 1
    arrest = day.arrests[day.counts[ARRESTS]]
    arrest.incident, arrest.number, arrest.post, arrest.held = k, day.incidents[k].number, post, 0
    arrest.goods = 1 if with_goods else 0
    day.counts[ARRESTS] += 1


@kernel
def hand_to_authority(shift: ShiftContext, tables: ResponseTables, row: Incident, z: int) -> None:
    """Bring an incident before the authority of settlement ``z``, which withheld its consent to the arrest.

    Appends to `cases` if somebody told of it.
    """
    if row.teller >= 0 and row.told != COMMUNAL:
        open_communal_case(shift, tables.cases, row, z, 0)
        shift.tally[0].consent_arrests_communal += 1.0


@kernel
def attempt_arrest(shift: ShiftContext, tables: ResponseTables, post: int, k: int, delay: float, z: int) -> None:
    """Arrest the offender of incident k, with a chance that falls with the delay (minutes) since the crime.

    In a canton whose authority withholds its consent, the case goes before that authority instead.  Transport and
    hearing take the couple off the street.  ``z`` is the settlement of the incident.
    """
    row, p = shift.day.incidents[k], tables.response[z]
    number = row.number
    if row.arrested == 1 or row.motive == IMITATOR:
        return
    chance = p.catch * exp(-delay / p.trail) * (p.killers if row.kind == HOMICIDE else 1.0)
    if keyed_uniform(shift.seed, ARREST_STREAM, shift.tick, number, 0) >= chance:
        return
    if needs_consent(row, tables.consent.communal[z].grave) and not consents_to_arrest(
        shift, tables.consent, z, number, row.severity
    ):
        hand_to_authority(shift, tables, row, z)
        return
    with_goods = p.goods * exp(-delay / p.goods_minutes)
    append_arrest(shift.day, k, post, keyed_uniform(shift.seed, GOODS_STREAM, shift.tick, number, 0) < with_goods)
    start = max(row.minute + delay, tables.couples[post].free)
    occupy_couple(tables.couples, shift.day, post, start, start + MINUTES_AN_HOUR * tables.justice[z].hours)
    shift.tally[0].couple_hours_used += tables.justice[z].hours


@kernel
def take_up_waiting_calls(day: ShiftEventTables, waiting: Rows[Call], count: IntArray) -> None:
    """Append the calls carried over to those of the shift, as of its first minute; empties ``waiting``."""
    for k in range(count[0]):
        n = day.counts[CALLS]
        day.calls[n] = waiting[k]
        day.calls[n].incident, day.calls[n].minute = -1, 0.0
        day.counts[CALLS] = n + 1
    count[0] = 0


@kernel
def carry_call_over(waiting: Rows[Call], count: IntArray, line: Call) -> None:
    """Carry a call over to the next shift; appends to ``waiting``."""
    waiting[count[0]] = line
    count[0] += 1


@kernel
def travel_to_call(shift: ShiftContext, tables: ResponseTables, line: Call, trip: Trip, p: Response) -> None:
    """Send a couple to a call, which takes time and fuel; updates `couples` and the counts.

    Visits without fuel are cancelled.
    """
    start, post = trip.start, trip.post
    couple = tables.couples[post]
    couple.calls += 1
    couple.cell = line.cell
    end = trip.arrival + p.service * (0.5 + keyed_uniform(shift.seed, SERVICE_STREAM, line.born, line.number, 0))
    on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
    shift.tally[0].couple_hours_used += (end - start - on_duty) / MINUTES_AN_HOUR
    occupy_couple(tables.couples, shift.day, post, start, end)
    if not has_no_motor(couple.mode):
        couple.km -= trip.km
        shift.tally[0].km += trip.km
        cancel_visits_without_fuel(shift.day, tables.couples, post)


@kernel
def dispatch_couple(shift: ShiftContext, tables: ResponseTables, line: Call, z: int) -> tuple[int, float]:
    """Send a couple to a call; return its row and its minute of arrival, or (-1 - reason, 0) if nobody goes.

    ``z`` is the settlement of the call.
    """
    p = tables.response[z]
    if keyed_uniform(shift.seed, ON_PAPER, line.born, line.number, 0) < p.on_paper:
        return -1 - NO_ARRIVAL, 0.0
    trip = choose_couple(shift, tables, line, p, tables.patrol[z].detour)
    if trip.post < 0:
        return trip.post, 0.0
    if lead_declines(shift, tables, line, trip, z):
        return -1 - DECLINED, 0.0
    travel_to_call(shift, tables, line, trip, p)
    return trip.post, trip.arrival


@kernel
def serve_call(shift: ShiftContext, tables: ResponseTables, line: Call, waiting: Rows[Call], count: IntArray) -> None:
    """Answer a call, carry it over to the next shift, or record it as unserved."""
    z = max(shift.ground.cells[line.cell].settlement, 0)
    p = tables.response[z]
    can_wait = False
    if p.constant > 0.0:
        post, arrival = first_couple_on_duty(tables.couples), line.minute + p.constant
        reason = NO_HOURS
    else:
        post, arrival = dispatch_couple(shift, tables, line, z)
        reason = -1 - post
        lasting = reason not in (NO_ARRIVAL, DECLINED)
        can_wait = lasting and last_service_minute(line, shift.tick, p) > MINUTES_A_SHIFT
    if post < 0 and can_wait:
        carry_call_over(waiting, count, line)
    elif post < 0:
        append_unserved_call(shift, line.teller, line.born, line.number, reason, line.board)
        shift.day.unserved[shift.day.counts[UNSERVEDS] - 1].cell = line.cell
    else:
        wait = MINUTES_A_SHIFT * (shift.tick - line.born) + arrival - line.since
        record_answer(shift, tables, line, post, wait)
        if line.incident >= 0:
            delay = arrival - shift.day.incidents[line.incident].minute
            attempt_arrest(shift, tables, post, line.incident, delay, z)


@allocating_kernel
def serve_calls(
    shift: ShiftContext, tables: ResponseTables, deterrence: Rows[Deterrence], waiting: Rows[Call], count: IntArray
) -> None:
    """Serve the calls of the shift and those carried over; then couples at the place of a crime try to arrest.

    Appends to `day.responses`, `day.unserved`, `day.arrests`, `day.impressions`, `day.signed`; updates ``waiting``.
    """
    day = shift.day
    shift.tally[0].calls += day.counts[CALLS]
    take_up_waiting_calls(day, waiting, count)
    for row in serving_order(day.calls, day.counts[CALLS]):
        serve_call(shift, tables, day.calls[row], waiting, count)
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.found == 0 and row.told != TO_PATROL:
            continue
        z = max(shift.ground.cells[row.cell].settlement, 0)
        visit = first_covering_couple_visit(day, row.cell, row.minute, deterrence[z].residual)
        if visit >= 0:
            attempt_arrest(shift, tables, day.visits[visit].post, k, 0.0, z)
    for k in range(day.counts[INCIDENTS]):
        p = tables.response[max(shift.ground.cells[day.incidents[k].cell].settlement, 0)]
        if p.all_caught == 0.0 or day.incidents[k].arrested == 1:
            continue
        if keyed_uniform(shift.seed, ALL_CAUGHT, shift.tick, day.incidents[k].number, 0) < p.all_caught:
            append_arrest(day, k, -1, True)


def room_for_answers(world: World) -> Room:
    """Return the rows that the answers to all calls may need, and the arrests at the place of a crime."""
    tables = (CALLS, RESPONSES, UNSERVEDS, IMPRESSIONS, SIGNED, WAITING, CHOICES, CASES)
    return {**dict.fromkeys(tables, rows_of(CALLS) + rows_of(WAITING)), ARRESTS: rows_of(INCIDENTS)}


@kernel_step(serve_calls, room_for_answers)
def answer_calls(world: World) -> KernelArguments:
    """Return the arguments of `serve_calls`."""
    waiting = world.state[WAITING]
    tables = world.view(ResponseTables)
    return world.shift_context(), tables, world.parameters[Deterrence], waiting.rows, waiting.count


step = in_order(answer_calls, learn)
"""Serve the calls of the shift, and apply the impressions of callers to their beliefs."""


def wait_quantile_measure(share: float) -> Callable[[MonthSnapshot], float]:
    """Return the measure of a quantile of the wait (minutes) of those served; nan if nobody was served."""

    def read(month: MonthSnapshot) -> float:
        waits = month.world.state[WAITS]
        if not waits.sum():
            return math.nan
        return float(np.searchsorted(np.cumsum(waits), waits.sum() * share))

    return read


def count_closed_calls(month: MonthSnapshot) -> float:
    """Return the calls that the police count as served, those closed on paper included."""
    return float(month.tally.served + month.world.state[UNSERVED_BY][NO_ARRIVAL])


MECHANISM = Mechanism(
    group=Response,
    tables=(WAITING, WAITS),
    knockout=Knockout(("response_minutes_median", "calls_unserved")),
    counts=ResponseCounts,
    causes=(ANSWERED_CALL,),
    writes=WRITTEN_COLUMNS,
    measures={
        "response_minutes_median": Measure("minutes", wait_quantile_measure(0.5)),
        "response_minutes_p90": Measure("minutes", wait_quantile_measure(0.9)),
        "calls_unserved": Measure("calls", lambda month: float(month.world.state[UNSERVED_BY].sum())),
        "calls_closed": Measure("calls", count_closed_calls),
    },
)
