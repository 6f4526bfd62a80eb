"""Lay out the tables of places, of the police and of the shift for kernels."""

from __future__ import annotations

import numpy as np

from model.town.police import POST_COPIES
from model.world.protocol import World
from model.world.shift_context import PlaceTables, PoliceTables, ShiftContext
from model.world.state import ARRIVED, CROWD, OFFICERS, WHO_END


def ground_of(world: World) -> PlaceTables:
    """Return the tables of places and residents of a town, with who is here by now."""
    town, state = world.town, world.state
    return PlaceTables(
        town.cells,
        town.near,
        town.people,
        town.ties,
        town.places,
        town.who_start,
        town.who,
        state[WHO_END],
        state[CROWD],
        state[ARRIVED],
    )


def plant_of(world: World) -> PoliceTables:
    """Return the tables of the police of a town with its present officers, and the seats of every post."""
    town, officers = world.town, world.state[OFFICERS]
    seats = np.full((len(town.posts) // POST_COPIES, 2), -1, np.int64)
    for number, officer in enumerate(officers):
        if officer.post >= 0:
            seats[officer.post, officer.seat] = number
    seats = np.tile(seats, (POST_COPIES, 1))
    return PoliceTables(town.facilities, officers, town.posts, seats, town.sectors, town.routes, town.everywhere)


def stage_of(world: World) -> ShiftContext:
    """Lay out where the events of a shift happen."""
    return ShiftContext(
        world.shift_events.day,
        world.ground,
        world.minds,
        world.parameters["trust"],
        world.state.ledger,
        world.tally,
        world.tick,
        world.calendar.place_list(world.tick),
        world.month,
        world.seed,
    )
