"""Residents: one row a person, their households, ties, and where they are by kind of day and shift."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import DAYS_A_YEAR, MARKET_DAY, NIGHT, REST_DAY, SHIFTS, Calendar, day_number
from model.engine.kernels import making_arrays
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision, luck
from model.engine.rows import Bit, Flags, Ints, Reals, Row, Rows, Short, Small, Smalls, zeros
from model.engine.scenario import Scenario
from model.residents.daily_rhythm.schema import DailyRhythm
from model.town.territory import Cell, Land, apportion, lots

INFANT, STUDENT, SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE, HOME, ELDER = range(9)
"""Occupations."""
OUTSIDE = -1
"""The place of those who are outside the municipality."""
LISTS = 3 * SHIFTS
SCHOOL_AGE, MIDDLE_SCHOOL_AGE, ADULT_AGE, OLD_AGE = 7, 13, 18, 65
TRIES = 24


class Person(Row):
    """A resident; ``arrives`` is the day of birth or of moving here of those to come, -1 for those here at first."""

    home: Small
    household: Small
    settlement: Short
    born: Small
    female: Bit
    indigenous: Bit
    occupation: Bit
    council: Bit
    vehicle: Bit
    business: Bit
    arrives: Small


_CENSUS = "INE census 2018, order of magnitude from memory, to verify"


@dataclass(frozen=True, kw_only=True)
class Population(Group):
    """How many live here, in what households, of what age and work."""

    name = "population"
    mechanism = False
    evidence = ("R01", "R02", "R03", "R04", "R05", "R19")

    total: int = number(
        100_000, "people", 1, 3_000_000, "R01, R02", "residents at the census, which stands for 2017", role="site"
    )
    growth: float = number(
        0.0, "share a year", -0.1, 0.1, "R23", "growth by which other first years are interpolated", role="site"
    )
    births: float = number(25.0, "per 1,000 a year", 0.0, 300.0, "assumed", "births", role="site")
    in_migration: float = number(5.0, "per 1,000 a year", 0.0, 300.0, "assumed", "people who move here", role="site")
    room: float = number(0.45, "share", 0.0, 2.0, "design", "rows for residents to come, over those at the start")
    scale: float = share(1.0, "design", "size of the simulated town, relative to the real one", low=0.05)
    seed: int = number(1, "integer", 0, 2**31 - 1, "design", "luck with which the town is built")
    household_size: float = number(4.5, "people", 3.0, 8.0, "R03-R05", "mean size of households", role="site")
    share_female: float = share(0.51, _CENSUS, "women and girls", low=0.3, high=0.7, role="site")
    share_indigenous: float = share(0.4, _CENSUS, "people who call themselves indigenous", role="site")
    share_under_15: float = share(0.33, _CENSUS, "younger than 15", high=0.6, role="site")
    share_15_29: float = share(0.29, _CENSUS, "from 15 to 29", high=0.6, role="site")
    share_65_on: float = share(0.05, _CENSUS, "65 or older", high=0.3, role="site")
    vehicles_per_household: float = share(0.35, _CENSUS, "households with a car or motorcycle", role="site")
    at_school_7_12: float = share(0.94, _CENSUS, "children from 7 to 12 who go to school")
    at_school_13_17: float = share(0.55, _CENSUS, "young people from 13 to 17 who go to school", role="site")
    at_school_18_24: float = share(0.12, _CENSUS, "young adults from 18 to 24 who study", role="site")
    men_working: float = share(0.88, _CENSUS, "men not at school, younger than 65, who work")
    women_working: float = share(0.42, _CENSUS, "women not at school, younger than 65, who work", role="site")
    shopkeepers: float = share(0.08, "assumed", "workers who keep a shop", high=0.25, role="site")
    vendors: float = share(0.06, "assumed", "workers who sell at markets and streets", high=0.25, role="site")
    transport: float = share(0.06, "assumed", "workers in transport", high=0.25, role="site")
    farm: float = share(0.15, "assumed", "workers on the land, outside the core", high=0.25, role="site")
    business: float = share(
        0.052, "assumed: 5,000 of 96,000 in Villa Canales", "adults with a shop, stall or bus", role="site"
    )
    council: float = share(0.02, "assumed", "adults on a council where all are organised", high=0.2)
    work_near: float = share(0.5, "assumed", "workers whose place of work is in their own settlement")
    kin_near: float = share(0.7, "assumed", "kin in other households who live in the same settlement")


@dataclass(frozen=True)
class Residents:
    """Everything about residents that is fixed when the town is built."""

    people: Rows[Person]
    ties: Smalls
    places: Smalls
    who_start: Ints
    who: Smalls


def build_residents(scenario: Scenario, land: Land) -> Residents:
    """Make the residents of a map, their ties and the lists of who is where."""
    numbers: Population = scenario["population"]
    people = people_of(scenario, land)
    work, school = work_cells(people, land, numbers), school_cells(people, land, numbers.seed)
    places = places_of(scenario, land, people, work, school)
    who_start, who = present(places, len(land.cells))
    circle = np.where(people["occupation"] == STUDENT, len(land.cells) + school, work)
    ties = ties_of(people, circle, numbers)
    return Residents(people, ties, places, who_start, who)


# Persons
def people_of(scenario: Scenario, land: Land) -> Rows[Person]:
    """Return the table of persons, in the order of their home cells and households."""
    numbers: Population = scenario["population"]
    people = zeros(Person, land.residents)
    people["arrives"] = -1
    people["home"] = np.repeat(np.arange(len(land.cells)), land.cells["population"])
    people["settlement"] = land.cells["settlement"][people["home"]]
    people["household"] = households(land.cells["population"], numbers)
    member = place_in_household(people["household"])
    days = np.floor(ages(member, numbers) * DAYS_A_YEAR).astype(np.int64)
    people["born"] = day_number(Calendar.of(scenario).first_date) - days
    years = days / DAYS_A_YEAR
    people["female"] = sexes(people["household"], member, years, numbers)
    people["indigenous"] = by_household(people, "town.indigenous", numbers) < numbers.share_indigenous
    people["vehicle"] = by_household(people, "town.vehicle", numbers) < numbers.vehicles_per_household
    people["occupation"] = occupations(people, years, land.cells["core"][people["home"]], numbers)
    adult = years >= ADULT_AGE
    people["business"] = businesses(people["occupation"], adult, numbers)
    organised = np.array([settlement.organised for settlement in land.settlements])[people["settlement"]]
    people["council"] = adult & (lots(numbers.seed, "town.council", len(people)) < numbers.council * organised)
    return people


def households(population: Ints, numbers: Population) -> Ints:
    """Return the household of each resident: of different sizes, each in one cell, numbered without gaps."""
    n_in_cell = np.maximum(np.floor(population / numbers.household_size + 0.5), 1.0).astype(np.int64)
    n_in_cell = np.where(population > 0, n_in_cell, 0)
    weight = 0.5 + lots(numbers.seed, "town.household", int(n_in_cell.sum()))
    cell = np.repeat(np.arange(len(population)), n_in_cell)
    total = np.bincount(cell, weight, minlength=len(population))
    width = weight * (population[cell] / total[cell])
    person = np.searchsorted(np.cumsum(width), np.arange(population.sum()) + 0.5)
    # Sums of floats may push one person over the edge of a cell, so the cell has the last word.
    home = np.repeat(np.arange(len(population)), population)
    last = np.cumsum(n_in_cell)[home] - 1
    person = np.clip(person, last - n_in_cell[home] + 1, last)
    return np.unique(person, return_inverse=True)[1]


def place_in_household(household: Ints) -> Ints:
    """Return the place of each resident within the household: 0, 1, 2 and so on."""
    first = np.searchsorted(household, household)
    return np.arange(len(household)) - first


def ages(member: Ints, numbers: Population) -> Reals:
    """Return ages in years: the census' shares exactly; first members of households are the older ones."""
    n = len(member)
    young, youth, old = numbers.share_under_15, numbers.share_15_29, numbers.share_65_on
    middle = max(1.0 - young - youth - old, 0.0)
    n_old, n_middle, _, n_young = apportion(n, [old, middle, youth, young])
    order = np.argsort(member + 2.0 * lots(numbers.seed, "town.age", n), kind="stable")
    grown, youths = order[: n_old + n_middle], order[n_old + n_middle : n - n_young]
    grown = grown[np.argsort(lots(numbers.seed, "town.age", n, 1)[grown], kind="stable")]
    u = lots(numbers.seed, "town.age", n, 2)
    years = 15.0 * u
    years[youths] = 15.0 + 15.0 * u[youths]
    # Fewer people at each higher age: the square of luck leans towards the lower end.
    years[grown[:n_old]] = 65.0 + 25.0 * u[grown[:n_old]] ** 2
    years[grown[n_old:]] = 30.0 + 35.0 * (0.5 * u[grown[n_old:]] + 0.5 * u[grown[n_old:]] ** 2)
    return years


def sexes(household: Ints, member: Ints, years: Reals, numbers: Population) -> Flags:
    """Return 1 for women and girls; the first two adults of a household are a woman and a man."""
    n, u = len(household), lots(numbers.seed, "town.female", len(household))
    second = np.flatnonzero((member == 1) & (years >= ADULT_AGE))
    second = second[years[second - 1] >= ADULT_AGE]
    # Couples are half women, so the others make up what the census has more or less than half.
    female = u < (numbers.share_female * n - len(second)) / max(n - 2 * len(second), 1)
    female[second - 1] = u[second - 1] < 0.5
    female[second] = ~female[second - 1]
    return female


def by_household(people: Rows[Person], name: str, numbers: Population) -> Reals:
    """Return one luck for each resident that is the same for all members of a household."""
    household: Smalls = people["household"]
    return lots(numbers.seed, name, int(household.max()) + 1)[household]


def occupations(people: Rows[Person], years: Reals, core: Ints, numbers: Population) -> Ints:
    """Return the occupation of each resident by age, sex and, for work on the land, home."""
    n = len(people)
    studying = np.select(
        [years < SCHOOL_AGE, years < MIDDLE_SCHOOL_AGE, years < ADULT_AGE, years < 25.0],
        [0.0, numbers.at_school_7_12, numbers.at_school_13_17, numbers.at_school_18_24],
        0.0,
    )
    student = lots(numbers.seed, "town.student", n) < studying
    working = np.where(people["female"] == 1, numbers.women_working, numbers.men_working)
    working = np.where(years < 15.0, 0.0, working)
    works = ~student & (lots(numbers.seed, "town.works", n) < working)
    job = jobs(lots(numbers.seed, "town.job", n), numbers)
    job = np.where((job == FARM) & (core == 1), EMPLOYEE, job)
    ages_first = [years < SCHOOL_AGE, years >= OLD_AGE, student, works]
    return np.select(ages_first, [INFANT, ELDER, STUDENT, job], HOME)


def jobs(u: Reals, numbers: Population) -> Ints:
    """Return the kind of work that belongs to a luck."""
    ends = np.cumsum([numbers.shopkeepers, numbers.vendors, numbers.transport, numbers.farm])
    return np.array([SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE])[np.searchsorted(ends, u, side="right")]


def businesses(occupation: Ints, adult: Flags, numbers: Population) -> NDArray[np.int8]:
    """Return 1 for the adults in trade or transport who run a business, as many as the site has."""
    able = np.flatnonzero(adult & np.isin(occupation, (SHOPKEEPER, VENDOR, TRANSPORT)))
    chosen = able[np.argsort(lots(numbers.seed, "town.business", len(adult))[able], kind="stable")]
    runs = np.zeros(len(adult), dtype=np.int8)
    runs[chosen[: math.floor(numbers.business * adult.sum() + 0.5)]] = 1
    return runs


# Places
def cells_by_luck(u: Reals, weight: Reals) -> Ints:
    """Return a cell for each luck, in proportion to the weights."""
    reach = np.cumsum(weight, dtype=float)
    chosen: Ints = np.minimum(np.searchsorted(reach, u * reach[-1], side="right"), np.flatnonzero(weight > 0)[-1])
    return chosen


def own_cells_by_luck(u: Reals, settlement: Ints, weight: Reals, cells: Rows[Cell]) -> Ints:
    """Return a cell of the own settlement for each luck; of the whole map where the settlement has none."""
    chosen = cells_by_luck(u, weight)
    for row in np.unique(settlement):
        here = np.where(cells["settlement"] == row, weight, 0.0)
        if here.sum() > 0.0:
            own = settlement == row
            chosen[own] = cells_by_luck(u[own], here)
    return chosen


def work_cells(people: Rows[Person], land: Land, numbers: Population) -> Ints:
    """Return the place of work of each resident inside the municipality; home for those without work."""
    cells, n = land.cells, len(people)
    u = lots(numbers.seed, "town.workplace", n)
    trade = np.where(cells["population"] > 0, cells["shops"] + cells["schools"] + 0.2, 0.0)
    anywhere, near = cells_by_luck(u, trade), own_cells_by_luck(u, people["settlement"], trade, cells)
    work = np.where(lots(numbers.seed, "town.workplace", n, 1) < numbers.work_near, near, anywhere)
    shops = np.where(cells["shops"].sum() > 0, cells["shops"], trade)
    shop = own_cells_by_luck(u, people["settlement"], shops.astype(float), cells)
    work = np.where(people["occupation"] == SHOPKEEPER, shop, work)
    work = np.where(people["occupation"] == FARM, fields(people["home"], land.near, u), work)
    idle = np.isin(people["occupation"], (INFANT, STUDENT, HOME, ELDER))
    return np.where(idle, people["home"], work)


def fields(home: Ints, near: Ints, u: Reals) -> Ints:
    """Return a cell beside the home, where work on the land is done; home itself where the map ends."""
    beside = near[home, (u * near.shape[1]).astype(np.int64)]
    return np.where(beside >= 0, beside, home)


def school_cells(people: Rows[Person], land: Land, seed: int) -> Ints:
    """Return the school of each resident: one in the own settlement if it has any."""
    cells = land.cells
    weight = cells["schools"] if cells["schools"].sum() > 0 else cells["population"]
    return own_cells_by_luck(lots(seed, "town.school", len(people)), people["settlement"], weight, cells)


def places_of(scenario: Scenario, land: Land, people: Rows[Person], work: Ints, school: Ints) -> Smalls:
    """Return the cell of every resident under each of the nine lists, kind of day times shift."""
    rhythm, cells, n = scenario["daily_rhythm"], land.cells, len(people)
    seed = scenario["population"].seed
    occupation = people["occupation"]
    worker = (occupation >= SHOPKEEPER) & (occupation <= EMPLOYEE)
    commuter = commuters(occupation, worker, rhythm.outside, seed)
    market = cells_by_luck(lots(seed, "town.stall", n), cells["market"])
    core = cells_by_luck(lots(seed, "town.errand", n), cells["core"] * (1.0 + cells["shops"]))
    lively = np.where(cells["population"] > 0, 1.0 + cells["shops"] + 3.0 * cells["bars"], 0.0)
    street = own_cells_by_luck(lots(seed, "town.street", n), people["settlement"], lively, cells)
    able = occupation != INFANT
    places = np.empty((LISTS, n), dtype=np.int32)
    for row in range(LISTS):
        kind, shift = divmod(row, SHIFTS)
        at_work = worker & (lots(seed, "town.at_work", n, shift) < work_share(rhythm, kind, shift))
        at_school = (occupation == STUDENT) & (
            lots(seed, "town.at_school", n, shift) < school_share(rhythm, kind, shift)
        )
        out = lots(seed, "town.out", n, shift)
        downtown, on_street = downtown_share(rhythm, kind, shift), street_share(rhythm, kind, shift)
        stall = np.where((kind == MARKET_DAY) & (occupation == VENDOR), market, work)
        places[row] = np.select(
            [
                at_work & commuter,
                at_work,
                at_school,
                able & (out < downtown),
                able & (out < downtown + on_street),
            ],
            [OUTSIDE, stall, school, market if kind == MARKET_DAY else core, street],
            people["home"],
        )
    return places


def commuters(occupation: Ints, worker: Flags, outside: float, seed: int) -> Flags:
    """Return who works outside the municipality: employees and transport workers, as many as the site has."""
    able = np.isin(occupation, (EMPLOYEE, TRANSPORT))
    chance = min(outside * int(worker.sum()) / max(int(able.sum()), 1), 1.0)
    return able & (lots(seed, "town.commuter", len(occupation)) < chance)


def work_share(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Share of workers at work."""
    by_shift = (rhythm.work_morning, rhythm.work_evening, rhythm.work_night)[shift]
    return by_shift * (rhythm.work_rest if kind == REST_DAY and shift != NIGHT else 1.0)


def school_share(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Share of students at school."""
    return 0.0 if kind == REST_DAY else (rhythm.school_morning, rhythm.school_evening, 0.0)[shift]


def downtown_share(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Share of the others at the market on market days, or in the urban core on other days."""
    if shift == NIGHT:
        return 0.0
    if kind == MARKET_DAY:
        return (rhythm.market_morning, rhythm.market_evening)[shift]
    return rhythm.errands


def street_share(rhythm: DailyRhythm, kind: int, shift: int) -> float:
    """Share of the others on the streets of their settlement."""
    if shift == NIGHT:
        return rhythm.street_night
    return rhythm.street_rest if kind == REST_DAY else (rhythm.street_morning, rhythm.street_evening)[shift]


def present(places: Smalls, n_cells: int) -> tuple[Ints, Smalls]:
    """Return who is present in each cell under each list, as starts and resident numbers (then -1)."""
    who_start = np.zeros((len(places), n_cells + 1), dtype=np.int64)
    who = np.full(places.shape, -1, dtype=np.int32)
    for row, place in enumerate(places):
        here = np.flatnonzero(place >= 0)
        who_start[row, 1:] = np.cumsum(np.bincount(place[here], minlength=n_cells))
        who[row, : len(here)] = here[np.argsort(place[here], kind="stable")]
    return who_start, who


# Ties
@making_arrays
def _draw(
    luck_of: tuple[int, int, int, int],
    group: Ints,
    start: int,
    end: int,
    household: Ints,
    known: Smalls,
) -> int:
    """Draw someone of another household, not yet known, from group[start:end]; -1 if luck finds nobody."""
    seed, which, me, nth = luck_of
    for attempt in range(TRIES if end > start else 0):
        u = luck(seed, which, 0, me, TRIES * nth + attempt)
        other: int = group[start + int(u * (end - start))]
        if household[other] != household[me] and not np.any(known == other):
            return other
    return -1


@making_arrays
def _first_stranger(me: int, n: int, household: Ints, known: Smalls) -> int:
    """Return the next resident in the table not yet known, of another household if there is any."""
    for same_household in range(2):
        for step in range(1, n):
            other = (me + step) % n
            if (household[other] != household[me] or same_household) and not np.any(known == other):
                return other
    return (me + 1) % n


@making_arrays
def _tie(
    seed: int,
    which: int,
    near: Flags,
    household: Ints,
    everyone: Ints,
    members: Ints,
    spans: Ints,
    ties: Smalls,
) -> None:
    """Fill the ties: each is drawn from its own circle, then from wider ones where that has nobody."""
    n = len(household)
    for me in range(n):
        for nth in range(6):
            # Circles: 0 same cell, 1 same settlement, 2 same place of work or school, 3 everybody.
            first = (1 if near[nth, me] else 3) if nth < 2 else (0 if nth < 4 else 2)
            other = -1
            for attempt in range(4):
                if other >= 0:
                    break
                circle = first if attempt == 0 else (0, 1, 3)[attempt - 1]
                group = everyone if circle == 3 else members[circle]
                start, end = (0, n) if circle == 3 else (spans[circle, 0, me], spans[circle, 1, me])
                who = (seed, which, me, 4 * nth + attempt)
                other = _draw(who, group, start, end, household, ties[me])
            ties[me, nth] = other if other >= 0 else _first_stranger(me, n, household, ties[me])


def ties_of(people: Rows[Person], circle: Ints, numbers: Population) -> Smalls:
    """Return six ties of each resident: two kin, two neighbours, two of work or school; never oneself."""
    n = len(people)
    groups = [grouped(key) for key in (people["home"], people["settlement"], circle)]
    near = np.array([lots(numbers.seed, "town.kin", n, nth) < numbers.kin_near for nth in range(2)])
    ties = np.full((n, 6), -1, dtype=np.int32)
    _tie(
        numbers.seed,
        decision("town.tie"),
        near,
        people["household"].astype(np.int64),
        np.arange(n),
        np.array([members for members, _ in groups]),
        np.array([spans for _, spans in groups]),
        ties,
    )
    return ties


def grouped(key: Ints) -> tuple[Ints, Ints]:
    """Return the residents in order of a key, and where in it each one's group starts and ends."""
    key = key.astype(np.int64)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    spans = [np.searchsorted(ordered, key, side=side) for side in ("left", "right")]
    return order, np.array(spans)
