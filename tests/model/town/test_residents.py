"""Residents: households, ages, work, ties, and who is where."""

import datetime
import functools
from typing import Any

import numpy as np
import pytest
from test_territory import SITES, changed, post, small_scenario

from model.engine.calendar import MARKET_DAY, REST_DAY, WORKING_DAY, Calendar, day_number
from model.engine.scenario import Scenario
from model.town.residents import (
    ELDER,
    EMPLOYEE,
    FARM,
    HOMEMAKER,
    INFANT,
    N_PRESENCE_LISTS,
    N_TIES,
    OUTSIDE_TOWN,
    SHOPKEEPER,
    STUDENT,
    TRANSPORT,
    VENDOR,
    draw_households,
)
from model.town.territory import build_territory
from model.town.town import Town, build_town
from scenarios import load


@functools.cache
def site(name: str) -> Town:
    return build_town(load(name, set={"population.room": 0.0}))


@functools.cache
def growing() -> Town:
    """Return a small town with rows for those to come."""
    return build_town(load("villa_canales", set={"population.scale": 0.05}))


@functools.cache
def small() -> Town:
    return build_town(small_scenario())


def years(town: Town, scenario: Scenario) -> np.ndarray:
    return (day_number(Calendar.of(scenario).first_date) - town.people["born"]) / 365.25


@pytest.mark.parametrize("name", SITES)
def test_every_resident_lives_in_a_cell_with_as_many_residents_as_counted(name: str) -> None:
    town = site(name)
    assert np.array_equal(np.bincount(town.people["home"], minlength=town.n_cells), town.cells["population"])
    assert np.array_equal(town.people["settlement"], town.cells["settlement"][town.people["home"]])


@pytest.mark.parametrize("name", SITES)
def test_members_of_a_household_share_home_and_vehicle(name: str) -> None:
    people = site(name).people
    same = np.diff(people["household"]) == 0
    for column in ("home", "vehicle", "indigenous"):
        assert not np.diff(people[column])[same].any()
    assert set(np.diff(people["household"])) == {0, 1}


@pytest.mark.parametrize("name", SITES)
def test_households_have_the_mean_size_of_the_site(name: str) -> None:
    sizes = np.bincount(site(name).people["household"])
    assert sizes.mean() == pytest.approx(load(name)["population"].household_size, rel=0.02)
    assert sizes.min() >= 1
    assert 1.0 < sizes.std() < 3.0


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_cell_of_any_size_divides_into_households(size: int) -> None:
    population = np.array([0, size, 0, 3])
    household = draw_households(population, small_scenario()["population"])
    assert len(household) == size + 3
    assert household[size] > household[size - 1]


@pytest.mark.parametrize("name", SITES)
def test_ages_have_the_shares_of_the_census(name: str) -> None:
    town, scenario = site(name), load(name)
    age, numbers = years(town, scenario), scenario["population"]
    assert (age < 15.0).mean() == pytest.approx(numbers.share_under_15, abs=0.002)
    assert ((age >= 15.0) & (age < 30.0)).mean() == pytest.approx(numbers.share_15_29, abs=0.002)
    assert (age >= 65.0).mean() == pytest.approx(numbers.share_65_on, abs=0.002)
    assert age.min() >= 0.0
    assert age.max() < 100.0


@pytest.mark.parametrize(("name", "adults"), [("villa_canales", 96_000), ("totonicapan", 60_000)])
def test_adults_are_as_many_as_the_orders_of_magnitude_say(name: str, adults: int) -> None:
    counted = load(name, set={"population.census": 2016.0, "population.room": 0.0})  # the first day of the warm-up
    assert (years(build_town(counted), counted) >= 18.0).sum() == pytest.approx(adults, rel=0.03)


@pytest.mark.parametrize("name", SITES)
def test_no_child_lives_without_someone_of_fifteen_or_more(name: str) -> None:
    town = site(name)
    oldest = np.zeros(int(town.people["household"].max()) + 1)
    np.maximum.at(oldest, town.people["household"], years(town, load(name)))
    assert oldest.min() >= 15.0


@pytest.mark.parametrize("name", SITES)
def test_women_and_indigenous_residents_have_the_shares_of_the_site(name: str) -> None:
    people, numbers = site(name).people, load(name)["population"]
    assert people["female"].mean() == pytest.approx(numbers.share_female, abs=0.004)
    assert people["indigenous"].mean() == pytest.approx(numbers.share_indigenous, abs=0.01)


@pytest.mark.parametrize("name", SITES)
def test_occupations_fit_the_age(name: str) -> None:
    town = site(name)
    age, occupation = years(town, load(name)), town.people["occupation"]
    assert age[occupation == INFANT].max() < 7.0
    assert age[occupation == ELDER].min() >= 65.0
    assert age[np.isin(occupation, (SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE))].min() >= 15.0
    assert 7.0 <= age[occupation == STUDENT].min()
    assert age[occupation == STUDENT].max() < 25.0
    assert set(occupation) == set(range(9))


def test_villa_canales_has_about_5000_businesses_run_by_adults_in_trade() -> None:
    town = site("villa_canales")
    owners = town.people["business"] == 1
    assert owners.sum() == pytest.approx(5000, rel=0.06)
    assert set(town.people["occupation"][owners]) == {SHOPKEEPER, VENDOR, TRANSPORT}
    assert years(town, load("villa_canales"))[owners].min() >= 18.0


def test_councils_draw_more_where_a_settlement_is_more_organised() -> None:
    town = site("villa_canales")
    share = np.bincount(town.people["settlement"], town.people["council"]) / np.bincount(town.people["settlement"])
    organised = np.array([settlement.organised for settlement in town.settlements])
    assert share[organised > 0.5].mean() > 2.0 * share[organised < 0.25].mean()


def test_who_someone_is_does_not_depend_on_the_share_of_indigenous_residents() -> None:
    one = small()
    other = build_town(changed(small_scenario(), "population", share_indigenous=0.9))
    assert one.people["indigenous"].mean() < other.people["indigenous"].mean()
    for column in set(one.people.dtype.names) - {"indigenous"}:
        assert np.array_equal(one.people[column], other.people[column]), column
    assert np.array_equal(one.places, other.places)
    assert np.array_equal(one.ties, other.ties)


@pytest.mark.parametrize("name", SITES)
def test_ties_are_six_different_others(name: str) -> None:
    town = site(name)
    chosen = town.ties[:, :N_TIES]
    ordered = np.sort(chosen, axis=1)
    assert np.all(np.diff(ordered, axis=1) > 0)
    assert ordered.min() >= 0
    assert ordered.max() < town.n_residents
    assert not (chosen == np.arange(town.n_people)[:, None]).any()


@pytest.mark.parametrize("name", SITES)
def test_ties_lead_to_other_households_and_neighbours_live_in_the_same_settlement(name: str) -> None:
    town = site(name)
    household, settlement = town.people["household"], town.people["settlement"]
    assert not (household[town.ties[:, :N_TIES]] == household[:, None]).any()
    assert np.array_equal(settlement[town.ties[:, 2]], settlement)
    near_kin = (settlement[town.ties[:, 0]] == settlement).mean()
    assert near_kin == pytest.approx(load(name)["population"].kin_near, abs=0.06)


def test_a_newcomer_is_a_tie_of_those_whom_the_newcomer_has_as_a_tie() -> None:
    town = growing()
    assert not (town.ties[:, :N_TIES] < 0).any()
    assert (town.ties[:, :N_TIES] < town.n_residents).all()
    first, born = town.n_residents, infants(town)
    assert (town.ties[first:, N_TIES:] == -1).all(), "nobody is sought among those to come"
    n_returned = 0
    for row in range(first):
        for newcomer in town.ties[row, N_TIES:][town.ties[row, N_TIES:] >= 0]:
            assert newcomer >= first
            assert not born[newcomer]
            assert row in town.ties[newcomer, :N_TIES]
            n_returned += 1
    assert n_returned > 0.5 * N_TIES * (~born[first:]).sum()
    assert not ((town.ties[:, N_TIES] < 0) & (town.ties[:, N_TIES + 1] >= 0)).any(), "columns fill in order"


def test_infants_have_kin_of_somebody_at_home() -> None:
    town = growing()
    people = town.people
    assert infants(town).sum() > 100
    for row in np.flatnonzero(infants(town))[:100]:
        at_home = np.flatnonzero(people["household"][: town.n_residents] == people["household"][row])
        assert any(np.array_equal(town.ties[row, :2], town.ties[one, :2]) for one in at_home)


def infants(town: Town) -> np.ndarray:
    """Return which rows are of residents who will be born."""
    return (town.people["arrives"] >= 0) & (town.people["born"] == town.people["arrives"])


def test_even_the_smallest_town_gives_everybody_ties() -> None:
    town = build_town(changed(small_scenario(), "population", total=20, room=0.0))
    assert town.n_people == 20
    assert not (town.ties == np.arange(20)[:, None]).any()
    assert town.ties[:, :N_TIES].min() >= 0
    assert (town.ties[:, N_TIES:] == -1).all()


@pytest.mark.parametrize("name", SITES)
def test_lists_of_who_is_where_agree_with_the_places(name: str) -> None:
    town = site(name)
    for row in range(N_PRESENCE_LISTS):
        here = np.flatnonzero(town.places[row] >= 0)
        listed = town.who[row, : town.who_start[row, -1]]
        cell = np.repeat(np.arange(town.n_cells), np.diff(town.who_start[row]))
        assert np.array_equal(town.places[row][listed], cell)
        assert np.array_equal(np.sort(listed), here)
        assert np.all(np.diff(listed)[np.diff(cell) == 0] > 0)


def test_without_daily_rhythm_everybody_is_at_home() -> None:
    off = build_town(small_scenario(off=frozenset({"daily_rhythm"})))
    assert np.array_equal(off.places, np.broadcast_to(off.people["home"], off.places.shape))
    assert np.array_equal(off.people, small().people)
    assert np.array_equal(off.ties, small().ties)


def test_people_are_away_by_day_and_at_home_by_night() -> None:
    town = site("villa_canales")
    at_home = (town.places == town.people["home"]).mean(axis=1)
    for kind in (WORKING_DAY, MARKET_DAY, REST_DAY):
        morning, evening, night = at_home[3 * kind : 3 * kind + 3]
        assert morning < evening < night
        assert night > 0.95
    assert at_home[3 * REST_DAY] > at_home[3 * WORKING_DAY]


def test_market_days_fill_the_market() -> None:
    for name in SITES:
        town = site(name)
        stalls = np.flatnonzero(town.cells["market"])
        crowd = [np.isin(town.places[3 * kind], stalls).sum() for kind in (WORKING_DAY, MARKET_DAY)]
        assert crowd[1] > 1.5 * crowd[0]


@pytest.mark.parametrize(("name", "low", "high"), [("villa_canales", 0.2, 0.5), ("totonicapan", 0.05, 0.2)])
def test_the_share_of_workers_outside_is_that_of_the_site(name: str, low: float, high: float) -> None:
    town = site(name)
    worker = np.isin(town.people["occupation"], (SHOPKEEPER, VENDOR, TRANSPORT, FARM, EMPLOYEE))
    outside = town.places[0] == OUTSIDE_TOWN
    assert not outside[~worker].any()
    commuters = outside.sum() / (load(name)["daily_rhythm"].work_morning * worker.sum())
    assert low < commuters < high
    assert commuters == pytest.approx(load(name)["daily_rhythm"].outside, abs=0.02)


def test_infants_stay_at_home_and_students_go_to_school() -> None:
    town = site("totonicapan")
    infant, student = (town.people["occupation"] == kind for kind in (INFANT, STUDENT))
    assert np.array_equal(town.places[0][infant], town.people["home"][infant])
    at_school = town.cells["schools"][town.places[0][student]] > 0
    assert at_school.mean() > 0.8
    resting = (town.places[3 * REST_DAY] == town.people["home"])[student]
    assert resting.mean() > 0.7


def test_residents_born_at_the_start_of_the_warm_up_are_none_of_the_future() -> None:
    scenario = small_scenario(start=datetime.date(2010, 6, 1))
    town = build_town(scenario)
    assert town.people["born"][: town.n_residents].max() <= day_number(datetime.date(2009, 6, 1))


def test_more_police_leaves_residents_as_they_are() -> None:
    many: Any = (post("Estación", "Cabecera", 60, station=True), post("Subestación", "Aldea Norte", 9))
    other = build_town(small_scenario(facilities=many))
    assert np.array_equal(other.people, small().people)
    assert np.array_equal(other.places, small().places)


def test_a_map_of_large_cells_still_has_market_and_core() -> None:
    land = build_territory(changed(small_scenario(), "territory", cell_m=2000.0))
    assert land.cells["market"].sum() == 1
    assert land.cells["population"].sum() == 3000


def test_home_is_where_those_without_work_are_tied_to_neighbours() -> None:
    town = small()
    idle = np.flatnonzero(town.people["occupation"] == HOMEMAKER)
    home = town.people["home"]
    assert (home[town.ties[idle, 4]] == home[idle]).mean() > 0.3
