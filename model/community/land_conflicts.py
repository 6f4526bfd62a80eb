"""M10, conflicts over land, water and boundaries, mostly brought to the communal authority.

Open cases load the authority for months.  Switched off, there are no conflicts over land.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.community.communal_authority import PER_1000
from model.crime.crime import CRIME_MINUTE, VIOLENT_STREAM, NewIncident, poisson_upper_bound, record_incident
from model.engine.calendar import DAYS_A_WEEK, EVENING, MINUTES_A_SHIFT, SHIFTS, YEAR
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, poisson_quantile, stream_id
from model.engine.rows import Row, to_int64
from model.town.crime_kinds import ASSAULT
from model.town.residents import ADULT_AGE, FARM
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS, IN_QUARREL, INCIDENTS, NOBODY
from model.world.state import LAND_KIND
from model.world.steps import step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.steps import Room

LAND_COUNT, LAND_WHO, LAND_MARK, LAND_OTHER = (
    stream_id("land count"),
    stream_id("land who"),
    stream_id("land mark"),
    stream_id("land other"),
)
LAND_BROUGHT, LAND_WAIT, LAND_FIGHT = stream_id("land brought"), stream_id("land wait"), stream_id("land fight")
MAX_CONFLICT_RATE = 0.02
"""Upper bound of a resident's hazard, per year, at which candidates are drawn."""
LAND_ID_OFFSET = 3 * 2**30 + 2**29
"""Number of the first candidate of a shift (ODD, conventions)."""


@dataclass(frozen=True, init=False)
class LandConflicts(ParameterGroup):
    """Parameters of conflicts over land, water and boundaries, and of their outcomes."""

    name: ClassVar[str] = "land_conflicts"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F12", "F20")

    rate: float
    farm: float
    brought: float
    weeks: float
    fight: float
    grave: float
    severity: float
    severity_grave: float


class LandConflictCounts(Row):
    """Monthly counts of land conflicts."""

    land_conflicts: float
    land_brought: float
    land_fights: float


@kernel
def bring_conflict(w: World, number: int, i: int, p: LandConflicts) -> None:
    """Bring a conflict of resident ``i`` before the authority: append to `cases`.

    The hearing is weeks or months later, in the afternoon.
    """
    case, person = w.cases[w.cases_count[0]], w.people[i]
    # Uniform up to twice the mean, from the day after.
    wait = 1 + int(2.0 * DAYS_A_WEEK * p.weeks * keyed_uniform(w.seed, LAND_WAIT, w.tick, number, 0))
    case.born, case.number, case.due = w.tick, number, SHIFTS * (w.tick // SHIFTS + wait) + EVENING
    case.kind, case.victim, case.settlement, case.cell = LAND_KIND, i, person.settlement, person.home
    case.step = case.late = case.just = 0
    w.cases_count[0] += 1
    w.tally[0].land_brought += 1.0


@kernel
def start_fight(w: World, number: int, cell: int, other: int, p: LandConflicts) -> None:
    """Append a fight over land, an assault on resident ``other``, to `incidents`."""
    minute = MINUTES_A_SHIFT * keyed_uniform(w.seed, CRIME_MINUTE, w.tick, number, 0)
    grave = keyed_uniform(w.seed, VIOLENT_STREAM, w.tick, number, 0) < p.grave
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
    record_incident(w, incident)
    w.tally[0].land_fights += 1.0


def room_for_disputes(sim: Simulation) -> Room:
    """Return the rows that the conflicts of a shift may need."""
    return dict.fromkeys(
        ("cases", INCIDENTS, IMPRESSIONS), poisson_upper_bound(MAX_CONFLICT_RATE * sim.town.n_people / YEAR)
    )


@step(room=room_for_disputes)
def dispute(w: World) -> None:
    """Generate conflicts between residents: before the authority, left open, or fought out.

    Updates `cases`, `boards.disputes`, incidents and the monthly counts.
    """
    # Thinning: candidates arrive at the highest hazard, and each is kept with its own hazard over the highest.
    people, n = w.people, len(w.people)
    u = keyed_uniform(w.seed, LAND_COUNT, w.tick, 0, 0)
    for j in range(poisson_quantile(u, MAX_CONFLICT_RATE * n / YEAR)):
        number = LAND_ID_OFFSET + j
        i = int(keyed_uniform(w.seed, LAND_WHO, w.tick, number, 0) * n)
        person = people[i]
        z, cell = person.settlement, to_int64(person.home)
        p = w.p.land_conflicts[z]
        adult = w.minds[i].gone < 0 and age_years(person, w.tick) >= ADULT_AGE
        if not adult or w.cells[cell].core == 1:
            continue
        hazard = p.rate / PER_1000 * (p.farm if person.occupation == FARM else 1.0)
        w.tally[0].ceiling_hits += 1.0 if hazard > MAX_CONFLICT_RATE else 0.0
        if keyed_uniform(w.seed, LAND_MARK, w.tick, number, 0) >= hazard / MAX_CONFLICT_RATE:
            continue
        w.tally[0].land_conflicts += 1.0
        communal, board = w.p.communal_authority[z], w.boards[z]
        wish = logistic(p.brought + communal.deference * board.legitimacy)
        if keyed_uniform(w.seed, LAND_BROUGHT, w.tick, number, 0) < communal.reach * wish:
            bring_conflict(w, number, i, p)
            continue
        board.disputes += 1
        first, here = w.home_start[z], w.home_start[z + 1] - w.home_start[z]
        other = w.at_home[first + int(keyed_uniform(w.seed, LAND_OTHER, w.tick, number, 0) * here)]
        adult = other != i and w.minds[other].gone < 0 and age_years(people[other], w.tick) >= ADULT_AGE
        if adult and keyed_uniform(w.seed, LAND_FIGHT, w.tick, number, 0) < p.fight:
            start_fight(w, number, cell, other, p)


MECHANISM = Mechanism(
    group=LandConflicts,
    counts=LandConflictCounts,
    knockout=Knockout(("land_conflicts", "land_brought")),
    measures={
        "land_conflicts": Measure("conflicts"),
    },
)
