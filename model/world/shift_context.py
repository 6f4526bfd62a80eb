"""The sets of tables that most kernels take: the ground, the police plant, and the stage of the present shift."""

from __future__ import annotations

from model.engine.kernels import Tables
from model.engine.rows import Ints, Reals, Rows, Smalls
from model.town.police import FacilityRow, Officer, Post, Sector, Stop
from model.town.residents import Person
from model.town.territory import Cell
from model.trust.ledger.schema import Trust
from model.world.columns import Mind, Tally
from model.world.shift_events import Day


class Ground(Tables):
    """The tables of the town that kernels read about places and residents."""

    cells: Rows[Cell]
    near: Ints
    people: Rows[Person]
    ties: Smalls
    places: Smalls
    who_start: Ints
    who: Smalls
    who_end: Ints
    crowd: Ints
    come: Ints


class Plant(Tables):
    """The tables of the town that kernels read about the police; ``seats[post]`` are its two officers.

    Reinforcements of a post have its seats.
    """

    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    posts: Rows[Post]
    seats: Ints
    sectors: Rows[Sector]
    routes: Rows[Stop]
    everywhere: Rows[Stop]


class Stage(Tables):
    """Where an event of this shift happens: its page, the town, the residents, the books, and whose luck it is.

    ``where`` is the number of the list that says who is where in this shift, ``month`` twelve times the year plus 0 to
    11.
    """

    day: Day
    ground: Ground
    minds: Rows[Mind]
    trust: Rows[Trust]
    ledger: Reals
    tally: Rows[Tally]
    tick: int
    where: int
    month: int
    seed: int
