"""M16, MOPSIC adoption: a diffusion among officers who come and go.

Awareness spreads by outside news and colleagues; training places go to officers in proportion to their uptake; those
who retire, move or are suspended are replaced by new persons, drawn by position and person.

Switched off, officers are frozen as they are: nobody hears of MOPSIC, is trained, moves or retires.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.calendar import MONTH, MONTHS_A_YEAR, date_of_tick
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
from model.police.adoption.schema import (
    COURSE_STREAM,
    EXPLAINS_STREAM,
    HEARS_STREAM,
    LEAVING,
    LONGEST_SERVICE,
    LONGEST_TENURE,
    MOVES_STREAM,
    N_UNIFORMS,
    NEWCOMER_STREAM,
    PER_100,
    POOL_YEAR,
    RETIRES_STREAM,
    SERVICE_STREAM,
    TENURE_STREAM,
    WRITTEN_COLUMNS,
    Adoption,
    AdoptionCounts,
)
from model.police.patrol.schema import Patrol
from model.police.practices.rules import reset_habits
from model.police.practices.schema import MAX_MONTHS_SINCE_COURSE, Practices, StationOrders
from model.town.police import POLICE_FOUNDED, FacilityRow, Officer, PlantParameters
from model.world.binding import of
from model.world.columns import TALLY, MonthlyCounts
from model.world.mechanism import Knockout, Measure, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import monthly_probability
from model.world.state import OFFICERS, FacilityResources


class AdoptionTables(TableBundle):
    """Officers, their facilities, and the parameters of training and replacement."""

    officers: Rows[Officer]
    facilities: Rows[FacilityRow]
    stations: Rows[StationOrders]
    means: Rows[FacilityResources]
    leaving: IntArray = of(LEAVING)
    plant_parameters: Rows[PlantParameters]
    adoption: Rows[Adoption]
    practices: Rows[Practices]


@kernel
def trained_share_in_pool(p: Adoption, month: int) -> float:
    """Return the share trained in the national pool from which successors come."""
    return min(p.pool_cap, max(0.0, p.pool + p.pool_growth * (month / MONTHS_A_YEAR - POOL_YEAR)))


@kernel
def equilibrium_trained_share(p: Adoption, month: int, old: float) -> float:
    """Return the share trained at which courses and turnover balance; ``old`` is the share who may retire."""
    stay = 1.0 - monthly_probability(p.rotation * (1.0 - p.permanence))
    turnover = MONTHS_A_YEAR * (1.0 - stay * (1.0 - old * monthly_probability(p.retire)))
    arriving = p.academy * p.academy_trained + (1.0 - p.academy) * trained_share_in_pool(p, month)
    courses = (p.places + p.donor_places) * (1.0 - p.overlap) / PER_100
    if turnover == 0.0:
        return 1.0 if courses > 0.0 else math.nan
    return min(1.0, arriving + courses / turnover)


@kernel
def course_uptake(officer: Officer, p: Adoption) -> float:
    """Return the weight with which this officer takes a training place, 1 for an ordinary officer of operations."""
    weight = p.prevention if officer.branch == 1 else 1.0
    if officer.champion == 1:
        weight *= p.champion
    if officer.leads > 0:
        weight *= p.leaders
    return weight * p.old_guard if officer.cohort < POLICE_FOUNDED else weight


@kernel
def replace_officer(tables: AdoptionTables, o: int, month: int, tick: int, seed: int) -> None:
    """Put a new person into position ``o``; updates all personal columns of `officers`.

    Draws are keyed by position and number of the person, so that twin worlds get the same successor whenever the
    position becomes vacant.
    """
    officer, year = tables.officers[o], month // MONTHS_A_YEAR
    z = tables.facilities[officer.facility].settlement
    p, plant = tables.adoption[z], tables.plant_parameters[z]
    n = officer.person + 1
    officer.person, officer.tick_since, officer.asked = n, tick, -1
    entrant = keyed_uniform(seed, NEWCOMER_STREAM, n, o, 0) < p.academy
    officer.cohort = (
        year if entrant else year - 1 - int(LONGEST_SERVICE * keyed_uniform(seed, NEWCOMER_STREAM, n, o, 1))
    )
    taught = p.academy_trained if entrant else trained_share_in_pool(p, month)
    officer.trained = 1 if keyed_uniform(seed, NEWCOMER_STREAM, n, o, 2) < taught else 0
    knows = officer.trained == 1 or keyed_uniform(seed, NEWCOMER_STREAM, n, o, 3) < p.pool_aware
    officer.aware = 1 if knows else 0
    officer.female = 1 if keyed_uniform(seed, NEWCOMER_STREAM, n, o, 4) < plant.share_women else 0
    officer.kiche = 1 if keyed_uniform(seed, NEWCOMER_STREAM, n, o, 5) < plant.share_kiche else 0
    officer.champion = 1 if keyed_uniform(seed, NEWCOMER_STREAM, n, o, 6) < plant.share_champions else 0
    leaning = 2.0 * keyed_uniform(seed, NEWCOMER_STREAM, n, o, 7) - 1.0
    integrity = plant.integrity_mean + plant.integrity_spread * leaning
    officer.integrity = min(1.0, max(0.0, integrity))
    # The sum of 12 uniforms less 6 is nearly normal with standard deviation 1; draws 8 to 19 are its uniforms.
    manner = -N_UNIFORMS / 2.0
    for nth in range(N_UNIFORMS):
        manner += keyed_uniform(seed, NEWCOMER_STREAM, n, o, 8 + nth)
    officer.manner = plant.manner_spread * manner
    officer.motivation = officer.stress = officer.safety = officer.faith = 0.0
    ago = 0.0 if entrant else MAX_MONTHS_SINCE_COURSE * keyed_uniform(seed, NEWCOMER_STREAM, n, o, 21)
    reset_habits(officer, tables.practices[z], keyed_uniform(seed, NEWCOMER_STREAM, n, o, 20), ago, tick)


@allocating_kernel
def train_officers(tables: AdoptionTables, tally: Rows[MonthlyCounts], tick: int, seed: int) -> None:
    """Spread awareness of MOPSIC and fill the month's training places.

    Updates `officers.aware`, `officers.trained`, `officers.tick_trained` and counts.
    """
    officers, homes, adoption = tables.officers, tables.facilities, tables.adoption
    known, staff = np.zeros(len(homes)), np.zeros(len(homes))
    wish = 0.0
    for o in range(len(officers)):
        officer = officers[o]
        staff[officer.facility] += 1.0
        known[officer.facility] += officer.aware
        if officer.trained == 0:
            wish += course_uptake(officer, adoption[homes[officer.facility].settlement])
    for o in range(len(officers)):
        officer = officers[o]
        home = officer.facility
        p = adoption[homes[home].settlement]
        if (
            officer.aware == 0
            and keyed_uniform(seed, HEARS_STREAM, tick, o, 0) < p.outside + p.peers * known[home] / staff[home]
        ):
            officer.aware = 1
            tally[0].officers_made_aware += 1.0
        if officer.trained == 1:
            continue
        given = p.places + p.donor_places + p.programme_places * tables.stations[home].supported
        # Places are stated for 100 officers and year; each officer's probability is in proportion to uptake.
        places = given * (1.0 - p.overlap) / (MONTHS_A_YEAR * PER_100) * len(officers)
        if keyed_uniform(seed, COURSE_STREAM, tick, o, 0) * wish < places * course_uptake(officer, p):
            officer.trained = officer.aware = 1
            officer.tick_trained = tick
            tally[0].officers_trained += 1.0
            tally[0].training_days += p.course_days


@kernel
def replace_leavers(tables: AdoptionTables, tally: Rows[MonthlyCounts], month: int, tick: int, seed: int) -> None:
    """Let officers retire, move away or be suspended, and replace them; updates `officers` and counts."""
    officers = tables.officers
    for o in range(len(officers)):
        p = tables.adoption[tables.facilities[officers[o].facility].settlement]
        old = month // MONTHS_A_YEAR - officers[o].cohort >= p.service
        if tables.leaving[o] == 1:
            tally[0].suspended += 1.0
        elif old and keyed_uniform(seed, RETIRES_STREAM, tick, o, 0) < monthly_probability(p.retire):
            tally[0].officers_retired += 1.0
        elif keyed_uniform(seed, MOVES_STREAM, tick, o, 0) < monthly_probability(p.rotation * (1.0 - p.permanence)):
            tally[0].officers_moved += 1.0
        else:
            continue
        replace_officer(tables, o, month, tick, seed)


@kernel
def institutional_visit_share(officer: Officer, patrol: Patrol, p: Adoption) -> float:
    """Return the share of visits that this lead plans for institutions, which grows with the habit of the area."""
    return min(1.0, patrol.plan_share * (1.0 + p.link_plan * (p.planning - 1.0) * officer.habit_area))


@allocating_kernel
def update_form_care(tables: AdoptionTables) -> None:
    """Update `means.care`, the additional care for forms at each facility, by the mean habit of analysis."""
    officers, means = tables.officers, tables.means
    staff, careful = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        careful[officers[o].facility] += officers[o].habit_analysis
    for f in range(len(means)):
        p = tables.adoption[tables.facilities[f].settlement]
        means[f].care = p.link_forms * p.forms * careful[f] / max(1.0, staff[f])


@kernel
def form_care_at(means: Rows[FacilityResources], home: int) -> float:
    """Return the additional care for forms at facility ``home``, or 0 where there is none."""
    return means[home].care if home >= 0 else 0.0


@kernel
def explains_delay(officer: Officer, p: Adoption, born: int, number: int, seed: int) -> bool:
    """Return whether a late lead explains the delay, so that nobody is blamed for the wait."""
    return keyed_uniform(seed, EXPLAINS_STREAM, born, number, 0) < p.link_explain * p.explain * officer.skill


def initialise(world: World) -> None:
    """Draw the time at the post and the year of entry of officers."""
    officers, tick, seed = world.plant.officers, world.tick, world.seed
    year = date_of_tick(tick).year
    for o, officer in enumerate(officers):
        officer.tick_since = tick - int(MONTH * LONGEST_TENURE * keyed_uniform(seed, TENURE_STREAM, 0, o, 0))
        officer.tick_sector, officer.asked = officer.tick_since, -1
        officer.cohort = year - int(LONGEST_SERVICE * keyed_uniform(seed, SERVICE_STREAM, 0, o, 0))
    update_form_care(world.view(AdoptionTables))


def close_month(world: World) -> None:
    """Spread awareness and training, then replace officers who leave."""
    tables, tally, tick, seed = world.view(AdoptionTables), world.state[TALLY], world.tick, world.seed
    train_officers(tables, tally, tick, seed)
    replace_leavers(tables, tally, world.month, tick, seed)
    update_form_care(tables)


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of training, awareness and tenure of officers at the end of a month."""
    world = month.world
    officers, p = world.state[OFFICERS], world.parameters[Adoption][0]
    year, prevention = world.month // MONTHS_A_YEAR, officers["branch"] == 1
    old = mean_of(year - officers["cohort"] >= p.service)
    return {
        "trained_share": mean_of(officers["trained"]),
        "trained_operations": mean_of(officers["trained"][~prevention]),
        "trained_prevention": mean_of(officers["trained"][prevention]),
        "aware_share": mean_of(officers["aware"]),
        "trained_plateau": float(equilibrium_trained_share(p, world.month, old)),
        "tenure_months": mean_of((world.tick - officers["tick_since"]) / MONTH),
        "old_guard_share": mean_of(officers["cohort"] < POLICE_FOUNDED),
    }


def mean_of(values: IntArray | BoolArray | FloatArray) -> float:
    """Return the mean, or nan of no values."""
    return float(np.mean(values)) if len(values) else math.nan


MECHANISM = Mechanism(
    group=Adoption,
    tables=(LEAVING,),
    counts=AdoptionCounts,
    writes=WRITTEN_COLUMNS,
    initialise=initialise,
    knockout=Knockout(("officers_moved", "officers_trained", "aware_share", "tenure_months")),
    measures={
        "officers_made_aware": Measure("officers"),
        "officers_trained": Measure("officers"),
        "training_days": Measure("days"),
        "officers_moved": Measure("officers"),
        "officers_retired": Measure("officers"),
        "explained": Measure("calls"),
    }
    | measures_from(
        snapshot,
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
