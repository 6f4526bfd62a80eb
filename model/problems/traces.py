"""Traces of police work for the criteria, recorded by shift and by month over twelve months.

The module reads the work of couples, boards, callers and problems, never a parameter of any group, and changes nothing
that other mechanisms read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.community.requests import (
    ITEM_ANSWERED,
    ITEM_DUE,
    ITEM_FEASIBLE,
    ITEM_MET,
    ITEMS_DUE,
    ITEMS_FEASIBLE,
    ITEMS_WORKED,
    ITEMS_WORKED_MET,
)
from model.engine.calendar import HALF_YEAR, MINUTES_A_SHIFT, MINUTES_AN_HOUR, MONTHS_A_YEAR, QUARTER, WEEK
from model.engine.domains import COUNT, PAST
from model.engine.kernels import allocating_kernel, kernel
from model.engine.rows import Row, int64_constant, zero_rows
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, RowTableSpec
from model.police.minutes import MINUTE_USES
from model.police.plans import is_plan_cell
from model.police.practices import sectors_by_cell
from model.problems.problems import BUS_STOP, N_CAUSES
from model.reporting.calls import CALL_ID_OFFSET, LEADER_ID_OFFSET
from model.town.crime_kinds import N_KINDS, SEVERITY
from model.world.derived import constant
from model.world.mechanism import Mechanism
from model.world.shift_events import (
    AT_MEETING,
    HOMES,
    INSTITUTION,
    MEETINGS,
    POST,
    PROBLEM,
    RESPONSES,
    ROUTE,
    UNSERVEDS,
    VISITS,
)
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray, Rows
    from model.problems.problems import ProblemRow
    from model.simulation.world import Simulation, World
    from model.world.state import CoupleRow

N_MONTHS = MONTHS_A_YEAR
CURRENT_MONTH = int64_constant(N_MONTHS)
"""Row of the present month in `TRACES`."""
STOP_MINUTES = 10.0
"""Minutes from which a stay is a stop; less is driving past (definition)."""
BLOCK_RESIDENTS = 250
"""Residents of a block of cells, in the simulated town; assumed."""
N_WORST = 3
"""Problems of a sector that count as its worst (definition)."""
GUESS_PROBABILITY = 1.0 / (N_CAUSES - 1)
"""Penalty of a wrong cause, so that guessing among the causes gains nothing on average."""
NOT_FREE_USES = ("brief", "fixed", "calls")
"""Uses of minutes that are not free for preventive work."""


class TraceMonth(Row):
    """Sums of a month: work done, and the work of which it is a part.

    ``closed`` is 1 once the month is over.  A column ``X_room`` or ``X_harm`` is a possible maximum or a weight by
    harm.
    """

    closed: float
    street: float
    kept: float
    kept_room: float
    planned: float
    shifts: float
    team: float
    blocks: float
    seen: float
    seen_room: float
    acts: float
    consent: float
    items: float
    item_harm: float
    answered: float
    feasible: float
    feasible_harm: float
    done: float
    two_way: float
    line: float
    residents: float
    own_calls: float
    own_served: float
    heard: float
    heard_women: float
    heard_far: float
    worst: float
    worst_harm: float
    tried: float
    found: float
    course: float
    shared: float
    guarded: float
    fitting: float
    free: float
    grave: float
    grave_known: float
    calls: float
    in_hour: float
    complaints: float
    complaints_answered: float


TRACES = RowTableSpec(
    name="traces",
    row=TraceMonth,
    per="one",
    start=lambda town: zero_rows(TraceMonth, N_MONTHS + 1),
    exempt=COUNTED_MONTHLY,
    about="Traces of the last twelve months by month of the year, and of the present one.",
)
BLOCK_SEEN = ArraySpec(
    name="block_seen",
    of=np.int64,
    shape=("cell",),
    exempt=COUNTED_MONTHLY,
    about="Blocks seen this week.",
    domain=COUNT,
)
MET_POLICE = ArraySpec(
    name="met_police",
    of=np.int64,
    shape=("authority",),
    first=-QUARTER - 1.0,
    exempt=COUNTED_MONTHLY,
    about="When people of a community last came to a meeting of it with the police.",
    domain=PAST,
)
HARM_DUE_LATELY = ArraySpec(
    name="harm_due_lately",
    of=np.float64,
    shape=("authority", 3, 2),
    exempt=COUNTED_MONTHLY,
    about="Harm of requests due and answered in each of three months.",
)
COPIED_COUNTS = {
    "heard": "council_heard",
    "heard_women": "council_heard_women",
    "heard_far": "council_heard_far",
    "grave": "grave",
    "grave_known": "grave_known",
    "complaints": "complaints_police",
    "complaints_answered": "complaints_answered",
}
"""Monthly counts that are copied into traces: trace and name of the count."""


@constant
def resident_share_of_sector(sim: Simulation) -> FloatArray:
    """Return the share of the town's residents in each sector, the presence expected by chance."""
    people, sector = sim.town.cells["population"].astype(float), sim.cached(sectors_by_cell)
    inside = sector >= 0
    found: FloatArray = np.bincount(sector[inside], people[inside], len(sim.town.sectors)) / people.sum()
    return found


def block_table(sim: Simulation) -> tuple[IntArray, FloatArray]:
    """Return the block of each cell, and the residents of each block.

    The cells of a sector are joined row by row, to and fro, until a block has `BLOCK_RESIDENTS`.
    """
    cells, sector = sim.town.cells, sim.cached(sectors_by_cell)
    block_of, people, last = np.zeros(len(cells), np.int64), [0.0], -2
    # Rows are read to and fro, so that a block is a connected strip of cells.
    across = np.where(cells["y"] % 2 == 0, cells["x"], -cells["x"])
    for cell in np.lexsort((across, cells["y"], sector)):
        if cells["population"][cell] == 0:
            continue
        if (sector[cell] != last or people[-1] >= BLOCK_RESIDENTS) and people[-1] > 0.0:
            people.append(0.0)
        block_of[cell], last = len(people) - 1, sector[cell]
        people[-1] += float(cells["population"][cell])
    return block_of, np.array(people)


@constant
def block_of_cell(sim: Simulation) -> IntArray:
    """Return the block of each cell."""
    return sim.cached(block_table)[0]


@constant
def residents_of_block(sim: Simulation) -> FloatArray:
    """Return the residents of each block."""
    return sim.cached(block_table)[1]


@kernel
def is_planned_institution(w: World, sector: int, cell: int) -> bool:
    """Return whether the weekly plan of a sector names a cell."""
    for k in range(w.sectors[sector].plan_start, w.sectors[sector].plan_end):  # noqa: SIM110 - kernels have no `any`
        if w.routes[k].cell == cell:
            return True
    return False


@kernel
def is_as_planned(w: World, post: int, kind: int, routed: int, cell: int) -> bool:
    """Return whether a stop was planned by the route, the weekly plan of institutions or the plan.

    ``kind`` is that of the visit, ``routed`` 0 for checkpoints and stops of the army, which are in no plan.
    """
    if routed == 0:
        return False
    sector, f = w.couples[post].sector, w.posts[post].facility
    if kind in (ROUTE, HOMES):
        return w.sectors_by_cell[cell] == sector or w.cells[cell].market == 1
    if kind == INSTITUTION:
        return is_planned_institution(w, sector, cell)
    return kind in (PROBLEM, POST) and is_plan_cell(w.plan_cells[f], w.plans[f].n, cell)


@kernel
def has_guard_problem(w: World, cell: int) -> bool:
    """Return whether some problem of a cell exists for want of anybody who watches."""
    for kind in range(N_KINDS):
        slot = w.problem_at[cell, kind]
        if slot >= 0 and w.problems[slot].cause == BUS_STOP:
            return True
    return False


@kernel
def street_stretches(couple: CoupleRow) -> float:
    """Return the stretches that a couple had for the street, free of calls and other work.

    Stretches left unused are among them.
    """
    work = couple.for_meetings + couple.for_requests + couple.for_problems
    free = MINUTES_A_SHIFT - (couple.duty_end - couple.duty_start)
    return (couple.slots - work) * max(0.0, 1.0 - couple.busy / free)


@allocating_kernel
def record_stops(w: World) -> None:
    """Record the stops of a shift: in the lead's own sector, as planned, agreed beforehand with the authority.

    Where an authority is asked, only visits to which it consents are made.
    Updates the present month of `traces` and `block_seen`.
    """
    row, n = w.traces[CURRENT_MONTH], len(w.couples)
    inside = np.zeros(n)
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.post < 0 or visit.alive == 0 or visit.stay < STOP_MINUTES or visit.kind >= AT_MEETING:
            continue
        own = w.officers[w.couples[visit.post].lead].sector
        here, z = w.sectors_by_cell[visit.cell], w.cells[visit.cell].settlement
        if own >= 0 and here == own:
            inside[visit.post] += 1.0
            w.block_seen[w.block_of_cell[visit.cell]] = 1
        row.planned += 1.0 if is_as_planned(w, visit.post, visit.kind, visit.routed, visit.cell) else 0.0
        if z >= 0 and w.canton_flags[z] == 1:
            row.acts += 1.0
            row.consent += w.consent[z].asked
        if visit.kind in (PROBLEM, POST) and has_guard_problem(w, visit.cell):
            row.guarded += visit.stay
    for post in range(n):
        couple = w.couples[post]
        if couple.on == 0:
            continue
        lead, street = w.officers[couple.lead], street_stretches(couple)
        chance = w.resident_share_of_sector[lead.sector] if lead.sector >= 0 else 0.0
        row.street += street
        # Stops in the own sector beyond those of a couple that drives about at random.
        row.kept += inside[post] - chance * street
        row.kept_room += (1.0 - chance) * street
        row.shifts += 1.0 if street > 0.0 else 0.0
        stays = couple.sector == lead.sector and w.tick - lead.tick_sector >= HALF_YEAR
        row.team += 1.0 if street > 0.0 and stays and inside[post] > 0.0 else 0.0


@kernel
def record_answers(w: World) -> None:
    """Record the calls of the shift that were answered or lost, and the meetings.

    Calls of leaders to their own officer are counted apart.  Updates the present month of `traces` and `met_police`.
    """
    row, leaders = w.traces[CURRENT_MONTH], CALL_ID_OFFSET + LEADER_ID_OFFSET
    for k in range(w.counts[RESPONSES]):
        row.calls += 1.0
        row.in_hour += 1.0 if w.responses[k].wait <= MINUTES_AN_HOUR else 0.0
        row.own_calls += 1.0 if w.responses[k].number >= leaders else 0.0
        row.own_served += 1.0 if w.responses[k].number >= leaders else 0.0
    for k in range(w.counts[UNSERVEDS]):
        row.calls += 1.0
        row.own_calls += 1.0 if w.unserved[k].number >= leaders else 0.0
    for k in range(w.counts[MEETINGS]):
        if w.meetings[k].came > 0:
            w.met_police[w.meetings[k].authority] = w.tick


@kernel
def record_week_blocks(w: World) -> None:
    """Record the blocks seen this week by the couples of their own sector, weighted by residents.

    Resets `block_seen`.
    """
    row = w.traces[CURRENT_MONTH]
    for block in range(len(w.residents_of_block)):
        row.blocks += 1.0
        row.seen += w.residents_of_block[block] * w.block_seen[block]
        row.seen_room += w.residents_of_block[block]
        w.block_seen[block] = 0


@step(allocates=True)
def leave_traces(w: World) -> None:
    """Record the traces of a shift, at the end of a week also those of the week."""
    record_stops(w)
    record_answers(w)
    if w.tick % WEEK == WEEK - 1:
        record_week_blocks(w)


def worst_problems(rows: Rows[ProblemRow]) -> tuple[Rows[ProblemRow], FloatArray]:
    """Return the `N_WORST` problems of each sector by harm per year, and their harm."""
    rows = rows[rows["cell"] >= 0]
    harm = rows["size"] * SEVERITY[0, rows["kind"]]
    order = np.lexsort((-harm, rows["sector"]))
    _, first, n = np.unique(rows["sector"][order], return_index=True, return_counts=True)
    worst = order[np.arange(len(order)) - np.repeat(first, n) < N_WORST]
    return rows[worst], harm[worst]


def record_problem_standing(sim: Simulation, row: TraceMonth) -> None:
    """Record the state of the worst problems of each sector, weighted by harm.

    These are: tried with a response that fits, cause found, both, and cause told to the community.
    """
    worst, harm = worst_problems(sim.state.problems.used_rows())
    named, right = worst["named"] >= 0, worst["named"] == worst["cause"]
    fits = (worst["response"] >= 0) & (worst["response"] == worst["cause"])
    verdict = np.where(right, 1.0, np.where(named, -GUESS_PROBABILITY, 0.0)) * harm
    row["worst"] += len(worst)
    row["worst_harm"] += harm.sum()
    row["tried"] += harm[fits].sum()
    row["found"] += verdict.sum()
    row["course"] += harm[fits & right].sum()
    row["shared"] += (np.where(right, 1.0, -1.0) * harm)[(worst["shared"] == 1) & named].sum()


def record_request_outcomes(sim: Simulation, row: TraceMonth) -> None:
    """Record the outcomes of requests, two-way communities and leaders with an officer's number.

    A community is two-way by the share of harm answered in three months, if it met the police in the last quarter.
    """
    boards = sim.w.boards
    items, lately, residents = sim.w.requests_due, sim.w.harm_due_lately, boards["residents"].astype(float)
    # A ring of three months: the present one replaces that of a quarter ago.
    lately[:, sim.month % 3] = items[:, [ITEM_DUE, ITEM_ANSWERED]]
    due, answered = lately.sum(axis=1).T
    share = np.divide(answered, due, out=np.zeros(len(due)), where=due > 0.0)
    met = sim.tick - sim.w.met_police < QUARTER
    row["two_way"] += (residents * np.clip(share, 0.0, 1.0))[met].sum()
    row["line"] += (residents * boards["phones"]).sum()
    row["residents"] += residents.sum()
    columns = (ITEMS_DUE, ITEM_DUE, ITEM_ANSWERED, ITEMS_FEASIBLE, ITEM_FEASIBLE, ITEM_MET)
    names = ("items", "item_harm", "answered", "feasible", "feasible_harm", "done")
    for name, column in zip(names, columns, strict=True):
        row[name] += items[:, column].sum()


def record_hours(sim: Simulation, row: TraceMonth) -> None:
    """Record free minutes, and those spent on fitting responses, guard posts and requests met."""
    tally, rows = sim.tally[0], sim.state.problems.used_rows()
    begun = rows[(rows["cell"] >= 0) & (rows["response"] >= 0)]
    works = len(begun) + float(tally.causes_right + tally.causes_wrong)
    fits = float((begun["response"] == begun["cause"]).sum())
    worked, met = sim.w.requests_due[:, [ITEMS_WORKED, ITEMS_WORKED_MET]].sum(axis=0)
    row["fitting"] += row["guarded"] + (tally.minutes_problems * fits / works if works else 0.0)
    row["fitting"] += tally.minutes_requests * met / worked if worked else 0.0
    row["free"] += sum(float(tally[f"minutes_{use}"]) for use in MINUTE_USES if use not in NOT_FREE_USES)


def sum_of_year(traces: Rows[TraceMonth]) -> TraceMonth | None:
    """Return the sums of twelve closed months, or None if there are fewer."""
    by_column = np.ascontiguousarray(traces[:N_MONTHS].view(np.float64).reshape(N_MONTHS, -1).T)
    year = zero_rows(TraceMonth, 1)
    year.view(np.float64)[:] = by_column.sum(axis=1)
    return year[0] if year["closed"][0] == N_MONTHS else None


def close_traces(sim: Simulation) -> None:
    """Close the traces of the month: they replace those of a year ago."""
    traces, tally = sim.w.traces, sim.tally[0]
    row = traces[N_MONTHS]
    for name, count in COPIED_COUNTS.items():
        row[name] += tally[count]
    record_problem_standing(sim, row)
    record_request_outcomes(sim, row)
    record_hours(sim, row)
    row["closed"] = 1.0
    traces[sim.month % N_MONTHS] = row
    traces[N_MONTHS : N_MONTHS + 1] = zero_rows(TraceMonth, 1)


MECHANISM = Mechanism(named="traces", tables=(TRACES, BLOCK_SEEN, MET_POLICE, HARM_DUE_LATELY))
