"""Data of the map: the ground once, and frame by frame patrols and incidents."""

import math
from typing import Any

import numpy as np

from experiments.page.frame_encoding import NOTHING, ON_REQUEST, TOP, encode_difference
from experiments.page.world_session import WorldSession
from model.town.crime_kinds import DOMESTIC, EXTORTION
from model.town.town import Town
from model.world.shift_events import BY_EXTORTION, BY_GANG, IMITATOR, INCIDENTS, PUNISHMENT, TERRITORIAL, VISITS

HIDDEN_KINDS = (int(EXTORTION), int(DOMESTIC))
HIDDEN_MOTIVES = tuple(int(motive) for motive in (BY_GANG, BY_EXTORTION, TERRITORIAL, IMITATOR, PUNISHMENT))
"""Crimes of gangs and partners are not shown as they happen, since the map bears the names of places."""
AT_HOME = 9


def frame_size(town: Town) -> tuple[int, int, int, int]:
    """Return left, bottom, width and height, in cells, of the rectangle that holds the outline."""
    bounds = np.array(town.outline.bounds).reshape(2, 2)
    (left, bottom), (right, top) = (bounds - town.origin) / town.cell_m
    left, bottom = math.floor(left) - 1, math.floor(bottom) - 1
    return left, bottom, math.ceil(right) + 1 - left, math.ceil(top) + 1 - bottom


def columns_and_rows(town: Town, cells: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return where cells lie on the map, from its lower left corner."""
    left, bottom, _, _ = frame_size(town)
    return town.cells["x"][cells] - left, town.cells["y"][cells] - bottom


def place_of(town: Town) -> dict[str, Any]:
    """Return outline, names, stations and seats in the units of the cells."""

    def spot(cell: int, **more: Any) -> dict[str, Any]:
        x, y = columns_and_rows(town, cell)
        return {"x": int(x), "y": int(y), **more}

    living = np.bincount(town.people["settlement"], minlength=town.n_settlements)
    order = np.argsort(-living, kind="stable")
    return {
        "width": frame_size(town)[2],
        "height": frame_size(town)[3],
        "residents": town.n_people,
        "bytes": np.dtype(number_of(town)).itemsize,
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
    corner = frame_size(town)[:2]
    return [((line[:, :2] - town.origin) / town.cell_m - corner).round(2).tolist() for line in lines]


def cells_of(town: Town) -> bytes:
    """Return columns and rows of all cells."""
    return np.concatenate(columns_and_rows(town, slice(None))).astype(np.int32).tobytes()


def where_of(town: Town) -> bytes:
    """Return the cell of every resident by list of the calendar, and last their homes."""
    return np.concatenate([town.places.ravel(), town.people["home"]]).astype(number_of(town)).tobytes()


def number_of(town: Town) -> type[np.signedinteger[Any]]:
    """Return the shortest kind of number that holds every cell: it decides how soon the first map is there."""
    return np.int16 if town.n_cells < 2**15 else np.int32


def rounds_of(world: Any, town: Town) -> bytes:
    """Return who was where in the last shift: post, place, minute, stay and mode, visit by visit."""
    couples = world.state.couples
    visits = world.shift_events.rows_of(VISITS)
    visits = visits[visits["alive"] == 1]
    on = np.flatnonzero(couples["on"] == 1)
    posts = np.concatenate([on, visits["post"]])
    cells = np.concatenate([town.facilities["cell"][town.posts["facility"][on]], visits["cell"]])
    at_start = np.zeros(len(on))  # every couple begins at its facility
    minutes, stays = (np.concatenate([at_start, visits[name]]) for name in ("minute", "stay"))
    columns = (posts, *columns_and_rows(town, cells), minutes, stays, couples["mode"][posts])
    every = np.stack(columns, axis=1).astype(np.float32)
    return every[np.lexsort((every[:, 3], every[:, 0]))].tobytes()


def incidents_of(world: Any, town: Town) -> bytes:
    """Return place and minute of the incidents of the last shift that may be shown as they happen."""
    rows = world.shift_events.rows_of(INCIDENTS)
    rows = rows[~np.isin(rows["kind"], HIDDEN_KINDS) & ~np.isin(rows["motive"], HIDDEN_MOTIVES)]
    x, y = columns_and_rows(town, rows["cell"])
    return np.stack([x, y, rows["minute"]], axis=1).astype(np.float32).tobytes()


def difference_of(a: WorldSession, b: WorldSession, layer: str) -> tuple[dict[str, bytes], float]:
    """Return the bytes that show by how much B exceeds A, in the place of A, and the end of their scale."""
    frame = {"ground_a": b"", "people_a": b"", "rounds_a": b"", "incidents_a": b""}
    if layer == "residents":
        shown, end = encode_difference(a.map_state.people, b.map_state.people)
        return frame | {"people_a": shown}, end
    values = [session.map_state.values(session.world, layer) for session in (a, b)]
    if layer in ON_REQUEST:  # territory has no more and less: shown is where it is another's
        other = values[0] != values[1]
        return frame | {"ground_a": np.where(other, int(TOP), NOTHING).astype(np.uint8).tobytes()}, 0.0
    empty = a.map_state.empty(values[0], layer) & b.map_state.empty(values[1], layer)
    shown, end = encode_difference(np.where(empty, np.nan, values[0]), values[1])
    return frame | {"ground_a": shown}, end


def frame_of(session: WorldSession, letter: str, layer: str) -> dict[str, bytes]:
    """Return all bytes of one world for a frame."""
    people = session.map_state.dots() if layer == "residents" else b""
    ground = b"" if layer == "residents" else session.map_state.bytes(session.world, layer).tobytes()
    return {
        f"ground_{letter}": ground,
        f"people_{letter}": people,
        f"rounds_{letter}": rounds_of(session.world, session.site.town),
        f"incidents_{letter}": incidents_of(session.world, session.site.town),
    }
