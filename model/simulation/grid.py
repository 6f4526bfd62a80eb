"""Show a world as a Mesa grid: its agents in cells, trust and crime as property layers.

The grid is a reading of the tables of a world, for those who know Mesa's spaces: nothing in the model uses it.  It is
created at the first request (`TrustModel.grid`) and read anew at a request in a later shift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.simulation.mesa_import import mesa

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.agents import MesaWorld

LAYERS = ("residents", "trust", "crimes")
"""Property layers: residents who live in a cell; their mean trust (0-1, nan without residents); crimes of the month."""


def create_grid(sim: MesaWorld) -> Any:
    """Return an empty Mesa grid that covers the map of a world, with its property layers.

    Parameters
    ----------
    world
        The world; `read_grid` fills its grid.

    Returns
    -------
    mesa.discrete_space.OrthogonalMooreGrid
        Coordinates are column and row of `Town.cells`, from the south-west corner.
    """
    cells = sim.town.cells
    size = int(cells["x"].max()) + 1, int(cells["y"].max()) + 1
    grid = mesa.discrete_space.OrthogonalMooreGrid(size, random=sim.random)
    for name in LAYERS:
        grid.create_property_layer(name, default_value=0.0, dtype=float)
    grid.trust.data[:] = np.nan
    return grid


def read_grid(grid: Any, sim: MesaWorld, trust: FloatArray, crimes: FloatArray) -> None:
    """Put the agents of a world into the cells where they are, and write the property layers.

    Parameters
    ----------
    grid
        The grid of the world, from `create_grid`.
    world
        The world, between two shifts.
    trust
        Trust of every resident (0-1), shape (rows of ``minds``,).
    crimes
        Crimes by cell in the present month, shape (cells,).
    """
    x, y = sim.town.cells["x"], sim.town.cells["y"]
    for agent in sim.agents:
        row = agent.place
        agent.put_into(grid[int(x[row]), int(y[row])] if row >= 0 else None)
    here = sim.minds["gone"] < 0
    homes = sim.town.people["home"][here]
    residents = np.bincount(homes, minlength=sim.town.n_cells).astype(float)
    sums = np.bincount(homes, trust[here], sim.town.n_cells)
    mean = np.divide(sums, residents, out=np.full(len(sums), np.nan), where=residents > 0)
    for name, values in zip(LAYERS, (residents, mean, crimes), strict=True):
        getattr(grid, name).data[x, y] = values
