"""M43, practices: the four habits of MOPSIC that officers have more or less of: team, area, analysis, follow-up.

A habit lies between 0 and 1.  Each month an officer may review it: its new value is a logistic function of training,
the boss, colleagues, orders and conditions.

Switched off, habits stay as they are at the start, couples keep to their own sectors and plan no hours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import numpy as np

from model.engine.calendar import MONTH
from model.engine.domains import FLAG, PAST, TICK, row_of
from model.engine.elementary import LN_2, exp, log
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.rows import Column, Row, int64_constant
from model.engine.tables import ArraySpec, RowTableSpec
from model.town.police import NO_POST, POLICE_FOUNDED, POST_COPIES
from model.world.derived import constant
from model.world.mechanism import Knockout, Mechanism, measures_from
from model.world.sampling import monthly_probability

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation, World
    from model.town.police import Officer
    from model.world.month import MonthSnapshot
    from model.world.state import CoupleRow

REVIEWS_TEAM, REVIEWS_AREA = stream_id("reviews team"), stream_id("reviews area")
REVIEWS_ANALYSIS, REVIEWS_FOLLOW = stream_id("reviews analysis"), stream_id("reviews follow-up")
RESHUFFLED_STREAM, SENT_TO_SECTOR_STREAM, SUPPORT_LASTS_STREAM = (
    stream_id("reshuffled"),
    stream_id("sent to sector"),
    stream_id("support lasts"),
)
SCHOOLED_STREAM, TAUGHT_SINCE_STREAM = stream_id("schooled"), stream_id("taught since")
MAX_SECTOR_MONTHS = 24.0
"""Months in a sector after which more of them raise no habit further; assumed."""
USUAL_EXPERIENCE_SHARE = 0.45
"""Part of these months that an officer of the status quo has served; calibrated: the status quo."""
UNIT_SPREAD_FACTOR = math.sqrt(12.0)
"""Scale of a uniform distribution with standard deviation 1."""
MAX_MONTHS_SINCE_COURSE = 36.0
"""Most months since the course of officers who were trained before they came; assumed."""
SKILL_HALF_LIFE_MONTHS = 12.0
"""Half-life in months of skills where the boss is not trained; assumed."""
ROLE_STAFF, ROLE_LEADER, ROLE_CHIEF = range(3)
PRACTICE_NAMES = ("team", "area", "analysis", "follow")
N_PRACTICES = len(PRACTICE_NAMES)
SWAPPED_OFFICERS = 4.0
"""Officers who change sectors in a swap: two couples of two."""
MIN_LED_MONTHS = 6.0
"""Months in a sector from which a lead counts as known there; B24."""
PAYERS = ("foot patrol", "motorised patrol", "fixed duties", "added hours")
"""Who gives the hours of planned work, as policies say it (`paid_by`); by foot patrol, all patrol gives alike."""
MOTORISED_PATROL, FIXED_DUTIES, ADDED_HOURS = (int64_constant(k) for k in range(1, 4))


@dataclass(frozen=True, init=False)
class Practices(ParameterGroup):
    """Parameters that raise and lower each habit, and of sectors and planned hours."""

    name: ClassVar[str] = "practices"
    evidence: ClassVar[tuple[str, ...]] = (
        "A17", "B01", "B20", "B23", "B24", "C08", "C11", "C13", "C15", "C16", "C18", "C19", "C20", "C21", "D10",
        "E14", "Q21",
    )  # fmt: skip

    renew: float
    usual_team: float
    usual_area: float
    usual_analysis: float
    usual_follow: float
    team: float
    area: float
    analysis: float
    follow: float
    taught: float
    taught_team: float
    taught_area: float
    taught_analysis: float
    taught_follow: float
    boss: float
    peers: float
    tenure: float
    schooling: float
    faith: float
    champion: float
    old_guard: float
    pressing: float
    usual_pressing: float
    penury: float
    usual_penury: float
    order: float
    order_team: float
    order_area: float
    order_analysis: float
    order_follow: float
    support_least: float
    support_most: float
    follow_most: float
    register: float
    handover: float
    more_meetings: float
    reshuffle: float
    keeping: float
    sent: float
    sent_team: float
    boss_tone: float
    both_tone: float
    pressing_tone: float
    usual_level: float
    penury_tone: float
    brief: float
    planned: float
    meeting: float
    request: float
    visit: float
    talk: float
    split: float
    paid_by: int


class StationOrders(Row):
    """Orders for the practices of a facility: tick of the order, end of its support, and whether it has support now."""

    tick_ordered: Annotated[int, Column("", first=-1), PAST]
    until: Annotated[int, Column("", first=-1), TICK]
    supported: Annotated[int, FLAG]


STATIONS = RowTableSpec(name="stations", row=StationOrders, per="facility", about="Orders for practices.")
BOSSES = ArraySpec(
    name="bosses",
    of=np.int64,
    shape=("officer",),
    first=-1.0,
    about="Position of each officer's boss.",
    domain=row_of("officer", none=True),
)


class PracticeCounts(Row):
    """Monthly counts of changes of sector and reviews of habits."""

    sector_changes: float
    habits_reviewed: float


NEWCOMER_SHARE = 0.8
"""Habits of new officers relative to those of the status quo; assumed."""
HABIT_COLUMNS = ("officers.habit_team", "officers.habit_area", "officers.habit_analysis", "officers.habit_follow")


class Example(NamedTuple):
    """Habits of colleagues (mean), boss and chief, 0 to 1, and whether an order is supported (1) or not (0)."""

    colleagues: float
    boss: float
    chief: float
    supported: int


@kernel
def chief_of_facility(w: World, f: int) -> int:
    """Return the position of the chief of a facility, its first officer, or -1."""
    for o in range(len(w.officers)):
        if w.officers[o].facility == f:
            return o
    return -1


@allocating_kernel
def assign_bosses(w: World) -> None:
    """Assign chiefs, team leaders and bosses; updates `officers.leads`, `officers.led` and `bosses`.

    The chief is the first officer of a facility, the leader the first in seat 0 of a sector.  The boss of a leader is
    the chief, and that of others their leader, or the chief where there is none.
    """
    officers, bosses = w.officers, w.bosses
    chiefs, leaders = np.full(len(w.facilities), -1, np.int64), np.full(len(w.sectors), -1, np.int64)
    for o in range(len(officers)):
        officer = officers[o]
        if chiefs[officer.facility] < 0:
            chiefs[officer.facility] = o
        if officer.seat == 0 and officer.sector >= 0 and leaders[officer.sector] < 0:
            leaders[officer.sector] = o
    for o in range(len(officers)):
        officer, chief = officers[o], chiefs[officers[o].facility]
        leader = leaders[officer.sector] if officer.sector >= 0 else -1
        officer.leads = ROLE_CHIEF if o == chief else (ROLE_LEADER if o == leader else ROLE_STAFF)
        bosses[o] = -1 if o == chief else (chief if leader < 0 or leader == o else leader)
        officer.led = officers[bosses[o]].trained if bosses[o] >= 0 else 0


@kernel
def planned_share(w: World, f: int, habit_area: float) -> float:
    """Return the share of free stretches that a couple of facility ``f`` plans; its lead has this habit of the area."""
    z = w.facilities[f].settlement
    return w.chiefs[f].work * w.p.practices[z].planned * w.p.adoption[z].link_plan * habit_area


@kernel
def replacement_factor(w: World, f: int, lead: int, payer: int) -> float:
    """Return by what time must grow so that a couple patrols as usual beside its planned work; 1 for other payers."""
    p = w.p.practices[w.facilities[f].settlement]
    if p.paid_by != payer:
        return 1.0
    usual, now = planned_share(w, f, p.usual_area), planned_share(w, f, w.officers[lead].habit_area)
    return max(1.0, (1.0 - usual) / (1.0 - now)) if now < 1.0 else 1.0


@kernel
def share_of_couple(w: World, f: int, habit_area: float, walks: bool, walkers_per_rider: float) -> float:
    """Return the share of free stretches that a couple plans, given who gives the hours for it.

    Where motorised patrol gives them, it also gives what couples on foot would plan, as far as it can.
    ``walkers_per_rider`` are the couples on foot of the facility by motorised couple, -1 without any.
    """
    p, share = w.p.practices[w.facilities[f].settlement], planned_share(w, f, habit_area)
    if p.paid_by != MOTORISED_PATROL or walkers_per_rider <= 0.0:
        return share
    taken_on = min(share * walkers_per_rider, 1.0 - share)
    return share - taken_on / walkers_per_rider if walks else share + taken_on


@kernel
def decay_skills(w: World) -> None:
    """Update `officers.skill`: full under a trained boss, else decaying with the time since the course."""
    for o in range(len(w.officers)):
        officer = w.officers[o]
        months = (w.tick - officer.tick_trained) / MONTH
        officer.skill = officer.trained * (1.0 if officer.led == 1 else exp(-LN_2 * months / SKILL_HALF_LIFE_MONTHS))


@allocating_kernel
def reshuffle_sectors(w: World) -> None:
    """Swap the sectors of couples of a group, less where the chief keeps teams.

    Updates `officers.sector`, `officers.tick_sector` and `tally.sector_changes`.
    """
    officers = w.officers
    n, others = len(w.posts) // POST_COPIES, np.zeros(len(w.posts), np.int64)
    for post in range(n):
        f, group = w.posts[post].facility, w.posts[post].group
        p, chief = w.p.practices[w.facilities[f].settlement], chief_of_facility(w, f)
        chance = monthly_probability(p.reshuffle * (1.0 - p.keeping * officers[chief].habit_team))
        # A swap moves two couples: each begins it with half of the probability.
        if keyed_uniform(w.seed, RESHUFFLED_STREAM, w.tick, post, 0) >= 0.5 * chance:
            continue
        k = 0
        for other in range(n):
            if other != post and w.posts[other].facility == f and w.posts[other].group == group:
                others[k] = other
                k += 1
        if k > 0:
            other = others[int(keyed_uniform(w.seed, RESHUFFLED_STREAM, w.tick, post, 1) * k)]
            swap_sectors(w, post, other)
            w.tally[0].sector_changes += SWAPPED_OFFICERS


@kernel
def swap_sectors(w: World, post: int, other: int) -> None:
    """Swap the sectors of the officers of two posts; updates `officers.sector` and `officers.tick_sector`."""
    officers = w.officers
    here, there = officers[w.seats[post, 0]].sector, officers[w.seats[other, 0]].sector
    for seat in range(2):
        one, two = officers[w.seats[post, seat]], officers[w.seats[other, seat]]
        one.sector, two.sector = there, here
        one.tick_sector = two.tick_sector = w.tick


@kernel
def update_order_support(w: World) -> None:
    """Begin the support of a new order at each facility and end it after its months; updates `stations`."""
    tick = w.tick
    for f in range(len(w.stations)):
        z = w.facilities[f].settlement
        station, p = w.stations[f], w.p.practices[z]
        ordered = p.order_team + p.order_area + p.order_analysis + p.order_follow
        if ordered + w.p.adoption[z].programme_places == 0.0:
            station.tick_ordered = station.until = -1
        elif station.tick_ordered < 0:
            u = keyed_uniform(w.seed, SUPPORT_LASTS_STREAM, tick, f, 0)
            months = p.support_least + max(0.0, p.support_most - p.support_least) * u
            station.tick_ordered, station.until = tick, tick + int(MONTH * months)
        station.supported = 1 if tick < station.until else 0


@kernel
def common_log_odds(w: World, officer: Officer, z: int) -> float:
    """Return the log-odds for all four habits alike: experience, schooling, faith, background, pressure, conditions."""
    p, a, s = w.p.practices[z], w.p.adoption[z], w.p.officers[z]
    months = (w.tick - officer.tick_sector) / MONTH if officer.sector >= 0 else 0.0
    wish = (
        p.tenure * (min(months, MAX_SECTOR_MONTHS) / MAX_SECTOR_MONTHS - USUAL_EXPERIENCE_SHARE)
        + p.schooling * officer.schooling
    )
    odds = exp(officer.faith) * s.faith
    wish += p.faith * (odds / (1.0 - s.faith + odds) - s.faith)
    wish += p.champion * officer.champion - (p.old_guard if officer.cohort < POLICE_FOUNDED else 0.0)
    if officer.branch == 0:
        wish -= p.pressing * (w.p.pressure[z].level * a.busts * (1.0 - a.returned) - p.usual_pressing)
    return wish - p.penury * (1.0 - w.p.resources[z].condition - p.usual_penury)


@kernel
def reviewed_habit(officer: Officer, k: int, example: Example, wish: float, p: Practices) -> float:
    """Return the habit of practice ``k`` after a review, 0 to 1.

    ``wish`` are the log-odds that all practices share, from `common_log_odds`.
    """
    if k == 0:
        usual, own, skill, order = p.usual_team, p.team, p.taught_team, p.order_team
    elif k == 1:
        usual, own, skill, order = p.usual_area, p.area, p.taught_area, p.order_area
    elif k == 2:
        usual, own, skill, order = p.usual_analysis, p.analysis, p.taught_analysis, p.order_analysis
    else:
        usual, own, skill, order = p.usual_follow, p.follow, p.taught_follow, p.order_follow
    x = log(usual / (1.0 - usual)) + own + wish
    x += p.taught * skill * officer.skill + p.boss * officer.led * example.boss + p.peers * (example.colleagues - usual)
    # An order counts half where the chief does not follow it.
    x += p.order * order * example.supported * (0.5 + 0.5 * example.chief)
    return logistic(x)


@kernel
def habit_of(officer: Officer, k: int) -> float:
    """Return an officer's habit of practice ``k``, 0 to 1."""
    if k == 0:
        return officer.habit_team
    if k == 1:
        return officer.habit_area
    return officer.habit_analysis if k == 2 else officer.habit_follow


@kernel
def set_habit(officer: Officer, k: int, habit: float) -> None:
    """Set an officer's habit of practice ``k``."""
    if k == 0:
        officer.habit_team = habit
    elif k == 1:
        officer.habit_area = habit
    elif k == 2:
        officer.habit_analysis = habit
    else:
        officer.habit_follow = habit


@allocating_kernel
def review_habits(w: World) -> None:
    """Let officers review each habit with probability `practices.renew`.

    All reviews see the habits before the month.  Updates the habits of officers and `tally.habits_reviewed`.
    """
    officers, n_homes = w.officers, len(w.facilities)
    n, staff, chiefs = len(officers), np.zeros(n_homes), np.full(n_homes, -1, np.int64)
    before, total = np.zeros((n, N_PRACTICES)), np.zeros((n_homes, N_PRACTICES))
    for o in range(n):
        f = officers[o].facility
        staff[f] += 1.0
        chiefs[f] = o if chiefs[f] < 0 else chiefs[f]
        for k in range(N_PRACTICES):
            before[o, k] = habit_of(officers[o], k)
            total[f, k] += before[o, k]
    for o in range(n):
        officer, f = officers[o], officers[o].facility
        p, boss = w.p.practices[w.facilities[f].settlement], w.bosses[o]
        wish = common_log_odds(w, officer, w.facilities[f].settlement)
        for k, stream in enumerate((REVIEWS_TEAM, REVIEWS_AREA, REVIEWS_ANALYSIS, REVIEWS_FOLLOW)):
            if keyed_uniform(w.seed, stream, w.tick, o, 0) < p.renew:
                example = Example(
                    colleagues=total[f, k] / staff[f],
                    boss=before[boss, k] if boss >= 0 else 0.0,
                    chief=before[chiefs[f], k],
                    supported=w.stations[f].supported,
                )
                set_habit(officer, k, reviewed_habit(officer, k, example, wish, p))
                w.tally[0].habits_reviewed += 1.0


@kernel
def reset_habits(officer: Officer, p: Practices, schooling: float, months: float, tick: int) -> None:
    """Reset a new holder of a position: sector, schooling, skill after a course ``months`` ago, and low habits.

    ``schooling`` is a uniform, scaled to a spread of 1.
    """
    officer.tick_sector, officer.schooling = tick, UNIT_SPREAD_FACTOR * (schooling - 0.5)
    officer.tick_trained = tick - int(MONTH * months)
    officer.skill = officer.trained * exp(-LN_2 * months / SKILL_HALF_LIFE_MONTHS)
    officer.habit_team, officer.habit_area = NEWCOMER_SHARE * p.usual_team, NEWCOMER_SHARE * p.usual_area
    officer.habit_analysis, officer.habit_follow = NEWCOMER_SHARE * p.usual_analysis, NEWCOMER_SHARE * p.usual_follow


@kernel
def sector_for_shift(w: World, couple: CoupleRow, f: int, post: int, p: Practices) -> int:
    """Return the sector in which a couple serves this shift: the lead's own, or another of the facility at random."""
    own = w.officers[couple.lead].sector
    chance = p.sent + p.sent_team * w.officers[chief_of_facility(w, f)].habit_team
    if keyed_uniform(w.seed, SENT_TO_SECTOR_STREAM, w.tick, post, 0) < chance:
        return own
    first, n = -1, 0
    for s in range(len(w.sectors)):
        if w.sectors[s].facility == f:
            first = s if first < 0 else first
            n += 1
    if n < 2:
        return own
    # One of the n - 1 other sectors of the facility, which are numbered in a row.
    other = first + int(keyed_uniform(w.seed, SENT_TO_SECTOR_STREAM, w.tick, post, 1) * (n - 1))
    return other + 1 if other >= own else other


@kernel
def conduct_log_odds(officer: Officer, p: Practices, level: float, penury: float) -> float:
    """Return what boss, pressure ``level`` and ``penury`` (0 to 1) add to the log-odds of fair treatment."""
    tone = p.boss_tone * officer.led + p.both_tone * officer.led * officer.skill
    return tone - p.pressing_tone * (level - p.usual_level) - p.penury_tone * (penury - p.usual_penury)


def initialise(sim: Simulation) -> None:
    """Initialise sectors, schooling, time since the course, skill and usual habits of officers."""
    w, tick, seed = sim.w, sim.tick, sim.seed
    for o, officer in enumerate(w.officers):
        p = w.p.practices[w.facilities[officer.facility].settlement]
        officer.sector = w.posts[officer.post].sector if officer.post != NO_POST else -1
        officer.schooling = UNIT_SPREAD_FACTOR * (keyed_uniform(seed, SCHOOLED_STREAM, 0, o, 0) - 0.5)
        officer.tick_trained = tick - int(
            MONTH * MAX_MONTHS_SINCE_COURSE * keyed_uniform(seed, TAUGHT_SINCE_STREAM, 0, o, 0)
        )
        for k, name in enumerate(PRACTICE_NAMES):
            set_habit(officer, k, getattr(p, f"usual_{name}"))
    assign_bosses(w)
    decay_skills(w)


def take_up(sim: Simulation) -> None:
    """Update sectors, support of orders, bosses, skills and habits, in this order."""
    w = sim.w
    reshuffle_sectors(w)
    update_order_support(w)
    assign_bosses(w)
    decay_skills(w)
    review_habits(w)


@constant
def sectors_by_cell(sim: Simulation) -> IntArray:
    """Return the sector of each cell by the written routes, -1 outside all."""
    found = np.full(sim.town.n_cells, -1, np.int64)
    for s, sector in enumerate(sim.town.sectors):
        found[sim.town.routes["cell"][sector.route_start : sector.route_end]] = s
    return found


@constant
def team_leaders(sim: Simulation) -> IntArray:
    """Return an array for the position of the team leader of each sector; `find_team_leaders` writes it."""
    return np.full(len(sim.town.sectors), -1, np.int64)


def find_team_leaders(sim: Simulation) -> IntArray:
    """Write and return `team_leaders`: the position of the team leader of each sector, -1 where it has none."""
    officers, found = sim.w.officers, sim.w.team_leaders
    found[:] = -1
    for o in np.flatnonzero((officers["seat"] == 0) & (officers["sector"] >= 0))[::-1]:
        found[officers["sector"][o]] = o
    return found


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return means over officers: the four habits, months in a sector, skill; and the stations supported."""
    sim = month.world
    officers = sim.w.officers
    placed = officers["sector"] >= 0
    found = {f"habit_{name}": mean_or_nan(officers[f"habit_{name}"]) for name in PRACTICE_NAMES}
    months = (sim.tick - officers["tick_sector"][placed]) / MONTH
    return found | {
        "months_in_sector": mean_or_nan(months),
        "skill_held": mean_or_nan(officers["skill"]),
        "stations_supported": mean_or_nan(sim.w.stations["supported"]),
    }


def mean_or_nan(values: IntArray | FloatArray) -> float:
    """Return the mean, or nan of no values."""
    return float(np.mean(values)) if len(values) else math.nan


MECHANISM = Mechanism(
    group=Practices,
    tables=(STATIONS, BOSSES),
    counts=PracticeCounts,
    initialise=initialise,
    knockout=Knockout(("habits_reviewed", "sector_changes", "visits_planned")),
    measures=measures_from(
        snapshot,
        {
            "habit_team": "0-1",
            "habit_area": "0-1",
            "habit_analysis": "0-1",
            "habit_follow": "0-1",
            "months_in_sector": "months",
            "skill_held": "0-1",
            "stations_supported": "share",
        },
    ),
)
