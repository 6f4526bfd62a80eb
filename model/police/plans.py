"""M17, plans: each station's diagnosis, its plan for a quarter and its hot-spot posts.

A station plans from the crimes that its own forms record, never from those that happened.

Switched off, there are no posts and no visits by plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import FIRST_DAYS, LONGEST_QUARTER, MORNINGS, SHIFTS, month_of
from model.engine.domains import COUNT, POSITIVE, row_of
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rank_correlation import mean_ranks, pearson_correlation
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.police import chief
from model.town.territory import UNCLAIMED
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.places import group_holding_cells
from model.world.shift_events import AT_MEETING, CASEWORK, CHECKPOINT, N_PLAN_CELLS, N_PROBLEMS, POST, PROBLEM, VISITS
from model.world.steps import python_step

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
    from model.simulation.columns import MonthlyCounts
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.state import Plan

DIAGNOSIS_STREAM, ANALYSED_STREAM, PLAN_MODE = stream_id("diagnosis"), stream_id("analysed"), stream_id("plan mode")
TAKEN_UP = stream_id("request taken up")
TASK_FORCE, POST_HOUR = stream_id("task force"), stream_id("post hour")
MODE_PREVENTIVE, MODE_REACTIVE, MODE_INVESTIGATIVE = range(3)
POSTS_HELD = stream_id("posts held")
KIND_BY_MODE = np.array([PROBLEM, CHECKPOINT, CASEWORK])
MONTHLY_RETAINED_SHARE = 2.0 / 3.0
"""Share of the crime loads retained after a month, so that about three months count; assumed."""
NAMED_SHIFT_WEIGHT, OTHER_SHIFT_WEIGHT = 2.0, 0.5
"""Weights of the shift that a plan names and of the others: posts and stretches are moved to it; assumed."""
ROUNDING_TOLERANCE = 1e-9
"""Loads that differ by less are equal, since sums of severities depend on their order; so small a load is none."""


@dataclass(frozen=True, init=False)
class Plans(ParameterGroup):
    """Parameters of planning by stations (FIAPOL, FAES) and of following plans."""

    name: ClassVar[str] = "plans"
    evidence: ClassVar[tuple[str, ...]] = (
        "B09", "B13", "B14", "B20", "B22", "B23", "D01", "D02", "D03", "D10", "D12", "D13", "E13", "F23",
    )  # fmt: skip

    formats: float
    diagnosis: float
    diagnosed: float
    analysis: float
    follow: float
    followed: float
    posts: int
    post_hours: float
    task_force: float
    bust: float
    trained: float
    founded: float
    investigative: float
    alive: int
    inquiry: float
    takes_request: float


PLAN_CELLS = ArraySpec(
    name="plan_cells",
    of=np.int64,
    shape=("facility", N_PLAN_CELLS),
    first=-1.0,
    about="Places of each plan.",
    domain=row_of("cell", none=True),
)
PLANNED_HERE = ArraySpec(
    name="planned_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Visits by plan, by cell.",
    domain=COUNT,
)
CRIMES_KNOWN = ArraySpec(
    name="crimes_known",
    of=np.float64,
    shape=("cell", N_PROBLEMS, 3),
    about="Crime that a station knows of, by shift; it fades.",
    domain=POSITIVE,
)
CRIMES_HAPPENED = ArraySpec(
    name="crimes_happened",
    of=np.float64,
    shape=("cell", N_PROBLEMS),
    about="The same of what happened.",
    domain=POSITIVE,
)
CRIMES_REPORTED = ArraySpec(
    name="crimes_reported",
    of=np.float64,
    shape=("cell",),
    about="The same of what was reported to the state.",
    domain=POSITIVE,
)
CRIMES_MAPPED = ArraySpec(
    name="crimes_mapped",
    of=np.float64,
    shape=("cell", N_PROBLEMS),
    about="The same of what headquarters has mapped.",
    domain=POSITIVE,
)


class PlanCounts(Row):
    """Monthly counts of diagnoses, plans, and visits by plan."""

    formats: float
    diagnoses: float
    visits_by_plan: float
    visits_on_post: float
    visits_where_diagnosed: float
    preventive_visits: float
    plans_with_request: float


@kernel
def plan_follow_probability(w: World, plan: Plan, p: Plans, habit: float, emphasis: float, post: int) -> float:
    """Return the probability that a free stretch of the couple at ``post`` goes to the plan.

    ``habit`` is the lead's habit of analysis, 0 to 1; ``emphasis`` the factor of the block of hours set by the chief.
    A couple of a task force always follows the plan.
    """
    if keyed_uniform(w.seed, TASK_FORCE, w.tick, post, 0) < p.task_force:
        return 1.0
    follow = p.follow + p.followed * (1.0 - p.follow) * habit
    return min(1.0, emphasis * follow * hour_weight(plan.hour, w.tick))


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
def count_planned_visits(w: World) -> None:
    """Count visits by plan and visits to diagnosed places in a shift.

    Updates `plans.visits`, ``planned_here`` and the monthly counts.
    """
    row = w.tally[0]
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 0 or visit.post < 0 or visit.kind >= AT_MEETING:
            continue
        f = w.posts[visit.post].facility
        plan = w.plans[f]
        by_plan = PROBLEM <= visit.kind <= CHECKPOINT
        if by_plan:
            plan.visits += 1
            w.planned_here[visit.cell] += 1
            row.visits_by_plan += 1.0
            row.preventive_visits += 1.0 if visit.kind != CHECKPOINT else 0.0
        if visit.kind == POST:
            row.visits_on_post += 1.0
        if plan.founded == 1 and is_plan_cell(w.plan_cells[f], plan.n, visit.cell):
            row.visits_where_diagnosed += 1.0


@kernel
def worst_cell(load: FloatArray, own: IntArray, chosen: IntArray, n_chosen: int) -> int:
    """Return the cell of ``own`` with the highest load that is not chosen yet, or -1 if none has any."""
    best, most = -1, 0.0
    for cell in own:
        if load[cell] > most + ROUNDING_TOLERANCE and not is_plan_cell(chosen, n_chosen, cell):
            best, most = cell, load[cell]
    return best


def choose_plan_cells(sim: Simulation, f: int, analysis: float, month: int) -> IntArray:
    """Return the places of a plan: by local data, by a recent map of headquarters, else those of the last plan.

    ``analysis`` is the probability that a place of a diagnosis is chosen by local data.
    """
    plan, own, w = sim.w.plans[f], sim.cached(station_cells)[f], sim.w
    chosen, last = np.full(N_PLAN_CELLS, -1), sim.w.plan_cells[f]
    local, above = w.crimes_known[:, plan.kind, :].sum(axis=1), w.crimes_mapped[:, plan.kind]
    for r in range(plan.n):
        cell = -1
        if plan.founded == 1 and keyed_uniform(sim.seed, ANALYSED_STREAM, month, f, r) < analysis:
            cell = worst_cell(local, own, chosen, r)
        elif plan.product >= 0 and sim.tick - plan.product < LONGEST_QUARTER:
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


def fill_diagnosis(sim: Simulation, f: int, habit: float, month: int) -> None:
    """Fill in the formats; a diagnosis names the worst known problem and, with analysis, its shift.

    ``habit`` is the chief's habit of analysis, 0 to 1.  Updates `plans.founded`, `plans.kind`, `plans.hour`,
    `plans.months` and the monthly counts.
    """
    plan, tally, seed = sim.w.plans[f], sim.w.tally, sim.seed
    p = sim.p.plans[sim.w.facilities[f].settlement]
    load = sim.w.crimes_known[sim.cached(station_cells)[f]].sum(axis=0)
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


def request_candidates(sim: Simulation, f: int) -> IntArray:
    """Return the communities in the area of a station that have made a request since the last plan."""
    near = sim.cached(station_authorities)[f]
    asked = sim.w.boards["asked"][near]
    found: IntArray = near[(asked >= 0) & (sim.tick - asked <= LONGEST_QUARTER)]
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


def make_quarter_plan(sim: Simulation, f: int, month: int) -> None:
    """Make the plan of a station for the quarter that begins: diagnosis, places, request, mode; updates `plans`."""
    _state, seed = sim.state, sim.seed
    p = sim.p.plans[sim.w.facilities[f].settlement]
    orders = sim.p.chief[sim.w.facilities[f].settlement]
    plan, own = sim.w.plans[f], sim.cached(station_cells)[f]
    candidates = request_candidates(sim, f)
    at = sim.cached(chief.chief_positions)[f]
    habit = float(sim.w.officers[at].habit_analysis) if at >= 0 else 0.0
    fill_diagnosis(sim, f, habit, month)
    chosen = choose_plan_cells(sim, f, p.analysis, month)
    if plan.n == 0:
        a = -1
    elif orders.picks_requests == 1:
        a = chief.choose_request(sim, f, candidates, p)
    else:
        a = draw_request(candidates, p, month, seed)
    add_request_to_plan(plan, chosen, a, sim.town.authorities[a].cell, sim.w.tally)
    captor = sim.w.chiefs[f].captor
    if captor != UNCLAIMED:
        avoid_captor_ground(chosen, plan.n, own, group_holding_cells(sim.w) == captor, sim.town.cells["population"])
    sim.w.plan_cells[f] = chosen
    officers = sim.w.officers["facility"] == f
    trained = float(np.mean(sim.w.officers["trained"][officers])) if officers.any() else 0.0
    if orders.picks_modes == 1:
        plan.mode = chief.choose_plan_mode(sim, f, trained, p)
    else:
        plan.mode = draw_plan_mode(plan.founded, trained, p, keyed_uniform(seed, PLAN_MODE, month, f, 0))
    plan.made = sim.tick


@python_step(flags=MORNINGS | FIRST_DAYS)
def plan(sim: Simulation) -> None:
    """Make the plans that are due on the first morning of a month, then decay the crime loads by a month."""
    month, state = month_of(sim.tick), sim.state
    sim.w.plans["visits"] = 0
    state.choices.reserve(2 * len(sim.w.plans))
    for f in range(len(sim.w.plans)):
        # Stations plan in turn, each one every three months.
        if (month + f) % 3 == 0:
            make_quarter_plan(sim, f, month)
    for table in (sim.w.crimes_known, sim.w.crimes_happened, sim.w.crimes_reported, sim.w.crimes_mapped):
        table *= MONTHLY_RETAINED_SHARE


def count_plan_months(sim: Simulation) -> None:
    """Update `plans.months`, the months in a row in which the plan had enough visits."""
    for f, plan in enumerate(sim.w.plans):
        p = sim.p.plans[sim.w.facilities[f].settlement]
        plan.months = plan.months + 1 if plan.visits >= p.alive else 0


def initialise(sim: Simulation) -> None:
    """Initialise a reactive plan for each station, at its most populated cells."""
    plans, population = sim.w.plans, sim.town.cells["population"]
    for f, (plan, own) in enumerate(zip(plans, sim.cached(station_cells), strict=True)):
        plan.product = plan.hour = plan.made = -1
        plan.mode = MODE_REACTIVE
        most = own[np.argsort(-population[own], kind="stable")][:N_PLAN_CELLS]
        plan.n = len(most)
        sim.w.plan_cells[f, : len(most)] = most


def station_cells(sim: Simulation) -> list[IntArray]:
    """Return the populated cells of each station."""
    cells, n = sim.town.cells, len(sim.town.facilities)
    return [np.flatnonzero((cells["facility"] == f) & (cells["population"] > 0)) for f in range(n)]


def station_authorities(sim: Simulation) -> list[IntArray]:
    """Return the communal authorities in the area of each station."""
    facility = sim.town.cells["facility"][sim.town.authorities["cell"]]
    return [np.flatnonzero(facility == f) for f in range(len(sim.town.facilities))]


def visit_load_correlation(month: MonthSnapshot, load: FloatArray) -> float:
    """Return the rank correlation of visits by plan with the load of each populated cell."""
    return pearson_correlation(month.cached(ranks_of_planned_visits), mean_ranks(load))


def ranks_of_planned_visits(month: MonthSnapshot) -> FloatArray:
    """Return the ranks of the populated cells by visits by plan."""
    return mean_ranks(month.world.w.planned_here[month.populated])


MECHANISM = Mechanism(
    group=Plans,
    tables=(
        PLAN_CELLS,
        PLANNED_HERE,
        CRIMES_KNOWN,
        CRIMES_HAPPENED,
        CRIMES_REPORTED,
        CRIMES_MAPPED,
    ),
    counts=PlanCounts,
    initialise=initialise,
    knockout=Knockout(("visits_by_plan", "formats", "diagnoses")),
    measures={
        "posts_follow_crime": Measure(
            "-1 to 1",
            lambda month: visit_load_correlation(month, month.world.w.crimes_happened[month.populated].sum(axis=1)),
        ),
        "posts_follow_reports": Measure(
            "-1 to 1", lambda month: visit_load_correlation(month, month.world.w.crimes_reported[month.populated])
        ),
        "formats": Measure("formats"),
        "diagnoses": Measure("diagnoses"),
        "visits_by_plan": Measure("visits"),
        "visits_on_post": Measure("visits"),
    },
)
