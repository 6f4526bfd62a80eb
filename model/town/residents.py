"""Residents of a town: persons, households, ties, and their places by kind of day and shift.

Everything here is drawn once per town from `population.seed`.  Shares of the census hold exactly or on average, as each
function says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import DAYS_A_YEAR, MARKET_DAY, NIGHT, REST_DAY, SHIFTS, Calendar, day_number
from model.engine.kernels import allocating_kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import (
    Int8Column,
    Int16Column,
    Int32Column,
    Row,
    zero_rows,
)
from model.town.territory import apportion, town_draws

if TYPE_CHECKING:
    from model.engine.rows import (
        BoolArray,
        FloatArray,
        Int32Array,
        IntArray,
        Rows,
    )
    from model.engine.scenario import Scenario
    from model.residents.daily_rhythm import DailyRhythm
    from model.town.territory import Cell, Land

INFANT, STUDENT, SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE, HOMEMAKER, ELDER = range(9)
"""Occupations."""
OUTSIDE_TOWN = -1
"""Place of residents who are outside the municipality."""
N_PRESENCE_LISTS = 3 * SHIFTS
"""Presence lists: three kinds of day times three shifts."""
SCHOOL_AGE, MIDDLE_SCHOOL_AGE, ADULT_AGE, OLD_AGE = 7, 13, 18, 65
"""Ages in years; adult by the Código Civil, article 8."""
YOUTH_AGE, MIDDLE_AGE, STUDY_END, OLDEST_AGE = 15.0, 30.0, 25.0, 90.0
"""Ages in years: limits of the census' age groups, end of studies, oldest resident."""
N_TIES = 6
"""Ties of a resident by one's own choice: two kin, two neighbours, two of work or school."""
N_LATER_TIES = 2
"""Most newcomers who become a tie of a resident; their columns follow, -1 until they are known."""
TIE_ATTEMPTS = 24
"""Draws from one circle before a tie is sought in a wider one."""
SAME_CELL, SAME_SETTLEMENT, SAME_WORK, EVERYBODY = range(4)
"""Circles from which ties are drawn."""


class Person(Row):
    """A resident.

    ``born`` is the day of birth; ``arrives`` the day on which a future resident is born or moves here, -1 for initial
    residents.  Flags are 0 or 1.
    """

    home: Int32Column
    household: Int32Column
    settlement: Int16Column
    born: Int32Column
    female: Int8Column
    indigenous: Int8Column
    occupation: Int8Column
    council: Int8Column
    vehicle: Int8Column
    business: Int8Column
    arrives: Int32Column


@dataclass(frozen=True, init=False)
class Population(ParameterGroup):
    """Size, growth, households, ages and work of the population."""

    name = "population"
    mechanism = False
    evidence = ("R01", "R02", "R03", "R04", "R05", "R19")

    total: int
    census: float
    growth: float
    births: float
    in_migration: float
    room: float
    scale: float
    seed: int
    household_size: float
    share_female: float
    share_indigenous: float
    share_under_15: float
    share_15_29: float
    share_65_on: float
    vehicles_per_household: float
    at_school_7_12: float
    at_school_13_17: float
    at_school_18_24: float
    men_working: float
    women_working: float
    shopkeepers: float
    vendors: float
    transport: float
    farm: float
    business: float
    council: float
    work_near: float
    kin_near: float


@dataclass(frozen=True)
class Residents:
    """Tables of residents as built; `model.town.town.Town` explains them.

    ``circle`` is the place of work or school of each resident, those of schools after the cells.
    """

    people: Rows[Person]
    circle: IntArray
    ties: Int32Array
    places: Int32Array
    who_start: IntArray
    who: Int32Array


def build_residents(scenario: Scenario, land: Land) -> Residents:
    """Build the residents of a map, their ties and the presence lists."""
    parameters: Population = scenario["population"]
    people = person_table(scenario, land)
    work, school = draw_work_cells(people, land, parameters), assign_schools(people, land, parameters.seed)
    places = presence_table(scenario, land, people, work, school)
    who_start, who = index_presence(places, len(land.cells))
    circle = np.where(people["occupation"] == STUDENT, len(land.cells) + school, work)
    ties = tie_table(people, circle, parameters)
    return Residents(people, circle, ties, places, who_start, who)


# Persons
def person_table(scenario: Scenario, land: Land) -> Rows[Person]:
    """Return the table of persons, sorted by home cell and household."""
    parameters: Population = scenario["population"]
    people = zero_rows(Person, land.residents)
    people["arrives"] = -1
    people["home"] = np.repeat(np.arange(len(land.cells)), land.cells["population"])
    people["settlement"] = land.cells["settlement"][people["home"]]
    people["household"] = draw_households(land.cells["population"], parameters)
    member = household_positions(people["household"])
    days = np.floor(draw_ages(member, parameters) * DAYS_A_YEAR).astype(np.int64)
    people["born"] = day_number(Calendar.of(scenario).first_date) - days
    years = days / DAYS_A_YEAR
    people["female"] = draw_sexes(people["household"], member, years, parameters)
    people["indigenous"] = household_draws(people, "town.indigenous", parameters) < parameters.share_indigenous
    people["vehicle"] = household_draws(people, "town.vehicle", parameters) < parameters.vehicles_per_household
    people["occupation"] = draw_occupations(people, years, land.cells["core"][people["home"]], parameters)
    adult = years >= ADULT_AGE
    people["business"] = draw_businesses(people["occupation"], adult, parameters)
    organised = np.array([settlement.organised for settlement in land.settlements])[people["settlement"]]
    people["council"] = adult & (
        town_draws(parameters.seed, "town.council", len(people)) < parameters.council * organised
    )
    return people


def draw_households(population: IntArray, parameters: Population) -> IntArray:
    """Return the household of each resident, given the residents per cell.

    Households vary in size, lie in one cell, and are numbered without gaps.
    """
    n_in_cell = np.maximum(np.floor(population / parameters.household_size + 0.5), 1.0).astype(np.int64)
    n_in_cell = np.where(population > 0, n_in_cell, 0)
    weight = 0.5 + town_draws(parameters.seed, "town.household", int(n_in_cell.sum()))
    cell = np.repeat(np.arange(len(population)), n_in_cell)
    total = np.bincount(cell, weight, minlength=len(population))
    width = weight * (population[cell] / total[cell])
    person = np.searchsorted(np.cumsum(width), np.arange(population.sum()) + 0.5)
    # Rounding of the cumulative sum may put a person into a household of the next cell: clip to the own cell.
    home = np.repeat(np.arange(len(population)), population)
    last = np.cumsum(n_in_cell)[home] - 1
    person = np.clip(person, last - n_in_cell[home] + 1, last)
    return np.unique(person, return_inverse=True)[1]


def household_positions(household: IntArray) -> IntArray:
    """Return the position of each resident within the household, from 0."""
    first = np.searchsorted(household, household)
    return np.arange(len(household)) - first


def draw_ages(member: IntArray, parameters: Population) -> FloatArray:
    """Return ages in years; the shares of the age groups are exactly those of the census.

    ``member`` is the position within the household: the first members are the older ones.
    """
    n = len(member)
    young, youth, old = parameters.share_under_15, parameters.share_15_29, parameters.share_65_on
    middle = max(1.0 - young - youth - old, 0.0)
    n_old, n_middle, _, n_young = apportion(n, [old, middle, youth, young])
    order = np.argsort(member + 2.0 * town_draws(parameters.seed, "town.age", n), kind="stable")
    grown, youths = order[: n_old + n_middle], order[n_old + n_middle : n - n_young]
    grown = grown[np.argsort(town_draws(parameters.seed, "town.age", n, 1)[grown], kind="stable")]
    u = town_draws(parameters.seed, "town.age", n, 2)
    years = YOUTH_AGE * u
    years[youths] = YOUTH_AGE + (MIDDLE_AGE - YOUTH_AGE) * u[youths]
    # Numbers fall with age: the square of a uniform is denser at the lower end.
    years[grown[:n_old]] = OLD_AGE + (OLDEST_AGE - OLD_AGE) * np.square(u[grown[:n_old]])
    years[grown[n_old:]] = MIDDLE_AGE + (OLD_AGE - MIDDLE_AGE) * (
        0.5 * u[grown[n_old:]] + 0.5 * np.square(u[grown[n_old:]])
    )
    return years


def draw_sexes(household: IntArray, member: IntArray, years: FloatArray, parameters: Population) -> BoolArray:
    """Return True for women and girls; the first two adults of a household are a woman and a man."""
    n, u = len(household), town_draws(parameters.seed, "town.female", len(household))
    second = np.flatnonzero((member == 1) & (years >= ADULT_AGE))
    second = second[years[second - 1] >= ADULT_AGE]
    # Couples are half women, so the other residents carry the census' deviation from one half.
    female = u < (parameters.share_female * n - len(second)) / max(n - 2 * len(second), 1)
    female[second - 1] = u[second - 1] < 0.5
    female[second] = ~female[second - 1]
    return female


def household_draws(people: Rows[Person], name: str, parameters: Population) -> FloatArray:
    """Return one uniform number per resident, shared by all members of a household."""
    household: Int32Array = people["household"]
    return town_draws(parameters.seed, name, int(household.max()) + 1)[household]


def draw_occupations(people: Rows[Person], years: FloatArray, core: IntArray, parameters: Population) -> IntArray:
    """Return occupations by age and sex; residents of the core do not work on the land."""
    n = len(people)
    studying = np.select(
        [years < SCHOOL_AGE, years < MIDDLE_SCHOOL_AGE, years < ADULT_AGE, years < STUDY_END],
        [0.0, parameters.at_school_7_12, parameters.at_school_13_17, parameters.at_school_18_24],
        0.0,
    )
    student = town_draws(parameters.seed, "town.student", n) < studying
    working = np.where(people["female"] == 1, parameters.women_working, parameters.men_working)
    working = np.where(years < YOUTH_AGE, 0.0, working)
    works = ~student & (town_draws(parameters.seed, "town.works", n) < working)
    job = draw_jobs(town_draws(parameters.seed, "town.job", n), parameters)
    job = np.where((job == FARM) & (core == 1), EMPLOYEE, job)
    ages_first = [years < SCHOOL_AGE, years >= OLD_AGE, student, works]
    return np.select(ages_first, [INFANT, ELDER, STUDENT, job], HOMEMAKER)


def draw_jobs(u: FloatArray, parameters: Population) -> IntArray:
    """Return the kind of work for uniform numbers, by the shares of workers."""
    ends = np.cumsum([parameters.shopkeepers, parameters.vendors, parameters.transport, parameters.farm])
    return np.array([SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE])[np.searchsorted(ends, u, side="right")]


def draw_businesses(occupation: IntArray, adult: BoolArray, parameters: Population) -> NDArray[np.int8]:
    """Return 1 for adults in trade or transport who run a business, exactly the site's share."""
    able = np.flatnonzero(adult & np.isin(occupation, (SHOPKEEPER, VENDOR, TRANSPORT)))
    chosen = able[np.argsort(town_draws(parameters.seed, "town.business", len(adult))[able], kind="stable")]
    runs = np.zeros(len(adult), dtype=np.int8)
    runs[chosen[: math.floor(parameters.business * adult.sum() + 0.5)]] = 1
    return runs


# Places
def draw_cells(u: FloatArray, weight: FloatArray) -> IntArray:
    """Return a cell for each uniform number, in proportion to the weights."""
    reach = np.cumsum(weight, dtype=float)
    chosen: IntArray = np.minimum(np.searchsorted(reach, u * reach[-1], side="right"), np.flatnonzero(weight > 0)[-1])
    return chosen


def draw_own_cells(u: FloatArray, settlement: IntArray, weight: FloatArray, cells: Rows[Cell]) -> IntArray:
    """Return a cell of the resident's own settlement for each uniform number.

    ``weight`` is by cell; where the settlement has none, the cell is drawn from the whole map.
    """
    chosen = draw_cells(u, weight)
    for row in np.unique(settlement):
        here = np.where(cells["settlement"] == row, weight, 0.0)
        if here.sum() > 0.0:
            own = settlement == row
            chosen[own] = draw_cells(u[own], here)
    return chosen


def draw_work_cells(people: Rows[Person], land: Land, parameters: Population) -> IntArray:
    """Return the cell of each resident's work inside the municipality, or home for those without work."""
    cells, n = land.cells, len(people)
    u = town_draws(parameters.seed, "town.workplace", n)
    trade = np.where(cells["population"] > 0, cells["shops"] + cells["schools"] + 0.2, 0.0)
    anywhere, near = draw_cells(u, trade), draw_own_cells(u, people["settlement"], trade, cells)
    work = np.where(town_draws(parameters.seed, "town.workplace", n, 1) < parameters.work_near, near, anywhere)
    shops = np.where(cells["shops"].sum() > 0, cells["shops"], trade)
    shop = draw_own_cells(u, people["settlement"], shops.astype(float), cells)
    work = np.where(people["occupation"] == SHOPKEEPER, shop, work)
    work = np.where(people["occupation"] == FARM, draw_fields(people["home"], land.near, u), work)
    idle = np.isin(people["occupation"], (INFANT, STUDENT, HOMEMAKER, ELDER))
    return np.where(idle, people["home"], work)


def draw_fields(home: IntArray, near: IntArray, u: FloatArray) -> IntArray:
    """Return a cell beside home for work on the land, or home itself at the edge of the map."""
    beside = near[home, (u * near.shape[1]).astype(np.int64)]
    return np.where(beside >= 0, beside, home)


def assign_schools(people: Rows[Person], land: Land, seed: int) -> IntArray:
    """Return the cell of each resident's school, in the own settlement if it has any."""
    cells = land.cells
    weight = cells["schools"] if cells["schools"].sum() > 0 else cells["population"]
    return draw_own_cells(town_draws(seed, "town.school", len(people)), people["settlement"], weight, cells)


def presence_table(
    scenario: Scenario, land: Land, people: Rows[Person], work: IntArray, school: IntArray
) -> Int32Array:
    """Return every resident's cell by presence list, -1 outside the municipality."""
    rhythm, cells, n = scenario["daily_rhythm"], land.cells, len(people)
    seed = scenario["population"].seed
    occupation = people["occupation"]
    worker = (occupation >= SHOPKEEPER) & (occupation <= EMPLOYEE)
    commuter = draw_commuters(occupation, worker, rhythm.outside, seed)
    market = draw_cells(town_draws(seed, "town.stall", n), cells["market"])
    core = draw_cells(town_draws(seed, "town.errand", n), cells["core"] * (1.0 + cells["shops"]))
    lively = np.where(cells["population"] > 0, 1.0 + cells["shops"] + 3.0 * cells["bars"], 0.0)
    street = draw_own_cells(town_draws(seed, "town.street", n), people["settlement"], lively, cells)
    able = occupation != INFANT
    places = np.empty((N_PRESENCE_LISTS, n), dtype=np.int32)
    for row in range(N_PRESENCE_LISTS):
        kind, shift = divmod(row, SHIFTS)
        at_work = worker & (town_draws(seed, "town.at_work", n, shift) < share_at_work(rhythm, kind, shift))
        at_school = (occupation == STUDENT) & (
            town_draws(seed, "town.at_school", n, shift) < share_at_school(rhythm, kind, shift)
        )
        out = town_draws(seed, "town.out", n, shift)
        downtown, on_street = share_downtown(rhythm, kind, shift), share_on_streets(rhythm, kind, shift)
        stall = np.where((kind == MARKET_DAY) & (occupation == VENDOR), market, work)
        places[row] = np.select(
            [
                at_work & commuter,
                at_work,
                at_school,
                able & (out < downtown),
                able & (out < downtown + on_street),
            ],
            [OUTSIDE_TOWN, stall, school, market if kind == MARKET_DAY else core, street],
            people["home"],
        )
    return places


def draw_commuters(occupation: IntArray, worker: BoolArray, outside: float, seed: int) -> BoolArray:
    """Return True for employees who work outside; ``outside`` is their share of all workers."""
    able = np.isin(occupation, (EMPLOYEE, TRANSPORT))
    chance = min(outside * int(worker.sum()) / max(int(able.sum()), 1), 1.0)
    return able & (town_draws(seed, "town.commuter", len(occupation)) < chance)


def share_at_work(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Return the share of workers at work."""
    by_shift = (rhythm.work_morning, rhythm.work_evening, rhythm.work_night)[shift]
    return by_shift * (rhythm.work_rest if kind == REST_DAY and shift != NIGHT else 1.0)


def share_at_school(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Return the share of students at school."""
    return 0.0 if kind == REST_DAY else (rhythm.school_morning, rhythm.school_evening, 0.0)[shift]


def share_downtown(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Return the share of the others at the market on market days, or in the urban core on other days."""
    if shift == NIGHT:
        return 0.0
    if kind == MARKET_DAY:
        return (rhythm.market_morning, rhythm.market_evening)[shift]
    return rhythm.errands


def share_on_streets(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Return the share of the others on the streets of their settlement."""
    if shift == NIGHT:
        return rhythm.street_night
    return rhythm.street_rest if kind == REST_DAY else (rhythm.street_morning, rhythm.street_evening)[shift]


def index_presence(places: Int32Array, n_cells: int) -> tuple[IntArray, Int32Array]:
    """Return the residents present in each cell by presence list, in compressed rows.

    Residents of ``cell`` are ``who[list, who_start[list, cell]:who_start[list, cell + 1]]``; unused places hold -1.
    """
    who_start = np.zeros((len(places), n_cells + 1), dtype=np.int64)
    who = np.full(places.shape, -1, dtype=np.int32)
    for row, place in enumerate(places):
        here = np.flatnonzero(place >= 0)
        who_start[row, 1:] = np.cumsum(np.bincount(place[here], minlength=n_cells))
        who[row, : len(here)] = here[np.argsort(place[here], kind="stable")]
    return who_start, who


# Ties
class TieCircles(NamedTuple):
    """Circles of residents from which ties are drawn.

    ``members[circle]`` lists the residents by circle; those of resident ``i`` are
    ``members[circle, spans[circle, 0, i]:spans[circle, 1, i]]``.  ``household`` is by resident, future ones included;
    ``everyone`` lists those among whom ties are sought.  ``like`` is the resident whose circles each one shares.
    """

    household: IntArray
    everyone: IntArray
    members: IntArray
    spans: IntArray
    like: IntArray


@allocating_kernel
def _draw_stranger(
    key: tuple[int, int, int, int],
    group: IntArray,
    start: int,
    end: int,
    household: IntArray,
    known: Int32Array,
) -> int:
    """Draw an unknown resident of another household from ``group[start:end]``; -1 if none.

    ``key`` is seed, stream, resident and number of the search.
    """
    seed, stream, me, search = key
    for attempt in range(TIE_ATTEMPTS if end > start else 0):
        u = keyed_uniform(seed, stream, 0, me, TIE_ATTEMPTS * search + attempt)
        other: int = group[start + int(u * (end - start))]
        if household[other] != household[me] and not np.any(known == other):
            return other
    return -1


@allocating_kernel
def _first_stranger(me: int, n: int, household: IntArray, known: Int32Array) -> int:
    """Return the next resident in the table who is not yet known, of another household if possible."""
    for same_household in range(2):
        for step in range(1, n):
            other = (me + step) % n
            if (household[other] != household[me] or same_household) and not np.any(known == other):
                return other
    return (me + 1) % n


@allocating_kernel
def _fill_ties(seed: int, stream: int, near: BoolArray, circles: TieCircles, first: int, ties: Int32Array) -> None:
    """Write the ties of residents ``first`` onwards, each from its own circle or, failing that, a wider one.

    ``near[nth, me]`` is True where kin ``nth`` of resident ``me`` lives in the same settlement.  Ties that are there
    already stay.
    """
    n = len(circles.everyone)
    for me in range(first, len(circles.like)):
        for nth in range(N_TIES):
            if ties[me, nth] >= 0:
                continue
            # Ties 0 and 1 are kin, 2 and 3 neighbours, 4 and 5 of work or school.
            if nth < 2:
                first = SAME_SETTLEMENT if near[nth, me] else EVERYBODY
            else:
                first = SAME_CELL if nth < 4 else SAME_WORK
            other = -1
            for attempt in range(4):
                if other >= 0:
                    break
                circle = first if attempt == 0 else (SAME_CELL, SAME_SETTLEMENT, EVERYBODY)[attempt - 1]
                group, start, end = circles.everyone, 0, n
                if circle != EVERYBODY:
                    group = circles.members[circle]
                    start, end = circles.spans[circle, :, circles.like[me]]
                key = (seed, stream, me, 4 * nth + attempt)
                other = _draw_stranger(key, group, start, end, circles.household, ties[me])
            ties[me, nth] = other if other >= 0 else _first_stranger(me, n, circles.household, ties[me])


def tie_table(people: Rows[Person], circle: IntArray, parameters: Population) -> Int32Array:
    """Return six ties of each resident, two kin, two neighbours, two of work or school, and free columns."""
    ties = np.full((len(people), N_TIES + N_LATER_TIES), -1, dtype=np.int32)
    draw_ties(people, circle, np.arange(len(people)), 0, parameters, ties)
    return ties


def draw_ties(
    people: Rows[Person], circle: IntArray, like: IntArray, first: int, parameters: Population, ties: Int32Array
) -> None:
    """Write the ties of residents ``first`` onwards that are not there yet.

    Parameters
    ----------
    people
        All residents; those among whom ties are sought stand first.
    circle
        Place of work or school of those among whom ties are sought.
    like
        Resident whose circles each resident shares, oneself or the one after whom a row was made.
    """
    known = people[: len(circle)]
    groups = [group_by_key(key) for key in (known["home"], known["settlement"], circle)]
    near = np.array(
        [town_draws(parameters.seed, "town.kin", len(people), nth) < parameters.kin_near for nth in range(2)]
    )
    circles = TieCircles(
        household=people["household"].astype(np.int64),
        everyone=np.arange(len(known)),
        members=np.array([members for members, _ in groups]),
        spans=np.array([spans for _, spans in groups]),
        like=like,
    )
    _fill_ties(parameters.seed, stream_id("town.tie"), near, circles, first, ties)


def group_by_key(key: IntArray) -> tuple[IntArray, IntArray]:
    """Return the residents sorted by a key, and start and end of each resident's group in that order."""
    key = key.astype(np.int64)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    spans = [np.searchsorted(ordered, key, side=side) for side in ("left", "right")]
    return order, np.array(spans)
