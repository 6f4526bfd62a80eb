"""M12, response: couples of the sector by time, litres and way, graver calls first; else a call is lost (ODD 6.9).

Switched off, every call is answered after a constant time.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.crime.crime_counts.schema import UNSERVED_BY
from model.crime.deterrence.schema import Deterrence
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
from model.reporting.reporting.rules import append_unserved_call
from model.reporting.response.schema import (
    ALL_CAUGHT,
    ANSWERED_CALL,
    ARREST_STREAM,
    CALL_DECLINED_STREAM,
    CALL_LATE,
    CALL_SERVED,
    GOODS_STREAM,
    GRADE_GRAVE,
    GRADE_MIDDLE,
    GRADE_SLIGHT,
    KM_PER_HOUR,
    LONGEST_WAIT,
    NIGHT_SHIFT,
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
from model.trust.ledger.rules import attribute_to_couple
from model.trust.ledger.schema import Trust
from model.world.binding import cell_size_km, computed, constant, of
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    ARRESTS,
    CALLS,
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
    ShiftEventTables,
)
from model.world.state import CoupleRow


def staffed_facilities(world: World) -> IntArray:
    """Return which facilities have posts."""
    return np.isin(np.arange(len(world.town.facilities)), world.town.posts["facility"]).astype(np.int64)


class ResponseTables(TableBundle):
    """The couples on the street, and the numbers by which they answer, arrest and treat people.

    ``staffed`` tells which facilities have posts, ``known`` what crime their forms remember.
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
    waits: IntArray = of(WAITS)


@kernel
def is_served_before(a: Call, b: Call) -> bool:
    """Whether call a is served before call b."""
    if a.severity != b.severity:
        return a.severity > b.severity
    if a.minute != b.minute:
        return a.minute < b.minute
    if a.born != b.born:
        return a.born < b.born
    return a.number < b.number


@allocating_kernel
def serving_order(calls: Rows[Call], n: int) -> IntArray:
    """Rows of the first n calls in the order in which they are served."""
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
    """Time that a kilometre takes on this class of road, relative to a paved one."""
    if road == 0:
        return 1.0
    if road == 1:
        return p.dirt
    return p.path if road == 2 else p.no_road


@kernel
def call_grade(severity: float, p: Response) -> int:
    """Whether a call is slight, middle or grave."""
    if severity >= p.grave:
        return GRADE_GRAVE
    return GRADE_MIDDLE if severity >= p.middle else GRADE_SLIGHT


@kernel
def service_limit(grade: int, p: Response) -> float:
    """Minutes after which nobody goes to a call any more."""
    if grade == GRADE_SLIGHT:
        return p.within_slight
    return p.within_middle if grade == GRADE_MIDDLE else p.within_grave


@kernel
def km_reserve(grade: int, p: Response) -> float:
    """Kilometres that are kept back from a call for graver ones."""
    if grade == GRADE_SLIGHT:
        return p.reserve_slight
    return p.reserve_middle if grade == GRADE_MIDDLE else 0.0


@kernel
def last_service_minute(line: Call, tick: int, p: Response) -> float:
    """Minute of this shift, or of a later one, after which nobody goes to a call any more."""
    return line.since - 480.0 * (tick - line.born) + service_limit(call_grade(line.severity, p), p)


@kernel
def is_called_out(force: ResponseTables, post: int, f: int, grade: int) -> bool:
    """Whether a call of facility f concerns this couple: its own, or a grave one, or f has no couples at all."""
    if force.couples[post].on == 0:
        return False
    return grade == GRADE_GRAVE or force.staffed[f] == 0 or force.posts[post].facility == f


@kernel
def plan_trip(
    stage: ShiftContext, force: ResponseTables, post: int, line: Call, p: Response, detour: float
) -> tuple[float, float, float, int]:
    """Start, arrival and kilometres of a couple that could go, and -1; else what is scarce."""
    couple, cells, grade = force.couples[post], stage.ground.cells, call_grade(line.severity, p)
    until = min(480.0, last_service_minute(line, stage.tick, p))
    start = max(line.since - 480.0 * (stage.tick - line.born) + p.handling, couple.free)
    if grade == GRADE_SLIGHT and couple.duty_start <= start < couple.duty_end:
        start = couple.duty_end
    here = couple_cell_at(stage.day, force.couples, post, start)
    straight = straight_km(cells, here, line.cell, force.cell_km)
    pace = 60.0 * road_slowness(cells[line.cell].road, p)
    if has_no_motor(couple.mode):
        reach = p.foot_km * (p.bicycle if couple.mode == BICYCLE else 1.0)
        arrival = start + straight / KM_PER_HOUR[couple.mode] * pace
        if straight <= reach and arrival <= until:
            return start, arrival, straight, -1
        driven = start + detour * straight / KM_PER_HOUR[VEHICLE] * pace
        return 0.0, 0.0, 0.0, NO_VEHICLES if driven <= until else NO_HOURS
    km = detour * straight
    arrival = start + km / KM_PER_HOUR[couple.mode] * pace
    if arrival > until:
        return 0.0, 0.0, 0.0, NO_HOURS
    if km > remaining_km(stage.day, force.couples, post, start) - km_reserve(grade, p):
        return 0.0, 0.0, 0.0, NO_FUEL
    return start, arrival, km, -1


@kernel
def choose_couple(
    stage: ShiftContext, force: ResponseTables, line: Call, p: Response, detour: float
) -> tuple[int, float, float, float]:
    """Couple that arrives first, its start, arrival and kilometres; or (-1 - reason, 0, 0, 0)."""
    best, best_start, best_arrival, best_km = -1, 0.0, 0.0, 0.0
    fuel = vehicles = False
    f, grade = stage.ground.cells[line.cell].facility, call_grade(line.severity, p)
    for post in range(len(force.couples)):
        if not is_called_out(force, post, f, grade):
            continue
        start, arrival, km, reason = plan_trip(stage, force, post, line, p, detour)
        if reason == NO_FUEL:
            fuel = True
        elif reason == NO_VEHICLES:
            vehicles = True
        elif reason < 0 and (best < 0 or arrival < best_arrival):
            best, best_start, best_arrival, best_km = post, start, arrival, km
    if best >= 0:
        return best, best_start, best_arrival, best_km
    reason = NO_HOURS
    if fuel:
        reason = NO_FUEL
    elif vehicles:
        reason = NO_VEHICLES
    return -1 - reason, 0.0, 0.0, 0.0


@kernel
def lead_declines(
    stage: ShiftContext,
    force: ResponseTables,
    line: Call,
    post: int,
    start: float,
    km: float,
    p: Response,
    control: float,
) -> bool:
    """Whether the lead of a couple that could go to a call does not."""
    couple, known = force.couples[post], 0.0
    for problem in range(N_PROBLEMS):
        known += force.known[line.cell, problem, stage.tick % 3]
    odds = p.decline + p.decline_gravity * line.severity + p.decline_km * km / 5.0 + p.decline_load * couple.calls
    if not has_no_motor(couple.mode) and remaining_km(stage.day, force.couples, post, start) < p.low_km:
        odds += p.decline_low
    if stage.tick % 3 == NIGHT_SHIFT:
        odds += p.decline_night
    odds += p.decline_danger * math.log1p(known)
    odds -= p.decline_keen * force.officers[couple.lead].motivation + p.decline_control * control
    return keyed_uniform(stage.seed, CALL_DECLINED_STREAM, line.born, line.number, 0) < logistic(odds)


@kernel
def first_couple_on_duty(couples: Rows[CoupleRow]) -> int:
    """First couple on duty, or -1."""
    for post in range(len(couples)):
        if couples[post].on == 1:
            return post
    return -1


@kernel
def record_answer(
    stage: ShiftContext, force: ResponseTables, line: Call, post: int, wait: float, p: Response, trust: Trust
) -> None:
    """Note how long the caller waited and how the couple treated them."""
    born, number, i = line.born, line.number, line.teller
    served = stage.day.responses[stage.day.counts[RESPONSES]]
    served.born, served.number, served.post, served.cell, served.wait = born, number, post, line.cell, wait
    served.board = line.board
    stage.day.counts[RESPONSES] += 1
    force.waits[min(LONGEST_WAIT, int(wait))] += 1
    stage.tally[0].served += 1.0
    if wait <= 60.0:
        stage.tally[0].served_in_hour += 1.0
    contacts = force.contacts[max(stage.ground.cells[line.cell].settlement, 0)]
    officer = force.officers[force.couples[post].lead]
    fair = treats_fairly(officer, contacts, keyed_uniform(stage.seed, TREATMENT_STREAM, born, number, 0))
    home = to_int64(stage.ground.cells[line.cell].settlement)
    kind, weight = (CALL_SERVED, trust.served) if wait <= p.patience else (CALL_LATE, trust.late)
    treatment, treatment_weight = (kind, weight) if fair else (RUDE, contacts.weight_rude)
    if wait > p.patience and explains_delay(officer, force.adoption[max(home, 0)], born, number, stage.seed):
        weight = 0.0
        stage.tally[0].explained += 1.0
    first = stage.day.counts[IMPRESSIONS]
    record_event_with_treatment(stage, i, kind, weight, treatment, treatment_weight)
    attribute_to_couple(stage.day, first, post, line.cell)
    stage.minds[i].met = stage.minds[i].met_free = stage.tick


@kernel
def append_arrest(day: ShiftEventTables, k: int, post: int, with_goods: bool) -> None:
    """Write down the arrest of the offender of an incident."""
    day.incidents[k].arrested = 1
    arrest = day.arrests[day.counts[ARRESTS]]
    arrest.incident, arrest.number, arrest.post, arrest.held = k, day.incidents[k].number, post, 0
    arrest.goods = 1 if with_goods else 0
    day.counts[ARRESTS] += 1


@kernel
def attempt_arrest(stage: ShiftContext, force: ResponseTables, post: int, k: int, delay: float, z: int) -> None:
    """Catch the offender of an incident, perhaps; transport and hearing take the couple off the street."""
    row, p = stage.day.incidents[k], force.response[z]
    number = row.number
    if row.arrested == 1 or row.motive == IMITATOR:
        return
    chance = p.catch * math.exp(-delay / p.trail) * (p.killers if row.kind == HOMICIDE else 1.0)
    if keyed_uniform(stage.seed, ARREST_STREAM, stage.tick, number, 0) >= chance:
        return
    append_arrest(
        stage.day,
        k,
        post,
        keyed_uniform(stage.seed, GOODS_STREAM, stage.tick, number, 0) < p.goods * math.exp(-delay / 60.0),
    )
    start = max(row.minute + delay, force.couples[post].free)
    occupy_couple(force.couples, stage.day, post, start, start + 60.0 * force.justice[z].hours)
    stage.tally[0].couple_hours_used += force.justice[z].hours


@kernel
def take_up_waiting_calls(day: ShiftEventTables, waiting: Rows[Call], count: IntArray) -> None:
    """Put the calls carried over behind those of the shift; they wait from its first minute."""
    for k in range(count[0]):
        n = day.counts[CALLS]
        day.calls[n] = waiting[k]
        day.calls[n].incident, day.calls[n].minute = -1, 0.0
        day.counts[CALLS] = n + 1
    count[0] = 0


@kernel
def carry_call_over(waiting: Rows[Call], count: IntArray, line: Call) -> None:
    """Keep a call for the next shift."""
    waiting[count[0]] = line
    count[0] += 1


@kernel
def travel_to_call(
    stage: ShiftContext, force: ResponseTables, line: Call, post: int, way: tuple[float, float, float], p: Response
) -> None:
    """Let a couple go to a call by start, arrival and kilometres: it spends time and litres."""
    start, arrival, km = way
    couple = force.couples[post]
    couple.calls += 1
    couple.cell = line.cell
    end = arrival + p.service * (0.5 + keyed_uniform(stage.seed, SERVICE_STREAM, line.born, line.number, 0))
    on_duty = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
    stage.tally[0].couple_hours_used += (end - start - on_duty) / 60.0
    occupy_couple(force.couples, stage.day, post, start, end)
    if not has_no_motor(couple.mode):
        couple.km -= km
        stage.tally[0].km += km
        cancel_visits_without_fuel(stage.day, force.couples, post)


@kernel
def dispatch_couple(stage: ShiftContext, force: ResponseTables, line: Call, z: int) -> tuple[int, float]:
    """Find a couple whose lead does not decline, and send it; return it and its arrival, or (-1 - reason, 0)."""
    p = force.response[z]
    if keyed_uniform(stage.seed, ON_PAPER, line.born, line.number, 0) < p.on_paper:
        return -1 - NO_ARRIVAL, 0.0
    post, start, arrival, km = choose_couple(stage, force, line, p, force.patrol[z].detour)
    if post < 0:
        return post, 0.0
    if lead_declines(stage, force, line, post, start, km, p, force.pressure[z].control):
        return -1 - DECLINED, 0.0
    travel_to_call(stage, force, line, post, (start, arrival, km), p)
    return post, arrival


@kernel
def serve_call(stage: ShiftContext, force: ResponseTables, line: Call, waiting: Rows[Call], count: IntArray) -> None:
    """Answer a call, carry it over, or lose it."""
    z = max(stage.ground.cells[line.cell].settlement, 0)
    p, trust = force.response[z], stage.trust[stage.ground.people[line.teller].settlement]
    born, number = line.born, line.number
    patient = False
    if p.constant > 0.0:
        post, arrival = first_couple_on_duty(force.couples), line.minute + p.constant
        reason = NO_HOURS
    else:
        post, arrival = dispatch_couple(stage, force, line, z)
        reason = -1 - post
        patient = reason not in (NO_ARRIVAL, DECLINED) and last_service_minute(line, stage.tick, p) > 480.0
    if post < 0 and patient:
        carry_call_over(waiting, count, line)
    elif post < 0:
        append_unserved_call(stage, line.teller, born, number, reason, line.board)
    else:
        record_answer(stage, force, line, post, 480.0 * (stage.tick - born) + arrival - line.since, p, trust)
        if line.incident >= 0:
            delay = arrival - stage.day.incidents[line.incident].minute
            attempt_arrest(stage, force, post, line.incident, delay, z)


@allocating_kernel
def serve_calls(
    stage: ShiftContext, force: ResponseTables, deterrence: Rows[Deterrence], waiting: Rows[Call], count: IntArray
) -> None:
    """Serve the calls of the shift and those carried over; then couples that saw a crime try to arrest."""
    day = stage.day
    stage.tally[0].calls += day.counts[CALLS]
    take_up_waiting_calls(day, waiting, count)
    for row in serving_order(day.calls, day.counts[CALLS]):
        serve_call(stage, force, day.calls[row], waiting, count)
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.found == 0 and row.told != TO_PATROL:
            continue
        z = max(stage.ground.cells[row.cell].settlement, 0)
        visit = first_covering_couple_visit(day, row.cell, row.minute, deterrence[z].residual)
        if visit >= 0:
            attempt_arrest(stage, force, day.visits[visit].post, k, 0.0, z)
    for k in range(day.counts[INCIDENTS]):
        p = force.response[max(stage.ground.cells[day.incidents[k].cell].settlement, 0)]
        if p.all_caught == 0.0 or day.incidents[k].arrested == 1:
            continue
        if keyed_uniform(stage.seed, ALL_CAUGHT, stage.tick, day.incidents[k].number, 0) < p.all_caught:
            append_arrest(day, k, -1, True)


def step(world: World) -> None:
    """Serve the calls; who was answered, or not, learns from it."""
    state, book = world.state, world.shift_events
    most = book.counts.item(CALLS) + len(state[WAITING])
    for table in (CALLS, RESPONSES, UNSERVEDS, IMPRESSIONS, SIGNED):
        book.reserve(table, most)
    book.reserve(ARRESTS, book.counts.item(INCIDENTS))
    state[WAITING].reserve(most)
    waiting = state[WAITING]
    world.run_kernel(
        serve_calls,
        lambda: (
            world.shift_context(),
            world.view(ResponseTables),
            world.parameters[Deterrence],
            waiting.rows,
            waiting.count,
        ),
    )
    world.apply_impressions()


def wait_quantile_measure(share: float) -> Callable[[MonthSnapshot], float]:
    """Return the measure of the minutes within which this share of those served had a couple; nan of nobody."""

    def read(month: MonthSnapshot) -> float:
        waits = month.world.state[WAITS]
        if not waits.sum():
            return math.nan
        return float(np.searchsorted(np.cumsum(waits), waits.sum() * share))

    return read


def count_closed_calls(month: MonthSnapshot) -> float:
    """Calls that the police count as served, those closed on paper among them."""
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
