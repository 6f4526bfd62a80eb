"""M16, MOPSIC adoption: a diffusion among officers who come and go.

Awareness spreads by outside news and colleagues; training places go to officers in proportion to their uptake; those
who retire, move or are suspended are replaced by new persons, drawn by position and person.

Switched off, officers are frozen as they are: nobody hears of MOPSIC, is trained, moves or retires.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MONTH, MONTHS_A_YEAR, date_of_tick
from model.engine.domains import FLAG
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.police.practices import MAX_MONTHS_SINCE_COURSE, reset_habits
from model.town.police import POLICE_FOUNDED
from model.world.mechanism import Knockout, Measure, Mechanism, measures_from
from model.world.sampling import monthly_probability

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray, IntArray
    from model.police.patrol import Patrol
    from model.simulation.world import Simulation, World
    from model.town.police import Officer
    from model.world.month import MonthSnapshot

HEARS_STREAM, COURSE_STREAM, MOVES_STREAM, RETIRES_STREAM = (
    stream_id("hears"),
    stream_id("course"),
    stream_id("moves"),
    stream_id("retires"),
)
NEWCOMER_STREAM, TENURE_STREAM, SERVICE_STREAM, EXPLAINS_STREAM = (
    stream_id("newcomer"),
    stream_id("tenure"),
    stream_id("service"),
    stream_id("explains"),
)
LONGEST_TENURE, LONGEST_SERVICE = 48.0, 25.0
"""Most months at the post and years of service of officers at the start; assumed."""
POOL_YEAR = 2017.0
"""Year at whose start `adoption.pool` holds."""
PER_100 = 100.0
"""Training places are stated for 100 officers."""
N_UNIFORMS = 12
"""Uniforms summed for a nearly normal number: the sum has variance 1."""


@dataclass(frozen=True, init=False)
class Adoption(ParameterGroup):
    """Parameters of awareness, training, turnover and replacement of officers, and of the effects of training."""

    name: ClassVar[str] = "adoption"
    evidence: ClassVar[tuple[str, ...]] = (
        "B20", "B21", "C03", "C04", "C05", "C07", "C08", "C09", "C10", "C11", "C15", "C17", "C18", "C20", "C21", "C22",
        "C23", "E13", "F23", "U09", "U11",
    )  # fmt: skip

    outside: float
    peers: float
    places: float
    donor_places: float
    overlap: float
    programme_places: float
    course_days: float
    prevention: float
    champion: float
    leaders: float
    old_guard: float
    rotation: float
    permanence: float
    service: int
    retire: float
    academy: float
    academy_trained: float
    pool: float
    pool_growth: float
    pool_cap: float
    pool_aware: float
    link_treatment: float
    link_explain: float
    link_plan: float
    link_forms: float
    explain: float
    planning: float
    busts: float
    returned: float
    forms: float


LEAVING = ArraySpec(
    name="leaving",
    of=np.int64,
    shape=("officer",),
    exempt="written and read within the last shift of a month",
    about="Officers who have been found out and go.",
    domain=FLAG,
)


class AdoptionCounts(Row):
    """Monthly counts of officers made aware, trained, moved and retired."""

    officers_made_aware: float
    officers_trained: float
    training_days: float
    officers_moved: float
    officers_retired: float
    explained: float


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
def replace_officer(w: World, o: int, month: int) -> None:
    """Put a new person into position ``o``; updates all personal columns of `officers`.

    Draws are keyed by position and number of the person, so that twin worlds get the same successor whenever the
    position becomes vacant.
    """
    seed = w.seed
    officer, year = w.officers[o], month // MONTHS_A_YEAR
    z = w.facilities[officer.facility].settlement
    p, plant = w.p.adoption[z], w.p.plant[z]
    n = officer.person + 1
    officer.person, officer.tick_since, officer.asked = n, w.tick, -1
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
    reset_habits(officer, w.p.practices[z], keyed_uniform(seed, NEWCOMER_STREAM, n, o, 20), ago, w.tick)


@allocating_kernel
def train_officers(w: World) -> None:
    """Spread awareness of MOPSIC and fill the month's training places.

    Updates `officers.aware`, `officers.trained`, `officers.tick_trained` and counts.
    """
    tally, tick = w.tally, w.tick
    officers, homes, adoption = w.officers, w.facilities, w.p.adoption
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
            and keyed_uniform(w.seed, HEARS_STREAM, tick, o, 0) < p.outside + p.peers * known[home] / staff[home]
        ):
            officer.aware = 1
            tally[0].officers_made_aware += 1.0
        if officer.trained == 1:
            continue
        given = p.places + p.donor_places + p.programme_places * w.stations[home].supported
        # Places are stated for 100 officers and year; each officer's probability is in proportion to uptake.
        places = given * (1.0 - p.overlap) / (MONTHS_A_YEAR * PER_100) * len(officers)
        if keyed_uniform(w.seed, COURSE_STREAM, tick, o, 0) * wish < places * course_uptake(officer, p):
            officer.trained = officer.aware = 1
            officer.tick_trained = tick
            tally[0].officers_trained += 1.0
            tally[0].training_days += p.course_days


@kernel
def replace_leavers(w: World, month: int) -> None:
    """Let officers retire, move away or be suspended, and replace them; updates `officers` and counts."""
    tally = w.tally
    officers = w.officers
    for o in range(len(officers)):
        p = w.p.adoption[w.facilities[officers[o].facility].settlement]
        old = month // MONTHS_A_YEAR - officers[o].cohort >= p.service
        if w.leaving[o] == 1:
            tally[0].suspended += 1.0
        elif old and keyed_uniform(w.seed, RETIRES_STREAM, w.tick, o, 0) < monthly_probability(p.retire):
            tally[0].officers_retired += 1.0
        elif keyed_uniform(w.seed, MOVES_STREAM, w.tick, o, 0) < monthly_probability(p.rotation * (1.0 - p.permanence)):
            tally[0].officers_moved += 1.0
        else:
            continue
        replace_officer(w, o, month)


@kernel
def institutional_visit_share(officer: Officer, patrol: Patrol, p: Adoption) -> float:
    """Return the share of visits that this lead plans for institutions, which grows with the habit of the area."""
    return min(1.0, patrol.plan_share * (1.0 + p.link_plan * (p.planning - 1.0) * officer.habit_area))


@allocating_kernel
def update_form_care(w: World) -> None:
    """Update `means.care`, the additional care for forms at each facility, by the mean habit of analysis."""
    officers, means = w.officers, w.facility_resources
    staff, careful = np.zeros(len(means)), np.zeros(len(means))
    for o in range(len(officers)):
        staff[officers[o].facility] += 1.0
        careful[officers[o].facility] += officers[o].habit_analysis
    for f in range(len(means)):
        p = w.p.adoption[w.facilities[f].settlement]
        means[f].care = p.link_forms * p.forms * careful[f] / max(1.0, staff[f])


@kernel
def form_care_at(w: World, home: int) -> float:
    """Return the additional care for forms at facility ``home``, or 0 where there is none."""
    return w.facility_resources[home].care if home >= 0 else 0.0


@kernel
def explains_delay(w: World, officer: Officer, p: Adoption, born: int, number: int) -> bool:
    """Return whether a late lead explains the delay, so that nobody is blamed for the wait."""
    return keyed_uniform(w.seed, EXPLAINS_STREAM, born, number, 0) < p.link_explain * p.explain * officer.skill


def initialise(sim: Simulation) -> None:
    """Draw the time at the post and the year of entry of officers."""
    officers, tick, seed = sim.w.officers, sim.tick, sim.seed
    year = date_of_tick(tick).year
    for o, officer in enumerate(officers):
        officer.tick_since = tick - int(MONTH * LONGEST_TENURE * keyed_uniform(seed, TENURE_STREAM, 0, o, 0))
        officer.tick_sector, officer.asked = officer.tick_since, -1
        officer.cohort = year - int(LONGEST_SERVICE * keyed_uniform(seed, SERVICE_STREAM, 0, o, 0))
    update_form_care(sim.w)


def renew_officers(sim: Simulation) -> None:
    """Spread awareness and training, then replace officers who leave."""
    train_officers(sim.w)
    replace_leavers(sim.w, sim.month)
    update_form_care(sim.w)


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the measures of training, awareness and tenure of officers at the end of a month."""
    sim = month.world
    officers, p = sim.w.officers, sim.p.adoption[0]
    year, prevention = sim.month // MONTHS_A_YEAR, officers["branch"] == 1
    old = mean_of(year - officers["cohort"] >= p.service)
    return {
        "trained_share": mean_of(officers["trained"]),
        "trained_operations": mean_of(officers["trained"][~prevention]),
        "trained_prevention": mean_of(officers["trained"][prevention]),
        "aware_share": mean_of(officers["aware"]),
        "trained_plateau": float(equilibrium_trained_share(p, sim.month, old)),
        "tenure_months": mean_of((sim.tick - officers["tick_since"]) / MONTH),
        "old_guard_share": mean_of(officers["cohort"] < POLICE_FOUNDED),
    }


def mean_of(values: IntArray | BoolArray | FloatArray) -> float:
    """Return the mean, or nan of no values."""
    return float(np.mean(values)) if len(values) else math.nan


MECHANISM = Mechanism(
    group=Adoption,
    tables=(LEAVING,),
    counts=AdoptionCounts,
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
