"""The sets of tables that most kernels take: the ground, the police plant, and the stage of the present shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.daybook import Day
from model.kernels import Tables
from model.ledger import Trust
from model.police import COPIES, FacilityRow, Officer, Post, Sector, Stop
from model.residents import Person
from model.rows import Ints, Reals, Rows, Smalls
from model.state import COME, CROWD, OFFICERS, WHO_END
from model.territory import Cell

if TYPE_CHECKING:
    from model.model import TrustModel as World
    from model.register import Mind, Tally


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


def ground_of(world: World) -> Ground:
    """Return the tables of places and residents of a town, with who is here by now."""
    town, state = world.town, world.state
    return Ground(
        town.cells,
        town.near,
        town.people,
        town.ties,
        town.places,
        town.who_start,
        town.who,
        state[WHO_END],
        state[CROWD],
        state[COME],
    )


def plant_of(world: World) -> Plant:
    """Return the tables of the police of a town with its present officers, and the seats of every post."""
    town, officers = world.town, world.state[OFFICERS]
    seats = np.full((len(town.posts) // COPIES, 2), -1, np.int64)
    for number, officer in enumerate(officers):
        if officer.post >= 0:
            seats[officer.post, officer.seat] = number
    seats = np.tile(seats, (COPIES, 1))
    return Plant(town.facilities, officers, town.posts, seats, town.sectors, town.routes, town.everywhere)


def stage_of(world: World) -> Stage:
    """Lay out where the events of a shift happen."""
    return Stage(
        world.book.day,
        world.ground,
        world.minds,
        world.numbers["trust"],
        world.state.ledger,
        world.tally,
        world.tick,
        world.calendar.place_list(world.tick),
        world.month,
        world.seed,
    )
