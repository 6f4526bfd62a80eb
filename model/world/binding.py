"""Bind table bundles to a world: annotation or default of each field states the source of its value.

- ``Rows[X]``: the table of the state or of the town, or the parameters, with row class ``X``;
- another `TableBundle` class: that bundle;
- arrays without a row class need a default: `of` and `count_of` (tables of the state), `town_array` (the town),
  `constant` (computed once per world) or `computed` (computed whenever the bundle is bound).

A mechanism gets a bound bundle by ``world.view(FearTables)``.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from model.engine.kernels import TableBundle
from model.engine.parameters import ParameterGroup
from model.engine.rows import IntArray, Row
from model.engine.tables import TABLE_OF, ArraySpec, GrowingTableSpec
from model.town.town import Town

type Reader = Callable[[Any], Any]


class Binding:
    """Default of a bundle field: the function that reads it from a world, and the required name, if any."""

    def __init__(self, read: Reader, name: str = "") -> None:
        self.read, self.name = read, name


def of[N: np.generic](table: ArraySpec[N]) -> NDArray[N]:
    """Bind a field to an array of the state; the field must have the name of that table."""
    return cast(NDArray[N], Binding(lambda world: world.state[table], table.name))


def count_of[R: Row](table: GrowingTableSpec[R]) -> IntArray:
    """Bind a field to the number of rows in use of a growing table; the field is called `<table>_count`."""
    return cast(IntArray, Binding(lambda world: world.state[table].count, f"{table.name}_count"))


def town_array(name: str) -> Any:
    """Bind a field to the array of the town of the same name."""
    return Binding(lambda world: getattr(world.town, name), name)


def constant(work: Callable[[Any], Any], item: int | None = None) -> Any:
    """Bind a field to the result of `work`, computed once per world, or to one item of it."""
    return Binding(lambda world: world.cached(work) if item is None else world.cached(work)[item])


def computed[T](read: Callable[[Any], T]) -> T:
    """Bind a field to the result of `read`, computed whenever the bundle is bound."""
    return cast(T, Binding(read))


def cell_size_km(world: Any) -> float:
    """Return the side of a cell, km."""
    return float(world.cell_km)


def population_scale(world: Any) -> float:
    """Return the size of the simulated population relative to the real one."""
    return float(world.settings["population"].scale)


def bind[B: TableBundle](bundle: type[B], world: Any) -> B:
    """Return a bundle over the tables and the parameters in force of a world.

    Raises
    ------
    TypeError
        If nothing provides a field.
    """
    return bundle(**{name: read(world) for name, read in readers(cast(Any, bundle)).items()})


@cache
def readers(bundle: type[TableBundle]) -> dict[str, Reader]:
    """Return the function that reads each field of a bundle from a world, by name."""
    hints = typing.get_type_hints(bundle)
    return {name: reader(bundle, name, hints[name]) for name in bundle._fields}


def reader(bundle: type[TableBundle], name: str, hint: Any) -> Reader:
    """Return the function that reads one field from a world; raise TypeError if nothing provides it."""
    default = vars(bundle).get(name)
    if isinstance(default, Binding):
        if default.name not in ("", name):
            raise TypeError(
                f"{bundle.__name__}.{name} is bound to '{default.name}'. A field has the name of its table."
                f" Rename it to {default.name}."
            )
        return default.read
    if isinstance(hint, type) and issubclass(hint, TableBundle):
        return lambda world: world.view(hint)
    for row in typing.get_args(hint):
        if found := reader_of_rows(row):
            return found
    raise TypeError(
        f"nothing provides {bundle.__name__}.{name}. A field is Rows[X], a bundle, or has a default."
        " Give it a default such as of(TABLE)."
    )


def reader_of_rows(row: Any) -> Reader | None:
    """Return the function that reads the rows of a class from a world, or None if no table has such rows."""
    if issubclass(row, ParameterGroup):
        return lambda world: world.parameters[row]
    if row in TABLE_OF:
        table = TABLE_OF[row]
        if isinstance(table, GrowingTableSpec):
            return lambda world: world.state[table].rows
        return lambda world: world.state[table]
    if row in town_tables():
        name = town_tables()[row]
        return lambda world: getattr(world.town, name)
    return None


@cache
def town_tables() -> dict[Any, str]:
    """Return the names of the town's tables by row class; classes that several tables share are left out."""
    named = [(args[0], name) for name, hint in typing.get_type_hints(Town).items() if (args := typing.get_args(hint))]
    rows = [row for row, _ in named]
    return {row: name for row, name in named if rows.count(row) == 1}
