"""The police plant: officers, posts, sectors, routes and boards."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_territory import SITES, changed, post, small_scenario

from model.town.police import N_GROUPS, NO_POST, POST_COPIES, staff_and_posts
from model.town.territory import build_territory
from model.town.town import Town, build_town
from scenarios import load


@functools.cache
def site(name: str) -> Town:
    return build_town(load(name))


@functools.cache
def small() -> Town:
    return build_town(small_scenario())


@given(st.integers(0, 300), st.integers(0, 20))
def test_a_roster_loses_nobody_and_puts_couples_before_desks(officers: int, desks: int) -> None:
    groups = staff_and_posts(officers, desks)
    sizes = [at_desk + 2 * posts for at_desk, posts in groups]
    assert sum(sizes) == officers
    assert max(sizes) - min(sizes) <= 1
    for size, (at_desk, posts) in zip(sizes, groups, strict=True):
        assert posts > 0 or size < 2
        assert at_desk <= desks + 1 or size < 2


@pytest.mark.parametrize(("name", "officers"), [("villa_canales", 155), ("totonicapan", 105)])
def test_officers_are_as_many_as_posted_and_spread_over_three_groups(name: str, officers: int) -> None:
    town = site(name)
    assert len(town.officers) == officers
    groups = np.bincount(town.officers["group"], minlength=N_GROUPS)
    assert groups.max() - groups.min() <= len(town.facilities)
    posted = np.bincount(town.officers["facility"])
    assert np.array_equal(posted, town.facilities["officers"])


@pytest.mark.parametrize(("name", "couples"), [("villa_canales", 13), ("totonicapan", 9)])
def test_couples_on_duty_are_of_the_expected_order(name: str, couples: int) -> None:
    per_group = len(site(name).posts) / POST_COPIES / N_GROUPS
    # Absence and administration, which the roster takes away later, leave about 78 in 100 officers.
    assert couples * 0.8 < 0.78 * per_group < couples * 1.25


@pytest.mark.parametrize("name", SITES)
def test_every_post_has_two_seats_filled_by_its_own_group(name: str) -> None:
    town = site(name)
    out = town.officers[town.officers["post"] != NO_POST]
    assert np.array_equal(np.bincount(out["post"]), np.full(len(town.posts) // POST_COPIES, 2))
    assert np.array_equal(town.posts["group"][out["post"]], out["group"])
    assert np.array_equal(town.posts["facility"][out["post"]], out["facility"])
    assert len(set(zip(out["post"].tolist(), out["seat"].tolist(), strict=True))) == len(out)


@pytest.mark.parametrize("name", SITES)
def test_no_group_has_two_posts_in_one_sector(name: str) -> None:
    posts = site(name).posts
    posts = posts[posts["copy"] == 0]
    pairs = set(zip(posts["sector"].tolist(), posts["group"].tolist(), strict=True))
    assert len(pairs) == len(posts)


@pytest.mark.parametrize("name", SITES)
def test_sectors_share_out_the_populated_cells(name: str) -> None:
    town = site(name)
    cells = np.concatenate(
        [town.routes["cell"][sector["route_start"] : sector["route_end"]] for sector in town.sectors]
    )
    assert np.array_equal(np.sort(cells), np.flatnonzero(town.cells["population"]))


@pytest.mark.parametrize("name", SITES)
def test_routes_reach_exactly_one_and_rise(name: str) -> None:
    town = site(name)
    for sector in town.sectors:
        for start, end in (("route_start", "route_end"), ("plan_start", "plan_end")):
            reach = town.routes["reach"][sector[start] : sector[end]]
            assert len(reach) > 0
            assert reach[-1] == 1.0
            assert np.all(np.diff(reach) > 0.0)
            assert reach[0] > 0.0


@pytest.mark.parametrize("name", SITES)
def test_the_urban_core_is_one_foot_beat_of_the_station(name: str) -> None:
    town = site(name)
    (foot,) = np.flatnonzero(town.sectors["foot"])
    assert town.facilities["station"][town.sectors["facility"][foot]] == 1
    beat = town.routes["cell"][town.sectors["route_start"][foot] : town.sectors["route_end"][foot]]
    assert np.array_equal(beat, np.flatnonzero(town.cells["core"] & (town.cells["population"] > 0)))
    assert set(town.posts["group"][town.posts["sector"] == foot]) == set(range(N_GROUPS))


@pytest.mark.parametrize("name", SITES)
def test_vehicle_sectors_of_a_facility_have_about_equal_population(name: str) -> None:
    town = site(name)
    for facility in range(len(town.facilities)):
        people = [
            town.cells["population"][town.routes["cell"][sector["route_start"] : sector["route_end"]]].sum()
            for sector in town.sectors
            if sector["facility"] == facility and not sector["foot"]
        ]
        assert max(people) < 1.5 * min(people)


def test_far_cells_weigh_less_on_a_route_than_near_ones_of_the_same_size() -> None:
    near = build_town(changed(small_scenario(), "plant", route_reach=5.0))
    far = build_town(changed(small_scenario(), "plant", route_reach=600.0))

    def mean_minutes(town: Town) -> float:
        sector = town.sectors[-1]
        route = town.routes[sector["route_start"] : sector["route_end"]]
        return float(np.diff(route["reach"], prepend=0.0) @ town.cells["minutes"][route["cell"]])

    assert mean_minutes(near) < mean_minutes(far)


def test_plans_name_only_cells_with_shops_or_schools() -> None:
    town = site("villa_canales")
    for sector in town.sectors:
        plan = town.routes["cell"][sector["plan_start"] : sector["plan_end"]]
        assert np.all(town.cells["shops"][plan] + town.cells["schools"][plan] > 0)


def test_everywhere_is_spread_by_population() -> None:
    town = small()
    share = np.diff(town.everywhere["reach"], prepend=0.0)
    people = town.cells["population"][town.everywhere["cell"]]
    assert np.allclose(share, people / 3000.0)
    assert town.everywhere["reach"][-1] == 1.0


@pytest.mark.parametrize("officers", [0, 1, 2, 3, 5])
def test_a_substation_too_small_for_a_couple_leaves_its_cells_to_the_next(officers: int) -> None:
    facilities = (post("E", "Cabecera", 20, station=True), post("S", "Aldea Norte", officers))
    town = build_town(small_scenario(facilities=facilities))
    cells = [town.routes["cell"][sector["route_start"] : sector["route_end"]] for sector in town.sectors]
    assert np.array_equal(np.sort(np.concatenate(cells)), np.flatnonzero(town.cells["population"]))
    assert len(town.officers) == 20 + officers


def test_a_town_without_officers_has_no_posts_and_no_sectors() -> None:
    town = build_town(small_scenario(facilities=(post("E", "Cabecera", 0, station=True),)))
    assert len(town.officers) == len(town.posts) == len(town.sectors) == len(town.routes) == 0
    assert len(town.everywhere) == (town.cells["population"] > 0).sum()


def test_more_sectors_than_cells_still_have_a_route_each() -> None:
    scenario = changed(
        small_scenario(facilities=(post("E", "Cabecera", 200, station=True),)), "territory", cell_m=2000.0
    )
    town = build_town(scenario)
    assert len(town.sectors) > (town.cells["population"] > 0).sum()
    assert np.all(town.sectors["route_end"] > town.sectors["route_start"])


def test_officers_differ_in_manner_around_none() -> None:
    manner = np.concatenate(
        [build_town(changed(small_scenario(), "population", seed=seed)).officers["manner"] for seed in range(8)]
    )
    assert manner.mean() == pytest.approx(0.0, abs=0.25)
    assert manner.std() == pytest.approx(1.0, abs=0.2)


def test_boards_are_one_a_settlement_and_sit_at_its_centre() -> None:
    town = site("totonicapan")
    assert np.array_equal(town.authorities["settlement"], np.arange(49))
    assert np.array_equal(town.authorities["cell"], town.centres)
    assert town.authorities["communal"].all()
    assert not site("villa_canales").authorities["communal"].any()


def test_quickest_facility_and_its_road_are_those_of_the_map() -> None:
    town, land = small(), build_territory(small_scenario())
    assert np.array_equal(town.cells["minutes"], land.minutes.min(axis=0))
    assert np.array_equal(town.facilities["cell"], land.facility_cells)
