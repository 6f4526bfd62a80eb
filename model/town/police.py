"""Police resources: officers, posts, sectors and written routes, built from the facilities.

Each station and substation has three groups of officers that relieve each other.  Officers work in couples: a post is
a couple's position in one group, and serves a sector, a set of populated cells with a written patrol route.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np

from model.engine.domains import COUNT, FLAG, PAST, SHARE, code_of, row_of
from model.engine.elementary import exp_of_each, power
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.rows import Int8Column, Row, Rows, concatenate_rows, zero_rows
from model.town.territory import town_draws

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.engine.scenario import Scenario
    from model.town.territory import Cell, Land

KM_PER_HOUR = np.array([4.0, 30.0, 25.0, 11.0])
"""Speed on foot, by motorcycle, by vehicle and by bicycle, on a paved road (Z20)."""

N_GROUPS = 3
"""Groups of officers per facility, which relieve each other."""
SEATS = 2
"""Officers in a couple."""
POST_COPIES = 4
"""Couples that a post can have: its own, and reinforcements (`roster.couples`)."""
NO_POST = -1
"""Post of officers at desks."""
POLICE_FOUNDED = 1997
"""Year in which the PNC was founded; officers of earlier cohorts served during the conflict (C17, C20)."""


class Officer(Row):
    """A position and the officer who holds it now.

    ``person`` counts earlier holders.  ``branch`` is 0 for operations (SDGO), 1 for prevention (SDGPD); ``cohort`` the
    year of entry; ``asked`` the tick of the last request for a bribe (-1 for never).  ``tone`` is the sum of training
    and present states in the log-odds of fair treatment; motivation, stress, safety and faith (trust in the community)
    are deviations from the officer's own disposition, in log-odds.

    ``sector`` is the assigned sector (-1 at a desk) since ``tick_sector``.  ``leads`` is 1 for a team leader, 2 for the
    chief; ``led`` is 1 under a trained superior.  ``skill`` (0-1) is retained training since ``tick_trained``; each
    ``habit`` (0-1) is the degree to which the officer carries out that practice of MOPSIC.
    """

    facility: Annotated[int, row_of("facility")]
    group: Annotated[int, code_of(N_GROUPS)]
    post: Annotated[int, row_of("seat_post", none=True)]
    seat: Annotated[int, COUNT]
    branch: Annotated[int, FLAG]
    person: Annotated[int, COUNT]
    cohort: Annotated[int, COUNT]
    tick_since: Annotated[int, PAST]
    sector: Annotated[int, row_of("sector", none=True)]
    tick_sector: Annotated[int, PAST]
    tick_trained: Annotated[int, PAST]
    leads: Annotated[int, code_of(3)]
    asked: Annotated[int, PAST]
    female: Annotated[Int8Column, FLAG]
    trained: Annotated[Int8Column, FLAG]
    aware: Annotated[Int8Column, FLAG]
    kiche: Annotated[Int8Column, FLAG]
    champion: Annotated[Int8Column, FLAG]
    led: Annotated[Int8Column, FLAG]
    schooling: float
    skill: Annotated[float, SHARE]
    habit_team: Annotated[float, SHARE]
    habit_area: Annotated[float, SHARE]
    habit_analysis: Annotated[float, SHARE]
    habit_follow: Annotated[float, SHARE]
    manner: float
    integrity: Annotated[float, SHARE]
    tone: float
    motivation: float
    stress: float
    safety: float
    faith: float


class Post(Row):
    """Position of a couple: facility, group and sector; ``foot`` is 1 for a patrol on foot.

    ``copy`` is 0 for the post itself; with n posts, row copy * n + i is a reinforcement of post i.
    """

    facility: int
    group: int
    sector: int
    foot: int
    copy: int


class Sector(Row):
    """Sector of a facility, with the rows of its written route and its weekly plan of visits."""

    facility: int
    foot: int
    route_start: int
    route_end: int
    plan_start: int
    plan_end: int


class RouteStop(Row):
    """Cell of a route; ``reach`` (0-1) is the cumulative share of the route's weight up to it."""

    cell: int
    reach: float


class FacilityRow(Row):
    """Station (``station`` 1) or substation with its officers, desks and vehicles."""

    cell: int
    settlement: int
    officers: int
    desks: int
    vehicles: int
    motorcycles: int
    station: int


@dataclass(frozen=True, init=False)
class PlantParameters(ParameterGroup):
    """Composition of the officers at the start, and weights of near and far cells in written routes."""

    name = "plant"
    mechanism = False
    evidence = ("A14", "A15", "A16", "A17", "B01", "B02", "B03")

    share_women: float
    share_trained: float
    share_aware: float
    share_prevention: float
    prevention_ahead: float
    share_champions: float
    share_kiche: float
    manner_spread: float
    integrity_mean: float
    integrity_spread: float
    route_crowd: float
    route_reach: float


@dataclass(frozen=True)
class PolicePlant:
    """Tables of the police resources as built."""

    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    posts: Rows[Post]
    sectors: Rows[Sector]
    routes: Rows[RouteStop]
    everywhere: Rows[RouteStop]


def build_police(scenario: Scenario, land: Land) -> PolicePlant:
    """Build officers, posts, sectors and routes from the facilities of a map."""
    parameters: PlantParameters = scenario["plant"]
    seed = scenario["population"].seed
    rosters = [staff_and_posts(facility.officers, facility.desks) for facility in land.facilities]
    n_sectors = [max(n_posts for _, n_posts in groups) for groups in rosters]
    sector_cells = split_into_sectors(land, n_sectors)
    sectors, routes = written_routes(land, sector_cells, parameters)
    posts = post_table(rosters, sectors)
    return PolicePlant(
        facilities=facility_table(land),
        officers=officer_table(rosters, posts, parameters, seed),
        posts=append_reinforcements(posts),
        sectors=sectors,
        routes=routes,
        everywhere=population_route(land.cells),
    )


def facility_table(land: Land) -> Rows[FacilityRow]:
    """Return the table of facilities."""
    table = zero_rows(FacilityRow, len(land.facilities))
    rows = {settlement.name: row for row, settlement in enumerate(land.settlements)}
    for row, facility in enumerate(land.facilities):
        table[row] = (
            land.facility_cells[row],
            rows[facility.settlement],
            facility.officers,
            facility.desks,
            facility.vehicles,
            facility.motorcycles,
            facility.station,
        )
    return table


# Officers and posts
def staff_and_posts(officers: int, desks: int) -> list[tuple[int, int]]:
    """Return (officers at desks, posts) of each group; a first couple is staffed before any desk.

    >>> staff_and_posts(20, 1)
    [(1, 3), (1, 3), (2, 2)]
    """
    sizes = [officers // N_GROUPS + (group < officers % N_GROUPS) for group in range(N_GROUPS)]
    wanted = [min(desks, max(size - SEATS, 0)) if size >= SEATS else size for size in sizes]
    n_posts = [(size - desk) // SEATS for size, desk in zip(sizes, wanted, strict=True)]
    return [(size - SEATS * posts, posts) for size, posts in zip(sizes, n_posts, strict=True)]


def post_table(rosters: list[list[tuple[int, int]]], sectors: Rows[Sector]) -> Rows[Post]:
    """Return one post per group and sector that the group can staff, sectors on foot first."""
    rows = []
    for facility, groups in enumerate(rosters):
        own = np.flatnonzero(sectors["facility"] == facility)
        for group, (_, n_posts) in enumerate(groups):
            rows += [(facility, group, sector, sectors["foot"][sector], 0) for sector in own[:n_posts]]
    return cast(Rows[Post], np.array(rows, dtype=Post.dtype))


def append_reinforcements(posts: Rows[Post]) -> Rows[Post]:
    """Return the posts followed by a row for every reinforcement that an experiment may use."""
    rows = cast(Rows[Post], np.tile(posts, POST_COPIES))
    rows["copy"] = np.repeat(np.arange(POST_COPIES), len(posts))
    return rows


def officer_table(
    rosters: list[list[tuple[int, int]]], posts: Rows[Post], parameters: PlantParameters, seed: int
) -> Rows[Officer]:
    """Return the table of officers by facility and group: two per post, then those at desks."""
    rows: list[tuple[int, int, int, int]] = []
    for facility, groups in enumerate(rosters):
        for group, (desks, _) in enumerate(groups):
            own = np.flatnonzero((posts["facility"] == facility) & (posts["group"] == group))
            rows += [(facility, group, int(post), seat) for post in own for seat in range(SEATS)]
            rows += [(facility, group, NO_POST, seat) for seat in range(desks)]
    officers = zero_rows(Officer, len(rows))
    for column, key in enumerate(("facility", "group", "post", "seat")):
        officers[key] = [row[column] for row in rows]
    n = len(officers)
    officers["female"] = town_draws(seed, "town.officer_female", n) < parameters.share_women
    officers["branch"] = town_draws(seed, "town.officer_branch", n) < parameters.share_prevention
    officers["trained"] = town_draws(seed, "town.officer_trained", n) < training_probability(
        officers["branch"], parameters
    )
    untrained_aware = (parameters.share_aware - parameters.share_trained) / max(1.0 - parameters.share_trained, 1e-9)
    heard = town_draws(seed, "town.officer_aware", n) < untrained_aware
    officers["aware"] = heard | (officers["trained"] == 1)
    officers["kiche"] = town_draws(seed, "town.officer_kiche", n) < parameters.share_kiche
    officers["champion"] = town_draws(seed, "town.officer_champion", n) < parameters.share_champions
    officers["manner"] = parameters.manner_spread * draw_spread(seed, n)
    leaning = 2.0 * town_draws(seed, "town.officer_integrity", n) - 1.0
    officers["integrity"] = np.clip(parameters.integrity_mean + parameters.integrity_spread * leaning, 0.0, 1.0)
    return officers


def training_probability(branch: IntArray, parameters: PlantParameters) -> FloatArray:
    """Return each officer's probability of being trained at the start.

    Officers of the prevention branch are ahead by a ratio; the mean over all officers is the stated share.
    """
    mean = 1.0 + parameters.share_prevention * (parameters.prevention_ahead - 1.0)
    return parameters.share_trained / mean * np.where(branch == 1, parameters.prevention_ahead, 1.0)


def draw_spread(seed: int, n: int) -> FloatArray:
    """Return ``n`` approximately normal numbers with mean 0 and standard deviation 1."""
    # The sum of twelve uniforms has mean 6 and variance 1 (Irwin-Hall).
    return np.sum([town_draws(seed, "town.officer_manner", n, nth) for nth in range(12)], axis=0) - 6.0


# Sectors and routes
def split_into_sectors(land: Land, n_sectors: list[int]) -> list[tuple[int, int, IntArray]]:
    """Return (facility, on foot, cells) of every sector; each populated cell belongs to one sector.

    Cells belong to the nearest facility by travel time.  A station patrols the core on foot if it has another sector.
    """
    able = np.flatnonzero(np.array(n_sectors) > 0)
    if len(able) == 0:
        return []
    populated = np.flatnonzero(land.cells["population"] > 0)
    nearest = able[np.argmin(land.minutes[able][:, populated], axis=0)]
    sectors: list[tuple[int, int, IntArray]] = []
    for facility in able:
        own, n = populated[nearest == facility], n_sectors[facility]
        core = own[land.cells["core"][own] == 1]
        rest = own[land.cells["core"][own] == 0]
        on_foot = land.facilities[facility].station and len(core) > 0 and len(rest) > 0 and n > 1
        if on_foot:
            sectors.append((int(facility), 1, core))
        parts = split_by_angle(land, land.facility_cells[facility], rest if on_foot else own, n - on_foot)
        sectors += [(int(facility), 0, part) for part in parts]
    return sectors


def split_by_angle(land: Land, centre: int, own: IntArray, n: int) -> list[IntArray]:
    """Divide cells around a facility into ``n`` parts of about equal population, by direction."""
    if len(own) == 0:
        return [np.array([centre])] * n
    cells = land.cells
    x, y = cells["x"][own] - cells["x"][centre], cells["y"][own] - cells["y"][centre]
    own = own[np.argsort(quarter_turns(x, y), kind="stable")]
    people = cells["population"][own].astype(float)
    middle = np.cumsum(people) - people / 2.0
    part = np.minimum(middle / people.sum() * n, n - 1).astype(np.int64)
    # With fewer cells than parts, a part without a cell shares the cell in the middle of its directions.
    return [own[part == k] if np.any(part == k) else own[[k * len(own) // n]] for k in range(n)]


def quarter_turns(x: IntArray, y: IntArray) -> FloatArray:
    """Return numbers from -2 to 2 that increase with the direction of points, counted from the east, 0 at the origin.

    >>> quarter_turns(np.array([0, 1, 0, -1, 0]), np.array([-1, 0, 1, 0, 0])).tolist()
    [-1.0, 0.0, 1.0, 2.0, 0.0]
    """
    far = np.abs(x) + np.abs(y)
    return np.where(far == 0, 0.0, np.where(y < 0, -1.0, 1.0) * (1.0 - x / np.maximum(far, 1)))


def written_routes(
    land: Land, sector_cells: list[tuple[int, int, IntArray]], parameters: PlantParameters
) -> tuple[Rows[Sector], Rows[RouteStop]]:
    """Return the sectors and their routes: populated cells by weight, and cells with shops or schools.

    The weight of a cell is its population to the power `route_crowd`, times a factor that falls with travel time.
    """
    sectors = zero_rows(Sector, len(sector_cells))
    routes: list[Rows[RouteStop]] = []
    written = 0
    for row, (facility, foot, own) in enumerate(sector_cells):
        cells = land.cells[own]
        near = exp_of_each(-land.minutes[facility, own] / parameters.route_reach)
        crowd = [power(people, parameters.route_crowd) for people in np.maximum(cells["population"], 1).tolist()]
        institutions = cells["shops"] + cells["schools"]
        route = cumulative_weights(own, np.array(crowd) * near)
        visits = cumulative_weights(own, institutions) if institutions.any() else route
        ends = written + len(route), written + len(route) + len(visits)
        sectors[row] = (facility, foot, written, ends[0], ends[0], ends[1])
        routes += [route, visits]
        written = ends[1]
    return sectors, concatenate_rows(routes) if routes else zero_rows(RouteStop, 0)


def cumulative_weights(own: IntArray, weight: FloatArray) -> Rows[RouteStop]:
    """Return the cells of positive weight with their cumulative share; the last is exactly 1."""
    keep = weight > 0
    route = zero_rows(RouteStop, int(keep.sum()))
    route["cell"] = own[keep]
    route["reach"] = np.cumsum(weight[keep] / weight[keep].sum())
    route["reach"][-1] = 1.0
    return route


def population_route(cells: Rows[Cell]) -> Rows[RouteStop]:
    """Return a route over all populated cells, weighted by population."""
    return cumulative_weights(np.arange(len(cells)), cells["population"].astype(float))


@kernel
def has_no_motor(mode: int) -> bool:
    """Return whether a couple moves on foot or by bicycle."""
    return mode in (FOOT, BICYCLE)


MODES = ("foot", "motorcycle", "vehicle", "bicycle")
FOOT, MOTORCYCLE, VEHICLE, BICYCLE = range(len(MODES))
