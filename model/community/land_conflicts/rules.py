"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority (ODD 6.25).

They load the authority for months.  Switched off, there are none.
"""

from __future__ import annotations

from model.community.communal_authority.rules import settled_of
from model.community.communal_authority.schema import CommunalAuthority
from model.community.land_conflicts.schema import (
    ADULT,
    CEILING,
    LAND,
    LAND_BROUGHT,
    LAND_COUNT,
    LAND_FIGHT,
    LAND_MARK,
    LAND_OTHER,
    LAND_WAIT,
    LAND_WHO,
    NAME,
    Counts,
    LandConflicts,
)
from model.crime.crime.rules import most_of, note_incident
from model.crime.crime.schema import CRIME_MINUTE, VIOLENT
from model.engine.calendar import YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import logistic, luck, poisson
from model.engine.rows import Ints, Rows, wide
from model.town.crime_kinds import ASSAULT
from model.town.residents import FARM
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_of
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, IN_QUARREL, INCIDENTS
from model.world.state import Board, Case


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
