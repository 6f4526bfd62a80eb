"""Residents to come: rows for those who will be born or move here, with the day on which they do (ODD 6.27)."""

import numpy as np

from model.engine.calendar import DAYS_A_YEAR, Calendar, day_number
from model.engine.rows import Flags, Ints, Rows, Smalls, joined
from model.engine.scenario import Scenario
from model.town.residents import ADULT_AGE, INFANT, LISTS, Person, Population, Residents, present
from model.town.territory import lots

LAST_CHILD, YOUNGEST_NEWCOMER, OLDEST_NEWCOMER = 40.0, 15.0, 45.0
"""Ages of mothers (from adult age) and of those who move; assumed."""


def arrivals_a_day(numbers: Population, residents: int) -> float:
    """Return how many residents are born or move here in a day."""
    return (numbers.births + numbers.in_migration) / 1000.0 * residents / DAYS_A_YEAR


def with_arrivals(scenario: Scenario, residents: Residents, n_cells: int) -> Residents:
    """Return the residents with rows for arrivals, in the order in which they come; they have no ties yet."""
    numbers: Population = scenario["population"]
    here = residents.people
    rate = arrivals_a_day(numbers, len(here))
    n = int(numbers.room * len(here)) if rate > 0.0 else 0
    if n == 0:
        return residents
    first_day = day_number(Calendar.of(scenario).first_date)
    born = lots(numbers.seed, "town.birth", n) < numbers.births / (numbers.births + numbers.in_migration)
    like = models_for(here, born, first_day, numbers.seed)
    people = here[like].copy()
    people["arrives"] = first_day + ((np.arange(n) + lots(numbers.seed, "town.arrival", n)) / rate).astype(np.int64)
    people["council"] = 0
    people["business"] = 0
    places = residents.places[:, like].copy()
    become_infants(people, places, born, lots(numbers.seed, "town.girl", n) < 0.5)
    places = np.concatenate([residents.places, places], axis=1)
    ties = np.concatenate([residents.ties, np.full((n, residents.ties.shape[1]), -1, np.int32)])
    who_start, who = present(places, n_cells)
    return Residents(joined([here, people]), ties, places, who_start, who)


def models_for(here: Rows[Person], born: Flags, first_day: int, seed: int) -> Ints:
    """Return for each arrival the resident whose home and life it takes: a mother, or a newcomer's like."""
    years = (first_day - here["born"]) / DAYS_A_YEAR
    mothers = (here["female"] == 1) & (years >= ADULT_AGE) & (years < LAST_CHILD)
    movers = (years >= YOUNGEST_NEWCOMER) & (years < OLDEST_NEWCOMER)
    u = lots(seed, "town.like", len(born))
    like = np.zeros(len(born), np.int64)
    for chosen, able in ((born, mothers), (~born, movers)):
        pool = np.flatnonzero(able) if able.any() else np.arange(len(here))
        like[chosen] = pool[(u[chosen] * len(pool)).astype(np.int64)]
    return like


def become_infants(people: Rows[Person], places: Smalls, born: Flags, girl: Flags) -> None:
    """Turn the rows of those who will be born into infants, who stay at home."""
    people["born"][born] = people["arrives"][born]
    people["female"][born] = girl[born]
    people["occupation"][born] = INFANT
    places[:, born] = np.broadcast_to(people["home"][born], (LISTS, int(born.sum())))
