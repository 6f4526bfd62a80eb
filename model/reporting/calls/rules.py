"""M12 in part, other calls: quarrels, accidents, noise, and calls of leaders to an officer's own phone.

Most calls for a couple are about something that is no recorded crime; they keep couples busy all the same.  Where a
communal authority hears everyday quarrels, fewer of them reach the police.  Switched off, people call about crimes
alone.
"""

from __future__ import annotations

from model.community.board_memory.rules import board_informed_of_call
from model.community.communal_authority.rules import council_members_by_settlement
from model.community.communal_authority.schema import CommunalAuthority
from model.crime.crime.rules import poisson_upper_bound
from model.engine.calendar import MINUTES_A_SHIFT, NIGHT, SHIFTS, YEAR
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile
from model.engine.ratios import PER_1000
from model.engine.rows import IntArray, Rows, to_int64
from model.reporting.calls.schema import (
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
from model.town.residents import ADULT_AGE
from model.world.binding import constant
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years, is_weekend_night
from model.world.shift_context import ShiftContext
from model.world.shift_events import CALLS, IMPRESSIONS, NO_LINE, UNSERVEDS
from model.world.state import Board, FacilityResources
from model.world.steps import KernelArguments, Room, kernel_step


class CallTables(TableBundle):
    """Tables of callers and lines, and parameters of other calls; ``councils`` are the council members."""

    boards: Rows[Board]
    means: Rows[FacilityResources]
    councils: IntArray = constant(council_members_by_settlement, 1)
    calls: Rows[OtherCalls]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]


@kernel
def place_call(shift: ShiftContext, tables: CallTables, i: int, number: int, own_phone: int) -> None:
    """Place the call of resident i, by line 110 or an officer's own phone; the line may fail.

    Appends to `day.calls`, or to `day.unserved` and `day.impressions`; updates the counts.
    """
    person, tick, seed = shift.ground.people[i], shift.tick, shift.seed
    z, home = person.settlement, to_int64(person.home)
    shift.tally[0].calls_other += 1.0
    if own_phone:
        shift.tally[0].calls_own_phone += 1.0
        facility = shift.ground.cells[home].facility
        answered = facility < 0 or tables.means[facility].phone == 1
    else:
        answered = keyed_uniform(seed, CALL_LINE, tick, number, 0) < tables.response[z].line_answered
    night = tick % SHIFTS == NIGHT
    board = board_informed_of_call(person, shift.ground.cells[home], tables.boards[z], night, False)
    if not answered:
        append_unserved_call(shift, i, tick, number, NO_LINE, board)
        return
    line = shift.day.calls[shift.day.counts[CALLS]]
    line.born, line.number, line.cell, line.teller, line.incident = tick, number, home, i, -1
    line.board = board
    line.minute = line.since = MINUTES_A_SHIFT * keyed_uniform(seed, CALL_MINUTE, tick, number, 0)
    # Uniform between 0 and twice the mean.
    line.severity = 2.0 * tables.calls[z].gravity * keyed_uniform(seed, CALL_GRAVITY, tick, number, 0)
    shift.day.counts[CALLS] += 1


@kernel
def call_hazard(tables: CallTables, z: int, weekend_night: bool) -> float:
    """Return the calls a year of an adult of settlement z, less those that a communal authority settles."""
    p = tables.calls[z]
    hazard = p.rate / PER_1000 * (p.weekend_night if weekend_night else 1.0)
    return hazard * (1.0 - tables.authority[z].reach * p.settled)


@kernel
def generate_calls(shift: ShiftContext, tables: CallTables) -> None:
    """Generate the calls of adults about other things than crimes, then those of leaders to an officer's phone."""
    # Thinning of a Poisson process: candidates come at the rate of a bound, and a mark decides who calls.
    people, tick, seed = shift.ground.people, shift.tick, shift.seed
    n, highest, weekend_night = len(people), 0.0, is_weekend_night(shift)
    for z in range(len(tables.calls)):
        highest = max(highest, call_hazard(tables, z, weekend_night))
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 0, 0), MOST_CALLS * n / YEAR)):
        number = CALL_ID_OFFSET + j
        mark = keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_CALLS
        if mark >= highest:  # no settlement reaches this mark, so the candidate need not be looked up
            continue
        i = int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)
        if i >= shift.ground.come[0]:
            continue
        hazard = call_hazard(tables, people[i].settlement, weekend_night)
        shift.tally[0].ceiling_hits += 1.0 if hazard > MOST_CALLS else 0.0
        if mark >= hazard or shift.minds[i].gone >= 0:
            continue
        if age_years(people[i], tick) >= ADULT_AGE:
            place_call(shift, tables, i, number, False)
    n = len(tables.councils)
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 1, 0), MOST_BY_LEADER * n / YEAR)):
        number = CALL_ID_OFFSET + LEADER_ID_OFFSET + j
        i = tables.councils[int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)]
        z = people[i].settlement
        if keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_BY_LEADER >= tables.calls[z].leaders:
            continue
        if shift.minds[i].gone < 0 and keyed_uniform(seed, HAS_NUMBER, 0, i, 0) < tables.boards[z].phones:
            place_call(shift, tables, i, number, True)


def max_calls(world: World) -> int:
    """Return an upper bound of the calls of a shift, to reserve rows."""
    by_all, by_leaders = (
        MOST_CALLS * world.town.n_people,
        MOST_BY_LEADER * len(world.cached(council_members_by_settlement)[1]),
    )
    return poisson_upper_bound(by_all / YEAR) + poisson_upper_bound(by_leaders / YEAR)


def room_for_calls(world: World) -> Room:
    """Return the rows that the other calls of a shift may need."""
    return dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS), world.cached_view(max_calls))


@kernel_step(generate_calls, room_for_calls)
def step(world: World) -> KernelArguments:
    """Generate the other calls of the shift."""
    return world.shift_context(), world.view(CallTables)


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
