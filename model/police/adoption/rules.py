"""M16, MOPSIC adoption: a diffusion among officers who come and go (ODD 6.15).

Switched off, officers are frozen as they are: nobody hears of MOPSIC, is trained, moves or retires.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import MONTH, date_of_tick
from model.engine.kernels import kernel, making_arrays
from model.engine.random_streams import luck
from model.engine.rows import Flags, Ints, Reals, Rows
from model.police.adoption.schema import (
    COURSE,
    EXPLAINS,
    HEARS,
    LEAVING,
    LONGEST_SERVICE,
    LONGEST_TENURE,
    MOVES,
    NEWCOMER,
    RETIRES,
    SERVICE,
    TENURE,
    WRITES,
    Adoption,
    Counts,
)
from model.police.patrol.schema import Patrol
from model.police.practices.rules import come_anew
from model.police.practices.schema import LONGEST_TAUGHT, STATIONS, Practices, Station
from model.town.police import FOUNDED, FacilityRow, Officer, Plant
from model.world.columns import Tally
from model.world.mechanism import Knockout, Measure, Mechanism, portrayed
from model.world.month import Month
from model.world.protocol import World
from model.world.sampling import in_a_month
from model.world.state import MEANS, OFFICERS, Means


@kernel
def trained_in_pool(p: Adoption, month: int) -> float:
    """Share trained in the national pool from which successors come."""
    return min(p.pool_cap, max(0.0, p.pool + p.pool_growth * (month / 12.0 - 2017.0)))


@kernel
def plateau(p: Adoption, month: int, old: float) -> float:
    """Share trained at which courses and turnover balance, where this share of officers may retire."""
    stay = 1.0 - in_a_month(p.rotation * (1.0 - p.permanence))
    turnover = 12.0 * (1.0 - stay * (1.0 - old * in_a_month(p.retire)))
    arriving = p.academy * p.academy_trained + (1.0 - p.academy) * trained_in_pool(p, month)
    courses = (p.places + p.donor_places) * (1.0 - p.overlap) / 100.0
    if turnover == 0.0:
        return 1.0 if courses > 0.0 else math.nan
    return min(1.0, arriving + courses / turnover)


@kernel
def uptake(officer: Officer, p: Adoption) -> float:
    """How likely this officer takes a training place, relative to others."""
    weight = p.prevention if officer.branch == 1 else 1.0
    if officer.champion == 1:
        weight *= p.champion
    if officer.leads > 0:
        weight *= p.leaders
    return weight * p.old_guard if officer.cohort < FOUNDED else weight


@kernel
def succeed(
    officers: Rows[Officer], o: int, plant: Plant, p: Adoption, practices: Practices, month: int, tick: int, seed: int
) -> None:
    """Put a new person into a position: all that is personal is drawn, keyed by position and person."""
    officer, year = officers[o], month // 12
    n = officer.person + 1
    officer.person, officer.tick_since, officer.asked = n, tick, -1
    entrant = luck(seed, NEWCOMER, n, o, 0) < p.academy
    officer.cohort = year if entrant else year - 1 - int(LONGEST_SERVICE * luck(seed, NEWCOMER, n, o, 1))
    taught = p.academy_trained if entrant else trained_in_pool(p, month)
    officer.trained = 1 if luck(seed, NEWCOMER, n, o, 2) < taught else 0
    knows = officer.trained == 1 or luck(seed, NEWCOMER, n, o, 3) < p.pool_aware
    officer.aware = 1 if knows else 0
    officer.female = 1 if luck(seed, NEWCOMER, n, o, 4) < plant.share_women else 0
    officer.kiche = 1 if luck(seed, NEWCOMER, n, o, 5) < plant.share_kiche else 0
    officer.champion = 1 if luck(seed, NEWCOMER, n, o, 6) < plant.share_champions else 0
    leaning = 2.0 * luck(seed, NEWCOMER, n, o, 7) - 1.0
    integrity = plant.integrity_mean + plant.integrity_spread * leaning
    officer.integrity = min(1.0, max(0.0, integrity))
    manner = -6.0
    for nth in range(12):
        manner += luck(seed, NEWCOMER, n, o, 8 + nth)
    officer.manner = plant.manner_spread * manner
    officer.motivation = officer.stress = officer.safety = officer.faith = 0.0
    ago = 0.0 if entrant else LONGEST_TAUGHT * luck(seed, NEWCOMER, n, o, 21)
    come_anew(officer, practices, luck(seed, NEWCOMER, n, o, 20), ago, tick)


@making_arrays
def teach(
    officers: Rows[Officer],
    homes: Rows[FacilityRow],
    adoption: Rows[Adoption],
    stations: Rows[Station],
    tally: Rows[Tally],
    tick: int,
    seed: int,
) -> None:
    """Let officers hear of MOPSIC from outside and from colleagues, and give the month's training places away."""
    known, staff = np.zeros(len(homes)), np.zeros(len(homes))
    wish = 0.0
    for o in range(len(officers)):
        officer = officers[o]
        staff[officer.facility] += 1.0
        known[officer.facility] += officer.aware
        if officer.trained == 0:
            wish += uptake(officer, adoption[homes[officer.facility].settlement])
    for o in range(len(officers)):
        officer = officers[o]
        home = officer.facility
        p = adoption[homes[home].settlement]
        if officer.aware == 0 and luck(seed, HEARS, tick, o, 0) < p.outside + p.peers * known[home] / staff[home]:
            officer.aware = 1
            tally[0].officers_made_aware += 1.0
        if officer.trained == 1:
            continue
        given = p.places + p.donor_places + p.programme_places * stations[home].supported
        places = given * (1.0 - p.overlap) / 1200.0 * len(officers)
        if luck(seed, COURSE, tick, o, 0) * wish < places * uptake(officer, p):
            officer.trained = officer.aware = 1
            officer.tick_trained = tick
            tally[0].officers_trained += 1.0
            tally[0].training_days += p.course_days


@kernel
def turn_over(
    officers: Rows[Officer],
    homes: Rows[FacilityRow],
    plant: Rows[Plant],
    adoption: Rows[Adoption],
    practices: Rows[Practices],
    leaving: Ints,
    tally: Rows[Tally],
    month: int,
    tick: int,
    seed: int,
) -> None:
    """Let officers retire and move away, and those go who were found out; successors take their positions."""
    for o in range(len(officers)):
        z = homes[officers[o].facility].settlement
        p = adoption[z]
        old = month // 12 - officers[o].cohort >= p.service
        if leaving[o] == 1:
            tally[0].suspended += 1.0
        elif old and luck(seed, RETIRES, tick, o, 0) < in_a_month(p.retire):
            tally[0].officers_retired += 1.0
        elif luck(seed, MOVES, tick, o, 0) < in_a_month(p.rotation * (1.0 - p.permanence)):
            tally[0].officers_moved += 1.0
        else:
            continue
        succeed(officers, o, plant[z], p, practices[z], month, tick, seed)


@kernel
def planned_share(officer: Officer, patrol: Patrol, p: Adoption) -> float:
    """Share of visits that this lead plans for institutions: more with the habit of the area."""
    return min(1.0, patrol.plan_share * (1.0 + p.link_plan * (p.planning - 1.0) * officer.habit_area))


@making_arrays
def note_care(officers: Rows[Officer], homes: Rows[FacilityRow], adoption: Rows[Adoption], means: Rows[Means]) -> None:
    """Note at each facility with how much more care forms are filled, by its habit of analysis."""
    staff, careful = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        careful[officers[o].facility] += officers[o].habit_analysis
    for f in range(len(means)):
        p = adoption[homes[f].settlement]
        means[f].care = p.link_forms * p.forms * careful[f] / max(1.0, staff[f])


@kernel
def care_at(means: Rows[Means], home: int) -> float:
    """Care with which the facility of a place fills forms; 0 where there is none."""
    return means[home].care if home >= 0 else 0.0


@kernel
def explains(officer: Officer, p: Adoption, born: int, number: int, seed: int) -> bool:
    """Whether a lead who comes late explains why, so that nobody is blamed for the wait."""
    return luck(seed, EXPLAINS, born, number, 0) < p.link_explain * p.explain * officer.skill


def begin(world: World) -> None:
    """Give officers their first time at the post and year of entry, by luck of the seed."""
    officers, numbers, tick, seed = world.plant.officers, world.numbers["adoption"], world.tick, world.seed
    year = date_of_tick(tick).year
    for o, officer in enumerate(officers):
        officer.tick_since = tick - int(MONTH * LONGEST_TENURE * luck(seed, TENURE, 0, o, 0))
        officer.tick_sector, officer.asked = officer.tick_since, -1
        officer.cohort = year - int(LONGEST_SERVICE * luck(seed, SERVICE, 0, o, 0))
    note_care(officers, world.plant.facilities, numbers, world.state[MEANS])


def month_end(world: World) -> None:
    """Let awareness and training spread, then let officers go and their successors come."""
    numbers, officers, homes = world.numbers, world.plant.officers, world.plant.facilities
    tally, tick, seed = world.state.tally, world.tick, world.seed
    teach(officers, homes, numbers["adoption"], world.state[STATIONS], tally, tick, seed)
    leaving = world.state[LEAVING]
    practices = numbers["practices"]
    turn_over(
        officers, homes, numbers["plant"], numbers["adoption"], practices, leaving, tally, world.month, tick, seed
    )
    note_care(officers, homes, numbers["adoption"], world.state.means)


def portrait(month: Month) -> dict[str, float]:
    """Return the measures of who the officers are at the end of a month."""
    world = month.world
    officers, p = world.state[OFFICERS], world.numbers["adoption"][0]
    year, prevention = world.month // 12, officers["branch"] == 1
    old = mean_of(year - officers["cohort"] >= p["service"])
    return {
        "trained_share": mean_of(officers["trained"]),
        "trained_operations": mean_of(officers["trained"][~prevention]),
        "trained_prevention": mean_of(officers["trained"][prevention]),
        "aware_share": mean_of(officers["aware"]),
        "trained_plateau": float(plateau(p, world.month, old)),
        "tenure_months": mean_of((world.tick - officers["tick_since"]) / MONTH),
        "old_guard_share": mean_of(officers["cohort"] < FOUNDED),
    }


def mean_of(values: Ints | Flags | Reals) -> float:
    """Return the mean, nan of none."""
    return float(np.mean(values)) if len(values) else math.nan


IT = Mechanism(
    group=Adoption,
    tables=(LEAVING,),
    counts=Counts,
    writes=WRITES,
    begin=begin,
    knockout=Knockout(("officers_moved", "officers_trained", "aware_share", "tenure_months")),
    measures={
        "officers_made_aware": Measure("officers"),
        "officers_trained": Measure("officers"),
        "training_days": Measure("days"),
        "officers_moved": Measure("officers"),
        "officers_retired": Measure("officers"),
        "explained": Measure("calls"),
    }
    | portrayed(
        portrait,
        {
            "trained_share": "share",
            "trained_operations": "share",
            "trained_prevention": "share",
            "aware_share": "share",
            "trained_plateau": "share",
            "tenure_months": "months",
            "old_guard_share": "share",
        },
    ),
)
