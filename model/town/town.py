"""The town: all data of a municipality that no run changes, built once and shared by paired worlds."""

from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from model.engine.rows import Int32Array, IntArray, Rows
from model.engine.scenario import TOWN_GROUPS, Facility, Scenario, Settlement
from model.town.arrivals import append_arrivals
from model.town.authorities import AuthorityRow, build_authorities
from model.town.police import FacilityRow, Officer, Post, RouteStop, Sector, build_police
from model.town.residents import Person, build_residents
from model.town.territory import Cell, build_territory


@dataclass(frozen=True)
class Town:
    """Map, residents, police resources and boards, read-only; row numbers are permanent identities.

    Attributes
    ----------
    cells
        Square cells of the map.
    near
        Neighbours of each cell, -1 outside the map.
    people
        Residents, those who arrive during a run included.
    ties
        Six acquaintances of each resident.
    places
        Cell of each resident by presence list (kind of day times shift), -1 outside the municipality.
    who_start, who
        Residents present in each cell by presence list: ``who[list, who_start[list, cell]:]``.
    facilities, officers, posts, sectors, routes
        Police resources; ``everywhere`` is the route over all populated cells.
    authorities
        Boards, one per settlement.
    centres
        Cell at the centre of each settlement.
    settlements, stations
        Settlements and police facilities of the scenario.
    cell_m
        Side of a cell, m.
    origin
        South-west corner of the grid, m.
    outline, lake
        Areas in metres.
    """

    cells: Rows[Cell]
    near: IntArray
    people: Rows[Person]
    ties: Int32Array
    places: Int32Array
    who_start: IntArray
    who: Int32Array
    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    posts: Rows[Post]
    sectors: Rows[Sector]
    routes: Rows[RouteStop]
    everywhere: Rows[RouteStop]
    authorities: Rows[AuthorityRow]
    centres: IntArray
    settlements: tuple[Settlement, ...]
    stations: tuple[Facility, ...]
    cell_m: float
    origin: tuple[float, float]
    outline: BaseGeometry
    lake: BaseGeometry | None

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """Names of the settlements by number."""
        return tuple(settlement.name for settlement in self.settlements)

    @property
    def facility_names(self) -> tuple[str, ...]:
        """Names of the facilities by number."""
        return tuple(station.name for station in self.stations)

    @property
    def n_settlements(self) -> int:
        """Number of settlements."""
        return len(self.settlements)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.cells)

    @property
    def n_people(self) -> int:
        """Number of rows of residents, future arrivals included."""
        return len(self.people)

    @property
    def n_residents(self) -> int:
        """Number of residents at the start."""
        return int((self.people["arrives"] < 0).sum())


def build_town(scenario: Scenario) -> Town:
    """Build the town of a scenario, from `population.seed` and not from a run's seed."""
    scenario = replace(scenario, groups={name: scenario.groups[name] for name in TOWN_GROUPS})
    land = build_territory(scenario)
    residents = append_arrivals(scenario, build_residents(scenario, land), len(land.cells))
    police = build_police(scenario, land)
    town = Town(
        cells=land.cells,
        near=land.near,
        people=residents.people,
        ties=residents.ties,
        places=residents.places,
        who_start=residents.who_start,
        who=residents.who,
        facilities=police.facilities,
        officers=police.officers,
        posts=police.posts,
        sectors=police.sectors,
        routes=police.routes,
        everywhere=police.everywhere,
        authorities=build_authorities(scenario, land),
        centres=land.centres,
        settlements=land.settlements,
        stations=land.facilities,
        cell_m=land.cell_m,
        origin=land.origin,
        outline=land.outline,
        lake=land.lake,
    )
    make_read_only(town)
    return town


def make_read_only(town: Town) -> None:
    """Make every table of the town read-only, so that no run can change it."""
    for table in vars(town).values():
        if isinstance(table, np.ndarray):
            table.flags.writeable = False
