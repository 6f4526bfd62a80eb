"""M17, plans: each station's diagnosis, its plan for a quarter and its hot-spot posts (ODD 6.19).

A station plans from what it really knows, book 2 as written in its own forms, never from book 1.
Switched off, there are no posts and no visits by plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import LONGEST_QUARTER, date_of_tick, month_of
from model.daybook import CASEWORK, CHECKPOINT, N_CELLS, N_PROBLEMS, POST, PROBLEM, VISITS
from model.deciding import CHOICES
from model.gangs import NOBODYS, holders
from model.kernels import Tables, kernel
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, in_the_morning
from model.mechanisms import chief
from model.parameters import Group, number, share
from model.ranks import correlation, mean_ranks
from model.rows import Row
from model.state import PLANS
from model.tables import COUNTED, Field

if TYPE_CHECKING:
    from model.measures import Month
    from model.model import TrustModel as World
    from model.register import Tally
    from model.rows import Flags, Ints, Reals, Rows
    from model.stage import Plant, Stage
    from model.state import Plan

DIAGNOSIS, ANALYSED, PLAN_MODE = decision("diagnosis"), decision("analysed"), decision("plan mode")
TAKEN_UP = decision("request taken up")
TASK_FORCE, POST_HOUR = decision("task force"), decision("post hour")
PREVENTIVE, REACTIVE, INVESTIGATIVE = range(3)
KIND_BY_MODE = np.array([PROBLEM, CHECKPOINT, CASEWORK])
FADE = 2.0 / 3.0
"""Share of what is remembered of past months after another one, so that about three months count; assumed."""
EQUAL = 1e-9
"""Loads that differ by less are equal: the same severities added up in another order; so little is none."""


@dataclass(frozen=True, kw_only=True)
class Plans(Group):
    """How stations plan (FIAPOL, FAES), and what of the plan is done."""

    name: ClassVar[str] = "plans"
    evidence: ClassVar[tuple[str, ...]] = (
        "B09", "B13", "B14", "B20", "B22", "B23", "D01", "D02", "D03", "D10", "D12", "D13", "E13", "F23",
    )  # fmt: skip

    formats: float = share(0.9, "D03: nominally all; assumed", "formats filled in", role="lever", off=0.0)
    diagnosis: float = share(
        0.08, "D03, D10; assumed", "formats that are a diagnosis whatever the chief does", role="lever", off=0.0
    )
    diagnosed: float = share(1.0, "assumed", "others that a chief with a full habit of analysis makes one", off=0.0)
    analysis: float = share(0.0, "D12, D13: absent", "places of a diagnosis that data choose", role="lever", off=0.0)
    follow: float = share(0.03, "D10; assumed", "free stretches that go where the plan says", role="lever", off=0.0)
    followed: float = share(0.3, "assumed", "more of them where the lead has a full habit of analysis", off=0.0)
    posts: int = number(0, "posts", 0, 20, "B09", "fixed posts by station and shift", role="lever", off=0)
    post_hours: float = number(4.0, "hours", 0.0, 8.0, "B09; assumed", "time that a fixed post is held", role="lever")
    task_force: float = share(0.0, "B14: not at these sites", "couples with one problem only", role="lever", off=0.0)
    bust: float = number(1.0, "log-odds", -3.0, 4.0, "B20; assumed", "pressure for arrests on plans", role="lever")
    trained: float = number(1.5, "log-odds", -1.0, 4.0, "B23; assumed", "effect of trained officers on prevention")
    founded: float = number(0.5, "log-odds", -1.0, 4.0, "D02; assumed", "effect of a diagnosis on prevention")
    investigative: float = number(-0.5, "log-odds", -4.0, 4.0, "D02; assumed", "plans that investigate")
    alive: int = number(4, "visits a month", 0, 100, "assumed: one a week", "visits by which a plan lives")
    inquiry: float = share(0.1, "D02; assumed", "complaints to which an inquiry adds evidence", off=0.0)
    takes_request: float = share(
        0.05, "E10, E13; assumed", "requests that the next plan takes up", role="lever", off=0.0
    )


PLAN_CELLS = Field(
    name="plan_cells", of=np.int64, shape=("facility", N_CELLS), first=-1.0, about="Places of each plan: this alone."
)
PLANNED_HERE = Field(
    name="planned_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED,
    about="Visits by plan, by cell: this alone.",
)
KNOWN = Field(
    name="known",
    of=np.float64,
    shape=("cell", N_PROBLEMS, 3),
    about="Crime a station knows of, by shift: information; it fades here.",
)
HAPPENED = Field(name="happened", of=np.float64, shape=("cell", N_PROBLEMS), about="The same of what happened.")
TOLD_HERE = Field(name="told", of=np.float64, shape=("cell",), about="The same of what the state was told.")
ATLAS = Field(
    name="atlas", of=np.float64, shape=("cell", N_PROBLEMS), about="The same of what headquarters has mapped."
)


class Wall(Tables):
    """What is remembered of past months by cell and problem: known to the station (by shift), true, told, recorded."""

    known: Reals
    happened: Reals
    told: Reals
    atlas: Reals


def wall_of(world: World) -> Wall:
    """Lay out what is remembered of the crime of past months, as plans read it."""
    return Wall(world.state.known, world.state.happened, world.state.told, world.state.atlas)


class Counts(Row):
    """What is counted in a month."""

    formats: float
    diagnoses: float
    visits_by_plan: float
    visits_on_post: float
    visits_where_diagnosed: float
    preventive_visits: float
    plans_with_request: float


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


WRITES = (
    "plans.mode", "plans.kind", "plans.hour", "plans.n", "plans.founded", "plans.holds",
    "plans.changed", "plans.made", "plans.product", "plans.months", "plans.visits", "choices",
)  # fmt: skip
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
