"""Territory of a town: cells, settlements, population, roads, travel times, shops, bars and schools.

The outline is covered by square cells.  Settlements without known coordinates are placed at random, residents thin out
from the centres, roads follow a minimum spanning tree between settlements, and travel times are shortest paths.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
import shapely
from numpy.typing import ArrayLike
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from model.engine.calendar import DAYS_A_YEAR, MINUTES_AN_HOUR, Calendar
from model.engine.elementary import exp_of_each, power
from model.engine.errors import InputError, suggest_nearest
from model.engine.kernels import allocating_kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import FloatArray, IntArray, Row, Rows, zero_rows
from model.engine.scenario import Facility, Scenario, Settlement

UNCLAIMED = -1
"""Holder of free cells, and captor of a mayor or chief who is not captured."""

PAVED, DIRT, PATH, NO_ROAD = range(4)
"""Classes of roads, best first."""
MINIMUM_OPPORTUNITY, MAXIMUM_OPPORTUNITY = 0.2, 5.0
"""Limits of a cell's opportunity for crime, whose mean over residents' homes is 1; assumed."""
FEWEST_RESIDENTS = 20
"""First year for which the census of 2018 stands unchanged."""
LAKE_DETOUR_KM = 20.0
"""Factor on the length of links over water when roads are laid, so that they avoid the lake; assumed."""
CANDIDATE_SITES = 12
"""Cells drawn for a settlement without coordinates; the remotest is taken."""
ROUGHNESS = 0.5
"""Random share by which ground lengthens the way of a road; assumed."""
RAGGEDNESS = 0.3
"""Random share by which the edge of a settlement departs from a circle; assumed."""

type SparseArray = scipy.sparse.csr_array
"""Square matrix of links between cells; the alias does not import SciPy's part, which only a new town needs."""


class Cell(Row):
    """Square cell of the grid.

    ``x`` and ``y`` are column and row; ``settlement`` is -1 where nobody lives; ``road`` a class of roads.
    ``core``, ``lake`` and ``market`` are 0 or 1.  ``facility`` is the quickest police facility, ``minutes`` and ``km``
    the way from it, ``seat_minutes`` the way to the municipal seat; ``lure`` is the opportunity for crime (mean 1).
    """

    x: int
    y: int
    settlement: int
    population: int
    core: int
    road: int
    lake: int
    market: int
    shops: int
    bars: int
    schools: int
    facility: int
    minutes: float
    km: float
    seat_minutes: float
    lure: float


@dataclass(frozen=True, init=False)
class Territory(ParameterGroup):
    """Size of the cells, density of settlements, travel speeds, density of shops, bars and schools."""

    name = "territory"
    mechanism = False
    evidence = ("A02", "A11", "R10", "R11", "Z20")

    cell_m: float
    inhabited: float
    crowding: float
    fading: float
    core_km: float
    market_km: float
    paved_kmh: float
    dirt_kmh: float
    path_kmh: float
    foot_kmh: float
    detour: float
    shops_per_1000: float
    bars_per_1000: float
    schools_per_1000: float
    core_pull: float
    market_pull: float
    lure_shop: float
    lure_bar: float
    lure_market: float
    lure_core: float


FAR_MINUTES = 20.0
"""Minutes from the nearest police facility beyond which residents count as far; assumed."""


@dataclass(frozen=True)
class Land:
    """The map as built; ``minutes`` are by facility and cell, `Town` explains the rest."""

    cells: Rows[Cell]
    near: IntArray
    settlements: tuple[Settlement, ...]
    facilities: tuple[Facility, ...]
    centres: IntArray
    facility_cells: IntArray
    minutes: FloatArray
    residents: int
    cell_m: float
    origin: tuple[float, float]
    outline: BaseGeometry
    lake: BaseGeometry | None


@allocating_kernel
def _fill_uniform(seed: int, stream: int, draw: int, uniforms: FloatArray) -> None:
    for entity in range(len(uniforms)):
        uniforms[entity] = keyed_uniform(seed, stream, 0, entity, draw)


def town_draws(seed: int, name: str, n: int, draw: int = 0) -> FloatArray:
    """Return a keyed uniform number for each of ``n`` entities in one decision while the town is built.

    Parameters
    ----------
    seed
        `population.seed` of the scenario.
    name
        Name of the random stream.
    n
        Number of residents, cells, officers, …
    draw
        Number of the draw, for decisions that need several.
    """
    uniforms = np.empty(n)
    _fill_uniform(seed, stream_id(name), draw, uniforms)
    return uniforms


def apportion(total: int, weights: ArrayLike) -> IntArray:
    """Divide an integer in proportion to weights by the method of largest remainders; the parts sum to it.

    >>> apportion(10, [1.0, 1.0, 2.0]).tolist()
    [3, 2, 5]
    """
    shares = np.asarray(weights, dtype=float)
    if total == 0 or shares.sum() <= 0.0:
        return np.zeros(len(shares), dtype=np.int64)
    quotas: FloatArray = shares * (total / shares.sum())
    parts = np.floor(quotas).astype(np.int64)
    left = total - int(parts.sum())
    largest = np.argsort(parts - quotas, kind="stable")[: max(left, 0)]
    parts[largest] += 1
    return parts


def build_territory(scenario: Scenario) -> Land:
    """Build the map of a scenario at its `population.scale`."""
    check_scenario(scenario)
    scenario = scaled_scenario(scenario)
    parameters: Territory = scenario["territory"]
    residents = initial_population(scenario)
    cells, origin = cell_grid(scenario.outline, scenario.lake, parameters.cell_m)
    near = neighbour_cells(cells)
    centres = place_settlements(scenario, cells, origin)
    seed = scenario["population"].seed
    distribute_population(cells, centres, scenario.settlements, residents, parameters, seed)
    place_amenities(cells, centres[seat_town(scenario.settlements)], residents, parameters)
    classify_roads(cells, near, centres, scenario.settlements, parameters.cell_m, seed)
    facility_cells = place_stations(cells, centres, scenario)
    minutes = measure_travel(cells, near, facility_cells, centres[seat_town(scenario.settlements)], parameters)
    cells["lure"] = crime_opportunity(cells, parameters)
    return Land(
        cells=cells,
        near=near,
        settlements=with_coordinates(scenario.settlements, cells, centres, origin, parameters.cell_m),
        facilities=scenario.facilities,
        centres=centres,
        facility_cells=facility_cells,
        minutes=minutes,
        residents=residents,
        cell_m=parameters.cell_m,
        origin=origin,
        outline=scenario.outline,
        lake=scenario.lake,
    )


# What a scenario must have, and how it shrinks
def initial_population(scenario: Scenario) -> int:
    """Return the number of residents at the first shift: the census, projected to that day, times the scale."""
    population, first = scenario["population"], Calendar.of(scenario).first_date
    years = first.year + (first.timetuple().tm_yday - 1) / DAYS_A_YEAR - population.census
    total = population.total * power(1.0 + population.growth, years)
    scaled: float = total * population.scale
    return math.floor(scaled + 0.5)


def seat_town(settlements: Sequence[Settlement]) -> int:
    """Return the row of the first town, the seat of the municipality."""
    return next(row for row, settlement in enumerate(settlements) if settlement.kind == "town")


def check_scenario(scenario: Scenario) -> None:
    """Raise `InputError` if no town can be built from a scenario."""
    if scenario.outline.is_empty or scenario.outline.area <= 0.0:
        raise InputError("territory.outline must enclose an area, got an empty outline")
    population = scenario["population"]
    if initial_population(scenario) < FEWEST_RESIDENTS:
        raise InputError(
            f"population.total times population.scale must be at least {FEWEST_RESIDENTS} residents, "
            f"got {population.total} times {population.scale:g}"
        )
    if not any(settlement.kind == "town" for settlement in scenario.settlements):
        raise InputError("settlements must include one of kind 'town', where the seat is, got none")
    check_settlements(scenario)
    check_facilities(scenario)


def check_settlements(scenario: Scenario) -> None:
    """Raise `InputError` for a settlement outside or named twice, or if all weights are 0."""
    if sum(settlement.weight for settlement in scenario.settlements) <= 0.0:
        raise InputError("settlements: the weights of all add up to 0, so nobody lives anywhere")
    seen: set[str] = set()
    for settlement in scenario.settlements:
        if settlement.name in seen:
            raise InputError(f"settlements must have different names, got {settlement.name!r} twice")
        seen.add(settlement.name)
        if settlement.weight < 0.0:
            raise InputError(f"settlement {settlement.name!r}: weight must not be below 0, got {settlement.weight:g}")
        if settlement.x is None or settlement.y is None:
            continue
        if not shapely.contains_xy(scenario.outline, settlement.x, settlement.y):
            raise InputError(f"settlement {settlement.name!r} must lie inside the outline, it lies outside")


def check_facilities(scenario: Scenario) -> None:
    """Raise `InputError` if there is no police facility or one lies in an unknown settlement."""
    names = [settlement.name for settlement in scenario.settlements]
    if not scenario.facilities:
        raise InputError("facilities must name at least one police station, got none")
    for facility in scenario.facilities:
        if facility.settlement not in names:
            near = suggest_nearest(facility.settlement, names)
            raise InputError(f"facility {facility.name!r}: no settlement {facility.settlement!r}{near}")


def scaled_scenario(scenario: Scenario) -> Scenario:
    """Return the scenario at its scale: smaller, with fewer settlements, at the same densities."""
    scale = scenario["population"].scale
    if scale == 1.0:
        return scenario
    seat_x, seat_y = seat_coordinates(scenario)
    by = math.sqrt(scale)  # lengths shrink with the root of the area
    kept = sample_settlements(scenario, scale)
    return dataclasses.replace(
        scenario,
        outline=affinity.scale(scenario.outline, by, by, origin=(seat_x, seat_y)),
        lake=scenario.lake and affinity.scale(scenario.lake, by, by, origin=(seat_x, seat_y)),
        settlements=tuple(scale_seat_distance(settlement, seat_x, seat_y, by) for settlement in kept),
        facilities=scale_facilities(scenario.facilities, {settlement.name for settlement in kept}, scale),
    )


def seat_coordinates(scenario: Scenario) -> tuple[float, float]:
    """Return the coordinates of the seat in metres, or of a point inside the outline if they are unknown."""
    town = scenario.settlements[seat_town(scenario.settlements)]
    if town.x is not None and town.y is not None:
        return town.x, town.y
    inside = scenario.outline.representative_point()
    return inside.x, inside.y


def scale_seat_distance(settlement: Settlement, seat_x: float, seat_y: float, by: float) -> Settlement:
    """Return a settlement with its distance from the seat multiplied by ``by``."""
    if settlement.x is None or settlement.y is None:
        return settlement
    x, y = seat_x + by * (settlement.x - seat_x), seat_y + by * (settlement.y - seat_y)
    return dataclasses.replace(settlement, x=x, y=y)


def sample_settlements(scenario: Scenario, scale: float) -> list[Settlement]:
    """Return a sample of the settlements, stratified by kind and road.

    Towns and settlements with a station are kept, and the share of settlements with police follows the scale.  Each
    kind keeps its share of the population, so that the weights of those kept grow.
    """
    settlements = scenario.settlements
    with_police = {facility.settlement for facility in scenario.facilities}
    with_station = {facility.settlement for facility in scenario.facilities if facility.station}
    with_station = with_station or {scenario.facilities[0].settlement}
    order = town_draws(scenario["population"].seed, "town.sample", len(settlements))
    n_police = math.floor(scale * len(with_police) + 0.5) - len(with_station)
    kept: set[int] = set()
    for kind in sorted({settlement.kind for settlement in settlements}):
        rows = [row for row, settlement in enumerate(settlements) if settlement.kind == kind]
        always = [row for row in rows if kind == "town" or settlements[row].name in with_station]
        others = sorted((row for row in rows if row not in always), key=lambda row: order[row])
        n_others = max(math.floor(scale * len(rows) + 0.5) - len(always), 1 - len(always), 0)
        roads = [[row for row in others if settlements[row].road == road] for road in range(3)]
        kept.update(always)
        for along, n in zip(roads, apportion(n_others, [len(along) for along in roads]), strict=True):
            police = [row for row in along if settlements[row].name in with_police]
            own = police[: max(min(n_police, n), 0)]
            n_police -= len(own)
            kept.update([*own, *[row for row in along if row not in police][: n - len(own)]])
    return [adjust_weight(settlements, kept, row) for row in sorted(kept)]


def adjust_weight(settlements: Sequence[Settlement], kept: set[int], row: int) -> Settlement:
    """Return a settlement with the weight that preserves the population share of its kind."""
    kind = settlements[row].kind
    whole = sum(settlement.weight for settlement in settlements if settlement.kind == kind)
    own = [settlements[k].weight for k in kept if settlements[k].kind == kind]
    weight = settlements[row].weight * whole / sum(own) if sum(own) > 0.0 else whole / len(own)
    return dataclasses.replace(settlements[row], weight=weight)


def scale_facilities(facilities: Sequence[Facility], kept: set[str], scale: float) -> tuple[Facility, ...]:
    """Return the facilities of the settlements kept; they share the scaled resources of all."""
    here = [facility for facility in facilities if facility.settlement in kept]

    def part(key: str) -> list[int]:
        whole = sum(getattr(facility, key) for facility in facilities)
        weights = [getattr(facility, key) for facility in here]
        parts = apportion(math.floor(scale * whole + 0.5), weights if any(weights) else [1] * len(here))
        return list(map(int, parts))

    plants = zip(here, part("officers"), part("desks"), part("vehicles"), part("motorcycles"), strict=True)
    return tuple(
        dataclasses.replace(facility, officers=officers, desks=desks, vehicles=vehicles, motorcycles=motorcycles)
        for facility, officers, desks, vehicles, motorcycles in plants
    )


# Cells
def cell_grid(
    outline: BaseGeometry, lake: BaseGeometry | None, cell_m: float
) -> tuple[Rows[Cell], tuple[float, float]]:
    """Return the cells centred inside the outline, and the south-west corner of the grid."""
    left, bottom, right, top = outline.bounds
    columns, rows = math.ceil((right - left) / cell_m), math.ceil((top - bottom) / cell_m)
    y, x = (index.ravel() for index in np.mgrid[0:rows, 0:columns])
    centre_x, centre_y = left + (x + 0.5) * cell_m, bottom + (y + 0.5) * cell_m
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, centre_x, centre_y)
    if not inside.any():
        raise InputError(f"territory.outline must hold at least one cell of {cell_m:g} m, got none")
    cells = zero_rows(Cell, int(inside.sum()))
    cells["x"], cells["y"] = x[inside], y[inside]
    if lake is not None:
        cells["lake"] = shapely.contains_xy(lake, centre_x[inside], centre_y[inside])
    if cells["lake"].all():
        raise InputError("territory.lake must leave some cells on land, it covers the outline")
    cells["settlement"], cells["road"] = -1, NO_ROAD
    return cells, (left, bottom)


def centre_coordinates(cells: Rows[Cell], origin: tuple[float, float], cell_m: float) -> FloatArray:
    """Return x and y of the centres of cells, in metres."""
    x, y = origin[0] + (cells["x"] + 0.5) * cell_m, origin[1] + (cells["y"] + 0.5) * cell_m
    return np.column_stack([x, y])


def neighbour_cells(cells: Rows[Cell]) -> IntArray:
    """Return the neighbours of each cell to the W, E, S, N, SW, SE, NW and NE; -1 is outside the map."""
    columns, rows = int(cells["x"].max()) + 1, int(cells["y"].max()) + 1
    row_of = np.full((rows + 2, columns + 2), -1, dtype=np.int64)
    row_of[cells["y"] + 1, cells["x"] + 1] = np.arange(len(cells))
    steps = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)]
    return np.column_stack([row_of[cells["y"] + 1 + dy, cells["x"] + 1 + dx] for dx, dy in steps])


# Settlements
def place_settlements(scenario: Scenario, cells: Rows[Cell], origin: tuple[float, float]) -> IntArray:
    """Return the centre cell of each settlement: at its coordinates, or at a random remote place on land."""
    cell_m = scenario["territory"].cell_m
    at = centre_coordinates(cells, origin, cell_m)
    land = np.flatnonzero(cells["lake"] == 0)
    if len(land) < len(scenario.settlements):
        raise InputError(
            f"territory must hold a cell on land for each settlement, got {len(land)} cells of {cell_m:g} m "
            f"for {len(scenario.settlements)} settlements"
        )
    centres = np.full(len(scenario.settlements), -1, dtype=np.int64)
    centres[seat_town(scenario.settlements)] = nearest_free_cell(at, land, centres, seat_coordinates(scenario))
    for row, place in enumerate(scenario.settlements):
        if centres[row] < 0 and place.x is not None and place.y is not None:
            centres[row] = nearest_free_cell(at, land, centres, (place.x, place.y))
    to_border = np.asarray(shapely.distance(scenario.outline.boundary, shapely.points(at)))
    seed = scenario["population"].seed
    for row in np.flatnonzero(centres < 0).tolist():
        centres[row] = draw_remote_cell(seed, row, at, land, centres, to_border)
    return centres


def nearest_free_cell(at: FloatArray, land: IntArray, centres: IntArray, point: tuple[float, float]) -> int:
    """Return the cell nearest to a point that is not yet the centre of a settlement."""
    free = np.setdiff1d(land, centres)
    return int(free[np.argmin(np.square(at[free] - np.asarray(point)).sum(axis=1))])


def draw_remote_cell(
    seed: int, row: int, at: FloatArray, land: IntArray, centres: IntArray, to_border: FloatArray
) -> int:
    """Return the remotest of `CANDIDATE_SITES` random cells, for settlement ``row``.

    Remoteness is the distance to the nearest settlement, or three times that to the border if this is less.  ``at``
    and ``to_border`` are coordinates and distances of all cells in metres, ``land`` the cells on land.
    """
    free = np.setdiff1d(land, centres)
    drawn = np.array([keyed_uniform(seed, stream_id("town.site"), 0, row, nth) for nth in range(CANDIDATE_SITES)])
    candidates = free[(drawn * len(free)).astype(np.int64)]
    distance, _ = scipy.spatial.cKDTree(at[centres[centres >= 0]]).query(at[candidates])
    return int(candidates[np.argmax(np.minimum(distance, 3.0 * to_border[candidates]))])


def with_coordinates(
    settlements: Sequence[Settlement],
    cells: Rows[Cell],
    centres: IntArray,
    origin: tuple[float, float],
    cell_m: float,
) -> tuple[Settlement, ...]:
    """Return the settlements, placed at the coordinates of their centre cells."""
    at = centre_coordinates(cells[centres], origin, cell_m)
    return tuple(
        dataclasses.replace(settlement, x=float(x), y=float(y))
        for settlement, (x, y) in zip(settlements, at, strict=True)
    )


def distribute_population(
    cells: Rows[Cell],
    centres: IntArray,
    settlements: Sequence[Settlement],
    residents: int,
    parameters: Territory,
    seed: int,
) -> None:
    """Distribute the residents over cells, with density falling from the centre of each settlement.

    Writes `population` and `settlement` of the cells.
    """
    people = apportion(residents, [settlement.weight for settlement in settlements])
    land = cells["lake"] == 0
    built = np.array([power(one, parameters.crowding) for one in people.tolist()])
    n_cells = np.maximum(parameters.inhabited * land.sum() * built / built.sum(), 1.0)
    at = np.column_stack([cells["x"], cells["y"]]).astype(float)
    distance = np.sqrt(np.square(at[None, :, :] - at[centres][:, None, :]).sum(axis=2))
    # Random factors on distances make the edges of settlements ragged instead of circular.
    distance *= 1.0 + RAGGEDNESS * (town_draws(seed, "town.ragged", len(cells)) - 0.5)
    # Dividing by the radius gives large settlements the land between them and small ones.
    owner = np.argmin(distance / np.sqrt(n_cells / math.pi)[:, None], axis=0)
    owner[centres] = np.arange(len(centres))
    for row in range(len(settlements)):
        own = np.flatnonzero((owner == row) & land)
        taken = own[np.argsort(distance[row, own], kind="stable")][: math.floor(n_cells[row] + 0.5)]
        away = distance[row, taken]
        here = apportion(int(people[row]), exp_of_each(-parameters.fading * away / (away.max() + 1.0)))
        cells["population"][taken] = here
        cells["settlement"][taken[here > 0]] = row


# Roads and travel
def road_links(cells: Rows[Cell], near: IntArray, cell_m: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Return links of cells (from, to, km); an isolated part gets one link to the largest."""
    start, way = np.nonzero(near >= 0)
    end = near[start, way]
    km = np.where(way < 4, 1.0, math.sqrt(2.0)) * cell_m / 1000.0
    ways = scipy.sparse.csr_array((km, (start, end)), shape=(len(cells), len(cells)))
    n_parts, part = scipy.sparse.csgraph.connected_components(ways)
    if n_parts == 1:
        return start, end, km
    at = np.column_stack([cells["x"], cells["y"]]) * cell_m / 1000.0
    main = np.flatnonzero(part == np.argmax(np.bincount(part)))
    tree = scipy.spatial.cKDTree(at[main])
    for lone in sorted(set(part.tolist()) - {int(part[main[0]])}):
        own = np.flatnonzero(part == lone)
        gap, other = tree.query(at[own])
        a, b = own[np.argmin(gap)], main[other[np.argmin(gap)]]
        start, end = np.append(start, [a, b]), np.append(end, [b, a])
        km = np.append(km, [gap.min(), gap.min()])
    return start, end, km


def classify_streets(cells: Rows[Cell], settlements: Sequence[Settlement]) -> None:
    """Write the class of streets: one below the road to their settlement, and equal to it in the core."""
    road = np.array([settlement.road for settlement in settlements])
    own = np.flatnonzero(cells["settlement"] >= 0)
    worse = 1 - cells["core"][own]
    cells["road"][own] = np.minimum(road[cells["settlement"][own]] + worse, PATH)


def classify_roads(
    cells: Rows[Cell],
    near: IntArray,
    centres: IntArray,
    settlements: Sequence[Settlement],
    cell_m: float,
    seed: int,
) -> None:
    """Write the best road of each cell: a street, or a road from the town to a settlement.

    Roads follow shortest paths along the minimum spanning tree of the settlements.
    """
    start, end, km = road_links(cells, near, cell_m)
    over_water = np.where((cells["lake"][start] + cells["lake"][end]) > 0, LAKE_DETOUR_KM, 1.0)
    # Random roughness breaks ties: shortest paths on a plain grid would all run along rows and columns.
    rough = 1.0 + ROUGHNESS * town_draws(seed, "town.rough", len(cells))
    ease = over_water * (rough[start] + rough[end]) / 2.0
    land_ways = scipy.sparse.csr_array((km * ease, (start, end)), shape=(len(cells), len(cells)))
    classify_streets(cells, settlements)
    length, before = scipy.sparse.csgraph.dijkstra(land_ways, indices=centres, return_predecessors=True)
    tree = scipy.sparse.csgraph.minimum_spanning_tree(scipy.sparse.csr_array(length[:, centres]))
    outward, parent = scipy.sparse.csgraph.breadth_first_order(tree, seat_town(settlements), directed=False)
    for row in outward[1:]:
        cell = centres[row]
        while cell >= 0:
            cells["road"][cell] = min(cells["road"][cell], settlements[row].road)
            cell = before[parent[row], cell]


def travel_graph(
    cells: Rows[Cell], near: IntArray, parameters: Territory
) -> tuple["scipy.sparse.csr_array", "scipy.sparse.csr_array"]:
    """Return travel minutes and road kilometres between neighbouring cells, as sparse matrices."""
    start, end, km = road_links(cells, near, parameters.cell_m)
    km = km * parameters.detour
    speeds = np.array([parameters.paved_kmh, parameters.dirt_kmh, parameters.path_kmh, parameters.foot_kmh])
    pace = MINUTES_AN_HOUR / speeds[cells["road"]]
    shape = (len(cells), len(cells))
    minutes = km * (pace[start] + pace[end]) / 2.0
    graph = scipy.sparse.csr_array
    return graph((minutes, (start, end)), shape=shape), graph((km, (start, end)), shape=shape)


def measure_travel(
    cells: Rows[Cell], near: IntArray, facility_cells: IntArray, seat: int, parameters: Territory
) -> FloatArray:
    """Write the quickest facility of each cell and the way from it; return minutes by facility and cell.

    Writes `facility`, `minutes`, `km` and `seat_minutes` of the cells.
    """
    minutes, km = travel_graph(cells, near, parameters)
    each: FloatArray
    each, before = scipy.sparse.csgraph.dijkstra(minutes, indices=facility_cells, return_predecessors=True)
    cells["facility"] = np.argmin(each, axis=0)
    cells["minutes"] = each.min(axis=0)
    cells["seat_minutes"] = scipy.sparse.csgraph.dijkstra(minutes, indices=seat)
    step = before[cells["facility"], np.arange(len(cells))]
    # A shortest path passes cells nearer to the facility, so in order of minutes their km are already known.
    for cell in np.argsort(cells["minutes"], kind="stable"):
        if step[cell] >= 0:
            cells["km"][cell] = cells["km"][step[cell]] + km[step[cell], cell]
    return each


# What stands where
def place_amenities(cells: Rows[Cell], seat: int, residents: int, parameters: Territory) -> None:
    """Write core and market, and place shops, bars and schools.

    Shops and bars follow the population, times a factor in the core and at the market; schools the population.
    """
    away_x, away_y = cells["x"] - cells["x"][seat], cells["y"] - cells["y"][seat]
    km = np.sqrt((away_x * away_x + away_y * away_y).astype(float)) * parameters.cell_m / 1000.0
    in_town = cells["settlement"] == cells["settlement"][seat]
    # The seat itself is always core and market, however large the cells.
    cells["core"] = in_town & ((km <= parameters.core_km) | (km == 0.0))
    cells["market"] = in_town & ((km <= parameters.market_km) | (km == 0.0))
    pull = np.where(cells["core"] == 1, parameters.core_pull, 1.0)
    pull = np.where(cells["market"] == 1, parameters.market_pull, pull)
    trade = cells["population"] * pull
    cells["shops"] = apportion(whole_number_rate(parameters.shops_per_1000, residents), trade)
    cells["bars"] = apportion(whole_number_rate(parameters.bars_per_1000, residents), trade)
    cells["schools"] = apportion(whole_number_rate(parameters.schools_per_1000, residents), cells["population"])


def whole_number_rate(per_1000: float, residents: int) -> int:
    """Return the integer number for a rate per thousand residents."""
    return math.floor(per_1000 * residents / 1000.0 + 0.5)


def crime_opportunity(cells: Rows[Cell], parameters: Territory) -> FloatArray:
    """Return the opportunity for crime by cell, with limits and mean 1 over residents' homes."""
    raw = (
        1.0
        + parameters.lure_shop * cells["shops"]
        + parameters.lure_bar * cells["bars"]
        + parameters.lure_market * cells["market"]
        + parameters.lure_core * cells["core"]
    )
    low, high = 0.0, 2.0 * MAXIMUM_OPPORTUNITY
    # Bisect the common factor at which the clipped values have mean 1; 60 steps exhaust a double.
    for _ in range(60):
        factor = (low + high) / 2.0
        mean = np.average(np.clip(raw * factor, MINIMUM_OPPORTUNITY, MAXIMUM_OPPORTUNITY), weights=cells["population"])
        low, high = (factor, high) if mean < 1.0 else (low, factor)
    return np.clip(raw * high, MINIMUM_OPPORTUNITY, MAXIMUM_OPPORTUNITY)


def place_stations(cells: Rows[Cell], centres: IntArray, scenario: Scenario) -> IntArray:
    """Return the cell of each facility: the centre of its settlement, or its most populous free cell."""
    row_of = {settlement.name: row for row, settlement in enumerate(scenario.settlements)}
    taken: list[int] = []
    for facility in scenario.facilities:
        row = row_of[facility.settlement]
        own = np.flatnonzero((cells["settlement"] == row) & ~np.isin(np.arange(len(cells)), taken))
        first = int(centres[row])
        if first in taken and len(own):
            first = int(own[np.argmax(cells["population"][own])])
        taken.append(first)
    return np.array(taken, dtype=np.int64)
