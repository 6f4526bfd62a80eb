"""Diagnosis, plans and posts (ODD: plans)."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oracle.capture import give_way
from oracle.chief import ARRESTS, experience, has_climbed, to_places, waiting
from oracle.deciding import decide
from oracle.places import Cell
from oracle.practices import ANALYSIS, habit_of_chief

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.police import Couple, Facility
    from oracle.town import PlainTown

PREVENTIVE, REACTIVE, INVESTIGATIVE = range(3)
PROBLEM, POST, CHECKPOINT = 2, 3, 4
N_PROBLEMS, N_PLACES, QUARTER = 6, 5, 276


@dataclass(eq=False)
class Plan:
    """The plan of a facility for a quarter."""

    facility: "Facility"
    beat: list[Cell]
    boards: "list[Authority]"
    places: list[Cell]
    mode: int = REACTIVE
    kind: int = 0
    hour: int = -1
    founded: bool = False
    holds: bool = False
    changed: bool = False
    made: int = -1
    product: int = -1
    months: int = 0
    visits: int = 0

    def weight_of(self, shift: int) -> float:
        """Weight of a shift in this plan."""
        return 1.0 if self.hour < 0 else 2.0 if self.hour == shift else 0.5

    def was_lived(self, town: "PlainTown") -> bool:
        """Whether something was done by it this month."""
        return self.visits >= town.numbers("plans").alive or self.mode == INVESTIGATIVE


@dataclass(eq=False)
class Memory:
    """What is remembered of crime in one cell, by problem; by shift what its station knows."""

    known: list[list[float]] = field(default_factory=lambda: [[0.0] * 3 for _ in range(N_PROBLEMS)])
    happened: list[float] = field(default_factory=lambda: [0.0] * N_PROBLEMS)
    mapped: list[float] = field(default_factory=lambda: [0.0] * N_PROBLEMS)
    reported: float = 0.0

    def decay(self) -> None:
        """Forget a third."""
        self.known = [[2.0 / 3.0 * x for x in row] for row in self.known]
        self.happened = [2.0 / 3.0 * x for x in self.happened]
        self.mapped = [2.0 / 3.0 * x for x in self.mapped]
        self.reported *= 2.0 / 3.0


@dataclass(frozen=True)
class Mail:
    """A record on its way to headquarters' map."""

    due: int
    cell: Cell
    problem: int
    severity: float


def first_plans(town: "PlainTown") -> None:
    """Give every facility its first plan, by habit."""
    town.memories = [Memory() for _ in town.cells]
    town.mail = []
    town.plans = []
    for facility in town.facilities:
        beat = [cell for cell in town.cells if cell.facility == facility.number and cell.population > 0]
        crowded = sorted(beat, key=lambda cell: -cell.population)[:N_PLACES]
        boards = [one for one in town.authorities if one.cell.facility == facility.number]
        town.plans.append(Plan(facility, beat, boards, crowded))


# On the first morning of a month


def plan(town: "PlainTown") -> None:
    """Make the plans that are due; then forget a third of what is remembered."""
    if town.shift != 0 or town.date.day != 1:
        return
    for one in town.plans:
        one.visits = 0
        if (town.month + one.facility.number) % 3 == 0:
            renew(town, one)
    for memory in town.memories:
        memory.decay()


def renew(town: "PlainTown", plan: Plan) -> None:
    """Make the plan of one facility."""
    diagnose(town, plan)
    plan.places = chosen_places(town, plan)
    take_up_request(town, plan)
    give_way(town, plan)
    plan.mode = chosen_mode(town, plan)
    plan.made = town.tick


def take_up_request(town: "PlainTown", plan: Plan) -> None:
    """Take up the request of a community, or none."""
    board = None
    asked = [one for one in plan.boards if 0 <= one.last_request and town.tick - one.last_request <= QUARTER]
    if plan.places and asked:
        by_chief = town.numbers("chief").picks_requests == 1
        board = chosen_request(town, plan, asked) if by_chief else drawn_request(town, asked)
    plan.holds = board is not None
    plan.changed = board is not None and board.cell not in plan.places
    if board is not None and plan.changed:
        plan.places[-1] = board.cell


def drawn_request(town: "PlainTown", asked: "list[Authority]") -> "Authority | None":
    """Return the first community whose request is drawn."""
    chance = town.numbers("plans").takes_request
    return next(
        (one for one in asked if town.uniform("request taken up", one.number, 0, tick=town.month) < chance), None
    )


def chosen_request(town: "PlainTown", plan: Plan, asked: "list[Authority]") -> "Authority | None":
    """Let the chief decide whose request to take up (ODD: chief)."""
    p, chief = town.numbers("chief"), town.chiefs[plan.facility.number]
    first = sorted(asked, key=lambda one: (not has_climbed(town, one), one.last_request, one.number))[:4]
    chance = min(1.0 - 1e-6, max(1e-6, town.numbers("plans").takes_request))
    terms = {"none": [0.0] * 4}
    for nth, one in enumerate(first):
        terms[str(nth)] = [
            math.log(chance / (1.0 - chance)),
            p.climbed * has_climbed(town, one),
            p.urged * max(0, min(waiting(town, one), 4) - 1),
            experience(town, chief.welcomed, chief.ignored),
        ]
    chosen = decide(town, "request taken up", plan.facility.number, terms, ordered=False)
    return None if chosen == "none" else first[int(chosen)]


def chosen_mode(town: "PlainTown", plan: Plan) -> int:
    """Choose how the plan is to be lived: by decision of the chief, or at random."""
    p, f = town.numbers("plans"), plan.facility.number
    officers = [one for one in town.officers if one.facility is plan.facility]
    trained = p.trained * (sum(one.trained for one in officers) / len(officers) if officers else 0.0)
    founded = p.founded * plan.founded
    if town.numbers("chief").picks_modes == 1:
        lived = [experience(town, good, bad) for good, bad in town.chiefs[f].lived]
        terms = {
            "preventive": [0.0, trained, founded, lived[PREVENTIVE]],
            "reactive": [p.bust, 0.0, 0.0, lived[REACTIVE]],
            "investigative": [p.investigative, 0.0, 0.0, lived[INVESTIGATIVE]],
        }
        return list(terms).index(decide(town, "mode of the plan", f, terms, ordered=False))
    prevent, react, inquire = math.exp(trained + founded), math.exp(p.bust), math.exp(p.investigative)
    reached = town.uniform("plan mode", f, 0, tick=town.month) * (prevent + react + inquire)
    return PREVENTIVE if reached < prevent else REACTIVE if reached < prevent + react else INVESTIGATIVE


def diagnose(town: "PlainTown", plan: Plan) -> None:
    """Name the worst known problem, if the formats are a diagnosis."""
    p, f = town.numbers("plans"), plan.facility.number
    load = [
        [math.fsum(town.memories[cell.number].known[k][s] for cell in plan.beat) for s in range(3)]
        for k in range(N_PROBLEMS)
    ]
    sums = [math.fsum(row) for row in load]
    habit = habit_of_chief(town, plan.facility, ANALYSIS)
    able = p.diagnosis + p.diagnosed * (1.0 - p.diagnosis) * habit
    kept, before = plan.founded and p.task_force > 0.0, plan.kind
    plan.founded = town.uniform("diagnosis", f, 0, tick=town.month) < p.formats * able and sum(sums) > 0.0
    plan.hour = -1
    if plan.founded:
        if not kept:
            plan.kind = most(sums)
        if town.uniform("analysed", f, N_PLACES, tick=town.month) < p.analysis:
            plan.hour = most(load[plan.kind])
    if plan.kind != before:
        plan.months = 0


def most(values: list[float]) -> int:
    """Return the first place of the highest value, up to rounding."""
    return next(k for k, value in enumerate(values) if value >= max(values) - 1e-9)


def chosen_places(town: "PlainTown", plan: Plan) -> list[Cell]:
    """Choose the places of a plan, rank by rank."""
    analysis = town.numbers("plans").analysis
    chosen: list[Cell] = []
    for rank in range(len(plan.places)):
        free = [cell for cell in plan.beat if cell not in chosen]
        cell = None
        if plan.founded and town.uniform("analysed", plan.facility.number, rank, tick=town.month) < analysis:
            cell = worst(free, [math.fsum(town.memories[one.number].known[plan.kind]) for one in free])
        elif plan.product >= 0 and town.tick - plan.product < QUARTER:
            cell = worst(free, [town.memories[one.number].mapped[plan.kind] for one in free])
        chosen.append(cell or next(one for one in plan.places if one not in chosen))
    return chosen


def worst(cells: list[Cell], load: list[float]) -> Cell | None:
    """Return the cell with most, or none if none has any."""
    return cells[most(load)] if load and max(load) > 1e-9 else None


# In every shift


def has_post(town: "PlainTown", couple: "Couple", held: dict[int, int]) -> Cell | None:
    """Return the fixed post that this couple holds in this shift."""
    plan, p = town.plans[couple.facility.number], town.numbers("plans")
    n_held = held.get(couple.facility.number, 0)
    if couple.block == ARRESTS or not plan.places or p.posts == 0:
        return None
    part = town.uniform("posts held", couple.facility.number, 0)
    if n_held >= int(p.posts * plan.weight_of(town.shift) + part):
        return None
    cell = plan.places[n_held % len(plan.places)]
    if not couple.can_walk_to(cell):
        return None
    held[couple.facility.number] = n_held + 1
    return cell


def eagerness(town: "PlainTown", couple: "Couple") -> float:
    """Return the chance that a free stretch of the shift goes where the plan says."""
    plan, p = town.plans[couple.facility.number], town.numbers("plans")
    if town.uniform("task force", couple.number, 0) < p.task_force:
        return 1.0
    assert couple.lead is not None
    follows = p.follow + p.followed * (1.0 - p.follow) * couple.lead.habits[ANALYSIS]
    return min(1.0, to_places(couple) * follows * plan.weight_of(town.shift))
