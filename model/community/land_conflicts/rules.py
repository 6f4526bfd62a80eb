"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority.

Open cases load the authority for months.  Switched off, there are no conflicts over land.
"""

from __future__ import annotations

from model.community.communal_authority.rules import residents_by_settlement
from model.community.communal_authority.schema import PER_1000, CommunalAuthority
from model.community.land_conflicts.schema import (
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
from model.crime.crime.schema import CRIME_MINUTE, VIOLENT_STREAM, NewIncident
from model.engine.calendar import DAYS_A_WEEK, EVENING, MINUTES_A_SHIFT, SHIFTS, YEAR
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile
from model.engine.rows import IntArray, Rows, to_int64
from model.town.crime_kinds import ASSAULT
from model.town.residents import ADULT_AGE, FARM
from model.world.binding import constant, count_of
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.sampling import age_years
from model.world.shift_context import ShiftContext
from model.world.shift_events import IMPRESSIONS, IN_QUARREL, INCIDENTS, NOBODY
from model.world.state import CASES, Board, CommunalCase
from model.world.steps import KernelArguments, Room, kernel_step


class LandTables(TableBundle):
    """Tables of land conflicts: residents by settlement, boards, cases before them, and parameters."""

    home_start: IntArray = constant(residents_by_settlement, 0)
    at_home: IntArray = constant(residents_by_settlement, 1)
    boards: Rows[Board]
    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    parameters: Rows[LandConflicts]
    communal: Rows[CommunalAuthority]


@kernel
def bring_conflict(shift: ShiftContext, tables: LandTables, number: int, i: int, p: LandConflicts) -> None:
    """Bring a conflict of resident ``i`` before the authority: append to `cases`.

    The hearing is weeks or months later, in the afternoon.
    """
    case, person = tables.cases[tables.cases_count[0]], shift.ground.people[i]
    # Uniform up to twice the mean, from the day after.
    wait = 1 + int(2.0 * DAYS_A_WEEK * p.weeks * keyed_uniform(shift.seed, LAND_WAIT, shift.tick, number, 0))
    case.born, case.number, case.due = shift.tick, number, SHIFTS * (shift.tick // SHIFTS + wait) + EVENING
    case.kind, case.victim, case.settlement, case.cell = LAND_KIND, i, person.settlement, person.home
    case.step = case.late = case.just = 0
    tables.cases_count[0] += 1
    shift.tally[0].land_brought += 1.0


@kernel
def start_fight(shift: ShiftContext, number: int, cell: int, other: int, p: LandConflicts) -> None:
    """Append a fight over land, an assault on resident ``other``, to `day.incidents`."""
    minute = MINUTES_A_SHIFT * keyed_uniform(shift.seed, CRIME_MINUTE, shift.tick, number, 0)
    grave = keyed_uniform(shift.seed, VIOLENT_STREAM, shift.tick, number, 0) < p.grave
    severity = p.severity_grave if grave else p.severity
    incident = NewIncident(
        number=number,
        kind=ASSAULT,
        motive=IN_QUARREL,
        cell=cell,
        victim=other,
        clique=NOBODY,
        minute=minute,
        severity=severity,
        loss=0.0,
    )
    record_incident(shift, incident)
    shift.tally[0].land_fights += 1.0


@kernel
def generate_disputes(shift: ShiftContext, tables: LandTables) -> None:
    """Generate conflicts between residents: before the authority, left open, or fought out.

    Updates `cases`, `boards.disputes`, incidents and the monthly counts.
    """
    # Thinning: candidates arrive at the highest hazard, and each is kept with its own hazard over the highest.
    people, n = shift.ground.people, len(shift.ground.people)
    u = keyed_uniform(shift.seed, LAND_COUNT, shift.tick, 0, 0)
    for j in range(poisson_quantile(u, MAX_CONFLICT_RATE * n / YEAR)):
        number = LAND_ID_OFFSET + j
        i = int(keyed_uniform(shift.seed, LAND_WHO, shift.tick, number, 0) * n)
        person = people[i]
        z, cell = person.settlement, to_int64(person.home)
        p = tables.parameters[z]
        adult = shift.minds[i].gone < 0 and age_years(person, shift.tick) >= ADULT_AGE
        if not adult or shift.ground.cells[cell].core == 1:
            continue
        hazard = p.rate / PER_1000 * (p.farm if person.occupation == FARM else 1.0)
        shift.tally[0].ceiling_hits += 1.0 if hazard > MAX_CONFLICT_RATE else 0.0
        if keyed_uniform(shift.seed, LAND_MARK, shift.tick, number, 0) >= hazard / MAX_CONFLICT_RATE:
            continue
        shift.tally[0].land_conflicts += 1.0
        communal, board = tables.communal[z], tables.boards[z]
        wish = logistic(p.brought + communal.deference * board.legitimacy)
        if keyed_uniform(shift.seed, LAND_BROUGHT, shift.tick, number, 0) < communal.reach * wish:
            bring_conflict(shift, tables, number, i, p)
            continue
        board.disputes += 1
        first, here = tables.home_start[z], tables.home_start[z + 1] - tables.home_start[z]
        other = tables.at_home[first + int(keyed_uniform(shift.seed, LAND_OTHER, shift.tick, number, 0) * here)]
        adult = other != i and shift.minds[other].gone < 0 and age_years(people[other], shift.tick) >= ADULT_AGE
        if adult and keyed_uniform(shift.seed, LAND_FIGHT, shift.tick, number, 0) < p.fight:
            start_fight(shift, number, cell, other, p)


def room_for_disputes(world: World) -> Room:
    """Return the rows that the conflicts of a shift may need."""
    return dict.fromkeys(
        (CASES, INCIDENTS, IMPRESSIONS), poisson_upper_bound(MAX_CONFLICT_RATE * world.town.n_people / YEAR)
    )


@kernel_step(generate_disputes, room_for_disputes)
def step(world: World) -> KernelArguments:
    """Generate the conflicts over land, water and boundaries of the shift."""
    return world.shift_context(), world.view(LandTables)


MECHANISM = Mechanism(
    group=LandConflicts,
    counts=LandConflictCounts,
    writes=("minds.harmed", "tally.ceiling_hits", "boards.disputes", "cases", "incidents", "impressions"),
    knockout=Knockout(("land_conflicts", "land_brought")),
    measures={
        "land_conflicts": Measure("conflicts"),
    },
)
