"""M12 in part, other calls: quarrels, accidents, noise, and calls of leaders to an officer's own phone.

Most calls for a couple are about something that is no recorded crime; they keep couples busy all the same.  Where a
communal authority hears everyday quarrels, fewer of them reach the police.  Switched off, people call about crimes
alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.community.board_memory import board_informed_of_call
from model.community.communal_authority import council_members_by_settlement
from model.crime.crime import poisson_upper_bound
from model.engine.calendar import MINUTES_A_SHIFT, NIGHT, SHIFTS, YEAR
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.engine.ratios import PER_1000
from model.engine.rows import Row, to_int64
from model.reporting.reporting import HAS_NUMBER, append_unserved_call
from model.town.residents import ADULT_AGE
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, is_weekend_night
from model.world.shift_events import CALLS, IMPRESSIONS, NO_LINE, UNSERVEDS
from model.world.steps import step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.steps import Room

CALL_COUNT, CALL_WHO, CALL_MARK, CALL_GRAVITY, CALL_MINUTE, CALL_LINE = (
    stream_id("other call count"),
    stream_id("other call who"),
    stream_id("other call mark"),
    stream_id("other call gravity"),
    stream_id("other call minute"),
    stream_id("other call line"),
)
MOST_CALLS, MOST_BY_LEADER = 0.4, 24.0
"""Bounds of the calls a year of a resident, and of a leader to an officer's own phone."""
CALL_ID_OFFSET, LEADER_ID_OFFSET = 2147483648, 1048576
"""Call j has the number `CALL_ID_OFFSET` + j; those of leaders are moved by `LEADER_ID_OFFSET` too."""


@dataclass(frozen=True, init=False)
class OtherCalls(ParameterGroup):
    """Parameters of calls about other things than recorded crimes."""

    name: ClassVar[str] = "calls"
    evidence: ClassVar[tuple[str, ...]] = ("C13", "E05", "F12", "H05")

    rate: float
    weekend_night: float
    settled: float
    leaders: float
    gravity: float


class CallCounts(Row):
    """Counts of a month."""

    calls_other: float
    calls_own_phone: float


@kernel
def place_call(w: World, i: int, number: int, own_phone: int) -> None:
    """Place the call of resident i, by line 110 or an officer's own phone; the line may fail.

    Appends to `calls`, or to `unserved` and `impressions`; updates the counts.
    """
    person, tick, seed = w.people[i], w.tick, w.seed
    z, home = person.settlement, to_int64(person.home)
    w.tally[0].calls_other += 1.0
    if own_phone:
        w.tally[0].calls_own_phone += 1.0
        facility = w.cells[home].facility
        answered = facility < 0 or w.facility_resources[facility].phone == 1
    else:
        answered = keyed_uniform(seed, CALL_LINE, tick, number, 0) < w.p.response[z].line_answered
    night = tick % SHIFTS == NIGHT
    board = board_informed_of_call(person, w.cells[home], w.boards[z], night, False)
    if not answered:
        append_unserved_call(w, i, tick, number, NO_LINE, board)
        return
    line = w.calls[w.counts[CALLS]]
    line.born, line.number, line.cell, line.teller, line.incident = tick, number, home, i, -1
    line.board = board
    line.minute = line.since = MINUTES_A_SHIFT * keyed_uniform(seed, CALL_MINUTE, tick, number, 0)
    # Uniform between 0 and twice the mean.
    line.severity = 2.0 * w.p.calls[z].gravity * keyed_uniform(seed, CALL_GRAVITY, tick, number, 0)
    w.counts[CALLS] += 1


@kernel
def call_hazard(w: World, z: int, weekend_night: bool) -> float:
    """Return the calls a year of an adult of settlement z, less those that a communal authority settles."""
    p = w.p.calls[z]
    hazard = p.rate / PER_1000 * (p.weekend_night if weekend_night else 1.0)
    return hazard * (1.0 - w.p.communal_authority[z].reach * p.settled)


def max_calls(sim: Simulation) -> int:
    """Return an upper bound of the calls of a shift, to reserve rows."""
    by_all, by_leaders = (
        MOST_CALLS * sim.town.n_people,
        MOST_BY_LEADER * len(sim.cached(council_members_by_settlement)[1]),
    )
    return poisson_upper_bound(by_all / YEAR) + poisson_upper_bound(by_leaders / YEAR)


def room_for_calls(sim: Simulation) -> Room:
    """Return the rows that the other calls of a shift may need."""
    return dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS), sim.cached_view(max_calls))


@step(room=room_for_calls)
def call(w: World) -> None:
    """Generate the calls of adults about other things than crimes, then those of leaders to an officer's phone."""
    # Thinning of a Poisson process: candidates come at the rate of a bound, and a mark decides who calls.
    people, tick, seed = w.people, w.tick, w.seed
    n, highest, weekend_night = len(people), 0.0, is_weekend_night(w)
    for z in range(len(w.p.calls)):
        highest = max(highest, call_hazard(w, z, weekend_night))
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 0, 0), MOST_CALLS * n / YEAR)):
        number = CALL_ID_OFFSET + j
        mark = keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_CALLS
        if mark >= highest:  # no settlement reaches this mark, so the candidate need not be looked up
            continue
        i = int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)
        if i >= w.arrived[0]:
            continue
        hazard = call_hazard(w, people[i].settlement, weekend_night)
        w.tally[0].ceiling_hits += 1.0 if hazard > MOST_CALLS else 0.0
        if mark >= hazard or w.minds[i].gone >= 0:
            continue
        if age_years(people[i], tick) >= ADULT_AGE:
            place_call(w, i, number, False)
    n = len(w.councils)
    for j in range(poisson_quantile(keyed_uniform(seed, CALL_COUNT, tick, 1, 0), MOST_BY_LEADER * n / YEAR)):
        number = CALL_ID_OFFSET + LEADER_ID_OFFSET + j
        i = w.councils[int(keyed_uniform(seed, CALL_WHO, tick, number, 0) * n)]
        z = people[i].settlement
        if keyed_uniform(seed, CALL_MARK, tick, number, 0) * MOST_BY_LEADER >= w.p.calls[z].leaders:
            continue
        if w.minds[i].gone < 0 and keyed_uniform(seed, HAS_NUMBER, 0, i, 0) < w.boards[z].phones:
            place_call(w, i, number, True)


MECHANISM = Mechanism(
    group=OtherCalls,
    counts=CallCounts,
    knockout=Knockout(("calls_other",)),
    measures={
        "calls_other": Measure("calls"),
        "calls_own_phone": Measure("calls"),
    },
)
