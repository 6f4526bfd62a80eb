"""M17, plans: each station's diagnosis, its plan for a quarter and its hot-spot posts (ODD 6.19).

A station plans from what it really knows, book 2 as written in its own forms, never from book 1.
Switched off, there are no posts and no visits by plan.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import LONGEST_QUARTER, date_of_tick, month_of
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import luck
from model.engine.rows import Flags, Ints, Reals, Rows
from model.gangs.gangs.schema import NOBODYS
from model.police.chief import rules as chief
from model.police.plans.schema import (
    ANALYSED,
    ATLAS,
    DIAGNOSIS,
    EQUAL,
    FADE,
    HAPPENED,
    INVESTIGATIVE,
    KNOWN,
    PLAN_CELLS,
    PLAN_MODE,
    PLANNED_HERE,
    PREVENTIVE,
    REACTIVE,
    TAKEN_UP,
    TASK_FORCE,
    TOLD_HERE,
    WRITES,
    Counts,
    Plans,
)
from model.town.ranks import correlation, mean_ranks
from model.world.columns import Tally
from model.world.deciding.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism, in_the_morning
from model.world.month import Month
from model.world.places import holders
from model.world.protocol import World
from model.world.shift_context import Plant, Stage
from model.world.shift_events import CHECKPOINT, N_CELLS, POST, PROBLEM, VISITS
from model.world.state import PLANS, Plan


class Wall(Tables):
    """What is remembered of past months by cell and problem: known to the station (by shift), true, told, recorded."""

    known: Reals
    happened: Reals
    told: Reals
    atlas: Reals


def wall_of(world: World) -> Wall:
    """Lay out what is remembered of the crime of past months, as plans read it."""
    return Wall(world.state.known, world.state.happened, world.state.told, world.state.atlas)


@kernel
def eagerness(plan: Plan, p: Plans, habit: float, leaning: float, post: int, tick: int, seed: int) -> float:
    """Chance that a free stretch of this couple's shift goes to the plan.

    More in the hour that the plan names, as the chief has set the hours, and by the lead's habit of analysis.
    """
    if luck(seed, TASK_FORCE, tick, post, 0) < p.task_force:
        return 1.0
    follow = p.follow + p.followed * (1.0 - p.follow) * habit
    return min(1.0, leaning * follow * stress_on(plan.hour, tick))


@kernel
def stress_on(hour: int, tick: int) -> float:
    """Weight of a shift in a plan that names this hour (-1: none)."""
    if hour < 0:
        return 1.0
    return 2.0 if hour == tick % 3 else 0.5


@kernel
def aimed_at(own: Ints, n: int, cell: int) -> bool:
    """Whether a cell is one of the n places of a plan."""
    r = 0
    while r < n and own[r] != cell:
        r += 1
    return r < n


@kernel
def note(stage: Stage, plant: Plant, plans: Rows[Plan], plan_cells: Ints, planned_here: Ints) -> None:
    """Count the visits of a shift that kept to a plan, and those that went where a diagnosis says."""
    day, row = stage.day, stage.tally[0]
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:
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
        if plan.founded == 1 and aimed_at(plan_cells[f], plan.n, visit.cell):
            row.visits_where_diagnosed += 1.0


@kernel
def worst(load: Reals, own: Ints, chosen: Ints, n_chosen: int) -> int:
    """Cell with the highest load of a list that is not chosen yet, or -1 if none has any."""
    best, most = -1, 0.0
    for cell in own:
        if load[cell] > most + EQUAL and not aimed_at(chosen, n_chosen, cell):
            best, most = cell, load[cell]
    return best


def choose_places(
    plan: Plan, old: Ints, own: Ints, wall: Wall, analysis: float, f: int, when: tuple[int, int], seed: int
) -> Ints:
    """Places of a plan: by local data, by headquarters' map where it came back, else those of the last plan."""
    month, tick = when
    chosen = np.full(N_CELLS, -1)
    local, above = wall.known[:, plan.kind, :].sum(axis=1), wall.atlas[:, plan.kind]
    for r in range(plan.n):
        cell = -1
        if plan.founded == 1 and luck(seed, ANALYSED, month, f, r) < analysis:
            cell = worst(local, own, chosen, r)
        elif plan.product >= 0 and tick - plan.product < LONGEST_QUARTER:
            cell = worst(above, own, chosen, r)
        for habit in old[: plan.n]:
            if cell < 0 and not aimed_at(chosen, r, habit):
                cell = habit
        chosen[r] = cell
    return chosen


@kernel
def choose_mode(founded: int, trained: float, p: Plans, u: float) -> int:
    """Whether a plan is preventive, reactive or investigative, by luck u."""
    prevent = math.exp(p.trained * trained + p.founded * founded)
    react, inquire = math.exp(p.bust), math.exp(p.investigative)
    reached = u * (prevent + react + inquire)
    if reached < prevent:
        return PREVENTIVE
    return REACTIVE if reached < prevent + react else INVESTIGATIVE


def first_most(load: Reals) -> int:
    """Place of the highest load, the first of those that differ by rounding alone."""
    return int(np.argmax(load >= load.max() - EQUAL))


def diagnose(
    plan: Plan, own: Ints, known: Reals, p: Plans, habit: float, f: int, month: int, tally: Rows[Tally], seed: int
) -> None:
    """Fill in the formats; where they are a diagnosis, name the worst problem that is known, and perhaps its hour."""
    load = known[own].sum(axis=0)
    u = luck(seed, DIAGNOSIS, month, f, 0)
    if u < p.formats:
        tally[0].formats += 1.0
    kept, before = plan.founded == 1 and p.task_force > 0.0, plan.kind
    made = p.diagnosis + p.diagnosed * (1.0 - p.diagnosis) * habit
    plan.founded = 1 if u < p.formats * made and load.sum() > 0.0 else 0
    plan.hour = -1
    if plan.founded == 1:
        tally[0].diagnoses += 1.0
        if not kept:
            plan.kind = first_most(load.sum(axis=1))
        if luck(seed, ANALYSED, month, f, N_CELLS) < p.analysis:
            plan.hour = first_most(load[plan.kind])
    if plan.kind != before:
        plan.months = 0


def candidates_for(world: World, f: int) -> Ints:
    """Return the communities in the area of a station that have asked for something since the last plan."""
    near = world.once(boards_of)[f]
    asked = world.state.boards["asked"][near]
    found: Ints = near[(asked >= 0) & (world.tick - asked <= LONGEST_QUARTER)]
    return found


def first_by_chance(candidates: Ints, p: Plans, month: int, seed: int) -> int:
    """Return the first community whose request is taken up by chance, or -1."""
    return next((int(a) for a in candidates if luck(seed, TAKEN_UP, month, a, 0) < p.takes_request), -1)


def take_up(plan: Plan, chosen: Ints, a: int, cell: int, tally: Rows[Tally]) -> None:
    """Take up the request of a community (-1: none): its cell becomes a place of the plan."""
    plan.holds = plan.changed = 0
    if a < 0:
        return
    plan.holds = 1
    tally[0].plans_with_request += 1.0
    if not aimed_at(chosen, plan.n, cell):
        chosen[plan.n - 1] = cell
        plan.changed = 1


def look_away(chosen: Ints, n: int, own: Ints, barred: Flags, population: Ints) -> None:
    """Put other places, where most people live, in the place of those on the ground of who has captured the chief."""
    others = [int(cell) for cell in own[np.argsort(-population[own], kind="stable")] if not barred[cell]]
    for r in range(n):
        if barred[chosen[r]]:
            chosen[r] = next((cell for cell in others if not aimed_at(chosen, n, cell)), chosen[r])


def plan_for(world: World, f: int, month: int) -> None:
    """Make the plan of one station for the quarter that begins."""
    state, seed, when = world.state, world.seed, (month, world.tick)
    p = world.numbers["plans"][world.plant.facilities[f].settlement]
    orders = world.numbers["chief"][world.plant.facilities[f].settlement]
    plan, own, wall = state.plans[f], world.once(beats_of)[f], world.laid(wall_of)
    candidates = candidates_for(world, f)
    at = world.once(chief.commanders)[f]
    habit = float(state.officers[at].habit_analysis) if at >= 0 else 0.0
    diagnose(plan, own, wall.known, p, habit, f, month, state.tally, seed)
    chosen = choose_places(plan, state.plan_cells[f].copy(), own, wall, p.analysis, f, when, seed)
    if plan.n == 0:
        a = -1
    elif orders["picks_requests"] == 1:
        a = chief.choose_request(world, f, candidates, p)
    else:
        a = first_by_chance(candidates, p, month, seed)
    take_up(plan, chosen, a, world.town.authorities[a].cell, state.tally)
    captor = state.chiefs[f].captor
    if captor != NOBODYS:
        look_away(chosen, plan.n, own, holders(state) == captor, world.town.cells["population"])
    state.plan_cells[f] = chosen
    officers = state.officers["facility"] == f
    trained = float(np.mean(state.officers["trained"][officers])) if officers.any() else 0.0
    if orders["picks_modes"] == 1:
        plan.mode = chief.choose_mode(world, f, trained, p)
    else:
        plan.mode = choose_mode(plan.founded, trained, p, luck(seed, PLAN_MODE, month, f, 0))
    plan.made = world.tick


@in_the_morning
def act(world: World) -> None:
    """On the first morning of a month, plan where a quarter is over; then a month of what is remembered fades."""
    if date_of_tick(world.tick).day != 1:
        return
    month, state = month_of(world.tick), world.state
    state.plans["visits"] = 0
    state[CHOICES].reserve(2 * len(state.plans))
    for f in range(len(state.plans)):
        if (month + f) % 3 == 0:
            plan_for(world, f, month)
    for table in world.laid(wall_of):
        table *= FADE


def close_month(world: World) -> None:
    """Count for how many months a response has lived."""
    for f, plan in enumerate(world.state.plans):
        p = world.numbers["plans"][world.plant.facilities[f].settlement]
        plan.months = plan.months + 1 if plan.visits >= p["alive"] else 0


def begin(world: World) -> None:
    """Let every station begin with a plan by habit: where most people live, against crime on the street."""
    plans, population = world.state[PLANS], world.town.cells["population"]
    for f, (plan, own) in enumerate(zip(plans, world.once(beats_of), strict=True)):
        plan.product = plan.hour = plan.made = -1
        plan.mode = REACTIVE
        most = own[np.argsort(-population[own], kind="stable")][:N_CELLS]
        plan.n = len(most)
        world.state[PLAN_CELLS][f, : len(most)] = most


def beats_of(world: World) -> list[Ints]:
    """Return the populated cells that each station serves."""
    cells, n = world.town.cells, len(world.town.facilities)
    return [np.flatnonzero((cells["facility"] == f) & (cells["population"] > 0)) for f in range(n)]


def boards_of(world: World) -> list[Ints]:
    """Return the authorities that live in the area of each station."""
    facility = world.town.cells["facility"][world.town.authorities["cell"]]
    return [np.flatnonzero(facility == f) for f in range(len(world.town.facilities))]


def follows(month: Month, load: Reals) -> float:
    """Rank correlation of visits by plan with a load, over populated cells."""
    populated = month.populated
    return correlation(month.once(planned_ranks), mean_ranks(load[populated]))


def planned_ranks(month: Month) -> Reals:
    """Ranks of the populated cells by visits that kept to a plan."""
    return mean_ranks(month.world.state[PLANNED_HERE][month.populated])


IT = Mechanism(
    group=Plans,
    tables=(
        PLAN_CELLS,
        PLANNED_HERE,
        KNOWN,
        HAPPENED,
        TOLD_HERE,
        ATLAS,
    ),
    counts=Counts,
    writes=WRITES,
    begin=begin,
    knockout=Knockout(("visits_by_plan", "formats", "diagnoses")),
    measures={
        "posts_follow_crime": Measure("-1 to 1", lambda month: follows(month, month.world.state[HAPPENED].sum(axis=1))),
        "posts_follow_reports": Measure("-1 to 1", lambda month: follows(month, month.world.state[TOLD_HERE])),
        "formats": Measure("formats"),
        "diagnoses": Measure("diagnoses"),
        "visits_by_plan": Measure("visits"),
        "visits_on_post": Measure("visits"),
    },
)
