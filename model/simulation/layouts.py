"""Lay out the tables of places, of the police and of the shift for kernels."""

from __future__ import annotations

import numpy as np

from model.town.police import COPIES
from model.world.protocol import World
from model.world.shift_context import Ground, Plant, Stage
from model.world.state import COME, CROWD, OFFICERS, WHO_END


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
