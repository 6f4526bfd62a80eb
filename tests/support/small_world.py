"""Worlds made by hand: rules are checked against known answers without a town."""

import typing
from typing import Any

import numpy as np

from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.simulation.registry import TABLES
from model.simulation.world import GuardNumbers, Parameters, World
from model.town.town import Town
from model.world.shift_events import EVENT_TABLES
from scenarios.groups import declared_groups

DIMENSIONS = {
    "near": 2,
    "ties": 2,
    "places": 2,
    "who_start": 2,
    "who": 2,
    "seats": 2,
    "attending": 2,
    "choice_terms": 2,
    "help_reason_terms": 2,
    "repeats_by_kind": 2,
    "usual_opportunity": 2,
    "presence_effects": 3,
    "strongest_presence_effects": 2,
    "cumulative_reach": 2,
    "base_hazard_in_force": 2,
    "grave_shares": 2,
    "lethal_shares": 2,
    "severities_in_force": 3,
    "losses_by_kind": 2,
    "outside_rates": 2,
    "retained_shares": 3,
    "readiness_by_kind": 2,
    "hazard_rates": 3,
    "highest_rates": 2,
    "guard_factors": 4,
    "person_factors": 3,
    "class_table": 3,
    "cell_sums": 2,
    "events": 2,
}
"""Dimensions of arrays that are no tables of the state, where they have more than one."""
TOWN = frozenset(typing.get_type_hints(Town)) - {"officers", "stations"}
"""Fields that no run changes: rules read them only."""
ARRAYS = {table.name: table for table in TABLES if isinstance(table, ArraySpec)}


class NoSizes(dict[str, int]):
    """Sizes of a town without anybody."""

    def __missing__(self, unit: str) -> int:
        return 0


def small_parameters(settlements: int = 1, **changes: dict[str, Any]) -> Parameters:
    """Return default parameters for some settlements; ``fear={"harm": 1.0}`` changes a group."""
    groups = declared_groups()
    return Parameters(**{name: groups[name](**changes.get(name, {})).rows(settlements) for name in Parameters._fields})


def small_world(p: Parameters | None = None, **fields: Any) -> World:
    """Return a world with some fields; every other table is empty, every other number 0.

    Parameters
    ----------
    p
        Parameters in force; by default those of one settlement.
    fields
        Tables, arrays and numbers by the names of `World`.  A table that grows may be given without its count: all of
        its rows are then in use.
    """
    hints = typing.get_type_hints(World)
    if unknown := sorted(fields.keys() - hints.keys()):
        raise TypeError(f"World has no field '{unknown[0]}'")
    counts = {f"{name}_count": np.array([len(rows)]) for name, rows in fields.items() if f"{name}_count" in hints}
    given = counts | fields
    guard = GuardNumbers(**{name: nth for nth, name in enumerate(GuardNumbers._fields)})
    own = {"p": p or small_parameters(), "guard": guard}
    values = {name: given.get(name, own.get(name)) for name in World._fields}
    values = {name: empty_field(name, hints[name]) if value is None else value for name, value in values.items()}
    world = World(**{name: read_only(value) if name in TOWN else value for name, value in values.items()})
    vars(world).update(values)  # a test writes what rules only read
    return world


def read_only(array: Any) -> Any:
    """Return a view of an array that rules cannot change, as those of a town."""
    view = array.view()
    view.flags.writeable = False
    return view


def empty_field(name: str, hint: Any) -> Any:
    """Return the empty value of a field."""
    if hint in (int, float):
        return hint(0)
    if name in ARRAYS:
        return ARRAYS[name].create(None, NoSizes(), None)
    if name.endswith("_count") or name in ("counts", "learned", "arrivals"):
        return np.zeros({"counts": len(EVENT_TABLES), "arrivals": 2}.get(name, 1), np.int64)
    shape = (0,) * DIMENSIONS.get(name, 1)
    row = next(iter(typing.get_args(hint)), None)
    if isinstance(row, type) and issubclass(row, Row):
        return np.zeros(shape, row.dtype)
    return np.zeros(shape, dtype_of(name, hint))


def dtype_of(name: str, hint: Any) -> Any:
    """Return the element type of an array field."""
    if name in ("ties", "places", "who"):
        return np.int32
    text = str(hint)
    return np.int16 if "int16" in text else np.int32 if "Int32" in text else np.int64 if "Int" in text else np.float64
