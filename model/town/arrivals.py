"""Future residents: rows for those who will be born or move here, with the day of arrival.

All tables of residents have room for them from the start, so that no table grows during a run.
"""

import numpy as np

from model.engine.calendar import DAYS_A_YEAR, Calendar, day_number
from model.engine.kernels import kernel
from model.engine.rows import BoolArray, Int32Array, IntArray, Rows, concatenate_rows
from model.engine.scenario import Scenario
from model.town.residents import (
    ADULT_AGE,
    INFANT,
    N_PRESENCE_LISTS,
    N_TIES,
    Person,
    Population,
    Residents,
    draw_ties,
    index_presence,
)
from model.town.territory import town_draws

N_KIN = 2
"""Ties of a resident that are kin, the first ones."""
LAST_CHILD, YOUNGEST_NEWCOMER, OLDEST_NEWCOMER = 40.0, 15.0, 45.0
"""Ages in years: mothers are younger than the first (and adult), newcomers between the other two; assumed."""


def daily_arrivals(parameters: Population, residents: int) -> float:
    """Return the expected births and newcomers per day for a number of residents."""
    return (parameters.births + parameters.in_migration) / 1000.0 * residents / DAYS_A_YEAR


def append_arrivals(scenario: Scenario, residents: Residents, n_cells: int) -> Residents:
    """Return the residents with rows for future arrivals appended, in order of arrival."""
    parameters: Population = scenario["population"]
    here = residents.people
    rate = daily_arrivals(parameters, len(here))
    n = int(parameters.room * len(here)) if rate > 0.0 else 0
    if n == 0:
        return residents
    first_day = day_number(Calendar.of(scenario).first_date)
    born = town_draws(parameters.seed, "town.birth", n) < parameters.births / (
        parameters.births + parameters.in_migration
    )
    like = draw_templates(here, born, first_day, parameters.seed)
    people = here[like].copy()
    people["arrives"] = first_day + ((np.arange(n) + town_draws(parameters.seed, "town.arrival", n)) / rate).astype(
        np.int64
    )
    people["council"] = 0
    people["business"] = 0
    places = residents.places[:, like].copy()
    set_infants(people, places, born, town_draws(parameters.seed, "town.girl", n) < 0.5)
    places = np.concatenate([residents.places, places], axis=1)
    everybody = concatenate_rows([here, people])
    ties = tie_arrivals(everybody, residents, like, born, parameters)
    who_start, who = index_presence(places, n_cells)
    return Residents(everybody, residents.circle, ties, places, who_start, who)


def tie_arrivals(
    people: Rows[Person], residents: Residents, like: IntArray, born: BoolArray, parameters: Population
) -> Int32Array:
    """Return the ties of all residents, with those of arrivals among the residents of the start.

    Infants have their mother's kin.  Whoever is chosen by a newcomer has the newcomer as a tie, too, while a column is
    free.  Ties of those who are not here are idle, so that they count from the day of arrival.
    """
    first = len(residents.people)
    ties = np.concatenate([residents.ties, np.full((len(like), residents.ties.shape[1]), -1, np.int32)])
    ties[first:][born, :N_KIN] = residents.ties[like[born], :N_KIN]
    draw_ties(people, residents.circle, np.concatenate([np.arange(first), like]), first, parameters, ties)
    return_ties(ties, first + np.flatnonzero(~born))
    return ties


@kernel
def return_ties(ties: Int32Array, newcomers: IntArray) -> None:
    """Make newcomers a tie of those whom they have as a tie, in order of arrival, while columns are free."""
    for newcomer in newcomers:
        for nth in range(N_TIES):
            other = ties[newcomer, nth]
            for column in range(N_TIES, ties.shape[1]):
                if ties[other, column] < 0:
                    ties[other, column] = newcomer
                    break


def draw_templates(here: Rows[Person], born: BoolArray, first_day: int, seed: int) -> IntArray:
    """Return a template for each arrival, a resident whose home and attributes it copies.

    Infants copy their mother, newcomers a resident of the age at which people move.
    """
    years = (first_day - here["born"]) / DAYS_A_YEAR
    mothers = (here["female"] == 1) & (years >= ADULT_AGE) & (years < LAST_CHILD)
    movers = (years >= YOUNGEST_NEWCOMER) & (years < OLDEST_NEWCOMER)
    u = town_draws(seed, "town.like", len(born))
    like = np.zeros(len(born), np.int64)
    for chosen, able in ((born, mothers), (~born, movers)):
        pool = np.flatnonzero(able) if able.any() else np.arange(len(here))
        like[chosen] = pool[(u[chosen] * len(pool)).astype(np.int64)]
    return like


def set_infants(people: Rows[Person], places: Int32Array, born: BoolArray, girl: BoolArray) -> None:
    """Overwrite the rows of those who will be born: age 0, drawn sex, at home in every presence list."""
    people["born"][born] = people["arrives"][born]
    people["female"][born] = girl[born]
    people["occupation"][born] = INFANT
    places[:, born] = np.broadcast_to(people["home"][born], (N_PRESENCE_LISTS, int(born.sum())))
