"""M18, requests: what communities ask for, and whether anybody answers within 30 days (ODD 6.23)."""

import math
from typing import Any

from model.daybook import DOMESTIC
from model.kernels import Tables, kernel
from model.ledger import REQUEST_MET, REQUEST_UNMET, impress
from model.luck import decision, luck

REQUEST, FEASIBLE, ANSWERED, EXPLAINS = (
    decision("request"),
    decision("feasible"),
    decision("answered"),
    decision("explains limits"),
)
ANSWER_SHIFTS = 90
MOST_REQUESTS, FOR_ONE_REQUEST = 4, 6
"""Requests of a meeting at most; people who come for one more of them; assumed."""


class Hall(Tables):
    """Who can come, who answers, and what was asked."""

    authorities: Any
    boards: Any
    chiefs: Any
    officers: Any
    council_start: Any
    councils: Any
    home_start: Any
    at_home: Any
    requests: Any
    request_count: Any
    present: Any
    present_count: Any
    suffered: Any
    numbers: Any
    contacts: Any
    adoption: Any
    cell_km: Any


@kernel
def worst_problem(suffered: Any, women: Any, spoken: Any) -> Any:
    """Kind of crime that weighs most on those who attend; of violence at home women speak, if anybody."""
    worst, most = 0, 0.0
    for kind in range(len(suffered)):
        weight = suffered[kind] * (women * spoken if kind == DOMESTIC else 1.0)
        if weight > most:
            worst, most = kind, weight
    return worst


@kernel
def ask(stage: Any, hall: Hall, a: Any, first: Any, called: Any, p: Any) -> None:
    """Bring the requests of a meeting: the worst problems of those who came, more where more came."""
    suffered, board = hall.suffered[hall.authorities[a].settlement], hall.boards[a]
    women, came = 0.0, hall.present_count[0] - first
    for k in range(first, hall.present_count[0]):
        women += stage.ground.people[hall.present[k].who].female
    for nth in range(min(MOST_REQUESTS, 1 + came // FOR_ONE_REQUEST)):
        problem = worst_problem(suffered, women / max(came, 1), p.spoken)
        request = hall.requests[hall.request_count[0]]
        request.asked, request.due, request.authority = stage.tick, stage.tick + ANSWER_SHIFTS, a
        request.nth, request.problem = nth, problem
        request.by_police, request.followed = called, 0
        hall.request_count[0] += 1
        stage.tally[0].requests += 1.0
        suffered[problem] *= 0.5
        board.problem = problem if nth == 0 else board.problem


@kernel
def answer_requests(stage: Any, hall: Hall) -> None:
    """Answer the requests of 30 days ago, or not; those who were there hear of it."""
    left = 0
    for k in range(hall.request_count[0]):
        request = hall.requests[k]
        if request.due > stage.tick:
            hall.requests[left] = request
            left += 1
        else:
            answer_one(stage, hall, request, hall.numbers[hall.authorities[request.authority].settlement])
    hall.request_count[0] = left
    left = 0
    for k in range(hall.present_count[0]):
        if hall.present[k].due > stage.tick:
            hall.present[left] = hall.present[k]
            left += 1
    hall.present_count[0] = left


@kernel
def answer_one(stage: Any, hall: Hall, request: Any, p: Any) -> None:
    """Meet a request, give a reason, explain the limits, or let it lie."""
    a, asked, nth = request.authority, request.asked, request.nth
    board = hall.boards[a]
    chance = min(1.0, p.request_met + p.followed * request.followed)
    met = (
        luck(stage.seed, FEASIBLE, asked, a, nth) < p.feasible and luck(stage.seed, REQUEST, asked, a, nth) < chance
    )
    answered = met or luck(stage.seed, ANSWERED, asked, a, nth) < p.answer
    trained = (
        hall.officers[hall.chiefs[a]].trained * hall.adoption[hall.authorities[a].settlement].link_explain
    )
    worn = math.exp(-0.6931471805599453 * board.explained)
    explained = not met and luck(stage.seed, EXPLAINS, asked, a, nth) < p.explain * trained * worn
    board.explained = 0 if met else board.explained + (1 if explained else 0)
    stage.tally[0].requests_due += 1.0
    stage.tally[0].requests_met += 1.0 if met else 0.0
    stage.tally[0].limits_explained += 1.0 if explained else 0.0
    if answered:
        board.heard = asked
        stage.tally[0].requests_answered += 1.0
        stage.tally[0].answered_by_police += request.by_police
    if explained:
        return
    for k in range(hall.present_count[0]):
        row = hall.present[k]
        if row.due <= stage.tick and row.authority == a:
            cause, tone, weight = (
                (REQUEST_MET, 1.0, p.weight_met) if met else (REQUEST_UNMET, -1.0, p.weight_unmet)
            )
            impress(stage.day, stage.minds, row.who, cause, 0.0, 0.0, tone, weight, 1)
