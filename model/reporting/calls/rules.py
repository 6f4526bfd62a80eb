"""M12 in part, other calls: quarrels, accidents, noise, and what leaders ask of an officer whom they know (ODD 6.32).

Most calls that need a couple are about no crime of the books; they keep couples busy all the same.  Where a communal
authority hears everyday quarrels, fewer of them reach the police.  Switched off, people call about crimes alone.
"""

from __future__ import annotations

from model.community.board_memory.rules import board_informed_of_call
from model.community.board_memory.schema import NIGHT_SHIFT
from model.community.communal_authority.rules import council_members_by_settlement
from model.community.communal_authority.schema import CommunalAuthority
from model.crime.crime.rules import poisson_upper_bound
from model.engine.calendar import YEAR, weekday_of
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.reporting.calls.schema import (
    ADULT_AGE_YEARS,
    CALL_COUNT,
    CALL_GRAVITY,
    CALL_ID_OFFSET,
    CALL_LINE,
    CALL_MARK,
    CALL_MINUTE,
    CALL_WHO,
    LEADER_ID_OFFSET,
    MOST_BY_LEADER,
    MOST_CALLS,
    CallCounts,
    OtherCalls,
)
from model.reporting.reporting.rules import append_unserved_call
from model.reporting.reporting.schema import HAS_NUMBER
from model.reporting.response.schema import Response
from model.world.binding import constant
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import CALLS, IMPRESSIONS, NO_LINE, UNSERVEDS
from model.world.state import Board, FacilityResources


class CallTables(TableBundle):
    """Who may call whom, by what line, and by what numbers."""

    boards: Rows[Board]
    means: Rows[FacilityResources]
    councils: IntArray = constant(council_members_by_settlement, 1)
    calls: Rows[OtherCalls]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]


@kernel
def place_call(stage: ShiftContext, board: CallTables, i: int, number: int, own_phone: int) -> None:
    """Let a resident call for a couple, by line 110 or an officer's own phone; the line may fail."""
    person, tick, seed = stage.ground.people[i], stage.tick, stage.seed
    z, home = person.settlement, to_int64(person.home)
    stage.tally[0].calls_other += 1.0
    if own_phone:
        stage.tally[0].calls_own_phone += 1.0
        facility = stage.ground.cells[home].facility
        heard = facility < 0 or board.means[facility].phone == 1
    else:
        heard = keyed_uniform(seed, CALL_LINE, tick, number, 0) < board.response[z].line_answered
    told = board_informed_of_call(person, stage.ground.cells[home], board.boards[z], tick % 3 == NIGHT_SHIFT, False)
    if not heard:
        append_unserved_call(stage, i, tick, number, NO_LINE, told)
        return
    line = stage.day.calls[stage.day.counts[CALLS]]
    line.born, line.number, line.cell, line.teller, line.incident = tick, number, home, i, -1
    line.board = told
    line.minute = line.since = 480.0 * keyed_uniform(seed, CALL_MINUTE, tick, number, 0)
    line.severity = 2.0 * board.calls[z].gravity * keyed_uniform(seed, CALL_GRAVITY, tick, number, 0)
    stage.day.counts[CALLS] += 1


@kernel
def call_hazard(board: CallTables, z: int, weekend_night: bool) -> float:
    """Calls a year of an adult of a settlement, about what no communal authority settles."""
    p = board.calls[z]
    hazard = p.rate / 1000.0 * (p.weekend_night if weekend_night else 1.0)
    return hazard * (1.0 - board.authority[z].reach * p.settled)


@kernel
def generate_calls(stage: ShiftContext, board: CallTables, weekend_night: bool) -> None:
    """Let residents call about what is no crime, then leaders who have an officer's number."""
    people, tick, seed = stage.ground.people, stage.tick, stage.seed
    n, highest = len(people), 0.0
    for z in range(len(board.calls)):
        highest = max(highest, call_hazard(board, z, weekend_night))
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 0, 0), MOST_CALLS * n / YEAR)):
        number = CALL_ID_OFFSET + j
        mark = keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_CALLS
        if mark >= highest:  # nobody's hazard reaches this mark: no need to look who it is
            continue
        i = int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)
        if i >= stage.ground.come[0]:
            continue
        hazard = call_hazard(board, people[i].settlement, weekend_night)
        stage.tally[0].ceiling_hits += 1.0 if hazard > MOST_CALLS else 0.0
        if mark >= hazard or stage.minds[i].gone >= 0:
            continue
        if age_years(people[i], tick) >= ADULT_AGE_YEARS:
            place_call(stage, board, i, number, False)
    n = len(board.councils)
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 1, 0), MOST_BY_LEADER * n / YEAR)):
        number = CALL_ID_OFFSET + LEADER_ID_OFFSET + j
        i = board.councils[int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)]
        z = people[i].settlement
        if keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_BY_LEADER >= board.calls[z].leaders:
            continue
        if stage.minds[i].gone < 0 and keyed_uniform(seed, HAS_NUMBER, 0, i, 0) < board.boards[z].phones:
            place_call(stage, board, i, number, True)


def max_calls(world: World) -> int:
    """Return how many calls of a shift there never are."""
    by_all, by_leaders = (
        MOST_CALLS * world.town.n_people,
        MOST_BY_LEADER * len(world.cached(council_members_by_settlement)[1]),
    )
    return poisson_upper_bound(by_all / YEAR) + poisson_upper_bound(by_leaders / YEAR)


def step(world: World) -> None:
    """Let people call about what is no crime."""
    for table in (CALLS, UNSERVEDS, IMPRESSIONS):
        world.shift_events.reserve(table, world.cached_view(max_calls))
    weekend_night = world.tick % 3 == 2 and weekday_of(world.tick) >= 4
    world.run_kernel(generate_calls, lambda: (world.shift_context(), world.view(CallTables)), weekend_night)


MECHANISM = Mechanism(
    group=OtherCalls,
    counts=CallCounts,
    writes=("calls", "unserved", "impressions"),
    knockout=Knockout(("calls_other",)),
    measures={
        "calls_other": Measure("calls"),
        "calls_own_phone": Measure("calls"),
    },
)
