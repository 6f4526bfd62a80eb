"""Lookups by place that several packages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.town.police import NO_POST, POST_COPIES
from model.town.territory import UNCLAIMED
from model.world.derived import constant
from model.world.state import OFFICERS

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.simulation.world import Simulation, World


def group_holding_cells(w: World) -> IntArray:
    """Return the holder of each cell: a clique, protectors (numbered after), or `UNCLAIMED`."""
    after: IntArray = np.where(w.protected >= 0, len(w.cliques) + w.protected, UNCLAIMED)
    return np.where(w.held_by >= 0, w.held_by, after)


@constant
def chief_of_board(sim: Simulation) -> IntArray:
    """Return the first officer, the chief, of the facility that serves each authority, or -1."""
    officers, cells = sim.town.officers, sim.town.cells
    first = {int(f): int(np.flatnonzero(officers["facility"] == f)[0]) for f in np.unique(officers["facility"])}
    return np.array([first.get(int(cells[a.cell].facility), NO_POST) for a in sim.town.authorities], np.int64)


@constant
def cell_km(sim: Simulation) -> float:
    """Return the side of a cell, km."""
    return float(sim.cell_km)


@constant
def population_scale(sim: Simulation) -> float:
    """Return the size of the simulated population relative to the real one."""
    return float(sim.settings["population"].scale)


@constant
def seats(sim: Simulation) -> IntArray:
    """Return the two officers of every post, -1 for none; reinforcements share them."""
    found = np.full((len(sim.town.posts) // POST_COPIES, 2), -1, np.int64)
    for number, officer in enumerate(sim.state[OFFICERS]):
        if officer.post >= 0:
            found[officer.post, officer.seat] = number
    return np.tile(found, (POST_COPIES, 1))
