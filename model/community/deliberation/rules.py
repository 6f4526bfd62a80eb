"""M35, deliberation: what boards decide of cases, watches, police, requests and protocols (ODD, deliberation).

Each board weighs what it remembers itself: whether its calls were answered, how police behaved at its hearings, which
requests were kept, which cases the state returned.  Switched off, a board hears what is not grave and hands over the
rest, always keeps its watch, never changes its mind about the police, asks only at meetings, and a protocol is imposed.
"""

from __future__ import annotations

import numpy as np

from model.community.board_memory.rules import decay_board_memory, record_call_outcomes, record_promise
from model.community.board_memory.schema import LAST_OUT, NIGHT_SHIFT
from model.community.communal_authority.rules import move_legitimacy, residents_by_settlement
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.schema import (
    ABUSED_BY_A_WATCH_STREAM,
    ALL_TERMS,
    ANSWERS_TERM,
    ASK_CHOICE,
    ASK_TERMS,
    CALL_POLICE,
    CASE_CHOICE,
    CASE_TERMS,
    CLIMB_CHOICE,
    CLIMB_TERMS,
    DISPOSITION_OF_A_BOARD_STREAM,
    FOUR_OPTIONS,
    HEAR_CASE,
    INVITE_CHOICE,
    INVITE_TERMS,
    LEGITIMACY_TERM,
    MAX_ORGANISED,
    MIN_ORGANISED,
    MINIMUM_AGE,
    OFFERED_STREAM,
    ORGANISED_STREAM,
    PROTOCOL_CHOICE,
    PROTOCOL_TERMS,
    PUT_OFF_CASE,
    REFER_TO_PROSECUTOR,
    TWO_OPTIONS,
    WATCH_ABUSES_STREAM,
    WATCH_CHOICE,
    WATCH_TERMS,
    WRITTEN_COLUMNS,
    Deliberation,
    DeliberationCounts,
)
from model.community.requests.rules import append_request
from model.community.requests.schema import CLIMBED_REQUEST, OWN_REQUEST, REQUESTS, SUFFERED, RequestRow
from model.engine.calendar import date_of_tick, month_of
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows
from model.town.authorities import AuthorityRow
from model.town.crime_kinds import IS_PROPERTY
from model.trust.ledger.rules import logistic_noise
from model.world.binding import constant, count_of, of
from model.world.discrete_choice.rules import (
    ChoiceTables,
    choose_option,
    clear_terms,
    decide_and_record,
    share_with_prior,
    sum_utilities,
)
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.places import chief_positions_by_authority
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import BY_EXTORTION, BY_GANG, INCIDENTS, NOBODY, PUNISHMENT, Incident
from model.world.state import BOARDS, CASES, COUPLES, Board, CoupleRow


class DeliberationTables(TableBundle):
    """Where boards sit: what they remember, whom they serve, what they may ask, and by what numbers they weigh."""

    desk: ChoiceTables
    boards: Rows[Board]
    authorities: Rows[AuthorityRow]
    parameters: Rows[Deliberation]
    authority: Rows[CommunalAuthority]
    requests: Rows[RequestRow]
    requests_count: IntArray = count_of(REQUESTS)
    suffered: FloatArray = of(SUFFERED)
    home_start: IntArray = constant(residents_by_settlement, 0)
    at_home: IntArray = constant(residents_by_settlement, 1)
    chiefs: IntArray = constant(chief_positions_by_authority)


@kernel
def call_reliability(board: Board, p: Deliberation) -> float:
    """How surely calls are answered, as this board has seen it, 0 to 1."""
    disposed = prior_from_disposition(board.disposition, p.disposed_answers)
    return share_with_prior(board.calls_answered, board.calls_lost, p.prior, disposed)


@kernel
def prior_from_disposition(disposition: float, shows: float) -> float:
    """What a board expects of calls without experience: one half, drawn towards its disposition."""
    return 0.5 * (1.0 - shows) + shows * disposition


@kernel
def hearing_conduct(board: Board, p: Deliberation) -> float:
    """How well police behave at hearings, as this board has seen it, 0 to 1."""
    return share_with_prior(board.waited, board.stepped_in, p.prior, board.disposition)


@kernel
def request_reliability(board: Board, p: Deliberation) -> float:
    """How surely requests are kept, as this board has seen it, 0 to 1."""
    return share_with_prior(board.requests_kept, board.requests_broken, p.prior, 0.5)


@kernel
def signed_belief(q: float) -> float:
    """Belief from 0 to 1 as what speaks against (-1) or for (1)."""
    return 2.0 * q - 1.0


@kernel
def fill_case_terms(
    bench: DeliberationTables, board: Board, row: Incident, fear: float, hours: float, p: Deliberation
) -> None:
    """Weigh what may become of a case."""
    desk, g = bench.desk, row.severity
    clear_terms(desk)
    terms = desk.terms
    terms[HEAR_CASE, 0], terms[CALL_POLICE, 0], terms[REFER_TO_PROSECUTOR, 0], terms[PUT_OFF_CASE, 0] = (
        p.hear,
        p.call,
        p.prosecutor,
        p.wait,
    )
    terms[HEAR_CASE, 1], terms[CALL_POLICE, 1] = -p.hear_grave * max(0.0, g - p.grave_from), p.call_gravity * g
    terms[REFER_TO_PROSECUTOR, 1] = p.prosecutor_gravity * g
    terms[HEAR_CASE, 2] = p.hear_legitimacy * board.legitimacy
    terms[CALL_POLICE, 2] = -p.call_legitimacy * board.legitimacy * (1.0 - g)
    terms[CALL_POLICE, 3] = p.call_answered * signed_belief(call_reliability(board, p))
    terms[CALL_POLICE, 4] = p.call_conduct * signed_belief(hearing_conduct(board, p))
    state = share_with_prior(board.cases_taken, board.cases_returned, p.prior, 0.5)
    terms[REFER_TO_PROSECUTOR, 5] = p.prosecutor_returned * signed_belief(state)
    terms[HEAR_CASE, 6] = -p.hear_load * board.load
    terms[CALL_POLICE, 7] = terms[REFER_TO_PROSECUTOR, 7] = -p.reprisal * fear
    terms[REFER_TO_PROSECUTOR, 8] = -p.prosecutor_way * hours


@kernel
def count_deference(stage: ShiftContext, bench: DeliberationTables, number: int, p: Deliberation) -> None:
    """Count whether a case is heard out of respect, or since the police are weak: it had gone elsewhere otherwise."""
    desk = bench.desk
    sum_utilities(desk, FOUR_OPTIONS, CASE_TERMS, LEGITIMACY_TERM)
    if choose_option(desk, FOUR_OPTIONS, CASE_CHOICE, False, stage.tick, number) != HEAR_CASE:
        stage.tally[0].heard_respect += 1.0
    desk.terms[CALL_POLICE, ANSWERS_TERM] = p.call_answered
    sum_utilities(desk, FOUR_OPTIONS, CASE_TERMS, ALL_TERMS)
    if choose_option(desk, FOUR_OPTIONS, CASE_CHOICE, False, stage.tick, number) != HEAR_CASE:
        stage.tally[0].heard_weakness += 1.0


@kernel
def choose_case(stage: ShiftContext, bench: DeliberationTables, row: Incident, i: int, z: int) -> int:
    """Choose what becomes of a case that resident i brings before the board of settlement z."""
    p, board = bench.parameters[z], bench.boards[z]
    if p.cases == 0:
        return CALL_POLICE if row.severity >= bench.authority[z].grave else HEAR_CASE
    threatened = row.motive == BY_GANG or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    fear = stage.minds[i].fear if threatened else 0.0
    hours = stage.ground.cells[stage.ground.people[i].home].seat_minutes / 60.0
    fill_case_terms(bench, board, row, fear, hours, p)
    option = decide_and_record(bench.desk, FOUR_OPTIONS, CASE_TERMS, CASE_CHOICE, False, stage.tick, row.number)
    bench.desk.choices[bench.desk.choices_count[0] - 1].who = z
    if option == HEAR_CASE:
        count_deference(stage, bench, row.number, p)
    return option


@kernel
def decide_case(stage: ShiftContext, bench: DeliberationTables, row: Incident, i: int, z: int) -> int:
    """Let a board decide what becomes of a case; return by how many days its hearing is put off, -1 for no hearing."""
    option, tally = choose_case(stage, bench, row, i, z), stage.tally[0]
    if option == HEAR_CASE:
        tally.cases_heard += 1.0
        return 0
    if option == PUT_OFF_CASE:
        tally.cases_put_off += 1.0
        move_legitimacy(bench.boards[z], bench.authority[z].delayed, bench.authority[z])
        return int(bench.parameters[z].put_off)
    row.handed = 1
    if option == CALL_POLICE:
        tally.cases_called += 1.0
    else:
        tally.cases_prosecuted += 1.0
        row.complaint = row.in_time = 1
    return -1


@kernel
def relative_night_crime(board: Board, p: Deliberation) -> float:
    """Crime by night that a board knows of in the month that ended, over a usual one, -1 or more; begin anew."""
    over = (board.nights + 1.0) / (board.usual + 1.0) - 1.0
    board.usual += (board.nights - board.usual) / p.usual_months
    board.nights = 0.0
    return min(p.nights_most, over)


@kernel
def decide_watch(
    stage: ShiftContext, bench: DeliberationTables, a: int, nights: float, month: int, p: Deliberation
) -> None:
    """Let a board keep watch by night this month, or not; neighbours tire of it."""
    board, desk = bench.boards[a], bench.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1], terms[1, 2] = p.watch, p.watch_organised * board.organised, p.watch_nights * nights
    terms[1, 3] = -p.watch_answered * signed_belief(call_reliability(board, p))
    terms[1, 4], terms[1, 5] = -p.watch_tired * board.tired, p.watch_protocol * board.protocol
    board.watching = decide_and_record(desk, TWO_OPTIONS, WATCH_TERMS, WATCH_CHOICE, True, month, a)
    board.tired = min(p.tired_most, board.tired + 1.0) if board.watching == 1 else 0.0
    stage.tally[0].watches += board.watching


@kernel
def apply_watch_abuse(stage: ShiftContext, bench: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Let those on watch abuse somebody, perhaps: it harms a resident and the board, and is no deed of the police."""
    if bench.boards[a].watching == 0 or keyed_uniform(stage.seed, WATCH_ABUSES_STREAM, month, a, 0) >= p.abuse:
        return
    first, here = bench.home_start[a], bench.home_start[a + 1] - bench.home_start[a]
    if here == 0:
        return
    i = bench.at_home[first + int(keyed_uniform(stage.seed, ABUSED_BY_A_WATCH_STREAM, month, a, 0) * here)]
    if stage.minds[i].gone < 0 and age_years(stage.ground.people[i], stage.tick) >= MINIMUM_AGE:
        stage.minds[i].harmed = stage.tick
        stage.tally[0].watch_abuses += 1.0
        move_legitimacy(bench.boards[a], 0.0, bench.authority[a])


@kernel
def decide_invitation(stage: ShiftContext, bench: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Let a board want the police at its hearings and on its watch this month, or not."""
    board, desk = bench.boards[a], bench.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.invite, p.invite_answered * signed_belief(call_reliability(board, p))
    terms[1, 2], terms[1, 3] = (
        p.invite_conduct * signed_belief(hearing_conduct(board, p)),
        -p.invite_legitimacy * board.legitimacy,
    )
    terms[1, 4] = p.invite_protocol * board.protocol
    board.invites = decide_and_record(desk, TWO_OPTIONS, INVITE_TERMS, INVITE_CHOICE, True, month, a)
    stage.tally[0].invitations += board.invites


@kernel
def decide_request(
    stage: ShiftContext, bench: DeliberationTables, a: int, nights: float, month: int, p: Deliberation
) -> None:
    """Let a board ask for something between meetings, or not."""
    board, desk = bench.boards[a], bench.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.ask, p.ask_nights * nights
    terms[1, 2], terms[1, 3] = (
        p.ask_kept * signed_belief(request_reliability(board, p)),
        p.ask_organised * board.organised,
    )
    if decide_and_record(desk, TWO_OPTIONS, ASK_TERMS, ASK_CHOICE, True, month, a) == 1:
        append_request(stage, bench.requests, bench.requests_count, bench.suffered[a], a, OWN_REQUEST, 0)
        stage.tally[0].asks += 1.0


@kernel
def decide_escalation(stage: ShiftContext, bench: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Let a board whose requests stay unmet take them to the municipal table, then to the prefect, or not."""
    board, desk = bench.boards[a], bench.desk
    if board.unmet < p.unmet or board.climbing == 1:
        return
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.climb, p.climb_organised * (board.organised - 0.5)
    terms[1, 2] = p.climb_kept * signed_belief(share_with_prior(board.climbs_kept, board.climbs_broken, p.prior, 0.5))
    if decide_and_record(desk, TWO_OPTIONS, CLIMB_TERMS, CLIMB_CHOICE, True, month, a) == 1:
        board.rung, board.climbing = min(2, board.rung + 1), 1
        append_request(stage, bench.requests, bench.requests_count, bench.suffered[a], a, CLIMBED_REQUEST, board.rung)
        stage.tally[0].climbs += 1.0


@kernel
def decide_protocol(stage: ShiftContext, bench: DeliberationTables, a: int, year: int, p: Deliberation) -> None:
    """Let a board answer to the protocol that is offered, if one is, by what became of the last year's promises."""
    board, desk = bench.boards[a], bench.desk
    if keyed_uniform(stage.seed, OFFERED_STREAM, year, a, 0) >= bench.authority[a].protocol:
        board.protocol = 0
        return
    clear_terms(desk)
    terms, promises = desk.terms, board.promises_kept + board.promises_broken
    terms[1, 0], terms[1, 1] = p.protocol, p.protocol_answered * signed_belief(call_reliability(board, p))
    terms[1, 2] = p.protocol_kept * signed_belief(request_reliability(board, p))
    terms[1, 3] = p.protocol_conduct * signed_belief(hearing_conduct(board, p))
    terms[1, 4] = p.protocol_promises * (board.promises_kept - board.promises_broken) / (promises + 1.0)
    terms[1, 5] = -p.protocol_returned * board.cases_returned
    board.protocol = decide_and_record(desk, TWO_OPTIONS, PROTOCOL_TERMS, PROTOCOL_CHOICE, True, year, a)
    stage.tally[0].protocols_offered += 1.0
    stage.tally[0].protocols_agreed += board.protocol


@kernel
def make_monthly_decisions(stage: ShiftContext, bench: DeliberationTables, month: int, new_year: bool) -> None:
    """Let every board forget a little, look back, and decide for the month; communal boards are new on 1 January."""
    for a in range(len(bench.boards)):
        board, p = bench.boards[a], bench.parameters[a]
        decay_board_memory(board, 2.0 ** (-1.0 / p.half_life))
        if new_year and bench.authorities[a].communal == 1:
            decay_board_memory(board, p.carried + (1.0 - p.carried) * board.organised)
        nights = relative_night_crime(board, p)
        if board.protocol == 1 and bench.authority[a].protocol == 0.0:
            board.protocol = 0
            record_promise(stage, board, False)
        if p.watches == 1:
            decide_watch(stage, bench, a, nights, month, p)
            apply_watch_abuse(stage, bench, a, month, p)
        if p.invitations == 1:
            decide_invitation(stage, bench, a, month, p)
        if stage.tick < board.silent_until or bench.chiefs[a] < 0:
            continue
        if p.asks == 1:
            decide_request(stage, bench, a, nights, month, p)
        if p.climbs == 1:
            decide_escalation(stage, bench, a, month, p)


@kernel
def answer_protocols(stage: ShiftContext, bench: DeliberationTables, year: int) -> None:
    """Let every board answer to the protocol of the year; promises are then counted anew."""
    for a in range(len(bench.boards)):
        if bench.parameters[a].protocols == 1:
            decide_protocol(stage, bench, a, year, bench.parameters[a])
        bench.boards[a].promises_kept = bench.boards[a].promises_broken = 0.0


@kernel
def count_night_crimes(stage: ShiftContext, boards: Rows[Board]) -> None:
    """Let boards count the crimes of the night in their places of which somebody told."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        z = stage.ground.cells[row.cell].settlement
        if z >= 0 and IS_PROPERTY[row.kind] == 1 and row.told != NOBODY:
            boards[z].nights += 1.0


@kernel
def update_board_knowledge(
    stage: ShiftContext, boards: Rows[Board], couples: Rows[CoupleRow], last_out: IntArray
) -> None:
    """Let boards hear of their calls and, in the night shift, of its crimes; note whether any couple is on duty."""
    record_call_outcomes(stage, boards)
    if stage.tick % 3 == NIGHT_SHIFT:
        count_night_crimes(stage, boards)
    for post in range(len(couples)):
        if couples[post].on == 1:
            last_out[0] = stage.tick
            break


def initialise(world: World) -> None:
    """Draw what boards think of the police, and how organised they are, anew for every seed and by no name."""
    numbers = world.parameters[Deliberation]
    for a, board in enumerate(world.state[BOARDS]):
        p = numbers[a]
        drawn = logistic_noise(keyed_uniform(world.seed, DISPOSITION_OF_A_BOARD_STREAM, 0, a, 0))
        board.disposition = 1.0 / (1.0 + np.exp(-(p.disposed + p.disposed_spread * drawn)))
        if p.spread > 0.0:
            drawn = board.organised + p.spread * logistic_noise(keyed_uniform(world.seed, ORGANISED_STREAM, 0, a, 0))
            board.organised = min(MAX_ORGANISED, max(MIN_ORGANISED, drawn))


def step(world: World) -> None:
    """Let boards hear what became of their calls; on the first of a month and on 15 January they decide."""
    boards = world.state[BOARDS]
    world.run_kernel(
        update_board_knowledge, lambda: (world.shift_context(), boards, world.state[COUPLES], world.state[LAST_OUT])
    )
    if world.tick % 3 != 0:
        return
    date = date_of_tick(world.tick)
    if date.day != 1 and (date.day, date.month) != (15, 1):
        return
    world.state[CHOICES].reserve(4 * len(boards))
    world.state[REQUESTS].reserve(2 * len(boards))
    if date.day == 1:
        cases = world.state[CASES].used_rows()["settlement"]
        boards["load"] = np.bincount(cases, minlength=len(boards)) / world.parameters[Deliberation]["load_cases"]
        make_monthly_decisions(
            world.shift_context(), world.view(DeliberationTables), month_of(world.tick), date.month == 1
        )
    else:
        answer_protocols(world.shift_context(), world.view(DeliberationTables), date.year)


def mean_call_reliability(month: MonthSnapshot) -> float:
    """Mean over boards of how surely calls are answered, as each has seen it, 0 to 1."""
    rows, numbers = month.boards, month.world.parameters[Deliberation]
    n, shows = numbers["prior"], numbers["disposed_answers"]
    disposed = 0.5 * (1.0 - shows) + shows * rows["disposition"]
    good, bad = rows["calls_answered"], rows["calls_lost"]
    return float(np.mean((good + n * disposed) / (good + bad + n)))


MECHANISM = Mechanism(
    group=Deliberation,
    tables=(LAST_OUT,),
    counts=DeliberationCounts,
    writes=WRITTEN_COLUMNS,
    initialise=initialise,
    knockout=Knockout(("cases_called", "watches", "asks")),
    measures={
        "cases_heard": Measure("cases"),
        "cases_called": Measure("cases"),
        "cases_prosecuted": Measure("cases"),
        "cases_put_off": Measure("cases"),
        "heard_respect": Measure("cases"),
        "heard_weakness": Measure("cases"),
        "board_calls_answered": Measure("calls"),
        "board_calls_lost": Measure("calls"),
        "boards_believe_answers": Measure("0-1", mean_call_reliability),
        "watches": Measure("boards"),
        "watch_abuses": Measure("people"),
        "invitations": Measure("boards"),
        "asks": Measure("requests"),
        "climbs": Measure("requests"),
        "protocols_offered": Measure("boards"),
        "protocols_agreed": Measure("boards"),
        "promises_kept": Measure("promises"),
        "promises_broken": Measure("promises"),
    },
)
