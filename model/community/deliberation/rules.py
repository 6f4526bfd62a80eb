"""M35, deliberation: what boards decide of cases, watches, police, requests and protocols (ODD, deliberation).

Each board weighs what it remembers itself: whether its calls were answered, how police behaved at its hearings, which
requests were kept, which cases the state returned.  Switched off, a board hears what is not grave and hands over the
rest, always keeps its watch, never changes its mind about the police, asks only at meetings, and a protocol is imposed.
"""

from __future__ import annotations

import numpy as np

from model.community.board_memory.rules import fade, hear_of_calls, remember_promise
from model.community.board_memory.schema import LAST_OUT, NIGHT
from model.community.communal_authority.rules import move_legitimacy, settled_of
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.schema import (
    ABUSE,
    ABUSED,
    ALL,
    ASK,
    ASK_TERMS,
    BY_ANSWERS,
    BY_LEGITIMACY,
    CALL,
    CASE,
    CASE_TERMS,
    CLIMB,
    CLIMB_TERMS,
    DISPOSITION,
    FOUR,
    HEAR,
    INVITE,
    INVITE_TERMS,
    LEAST_ORGANISED,
    MOST_ORGANISED,
    OFFERED,
    ORGANISED,
    PROSECUTE,
    PROTOCOL,
    PROTOCOL_TERMS,
    TWO,
    WAIT,
    WATCH,
    WATCH_TERMS,
    WRITES,
    YOUNGEST,
    Counts,
    Deliberation,
)
from model.community.requests.rules import write_request
from model.community.requests.schema import CLIMBED, OWN, REQUESTS, SUFFERED, Request
from model.engine.calendar import date_of_tick, month_of
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import luck
from model.engine.rows import Ints, Reals, Rows
from model.town.authorities import Authority
from model.town.crime_kinds import PROPERTY
from model.trust.ledger.rules import noise
from model.world.deciding import rules as deciding
from model.world.deciding import schema as deciding_schema
from model.world.deciding.rules import belief, chosen, clear, decide, weigh
from model.world.deciding.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import Month
from model.world.places import chiefs_of
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import BY_EXTORTION, BY_GANG, INCIDENTS, NOBODY, PUNISHMENT, Incident
from model.world.state import BOARDS, COUPLES, Board, Couple


class Bench(Tables):
    """Where boards sit: what they remember, whom they serve, what they may ask, and by what numbers they weigh."""

    desk: deciding_schema.Desk
    boards: Rows[Board]
    authorities: Rows[Authority]
    numbers: Rows[Deliberation]
    authority: Rows[CommunalAuthority]
    requests: Rows[Request]
    request_count: Ints
    suffered: Reals
    home_start: Ints
    at_home: Ints
    chiefs: Ints


@kernel
def answers(board: Board, p: Deliberation) -> float:
    """How surely calls are answered, as this board has seen it, 0 to 1."""
    disposed = by_disposition(board.disposition, p.disposed_answers)
    return belief(board.calls_answered, board.calls_lost, p.prior, disposed)


@kernel
def by_disposition(disposition: float, shows: float) -> float:
    """What a board expects of calls without experience: one half, drawn towards its disposition."""
    return 0.5 * (1.0 - shows) + shows * disposition


@kernel
def conduct(board: Board, p: Deliberation) -> float:
    """How well police behave at hearings, as this board has seen it, 0 to 1."""
    return belief(board.waited, board.stepped_in, p.prior, board.disposition)


@kernel
def kept(board: Board, p: Deliberation) -> float:
    """How surely requests are kept, as this board has seen it, 0 to 1."""
    return belief(board.requests_kept, board.requests_broken, p.prior, 0.5)


@kernel
def sign(q: float) -> float:
    """Belief from 0 to 1 as what speaks against (-1) or for (1)."""
    return 2.0 * q - 1.0


@kernel
def weigh_case(bench: Bench, board: Board, row: Incident, fear: float, hours: float, p: Deliberation) -> None:
    """Weigh what may become of a case."""
    desk, g = bench.desk, row.severity
    clear(desk)
    terms = desk.terms
    terms[HEAR, 0], terms[CALL, 0], terms[PROSECUTE, 0], terms[WAIT, 0] = p.hear, p.call, p.prosecutor, p.wait
    terms[HEAR, 1], terms[CALL, 1] = -p.hear_grave * max(0.0, g - p.grave_from), p.call_gravity * g
    terms[PROSECUTE, 1] = p.prosecutor_gravity * g
    terms[HEAR, 2] = p.hear_legitimacy * board.legitimacy
    terms[CALL, 2] = -p.call_legitimacy * board.legitimacy * (1.0 - g)
    terms[CALL, 3] = p.call_answered * sign(answers(board, p))
    terms[CALL, 4] = p.call_conduct * sign(conduct(board, p))
    state = belief(board.cases_taken, board.cases_returned, p.prior, 0.5)
    terms[PROSECUTE, 5] = p.prosecutor_returned * sign(state)
    terms[HEAR, 6] = -p.hear_load * board.load
    terms[CALL, 7] = terms[PROSECUTE, 7] = -p.reprisal * fear
    terms[PROSECUTE, 8] = -p.prosecutor_way * hours


@kernel
def say_why_heard(stage: Stage, bench: Bench, number: int, p: Deliberation) -> None:
    """Count whether a case is heard out of respect, or since the police are weak: it had gone elsewhere otherwise."""
    desk = bench.desk
    weigh(desk, FOUR, CASE_TERMS, BY_LEGITIMACY)
    if chosen(desk, FOUR, CASE, False, stage.tick, number) != HEAR:
        stage.tally[0].heard_respect += 1.0
    desk.terms[CALL, BY_ANSWERS] = p.call_answered
    weigh(desk, FOUR, CASE_TERMS, ALL)
    if chosen(desk, FOUR, CASE, False, stage.tick, number) != HEAR:
        stage.tally[0].heard_weakness += 1.0


@kernel
def choose_case(stage: Stage, bench: Bench, row: Incident, i: int, z: int) -> int:
    """Choose what becomes of a case that resident i brings before the board of settlement z."""
    p, board = bench.numbers[z], bench.boards[z]
    if p.cases == 0:
        return CALL if row.severity >= bench.authority[z].grave else HEAR
    threatened = row.motive == BY_GANG or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    fear = stage.minds[i].fear if threatened else 0.0
    hours = stage.ground.cells[stage.ground.people[i].home].seat_minutes / 60.0
    weigh_case(bench, board, row, fear, hours, p)
    option = decide(bench.desk, FOUR, CASE_TERMS, CASE, False, stage.tick, row.number)
    bench.desk.choices[bench.desk.count[0] - 1].who = z
    if option == HEAR:
        say_why_heard(stage, bench, row.number, p)
    return option


@kernel
def decide_case(stage: Stage, bench: Bench, row: Incident, i: int, z: int) -> int:
    """Let a board decide what becomes of a case; return by how many days its hearing is put off, -1 for no hearing."""
    option, tally = choose_case(stage, bench, row, i, z), stage.tally[0]
    if option == HEAR:
        tally.cases_heard += 1.0
        return 0
    if option == WAIT:
        tally.cases_put_off += 1.0
        move_legitimacy(bench.boards[z], bench.authority[z].delayed, bench.authority[z])
        return int(bench.numbers[z].put_off)
    row.handed = 1
    if option == CALL:
        tally.cases_called += 1.0
    else:
        tally.cases_prosecuted += 1.0
        row.complaint = row.in_time = 1
    return -1


@kernel
def look_back(board: Board, p: Deliberation) -> float:
    """Crime by night that a board knows of in the month that ended, over a usual one, -1 or more; begin anew."""
    over = (board.nights + 1.0) / (board.usual + 1.0) - 1.0
    board.usual += (board.nights - board.usual) / p.usual_months
    board.nights = 0.0
    return min(p.nights_most, over)


@kernel
def decide_watch(stage: Stage, bench: Bench, a: int, nights: float, month: int, p: Deliberation) -> None:
    """Let a board keep watch by night this month, or not; neighbours tire of it."""
    board, desk = bench.boards[a], bench.desk
    clear(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1], terms[1, 2] = p.watch, p.watch_organised * board.organised, p.watch_nights * nights
    terms[1, 3] = -p.watch_answered * sign(answers(board, p))
    terms[1, 4], terms[1, 5] = -p.watch_tired * board.tired, p.watch_protocol * board.protocol
    board.watching = decide(desk, TWO, WATCH_TERMS, WATCH, True, month, a)
    board.tired = min(p.tired_most, board.tired + 1.0) if board.watching == 1 else 0.0
    stage.tally[0].watches += board.watching


@kernel
def go_round(stage: Stage, bench: Bench, a: int, month: int, p: Deliberation) -> None:
    """Let those on watch abuse somebody, perhaps: it harms a resident and the board, and is no deed of the police."""
    if bench.boards[a].watching == 0 or luck(stage.seed, ABUSE, month, a, 0) >= p.abuse:
        return
    first, here = bench.home_start[a], bench.home_start[a + 1] - bench.home_start[a]
    if here == 0:
        return
    i = bench.at_home[first + int(luck(stage.seed, ABUSED, month, a, 0) * here)]
    if stage.minds[i].gone < 0 and age_of(stage.ground.people[i], stage.tick) >= YOUNGEST:
        stage.minds[i].harmed = stage.tick
        stage.tally[0].watch_abuses += 1.0
        move_legitimacy(bench.boards[a], 0.0, bench.authority[a])


@kernel
def decide_invitation(stage: Stage, bench: Bench, a: int, month: int, p: Deliberation) -> None:
    """Let a board want the police at its hearings and on its watch this month, or not."""
    board, desk = bench.boards[a], bench.desk
    clear(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.invite, p.invite_answered * sign(answers(board, p))
    terms[1, 2], terms[1, 3] = p.invite_conduct * sign(conduct(board, p)), -p.invite_legitimacy * board.legitimacy
    terms[1, 4] = p.invite_protocol * board.protocol
    board.invites = decide(desk, TWO, INVITE_TERMS, INVITE, True, month, a)
    stage.tally[0].invitations += board.invites


@kernel
def decide_request(stage: Stage, bench: Bench, a: int, nights: float, month: int, p: Deliberation) -> None:
    """Let a board ask for something between meetings, or not."""
    board, desk = bench.boards[a], bench.desk
    clear(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.ask, p.ask_nights * nights
    terms[1, 2], terms[1, 3] = p.ask_kept * sign(kept(board, p)), p.ask_organised * board.organised
    if decide(desk, TWO, ASK_TERMS, ASK, True, month, a) == 1:
        write_request(stage, bench.requests, bench.request_count, bench.suffered[a], a, OWN, 0)
        stage.tally[0].asks += 1.0


@kernel
def decide_climb(stage: Stage, bench: Bench, a: int, month: int, p: Deliberation) -> None:
    """Let a board whose requests stay unmet take them to the municipal table, then to the prefect, or not."""
    board, desk = bench.boards[a], bench.desk
    if board.unmet < p.unmet or board.climbing == 1:
        return
    clear(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.climb, p.climb_organised * (board.organised - 0.5)
    terms[1, 2] = p.climb_kept * sign(belief(board.climbs_kept, board.climbs_broken, p.prior, 0.5))
    if decide(desk, TWO, CLIMB_TERMS, CLIMB, True, month, a) == 1:
        board.rung, board.climbing = min(2, board.rung + 1), 1
        write_request(stage, bench.requests, bench.request_count, bench.suffered[a], a, CLIMBED, board.rung)
        stage.tally[0].climbs += 1.0


@kernel
def decide_protocol(stage: Stage, bench: Bench, a: int, year: int, p: Deliberation) -> None:
    """Let a board answer to the protocol that is offered, if one is, by what became of the last year's promises."""
    board, desk = bench.boards[a], bench.desk
    if luck(stage.seed, OFFERED, year, a, 0) >= bench.authority[a].protocol:
        board.protocol = 0
        return
    clear(desk)
    terms, promises = desk.terms, board.promises_kept + board.promises_broken
    terms[1, 0], terms[1, 1] = p.protocol, p.protocol_answered * sign(answers(board, p))
    terms[1, 2] = p.protocol_kept * sign(kept(board, p))
    terms[1, 3] = p.protocol_conduct * sign(conduct(board, p))
    terms[1, 4] = p.protocol_promises * (board.promises_kept - board.promises_broken) / (promises + 1.0)
    terms[1, 5] = -p.protocol_returned * board.cases_returned
    board.protocol = decide(desk, TWO, PROTOCOL_TERMS, PROTOCOL, True, year, a)
    stage.tally[0].protocols_offered += 1.0
    stage.tally[0].protocols_agreed += board.protocol


@kernel
def begin_month(stage: Stage, bench: Bench, month: int, new_year: bool) -> None:
    """Let every board forget a little, look back, and decide for the month; communal boards are new on 1 January."""
    for a in range(len(bench.boards)):
        board, p = bench.boards[a], bench.numbers[a]
        fade(board, 2.0 ** (-1.0 / p.half_life))
        if new_year and bench.authorities[a].communal == 1:
            fade(board, p.carried + (1.0 - p.carried) * board.organised)
        nights = look_back(board, p)
        if board.protocol == 1 and bench.authority[a].protocol == 0.0:
            board.protocol = 0
            remember_promise(stage, board, False)
        if p.watches == 1:
            decide_watch(stage, bench, a, nights, month, p)
            go_round(stage, bench, a, month, p)
        if p.invitations == 1:
            decide_invitation(stage, bench, a, month, p)
        if stage.tick < board.silent_until or bench.chiefs[a] < 0:
            continue
        if p.asks == 1:
            decide_request(stage, bench, a, nights, month, p)
        if p.climbs == 1:
            decide_climb(stage, bench, a, month, p)


@kernel
def answer_offers(stage: Stage, bench: Bench, year: int) -> None:
    """Let every board answer to the protocol of the year; promises are then counted anew."""
    for a in range(len(bench.boards)):
        if bench.numbers[a].protocols == 1:
            decide_protocol(stage, bench, a, year, bench.numbers[a])
        bench.boards[a].promises_kept = bench.boards[a].promises_broken = 0.0


@kernel
def hear_of_nights(stage: Stage, boards: Rows[Board]) -> None:
    """Let boards count the crimes of the night in their places of which somebody told."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        z = stage.ground.cells[row.cell].settlement
        if z >= 0 and PROPERTY[row.kind] == 1 and row.told != NOBODY:
            boards[z].nights += 1.0


@kernel
def listen(stage: Stage, boards: Rows[Board], couples: Rows[Couple], last_out: Ints) -> None:
    """Let boards hear of their calls and, in the night shift, of its crimes; note whether any couple is on duty."""
    hear_of_calls(stage, boards)
    if stage.tick % 3 == NIGHT:
        hear_of_nights(stage, boards)
    for post in range(len(couples)):
        if couples[post].on == 1:
            last_out[0] = stage.tick
            break


def begin(world: World) -> None:
    """Draw what boards think of the police, and how organised they are, anew for every seed and by no name."""
    numbers = world.numbers["deliberation"]
    for a, board in enumerate(world.state[BOARDS]):
        p = numbers[a]
        drawn = noise(luck(world.seed, DISPOSITION, 0, a, 0))
        board.disposition = 1.0 / (1.0 + np.exp(-(p.disposed + p.disposed_spread * drawn)))
        if p.spread > 0.0:
            drawn = board.organised + p.spread * noise(luck(world.seed, ORGANISED, 0, a, 0))
            board.organised = min(MOST_ORGANISED, max(LEAST_ORGANISED, drawn))


def bench_of(world: World) -> Bench:
    """Lay out where boards sit."""
    state, numbers = world.state, world.numbers
    return Bench(
        world.laid(deciding.desk_of), state[BOARDS], world.town.authorities, numbers["deliberation"],
        numbers["communal_authority"], state[REQUESTS].rows, state[REQUESTS].count, state[SUFFERED],
        *world.once(settled_of), world.once(chiefs_of),
    )  # fmt: skip


def act(world: World) -> None:
    """Let boards hear what became of their calls; on the first of a month and on 15 January they decide."""
    boards = world.state[BOARDS]
    world.carry_out(listen, lambda: (world.stage(), boards, world.state[COUPLES], world.state[LAST_OUT]))
    if world.tick % 3 != 0:
        return
    date = date_of_tick(world.tick)
    if date.day != 1 and (date.day, date.month) != (15, 1):
        return
    world.state[CHOICES].reserve(4 * len(boards))
    world.state[REQUESTS].reserve(2 * len(boards))
    if date.day == 1:
        cases = world.state.cases.filled()["settlement"]
        boards["load"] = np.bincount(cases, minlength=len(boards)) / world.numbers["deliberation"]["load_cases"]
        begin_month(world.stage(), world.laid(bench_of), month_of(world.tick), date.month == 1)
    else:
        answer_offers(world.stage(), world.laid(bench_of), date.year)


def mean_answers(month: Month) -> float:
    """Mean over boards of how surely calls are answered, as each has seen it, 0 to 1."""
    rows, numbers = month.boards, month.world.numbers["deliberation"]
    n, shows = numbers["prior"], numbers["disposed_answers"]
    disposed = 0.5 * (1.0 - shows) + shows * rows["disposition"]
    good, bad = rows["calls_answered"], rows["calls_lost"]
    return float(np.mean((good + n * disposed) / (good + bad + n)))


IT = Mechanism(
    group=Deliberation,
    tables=(LAST_OUT,),
    counts=Counts,
    writes=WRITES,
    begin=begin,
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
        "boards_believe_answers": Measure("0-1", mean_answers),
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
