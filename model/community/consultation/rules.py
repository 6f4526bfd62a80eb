"""M18, consultation: meetings of communities and police, attendance, requests and answers.

Councils speak for those who attend.  A meeting is two-way only if its request is answered within 30 days, with what
was asked or with a reason.  Switched off, nobody meets.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.communal_authority.rules import council_members_by_settlement
from model.community.consultation.schema import (
    ATTENDS_STREAM,
    CALLED_BY_POLICE_STREAM,
    COMUPRE_BODY,
    COUNCIL_BODY,
    DOOR_COUNT,
    DOOR_MONTH_DAYS,
    DOOR_TO_DOOR,
    DOOR_TONE,
    DOOR_WHO,
    FOLLOWED_UP_STREAM,
    HEARS_OF,
    INFORMED,
    INVITED_STREAM,
    MAX_ATTENDING,
    MAX_DOORS,
    MAX_INVITED,
    MEETING_CAUSE,
    MEETING_DAY,
    MEETING_DAYS,
    MEETING_HELD,
    MEETING_MARK,
    MEETING_TONE,
    NETWORK_BODY,
    TABLE_BODY,
    TAKES_PART,
    TOLD_OF,
    WRITTEN_COLUMNS,
    Consultation,
    ConsultationCounts,
)
from model.community.requests.rules import (
    ConsultationTables,
    answer_requests,
    assign_requests,
    bring_requests,
    bring_table_request,
    serving_facility,
)
from model.community.requests.schema import (
    ANSWER_SHIFTS,
    ITEMS,
    MAX_REQUESTS,
    PRESENT,
    REQUEST_MET,
    REQUEST_UNMET,
    REQUESTS,
    SUFFERED,
)
from model.engine.calendar import (
    EVENINGS,
    FIRST_DAYS,
    MONTH,
    MONTHS_A_YEAR,
    SHIFTS,
    YEAR,
)
from model.engine.elementary import log
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, to_int64
from model.police.contacts.rules import treats_fairly
from model.police.contacts.schema import MINIMUM_AGE, RUDE
from model.police.minutes.rules import add_owed_minutes, yearly_rate_per_resident
from model.police.minutes.schema import FOR_MEETINGS, OWED
from model.town.residents import ADULT_AGE
from model.town.territory import FAR_MINUTES
from model.trust.events.rules import record_event
from model.trust.ledger.rules import learn, trace_to_origin, trust_now
from model.trust.public_events import spread_public_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MEETINGS
from model.world.state import BOARDS, OFFICERS
from model.world.steps import KernelArguments, Room, in_order, kernel_step, python_step, rows_of


@kernel
def is_held_today(rate: float, who: int, month: int, day_of_month: int, seed: int) -> bool:
    """Return whether body ``who`` holds a meeting today, day ``day_of_month`` of month number ``month``.

    ``rate`` is in meetings per year; a body meets at most once a month.
    """
    if day_of_month != 1 + int(MEETING_DAYS * keyed_uniform(seed, MEETING_DAY, month, who, 0)):
        return False
    return keyed_uniform(seed, MEETING_HELD, month, who, 0) < rate / MONTHS_A_YEAR


@kernel
def attendance_probability(
    shift: ShiftContext, tables: ConsultationTables, i: int, a: int, p: Consultation, usual: float
) -> float:
    """Return the probability that resident ``i`` attends a meeting at the seat of authority ``a``.

    ``usual`` is the readiness to attend of an average resident, in log-odds.
    """
    mind, person, cells = shift.minds[i], shift.ground.people[i], shift.ground.cells
    z = person.settlement
    home, seat = cells[person.home], cells[tables.authorities[a].cell]
    dx, dy = home.x - seat.x, home.y - seat.y
    wish = usual + p.attend_trust * (trust_now(mind, shift.tick, shift.trust[z]) - 0.5)
    wish += p.attend_women * person.female + p.attend_organised * (tables.boards[a].organised - 0.5)
    wish -= p.attend_km * math.sqrt(float(dx * dx + dy * dy)) * tables.cell_km
    if mind.harmed >= 0 and shift.tick - mind.harmed < YEAR:
        wish += p.attend_victim
    return logistic(wish)


@kernel
def attend_meeting(shift: ShiftContext, tables: ConsultationTables, i: int, a: int, first: int, usual: float) -> None:
    """Draw the attendance of resident ``i`` at a meeting of authority ``a``.

    ``first`` is the row of `present` of the first attendee, ``usual`` the usual readiness in log-odds.  Appends
    attendees to `present`; the chief listens to them.
    """
    p = tables.parameters[tables.authorities[a].settlement]
    ready = attendance_probability(shift, tables, i, a, p, usual)
    if shift.minds[i].gone >= 0 or keyed_uniform(shift.seed, ATTENDS_STREAM, shift.tick, i, 0) >= ready:
        return
    for k in range(first, tables.present_count[0]):
        if tables.present[k].who == i:
            return
    row = tables.present[tables.present_count[0]]
    row.due, row.authority, row.who = shift.tick + ANSWER_SHIFTS, a, i
    tables.present_count[0] += 1
    apply_chief_treatment(shift, tables, i, a)


@kernel
def apply_chief_treatment(shift: ShiftContext, tables: ConsultationTables, i: int, a: int) -> None:
    """Apply the treatment by the chief to a resident who speaks, fair or rude.

    The resident has an event of trust and a contact: updates `minds.met`, `minds.met_free` and the monthly counts.
    """
    person, contacts = shift.ground.people[i], tables.contacts[tables.authorities[a].settlement]
    fair = treats_fairly(
        tables.officers[tables.chiefs[a]], contacts, keyed_uniform(shift.seed, MEETING_TONE, shift.tick, i, 0)
    )
    first = shift.day.counts[IMPRESSIONS]
    if fair:
        record_event(shift, i, MEETING_CAUSE, contacts.weight_meeting)
    else:
        record_event(shift, i, RUDE, contacts.weight_rude)
    trace_to_origin(shift.day, first, MEETING_CAUSE)
    shift.minds[i].met = shift.minds[i].met_free = shift.tick
    shift.tally[0].council_heard += 1.0
    shift.tally[0].council_heard_women += person.female
    shift.tally[0].council_heard_far += 1.0 if shift.ground.cells[person.home].minutes > FAR_MINUTES else 0.0


@kernel
def is_recent_victim(shift: ShiftContext, i: int) -> bool:
    """Return whether resident ``i`` is an adult who was harmed in the last twelve months."""
    harmed = shift.minds[i].harmed
    return harmed >= 0 and shift.tick - harmed < YEAR and age_years(shift.ground.people[i], shift.tick) >= ADULT_AGE


@kernel
def admit_informed_residents(
    shift: ShiftContext, tables: ConsultationTables, a: int, p: Consultation, first: int, rate: float
) -> None:
    """Draw the attendance of residents who hear of the meetings of authority ``a``.

    ``rate`` is in meetings per year: those who come in a year are spread over its meetings.
    """
    z, share = tables.authorities[a].settlement, p.come / max(1.0, rate)
    # In place of `attend`: at this log-odds a year's meetings draw the share `come` of those who hear of them.
    usual = log(share / (1.0 - share))
    for j in range(tables.home_start[z], tables.home_start[z + 1]):
        i = tables.at_home[j]
        if tables.present_count[0] - first >= MAX_ATTENDING:
            return
        adult = age_years(shift.ground.people[i], shift.tick) >= ADULT_AGE
        if adult and shift.ground.people[i].council == 0 and keyed_uniform(shift.seed, HEARS_OF, 0, i, 0) < p.announced:
            attend_meeting(shift, tables, i, a, first, usual)


@kernel
def hold_meeting(
    shift: ShiftContext, tables: ConsultationTables, a: int, p: Consultation, rate: float, supported: int
) -> None:
    """Hold the meeting of authority ``a``: attendance, requests, and officers' numbers exchanged.

    ``supported`` is 1 if the facility has an order that supports consultation.  Updates `boards.met`, `boards.asked`,
    `boards.mark`, `boards.phones`, `boards.links`, `owed`; appends to `present`, `requests` and `day.meetings`.
    """
    z, board, first = tables.authorities[a].settlement, tables.boards[a], tables.present_count[0]
    for k in range(tables.council_start[z], tables.council_start[z + 1]):
        attend_meeting(shift, tables, tables.councils[k], a, first, p.attend)
    here = tables.home_start[z + 1] - tables.home_start[z]
    for j in range(MAX_INVITED if here > 0 else 0):
        i = tables.at_home[
            tables.home_start[z] + int(keyed_uniform(shift.seed, INVITED_STREAM, shift.tick, a, j) * here)
        ]
        if shift.ground.people[i].council == 0 and is_recent_victim(shift, i):
            attend_meeting(shift, tables, i, a, first, p.attend)
    if supported == 1 and p.announced > 0.0:
        admit_informed_residents(shift, tables, a, p, first, rate)
    called = 1 if keyed_uniform(shift.seed, CALLED_BY_POLICE_STREAM, shift.tick, a, 0) < p.police_call else 0
    came = tables.present_count[0] - first
    board.met = board.asked = shift.tick
    bring_requests(shift, tables, a, first, called, p)
    f = serving_facility(shift, tables, a)
    board.mark = add_owed_minutes(tables.owed, f, FOR_MEETINGS, tables.practices[z].meeting)
    board.phones += p.share_number * (1.0 - board.phones)
    board.links += p.bond * (1.0 - board.links)
    row = shift.day.meetings[shift.day.counts[MEETINGS]]
    row.authority, row.problem, row.by_police, row.came = a, board.problem, called, came
    row.at_table = 0
    shift.day.counts[MEETINGS] += 1
    shift.tally[0].meetings += 1.0


@kernel
def delegate_of(shift: ShiftContext, tables: ConsultationTables, a: int) -> int:
    """Return the first council member, living and here, of the settlement of authority ``a``, or -1."""
    z = tables.authorities[a].settlement
    for k in range(tables.council_start[z], tables.council_start[z + 1]):
        if shift.minds[tables.councils[k]].gone < 0:
            return to_int64(tables.councils[k])
    return to_int64(-1)


@kernel
def hold_table(shift: ShiftContext, tables: ConsultationTables, p: Consultation) -> None:
    """Hold the municipal table: a meeting with the police of each community that takes part.

    Its delegate is heard and asks for what the community suffered most.  Updates `boards.met`, `boards.links`, `owed`
    and the monthly counts; appends to `requests` and `day.meetings`.
    """
    shift.tally[0].table_meetings += 1.0
    for a in range(len(tables.boards)):
        board, i = tables.boards[a], delegate_of(shift, tables, a)
        if i < 0 or tables.chiefs[a] < 0 or shift.tick < board.silent_until:
            continue
        if keyed_uniform(shift.seed, TAKES_PART, shift.tick, a, 0) >= board.organised:
            continue
        apply_chief_treatment(shift, tables, i, a)
        board.met = shift.tick
        board.links += p.bond * (1.0 - board.links)
        row = shift.day.meetings[shift.day.counts[MEETINGS]]
        row.authority, row.by_police, row.came, row.at_table = a, 0, 1, 1
        row.problem = bring_table_request(shift, tables, a, float(shift.ground.people[i].female), p)
        shift.day.counts[MEETINGS] += 1
        shift.tally[0].table_communities += 1.0
    owe_table_minutes(shift, tables)


@kernel
def owe_table_minutes(shift: ShiftContext, tables: ConsultationTables) -> None:
    """Owe the minutes of a meeting at each facility that serves a community at the table; updates `owed`."""
    meetings, n = shift.day.meetings, shift.day.counts[MEETINGS]
    for f in range(len(tables.stations)):
        for k in range(n):
            a = meetings[k].authority
            if meetings[k].at_table == 1 and serving_facility(shift, tables, a) == f:
                add_owed_minutes(
                    tables.owed, f, FOR_MEETINGS, tables.practices[tables.authorities[a].settlement].meeting
                )
                break


@kernel
def hold_seat_meetings(shift: ShiftContext, tables: ConsultationTables, day_of_month: int) -> None:
    """Hold the meetings due today of the municipal table, council, COMUPRE and network for victims.

    Updates `requests.followed` and the monthly counts.
    """
    p, seed, month = tables.parameters[0], shift.seed, shift.month
    if is_held_today(p.rhythm * p.table, TABLE_BODY, month, day_of_month, seed):
        hold_table(shift, tables, p)
    if is_held_today(p.rhythm * p.council, COUNCIL_BODY, month, day_of_month, seed):
        shift.tally[0].council_meetings += 1.0
    if is_held_today(p.rhythm * p.comupre, COMUPRE_BODY, month, day_of_month, seed):
        shift.tally[0].comupre_meetings += 1.0
        for k in range(tables.requests_count[0]):
            request = tables.requests[k]
            if keyed_uniform(seed, FOLLOWED_UP_STREAM, request.asked, request.authority, request.nth) < p.follow_up:
                request.followed = 1
    if is_held_today(p.rhythm * p.network, NETWORK_BODY, month, day_of_month, seed):
        shift.tally[0].network_meetings += 1.0
        for j in range(MAX_INVITED):
            i = int(keyed_uniform(seed, INVITED_STREAM, shift.tick, NETWORK_BODY, j) * len(shift.minds))
            a = shift.ground.people[i].settlement
            living = shift.minds[i].gone < 0 and tables.chiefs[a] >= 0
            if (
                living
                and is_recent_victim(shift, i)
                and keyed_uniform(seed, ATTENDS_STREAM, shift.tick, i, 0)
                < attendance_probability(shift, tables, i, 0, p, p.attend)
            ):
                apply_chief_treatment(shift, tables, i, a)


@kernel
def visit_homes(shift: ShiftContext, tables: ConsultationTables, a: int, p: Consultation) -> None:
    """Visit homes of a settlement from door to door; residents have an event of trust and a contact."""
    z = tables.authorities[a].settlement
    first, here = tables.home_start[z], tables.home_start[z + 1] - tables.home_start[z]
    doors = (
        poisson_quantile(keyed_uniform(shift.seed, DOOR_COUNT, shift.tick, a, 0), p.door_to_door / DOOR_MONTH_DAYS)
        if here > 0
        else 0
    )
    contacts = tables.contacts[z]
    for j in range(min(doors, MAX_DOORS)):
        i = tables.at_home[first + int(keyed_uniform(shift.seed, DOOR_WHO, shift.tick, a, j) * here)]
        if shift.minds[i].gone >= 0 or age_years(shift.ground.people[i], shift.tick) < MINIMUM_AGE:
            continue
        fair = treats_fairly(
            tables.officers[tables.chiefs[a]], contacts, keyed_uniform(shift.seed, DOOR_TONE, shift.tick, a, j)
        )
        heard = shift.day.counts[IMPRESSIONS]
        if fair:
            record_event(shift, i, DOOR_TO_DOOR, p.door * contacts.weight_long)
        else:
            record_event(shift, i, RUDE, contacts.weight_rude)
        trace_to_origin(shift.day, heard, DOOR_TO_DOOR)
        shift.minds[i].met = shift.minds[i].met_free = shift.tick
        shift.tally[0].doors += 1.0


@kernel
def hold_consultations(shift: ShiftContext, tables: ConsultationTables) -> None:
    """Hold all consultations of a day: answers due, meetings, visits to homes, new requests."""
    day_of_month = 1 + (shift.since - 1) // SHIFTS
    answer_requests(shift, tables)
    hold_seat_meetings(shift, tables, day_of_month)
    for a in range(len(tables.authorities)):
        p = tables.parameters[tables.authorities[a].settlement]
        if tables.chiefs[a] < 0:
            continue
        rate = p.rhythm * p.meetings * (0.5 + tables.boards[a].organised)
        supported = tables.stations[serving_facility(shift, tables, a)].supported
        if supported == 1:
            rate *= tables.practices[tables.authorities[a].settlement].more_meetings
        if is_held_today(rate, a, shift.month, day_of_month, shift.seed):
            if shift.tick < tables.boards[a].silent_until:
                shift.tally[0].meetings_silenced += 1.0
                continue
            hold_meeting(shift, tables, a, p, rate, supported)
        visit_homes(shift, tables, a, p)
    assign_requests(shift, tables)


@kernel
def record_harm_by_settlement(shift: ShiftContext, suffered: FloatArray) -> None:
    """Add the severity of the incidents of the shift to the harm suffered by each settlement."""
    for k in range(shift.day.counts[INCIDENTS]):
        row = shift.day.incidents[k]
        if row.teller >= 0:
            suffered[shift.ground.people[row.teller].settlement, row.kind] += row.severity


def drop_replaced_numbers(world: World) -> None:
    """Remove the numbers of officers replaced in the last month from the leaders' phones.

    Updates `boards.phones`.
    """
    officers, boards = world.state[OFFICERS], world.state[BOARDS]
    facility = world.town.cells["facility"][world.town.authorities["cell"]]
    new = world.tick - officers["tick_since"] <= MONTH
    for a, f in enumerate(facility):
        own = officers["facility"] == f
        boards["phones"][a] *= 1.0 - float(np.mean(new[own])) if own.any() else 1.0


def drop_meetings_not_worked_on(world: World) -> None:
    """Drop the minutes for meetings that were asked for before the month that ended and have not been given.

    Updates `owed` and `meeting_mark`.
    """
    owed, mark = world.state[OWED], world.state[MEETING_MARK]
    owed[:, FOR_MEETINGS, 1] = np.maximum(owed[:, FOR_MEETINGS, 1], mark)
    mark[:] = owed[:, FOR_MEETINGS, 0]


@kernel_step(record_harm_by_settlement)
def record_harm(world: World) -> KernelArguments:
    """Return the arguments of `record_harm_by_settlement`."""
    return world.shift_context(), world.state[SUFFERED]


@python_step(flags=EVENINGS | FIRST_DAYS)
def open_month(world: World) -> None:
    """Remove numbers of officers replaced and minutes not given; in the first month of a quarter inform the public."""
    drop_replaced_numbers(world)
    drop_meetings_not_worked_on(world)
    if world.date.month % 3 == 1:
        p = world.parameters[Consultation][0]
        spread_public_event(world, TOLD_OF, 0, p.inform, INFORMED, p.news)


def room_for_consultations(world: World) -> Room:
    """Return the rows that the consultations of a day may need."""
    n, members = len(world.state[BOARDS]), len(world.cached(council_members_by_settlement)[1])
    meetings, doors = members + n * (MAX_INVITED + MAX_ATTENDING), n * (MAX_DOORS + 1)
    return {
        REQUESTS: n * (MAX_REQUESTS + 1),
        PRESENT: meetings,
        MEETINGS: 2 * n,
        IMPRESSIONS: meetings + doors + MAX_INVITED + MAX_REQUESTS * rows_of(PRESENT),
    }


@kernel_step(hold_consultations, room_for_consultations, flags=EVENINGS)
def hold_meetings(world: World) -> KernelArguments:
    """Return the arguments of `hold_consultations`."""
    return world.shift_context(), world.view(ConsultationTables)


step = in_order(record_harm, open_month, hold_meetings, learn)
"""Record the harm of the shift; in the afternoon hold consultations."""


MECHANISM = Mechanism(
    group=Consultation,
    tables=(
        REQUESTS,
        PRESENT,
        SUFFERED,
        ITEMS,
        MEETING_MARK,
    ),
    counts=ConsultationCounts,
    causes=(
        MEETING_CAUSE,
        DOOR_TO_DOOR,
        INFORMED,
        REQUEST_MET,
        REQUEST_UNMET,
    ),
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("meetings", "requests")),
    measures={
        "meetings": Measure("meetings"),
        "heard_year": Measure("a resident and year", yearly_rate_per_resident("council_heard")),
        "requests_due": Measure("requests"),
        "requests_met": Measure("requests"),
        "requests_answered": Measure("requests"),
        "requests_worked": Measure("requests"),
        "requests_lost": Measure("requests"),
        "followed_up": Measure(
            "share", lambda month: ratio_or_nan(month.tally.requests_followed, month.tally.requests_due)
        ),
    },
)
