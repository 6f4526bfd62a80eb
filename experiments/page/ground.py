"""Base map: outline, lake, names, stations, seats of authorities, inhabited cells."""

import math
from typing import Any

import numpy as np

from experiments.comparison.life_recorder import inhabited, largest_settlements, rings
from model.town.town import Town

N_NAMES = 9
"""Number of settlements that may be named on the map, the most populous ones."""


def frame_size(town: Town) -> tuple[int, int, int, int]:
    """Return left, bottom, width and height (cells) of the rectangle around the outline, with a margin of a cell."""
    bounds = np.array(town.outline.bounds).reshape(2, 2)
    (left, bottom), (right, top) = (bounds - town.origin) / town.cell_m
    left, bottom = math.floor(left) - 1, math.floor(bottom) - 1
    return left, bottom, math.ceil(right) + 1 - left, math.ceil(top) + 1 - bottom


def columns_and_rows(town: Town, cells: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and rows of cells on the map, from its lower left corner."""
    left, bottom, _, _ = frame_size(town)
    return town.cells["x"][cells] - left, town.cells["y"][cells] - bottom


def base_map(town: Town) -> dict[str, Any]:
    """Return the parts of a map that do not depend on a run, in units of its cells."""

    def map_point(cell: int, **more: Any) -> dict[str, Any]:
        x, y = columns_and_rows(town, cell)
        return {"x": int(x), "y": int(y), **more}

    x, y = columns_and_rows(town, inhabited(town))
    left, bottom, width, height = frame_size(town)
    largest = largest_settlements(town, N_NAMES)
    return {
        "width": width,
        "height": height,
        "outline": rings(town, town.outline, (left, bottom)),
        "lake": rings(town, town.lake, (left, bottom)) if town.lake is not None else [],
        "names": [map_point(int(town.centres[z]), name=town.settlement_names[z]) for z in largest],
        "stations": [map_point(int(row["cell"])) for row in town.facilities],
        "seats": [map_point(int(row["cell"])) for row in town.authorities],
        "x": x.tolist(),
        "y": y.tolist(),
        "km": 1000.0 / town.cell_m,
    }
