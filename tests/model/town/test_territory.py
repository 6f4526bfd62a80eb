"""The map: cells, settlements, roads, travel times, what stands where, and smaller towns."""

import dataclasses
import datetime
import functools
import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from model.engine.calendar import CalendarParameters
from model.engine.errors import InputError
from model.engine.scenario import Facility, Scenario, Settlement
from model.residents.daily_rhythm import DailyRhythm
from model.town.authorities import BoardParameters
from model.town.police import PlantParameters
from model.town.residents import Population
from model.town.territory import NO_ROAD, Land, Territory, apportion, build_territory, scaled_scenario
from model.town.town import build_town
from scenarios import load

SITES = ("villa_canales", "totonicapan")


def place(name: str, kind: Any, weight: float, x: float | None = None, y: float | None = None) -> Settlement:
    return Settlement(name=name, kind=kind, x=x, y=y, weight=weight, road=kind != "town", organised=0.5)


def post(name: str, settlement: str, officers: int, *, station: bool = False) -> Facility:
    return Facility(
        name=name,
        settlement=settlement,
        station=station,
        officers=officers,
        desks=1,
        vehicles=2,
        motorcycles=1,
    )


def small_scenario(**changes: Any) -> Scenario:
    """A rectangle of 5 by 8 km with a lake, a town, two placed aldeas and one schematic."""
    groups = [
        Population(total=3000),
        Territory(),
        CalendarParameters(),
        DailyRhythm(),
        PlantParameters(),
        BoardParameters(),
    ]
    scenario = Scenario(
        name="small",
        title={"en": "Small", "es": "Pequeño"},
        start=datetime.date(2017, 1, 1),
        groups={group.name: group for group in groups},
        outline=box(0.0, 0.0, 5000.0, 8000.0),
        lake=box(0.0, 3000.0, 1500.0, 5000.0),
        settlements=(
            place("Cabecera", "town", 0.5, 2500.0, 4000.0),
            place("Aldea Norte", "aldea", 0.2, 2500.0, 7200.0),
            place("Aldea Sur", "aldea", 0.2, 4000.0, 900.0),
            place("Aldea Dispersa", "aldea", 0.1),
        ),
        facilities=(post("Estación", "Cabecera", 20, station=True), post("Subestación", "Aldea Norte", 9)),
    )
    return dataclasses.replace(scenario, **changes)


def changed(scenario: Scenario, group: str, **numbers: Any) -> Scenario:
    return dataclasses.replace(scenario, groups={**scenario.groups, group: scenario.groups[group].replace(numbers)})


@functools.cache
def site(name: str) -> Land:
    return build_territory(load(name))


@given(st.integers(0, 10_000), st.lists(st.floats(0.001, 1000.0), min_size=1, max_size=40))
def test_parts_sum_to_the_whole_and_keep_the_proportions(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert parts.sum() == total
    assert np.all(np.abs(parts - total * np.array(weights) / sum(weights)) < 1.0 + 1e-6)


@pytest.mark.parametrize("name", SITES)
def test_population_of_cells_sums_to_the_census(name: str) -> None:
    population = load(name)["population"]
    assert population.total == {"villa_canales": 155422, "totonicapan": 103952}[name]
    counted = build_territory(load(name, set={"population.census": 2016.0}))  # the first day of the warm-up
    assert counted.cells["population"].sum() == population.total
    before = site(name).cells["population"].sum()
    assert before * (1.0 + population.growth) ** 2.5 == pytest.approx(population.total, abs=1.0)


@pytest.mark.parametrize("name", SITES)
def test_settlements_hold_their_shares_of_the_population(name: str) -> None:
    land = site(name)
    populated = land.cells[land.cells["settlement"] >= 0]
    people = np.bincount(populated["settlement"], populated["population"], minlength=len(land.settlements))
    weights = np.array([settlement.weight for settlement in land.settlements])
    assert np.all(np.abs(people - land.residents * weights / weights.sum()) <= 1.0)


def test_villa_canales_has_about_1300_populated_cells() -> None:
    assert 1150 <= (site("villa_canales").cells["population"] > 0).sum() <= 1450


@pytest.mark.parametrize("name", SITES)
def test_every_cell_lies_inside_the_outline_and_all_such_cells_are_there(name: str) -> None:
    land = site(name)
    x = land.origin[0] + (land.cells["x"] + 0.5) * land.cell_m
    y = land.origin[1] + (land.cells["y"] + 0.5) * land.cell_m
    assert shapely.contains_xy(land.outline, x, y).all()
    assert len(land.cells) * land.cell_m**2 == pytest.approx(land.outline.area, rel=0.01)
    assert np.all(np.diff(land.cells["y"] * 10_000 + land.cells["x"]) > 0)


def test_nobody_lives_and_nothing_stands_in_the_lake() -> None:
    cells = build_territory(small_scenario()).cells
    wet = cells[cells["lake"] == 1]
    assert len(wet) == 6 * 8
    for column in ("population", "shops", "bars", "schools", "core", "market"):
        assert not wet[column].any()
    assert np.all(wet["road"] == NO_ROAD)


def test_neighbours_are_mutual() -> None:
    near = build_territory(small_scenario()).near
    for way, back in ((0, 1), (2, 3), (4, 7), (5, 6)):
        own = np.flatnonzero(near[:, way] >= 0)
        assert np.array_equal(near[near[own, way], back], own)


def test_every_populated_cell_belongs_to_a_settlement_and_only_those_do() -> None:
    cells = build_territory(small_scenario()).cells
    assert np.array_equal(cells["population"] > 0, cells["settlement"] >= 0)


def test_density_falls_from_the_centre_of_a_settlement() -> None:
    land = site("villa_canales")
    cells, centre = land.cells, land.cells[land.centres[0]]
    own = cells[cells["settlement"] == 0]
    away = np.hypot(own["x"] - centre["x"], own["y"] - centre["y"])
    inner, outer = own["population"][away < 3].mean(), own["population"][away > 7].mean()
    assert inner > 3.0 * outer


def test_minutes_are_zero_at_a_facility_and_the_quickest_one_serves_each_cell() -> None:
    land = site("villa_canales")
    at = land.facility_cells
    assert np.array_equal(land.cells["facility"][at], np.arange(len(at)))
    assert not land.cells["minutes"][at].any()
    assert np.array_equal(land.cells["minutes"], land.minutes.min(axis=0))
    assert np.isfinite(land.minutes).all()


def test_kilometres_fit_the_minutes_and_the_speeds() -> None:
    land, numbers = site("totonicapan"), load("totonicapan")["territory"]
    away = land.cells[land.cells["minutes"] > 0.0]
    kmh = 60.0 * away["km"] / away["minutes"]
    assert kmh.min() >= numbers.foot_kmh - 1e-9
    assert kmh.max() <= numbers.paved_kmh + 1e-9


def test_a_paved_road_never_makes_a_place_slower_to_reach() -> None:
    dirt = small_scenario()
    paved = tuple(dataclasses.replace(settlement, road=0) for settlement in dirt.settlements)
    quick = build_territory(dataclasses.replace(dirt, settlements=paved)).cells["seat_minutes"]
    slow = build_territory(dirt).cells["seat_minutes"]
    assert np.all(quick <= slow + 1e-9)
    assert quick.sum() < slow.sum()


def test_roads_join_every_settlement_to_the_seat() -> None:
    land = build_territory(small_scenario())
    road = land.cells["road"] < NO_ROAD
    reached, frontier = {int(land.centres[0])}, [int(land.centres[0])]
    while frontier:
        for other in land.near[frontier.pop()]:
            if other >= 0 and road[other] and int(other) not in reached:
                reached.add(int(other))
                frontier.append(int(other))
    assert set(land.centres.tolist()) <= reached


def test_far_places_of_villa_canales_take_more_than_three_times_as_long_as_the_core() -> None:
    cells = site("villa_canales").cells
    home = np.repeat(cells["minutes"], cells["population"])
    core = np.repeat(cells["core"], cells["population"]) == 1
    assert np.quantile(home, 0.95) > 3.0 * np.median(home[core])


@pytest.mark.parametrize("name", SITES)
def test_lure_has_mean_one_over_residents_and_stays_in_its_limits(name: str) -> None:
    cells = site(name).cells
    assert np.average(cells["lure"], weights=cells["population"]) == pytest.approx(1.0, abs=1e-9)
    assert cells["lure"].min() >= 0.2
    assert cells["lure"].max() <= 5.0


def test_shops_are_as_many_as_the_rate_says_and_denser_at_the_market() -> None:
    land = site("villa_canales")
    cells = land.cells
    assert cells["shops"].sum() == math.floor(18.0 * land.residents / 1000.0 + 0.5)
    market, rest = cells[cells["market"] == 1], cells[cells["core"] == 0]
    assert market["shops"].sum() / market["population"].sum() > rest["shops"].sum() / rest["population"].sum()


def test_the_market_lies_in_the_core_of_the_town() -> None:
    cells = build_territory(small_scenario()).cells
    market = cells[cells["market"] == 1]
    assert len(market) > 0
    assert market["core"].all()
    assert not market["settlement"].any()


def test_schematic_settlements_stay_apart_on_land() -> None:
    land = site("totonicapan")
    at = np.array([(settlement.x, settlement.y) for settlement in land.settlements])
    apart = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 2.0 * land.cell_m
    assert not land.cells["lake"][land.centres].any()


def test_another_population_seed_moves_only_what_is_schematic() -> None:
    one = build_territory(small_scenario())
    other = build_territory(changed(small_scenario(), "population", seed=2))
    assert np.array_equal(one.centres[:3], other.centres[:3])
    assert one.centres[3] != other.centres[3]


@pytest.mark.parametrize("scale", [0.05, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("name", SITES)
def test_a_smaller_town_keeps_its_densities_and_its_police_per_resident(name: str, scale: float) -> None:
    whole, part = site(name), build_territory(load(name, set={"population.scale": scale}))
    assert abs(part.residents - scale * whole.residents) <= 1.0
    assert part.cells["population"].sum() == part.residents
    assert part.outline.area == pytest.approx(scale * whole.outline.area)
    populated = [(land.cells["population"] > 0).sum() for land in (whole, part)]
    assert populated[1] == pytest.approx(scale * populated[0], rel=0.2)
    officers = [sum(station.officers for station in land.facilities) for land in (whole, part)]
    assert officers[1] == pytest.approx(scale * officers[0], abs=0.51)
    assert any(station.station for station in part.facilities)


def test_a_sample_of_settlements_keeps_the_town_and_the_shares_of_each_kind() -> None:
    small = scaled_scenario(load("totonicapan", set={"population.scale": 0.25}))
    weight = {
        kind: sum(place.weight for place in small.settlements if place.kind == kind) for kind in ("town", "canton")
    }
    assert [place.kind for place in small.settlements].count("canton") == 12
    assert weight["town"] == pytest.approx(0.15)
    assert weight["canton"] == pytest.approx(48 * 0.0177)


@pytest.mark.parametrize(("scale", "n_facilities"), [(0.05, 1), (0.25, 1), (0.5, 3), (1.0, 5)])
def test_a_sample_of_settlements_has_its_share_of_facilities(scale: float, n_facilities: int) -> None:
    small = scaled_scenario(load("villa_canales", set={"population.scale": scale}))
    assert len(small.facilities) == n_facilities
    assert small.facilities[0].station


def test_parts_of_a_map_that_do_not_touch_can_still_be_reached() -> None:
    islands = shapely.union_all([box(0.0, 0.0, 3000.0, 3000.0), box(6000.0, 0.0, 9000.0, 3000.0)])
    settlements = (place("A", "town", 1.0, 1500.0, 1500.0), place("B", "aldea", 1.0, 7500.0, 1500.0))
    scenario = small_scenario(
        outline=islands, lake=None, settlements=settlements, facilities=(post("E", "A", 9, station=True),)
    )
    land = build_territory(scenario)
    assert np.isfinite(land.cells["minutes"]).all()
    assert np.isfinite(land.cells["seat_minutes"]).all()


def test_two_facilities_in_one_settlement_stand_in_different_cells() -> None:
    facilities = (post("E", "Cabecera", 9, station=True), post("S", "Cabecera", 9))
    land = build_territory(small_scenario(facilities=facilities))
    assert len(set(land.facility_cells.tolist())) == 2


OUTSIDE = place("Aldea Perdida", "aldea", 0.1, 90_000.0, 0.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outline": Polygon()}, "outline must enclose an area"),
        (
            {
                "outline": box(0.0, 0.0, 3.0, 3.0),
                "lake": None,
                "settlements": (place("A", "town", 1.0),),
                "facilities": (post("E", "A", 9),),
            },
            "at least one cell",
        ),
        (
            {"settlements": (place("A", "town", 1.0, 100.0, 100.0), OUTSIDE)},
            "'Aldea Perdida' must lie inside",
        ),
        ({"settlements": (place("A", "aldea", 1.0),)}, "of kind 'town'"),
        ({"settlements": (place("A", "town", 0.0),)}, "nobody lives"),
        ({"settlements": (place("A", "town", 1.0), place("A", "aldea", 1.0))}, "different names"),
        ({"facilities": ()}, "at least one police station"),
        ({"facilities": (post("E", "Cabecora", 9),)}, "did you mean 'Cabecera'"),
        ({"lake": box(-10.0, -10.0, 9000.0, 9000.0)}, "some cells on land"),
    ],
)
def test_an_impossible_map_is_refused_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        build_territory(small_scenario(**changes))
    assert "\n" not in str(refused.value)


def test_a_town_without_residents_is_refused() -> None:
    with pytest.raises(InputError, match=r"population\.total"):
        Population(total=0)
    with pytest.raises(InputError, match="at least 20 residents"):
        build_territory(changed(small_scenario(), "population", total=30, scale=0.05))


def test_a_scale_below_a_twentieth_is_refused() -> None:
    with pytest.raises(InputError, match=r"population\.scale"):
        Population(scale=0.04)


def test_the_town_is_read_only_and_built_the_same_twice() -> None:
    one, two = build_town(small_scenario()), build_town(small_scenario())
    for name, table in vars(one).items():
        if isinstance(table, np.ndarray):
            assert np.array_equal(table, getattr(two, name)), name
            with pytest.raises(ValueError, match="read-only"):
                table[...] = table
    assert one.n_settlements == 4
    assert one.settlement_names[0] == "Cabecera"
