"""M17, plans: each station's diagnosis, its plan for a quarter and its hot-spot posts.

A station plans from the crimes that its own forms record, never from those that happened.

Switched off, there are no posts and no visits by plan.
"""

from __future__ import annotations

import numpy as np

from model.engine.calendar import FIRST_DAYS, LONGEST_QUARTER, MORNINGS, SHIFTS, month_of
from model.engine.elementary import exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rank_correlation import mean_ranks, pearson_correlation
from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
from model.gangs.gangs.schema import UNCLAIMED
from model.police.chief import rules as chief
from model.police.chief.schema import CHIEFS, Chiefs
from model.police.plans.schema import (
    ANALYSED_STREAM,
    ATLAS,
    DIAGNOSIS_STREAM,
    HAPPENED,
    KNOWN,
    MODE_INVESTIGATIVE,
    MODE_PREVENTIVE,
    MODE_REACTIVE,
    MONTHLY_RETAINED_SHARE,
    NAMED_SHIFT_WEIGHT,
    OTHER_SHIFT_WEIGHT,
    PLAN_CELLS,
    PLAN_MODE,
    PLANNED_HERE,
    ROUNDING_TOLERANCE,
    TAKEN_UP,
    TASK_FORCE,
    TOLD_CRIME,
    WRITTEN_COLUMNS,
    PlanCounts,
    Plans,
)
from model.world.binding import of
from model.world.columns import TALLY, MonthlyCounts
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.places import group_holding_cells
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.shift_events import AT_MEETING, CHECKPOINT, N_PLAN_CELLS, POST, PROBLEM, VISITS
from model.world.state import BOARDS, OFFICERS, PLANS, Plan
from model.world.steps import python_step


class PlanTables(TableBundle):
    """Decaying crime loads of past months by cell and problem: known (by shift), true, reported, recorded."""

    known: FloatArray = of(KNOWN)
    happened: FloatArray = of(HAPPENED)
    told: FloatArray = of(TOLD_CRIME)
    atlas: FloatArray = of(ATLAS)


@kernel
def plan_follow_probability(
    shift: ShiftContext, plan: Plan, p: Plans, habit: float, emphasis: float, post: int
) -> float:
    """Return the probability that a free stretch of the couple at ``post`` goes to the plan.

    ``habit`` is the lead's habit of analysis, 0 to 1; ``emphasis`` the factor of the block of hours set by the chief.
    A couple of a task force always follows the plan.
    """
    if keyed_uniform(shift.seed, TASK_FORCE, shift.tick, post, 0) < p.task_force:
        return 1.0
    follow = p.follow + p.followed * (1.0 - p.follow) * habit
    return min(1.0, emphasis * follow * hour_weight(plan.hour, shift.tick))


@kernel
def hour_weight(hour: int, tick: int) -> float:
    """Return the weight of a shift by a plan that names the shift ``hour`` (0 to 2, or -1 for none)."""
    if hour < 0:
        return 1.0
    return NAMED_SHIFT_WEIGHT if hour == tick % SHIFTS else OTHER_SHIFT_WEIGHT


@kernel
def is_plan_cell(own: IntArray, n: int, cell: int) -> bool:
    """Return whether a cell is among the first ``n`` places of a plan."""
    r = 0
    while r < n and own[r] != cell:
        r += 1
    return r < n


@kernel
def count_planned_visits(
    shift: ShiftContext, plant: PoliceTables, plans: Rows[Plan], plan_cells: IntArray, planned_here: IntArray
) -> None:
    """Count visits by plan and visits to diagnosed places in a shift.

    Updates `plans.visits`, ``planned_here`` and the monthly counts.
    """
    day, row = shift.day, shift.tally[0]
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0 or visit.kind >= AT_MEETING:
            continue
        f = plant.posts[visit.post].facility
        plan = plans[f]
        by_plan = PROBLEM <= visit.kind <= CHECKPOINT
        if by_plan:
            plan.visits += 1
            planned_here[visit.cell] += 1
            row.visits_by_plan += 1.0
            row.preventive_visits += 1.0 if visit.kind != CHECKPOINT else 0.0
        if visit.kind == POST:
            row.visits_on_post += 1.0
        if plan.founded == 1 and is_plan_cell(plan_cells[f], plan.n, visit.cell):
            row.visits_where_diagnosed += 1.0


@kernel
def worst_cell(load: FloatArray, own: IntArray, chosen: IntArray, n_chosen: int) -> int:
    """Return the cell of ``own`` with the highest load that is not chosen yet, or -1 if none has any."""
    best, most = -1, 0.0
    for cell in own:
        if load[cell] > most + ROUNDING_TOLERANCE and not is_plan_cell(chosen, n_chosen, cell):
            best, most = cell, load[cell]
    return best


def choose_plan_cells(world: World, f: int, analysis: float, month: int) -> IntArray:
    """Return the places of a plan: by local data, by a recent map of headquarters, else those of the last plan.

    ``analysis`` is the probability that a place of a diagnosis is chosen by local data.
    """
    plan, own, tables = world.state[PLANS][f], world.cached(station_cells)[f], world.view(PlanTables)
    chosen, last = np.full(N_PLAN_CELLS, -1), world.state[PLAN_CELLS][f]
    local, above = tables.known[:, plan.kind, :].sum(axis=1), tables.atlas[:, plan.kind]
    for r in range(plan.n):
        cell = -1
        if plan.founded == 1 and keyed_uniform(world.seed, ANALYSED_STREAM, month, f, r) < analysis:
            cell = worst_cell(local, own, chosen, r)
        elif plan.product >= 0 and world.tick - plan.product < LONGEST_QUARTER:
            cell = worst_cell(above, own, chosen, r)
        for usual in last[: plan.n]:
            if cell < 0 and not is_plan_cell(chosen, r, usual):
                cell = usual
        chosen[r] = cell
    return chosen


@kernel
def draw_plan_mode(founded: int, trained: float, p: Plans, u: float) -> int:
    """Return the mode of a plan by the uniform ``u``: preventive, reactive or investigative (a logit choice)."""
    prevent = exp(p.trained * trained + p.founded * founded)
    react, inquire = exp(p.bust), exp(p.investigative)
    reached = u * (prevent + react + inquire)
    if reached < prevent:
        return MODE_PREVENTIVE
    return MODE_REACTIVE if reached < prevent + react else MODE_INVESTIGATIVE


def first_maximum(load: FloatArray) -> int:
    """Return the index of the highest load, the first of those that differ by rounding alone."""
    return int(np.argmax(load >= load.max() - ROUNDING_TOLERANCE))


def fill_diagnosis(world: World, f: int, habit: float, month: int) -> None:
    """Fill in the formats; a diagnosis names the worst known problem and, with analysis, its shift.

    ``habit`` is the chief's habit of analysis, 0 to 1.  Updates `plans.founded`, `plans.kind`, `plans.hour`,
    `plans.months` and the monthly counts.
    """
    plan, tally, seed = world.state[PLANS][f], world.state[TALLY], world.seed
    p = world.parameters[Plans][world.plant.facilities[f].settlement]
    load = world.state[KNOWN][world.cached(station_cells)[f]].sum(axis=0)
    u = keyed_uniform(seed, DIAGNOSIS_STREAM, month, f, 0)
    if u < p.formats:
        tally[0].formats += 1.0
    # A task force keeps to its problem.
    kept, before = plan.founded == 1 and p.task_force > 0.0, plan.kind
    made = p.diagnosis + p.diagnosed * (1.0 - p.diagnosis) * habit
    plan.founded = 1 if u < p.formats * made and load.sum() > 0.0 else 0
    plan.hour = -1
    if plan.founded == 1:
        tally[0].diagnoses += 1.0
        if not kept:
            plan.kind = first_maximum(load.sum(axis=1))
        if keyed_uniform(seed, ANALYSED_STREAM, month, f, N_PLAN_CELLS) < p.analysis:
            plan.hour = first_maximum(load[plan.kind])
    if plan.kind != before:
        plan.months = 0


def request_candidates(world: World, f: int) -> IntArray:
    """Return the communities in the area of a station that have made a request since the last plan."""
    near = world.cached(station_authorities)[f]
    asked = world.state[BOARDS]["asked"][near]
    found: IntArray = near[(asked >= 0) & (world.tick - asked <= LONGEST_QUARTER)]
    return found


def draw_request(candidates: IntArray, p: Plans, month: int, seed: int) -> int:
    """Return the first community whose request is taken up by chance, or -1."""
    return next((int(a) for a in candidates if keyed_uniform(seed, TAKEN_UP, month, a, 0) < p.takes_request), -1)


def add_request_to_plan(plan: Plan, chosen: IntArray, a: int, cell: int, tally: Rows[MonthlyCounts]) -> None:
    """Take up the request of a community (-1: none); its cell replaces the last place of the plan.

    Updates `plans.holds`, `plans.changed`, ``chosen`` and the monthly counts.
    """
    plan.holds = plan.changed = 0
    if a < 0:
        return
    plan.holds = 1
    tally[0].plans_with_request += 1.0
    if not is_plan_cell(chosen, plan.n, cell):
        chosen[plan.n - 1] = cell
        plan.changed = 1


def avoid_captor_ground(chosen: IntArray, n: int, own: IntArray, barred: BoolArray, population: IntArray) -> None:
    """Replace places on the ground of the group that has captured the chief by the most populated others."""
    others = [int(cell) for cell in own[np.argsort(-population[own], kind="stable")] if not barred[cell]]
    for r in range(n):
        if barred[chosen[r]]:
            chosen[r] = next((cell for cell in others if not is_plan_cell(chosen, n, cell)), chosen[r])


def make_quarter_plan(world: World, f: int, month: int) -> None:
    """Make the plan of a station for the quarter that begins: diagnosis, places, request, mode; updates `plans`."""
    state, seed = world.state, world.seed
    p = world.parameters[Plans][world.plant.facilities[f].settlement]
    orders = world.parameters[Chiefs][world.plant.facilities[f].settlement]
    plan, own = state[PLANS][f], world.cached(station_cells)[f]
    candidates = request_candidates(world, f)
    at = world.cached(chief.chief_positions)[f]
    habit = float(state[OFFICERS][at].habit_analysis) if at >= 0 else 0.0
    fill_diagnosis(world, f, habit, month)
    chosen = choose_plan_cells(world, f, p.analysis, month)
    if plan.n == 0:
        a = -1
    elif orders.picks_requests == 1:
        a = chief.choose_request(world, f, candidates, p)
    else:
        a = draw_request(candidates, p, month, seed)
    add_request_to_plan(plan, chosen, a, world.town.authorities[a].cell, state[TALLY])
    captor = state[CHIEFS][f].captor
    if captor != UNCLAIMED:
        avoid_captor_ground(chosen, plan.n, own, group_holding_cells(state) == captor, world.town.cells["population"])
    state[PLAN_CELLS][f] = chosen
    officers = state[OFFICERS]["facility"] == f
    trained = float(np.mean(state[OFFICERS]["trained"][officers])) if officers.any() else 0.0
    if orders.picks_modes == 1:
        plan.mode = chief.choose_plan_mode(world, f, trained, p)
    else:
        plan.mode = draw_plan_mode(plan.founded, trained, p, keyed_uniform(seed, PLAN_MODE, month, f, 0))
    plan.made = world.tick


@python_step(flags=MORNINGS | FIRST_DAYS)
def step(world: World) -> None:
    """Make the plans that are due on the first morning of a month, then decay the crime loads by a month."""
    month, state = month_of(world.tick), world.state
    state[PLANS]["visits"] = 0
    state[CHOICES].reserve(2 * len(state[PLANS]))
    for f in range(len(state[PLANS])):
        # Stations plan in turn, each one every three months.
        if (month + f) % 3 == 0:
            make_quarter_plan(world, f, month)
    for table in world.view(PlanTables):
        table *= MONTHLY_RETAINED_SHARE


def count_plan_months(world: World) -> None:
    """Update `plans.months`, the months in a row in which the plan had enough visits."""
    for f, plan in enumerate(world.state[PLANS]):
        p = world.parameters[Plans][world.plant.facilities[f].settlement]
        plan.months = plan.months + 1 if plan.visits >= p.alive else 0


def initialise(world: World) -> None:
    """Initialise a reactive plan for each station, at its most populated cells."""
    plans, population = world.state[PLANS], world.town.cells["population"]
    for f, (plan, own) in enumerate(zip(plans, world.cached(station_cells), strict=True)):
        plan.product = plan.hour = plan.made = -1
        plan.mode = MODE_REACTIVE
        most = own[np.argsort(-population[own], kind="stable")][:N_PLAN_CELLS]
        plan.n = len(most)
        world.state[PLAN_CELLS][f, : len(most)] = most


def station_cells(world: World) -> list[IntArray]:
    """Return the populated cells of each station."""
    cells, n = world.town.cells, len(world.town.facilities)
    return [np.flatnonzero((cells["facility"] == f) & (cells["population"] > 0)) for f in range(n)]


def station_authorities(world: World) -> list[IntArray]:
    """Return the communal authorities in the area of each station."""
    facility = world.town.cells["facility"][world.town.authorities["cell"]]
    return [np.flatnonzero(facility == f) for f in range(len(world.town.facilities))]


def visit_load_correlation(month: MonthSnapshot, load: FloatArray) -> float:
    """Return the rank correlation of visits by plan with the load of each populated cell."""
    return pearson_correlation(month.cached(ranks_of_planned_visits), mean_ranks(load))


def ranks_of_planned_visits(month: MonthSnapshot) -> FloatArray:
    """Return the ranks of the populated cells by visits by plan."""
    return mean_ranks(month.world.state[PLANNED_HERE][month.populated])


MECHANISM = Mechanism(
    group=Plans,
    tables=(
        PLAN_CELLS,
        PLANNED_HERE,
        KNOWN,
        HAPPENED,
        TOLD_CRIME,
        ATLAS,
    ),
    counts=PlanCounts,
    writes=WRITTEN_COLUMNS,
    initialise=initialise,
    knockout=Knockout(("visits_by_plan", "formats", "diagnoses")),
    measures={
        "posts_follow_crime": Measure(
            "-1 to 1",
            lambda month: visit_load_correlation(month, month.world.state[HAPPENED][month.populated].sum(axis=1)),
        ),
        "posts_follow_reports": Measure(
            "-1 to 1", lambda month: visit_load_correlation(month, month.world.state[TOLD_CRIME][month.populated])
        ),
        "formats": Measure("formats"),
        "diagnoses": Measure("diagnoses"),
        "visits_by_plan": Measure("visits"),
        "visits_on_post": Measure("visits"),
    },
)
