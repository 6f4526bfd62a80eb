"""M35, deliberation: decisions of boards on cases, watches, police, requests and protocols.

Each board weighs its own experience: calls answered, conduct of the police at its hearings, requests kept, cases that
the state returned.  Every decision is a discrete choice; the terms of its utility, in log-odds, are those declared
below.  A belief is the share of good experience, with a prior from the board's disposition.  Switched off, a board
hears what is not grave and hands over the rest, always keeps its watch, never changes its mind about the police, asks
only at meetings, and a protocol is imposed.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.community.board_memory import LAST_OUT, decay_board_memory, record_call_outcomes, record_promise
from model.community.communal_authority import move_legitimacy
from model.community.requests import CLIMBED_REQUEST, OWN_REQUEST, append_request
from model.engine.calendar import (
    FIRST_DAYS,
    MINUTES_AN_HOUR,
    MORNINGS,
    NIGHT,
    SHIFTS,
)
from model.engine.choices import declare_choice
from model.engine.elementary import LN_2, exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant
from model.police.contacts import MINIMUM_AGE
from model.town.crime_kinds import IS_PROPERTY
from model.trust.ledger import logistic_noise
from model.world.discrete_choice import (
    choose_option,
    clear_terms,
    decide_and_record,
    share_with_prior,
    sum_utilities,
)
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import BY_EXTORTION, BY_GANG, INCIDENTS, NOBODY, PUNISHMENT
from model.world.state import HIGHEST_RUNG
from model.world.steps import in_order, python_step, step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import Incident
    from model.world.state import Board

CaseTerm = IntEnum("CaseTerm", "HABIT GRAVITY LEGITIMACY ANSWERED CONDUCT RETURNED LOAD REPRISAL WAY", start=0)
WatchTerm = IntEnum("WatchTerm", "HABIT ORGANISED NIGHTS ANSWERED TIRED PROTOCOL", start=0)
InviteTerm = IntEnum("InviteTerm", "HABIT ANSWERED CONDUCT LEGITIMACY PROTOCOL", start=0)
AskTerm = IntEnum("AskTerm", "HABIT NIGHTS KEPT ORGANISED", start=0)
ClimbTerm = IntEnum("ClimbTerm", "HABIT ORGANISED CLIMBS", start=0)
ProtocolTerm = IntEnum("ProtocolTerm", "HABIT ANSWERED KEPT CONDUCT PROMISES RETURNED", start=0)
CASE_CHOICE = declare_choice("case before a board", "authority", ("hear", "call", "prosecutor", "wait"), CaseTerm)
WATCH_CHOICE = declare_choice("watch of a board", "authority", ("sleep", "watch"), WatchTerm, ordered=True)
INVITE_CHOICE = declare_choice("police and a board", "authority", ("refuse", "invite"), InviteTerm, ordered=True)
ASK_CHOICE = declare_choice("request of a board", "authority", ("keep_quiet", "ask"), AskTerm, ordered=True)
CLIMB_CHOICE = declare_choice("unmet requests of a board", "authority", ("let_lie", "climb"), ClimbTerm, ordered=True)
PROTOCOL_CHOICE = declare_choice("protocol with a board", "authority", ("refuse", "agree"), ProtocolTerm, ordered=True)
HEAR_CASE, CALL_POLICE, REFER_TO_PROSECUTOR, PUT_OFF_CASE = range(4)
"""Options of a board for a case."""
FOUR_OPTIONS, TWO_OPTIONS = int64_constant(4), int64_constant(2)
CASE_TERMS, WATCH_TERMS, INVITE_TERMS, ASK_TERMS, CLIMB_TERMS, PROTOCOL_TERMS = (
    int64_constant(len(terms)) for terms in (CaseTerm, WatchTerm, InviteTerm, AskTerm, ClimbTerm, ProtocolTerm)
)
"""Number of terms of each choice."""
ALL_TERMS = int64_constant(-1)
"""No term left out."""
LEGITIMACY_TERM = int64_constant(CaseTerm.LEGITIMACY)
"""Term of a case that is left out, to tell respect for the authority."""
DISPOSITION_OF_A_BOARD_STREAM, ORGANISED_STREAM, OFFERED_STREAM = (
    stream_id("disposition of a board"),
    stream_id("organised"),
    stream_id("offered"),
)
WATCH_ABUSES_STREAM, ABUSED_BY_A_WATCH_STREAM = stream_id("watch abuses"), stream_id("abused by a watch")
MIN_ORGANISED, MAX_ORGANISED = 0.05, 0.98
"""Range of the drawn organisation of a community; assumed."""
PROTOCOL_DAY, PROTOCOL_MONTH = 15, 1
"""Day and month on which boards answer to protocols."""


@dataclass(frozen=True, init=False)
class Deliberation(ParameterGroup):
    """Parameters of the decisions of boards.

    A decision that is switched off takes the option that needs no deliberation.
    """

    name: ClassVar[str] = "deliberation"
    evidence: ClassVar[tuple[str, ...]] = (
        "A11", "A12", "E03", "E04", "E05", "E10", "F01", "F04", "F06", "F07", "F08", "F09", "F10", "F12", "F13", "F18",
        "F19", "F25", "F26", "F28", "F29", "G09", "Y05", "Y06",
    )  # fmt: skip

    cases: int
    watches: int
    invitations: int
    asks: int
    climbs: int
    protocols: int
    couples: int
    half_life: float
    prior: float
    stepped_in: float
    disposed_answers: float
    carried: float
    spread: float
    disposed: float
    disposed_spread: float

    hear: float
    hear_legitimacy: float
    hear_grave: float
    grave_from: float
    hear_load: float
    load_cases: float
    call: float
    call_gravity: float
    call_answered: float
    call_conduct: float
    call_legitimacy: float
    prosecutor: float
    prosecutor_gravity: float
    prosecutor_returned: float
    prosecutor_way: float
    reprisal: float
    wait: float
    put_off: int

    watch: float
    watch_organised: float
    watch_nights: float
    nights_most: float
    usual_months: float
    watch_answered: float
    watch_tired: float
    tired_most: float
    watch_protocol: float
    watch_effect: float
    abuse: float

    invite: float
    invite_answered: float
    invite_conduct: float
    invite_legitimacy: float
    invite_protocol: float

    ask: float
    ask_nights: float
    ask_kept: float
    ask_organised: float
    climb: float
    unmet: int
    climb_organised: float
    climb_kept: float
    climbed: float

    protocol: float
    protocol_answered: float
    protocol_kept: float
    protocol_conduct: float
    protocol_promises: float
    protocol_returned: float
    keeps: float
    agreed: float


class DeliberationCounts(Row):
    """Monthly counts of deliberation."""

    cases_heard: float
    cases_called: float
    cases_prosecuted: float
    cases_put_off: float
    heard_respect: float
    heard_weakness: float
    board_calls_answered: float
    board_calls_lost: float
    watches: float
    watch_abuses: float
    invitations: float
    asks: float
    climbs: float
    protocols_offered: float
    protocols_agreed: float
    promises_kept: float
    promises_broken: float


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
def fill_case_terms(w: World, board: Board, row: Incident, fear: float, hours: float, p: Deliberation) -> None:
    """Fill the terms of utility of the options for a case in `choice_terms`, in log-odds.

    ``fear`` is that of reprisal, 0 if no gang is involved; ``hours`` is the way from home to the prosecutor.
    """
    g = row.severity
    clear_terms(w)
    terms = w.choice_terms
    terms[HEAR_CASE, CaseTerm.HABIT] = p.hear
    terms[CALL_POLICE, CaseTerm.HABIT] = p.call
    terms[REFER_TO_PROSECUTOR, CaseTerm.HABIT] = p.prosecutor
    terms[PUT_OFF_CASE, CaseTerm.HABIT] = p.wait
    terms[HEAR_CASE, CaseTerm.GRAVITY] = -p.hear_grave * max(0.0, g - p.grave_from)
    terms[CALL_POLICE, CaseTerm.GRAVITY] = p.call_gravity * g
    terms[REFER_TO_PROSECUTOR, CaseTerm.GRAVITY] = p.prosecutor_gravity * g
    terms[HEAR_CASE, CaseTerm.LEGITIMACY] = p.hear_legitimacy * board.legitimacy
    terms[CALL_POLICE, CaseTerm.LEGITIMACY] = -p.call_legitimacy * board.legitimacy * (1.0 - g)
    terms[CALL_POLICE, CaseTerm.ANSWERED] = p.call_answered * signed_belief(call_reliability(board, p))
    terms[CALL_POLICE, CaseTerm.CONDUCT] = p.call_conduct * signed_belief(hearing_conduct(board, p))
    state = share_with_prior(board.cases_taken, board.cases_returned, p.prior, 0.5)
    terms[REFER_TO_PROSECUTOR, CaseTerm.RETURNED] = p.prosecutor_returned * signed_belief(state)
    terms[HEAR_CASE, CaseTerm.LOAD] = -p.hear_load * board.load
    terms[CALL_POLICE, CaseTerm.REPRISAL] = terms[REFER_TO_PROSECUTOR, CaseTerm.REPRISAL] = -p.reprisal * fear
    terms[REFER_TO_PROSECUTOR, CaseTerm.WAY] = -p.prosecutor_way * hours


@kernel
def count_deference(w: World, number: int, p: Deliberation) -> None:
    """Count a case that is heard out of respect for the authority, or for want of effective police.

    It is respect if the board would have chosen another option without its legitimacy, weakness if it would have with
    perfectly reliable police.  Updates the monthly counts.
    """
    # The same keyed draws decide again, so that a change of option is due to the term alone.
    sum_utilities(w, FOUR_OPTIONS, CASE_TERMS, LEGITIMACY_TERM)
    if choose_option(w, FOUR_OPTIONS, CASE_CHOICE, False, w.tick, number) != HEAR_CASE:
        w.tally[0].heard_respect += 1.0
    w.choice_terms[CALL_POLICE, CaseTerm.ANSWERED] = p.call_answered
    sum_utilities(w, FOUR_OPTIONS, CASE_TERMS, ALL_TERMS)
    if choose_option(w, FOUR_OPTIONS, CASE_CHOICE, False, w.tick, number) != HEAR_CASE:
        w.tally[0].heard_weakness += 1.0


@kernel
def choose_case(w: World, row: Incident, i: int, z: int) -> int:
    """Choose an option for the case that resident ``i`` brings before the board of settlement ``z``.

    The choice is recorded.  A board that does not deliberate calls the police for grave cases and hears all others.
    """
    p, board = w.p.deliberation[z], w.boards[z]
    if p.cases == 0:
        return CALL_POLICE if row.severity >= w.p.communal_authority[z].grave else HEAR_CASE
    threatened = row.motive == BY_GANG or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    fear = w.minds[i].fear if threatened else 0.0
    hours = w.cells[w.people[i].home].seat_minutes / MINUTES_AN_HOUR
    fill_case_terms(w, board, row, fear, hours, p)
    option = decide_and_record(w, FOUR_OPTIONS, CASE_TERMS, CASE_CHOICE, False, w.tick, row.number)
    w.choices[w.choices_count[0] - 1].who = z
    if option == HEAR_CASE:
        count_deference(w, row.number, p)
    return option


@kernel
def decide_case(w: World, row: Incident, i: int, z: int) -> int:
    """Decide a case before a board; return the days by which its hearing is put off, or -1 for no hearing.

    Updates `incidents.handed`, for the prosecutor also the complaint, and the monthly counts.
    """
    option, tally = choose_case(w, row, i, z), w.tally[0]
    if option == HEAR_CASE:
        tally.cases_heard += 1.0
        return 0
    if option == PUT_OFF_CASE:
        tally.cases_put_off += 1.0
        move_legitimacy(w.boards[z], w.p.communal_authority[z].delayed, w.p.communal_authority[z])
        return int(w.p.deliberation[z].put_off)
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
def decide_watch(w: World, a: int, nights: float, month: int, p: Deliberation) -> None:
    """Decide whether a community keeps watch by night this month; neighbours tire of it.

    ``nights`` is relative night crime.  Updates `boards.watching`, `boards.tired`.
    """
    board = w.boards[a]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, WatchTerm.HABIT] = p.watch
    terms[1, WatchTerm.ORGANISED] = p.watch_organised * board.organised
    terms[1, WatchTerm.NIGHTS] = p.watch_nights * nights
    terms[1, WatchTerm.ANSWERED] = -p.watch_answered * signed_belief(call_reliability(board, p))
    terms[1, WatchTerm.TIRED] = -p.watch_tired * board.tired
    terms[1, WatchTerm.PROTOCOL] = p.watch_protocol * board.protocol
    board.watching = decide_and_record(w, TWO_OPTIONS, WATCH_TERMS, WATCH_CHOICE, True, month, a)
    board.tired = min(p.tired_most, board.tired + 1.0) if board.watching == 1 else 0.0
    w.tally[0].watches += board.watching


@kernel
def apply_watch_abuse(w: World, a: int, month: int, p: Deliberation) -> None:
    """Apply the abuse of a resident by neighbours on watch, if it occurs.

    It harms the resident and the legitimacy of the board; it is no deed of the police and leaves trust alone.  Updates
    `minds.harmed`.
    """
    if w.boards[a].watching == 0 or keyed_uniform(w.seed, WATCH_ABUSES_STREAM, month, a, 0) >= p.abuse:
        return
    first, here = w.home_start[a], w.home_start[a + 1] - w.home_start[a]
    if here == 0:
        return
    i = w.at_home[first + int(keyed_uniform(w.seed, ABUSED_BY_A_WATCH_STREAM, month, a, 0) * here)]
    if w.minds[i].gone < 0 and age_years(w.people[i], w.tick) >= MINIMUM_AGE:
        w.minds[i].harmed = w.tick
        w.tally[0].watch_abuses += 1.0
        move_legitimacy(w.boards[a], 0.0, w.p.communal_authority[a])


@kernel
def decide_invitation(w: World, a: int, month: int, p: Deliberation) -> None:
    """Decide whether a board invites the police to hearings and watches this month.

    Updates `boards.invites`.
    """
    board = w.boards[a]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, InviteTerm.HABIT] = p.invite
    terms[1, InviteTerm.ANSWERED] = p.invite_answered * signed_belief(call_reliability(board, p))
    terms[1, InviteTerm.CONDUCT] = p.invite_conduct * signed_belief(hearing_conduct(board, p))
    terms[1, InviteTerm.LEGITIMACY] = -p.invite_legitimacy * board.legitimacy
    terms[1, InviteTerm.PROTOCOL] = p.invite_protocol * board.protocol
    board.invites = decide_and_record(w, TWO_OPTIONS, INVITE_TERMS, INVITE_CHOICE, True, month, a)
    w.tally[0].invitations += board.invites


@kernel
def decide_request(w: World, a: int, nights: float, month: int, p: Deliberation) -> None:
    """Decide whether a board makes a request between meetings; ``nights`` is relative night crime."""
    board = w.boards[a]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, AskTerm.HABIT] = p.ask
    terms[1, AskTerm.NIGHTS] = p.ask_nights * nights
    terms[1, AskTerm.KEPT] = p.ask_kept * signed_belief(request_reliability(board, p))
    terms[1, AskTerm.ORGANISED] = p.ask_organised * board.organised
    if decide_and_record(w, TWO_OPTIONS, ASK_TERMS, ASK_CHOICE, True, month, a) == 1:
        append_request(w, a, OWN_REQUEST, 0)
        w.tally[0].asks += 1.0


@kernel
def decide_escalation(w: World, a: int, month: int, p: Deliberation) -> None:
    """Decide whether a board takes unmet requests to the municipal table, later to the prefect.

    Updates `boards.rung`, `boards.climbing` and appends a request.
    """
    board = w.boards[a]
    if board.unmet < p.unmet or board.climbing == 1:
        return
    clear_terms(w)
    terms = w.choice_terms
    terms[1, ClimbTerm.HABIT] = p.climb
    terms[1, ClimbTerm.ORGANISED] = p.climb_organised * (board.organised - 0.5)
    terms[1, ClimbTerm.CLIMBS] = p.climb_kept * signed_belief(
        share_with_prior(board.climbs_kept, board.climbs_broken, p.prior, 0.5)
    )
    if decide_and_record(w, TWO_OPTIONS, CLIMB_TERMS, CLIMB_CHOICE, True, month, a) == 1:
        board.rung, board.climbing = min(HIGHEST_RUNG, board.rung + 1), 1
        append_request(w, a, CLIMBED_REQUEST, board.rung)
        w.tally[0].climbs += 1.0


@kernel
def decide_protocol(w: World, a: int, year: int, p: Deliberation) -> None:
    """Decide whether a board agrees to the protocol it is offered, by the promises of the last year.

    Without an offer no protocol is in force.  Updates `boards.protocol`.
    """
    board = w.boards[a]
    if keyed_uniform(w.seed, OFFERED_STREAM, year, a, 0) >= w.p.communal_authority[a].protocol:
        board.protocol = 0
        return
    clear_terms(w)
    terms, promises = w.choice_terms, board.promises_kept + board.promises_broken
    terms[1, ProtocolTerm.HABIT] = p.protocol
    terms[1, ProtocolTerm.ANSWERED] = p.protocol_answered * signed_belief(call_reliability(board, p))
    terms[1, ProtocolTerm.KEPT] = p.protocol_kept * signed_belief(request_reliability(board, p))
    terms[1, ProtocolTerm.CONDUCT] = p.protocol_conduct * signed_belief(hearing_conduct(board, p))
    terms[1, ProtocolTerm.PROMISES] = (
        p.protocol_promises * (board.promises_kept - board.promises_broken) / (promises + 1.0)
    )
    terms[1, ProtocolTerm.RETURNED] = -p.protocol_returned * board.cases_returned
    board.protocol = decide_and_record(w, TWO_OPTIONS, PROTOCOL_TERMS, PROTOCOL_CHOICE, True, year, a)
    w.tally[0].protocols_offered += 1.0
    w.tally[0].protocols_agreed += board.protocol


@kernel
def make_monthly_decisions(w: World, month: int, new_year: bool) -> None:
    """Decay the memory of all boards and make their decisions for the month.

    Communal boards change on 1 January (``new_year``).  Boards that are silent or served by no officer ask for
    nothing.
    """
    for a in range(len(w.boards)):
        board, p = w.boards[a], w.p.deliberation[a]
        decay_board_memory(board, exp(-LN_2 / p.half_life))
        # A new communal board takes over the memory as far as it is handed over.
        if new_year and w.authorities[a].communal == 1:
            decay_board_memory(board, p.carried + (1.0 - p.carried) * board.organised)
        nights = relative_night_crime(board, p)
        if board.protocol == 1 and w.p.communal_authority[a].protocol == 0.0:
            board.protocol = 0
            record_promise(w, board, False)
        if p.watches == 1:
            decide_watch(w, a, nights, month, p)
            apply_watch_abuse(w, a, month, p)
        if p.invitations == 1:
            decide_invitation(w, a, month, p)
        if w.tick < board.silent_until or w.chief_of_board[a] < 0:
            continue
        if p.asks == 1:
            decide_request(w, a, nights, month, p)
        if p.climbs == 1:
            decide_escalation(w, a, month, p)


@kernel
def answer_protocols(w: World, year: int) -> None:
    """Decide the protocol of the year for all boards, and reset their counts of promises."""
    for a in range(len(w.boards)):
        if w.p.deliberation[a].protocols == 1:
            decide_protocol(w, a, year, w.p.deliberation[a])
        w.boards[a].promises_kept = w.boards[a].promises_broken = 0.0


@kernel
def count_night_crimes(w: World) -> None:
    """Count for each board the reported property crimes of the night in its settlement.

    Updates `boards.nights`.
    """
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        z = w.cells[row.cell].settlement
        if z >= 0 and IS_PROPERTY[row.kind] == 1 and row.reported_to != NOBODY:
            w.boards[z].nights += 1.0


def initialise(sim: Simulation) -> None:
    """Draw the disposition and the organisation of the boards, anew for every seed and by no name."""
    parameters = sim.p.deliberation
    for a, board in enumerate(sim.w.boards):
        p = parameters[a]
        drawn = logistic_noise(keyed_uniform(sim.seed, DISPOSITION_OF_A_BOARD_STREAM, 0, a, 0))
        board.disposition = 1.0 / (1.0 + exp(-(p.disposed + p.disposed_spread * drawn)))
        if p.spread > 0.0:
            drawn = board.organised + p.spread * logistic_noise(keyed_uniform(sim.seed, ORGANISED_STREAM, 0, a, 0))
            board.organised = min(MAX_ORGANISED, max(MIN_ORGANISED, drawn))


@step
def update_board_knowledge(w: World) -> None:
    """Update the knowledge of boards: outcomes of calls and, in the night shift, crimes.

    Writes the tick to ``last_out`` if any couple is on duty.
    """
    record_call_outcomes(w)
    if w.tick % SHIFTS == NIGHT:
        count_night_crimes(w)
    for post in range(len(w.couples)):
        if w.couples[post].on == 1:
            w.last_out[0] = w.tick
            break


@python_step(flags=MORNINGS | FIRST_DAYS)
def decide_for_month(sim: Simulation) -> None:
    """Make the decisions of boards for the month."""
    boards, cases = sim.w.boards, sim.state.cases.used_rows()["settlement"]
    sim.state.choices.reserve(4 * len(boards))
    sim.state.requests.reserve(2 * len(boards))
    boards["load"] = np.bincount(cases, minlength=len(boards)) / sim.p.deliberation["load_cases"]
    make_monthly_decisions(sim.w, sim.month, sim.date.month == 1)


def is_protocol_day(sim: Simulation, date: datetime.date) -> bool:
    """Return whether boards decide on protocols on a date."""
    return (date.day, date.month) == (PROTOCOL_DAY, PROTOCOL_MONTH)


@python_step(flags=MORNINGS, on=is_protocol_day)
def decide_on_protocols(sim: Simulation) -> None:
    """Let boards answer the protocols of the year."""
    sim.state.choices.reserve(4 * len(sim.w.boards))
    answer_protocols(sim.w, sim.date.year)


deliberate = in_order(update_board_knowledge, decide_for_month, decide_on_protocols)
"""Update the knowledge of boards; decide for the month on the 1st, on protocols on 15 January."""


def mean_call_reliability(month: MonthSnapshot) -> float:
    """Return the mean belief of boards that their calls are answered, 0 to 1."""
    boards, parameters = month.boards, month.world.p.deliberation
    prior, shows = parameters["prior"], parameters["disposed_answers"]
    disposed = 0.5 * (1.0 - shows) + shows * boards["disposition"]
    good, bad = boards["calls_answered"], boards["calls_lost"]
    return float(np.mean((good + prior * disposed) / (good + bad + prior)))


MECHANISM = Mechanism(
    group=Deliberation,
    tables=(LAST_OUT,),
    counts=DeliberationCounts,
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
