"""M43, practices: the four habits of MOPSIC that officers have more or less of: team, area, analysis, follow-up.

A habit lies between 0 and 1.  Each month an officer may review it: its new value is a logistic function of training,
the boss, colleagues, orders and conditions.

Switched off, habits stay as they are at the start, couples keep to their own sectors and plan no hours.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from model.engine.calendar import MONTH
from model.engine.elementary import LN_2, exp, log
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.adoption.schema import Adoption
from model.police.officers.schema import Officers
from model.police.practices.schema import (
    BOSSES,
    HABIT_COLUMNS,
    MAX_MONTHS_SINCE_COURSE,
    MAX_SECTOR_MONTHS,
    N_PRACTICES,
    NEWCOMER_SHARE,
    PRACTICE_NAMES,
    RESHUFFLED_STREAM,
    REVIEWS_ANALYSIS,
    REVIEWS_AREA,
    REVIEWS_FOLLOW,
    REVIEWS_TEAM,
    ROLE_CHIEF,
    ROLE_LEADER,
    ROLE_STAFF,
    SCHOOLED_STREAM,
    SENT_TO_SECTOR_STREAM,
    SKILL_HALF_LIFE_MONTHS,
    STATIONS,
    SUPPORT_LASTS_STREAM,
    SWAPPED_OFFICERS,
    TAUGHT_SINCE_STREAM,
    UNIT_SPREAD_FACTOR,
    USUAL_EXPERIENCE_SHARE,
    PracticeCounts,
    Practices,
    StationOrders,
)
from model.police.pressure.schema import Pressure
from model.police.resources.schema import Resources
from model.town.police import NO_POST, POLICE_FOUNDED, POST_COPIES, FacilityRow, Officer
from model.world.binding import of
from model.world.columns import MonthlyCounts
from model.world.mechanism import Knockout, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import monthly_probability
from model.world.shift_context import PoliceTables, ShiftContext
from model.world.state import OFFICERS, CoupleRow


class HabitTables(TableBundle):
    """Officers, their bosses, and the parameters that move their habits."""

    officers: Rows[Officer]
    facilities: Rows[FacilityRow]
    bosses: IntArray = of(BOSSES)
    practices: Rows[Practices]
    adoption: Rows[Adoption]
    states: Rows[Officers]
    pressure: Rows[Pressure]
    resources: Rows[Resources]
    stations: Rows[StationOrders]


class Example(NamedTuple):
    """Habits of colleagues (mean), boss and chief, 0 to 1, and whether an order is supported (1) or not (0)."""

    colleagues: float
    boss: float
    chief: float
    supported: int


@kernel
def chief_of_facility(officers: Rows[Officer], f: int) -> int:
    """Return the position of the chief of a facility, its first officer, or -1."""
    for o in range(len(officers)):
        if officers[o].facility == f:
            return o
    return -1


@allocating_kernel
def assign_bosses(officers: Rows[Officer], bosses: IntArray, n_facilities: int, n_sectors: int) -> None:
    """Assign chiefs, team leaders and bosses; updates `officers.leads`, `officers.led` and ``bosses``.

    The chief is the first officer of a facility, the leader the first in seat 0 of a sector.  The boss of a leader is
    the chief, and that of others their leader, or the chief where there is none.
    """
    chiefs, leaders = np.full(n_facilities, -1, np.int64), np.full(n_sectors, -1, np.int64)
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
def decay_skills(officers: Rows[Officer], tick: int) -> None:
    """Update `officers.skill`: full under a trained boss, else decaying with the time since the course."""
    for o in range(len(officers)):
        officer = officers[o]
        months = (tick - officer.tick_trained) / MONTH
        officer.skill = officer.trained * (1.0 if officer.led == 1 else exp(-LN_2 * months / SKILL_HALF_LIFE_MONTHS))


@allocating_kernel
def reshuffle_sectors(
    plant: PoliceTables, practices: Rows[Practices], tally: Rows[MonthlyCounts], tick: int, seed: int
) -> None:
    """Swap the sectors of couples of a group, less where the chief keeps teams.

    Updates `officers.sector`, `officers.tick_sector` and `tally.sector_changes`.
    """
    officers = plant.officers
    n, others = len(plant.posts) // POST_COPIES, np.zeros(len(plant.posts), np.int64)
    for post in range(n):
        f, group = plant.posts[post].facility, plant.posts[post].group
        p, chief = practices[plant.facilities[f].settlement], chief_of_facility(officers, f)
        chance = monthly_probability(p.reshuffle * (1.0 - p.keeping * officers[chief].habit_team))
        # A swap moves two couples: each begins it with half of the probability.
        if keyed_uniform(seed, RESHUFFLED_STREAM, tick, post, 0) >= 0.5 * chance:
            continue
        k = 0
        for other in range(n):
            if other != post and plant.posts[other].facility == f and plant.posts[other].group == group:
                others[k] = other
                k += 1
        if k > 0:
            other = others[int(keyed_uniform(seed, RESHUFFLED_STREAM, tick, post, 1) * k)]
            swap_sectors(plant, post, other, tick)
            tally[0].sector_changes += SWAPPED_OFFICERS


@kernel
def swap_sectors(plant: PoliceTables, post: int, other: int, tick: int) -> None:
    """Swap the sectors of the officers of two posts; updates `officers.sector` and `officers.tick_sector`."""
    officers = plant.officers
    here, there = officers[plant.seats[post, 0]].sector, officers[plant.seats[other, 0]].sector
    for seat in range(2):
        one, two = officers[plant.seats[post, seat]], officers[plant.seats[other, seat]]
        one.sector, two.sector = there, here
        one.tick_sector = two.tick_sector = tick


@kernel
def update_order_support(tables: HabitTables, tick: int, seed: int) -> None:
    """Begin the support of a new order at each facility and end it after its months; updates `stations`."""
    for f in range(len(tables.stations)):
        z = tables.facilities[f].settlement
        station, p = tables.stations[f], tables.practices[z]
        ordered = p.order_team + p.order_area + p.order_analysis + p.order_follow
        if ordered + tables.adoption[z].programme_places == 0.0:
            station.tick_ordered = station.until = -1
        elif station.tick_ordered < 0:
            u = keyed_uniform(seed, SUPPORT_LASTS_STREAM, tick, f, 0)
            months = p.support_least + max(0.0, p.support_most - p.support_least) * u
            station.tick_ordered, station.until = tick, tick + int(MONTH * months)
        station.supported = 1 if tick < station.until else 0


@kernel
def common_log_odds(officer: Officer, tables: HabitTables, z: int, tick: int) -> float:
    """Return the log-odds for all four habits alike: experience, schooling, faith, background, pressure, conditions."""
    p, a, s = tables.practices[z], tables.adoption[z], tables.states[z]
    months = (tick - officer.tick_sector) / MONTH if officer.sector >= 0 else 0.0
    wish = (
        p.tenure * (min(months, MAX_SECTOR_MONTHS) / MAX_SECTOR_MONTHS - USUAL_EXPERIENCE_SHARE)
        + p.schooling * officer.schooling
    )
    odds = exp(officer.faith) * s.faith
    wish += p.faith * (odds / (1.0 - s.faith + odds) - s.faith)
    wish += p.champion * officer.champion - (p.old_guard if officer.cohort < POLICE_FOUNDED else 0.0)
    if officer.branch == 0:
        wish -= p.pressing * (tables.pressure[z].level * a.busts * (1.0 - a.returned) - p.usual_pressing)
    return wish - p.penury * (1.0 - tables.resources[z].condition - p.usual_penury)


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
def review_habits(tables: HabitTables, tally: Rows[MonthlyCounts], tick: int, seed: int) -> None:
    """Let officers review each habit with probability `practices.renew`.

    All reviews see the habits before the month.  Updates the habits of officers and `tally.habits_reviewed`.
    """
    officers, n_homes = tables.officers, len(tables.facilities)
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
        p, boss = tables.practices[tables.facilities[f].settlement], tables.bosses[o]
        wish = common_log_odds(officer, tables, tables.facilities[f].settlement, tick)
        for k, stream in enumerate((REVIEWS_TEAM, REVIEWS_AREA, REVIEWS_ANALYSIS, REVIEWS_FOLLOW)):
            if keyed_uniform(seed, stream, tick, o, 0) < p.renew:
                example = Example(
                    colleagues=total[f, k] / staff[f],
                    boss=before[boss, k] if boss >= 0 else 0.0,
                    chief=before[chiefs[f], k],
                    supported=tables.stations[f].supported,
                )
                set_habit(officer, k, reviewed_habit(officer, k, example, wish, p))
                tally[0].habits_reviewed += 1.0


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
def sector_for_shift(
    shift: ShiftContext, couple: CoupleRow, plant: PoliceTables, f: int, post: int, p: Practices
) -> int:
    """Return the sector in which a couple serves this shift: the lead's own, or another of the facility at random."""
    own = plant.officers[couple.lead].sector
    chance = p.sent + p.sent_team * plant.officers[chief_of_facility(plant.officers, f)].habit_team
    if keyed_uniform(shift.seed, SENT_TO_SECTOR_STREAM, shift.tick, post, 0) < chance:
        return own
    first, n = -1, 0
    for s in range(len(plant.sectors)):
        if plant.sectors[s].facility == f:
            first = s if first < 0 else first
            n += 1
    if n < 2:
        return own
    # One of the n - 1 other sectors of the facility, which are numbered in a row.
    other = first + int(keyed_uniform(shift.seed, SENT_TO_SECTOR_STREAM, shift.tick, post, 1) * (n - 1))
    return other + 1 if other >= own else other


@kernel
def conduct_log_odds(officer: Officer, p: Practices, level: float, penury: float) -> float:
    """Return what boss, pressure ``level`` and ``penury`` (0 to 1) add to the log-odds of fair treatment."""
    tone = p.boss_tone * officer.led + p.both_tone * officer.led * officer.skill
    return tone - p.pressing_tone * (level - p.usual_level) - p.penury_tone * (penury - p.usual_penury)


def initialise(world: World) -> None:
    """Initialise sectors, schooling, time since the course, skill and usual habits of officers."""
    officers, plant, tick, seed = world.plant.officers, world.plant, world.tick, world.seed
    for o, officer in enumerate(officers):
        p = world.parameters[Practices][plant.facilities[officer.facility].settlement]
        officer.sector = plant.posts[officer.post].sector if officer.post != NO_POST else -1
        officer.schooling = UNIT_SPREAD_FACTOR * (keyed_uniform(seed, SCHOOLED_STREAM, 0, o, 0) - 0.5)
        officer.tick_trained = tick - int(
            MONTH * MAX_MONTHS_SINCE_COURSE * keyed_uniform(seed, TAUGHT_SINCE_STREAM, 0, o, 0)
        )
        for k, name in enumerate(PRACTICE_NAMES):
            set_habit(officer, k, getattr(p, f"usual_{name}"))
    assign_bosses(officers, world.state[BOSSES], len(plant.facilities), len(plant.sectors))
    decay_skills(officers, tick)


def close_month(world: World) -> None:
    """Update sectors, support of orders, bosses, skills and habits, in this order."""
    plant, tables, tick, seed = world.plant, world.view(HabitTables), world.tick, world.seed
    reshuffle_sectors(plant, world.parameters[Practices], world.tally, tick, seed)
    update_order_support(tables, tick, seed)
    assign_bosses(plant.officers, tables.bosses, len(plant.facilities), len(plant.sectors))
    decay_skills(plant.officers, tick)
    review_habits(tables, world.tally, tick, seed)


def sectors_by_cell(world: World) -> IntArray:
    """Return the sector of each cell by the written routes, -1 outside all."""
    found = np.full(world.town.n_cells, -1, np.int64)
    for s, sector in enumerate(world.town.sectors):
        found[world.town.routes["cell"][sector.route_start : sector.route_end]] = s
    return found


def team_leaders(world: World) -> IntArray:
    """Return the position of the team leader of each sector, -1 where it has none."""
    officers, found = world.state[OFFICERS], np.full(len(world.town.sectors), -1, np.int64)
    for o in np.flatnonzero((officers["seat"] == 0) & (officers["sector"] >= 0))[::-1]:
        found[officers["sector"][o]] = o
    return found


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return means over officers: the four habits, months in a sector, skill; and the stations supported."""
    world = month.world
    officers = world.state[OFFICERS]
    placed = officers["sector"] >= 0
    found = {f"habit_{name}": mean_or_nan(officers[f"habit_{name}"]) for name in PRACTICE_NAMES}
    months = (world.tick - officers["tick_sector"][placed]) / MONTH
    return found | {
        "months_in_sector": mean_or_nan(months),
        "skill_held": mean_or_nan(officers["skill"]),
        "stations_supported": mean_or_nan(world.state[STATIONS]["supported"]),
    }


def mean_or_nan(values: IntArray | FloatArray) -> float:
    """Return the mean, or nan of no values."""
    return float(np.mean(values)) if len(values) else math.nan


MECHANISM = Mechanism(
    group=Practices,
    tables=(STATIONS, BOSSES),
    counts=PracticeCounts,
    writes=(
        *HABIT_COLUMNS,
        "officers.sector",
        "officers.tick_sector",
        "officers.schooling",
        "officers.tick_trained",
        "officers.skill",
        "officers.leads",
        "officers.led",
    ),
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
