"""The sets of tables that most kernels take: the ground, the police plant, and the stage of the present shift."""

from __future__ import annotations

from model.engine.kernels import TableBundle
from model.engine.rows import FloatArray, Int32Array, IntArray, Rows
from model.town.police import FacilityRow, Officer, Post, RouteStop, Sector
from model.town.residents import Person
from model.town.territory import Cell
from model.trust.ledger.schema import Trust
from model.world.columns import MonthlyCounts, ResidentState
from model.world.shift_events import ShiftEventTables


class PlaceTables(TableBundle):
    """The tables of the town that kernels read about places and residents."""

    cells: Rows[Cell]
    near: IntArray
    people: Rows[Person]
    ties: Int32Array
    places: Int32Array
    who_start: IntArray
    who: Int32Array
    who_end: IntArray
    crowd: IntArray
    come: IntArray


class PoliceTables(TableBundle):
    """The tables of the town that kernels read about the police; ``seats[post]`` are its two officers.

    Reinforcements of a post have its seats.
    """

    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    posts: Rows[Post]
    seats: IntArray
    sectors: Rows[Sector]
    routes: Rows[RouteStop]
    everywhere: Rows[RouteStop]


class ShiftContext(TableBundle):
    """Where an event of this shift happens: its page, the town, the residents, the books, and whose luck it is.

    ``where`` is the number of the list that says who is where in this shift, ``month`` twelve times the year plus 0 to
    11.
    """

    day: ShiftEventTables
    ground: PlaceTables
    minds: Rows[ResidentState]
    trust: Rows[Trust]
    ledger: FloatArray
    tally: Rows[MonthlyCounts]
    tick: int
    where: int
    month: int
    seed: int
