"""Tables that a world keeps: declared where they belong, made for a town of a given size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from model.engine.rows import Row, Rows, zero_rows

type TableUnit = Literal[
    "resident", "officer", "post", "facility", "settlement", "cell", "authority", "clique", "list", "one"
]
"""What a row stands for; its number is the lasting number of that resident, officer, …"""
type TableSizes = Mapping[str, int]
TABLE_OF: dict[type[Row], RowTableSpec[Any] | GrowingTableSpec[Any]] = {}
"""The table of each row class; no class has two."""
COUNTED_MONTHLY = "counts of events of a month, which are compared one by one"
"""Why the slow twin keeps no such table."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TableSpec:
    """What every table has: a name, a meaning, and whether it begins anew with each month."""

    name: str
    about: str
    monthly: bool = False
    exempt: str = ""
    """Why the slow twin has no such table to compare, if it has none."""

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> Any:
        """Return the table as a world begins with it."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, kw_only=True)
class RowTableSpec[R: Row](TableSpec):
    """A table with one row per resident, cell, post …; columns begin with their first value."""

    row: type[R]
    per: TableUnit
    start: Callable[[Any], Rows[R]] | None = None
    """Returns the first rows for a `Town`, which stands above this module."""

    def __post_init__(self) -> None:
        register_table(self.row, self)

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> Rows[R]:
        """Return the rows, as the town has them or with the first value of each column."""
        if self.start is not None:
            return self.start(town)
        rows, first = zero_rows(self.row, sizes[self.per]), zero_rows(self.row, 1)
        for name, column in self.row.columns.items():
            first[name] = column.first
        rows[:] = first  # row by row: column by column would go through all memory as many times
        return rows


@dataclass(frozen=True, eq=False, kw_only=True)
class GrowingTableSpec[R: Row](TableSpec):
    """A table to which rows are added and from which they are taken, such as calls that wait."""

    row: type[R]
    room: int = 64

    def __post_init__(self) -> None:
        register_table(self.row, self)

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> GrowingTable[R]:
        """Return the empty table."""
        return GrowingTable(self.row, self.room, version)


@dataclass(frozen=True, eq=False, kw_only=True)
class ArraySpec[N: np.generic](TableSpec):
    """Numbers of one type, such as one per cell and problem; ``shape`` names what there is one of, or says how many."""

    of: type[N]
    shape: tuple[TableUnit | int, ...] = field(default=(0,))
    first: float = 0.0

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> NDArray[N]:
        """Return the numbers, all of the first value."""
        shape = tuple(sizes[one] if isinstance(one, str) else one for one in self.shape)
        return np.full(shape, self.first, self.of)


def register_table(row: type[Row], table: RowTableSpec[Any] | GrowingTableSpec[Any]) -> None:
    """Make a table known by its row class, or raise ValueError if the class has another."""
    if row in TABLE_OF:
        raise ValueError(f"rows of {row.__name__} stand in table '{TABLE_OF[row].name}'; give '{table.name}' its own")
    TABLE_OF[row] = table


class TableVersion:
    """Version of a world's table addresses; increases whenever a growing table is reallocated."""

    def __init__(self) -> None:
        self.number = 0

    def increase(self) -> None:
        """Note that a table has moved in memory."""
        self.number += 1


class GrowingTable[R: Row]:
    """Storage of a growing table: ``rows``, and how many of them are in use as ``count[0]``.

    ``version`` is the counter of the world to which the table belongs.
    """

    def __init__(self, row: type[R], room: int = 64, version: TableVersion | None = None) -> None:
        self.rows = zero_rows(row, room)
        self.count = np.zeros(1, np.int64)
        self.version = version or TableVersion()

    def __len__(self) -> int:
        return self.count.item(0)

    def reserve(self, extra: int) -> None:
        """Make room for this many more rows."""
        need = self.count.item(0) + extra
        if need > len(self.rows):
            rows = np.zeros(max(need, 2 * len(self.rows)), self.rows.dtype)
            rows[: self.count[0]] = self.rows[: self.count[0]]
            self.replace_rows(cast(Rows[R], rows))

    def replace_rows(self, rows: Rows[R]) -> None:
        """Put other rows in place of the present ones."""
        self.rows = rows
        self.version.increase()

    def used_rows(self) -> Rows[R]:
        """Return the rows in use (a view)."""
        return self.rows[: len(self)]
