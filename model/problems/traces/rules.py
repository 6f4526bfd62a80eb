"""Traces of police work for the criteria, recorded by shift and by month over twelve months.

The module reads the work of couples, boards, callers and problems, never a parameter of any group, and changes nothing
that other mechanisms read.
"""

from __future__ import annotations

import numpy as np

from model.community.consent.schema import ConsentRow
from model.community.requests.schema import (
    ITEM_ANSWERED,
    ITEM_DUE,
    ITEM_FEASIBLE,
    ITEM_MET,
    ITEMS,
    ITEMS_DUE,
    ITEMS_FEASIBLE,
    ITEMS_WORKED,
    ITEMS_WORKED_MET,
)
from model.engine.calendar import HALF_YEAR, MINUTES_A_SHIFT, MINUTES_AN_HOUR, QUARTER, WEEK
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.rows import FloatArray, IntArray, Rows, zero_rows
from model.police.minutes.schema import MINUTE_USES
from model.police.plans.rules import is_plan_cell
from model.police.plans.schema import PLAN_CELLS
from model.police.practices.rules import sectors_by_cell
from model.problems.problems.schema import BUS_STOP, PROBLEM_AT, PROBLEMS, ProblemRow
from model.problems.traces.schema import (
    BLOCK_RESIDENTS,
    BLOCK_SEEN,
    COPIED_COUNTS,
    CURRENT_MONTH,
    GUESS_PROBABILITY,
    LATELY,
    MET_POLICE,
    N_MONTHS,
    N_WORST,
    NOT_FREE_USES,
    STOP_MINUTES,
    TRACES,
    TraceMonth,
)
from model.reporting.calls.schema import CALL_ID_OFFSET, LEADER_ID_OFFSET
from model.town.crime_kinds import N_KINDS, SEVERITY
from model.town.territory import Cell
from model.world.binding import constant, of
from model.world.mechanism import Mechanism
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
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
from model.world.state import BOARDS, CoupleRow, Plan
from model.world.steps import KernelArguments, kernel_step


def resident_share_of_sector(world: World) -> FloatArray:
    """Return the share of the town's residents in each sector, the presence expected by chance."""
    people, sector = world.town.cells["population"].astype(float), world.cached(sectors_by_cell)
    inside = sector >= 0
    found: FloatArray = np.bincount(sector[inside], people[inside], len(world.town.sectors)) / people.sum()
    return found


def block_table(world: World) -> tuple[IntArray, FloatArray]:
    """Return the block of each cell, and the residents of each block.

    The cells of a sector are joined row by row, to and fro, until a block has `BLOCK_RESIDENTS`.
    """
    cells, sector = world.town.cells, world.cached(sectors_by_cell)
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


class CriteriaTables(TableBundle):
    """Tables from which the traces of a shift are computed.

    ``share`` is the share of residents by sector, ``block_of`` the block of each cell, ``people`` the residents of each
    block.
    """

    couples: Rows[CoupleRow]
    plant: PoliceTables
    cells: Rows[Cell]
    sector_of: IntArray = constant(sectors_by_cell)
    share: FloatArray = constant(resident_share_of_sector)
    block_of: IntArray = constant(block_table, 0)
    people: FloatArray = constant(block_table, 1)
    block_seen: IntArray = of(BLOCK_SEEN)
    consent: Rows[ConsentRow]
    met_police: IntArray = of(MET_POLICE)
    plans: Rows[Plan]
    plan_cells: IntArray = of(PLAN_CELLS)
    problem_at: IntArray = of(PROBLEM_AT)
    problems: Rows[ProblemRow]
    traces: Rows[TraceMonth]


@kernel
def is_planned_institution(plant: PoliceTables, sector: int, cell: int) -> bool:
    """Return whether the weekly plan of a sector names a cell."""
    for k in range(plant.sectors[sector].plan_start, plant.sectors[sector].plan_end):
        if plant.routes[k].cell == cell:
            return True
    return False


@kernel
def is_as_planned(tables: CriteriaTables, post: int, kind: int, routed: int, cell: int) -> bool:
    """Return whether a stop was planned by the route, the weekly plan of institutions or the plan.

    ``kind`` is that of the visit, ``routed`` 0 for checkpoints and stops of the army, which are in no plan.
    """
    if routed == 0:
        return False
    sector, f = tables.couples[post].sector, tables.plant.posts[post].facility
    if kind in (ROUTE, HOMES):
        return tables.sector_of[cell] == sector or tables.cells[cell].market == 1
    if kind == INSTITUTION:
        return is_planned_institution(tables.plant, sector, cell)
    return kind in (PROBLEM, POST) and is_plan_cell(tables.plan_cells[f], tables.plans[f].n, cell)


@kernel
def has_guard_problem(tables: CriteriaTables, cell: int) -> bool:
    """Return whether some problem of a cell exists for want of anybody who watches."""
    for kind in range(N_KINDS):
        slot = tables.problem_at[cell, kind]
        if slot >= 0 and tables.problems[slot].cause == BUS_STOP:
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
def record_stops(shift: ShiftContext, tables: CriteriaTables) -> None:
    """Record the stops of a shift: in the lead's own sector, as planned, agreed beforehand with the authority.

    Where an authority is asked, only visits to which it consents are made.
    Updates the present month of `traces` and `block_seen`.
    """
    day, row, n = shift.day, tables.traces[CURRENT_MONTH], len(tables.couples)
    inside = np.zeros(n)
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.post < 0 or visit.alive == 0 or visit.stay < STOP_MINUTES or visit.kind >= AT_MEETING:
            continue
        own = tables.plant.officers[tables.couples[visit.post].lead].sector
        here, z = tables.sector_of[visit.cell], tables.cells[visit.cell].settlement
        if own >= 0 and here == own:
            inside[visit.post] += 1.0
            tables.block_seen[tables.block_of[visit.cell]] = 1
        row.planned += 1.0 if is_as_planned(tables, visit.post, visit.kind, visit.routed, visit.cell) else 0.0
        if z >= 0:
            row.acts += 1.0
            row.consent += tables.consent[z].asked
        if visit.kind in (PROBLEM, POST) and has_guard_problem(tables, visit.cell):
            row.guarded += visit.stay
    for post in range(n):
        couple = tables.couples[post]
        if couple.on == 0:
            continue
        lead, street = tables.plant.officers[couple.lead], street_stretches(couple)
        chance = tables.share[lead.sector] if lead.sector >= 0 else 0.0
        row.street += street
        # Stops in the own sector beyond those of a couple that drives about at random.
        row.kept += inside[post] - chance * street
        row.kept_room += (1.0 - chance) * street
        row.shifts += 1.0 if street > 0.0 else 0.0
        stays = couple.sector == lead.sector and shift.tick - lead.tick_sector >= HALF_YEAR
        row.team += 1.0 if street > 0.0 and stays and inside[post] > 0.0 else 0.0


@kernel
def record_answers(shift: ShiftContext, tables: CriteriaTables) -> None:
    """Record the calls of the shift that were answered or lost, and the meetings.

    Calls of leaders to their own officer are counted apart.  Updates the present month of `traces` and `met_police`.
    """
    day, row, leaders = shift.day, tables.traces[CURRENT_MONTH], CALL_ID_OFFSET + LEADER_ID_OFFSET
    for k in range(day.counts[RESPONSES]):
        row.calls += 1.0
        row.in_hour += 1.0 if day.responses[k].wait <= MINUTES_AN_HOUR else 0.0
        row.own_calls += 1.0 if day.responses[k].number >= leaders else 0.0
        row.own_served += 1.0 if day.responses[k].number >= leaders else 0.0
    for k in range(day.counts[UNSERVEDS]):
        row.calls += 1.0
        row.own_calls += 1.0 if day.unserved[k].number >= leaders else 0.0
    for k in range(day.counts[MEETINGS]):
        if day.meetings[k].came > 0:
            tables.met_police[day.meetings[k].authority] = shift.tick


@kernel
def record_week_blocks(tables: CriteriaTables) -> None:
    """Record the blocks seen this week by the couples of their own sector, weighted by residents.

    Resets `block_seen`.
    """
    row = tables.traces[CURRENT_MONTH]
    for block in range(len(tables.people)):
        row.blocks += 1.0
        row.seen += tables.people[block] * tables.block_seen[block]
        row.seen_room += tables.people[block]
        tables.block_seen[block] = 0


@allocating_kernel
def record_shift_traces(shift: ShiftContext, tables: CriteriaTables) -> None:
    """Record the traces of a shift, at the end of a week also those of the week."""
    record_stops(shift, tables)
    record_answers(shift, tables)
    if shift.tick % WEEK == WEEK - 1:
        record_week_blocks(tables)


@kernel_step(record_shift_traces)
def step(world: World) -> KernelArguments:
    """Return the arguments of `record_shift_traces`."""
    return world.shift_context(), world.view(CriteriaTables)


def worst_problems(rows: Rows[ProblemRow]) -> tuple[Rows[ProblemRow], FloatArray]:
    """Return the `N_WORST` problems of each sector by harm per year, and their harm."""
    rows = rows[rows["cell"] >= 0]
    harm = rows["size"] * SEVERITY[0, rows["kind"]]
    order = np.lexsort((-harm, rows["sector"]))
    _, first, n = np.unique(rows["sector"][order], return_index=True, return_counts=True)
    worst = order[np.arange(len(order)) - np.repeat(first, n) < N_WORST]
    return rows[worst], harm[worst]


def record_problem_standing(world: World, row: TraceMonth) -> None:
    """Record the state of the worst problems of each sector, weighted by harm.

    These are: tried with a response that fits, cause found, both, and cause told to the community.
    """
    worst, harm = worst_problems(world.state[PROBLEMS].used_rows())
    named, right = worst["named"] >= 0, worst["named"] == worst["cause"]
    fits = (worst["response"] >= 0) & (worst["response"] == worst["cause"])
    verdict = np.where(right, 1.0, np.where(named, -GUESS_PROBABILITY, 0.0)) * harm
    row["worst"] += len(worst)
    row["worst_harm"] += harm.sum()
    row["tried"] += harm[fits].sum()
    row["found"] += verdict.sum()
    row["course"] += harm[fits & right].sum()
    row["shared"] += (np.where(right, 1.0, -1.0) * harm)[(worst["shared"] == 1) & named].sum()


def record_request_outcomes(world: World, row: TraceMonth) -> None:
    """Record the outcomes of requests, two-way communities and leaders with an officer's number.

    A community is two-way by the share of harm answered in three months, if it met the police in the last quarter.
    """
    state, boards = world.state, world.state[BOARDS]
    items, lately, residents = state[ITEMS], state[LATELY], boards["residents"].astype(float)
    # A ring of three months: the present one replaces that of a quarter ago.
    lately[:, world.month % 3] = items[:, [ITEM_DUE, ITEM_ANSWERED]]
    due, answered = lately.sum(axis=1).T
    share = np.divide(answered, due, out=np.zeros(len(due)), where=due > 0.0)
    met = world.tick - state[MET_POLICE] < QUARTER
    row["two_way"] += (residents * np.clip(share, 0.0, 1.0))[met].sum()
    row["line"] += (residents * boards["phones"]).sum()
    row["residents"] += residents.sum()
    columns = (ITEMS_DUE, ITEM_DUE, ITEM_ANSWERED, ITEMS_FEASIBLE, ITEM_FEASIBLE, ITEM_MET)
    names = ("items", "item_harm", "answered", "feasible", "feasible_harm", "done")
    for name, column in zip(names, columns, strict=True):
        row[name] += items[:, column].sum()


def record_hours(world: World, row: TraceMonth) -> None:
    """Record free minutes, and those spent on fitting responses, guard posts and requests met."""
    tally, rows = world.tally[0], world.state[PROBLEMS].used_rows()
    begun = rows[(rows["cell"] >= 0) & (rows["response"] >= 0)]
    works = len(begun) + float(tally.causes_right + tally.causes_wrong)
    fits = float((begun["response"] == begun["cause"]).sum())
    worked, met = world.state[ITEMS][:, [ITEMS_WORKED, ITEMS_WORKED_MET]].sum(axis=0)
    row["fitting"] += row["guarded"] + (tally.minutes_problems * fits / works if works else 0.0)
    row["fitting"] += tally.minutes_requests * met / worked if worked else 0.0
    row["free"] += sum(float(tally[f"minutes_{use}"]) for use in MINUTE_USES if use not in NOT_FREE_USES)


def sum_of_year(traces: Rows[TraceMonth]) -> TraceMonth | None:
    """Return the sums of twelve closed months, or None if there are fewer."""
    closed, year = traces[:N_MONTHS], zero_rows(TraceMonth, 1)
    for name in TraceMonth.columns:
        year[name] = closed[name].sum()
    return year[0] if year["closed"][0] == N_MONTHS else None


def close_month(world: World) -> None:
    """Close the traces of the month: they replace those of a year ago."""
    traces, tally = world.state[TRACES], world.tally[0]
    row = traces[N_MONTHS]
    for name, count in COPIED_COUNTS.items():
        row[name] += tally[count]
    record_problem_standing(world, row)
    record_request_outcomes(world, row)
    record_hours(world, row)
    row["closed"] = 1.0
    traces[world.month % N_MONTHS] = row
    traces[N_MONTHS : N_MONTHS + 1] = zero_rows(TraceMonth, 1)


MECHANISM = Mechanism(named="traces", tables=(TRACES, BLOCK_SEEN, MET_POLICE, LATELY))
