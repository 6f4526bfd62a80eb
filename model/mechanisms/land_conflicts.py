"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority (ODD 6.25).

They load the authority for months.  Switched off, there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.calendar import YEAR
from model.chance import age_of
from model.daybook import IMPRESSIONS, IN_QUARREL, INCIDENTS
from model.kernels import kernel
from model.kinds import ASSAULT
from model.luck import decision, logistic, luck, poisson
from model.mechanism import Knockout, Measure, Mechanism
from model.mechanisms.communal_authority import settled_of
from model.mechanisms.crime import CRIME_MINUTE, VIOLENT, most_of, note_incident
from model.parameters import Group, number, share
from model.residents import FARM
from model.rows import Row, wide

if TYPE_CHECKING:
    from model.mechanisms.communal_authority import CommunalAuthority
    from model.model import TrustModel as World
    from model.rows import Ints, Rows
    from model.stage import Stage
    from model.state import Board, Case

LAND_COUNT, LAND_WHO, LAND_MARK, LAND_OTHER = (
    decision("land count"),
    decision("land who"),
    decision("land mark"),
    decision("land other"),
)
LAND_BROUGHT, LAND_WAIT, LAND_FIGHT = decision("land brought"), decision("land wait"), decision("land fight")
CEILING = 0.02
"""Most that the hazard of a resident may be, a year."""
LAND = 64
"""Kind of a case over land; crimes have lower numbers."""
NAME = 3221225472 + 536870912
ADULT = 18.0


@dataclass(frozen=True, kw_only=True)
class LandConflicts(Group):
    """How often households quarrel over land, water and boundaries, and where they take it."""

    name: ClassVar[str] = "land_conflicts"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F12", "F20")

    rate: float = number(
        1.0, "a year and 1,000 adults", 0.0, 20.0, "orders of magnitude: 10-300 a year", "conflicts outside the core",
        role="site", off=0.0,
    )  # fmt: skip
    farm: float = number(2.0, "ratio", 1.0, 20.0, "assumed", "conflicts of those who work the land, relative")
    brought: float = number(
        1.5, "log-odds", -5.0, 6.0, "F12; assumed", "those brought to the authority, if it hears cases"
    )
    weeks: float = number(10.0, "weeks", 0.0, 104.0, "assumed", "mean time until they are heard")
    fight: float = share(0.08, "assumed", "conflicts not brought to anybody that end in a fight")
    grave: float = share(0.15, "assumed", "of those, with grave injuries")


class Counts(Row):
    """What is counted in a month."""

    land_conflicts: float
    land_brought: float
    land_fights: float


@kernel
def bring(stage: Stage, cases: Rows[Case], count: Ints, number: int, i: int, p: LandConflicts) -> None:
    """Bring a conflict before the authority; the hearing is weeks or months later, in the afternoon."""
    case, person = cases[count[0]], stage.ground.people[i]
    wait = 1 + int(14.0 * p.weeks * luck(stage.seed, LAND_WAIT, stage.tick, number, 0))
    case.born, case.number, case.due = stage.tick, number, 3 * (stage.tick // 3 + wait) + 1
    case.kind, case.victim, case.settlement, case.cell = LAND, i, person.settlement, person.home
    case.step = case.late = case.just = 0
    count[0] += 1
    stage.tally[0].land_brought += 1.0


@kernel
def fight(stage: Stage, number: int, cell: int, other: int, p: LandConflicts) -> None:
    """Let a conflict end in a fight."""
    minute = 480.0 * luck(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    severity = 0.8 if luck(stage.seed, VIOLENT, stage.tick, number, 0) < p.grave else 0.3
    note_incident(stage, number, ASSAULT, IN_QUARREL, cell, other, -1, minute, severity, 0.0)
    stage.tally[0].land_fights += 1.0


@kernel
def dispute(
    stage: Stage,
    start: Ints,
    settled: Ints,
    boards: Rows[Board],
    cases: Rows[Case],
    count: Ints,
    numbers: Rows[LandConflicts],
    communal: Rows[CommunalAuthority],
) -> None:
    """Let households quarrel: before the authority, before nobody, or with fists."""
    people, n = stage.ground.people, len(stage.ground.people)
    for j in range(poisson(luck(stage.seed, LAND_COUNT, stage.tick, 0, 0), CEILING * n / YEAR)):
        number = NAME + j
        i = int(luck(stage.seed, LAND_WHO, stage.tick, number, 0) * n)
        person = people[i]
        z, cell = person.settlement, wide(person.home)
        p = numbers[z]
        grown = stage.minds[i].gone < 0 and age_of(person, stage.tick) >= ADULT
        if not grown or stage.ground.cells[cell].core == 1:
            continue
        hazard = p.rate / 1000.0 * (p.farm if person.occupation == FARM else 1.0)
        stage.tally[0].ceiling_hits += 1.0 if hazard > CEILING else 0.0
        if luck(stage.seed, LAND_MARK, stage.tick, number, 0) >= hazard / CEILING:
            continue
        stage.tally[0].land_conflicts += 1.0
        a, board = communal[z], boards[z]
        wish = logistic(p.brought + a.deference * board.legitimacy)
        if luck(stage.seed, LAND_BROUGHT, stage.tick, number, 0) < a.reach * wish:
            bring(stage, cases, count, number, i, p)
            continue
        board.disputes += 1
        here = start[z + 1] - start[z]
        other = settled[start[z] + int(luck(stage.seed, LAND_OTHER, stage.tick, number, 0) * here)]
        alive = other != i and stage.minds[other].gone < 0 and age_of(people[other], stage.tick) >= ADULT
        if alive and luck(stage.seed, LAND_FIGHT, stage.tick, number, 0) < p.fight:
            fight(stage, number, cell, other, p)


def act(world: World) -> None:
    """Let households quarrel over land, water and boundaries."""
    state = world.state
    most = most_of(CEILING * world.town.n_people / YEAR)
    state.cases.reserve(most)
    world.book.reserve(INCIDENTS, most)
    world.book.reserve(IMPRESSIONS, most)
    world.carry_out(
        dispute,
        lambda: (
            world.stage(), *world.once(settled_of), state.boards, state.cases.rows, state.cases.count,
            world.numbers["land_conflicts"], world.numbers["communal_authority"],
        ),
    )  # fmt: skip


IT = Mechanism(
    group=LandConflicts,
    counts=Counts,
    writes=("minds.harmed", "tally.ceiling_hits", "boards.disputes", "cases", "incidents", "impressions"),
    knockout=Knockout(("land_conflicts", "land_brought")),
    measures={
        "land_conflicts": Measure("conflicts"),
    },
)
