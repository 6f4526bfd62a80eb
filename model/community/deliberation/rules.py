"""M35, deliberation: decisions of boards on cases, watches, police, requests and protocols.

Each board weighs its own experience: calls answered, conduct of the police at its hearings, requests kept, cases that
the state returned.  Every decision is a discrete choice; the terms of its utility, in log-odds, are those declared in
`schema.py`.  A belief is the share of good experience, with a prior from the board's disposition.  Switched off, a
board hears what is not grave and hands over the rest, always keeps its watch, never changes its mind about the police,
asks only at meetings, and a protocol is imposed.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.community.board_memory.rules import decay_board_memory, record_call_outcomes, record_promise
from model.community.board_memory.schema import LAST_OUT
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
    HIGHEST_RUNG,
    INVITE_CHOICE,
    INVITE_TERMS,
    LEGITIMACY_TERM,
    MAX_ORGANISED,
    MIN_ORGANISED,
    OFFERED_STREAM,
    ORGANISED_STREAM,
    PROTOCOL_CHOICE,
    PROTOCOL_DAY,
    PROTOCOL_MONTH,
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
from model.community.requests.rules import RequestTables, append_request
from model.community.requests.schema import CLIMBED_REQUEST, OWN_REQUEST, REQUESTS
from model.engine.calendar import (
    FIRST_DAYS,
    MINUTES_AN_HOUR,
    MORNINGS,
    NIGHT,
    SHIFTS,
)
from model.engine.elementary import LN_2, exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import IntArray, Rows
from model.police.contacts.schema import MINIMUM_AGE
from model.town.authorities import AuthorityRow
from model.town.crime_kinds import IS_PROPERTY
from model.trust.ledger.rules import logistic_noise
from model.world.binding import constant
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
from model.world.steps import KernelArguments, in_order, kernel_step, python_step


class DeliberationTables(TableBundle):
    """Tables of deliberation: the choice at hand, boards, authorities, requests, residents and parameters.

    ``authority`` holds the parameters of communal authority, ``chiefs`` the first officer of the facility that serves
    each board, or -1.
    """

    desk: ChoiceTables
    boards: Rows[Board]
    authorities: Rows[AuthorityRow]
    parameters: Rows[Deliberation]
    authority: Rows[CommunalAuthority]
    requests: RequestTables
    home_start: IntArray = constant(residents_by_settlement, 0)
    at_home: IntArray = constant(residents_by_settlement, 1)
    chiefs: IntArray = constant(chief_positions_by_authority)


@kernel
def call_reliability(board: Board, p: Deliberation) -> float:
    """Return the belief of a board that its calls are answered, 0 to 1."""
    disposed = prior_from_disposition(board.disposition, p.disposed_answers)
    return share_with_prior(board.calls_answered, board.calls_lost, p.prior, disposed)


@kernel
def prior_from_disposition(disposition: float, shows: float) -> float:
    """Return the belief of a board about calls without experience, 0 to 1.

    It is one half, drawn towards the disposition by the share ``shows``.
    """
    return 0.5 * (1.0 - shows) + shows * disposition


@kernel
def hearing_conduct(board: Board, p: Deliberation) -> float:
    """Return the belief of a board that police behave well at hearings, 0 to 1."""
    return share_with_prior(board.waited, board.stepped_in, p.prior, board.disposition)


@kernel
def request_reliability(board: Board, p: Deliberation) -> float:
    """Return the belief of a board that its requests are kept, 0 to 1."""
    return share_with_prior(board.requests_kept, board.requests_broken, p.prior, 0.5)


@kernel
def signed_belief(q: float) -> float:
    """Return a belief from 0 to 1 as evidence against (-1) to for (1)."""
    return 2.0 * q - 1.0


@kernel
def fill_case_terms(
    tables: DeliberationTables, board: Board, row: Incident, fear: float, hours: float, p: Deliberation
) -> None:
    """Fill the terms of utility of the options for a case in `desk.terms`, in log-odds.

    ``fear`` is that of reprisal, 0 if no gang is involved; ``hours`` is the way from home to the prosecutor.
    """
    desk, g = tables.desk, row.severity
    clear_terms(desk)
    terms = desk.terms
    terms[HEAR_CASE, 0], terms[CALL_POLICE, 0] = p.hear, p.call
    terms[REFER_TO_PROSECUTOR, 0], terms[PUT_OFF_CASE, 0] = p.prosecutor, p.wait
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
def count_deference(shift: ShiftContext, tables: DeliberationTables, number: int, p: Deliberation) -> None:
    """Count a case that is heard out of respect for the authority, or for want of effective police.

    It is respect if the board would have chosen another option without its legitimacy, weakness if it would have with
    perfectly reliable police.  Updates the monthly counts.
    """
    # The same keyed draws decide again, so that a change of option is due to the term alone.
    desk = tables.desk
    sum_utilities(desk, FOUR_OPTIONS, CASE_TERMS, LEGITIMACY_TERM)
    if choose_option(desk, FOUR_OPTIONS, CASE_CHOICE, False, shift.tick, number) != HEAR_CASE:
        shift.tally[0].heard_respect += 1.0
    desk.terms[CALL_POLICE, ANSWERS_TERM] = p.call_answered
    sum_utilities(desk, FOUR_OPTIONS, CASE_TERMS, ALL_TERMS)
    if choose_option(desk, FOUR_OPTIONS, CASE_CHOICE, False, shift.tick, number) != HEAR_CASE:
        shift.tally[0].heard_weakness += 1.0


@kernel
def choose_case(shift: ShiftContext, tables: DeliberationTables, row: Incident, i: int, z: int) -> int:
    """Choose an option for the case that resident ``i`` brings before the board of settlement ``z``.

    The choice is recorded.  A board that does not deliberate calls the police for grave cases and hears all others.
    """
    p, board = tables.parameters[z], tables.boards[z]
    if p.cases == 0:
        return CALL_POLICE if row.severity >= tables.authority[z].grave else HEAR_CASE
    threatened = row.motive == BY_GANG or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    fear = shift.minds[i].fear if threatened else 0.0
    hours = shift.ground.cells[shift.ground.people[i].home].seat_minutes / MINUTES_AN_HOUR
    fill_case_terms(tables, board, row, fear, hours, p)
    option = decide_and_record(tables.desk, FOUR_OPTIONS, CASE_TERMS, CASE_CHOICE, False, shift.tick, row.number)
    tables.desk.choices[tables.desk.choices_count[0] - 1].who = z
    if option == HEAR_CASE:
        count_deference(shift, tables, row.number, p)
    return option


@kernel
def decide_case(shift: ShiftContext, tables: DeliberationTables, row: Incident, i: int, z: int) -> int:
    """Decide a case before a board; return the days by which its hearing is put off, or -1 for no hearing.

    Updates `incidents.handed`, for the prosecutor also the complaint, and the monthly counts.
    """
    option, tally = choose_case(shift, tables, row, i, z), shift.tally[0]
    if option == HEAR_CASE:
        tally.cases_heard += 1.0
        return 0
    if option == PUT_OFF_CASE:
        tally.cases_put_off += 1.0
        move_legitimacy(tables.boards[z], tables.authority[z].delayed, tables.authority[z])
        return int(tables.parameters[z].put_off)
    row.handed = 1
    if option == CALL_POLICE:
        tally.cases_called += 1.0
    else:
        tally.cases_prosecuted += 1.0
        row.complaint = row.in_time = 1
    return -1


@kernel
def relative_night_crime(board: Board, p: Deliberation) -> float:
    """Return night crime known to a board in the month that ended, relative to a usual month.

    The result is -1 or more, 0 in a usual month.  Updates `board.usual` and resets `board.nights`.
    """
    # One more crime in both keeps the ratio finite and small counts near zero.
    over = (board.nights + 1.0) / (board.usual + 1.0) - 1.0
    board.usual += (board.nights - board.usual) / p.usual_months
    board.nights = 0.0
    return min(p.nights_most, over)


@kernel
def decide_watch(
    shift: ShiftContext, tables: DeliberationTables, a: int, nights: float, month: int, p: Deliberation
) -> None:
    """Decide whether a community keeps watch by night this month; neighbours tire of it.

    ``nights`` is relative night crime.  Updates `boards.watching`, `boards.tired`.
    """
    board, desk = tables.boards[a], tables.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1], terms[1, 2] = p.watch, p.watch_organised * board.organised, p.watch_nights * nights
    terms[1, 3] = -p.watch_answered * signed_belief(call_reliability(board, p))
    terms[1, 4], terms[1, 5] = -p.watch_tired * board.tired, p.watch_protocol * board.protocol
    board.watching = decide_and_record(desk, TWO_OPTIONS, WATCH_TERMS, WATCH_CHOICE, True, month, a)
    board.tired = min(p.tired_most, board.tired + 1.0) if board.watching == 1 else 0.0
    shift.tally[0].watches += board.watching


@kernel
def apply_watch_abuse(shift: ShiftContext, tables: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Apply the abuse of a resident by neighbours on watch, if it occurs.

    It harms the resident and the legitimacy of the board; it is no deed of the police and leaves trust alone.  Updates
    `minds.harmed`.
    """
    if tables.boards[a].watching == 0 or keyed_uniform(shift.seed, WATCH_ABUSES_STREAM, month, a, 0) >= p.abuse:
        return
    first, here = tables.home_start[a], tables.home_start[a + 1] - tables.home_start[a]
    if here == 0:
        return
    i = tables.at_home[first + int(keyed_uniform(shift.seed, ABUSED_BY_A_WATCH_STREAM, month, a, 0) * here)]
    if shift.minds[i].gone < 0 and age_years(shift.ground.people[i], shift.tick) >= MINIMUM_AGE:
        shift.minds[i].harmed = shift.tick
        shift.tally[0].watch_abuses += 1.0
        move_legitimacy(tables.boards[a], 0.0, tables.authority[a])


@kernel
def decide_invitation(shift: ShiftContext, tables: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Decide whether a board invites the police to hearings and watches this month.

    Updates `boards.invites`.
    """
    board, desk = tables.boards[a], tables.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.invite, p.invite_answered * signed_belief(call_reliability(board, p))
    terms[1, 2] = p.invite_conduct * signed_belief(hearing_conduct(board, p))
    terms[1, 3] = -p.invite_legitimacy * board.legitimacy
    terms[1, 4] = p.invite_protocol * board.protocol
    board.invites = decide_and_record(desk, TWO_OPTIONS, INVITE_TERMS, INVITE_CHOICE, True, month, a)
    shift.tally[0].invitations += board.invites


@kernel
def decide_request(
    shift: ShiftContext, tables: DeliberationTables, a: int, nights: float, month: int, p: Deliberation
) -> None:
    """Decide whether a board makes a request between meetings; ``nights`` is relative night crime."""
    board, desk = tables.boards[a], tables.desk
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.ask, p.ask_nights * nights
    terms[1, 2] = p.ask_kept * signed_belief(request_reliability(board, p))
    terms[1, 3] = p.ask_organised * board.organised
    if decide_and_record(desk, TWO_OPTIONS, ASK_TERMS, ASK_CHOICE, True, month, a) == 1:
        append_request(shift, tables.requests, a, OWN_REQUEST, 0)
        shift.tally[0].asks += 1.0


@kernel
def decide_escalation(shift: ShiftContext, tables: DeliberationTables, a: int, month: int, p: Deliberation) -> None:
    """Decide whether a board takes unmet requests to the municipal table, later to the prefect.

    Updates `boards.rung`, `boards.climbing` and appends a request.
    """
    board, desk = tables.boards[a], tables.desk
    if board.unmet < p.unmet or board.climbing == 1:
        return
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.climb, p.climb_organised * (board.organised - 0.5)
    terms[1, 2] = p.climb_kept * signed_belief(share_with_prior(board.climbs_kept, board.climbs_broken, p.prior, 0.5))
    if decide_and_record(desk, TWO_OPTIONS, CLIMB_TERMS, CLIMB_CHOICE, True, month, a) == 1:
        board.rung, board.climbing = min(HIGHEST_RUNG, board.rung + 1), 1
        append_request(shift, tables.requests, a, CLIMBED_REQUEST, board.rung)
        shift.tally[0].climbs += 1.0


@kernel
def decide_protocol(shift: ShiftContext, tables: DeliberationTables, a: int, year: int, p: Deliberation) -> None:
    """Decide whether a board agrees to the protocol it is offered, by the promises of the last year.

    Without an offer no protocol is in force.  Updates `boards.protocol`.
    """
    board, desk = tables.boards[a], tables.desk
    if keyed_uniform(shift.seed, OFFERED_STREAM, year, a, 0) >= tables.authority[a].protocol:
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
    shift.tally[0].protocols_offered += 1.0
    shift.tally[0].protocols_agreed += board.protocol


@kernel
def make_monthly_decisions(shift: ShiftContext, tables: DeliberationTables, month: int, new_year: bool) -> None:
    """Decay the memory of all boards and make their decisions for the month.

    Communal boards change on 1 January (``new_year``).  Boards that are silent or served by no officer ask for
    nothing.
    """
    for a in range(len(tables.boards)):
        board, p = tables.boards[a], tables.parameters[a]
        decay_board_memory(board, exp(-LN_2 / p.half_life))
        # A new communal board takes over the memory as far as it is handed over.
        if new_year and tables.authorities[a].communal == 1:
            decay_board_memory(board, p.carried + (1.0 - p.carried) * board.organised)
        nights = relative_night_crime(board, p)
        if board.protocol == 1 and tables.authority[a].protocol == 0.0:
            board.protocol = 0
            record_promise(shift, board, False)
        if p.watches == 1:
            decide_watch(shift, tables, a, nights, month, p)
            apply_watch_abuse(shift, tables, a, month, p)
        if p.invitations == 1:
            decide_invitation(shift, tables, a, month, p)
        if shift.tick < board.silent_until or tables.chiefs[a] < 0:
            continue
        if p.asks == 1:
            decide_request(shift, tables, a, nights, month, p)
        if p.climbs == 1:
            decide_escalation(shift, tables, a, month, p)


@kernel
def answer_protocols(shift: ShiftContext, tables: DeliberationTables, year: int) -> None:
    """Decide the protocol of the year for all boards, and reset their counts of promises."""
    for a in range(len(tables.boards)):
        if tables.parameters[a].protocols == 1:
            decide_protocol(shift, tables, a, year, tables.parameters[a])
        tables.boards[a].promises_kept = tables.boards[a].promises_broken = 0.0


@kernel
def count_night_crimes(shift: ShiftContext, boards: Rows[Board]) -> None:
    """Count for each board the reported property crimes of the night in its settlement.

    Updates `boards.nights`.
    """
    for k in range(shift.day.counts[INCIDENTS]):
        row = shift.day.incidents[k]
        z = shift.ground.cells[row.cell].settlement
        if z >= 0 and IS_PROPERTY[row.kind] == 1 and row.told != NOBODY:
            boards[z].nights += 1.0


@kernel
def update_board_knowledge(
    shift: ShiftContext, boards: Rows[Board], couples: Rows[CoupleRow], last_out: IntArray
) -> None:
    """Update the knowledge of boards: outcomes of calls and, in the night shift, crimes.

    Writes the tick to ``last_out`` if any couple is on duty.
    """
    record_call_outcomes(shift, boards)
    if shift.tick % SHIFTS == NIGHT:
        count_night_crimes(shift, boards)
    for post in range(len(couples)):
        if couples[post].on == 1:
            last_out[0] = shift.tick
            break


def initialise(world: World) -> None:
    """Draw the disposition and the organisation of the boards, anew for every seed and by no name."""
    parameters = world.parameters[Deliberation]
    for a, board in enumerate(world.state[BOARDS]):
        p = parameters[a]
        drawn = logistic_noise(keyed_uniform(world.seed, DISPOSITION_OF_A_BOARD_STREAM, 0, a, 0))
        board.disposition = logistic(p.disposed + p.disposed_spread * drawn)
        if p.spread > 0.0:
            drawn = board.organised + p.spread * logistic_noise(keyed_uniform(world.seed, ORGANISED_STREAM, 0, a, 0))
            board.organised = min(MAX_ORGANISED, max(MIN_ORGANISED, drawn))


@kernel_step(update_board_knowledge)
def learn_outcomes(world: World) -> KernelArguments:
    """Return the arguments of `update_board_knowledge`."""
    return world.shift_context(), world.state[BOARDS], world.state[COUPLES], world.state[LAST_OUT]


@python_step(flags=MORNINGS | FIRST_DAYS)
def decide_for_month(world: World) -> None:
    """Make the decisions of boards for the month."""
    boards, cases = world.state[BOARDS], world.state[CASES].used_rows()["settlement"]
    world.state[CHOICES].reserve(4 * len(boards))
    world.state[REQUESTS].reserve(2 * len(boards))
    boards["load"] = np.bincount(cases, minlength=len(boards)) / world.parameters[Deliberation]["load_cases"]
    make_monthly_decisions(world.shift_context(), world.view(DeliberationTables), world.month, world.date.month == 1)


def is_protocol_day(world: World, date: datetime.date) -> bool:
    """Return whether boards decide on protocols on a date."""
    return (date.day, date.month) == (PROTOCOL_DAY, PROTOCOL_MONTH)


@python_step(flags=MORNINGS, on=is_protocol_day)
def decide_on_protocols(world: World) -> None:
    """Let boards answer the protocols of the year."""
    world.state[CHOICES].reserve(4 * len(world.state[BOARDS]))
    answer_protocols(world.shift_context(), world.view(DeliberationTables), world.date.year)


step = in_order(learn_outcomes, decide_for_month, decide_on_protocols)
"""Update the knowledge of boards; decide for the month on the 1st, on protocols on 15 January."""


def mean_call_reliability(month: MonthSnapshot) -> float:
    """Return the mean belief of boards that their calls are answered, 0 to 1."""
    boards, parameters = month.boards, month.world.parameters[Deliberation]
    prior, shows = parameters["prior"], parameters["disposed_answers"]
    disposed = 0.5 * (1.0 - shows) + shows * boards["disposition"]
    good, bad = boards["calls_answered"], boards["calls_lost"]
    return float(np.mean((good + prior * disposed) / (good + bad + prior)))


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
