"""M18, requests: demands of communities on the police, answered within 30 days or not.

Communities ask at meetings.  Boards may also ask between meetings and take unmet requests further up
(`model.community.deliberation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np

from model.community.board_memory import protocol_strength, record_promise, record_request_outcome
from model.community.communal_authority import (
    couples_on_duty_recently,
    is_asked,
)
from model.engine.causes import declare_cause
from model.engine.domains import COUNT, FLAG, LARGEST_REAL, PAST, POSITIVE, TICK, Domain, code_of, row_of
from model.engine.elementary import LN_2, exp
from model.engine.kernels import allocating_kernel, kernel, prefetch
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.police.minutes import FOR_REQUESTS, add_owed_minutes, cancel_owed_minutes, is_worked_off
from model.town.crime_kinds import DOMESTIC, N_KINDS, SEVERITY
from model.trust.events import TOLD_OF_REQUEST, declare_event, record_event
from model.trust.public_events import BLOCK_SIZE, MINIMUM_AGE
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS

if TYPE_CHECKING:
    from model.community.consultation import Consultation
    from model.community.deliberation import Deliberation
    from model.engine.rows import FloatArray
    from model.simulation.world import World
    from model.world.state import Board

REQUEST_STREAM, FEASIBLE_STREAM, REPORTED_STREAM, ANSWERED_STREAM, EXPLAINS_LIMITS_STREAM = (
    stream_id("request"),
    stream_id("feasible"),
    stream_id("reported"),
    stream_id("answered"),
    stream_id("explains limits"),
)
ANSWER_SHIFTS = 90
"""Shifts in which a request is answered: 30 days."""
MAX_REQUESTS, FOR_ONE_REQUEST = 4, 6
"""Most requests of a meeting; attendees per further request; assumed."""
BY_LEVERAGE = stream_id("taken by leverage")
FOLLOWS_UP, HANDED_OVER = stream_id("follows up"), stream_id("handed over")
NO_OWNER_YET, NO_OWNER = int64_constant(-2), int64_constant(-1)
"""Owner of a request that no officer has received, or that nobody can receive."""
OWN_REQUEST, CLIMBED_REQUEST, TABLE_REQUEST = (int64_constant(MAX_REQUESTS + k) for k in range(3))
"""Number in place of that within a meeting: asked by a board between meetings, taken further up, asked at the table."""
REQUEST_MET = declare_event("request_met", 20)
REQUEST_UNMET = declare_event("request_unmet", 21)
REQUEST_EXPLAINED = declare_event("request_explained", 39)
declare_cause("told_of_request", TOLD_OF_REQUEST)
TOLD_IN_ASSEMBLY = stream_id("told in assembly")
MET, EXPLAINED, UNMET = (int64_constant(k) for k in range(3))
"""What came of a request, as those who asked see it."""


class RequestRow(Row):
    """A request of a community.

    ``problem`` is the kind of crime.  ``owner`` is the position of the officer in charge (-1 for none, -2 before it
    has come to anybody), ``person`` the holder of that position then.  ``mark`` is the reading of the facility's owed
    minutes at which it is done, -1 if nobody took it on.  ``climbed`` is 1 if it was taken to the municipal table, 2
    to the prefect.
    """

    asked: Annotated[int, PAST]
    due: Annotated[int, TICK]
    authority: Annotated[int, row_of("authority")]
    nth: Annotated[int, COUNT]
    problem: Annotated[int, code_of(N_KINDS)]
    by_police: Annotated[int, FLAG]
    followed: Annotated[int, FLAG]
    climbed: Annotated[int, code_of(3)]
    owner: Annotated[int, Domain(-2, rows_of="officer")]
    person: Annotated[int, COUNT]
    mark: Annotated[float, Domain(-1.0, LARGEST_REAL)]


class MeetingAttendee(Row):
    """An attendee of a meeting, who will hear of the answers to its requests."""

    due: Annotated[int, TICK]
    authority: Annotated[int, row_of("authority")]
    who: Annotated[int, row_of("resident")]
    at_table: Annotated[int, FLAG]


REQUESTS = GrowingTableSpec(name="requests", row=RequestRow, about="Requests not yet due.")
PRESENT = GrowingTableSpec(name="present", row=MeetingAttendee, about="Who was at the meetings.")
SETTLEMENT_HARM = ArraySpec(
    name="settlement_harm",
    of=np.float64,
    shape=("settlement", N_KINDS),
    about="What settlements suffered.",
    domain=POSITIVE,
)
ITEM_DUE, ITEM_ANSWERED, ITEM_FEASIBLE, ITEM_MET = (int64_constant(k) for k in range(4))
ITEMS_DUE, ITEMS_FEASIBLE, ITEMS_WORKED, ITEMS_WORKED_MET = (int64_constant(k) for k in range(4, 8))
"""Columns of `REQUESTS_DUE`: harm due, answered, feasible, met; counts due, feasible, worked, worked and met."""
REQUESTS_DUE = ArraySpec(
    name="requests_due",
    of=np.float64,
    shape=("authority", 8),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="What became of the requests that fell due this month: four sums of harm, four counts.",
)


RESULTS_TO_TELL = ArraySpec(
    name="results_to_tell",
    of=np.float64,
    shape=("authority", 3),
    about="Requests that fell due since the last assembly of the community: met, explained, unmet.",
    domain=POSITIVE,
)


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
def bring_requests(w: World, a: int, first: int, called: int, p: Consultation) -> None:
    """Bring the requests of a meeting for the worst problems of its attendees.

    Attendees are those from row ``first`` of `present`; every `FOR_ONE_REQUEST` of them bring one more request.
    ``called`` is 1 if the police called the meeting.  Appends to `requests`; updates `suffered`, `boards.problem`.
    """
    suffered, board = w.settlement_harm[w.authorities[a].settlement], w.boards[a]
    women, came = 0.0, w.present_count[0] - first
    for k in range(first, w.present_count[0]):
        women += w.people[w.present[k].who].female
    for nth in range(min(MAX_REQUESTS, 1 + came // FOR_ONE_REQUEST)):
        problem = most_harmful_kind(suffered, women / max(came, 1), p.spoken)
        request = w.requests[w.requests_count[0]]
        fill_request(request, w.tick, a, nth, problem)
        request.by_police = called
        w.requests_count[0] += 1
        w.tally[0].requests += 1.0
        # What has been asked for weighs half as much in the next request.
        suffered[problem] *= 0.5
        board.problem = problem if nth == 0 else board.problem


@kernel
def has_open_request(w: World, a: int) -> bool:
    """Return whether a request of authority ``a`` is not due yet."""
    waiting = 0
    for k in range(w.requests_count[0]):
        waiting += 1 if w.requests[k].authority == a else 0
    return waiting > 0


@kernel
def bring_table_request(w: World, a: int, women: float, p: Consultation) -> int:
    """Bring the request of a community at the municipal table; return its problem, or -1 if it asks for nothing.

    A community that still waits for an answer asks for nothing more.  ``women`` is 1 if a woman speaks for it.
    Appends to `requests`; updates `suffered`.
    """
    if has_open_request(w, a):
        return -1
    suffered = w.settlement_harm[w.authorities[a].settlement]
    problem = most_harmful_kind(suffered, women, p.spoken)
    if suffered[problem] <= 0.0:
        return -1
    fill_request(w.requests[w.requests_count[0]], w.tick, a, TABLE_REQUEST, problem)
    w.requests_count[0] += 1
    suffered[problem] *= 0.5
    w.tally[0].requests += 1.0
    w.tally[0].table_requests += 1.0
    return problem


@kernel
def fill_request(request: RequestRow, tick: int, authority: int, nth: int, problem: int) -> None:
    """Fill a new request of a community, with no owner yet; writes all columns of the row."""
    request.asked, request.due, request.authority = tick, tick + ANSWER_SHIFTS, authority
    request.nth, request.problem = nth, problem
    request.by_police = request.followed = request.climbed = 0
    request.owner, request.person, request.mark = NO_OWNER_YET, 0, -1.0


@kernel
def append_request(w: World, a: int, nth: int, climbed: int) -> None:
    """Append a request of board ``a`` for the problem from which its people suffered most.

    ``nth`` is `OWN_REQUEST` or `CLIMBED_REQUEST`; ``climbed`` is 0, 1 (municipal table) or 2 (prefect).  Updates
    `requests`, `suffered` and the monthly count.
    """
    suffered = w.settlement_harm[a]
    problem = most_harmful_kind(suffered, 0.0, 0.0)
    request = w.requests[w.requests_count[0]]
    fill_request(request, w.tick, a, nth, problem)
    request.climbed = climbed
    w.requests_count[0] += 1
    w.tally[0].requests += 1.0
    suffered[problem] *= 0.5


@kernel
def serving_facility(w: World, a: int) -> int:
    """Return the facility that serves authority ``a``."""
    return w.cells[w.authorities[a].cell].facility


@kernel
def assign_requests(w: World) -> None:
    """Assign new requests to the officer responsible for the community, who may take them on.

    An officer takes a request on with the probability of their habit of follow-up, or because police need the consent
    of the board that asks; the facility then owes minutes for it.  Updates `requests.owner`, `requests.person`,
    `requests.mark`, `minutes_owed`.
    """
    for k in range(w.requests_count[0]):
        request = w.requests[k]
        if request.owner != NO_OWNER_YET:
            continue
        a = request.authority
        o, z = w.chief_of_board[a], w.authorities[a].settlement
        request.owner = o
        if o < 0:
            continue
        request.person, p = w.officers[o].person, w.p.practices[z]
        habit = min(p.follow_most, w.officers[o].habit_follow)
        takes_on = keyed_uniform(w.seed, FOLLOWS_UP, request.asked, a, request.nth) < habit
        needed = is_asked(w, z) and p.follow_most > 0.0
        by_need = needed and keyed_uniform(w.seed, BY_LEVERAGE, request.asked, a, request.nth) < w.p.consent[z].leverage
        if takes_on or by_need:
            request.mark = add_owed_minutes(w, serving_facility(w, a), FOR_REQUESTS, p.request)
            w.tally[0].requests_worked += 1.0


@kernel
def is_followed_up(w: World, request: RequestRow) -> bool:
    """Return whether a request was worked off, by the officer who took it on or by a successor.

    A request is lost if its owner has moved and did not hand it over.  Minutes still owed for it are cancelled.
    """
    if request.mark < 0.0:
        return False
    f = serving_facility(w, request.authority)
    done = is_worked_off(w, f, FOR_REQUESTS, request.mark)
    if not done:
        cancel_owed_minutes(w, f, FOR_REQUESTS, request.mark)
    p = w.p.practices[w.authorities[request.authority].settlement]
    if w.officers[request.owner].person != request.person:
        passed = p.handover + (1.0 - p.handover) * p.register
        if keyed_uniform(w.seed, HANDED_OVER, request.asked, request.authority, request.nth) >= passed:
            w.tally[0].requests_lost += 1.0
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
    """Record the outcome of a request by the harm of its problem in ``own``, a row of `REQUESTS_DUE`.

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
def answer_requests(w: World) -> None:
    """Answer the requests that are due, and drop them and the attendees of their meetings."""
    # Rows that stay are moved up to the front of each table as it is read.
    left = 0
    for k in range(w.requests_count[0]):
        request = w.requests[k]
        if request.due > w.tick:
            w.requests[left] = request
            left += 1
        else:
            answer_request(w, request, w.p.consultation[w.authorities[request.authority].settlement])
    w.requests_count[0] = left
    left = 0
    for k in range(w.present_count[0]):
        if w.present[k].due > w.tick:
            w.present[left] = w.present[k]
            left += 1
    w.present_count[0] = left


@kernel
def answer_request(w: World, request: RequestRow, p: Consultation) -> None:
    """Answer a request: meet it, give a reason, explain the limits, or leave it unanswered.

    At the next meeting police report truthfully on what was not met: not feasible, and why, or still open.

    Attendees of its meeting have an event of trust, and the result waits for the assembly of the community.  Updates
    `boards.explained`, `boards.heard`, the board's memory, `items`, `results_to_tell` and the monthly counts.
    """
    a, asked, nth = request.authority, request.asked, request.nth
    z, board = w.authorities[a].settlement, w.boards[a]
    goes_out = couples_on_duty_recently(w)
    chance = met_probability(request, board, w.p.communal_authority[z].protocol, p, w.p.deliberation[z])
    worked = is_followed_up(w, request)
    seen_to = goes_out and (worked or keyed_uniform(w.seed, REQUEST_STREAM, asked, a, nth) < chance)
    feasible = keyed_uniform(w.seed, FEASIBLE_STREAM, asked, a, nth) < p.feasible
    met = feasible and seen_to
    reported = board.met > asked and keyed_uniform(w.seed, REPORTED_STREAM, asked, a, nth) < p.reports
    reason = (reported and not feasible) or keyed_uniform(w.seed, ANSWERED_STREAM, asked, a, nth) < p.answer
    answered = met or worked or reason
    trained = w.officers[w.chief_of_board[a]].skill * w.p.adoption[z].link_explain
    # Explanations wear off: each since the last request met halves the chance of the next.
    worn = exp(-LN_2 * board.explained)
    explained = not met and keyed_uniform(w.seed, EXPLAINS_LIMITS_STREAM, asked, a, nth) < p.explain * trained * worn
    board.explained = 0 if met else board.explained + (1 if explained else 0)
    record_item(w.requests_due[a], request.problem, met, feasible, worked, answered or explained)
    record_request_outcome(board, met, answered or explained, request.climbed)
    if board.protocol == 1:
        record_promise(w, board, met)
    if answered:
        board.heard = asked if nth < MAX_REQUESTS or nth == TABLE_REQUEST else board.heard
    count_answer(w, request, RequestAnswer(worked, met, answered, explained))
    result = MET if met else (EXPLAINED if answered or explained else UNMET)
    tell_attendees(w, request, result, p)
    # The community knows what can be done: a reason for a request that was feasible convinces nobody there.
    w.results_to_tell[a, UNMET if result == EXPLAINED and feasible else result] += 1.0


@kernel
def count_answer(w: World, request: RequestRow, answer: RequestAnswer) -> None:
    """Count a request that was due, and how it was answered; updates the monthly counts."""
    tally = w.tally[0]
    tally.requests_due += 1.0
    tally.requests_followed += 1.0 if answer.worked else 0.0
    tally.requests_met += 1.0 if answer.met else 0.0
    tally.limits_explained += 1.0 if answer.explained else 0.0
    if answer.answered:
        tally.table_answered += 1.0 if request.nth == TABLE_REQUEST else 0.0
        tally.requests_answered += 1.0
        tally.answered_by_police += request.by_police


@kernel
def tell_attendees(w: World, request: RequestRow, result: int, p: Consultation) -> None:
    """Record the event of trust of everybody who attended the meeting of a request."""
    for k in range(w.present_count[0]):
        row = w.present[k]
        same_meeting = row.due == request.due and row.at_table == (request.nth == TABLE_REQUEST)
        if same_meeting and row.authority == request.authority:
            record_result(w, row.who, result, p, 1.0)


@kernel
def record_result(w: World, who: int, result: int, p: Consultation, factor: float) -> None:
    """Record the event of trust of somebody who learns what came of requests, ``factor`` times as strong."""
    if result == MET:
        record_event(w, who, REQUEST_MET, factor * p.weight_met)
    elif result == EXPLAINED:
        record_event(w, who, REQUEST_EXPLAINED, factor * p.weight_explained)
    else:
        record_event(w, who, REQUEST_UNMET, factor * p.weight_unmet)


@allocating_kernel
def tell_community(w: World, a: int) -> None:
    """Tell residents at the assembly of a community what came of its requests, at the weight of hearsay.

    Who is at the assembly hears of all requests.  Appends to `impressions`.
    """
    z, results, first = w.authorities[a].settlement, w.results_to_tell[a], w.counts[IMPRESSIONS]
    p, weight, end = w.p.consultation[z], w.p.hearsay[z].weight, w.home_start[z + 1]
    seed, tick, at_home = w.seed, w.tick, w.at_home
    drawn, present = np.empty(BLOCK_SIZE), np.empty(BLOCK_SIZE, np.int64)
    for start in range(w.home_start[z], end, BLOCK_SIZE):
        n, size = 0, min(BLOCK_SIZE, end - start)
        for j in range(size):  # a loop of nothing but draws vectorises
            drawn[j] = keyed_uniform(seed, TOLD_IN_ASSEMBLY, tick, at_home[start + j], 0)
        for j in range(size):
            if drawn[j] < p.assembly:
                present[n] = at_home[start + j]
                prefetch(w.people, present[n])
                prefetch(w.minds, present[n])
                n += 1
        for k in range(n):
            i = present[k]
            if age_years(w.people[i], tick) >= MINIMUM_AGE:
                for result in range(len(results)):
                    if results[result] > 0.0:
                        record_result(w, i, result, p, weight * results[result])
    for k in range(first, w.counts[IMPRESSIONS]):
        w.impressions[k].cause, w.impressions[k].heard = TOLD_OF_REQUEST, 1
    w.tally[0].told_of_requests += float(w.counts[IMPRESSIONS] - first)
