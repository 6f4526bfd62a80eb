"""Lookups by place that several packages share."""

from __future__ import annotations

import numpy as np

from model.engine.rows import IntArray
from model.gangs.gangs.schema import CLIQUES, TERRITORY, UNCLAIMED
from model.gangs.narcos.schema import PROTECTED
from model.town.police import NO_POST
from model.world.protocol import World
from model.world.state import State


def group_holding_cells(state: State) -> IntArray:
    """Return the holder of each cell: a clique, protectors (numbered after), or `UNCLAIMED`."""
    territory, protected = state[TERRITORY], state[PROTECTED]
    after: IntArray = np.where(protected >= 0, len(state[CLIQUES]) + protected, UNCLAIMED)
    return np.where(territory >= 0, territory, after)


def chief_positions_by_authority(world: World) -> IntArray:
    """Return the first officer, the chief, of the facility that serves each authority, or -1."""
    officers, cells = world.town.officers, world.town.cells
    first = {int(f): int(np.flatnonzero(officers["facility"] == f)[0]) for f in np.unique(officers["facility"])}
    return np.array([first.get(int(cells[a.cell].facility), NO_POST) for a in world.town.authorities], np.int64)
