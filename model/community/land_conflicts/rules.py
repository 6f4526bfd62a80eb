"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority (ODD 6.25).

They load the authority for months.  Switched off, there are none.
"""

from __future__ import annotations

from model.community.communal_authority.rules import residents_by_settlement
from model.community.communal_authority.schema import CommunalAuthority
from model.community.land_conflicts.schema import (
    ADULT_AGE_YEARS,
    LAND_BROUGHT,
    LAND_COUNT,
    LAND_FIGHT,
    LAND_ID_OFFSET,
    LAND_KIND,
    LAND_MARK,
    LAND_OTHER,
    LAND_WAIT,
    LAND_WHO,
    MAX_CONFLICT_RATE,
    LandConflictCounts,
    LandConflicts,
)
from model.crime.crime.rules import poisson_upper_bound, record_incident
from model.crime.crime.schema import CRIME_MINUTE, VIOLENT_STREAM
from model.engine.calendar import YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.town.crime_kinds import ASSAULT
from model.town.residents import FARM
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, IN_QUARREL, INCIDENTS
from model.world.state import BOARDS, CASES, Board, CommunalCase


@kernel
def bring_conflict(
    stage: ShiftContext, cases: Rows[CommunalCase], count: IntArray, number: int, i: int, p: LandConflicts
) -> None:
    """Bring a conflict before the authority; the hearing is weeks or months later, in the afternoon."""
    case, person = cases[count[0]], stage.ground.people[i]
    wait = 1 + int(14.0 * p.weeks * keyed_uniform(stage.seed, LAND_WAIT, stage.tick, number, 0))
    case.born, case.number, case.due = stage.tick, number, 3 * (stage.tick // 3 + wait) + 1
    case.kind, case.victim, case.settlement, case.cell = LAND_KIND, i, person.settlement, person.home
    case.step = case.late = case.just = 0
    count[0] += 1
    stage.tally[0].land_brought += 1.0


@kernel
def start_fight(stage: ShiftContext, number: int, cell: int, other: int, p: LandConflicts) -> None:
    """Let a conflict end in a fight."""
    minute = 480.0 * keyed_uniform(stage.seed, CRIME_MINUTE, stage.tick, number, 0)
    severity = 0.8 if keyed_uniform(stage.seed, VIOLENT_STREAM, stage.tick, number, 0) < p.grave else 0.3
    record_incident(stage, number, ASSAULT, IN_QUARREL, cell, other, -1, minute, severity, 0.0)
    stage.tally[0].land_fights += 1.0


@kernel
def generate_disputes(
    stage: ShiftContext,
    start: IntArray,
    settled: IntArray,
    boards: Rows[Board],
    cases: Rows[CommunalCase],
    count: IntArray,
    numbers: Rows[LandConflicts],
    communal: Rows[CommunalAuthority],
) -> None:
    """Let households quarrel: before the authority, before nobody, or with fists."""
    people, n = stage.ground.people, len(stage.ground.people)
    for j in range(
        poisson_quantile(keyed_uniform(stage.seed, LAND_COUNT, stage.tick, 0, 0), MAX_CONFLICT_RATE * n / YEAR)
    ):
        number = LAND_ID_OFFSET + j
        i = int(keyed_uniform(stage.seed, LAND_WHO, stage.tick, number, 0) * n)
        person = people[i]
        z, cell = person.settlement, to_int64(person.home)
        p = numbers[z]
        grown = stage.minds[i].gone < 0 and age_years(person, stage.tick) >= ADULT_AGE_YEARS
        if not grown or stage.ground.cells[cell].core == 1:
            continue
        hazard = p.rate / 1000.0 * (p.farm if person.occupation == FARM else 1.0)
        stage.tally[0].ceiling_hits += 1.0 if hazard > MAX_CONFLICT_RATE else 0.0
        if keyed_uniform(stage.seed, LAND_MARK, stage.tick, number, 0) >= hazard / MAX_CONFLICT_RATE:
            continue
        stage.tally[0].land_conflicts += 1.0
        a, board = communal[z], boards[z]
        wish = logistic(p.brought + a.deference * board.legitimacy)
        if keyed_uniform(stage.seed, LAND_BROUGHT, stage.tick, number, 0) < a.reach * wish:
            bring_conflict(stage, cases, count, number, i, p)
            continue
        board.disputes += 1
        here = start[z + 1] - start[z]
        other = settled[start[z] + int(keyed_uniform(stage.seed, LAND_OTHER, stage.tick, number, 0) * here)]
        alive = other != i and stage.minds[other].gone < 0 and age_years(people[other], stage.tick) >= ADULT_AGE_YEARS
        if alive and keyed_uniform(stage.seed, LAND_FIGHT, stage.tick, number, 0) < p.fight:
            start_fight(stage, number, cell, other, p)


def step(world: World) -> None:
    """Let households quarrel over land, water and boundaries."""
    state = world.state
    most = poisson_upper_bound(MAX_CONFLICT_RATE * world.town.n_people / YEAR)
    state[CASES].reserve(most)
    world.shift_events.reserve(INCIDENTS, most)
    world.shift_events.reserve(IMPRESSIONS, most)
    world.run_kernel(
        generate_disputes,
        lambda: (
            world.shift_context(),
            *world.cached(residents_by_settlement),
            state[BOARDS],
            state[CASES].rows,
            state[CASES].count,
            world.parameters[LandConflicts],
            world.parameters[CommunalAuthority],
        ),
    )


MECHANISM = Mechanism(
    group=LandConflicts,
    counts=LandConflictCounts,
    writes=("minds.harmed", "tally.ceiling_hits", "boards.disputes", "cases", "incidents", "impressions"),
    knockout=Knockout(("land_conflicts", "land_brought")),
    measures={
        "land_conflicts": Measure("conflicts"),
    },
)
