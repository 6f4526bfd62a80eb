"""What the map is told of a world: its ground once, and frame by frame who moves and what happens."""

from typing import Any

import numpy as np

from experiments.viewer.lane import Lane
from model.daybook import (
    BY_EXTORTION,
    BY_GANG,
    DOMESTIC,
    EXTORTION,
    IMITATOR,
    INCIDENTS,
    PUNISHMENT,
    TERRITORIAL,
    VISITS,
)
from model.town import Town

HIDDEN_KINDS = (int(EXTORTION), int(DOMESTIC))
HIDDEN_MOTIVES = tuple(int(motive) for motive in (BY_GANG, BY_EXTORTION, TERRITORIAL, IMITATOR, PUNISHMENT))
"""What gangs and partners do is not shown as it happens, since the map bears the names of places."""
AT_HOME = 9


def place_of(town: Town) -> dict[str, Any]:
    """Return outline, names, stations and seats in the units of the cells."""
    cells = town.cells

    def spot(cell: int, **more: Any) -> dict[str, Any]:
        return {"x": int(cells["x"][cell]), "y": int(cells["y"][cell]), **more}

    living = np.bincount(town.people["settlement"], minlength=town.n_settlements)
    order = np.argsort(-living, kind="stable")
    return {
        "width": int(cells["x"].max()) + 1,
        "height": int(cells["y"].max()) + 1,
        "residents": town.n_people,
        "outline": rings(town, town.outline),
        "lake": rings(town, town.lake) if town.lake is not None else [],
        "settlements": [spot(int(town.centres[z]), name=town.settlement_names[z]) for z in order],
        "stations": [spot(int(row["cell"])) for row in town.facilities],
        "seats": [spot(int(row["cell"])) for row in town.authorities],
    }


def rings(town: Town, shape: Any) -> list[list[list[float]]]:
    """Return the outer lines of a shape in cells from the south-west corner."""
    parts = getattr(shape.simplify(60.0), "geoms", None) or [shape.simplify(60.0)]
    lines = [np.asarray(part.exterior.coords) for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    return [((line[:, :2] - town.origin) / town.cell_m).round(2).tolist() for line in lines]


def cells_of(town: Town) -> bytes:
    """Return columns and rows of all cells."""
    return np.concatenate([town.cells["x"], town.cells["y"]]).astype(np.int32).tobytes()


def where_of(town: Town) -> bytes:
    """Return the cell of every resident by list of the calendar, and last their homes."""
    return np.concatenate([town.places.ravel(), town.people["home"]]).astype(np.int32).tobytes()


def rounds_of(lane: Lane) -> bytes:
    """Return who was where in the last shift: post, place, minute, stay and mode, visit by visit."""
    world, town = lane.world, lane.site.town
    couples = world.state.couples
    visits = world.book.filled(VISITS)
    visits = visits[visits["alive"] == 1]
    on = np.flatnonzero(couples["on"] == 1)
    start = np.zeros((len(on), 6), np.float32)
    start[:, 0] = on
    cell = town.facilities["cell"][town.posts["facility"][on]]
    start[:, 1], start[:, 2] = town.cells["x"][cell], town.cells["y"][cell]
    start[:, 5] = couples["mode"][on]
    rows = np.zeros((len(visits), 6), np.float32)
    rows[:, 0] = visits["post"]
    rows[:, 1], rows[:, 2] = town.cells["x"][visits["cell"]], town.cells["y"][visits["cell"]]
    rows[:, 3], rows[:, 4] = visits["minute"], visits["stay"]
    rows[:, 5] = couples["mode"][visits["post"]]
    every = np.concatenate([start, rows])
    return every[np.lexsort((every[:, 3], every[:, 0]))].tobytes()


def incidents_of(lane: Lane) -> bytes:
    """Return place and minute of what happened in the last shift and may be shown as it happens."""
    rows = lane.world.book.filled(INCIDENTS)
    rows = rows[~np.isin(rows["kind"], HIDDEN_KINDS) & ~np.isin(rows["motive"], HIDDEN_MOTIVES)]
    cells = lane.site.town.cells[rows["cell"]]
    return np.stack([cells["x"], cells["y"], rows["minute"]], axis=1).astype(np.float32).tobytes()


def frame_of(lane: Lane, letter: str, layer: str) -> dict[str, bytes]:
    """Return all bytes of one world for a frame."""
    people = lane.watch.people.tobytes() if layer == "residents" else b""
    return {
        f"ground_{letter}": lane.watch.bytes(lane.world, layer).tobytes(),
        f"people_{letter}": people,
        f"rounds_{letter}": rounds_of(lane),
        f"incidents_{letter}": incidents_of(lane),
    }
