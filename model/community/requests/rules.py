"""M18, requests: what communities ask for, and whether anybody answers within 30 days (ODD 6.23).

They ask at meetings; boards may ask between them, and take further up what stays unmet (deliberation).
"""

from __future__ import annotations

import math

from model.community.board_memory.rules import protocol_strength, record_promise, record_request_outcome
from model.community.communal_authority.rules import council_members_by_settlement, residents_by_settlement
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
    MeetingAttendee,
    RequestRow,
)
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
    """Who can come, who answers, and what was asked."""

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
    go_out: float = computed(lambda world: 0.0)


@kernel
def most_harmful_kind(suffered: FloatArray, women: float, spoken: float) -> int:
    """Kind of crime that weighs most on those who attend; of violence at home women speak, if anybody."""
    worst, most = 0, 0.0
    for kind in range(len(suffered)):
        weight = suffered[kind] * (women * spoken if kind == DOMESTIC else 1.0)
        if weight > most:
            worst, most = kind, weight
    return worst


@kernel
def bring_requests(
    stage: ShiftContext, consulting: ConsultationTables, a: int, first: int, called: int, p: Consultation
) -> None:
    """Bring the requests of a meeting: the worst problems of those who came, more where more came."""
    suffered, board = consulting.suffered[consulting.authorities[a].settlement], consulting.boards[a]
    women, came = 0.0, consulting.present_count[0] - first
    for k in range(first, consulting.present_count[0]):
        women += stage.ground.people[consulting.present[k].who].female
    for nth in range(min(MAX_REQUESTS, 1 + came // FOR_ONE_REQUEST)):
        problem = most_harmful_kind(suffered, women / max(came, 1), p.spoken)
        request = consulting.requests[consulting.requests_count[0]]
        request.asked, request.due, request.authority = stage.tick, stage.tick + ANSWER_SHIFTS, a
        request.nth, request.problem = nth, problem
        request.by_police, request.followed, request.climbed = called, 0, 0
        request.owner, request.person, request.mark = NO_OWNER_YET, 0, -1.0
        consulting.requests_count[0] += 1
        stage.tally[0].requests += 1.0
        suffered[problem] *= 0.5
        board.problem = problem if nth == 0 else board.problem


@kernel
def append_request(
    stage: ShiftContext,
    requests: Rows[RequestRow],
    count: IntArray,
    suffered: FloatArray,
    a: int,
    nth: int,
    climbed: int,
) -> None:
    """Bring a request of a board for what its people suffered most."""
    problem = most_harmful_kind(suffered, 0.0, 0.0)
    request = requests[count[0]]
    request.asked, request.due, request.authority = stage.tick, stage.tick + ANSWER_SHIFTS, a
    request.nth, request.problem, request.by_police = nth, problem, 0
    request.followed, request.climbed = 0, climbed
    request.owner, request.person, request.mark = NO_OWNER_YET, 0, -1.0
    count[0] += 1
    stage.tally[0].requests += 1.0
    suffered[problem] *= 0.5


@kernel
def serving_facility(stage: ShiftContext, consulting: ConsultationTables, a: int) -> int:
    """Facility that serves a community."""
    return stage.ground.cells[consulting.authorities[a].cell].facility


@kernel
def assign_requests(stage: ShiftContext, consulting: ConsultationTables) -> None:
    """Let the officer who answers for a community take on what it has newly asked, as far as follow-up is a habit."""
    for k in range(consulting.requests_count[0]):
        request = consulting.requests[k]
        if request.owner != NO_OWNER_YET:
            continue
        a = request.authority
        o, z = consulting.chiefs[a], consulting.authorities[a].settlement
        request.owner = o
        if o < 0:
            continue
        request.person, p = consulting.officers[o].person, consulting.practices[z]
        habit = min(p.follow_most, consulting.officers[o].habit_follow)
        if keyed_uniform(stage.seed, FOLLOWS_UP, request.asked, a, request.nth) < habit:
            request.mark = add_owed_minutes(
                consulting.owed, serving_facility(stage, consulting, a), FOR_REQUESTS, p.request
            )
            stage.tally[0].requests_worked += 1.0


@kernel
def is_followed_up(stage: ShiftContext, consulting: ConsultationTables, request: RequestRow) -> bool:
    """Whether what was taken on is done, by who took it on or by somebody to whom it was handed over."""
    if request.mark < 0.0:
        return False
    f = serving_facility(stage, consulting, request.authority)
    done = is_worked_off(consulting.owed, f, FOR_REQUESTS, request.mark)
    if not done:
        cancel_owed_minutes(consulting.owed, f, FOR_REQUESTS, request.mark)
    p = consulting.practices[consulting.authorities[request.authority].settlement]
    if consulting.officers[request.owner].person != request.person:
        passed = p.handover + (1.0 - p.handover) * p.register
        if keyed_uniform(stage.seed, HANDED_OVER, request.asked, request.authority, request.nth) >= passed:
            stage.tally[0].requests_lost += 1.0
            return False
    return bool(done)


@kernel
def met_probability(request: RequestRow, board: Board, offered: float, p: Consultation, d: Deliberation) -> float:
    """Chance that a feasible request is met: more where it is followed up, was taken further up, or was promised."""
    chance = p.request_met + p.followed * request.followed
    return min(1.0, chance + d.climbed * request.climbed + d.agreed * protocol_strength(board, offered, d))


@kernel
def record_item(own: FloatArray, problem: int, met: bool, feasible: bool, worked: bool, reason: bool) -> None:
    """Note what became of a request, by the harm of what it is about: a true reason counts, a false one against."""
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
def answer_requests(stage: ShiftContext, consulting: ConsultationTables) -> None:
    """Answer the requests of 30 days ago, or not; those who were there hear of it."""
    left = 0
    for k in range(consulting.requests_count[0]):
        request = consulting.requests[k]
        if request.due > stage.tick:
            consulting.requests[left] = request
            left += 1
        else:
            answer_request(
                stage, consulting, request, consulting.parameters[consulting.authorities[request.authority].settlement]
            )
    consulting.requests_count[0] = left
    left = 0
    for k in range(consulting.present_count[0]):
        if consulting.present[k].due > stage.tick:
            consulting.present[left] = consulting.present[k]
            left += 1
    consulting.present_count[0] = left


@kernel
def answer_request(stage: ShiftContext, consulting: ConsultationTables, request: RequestRow, p: Consultation) -> None:
    """Meet a request, give a reason, explain the limits, or let it lie."""
    a, asked, nth = request.authority, request.asked, request.nth
    z, board = consulting.authorities[a].settlement, consulting.boards[a]
    chance = consulting.go_out * met_probability(
        request, board, consulting.authority[z].protocol, p, consulting.deliberation[z]
    )
    worked = is_followed_up(stage, consulting, request)
    seen_to = (worked and consulting.go_out > 0.0) or keyed_uniform(stage.seed, REQUEST_STREAM, asked, a, nth) < chance
    feasible = keyed_uniform(stage.seed, FEASIBLE_STREAM, asked, a, nth) < p.feasible
    met = feasible and seen_to
    answered = met or worked or keyed_uniform(stage.seed, ANSWERED_STREAM, asked, a, nth) < p.answer
    stage.tally[0].requests_followed += 1.0 if worked else 0.0
    trained = consulting.officers[consulting.chiefs[a]].skill * consulting.adoption[z].link_explain
    worn = math.exp(-0.6931471805599453 * board.explained)
    explained = (
        not met and keyed_uniform(stage.seed, EXPLAINS_LIMITS_STREAM, asked, a, nth) < p.explain * trained * worn
    )
    board.explained = 0 if met else board.explained + (1 if explained else 0)
    record_item(consulting.items[a], request.problem, met, feasible, worked, answered or explained)
    stage.tally[0].requests_due += 1.0
    stage.tally[0].requests_met += 1.0 if met else 0.0
    stage.tally[0].limits_explained += 1.0 if explained else 0.0
    record_request_outcome(board, met, answered or explained, request.climbed)
    if board.protocol == 1:
        record_promise(stage, board, met)
    if answered:
        board.heard = asked if nth < MAX_REQUESTS else board.heard
        stage.tally[0].requests_answered += 1.0
        stage.tally[0].answered_by_police += request.by_police
    if explained or (answered and not met):
        return
    for k in range(consulting.present_count[0]):
        row = consulting.present[k]
        if row.due == request.due and row.authority == a:
            if met:
                record_event(stage, row.who, REQUEST_MET, p.weight_met)
            else:
                record_event(stage, row.who, REQUEST_UNMET, p.weight_unmet)
