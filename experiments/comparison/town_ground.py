"""Geography of a town, which no run changes: inhabited cells, largest settlements, outlines."""

from typing import Any

import numpy as np

from model.town.town import Town

OUTLINE_TOLERANCE_M = 60.0
"""Tolerance of simplified outlines in metres."""


def inhabited(town: Town) -> np.ndarray:
    """Return the indices of inhabited cells."""
    return np.flatnonzero(town.cells["population"] > 0)


def largest_settlements(town: Town, number: int) -> np.ndarray:
    """Return the settlements with most residents, largest first."""
    residents = np.bincount(town.people["settlement"], minlength=town.n_settlements)
    return np.argsort(-residents, kind="stable")[:number]


def rings(town: Town, shape: Any, corner: tuple[int, int] = (0, 0)) -> list[list[list[float]]]:
    """Return the outer rings of a shape in cells from ``corner``, itself in cells from the south-west of the grid."""
    plain = shape.simplify(OUTLINE_TOLERANCE_M)
    parts = [part for part in getattr(plain, "geoms", [plain]) if part.geom_type == "Polygon" and not part.is_empty]
    lines = [np.asarray(part.exterior.coords)[:, :2] for part in parts]
    return [((line - town.origin) / town.cell_m - corner).round(2).tolist() for line in lines]
