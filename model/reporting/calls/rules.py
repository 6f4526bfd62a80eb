"""M12 in part, other calls: quarrels, accidents, noise, and what leaders ask of an officer whom they know (ODD 6.32).

Most calls that need a couple are about no crime of the books; they keep couples busy all the same.  Where a communal
authority hears everyday quarrels, fewer of them reach the police.  Switched off, people call about crimes alone.
"""

from __future__ import annotations

from model.community.board_memory.rules import board_of_call
from model.community.board_memory.schema import NIGHT
from model.community.communal_authority.rules import councils_of
from model.community.communal_authority.schema import CommunalAuthority
from model.crime.crime.rules import most_of
from model.engine.calendar import YEAR, weekday_of
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import luck, poisson
from model.engine.rows import Ints, Rows, wide
from model.reporting.calls.schema import (
    ADULT,
    CALL_COUNT,
    CALL_GRAVITY,
    CALL_LINE,
    CALL_MARK,
    CALL_MINUTE,
    CALL_WHO,
    LEADERS,
    MOST_BY_LEADER,
    MOST_CALLS,
    NAME,
    Counts,
    OtherCalls,
)
from model.reporting.reporting.rules import lose_call
from model.reporting.reporting.schema import HAS_NUMBER
from model.reporting.response.schema import Response
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import CALLS, IMPRESSIONS, NO_LINE, UNSERVEDS
from model.world.state import Board, Means


class Switchboard(Tables):
    """Who may call whom, by what line, and by what numbers."""

    boards: Rows[Board]
    means: Rows[Means]
    councils: Ints
    calls: Rows[OtherCalls]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]


@kernel
def ring(stage: Stage, board: Switchboard, i: int, number: int, own_phone: int) -> None:
    """Let a resident call for a couple, by line 110 or an officer's own phone; the line may fail."""
    person, tick, seed = stage.ground.people[i], stage.tick, stage.seed
    z, home = person.settlement, wide(person.home)
    stage.tally[0].calls_other += 1.0
    if own_phone:
        stage.tally[0].calls_own_phone += 1.0
        facility = stage.ground.cells[home].facility
        heard = facility < 0 or board.means[facility].phone == 1
    else:
        heard = luck(seed, CALL_LINE, tick, number, 0) < board.response[z].line_answered
    told = board_of_call(person, stage.ground.cells[home], board.boards[z], tick % 3 == NIGHT, False)
    if not heard:
        lose_call(stage.day, stage.minds, stage.trust[z], i, tick, number, NO_LINE, told)
        return
    line = stage.day.calls[stage.day.counts[CALLS]]
    line.born, line.number, line.cell, line.teller, line.incident = tick, number, home, i, -1
    line.board = told
    line.minute = line.since = 480.0 * luck(seed, CALL_MINUTE, tick, number, 0)
    line.severity = 2.0 * board.calls[z].gravity * luck(seed, CALL_GRAVITY, tick, number, 0)
    stage.day.counts[CALLS] += 1


@kernel
def hazard_of_call(board: Switchboard, z: int, weekend_night: bool) -> float:
    """Calls a year of an adult of a settlement, about what no communal authority settles."""
    p = board.calls[z]
    hazard = p.rate / 1000.0 * (p.weekend_night if weekend_night else 1.0)
    return hazard * (1.0 - board.authority[z].reach * p.settled)


@kernel
def call_all(stage: Stage, board: Switchboard, weekend_night: bool) -> None:
    """Let residents call about what is no crime, then leaders who have an officer's number."""
    people, tick, seed = stage.ground.people, stage.tick, stage.seed
    n, highest = len(people), 0.0
    for z in range(len(board.calls)):
        highest = max(highest, hazard_of_call(board, z, weekend_night))
    for j in range(poisson(luck(seed, CALL_COUNT, tick, 0, 0), MOST_CALLS * n / YEAR)):
        number = NAME + j
        mark = luck(seed, CALL_MARK, tick, number, 0) * MOST_CALLS
        if mark >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = int(luck(seed, CALL_WHO, tick, number, 0) * n)
        if i >= stage.ground.come[0]:
            continue
        hazard = hazard_of_call(board, people[i].settlement, weekend_night)
        stage.tally[0].ceiling_hits += 1.0 if hazard > MOST_CALLS else 0.0
        if mark >= hazard or stage.minds[i].gone >= 0:
            continue
        if age_of(people[i], tick) >= ADULT:
            ring(stage, board, i, number, False)
    n = len(board.councils)
    for j in range(poisson(luck(seed, CALL_COUNT, tick, 1, 0), MOST_BY_LEADER * n / YEAR)):
        number = NAME + LEADERS + j
        i = board.councils[int(luck(seed, CALL_WHO, tick, number, 0) * n)]
        z = people[i].settlement
        if luck(seed, CALL_MARK, tick, number, 0) * MOST_BY_LEADER >= board.calls[z].leaders:
            continue
        if stage.minds[i].gone < 0 and luck(seed, HAS_NUMBER, 0, i, 0) < board.boards[z].phones:
            ring(stage, board, i, number, True)


def board_of(world: World) -> Switchboard:
    """Lay out who may call whom."""
    state, numbers = world.state, world.numbers
    return Switchboard(
        state.boards,
        state.means,
        world.once(councils_of)[1],
        numbers["calls"],
        numbers["communal_authority"],
        numbers["response"],
    )


def most_calls(world: World) -> int:
    """Return how many calls of a shift there never are."""
    by_all, by_leaders = MOST_CALLS * world.town.n_people, MOST_BY_LEADER * len(world.once(councils_of)[1])
    return most_of(by_all / YEAR) + most_of(by_leaders / YEAR)


def act(world: World) -> None:
    """Let people call about what is no crime."""
    for table in (CALLS, UNSERVEDS, IMPRESSIONS):
        world.book.reserve(table, world.laid(most_calls))
    weekend_night = world.tick % 3 == 2 and weekday_of(world.tick) >= 4
    world.carry_out(call_all, lambda: (world.stage(), world.laid(board_of)), weekend_night)


IT = Mechanism(
    group=OtherCalls,
    counts=Counts,
    writes=("calls", "unserved", "impressions"),
    knockout=Knockout(("calls_other",)),
    measures={
        "calls_other": Measure("calls"),
        "calls_own_phone": Measure("calls"),
    },
)
