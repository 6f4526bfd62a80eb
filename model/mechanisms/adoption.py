"""M16, MOPSIC adoption: a diffusion among officers who come and go (ODD 6.15).

Switched off, officers are frozen as they are: nobody hears of MOPSIC, is trained, moves or retires.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import MONTH, date_of_tick
from model.chance import in_a_month
from model.kernels import kernel, making_arrays
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, portrayed
from model.mechanisms.practices import LONGEST_TAUGHT, STATIONS, come_anew
from model.parameters import Group, number, share
from model.police import FOUNDED
from model.rows import Row
from model.state import MEANS, OFFICERS
from model.tables import Field

if TYPE_CHECKING:
    from model.measures import Month
    from model.mechanisms.patrol import Patrol
    from model.mechanisms.practices import Practices, Station
    from model.model import TrustModel as World
    from model.police import FacilityRow, Officer, Plant
    from model.register import Tally
    from model.rows import Flags, Ints, Reals, Rows
    from model.state import Means

HEARS, COURSE, MOVES, RETIRES = decision("hears"), decision("course"), decision("moves"), decision("retires")
NEWCOMER, TENURE, SERVICE, EXPLAINS = (
    decision("newcomer"),
    decision("tenure"),
    decision("service"),
    decision("explains"),
)
LONGEST_TENURE, LONGEST_SERVICE = 48.0, 25.0
"""Months at the post and years of service of officers at the start, at most; assumed."""


@dataclass(frozen=True, kw_only=True)
class Adoption(Group):
    """How officers hear of MOPSIC, are trained, leave and are replaced, and through what training acts."""

    name: ClassVar[str] = "adoption"
    evidence: ClassVar[tuple[str, ...]] = (
        "B20", "B21", "C03", "C04", "C05", "C07", "C08", "C09", "C10", "C11", "C15", "C17", "C18", "C20", "C21", "C22",
        "C23", "E13", "F23", "U09", "U11",
    )  # fmt: skip

    outside: float = number(0.01, "a month", 0.0, 1.0, "assumed", "hearing of MOPSIC by outside news", off=0.0)
    peers: float = number(
        0.03,
        "a month",
        0.0,
        2.0,
        "C11; calibrated: orders of magnitude",
        "the same by colleagues of the facility, if all knew",
        off=0.0,
    )
    places: float = number(
        2.0,
        "per 100 officers a year",
        0.0,
        200.0,
        "C03, U09; assumed",
        "training places of the PNC",
        role="lever",
        off=0.0,
    )
    donor_places: float = number(
        4.0,
        "per 100 officers a year",
        0.0,
        200.0,
        "C22, C23; assumed",
        "training places of donors",
        role="lever",
        off=0.0,
    )
    overlap: float = share(0.25, "C07; assumed", "places lost to facilitators who do the same twice", role="lever")
    programme_places: float = number(
        0.0, "per 100 officers a year", 0.0, 200.0, "policy", "places of a programme, while its support lasts",
        role="lever", off=0.0,
    )  # fmt: skip
    course_days: float = number(5.0, "days", 0.0, 60.0, "assumed: no source tells", "working days of a training course")
    prevention: float = number(
        3.0, "ratio", 0.2, 10.0, "B21; assumed", "uptake of the prevention branch over operations"
    )
    champion: float = number(2.0, "ratio", 0.2, 10.0, "C18, C21; assumed", "uptake of champions over others")
    leaders: float = number(1.0, "ratio", 0.2, 50.0, "policy", "uptake of team leaders and chiefs", role="lever")
    old_guard: float = number(0.5, "ratio", 0.0, 2.0, "C20; assumed", "uptake of officers from before the PNC")
    rotation: float = share(
        0.35, "orders of magnitude: 20-60 % a year; U11", "officers moved away in a year", high=0.995, off=0.0
    )
    permanence: float = share(0.0, "B24; policy", "moves that do not happen, because couples stay", role="lever")
    service: int = number(22, "years", 5, 40, "assumed", "years of service after which officers retire")
    retire: float = share(0.2, "C20; assumed", "of those, who retire in a year", high=0.95, off=0.0)
    academy: float = share(0.15, "assumed", "successors who come from the academy")
    academy_trained: float = share(0.03, "C04", "trained among those from the academy", role="lever")
    pool: float = share(0.1, "C03, C05; assumed", "trained in the national pool at the start of 2017")
    pool_growth: float = number(0.01, "a year", -0.1, 0.2, "C03; assumed", "growth of that share")
    pool_cap: float = share(0.6, "C03: below 80 % in 2020; assumed", "most that it can reach")
    pool_aware: float = share(0.6, "C09, C11; assumed", "successors who know of MOPSIC though untrained")
    link_treatment: float = share(1.0, "design: switch of a link", "training acts on how people are treated")
    link_explain: float = share(1.0, "design: switch of a link", "training acts by explaining")
    link_plan: float = share(1.0, "design: switch of a link", "the habit of the area acts on planned visits")
    link_forms: float = share(1.0, "design: switch of a link", "the habit of analysis acts on how forms are filled")
    explain: float = share(0.25, "concept: 0-0.5", "late answers that a trained lead explains without blame", high=0.5)
    planning: float = number(
        3.0,
        "ratio",
        0.0,
        10.0,
        "A10, E14; assumed",
        "visits to institutions of a lead with a full habit of the area",
    )
    busts: float = share(0.5, "B20; assumed", "of these, what pressure for arrests takes from operations", role="lever")
    returned: float = share(
        0.3, "E13, F23; assumed", "of that, what COMUPRE and communal authorities give back", role="lever"
    )
    forms: float = share(0.5, "D03; assumed", "forms filled with conviction more with a full habit of analysis")


LEAVING = Field(
    name="leaving",
    of=np.int64,
    shape=("officer",),
    exempt="written and read within the last shift of a month",
    about="Officers who have been found out and go: capture alone.",
)


class Counts(Row):
    """What is counted in a month."""

    officers_made_aware: float
    officers_trained: float
    training_days: float
    officers_moved: float
    officers_retired: float
    explained: float


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


WRITES = (
    "officers.person", "officers.cohort", "officers.tick_since", "officers.asked", "officers.female",
    "officers.trained", "officers.aware", "officers.kiche", "officers.champion", "officers.manner",
    "officers.integrity", "officers.motivation", "officers.stress", "officers.safety", "officers.faith",
    "officers.tick_sector", "officers.schooling", "officers.tick_trained", "officers.skill", "officers.habit_team",
    "officers.habit_area", "officers.habit_analysis", "officers.habit_follow", "means.care", "tally.suspended",
)  # fmt: skip
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
