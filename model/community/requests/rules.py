"""M18, requests: demands of communities on the police, answered within 30 days or not.

Communities ask at meetings.  Boards may also ask between meetings and take unmet requests further up
(`model.community.deliberation`).
"""

from __future__ import annotations

from typing import NamedTuple

from model.community.board_memory.rules import protocol_strength, record_promise, record_request_outcome
from model.community.board_memory.schema import LAST_OUT
from model.community.communal_authority.rules import (
    council_members_by_settlement,
    couples_on_duty_recently,
    residents_by_settlement,
)
from model.community.communal_authority.schema import CommunalAuthority
from model.community.consultation.schema import Consultation
from model.community.deliberation.schema import Deliberation
from model.community.requests.schema import (
    ANSWER_SHIFTS,
    ANSWERED_STREAM,
    EXPLAINS_LIMITS_STREAM,
    FEASIBLE_STREAM,
    FOLLOWS_UP,
    FOR_ONE_REQUEST,
    HANDED_OVER,
    ITEM_ANSWERED,
    ITEM_DUE,
    ITEM_FEASIBLE,
    ITEM_MET,
    ITEMS,
    ITEMS_DUE,
    ITEMS_FEASIBLE,
    ITEMS_WORKED,
    ITEMS_WORKED_MET,
    MAX_REQUESTS,
    NO_OWNER_YET,
    PRESENT,
    REQUEST_MET,
    REQUEST_STREAM,
    REQUEST_UNMET,
    REQUESTS,
    SUFFERED,
    TABLE_REQUEST,
    MeetingAttendee,
    RequestRow,
)
from model.engine.elementary import LN_2, exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.adoption.schema import Adoption
from model.police.contacts.schema import Contacts
from model.police.minutes.rules import add_owed_minutes, cancel_owed_minutes, is_worked_off
from model.police.minutes.schema import FOR_REQUESTS, OWED
from model.police.practices.schema import Practices, StationOrders
from model.town.authorities import AuthorityRow
from model.town.crime_kinds import DOMESTIC, SEVERITY
from model.town.police import Officer
from model.trust.events.rules import record_event
from model.world.binding import cell_size_km, computed, constant, count_of, of
from model.world.places import chief_positions_by_authority
from model.world.shift_context import ShiftContext
from model.world.state import Board


class ConsultationTables(TableBundle):
    """Tables of consultation: boards, residents, officers, requests, attendees and parameters.

    ``chiefs`` is the first officer of the facility that serves each authority, or -1.
    """

    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    chiefs: IntArray = constant(chief_positions_by_authority)
    officers: Rows[Officer]
    council_start: IntArray = constant(council_members_by_settlement, 0)
    councils: IntArray = constant(council_members_by_settlement, 1)
    home_start: IntArray = constant(residents_by_settlement, 0)
    at_home: IntArray = constant(residents_by_settlement, 1)
    requests: Rows[RequestRow]
    requests_count: IntArray = count_of(REQUESTS)
    present: Rows[MeetingAttendee]
    present_count: IntArray = count_of(PRESENT)
    suffered: FloatArray = of(SUFFERED)
    parameters: Rows[Consultation]
    contacts: Rows[Contacts]
    adoption: Rows[Adoption]
    authority: Rows[CommunalAuthority]
    deliberation: Rows[Deliberation]
    practices: Rows[Practices]
    stations: Rows[StationOrders]
    owed: FloatArray = of(OWED)
    items: FloatArray = of(ITEMS)
    cell_km: float = computed(cell_size_km)
    last_out: IntArray = of(LAST_OUT)


class RequestTables(TableBundle):
    """Tables of requests not yet due, and of the harm that each settlement has suffered by kind."""

    requests: Rows[RequestRow]
    requests_count: IntArray = count_of(REQUESTS)
    suffered: FloatArray = of(SUFFERED)


class RequestAnswer(NamedTuple):
    """Answer to a request: followed up by a project, met, given an answer, the limits explained."""

    worked: bool
    met: bool
    answered: bool
    explained: bool


@kernel
def most_harmful_kind(suffered: FloatArray, women: float, spoken: float) -> int:
    """Return the kind of crime from which the attendees have suffered most.

    ``suffered`` is the severity by kind, ``women`` the share of women among attendees, ``spoken`` the degree to which
    violence at home is spoken of where only women attend.
    """
    worst, most = 0, 0.0
    # In mixed meetings women hardly speak of violence at home, so it counts by their share.
    for kind in range(len(suffered)):
        weight = suffered[kind] * (women * spoken if kind == DOMESTIC else 1.0)
        if weight > most:
            worst, most = kind, weight
    return worst


@kernel
def bring_requests(
    shift: ShiftContext, tables: ConsultationTables, a: int, first: int, called: int, p: Consultation
) -> None:
    """Bring the requests of a meeting for the worst problems of its attendees.

    Attendees are those from row ``first`` of `present`; every `FOR_ONE_REQUEST` of them bring one more request.
    ``called`` is 1 if the police called the meeting.  Appends to `requests`; updates `suffered`, `boards.problem`.
    """
    suffered, board = tables.suffered[tables.authorities[a].settlement], tables.boards[a]
    women, came = 0.0, tables.present_count[0] - first
    for k in range(first, tables.present_count[0]):
        women += shift.ground.people[tables.present[k].who].female
    for nth in range(min(MAX_REQUESTS, 1 + came // FOR_ONE_REQUEST)):
        problem = most_harmful_kind(suffered, women / max(came, 1), p.spoken)
        request = tables.requests[tables.requests_count[0]]
        fill_request(request, shift.tick, a, nth, problem)
        request.by_police = called
        tables.requests_count[0] += 1
        shift.tally[0].requests += 1.0
        # What has been asked for weighs half as much in the next request.
        suffered[problem] *= 0.5
        board.problem = problem if nth == 0 else board.problem


@kernel
def has_open_request(tables: ConsultationTables, a: int) -> bool:
    """Return whether a request of authority ``a`` is not due yet."""
    waiting = 0
    for k in range(tables.requests_count[0]):
        waiting += 1 if tables.requests[k].authority == a else 0
    return waiting > 0


@kernel
def bring_table_request(shift: ShiftContext, tables: ConsultationTables, a: int, women: float, p: Consultation) -> int:
    """Bring the request of a community at the municipal table; return its problem, or -1 if it asks for nothing.

    A community that still waits for an answer asks for nothing more.  ``women`` is 1 if a woman speaks for it.
    Appends to `requests`; updates `suffered`.
    """
    if has_open_request(tables, a):
        return -1
    suffered = tables.suffered[tables.authorities[a].settlement]
    problem = most_harmful_kind(suffered, women, p.spoken)
    if suffered[problem] <= 0.0:
        return -1
    fill_request(tables.requests[tables.requests_count[0]], shift.tick, a, TABLE_REQUEST, problem)
    tables.requests_count[0] += 1
    suffered[problem] *= 0.5
    shift.tally[0].requests += 1.0
    shift.tally[0].table_requests += 1.0
    return problem


@kernel
def fill_request(request: RequestRow, tick: int, authority: int, nth: int, problem: int) -> None:
    """Fill a new request of a community, with no owner yet; writes all columns of the row."""
    request.asked, request.due, request.authority = tick, tick + ANSWER_SHIFTS, authority
    request.nth, request.problem = nth, problem
    request.by_police = request.followed = request.climbed = 0
    request.owner, request.person, request.mark = NO_OWNER_YET, 0, -1.0


@kernel
def append_request(shift: ShiftContext, tables: RequestTables, a: int, nth: int, climbed: int) -> None:
    """Append a request of board ``a`` for the problem from which its people suffered most.

    ``nth`` is `OWN_REQUEST` or `CLIMBED_REQUEST`; ``climbed`` is 0, 1 (municipal table) or 2 (prefect).  Updates
    `requests`, `suffered` and the monthly count.
    """
    suffered = tables.suffered[a]
    problem = most_harmful_kind(suffered, 0.0, 0.0)
    request = tables.requests[tables.requests_count[0]]
    fill_request(request, shift.tick, a, nth, problem)
    request.climbed = climbed
    tables.requests_count[0] += 1
    shift.tally[0].requests += 1.0
    suffered[problem] *= 0.5


@kernel
def serving_facility(shift: ShiftContext, tables: ConsultationTables, a: int) -> int:
    """Return the facility that serves authority ``a``."""
    return shift.ground.cells[tables.authorities[a].cell].facility


@kernel
def assign_requests(shift: ShiftContext, tables: ConsultationTables) -> None:
    """Assign new requests to the officer responsible for the community, who may take them on.

    An officer takes a request on with the probability of their habit of follow-up; the facility then owes minutes for
    it.  Updates `requests.owner`, `requests.person`, `requests.mark`, `owed`.
    """
    for k in range(tables.requests_count[0]):
        request = tables.requests[k]
        if request.owner != NO_OWNER_YET:
            continue
        a = request.authority
        o, z = tables.chiefs[a], tables.authorities[a].settlement
        request.owner = o
        if o < 0:
            continue
        request.person, p = tables.officers[o].person, tables.practices[z]
        habit = min(p.follow_most, tables.officers[o].habit_follow)
        if keyed_uniform(shift.seed, FOLLOWS_UP, request.asked, a, request.nth) < habit:
            request.mark = add_owed_minutes(tables.owed, serving_facility(shift, tables, a), FOR_REQUESTS, p.request)
            shift.tally[0].requests_worked += 1.0


@kernel
def is_followed_up(shift: ShiftContext, tables: ConsultationTables, request: RequestRow) -> bool:
    """Return whether a request was worked off, by the officer who took it on or by a successor.

    A request is lost if its owner has moved and did not hand it over.  Minutes still owed for it are cancelled.
    """
    if request.mark < 0.0:
        return False
    f = serving_facility(shift, tables, request.authority)
    done = is_worked_off(tables.owed, f, FOR_REQUESTS, request.mark)
    if not done:
        cancel_owed_minutes(tables.owed, f, FOR_REQUESTS, request.mark)
    p = tables.practices[tables.authorities[request.authority].settlement]
    if tables.officers[request.owner].person != request.person:
        passed = p.handover + (1.0 - p.handover) * p.register
        if keyed_uniform(shift.seed, HANDED_OVER, request.asked, request.authority, request.nth) >= passed:
            shift.tally[0].requests_lost += 1.0
            return False
    return bool(done)


@kernel
def met_probability(request: RequestRow, board: Board, offered: float, p: Consultation, d: Deliberation) -> float:
    """Return the probability that a feasible request is met.

    It is higher if the request is followed up, was taken further up, or falls under a protocol.
    """
    chance = p.request_met + p.followed * request.followed
    return min(1.0, chance + d.climbed * request.climbed + d.agreed * protocol_strength(board, offered, d))


@kernel
def record_item(own: FloatArray, problem: int, met: bool, feasible: bool, worked: bool, reason: bool) -> None:
    """Record the outcome of a request by the harm of its problem in ``own``, a row of `ITEMS`.

    A reason counts as an answer if the request was not feasible, and against the police if it was.
    """
    harm = SEVERITY[0, problem]
    own[ITEM_DUE] += harm
    own[ITEMS_DUE] += 1.0
    if met or worked:
        own[ITEM_ANSWERED] += harm
    elif reason:
        own[ITEM_ANSWERED] += -harm if feasible else harm
    if feasible:
        own[ITEM_FEASIBLE] += harm
        own[ITEMS_FEASIBLE] += 1.0
    own[ITEM_MET] += harm if met else 0.0
    own[ITEMS_WORKED] += 1.0 if worked else 0.0
    own[ITEMS_WORKED_MET] += 1.0 if worked and met else 0.0


@kernel
def answer_requests(shift: ShiftContext, tables: ConsultationTables) -> None:
    """Answer the requests that are due, and drop them and the attendees of their meetings."""
    # Rows that stay are moved up to the front of each table as it is read.
    left = 0
    for k in range(tables.requests_count[0]):
        request = tables.requests[k]
        if request.due > shift.tick:
            tables.requests[left] = request
            left += 1
        else:
            answer_request(shift, tables, request, tables.parameters[tables.authorities[request.authority].settlement])
    tables.requests_count[0] = left
    left = 0
    for k in range(tables.present_count[0]):
        if tables.present[k].due > shift.tick:
            tables.present[left] = tables.present[k]
            left += 1
    tables.present_count[0] = left


@kernel
def answer_request(shift: ShiftContext, tables: ConsultationTables, request: RequestRow, p: Consultation) -> None:
    """Answer a request: meet it, give a reason, explain the limits, or leave it unanswered.

    Attendees of its meeting have an event of trust if it was met, or neither answered nor explained.  Updates
    `boards.explained`, `boards.heard`, the board's memory, `items` and the monthly counts.
    """
    a, asked, nth = request.authority, request.asked, request.nth
    z, board = tables.authorities[a].settlement, tables.boards[a]
    goes_out = couples_on_duty_recently(shift, tables.last_out, tables.deliberation)
    chance = met_probability(request, board, tables.authority[z].protocol, p, tables.deliberation[z])
    worked = is_followed_up(shift, tables, request)
    seen_to = goes_out and (worked or keyed_uniform(shift.seed, REQUEST_STREAM, asked, a, nth) < chance)
    feasible = keyed_uniform(shift.seed, FEASIBLE_STREAM, asked, a, nth) < p.feasible
    met = feasible and seen_to
    answered = met or worked or keyed_uniform(shift.seed, ANSWERED_STREAM, asked, a, nth) < p.answer
    trained = tables.officers[tables.chiefs[a]].skill * tables.adoption[z].link_explain
    # Explanations wear off: each since the last request met halves the chance of the next.
    worn = exp(-LN_2 * board.explained)
    explained = (
        not met and keyed_uniform(shift.seed, EXPLAINS_LIMITS_STREAM, asked, a, nth) < p.explain * trained * worn
    )
    board.explained = 0 if met else board.explained + (1 if explained else 0)
    record_item(tables.items[a], request.problem, met, feasible, worked, answered or explained)
    record_request_outcome(board, met, answered or explained, request.climbed)
    if board.protocol == 1:
        record_promise(shift, board, met)
    if answered:
        board.heard = asked if nth < MAX_REQUESTS or nth == TABLE_REQUEST else board.heard
    count_answer(shift, request, RequestAnswer(worked, met, answered, explained))
    if met or not (answered or explained):
        tell_attendees(shift, tables, request, met, p)


@kernel
def count_answer(shift: ShiftContext, request: RequestRow, answer: RequestAnswer) -> None:
    """Count a request that was due, and how it was answered; updates the monthly counts."""
    tally = shift.tally[0]
    tally.requests_due += 1.0
    tally.requests_followed += 1.0 if answer.worked else 0.0
    tally.requests_met += 1.0 if answer.met else 0.0
    tally.limits_explained += 1.0 if answer.explained else 0.0
    if answer.answered:
        tally.table_answered += 1.0 if request.nth == TABLE_REQUEST else 0.0
        tally.requests_answered += 1.0
        tally.answered_by_police += request.by_police


@kernel
def tell_attendees(
    shift: ShiftContext, tables: ConsultationTables, request: RequestRow, met: bool, p: Consultation
) -> None:
    """Record the event of trust of everybody who attended the meeting of a request."""
    for k in range(tables.present_count[0]):
        row = tables.present[k]
        if row.due == request.due and row.authority == request.authority:
            if met:
                record_event(shift, row.who, REQUEST_MET, p.weight_met)
            else:
                record_event(shift, row.who, REQUEST_UNMET, p.weight_unmet)
