"""M12, response: couples answer calls within limits of time, fuel and distance, graver calls first.

A call that no couple can answer in this shift waits for the next one or is lost.

Switched off, every call is answered after a constant time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.community.consent import consents_to_arrest, needs_consent
from model.engine.calendar import MINUTES_A_SHIFT, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.causes import declare_cause
from model.engine.domains import COUNT
from model.engine.elementary import exp, log1p
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.rows import Row, to_int64
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.police.adoption import explains_delay
from model.police.contacts import RUDE, treats_fairly
from model.police.patrol import (
    cancel_visits_without_fuel,
    couple_cell_at,
    first_covering_visit,
    occupy_couple,
    remaining_km,
    straight_km,
)
from model.reporting.reporting import append_unserved_call, open_communal_case
from model.town.crime_kinds import HOMICIDE
from model.town.police import BICYCLE, KM_PER_HOUR, VEHICLE, has_no_motor
from model.trust.events import declare_event, record_event_with_treatment
from model.trust.ledger import attribute_to_couple, learn
from model.trust.service import record_call_service
from model.world.derived import constant
from model.world.mechanism import Knockout, Measure, Mechanism
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
)
from model.world.steps import in_order, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.steps import Room

CALL_DECLINED_STREAM, SERVICE_STREAM, TREATMENT_STREAM = (
    stream_id("call declined"),
    stream_id("service"),
    stream_id("treatment"),
)
ON_PAPER = stream_id("served on paper")
ARREST_STREAM, GOODS_STREAM, ALL_CAUGHT = stream_id("arrest"), stream_id("goods"), stream_id("all caught")
GRADE_SLIGHT, GRADE_MIDDLE, GRADE_GRAVE = range(3)
"""Grades of calls by severity."""
DECLINE_KM = 5.0
"""Kilometres in which `response.decline_km` is stated."""
LONGEST_WAIT = 1440
"""Wait (minutes) of the last class of `CALLS_BY_WAIT`, with all longer ones."""
ANSWERED_CALL = declare_cause("answered_call", 5)
CALL_SERVED = declare_event("call_served", 77, cause=ANSWERED_CALL)
CALL_LATE = declare_event("call_late", 78, cause=ANSWERED_CALL)


@dataclass(frozen=True, init=False)
class Response(ParameterGroup):
    """Parameters of the response to calls: limits, reserves, declining, arrests."""

    name: ClassVar[str] = "response"
    evidence: ClassVar[tuple[str, ...]] = ("A11", "H05", "I01", "I03", "I11", "U05", "U06")

    line_answered: float
    on_paper: float
    foot_km: float
    bicycle: float
    handling: float
    middle: float
    grave: float
    within_slight: float
    within_middle: float
    within_grave: float
    reserve_slight: float
    reserve_middle: float
    decline: float
    decline_gravity: float
    decline_km: float
    decline_low: float
    low_km: float
    decline_night: float
    decline_load: float
    decline_danger: float
    decline_keen: float
    decline_control: float
    constant: float
    dirt: float
    path: float
    no_road: float
    service: float
    patience: float
    catch: float
    killers: float
    trail: float
    goods: float
    goods_minutes: float
    all_caught: float


WAITING = GrowingTableSpec(name="waiting", row=Call, about="Calls that wait.")
CARRIED = GrowingTableSpec(name="carried", row=Incident, about="Incidents of calls that were carried over.")
CALLS_BY_WAIT = ArraySpec(
    name="calls_by_wait",
    of=np.int64,
    shape=(LONGEST_WAIT + 1,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Calls by minutes waited.",
    domain=COUNT,
)


class ResponseCounts(Row):
    """Counts of a month."""

    calls: float
    served: float
    served_in_hour: float


@constant
def staffed_facilities(sim: Simulation) -> IntArray:
    """Return 1 for each facility with posts, else 0."""
    return np.isin(np.arange(len(sim.town.facilities)), sim.town.posts["facility"]).astype(np.int64)


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
def serving_order(w: World, n: int) -> IntArray:
    """Return the rows of the first n calls in the order in which they are served."""
    # Insertion sort: a shift has few calls, and numpy cannot sort by four keys in a kernel.
    order = np.arange(n)
    for k in range(1, n):
        row = order[k]
        left = k
        while left > 0 and is_served_before(w.calls[row], w.calls[order[left - 1]]):
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
def is_called_out(w: World, post: int, f: int, grade: int) -> bool:
    """Return whether a couple is asked to answer a call of facility f.

    It is if on duty, for calls of its own facility, grave calls, and those of facilities without posts.
    """
    if w.couples[post].on == 0:
        return False
    return grade == GRADE_GRAVE or w.staffed_facilities[f] == 0 or w.posts[post].facility == f


@kernel
def no_trip(reason: int) -> Trip:
    """Return the record of a trip that does not take place."""
    return Trip(post=-1 - reason, start=0.0, arrival=0.0, km=0.0)


@kernel
def plan_trip(w: World, post: int, line: Call, p: Response, detour: float) -> Trip:
    """Return the trip of a couple to a call if it can go, else the reason why not.

    ``detour`` is the length of the way by road over the straight line.
    """
    couple, cells, grade = w.couples[post], w.cells, call_grade(line.severity, p)
    latest = min(MINUTES_A_SHIFT, last_service_minute(line, w.tick, p))
    start = max(line.since - MINUTES_A_SHIFT * (w.tick - line.born) + p.handling, couple.free)
    if grade == GRADE_SLIGHT and couple.duty_start <= start < couple.duty_end:
        start = couple.duty_end
    here = couple_cell_at(w, post, start)
    straight = straight_km(w, here, line.cell)
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
    if km > remaining_km(w, post, start) - km_reserve(grade, p):
        return no_trip(NO_FUEL)
    return Trip(post=post, start=start, arrival=arrival, km=km)


@kernel
def choose_couple(w: World, line: Call, p: Response, detour: float) -> Trip:
    """Return the trip of the couple that arrives first, else why none can go: fuel, vehicles or hours."""
    best = no_trip(NO_HOURS)
    fuel = vehicles = False
    f, grade = w.cells[line.cell].facility, call_grade(line.severity, p)
    for post in range(len(w.couples)):
        if not is_called_out(w, post, f, grade):
            continue
        trip = plan_trip(w, post, line, p, detour)
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
def lead_declines(w: World, line: Call, trip: Trip, z: int) -> bool:
    """Return whether the lead of a couple declines a call that the couple could answer.

    ``z`` is the settlement of the call.
    """
    couple, p, known = w.couples[trip.post], w.p.response[z], 0.0
    for problem in range(N_PROBLEMS):
        known += w.crimes_known[line.cell, problem, w.tick % SHIFTS]
    odds = p.decline + p.decline_gravity * line.severity
    odds += p.decline_km * trip.km / DECLINE_KM
    odds += p.decline_load * couple.calls
    if not has_no_motor(couple.mode) and remaining_km(w, trip.post, trip.start) < p.low_km:
        odds += p.decline_low
    if w.tick % SHIFTS == NIGHT:
        odds += p.decline_night
    odds += p.decline_danger * log1p(known)
    odds -= p.decline_keen * w.officers[couple.lead].motivation + p.decline_control * w.p.pressure[z].control
    return keyed_uniform(w.seed, CALL_DECLINED_STREAM, line.born, line.number, 0) < logistic(odds)


@kernel
def first_couple_on_duty(w: World) -> int:
    """Return the first couple on duty, or -1."""
    for post in range(len(w.couples)):
        if w.couples[post].on == 1:
            return post
    return -1


@kernel
def record_answer(w: World, line: Call, post: int, wait: float) -> None:
    """Record an answered call and the impression that it leaves; ``wait`` is in minutes.

    Appends to `responses`, `impressions`, `signed`; updates `waits`, `minds`, `local_service` and the counts.
    """
    z = to_int64(max(w.cells[line.cell].settlement, 0))
    p, trust = w.p.response[z], w.p.trust[w.people[line.teller].settlement]
    born, number, i = line.born, line.number, line.teller
    served = w.responses[w.counts[RESPONSES]]
    served.born, served.number, served.post, served.cell, served.wait = born, number, post, line.cell, wait
    served.board = line.board
    w.counts[RESPONSES] += 1
    w.calls_by_wait[min(LONGEST_WAIT, int(wait))] += 1
    w.tally[0].served += 1.0
    if wait <= MINUTES_AN_HOUR:
        w.tally[0].served_in_hour += 1.0
    contacts = w.p.contacts[z]
    officer = w.officers[w.couples[post].lead]
    fair = treats_fairly(officer, contacts, keyed_uniform(w.seed, TREATMENT_STREAM, born, number, 0))
    # Effectiveness is judged by the wait, fairness by the treatment.
    kind, weight = (CALL_SERVED, trust.served) if wait <= p.patience else (CALL_LATE, trust.late)
    treatment, treatment_weight = (kind, weight) if fair else (RUDE, contacts.weight_rude)
    if wait > p.patience and explains_delay(w, officer, w.p.adoption[z], born, number):
        weight = 0.0
        w.tally[0].explained += 1.0
    first = w.counts[IMPRESSIONS]
    record_event_with_treatment(w, i, kind, weight, treatment, treatment_weight)
    attribute_to_couple(w, first, post, line.cell)
    w.minds[i].met = w.minds[i].met_free = w.tick
    record_call_service(w, i, 1.0 if wait <= p.patience else w.p.service[z].late)


@kernel
def append_arrest(w: World, row: Incident, k: int, post: int, with_goods: bool) -> None:
    """Record the arrest of the offender of an incident, number k of its table.

    Updates `incidents.arrested` or `carried.arrested`; appends to `arrests`.
    """
    row.arrested = 1
    arrest = w.arrests[w.counts[ARRESTS]]
    arrest.incident, arrest.carried, arrest.number, arrest.post = k, int(row.tick < w.tick), row.number, post
    arrest.held, arrest.goods = 0, 1 if with_goods else 0
    w.counts[ARRESTS] += 1


@kernel
def hand_to_authority(w: World, row: Incident, z: int) -> None:
    """Bring an incident before the authority of settlement ``z``, which withheld its consent to the arrest.

    Appends to `cases` if somebody reported it.
    """
    if row.teller >= 0 and row.reported_to != COMMUNAL:
        open_communal_case(w, row, z, 0)
        w.tally[0].consent_arrests_communal += 1.0


@kernel
def attempt_arrest(w: World, post: int, row: Incident, k: int, delay: float, z: int) -> None:
    """Arrest the offender of incident k of its table; the chance falls with the delay (minutes) since the crime.

    In a canton whose authority withholds its consent, the case goes before that authority instead.  Transport and
    hearing take the couple off the street.  ``z`` is the settlement of the incident.
    """
    p, number = w.p.response[z], row.number
    if row.arrested == 1 or row.motive == IMITATOR:
        return
    chance = p.catch * exp(-delay / p.trail) * (p.killers if row.kind == HOMICIDE else 1.0)
    if keyed_uniform(w.seed, ARREST_STREAM, row.tick, number, 0) >= chance:
        return
    if needs_consent(row, w.p.communal_authority[z].grave) and not consents_to_arrest(w, z, number, row.severity):
        hand_to_authority(w, row, z)
        return
    with_goods = p.goods * exp(-delay / p.goods_minutes)
    append_arrest(w, row, k, post, keyed_uniform(w.seed, GOODS_STREAM, row.tick, number, 0) < with_goods)
    start = max(row.minute + delay - MINUTES_A_SHIFT * (w.tick - row.tick), w.couples[post].free)
    occupy_couple(w, post, start, start + MINUTES_AN_HOUR * w.p.justice[z].hours)
    w.tally[0].couple_hours_used += w.p.justice[z].hours


@kernel
def incident_of_call(w: World, line: Call) -> Incident:
    """Return the incident that a call of this shift, or one carried over, is about."""
    return w.carried[line.incident] if line.born < w.tick else w.incidents[line.incident]


@kernel
def take_up_waiting_calls(w: World) -> None:
    """Append the calls carried over to those of the shift, as of its first minute; empties `waiting`.

    Of `carried`, the incidents of these calls remain, in their order.
    """
    left = 0
    for k in range(w.waiting_count[0]):
        n = w.counts[CALLS]
        w.calls[n] = w.waiting[k]
        w.calls[n].minute = 0.0
        if w.waiting[k].incident >= 0:
            w.carried[left] = w.carried[w.waiting[k].incident]
            w.calls[n].incident = left
            left += 1
        w.counts[CALLS] = n + 1
    w.waiting_count[0], w.carried_count[0] = 0, left


@kernel
def carry_call_over(w: World, line: Call) -> None:
    """Carry a call over to the next shift; appends to `waiting`."""
    w.waiting[w.waiting_count[0]] = line
    w.waiting_count[0] += 1


@kernel
def keep_incidents_of_waiting(w: World) -> None:
    """Append the incidents of the calls that wait, as they stand at the end of the shift, to `carried`."""
    for k in range(w.waiting_count[0]):
        if w.waiting[k].incident >= 0:
            w.carried[w.carried_count[0]] = incident_of_call(w, w.waiting[k])
            w.waiting[k].incident = w.carried_count[0]
            w.carried_count[0] += 1


@kernel
def travel_to_call(w: World, line: Call, trip: Trip, p: Response) -> None:
    """Send a couple to a call, which takes time and fuel; updates `couples` and the counts.

    Visits without fuel are cancelled.
    """
    start, post = trip.start, trip.post
    couple = w.couples[post]
    couple.calls += 1
    couple.cell = line.cell
    end = trip.arrival + p.service * (0.5 + keyed_uniform(w.seed, SERVICE_STREAM, line.born, line.number, 0))
    on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
    w.tally[0].couple_hours_used += (end - start - on_duty) / MINUTES_AN_HOUR
    occupy_couple(w, post, start, end)
    if not has_no_motor(couple.mode):
        couple.km -= trip.km
        w.tally[0].km += trip.km
        cancel_visits_without_fuel(w, post)


@kernel
def dispatch_couple(w: World, line: Call, z: int) -> tuple[int, float]:
    """Send a couple to a call; return its row and its minute of arrival, or (-1 - reason, 0) if nobody goes.

    ``z`` is the settlement of the call.
    """
    p = w.p.response[z]
    if keyed_uniform(w.seed, ON_PAPER, line.born, line.number, 0) < p.on_paper:
        return -1 - NO_ARRIVAL, 0.0
    trip = choose_couple(w, line, p, w.p.patrol[z].detour)
    if trip.post < 0:
        return trip.post, 0.0
    if lead_declines(w, line, trip, z):
        return -1 - DECLINED, 0.0
    travel_to_call(w, line, trip, p)
    return trip.post, trip.arrival


@kernel
def serve_call(w: World, line: Call) -> None:
    """Answer a call, carry it over to the next shift, or record it as unserved."""
    z = max(w.cells[line.cell].settlement, 0)
    p = w.p.response[z]
    can_wait = False
    if p.constant > 0.0:
        post, arrival = first_couple_on_duty(w), line.minute + p.constant
        reason = NO_HOURS
    else:
        post, arrival = dispatch_couple(w, line, z)
        reason = -1 - post
        lasting = reason not in (NO_ARRIVAL, DECLINED)
        can_wait = lasting and last_service_minute(line, w.tick, p) > MINUTES_A_SHIFT
    if post < 0 and can_wait:
        carry_call_over(w, line)
    elif post < 0:
        append_unserved_call(w, line.teller, line.born, line.number, reason, line.board)
        w.unserved[w.counts[UNSERVEDS] - 1].cell = line.cell
    else:
        wait = MINUTES_A_SHIFT * (w.tick - line.born) + arrival - line.since
        record_answer(w, line, post, wait)
        if line.incident >= 0:
            row = incident_of_call(w, line)
            delay = MINUTES_A_SHIFT * (w.tick - line.born) + arrival - row.minute
            attempt_arrest(w, post, row, line.incident, delay, z)


def room_for_answers(sim: Simulation) -> Room:
    """Return the rows that the answers to all calls may need, and the arrests at the place of a crime."""
    tables = (CALLS, RESPONSES, UNSERVEDS, IMPRESSIONS, SIGNED, "waiting", "carried", "choices", "cases")
    answers: Room = dict.fromkeys(tables, rows_of(CALLS) + rows_of("waiting"))
    return {**answers, ARRESTS: rows_of(INCIDENTS) + rows_of("carried")}


@step(room=room_for_answers, allocates=True)
def serve_calls(w: World) -> None:
    """Serve the calls of the shift and those carried over; then couples at the place of a crime try to arrest.

    Appends to `responses`, `unserved`, `arrests`, `impressions`, `signed`; updates `waiting` and `carried`.
    """
    w.tally[0].calls += w.counts[CALLS]
    take_up_waiting_calls(w)
    for row in serving_order(w, w.counts[CALLS]):
        serve_call(w, w.calls[row])
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if row.found == 0 and row.reported_to != TO_PATROL:
            continue
        z = max(w.cells[row.cell].settlement, 0)
        visit = first_covering_visit(w, row.cell, row.minute, w.p.deterrence[z].residual, True)
        if visit >= 0:
            attempt_arrest(w, w.visits[visit].post, row, k, 0.0, z)
    for k in range(w.counts[INCIDENTS]):
        p = w.p.response[max(w.cells[w.incidents[k].cell].settlement, 0)]
        if p.all_caught == 0.0 or w.incidents[k].arrested == 1:
            continue
        if keyed_uniform(w.seed, ALL_CAUGHT, w.tick, w.incidents[k].number, 0) < p.all_caught:
            append_arrest(w, w.incidents[k], k, -1, True)
    keep_incidents_of_waiting(w)


respond = in_order(serve_calls, learn)
"""Serve the calls of the shift, and apply the impressions of callers to their beliefs."""


def wait_quantile_measure(share: float) -> Callable[[MonthSnapshot], float]:
    """Return the measure of a quantile of the wait (minutes) of those served; nan if nobody was served."""

    def read(month: MonthSnapshot) -> float:
        waits = month.world.w.calls_by_wait
        if not waits.sum():
            return math.nan
        return float(np.searchsorted(np.cumsum(waits), waits.sum() * share))

    return read


def count_closed_calls(month: MonthSnapshot) -> float:
    """Return the calls that the police count as served, those closed on paper included."""
    return float(month.tally.served + month.world.w.unserved_by[NO_ARRIVAL])


MECHANISM = Mechanism(
    group=Response,
    tables=(WAITING, CARRIED, CALLS_BY_WAIT),
    knockout=Knockout(("response_minutes_median", "calls_unserved")),
    counts=ResponseCounts,
    causes=(ANSWERED_CALL,),
    measures={
        "response_minutes_median": Measure("minutes", wait_quantile_measure(0.5)),
        "response_minutes_p90": Measure("minutes", wait_quantile_measure(0.9)),
        "calls_unserved": Measure("calls", lambda month: float(month.world.w.unserved_by.sum())),
        "calls_closed": Measure("calls", count_closed_calls),
    },
)
