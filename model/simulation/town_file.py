"""A town as a file of arrays with a digest, in the format of saved states."""

import dataclasses
import typing
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from model.engine.rows import Int32Array, IntArray, Row
from model.engine.scenario import Facility, Settlement
from model.simulation.checkpoint import copy_as_type
from model.simulation.state_file import SAVE_AGAIN_HINT, read_state, write_state
from model.town.town import Town, make_read_only

AREAS = ("outline", "lake")
ARRAYS: dict[Any, np.dtype[Any]] = {IntArray: np.dtype(np.int64), Int32Array: np.dtype(np.int32)}
"""Type of the elements of a plain array by the type of its field."""


def write_town(folder: Path, town: Town) -> None:
    """Write a town into a folder."""
    arrays = {name: table for name, table in vars(town).items() if isinstance(table, np.ndarray)}
    for name in AREAS:
        if (area := getattr(town, name)) is not None:
            arrays[name] = np.frombuffer(shapely.to_wkb(area), np.uint8)
    places = {name: [dataclasses.asdict(one) for one in getattr(town, name)] for name in ("settlements", "stations")}
    write_state(folder, arrays, {"fingerprint": fingerprint(), "cell_m": town.cell_m, "origin": town.origin, **places})


def read_town(folder: Path, whole: bool = False) -> Town:
    """Return the town in a folder; ``whole`` skips the check of the digest, for a file known to be intact.

    Raises
    ------
    InputError
        If the file is missing, damaged, or was written by other code.
    """
    tables, about = read_state(folder, whole)
    kinds = {name: kind for name, hint in typing.get_type_hints(Town).items() if (kind := element_type(hint))}
    try:
        fields: dict[str, Any] = {name: copy_as_type(name, tables, kind) for name, kind in kinds.items()}
        fields |= {name: shapely.from_wkb(tables[name].tobytes()) if name in tables else None for name in AREAS}
        fields["settlements"] = tuple(Settlement(**one) for one in about["settlements"])
        fields["stations"] = tuple(Facility(**one) for one in about["stations"])
        town = Town(**fields, cell_m=float(about["cell_m"]), origin=tuple(about["origin"]))
    except (KeyError, TypeError, ValueError, shapely.errors.GEOSException) as reason:
        raise InputError(f"{folder} holds no town of this program ({reason}): {SAVE_AGAIN_HINT}") from None
    make_read_only(town)
    return town


def element_type(hint: Any) -> np.dtype[Any] | None:
    """Return the type of the elements of a table by the type of its field; None for another field.

    >>> element_type(IntArray), element_type(float)
    (dtype('int64'), None)
    """
    row = next(iter(typing.get_args(hint)), None)
    return ARRAYS.get(hint, row.dtype if isinstance(row, type) and issubclass(row, Row) else None)
