"""Specifications of the tables of a world's state: declared by mechanisms, created for each world.

A mechanism declares its tables in its file:

- `RowTableSpec`, one row per resident, officer, cell, …;
- `GrowingTableSpec`, rows that are appended and removed, such as waiting calls;
- `ArraySpec`, a plain array such as one number per cell and kind of problem.

`model.world.state.State` creates them for the size of a town, and ``state[TABLE]`` returns the table of a declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from model.engine.domains import REAL, UNDECLARED
from model.engine.rows import Row, Rows, domains_of, zero_rows

if TYPE_CHECKING:
    from model.engine.domains import Domain

type TableUnit = Literal[
    "resident", "officer", "post", "facility", "settlement", "cell", "authority", "clique", "list", "one"
]
"""Entity of which a table has one row; the row number identifies that resident, officer, … throughout a run."""
type TableSizes = Mapping[str, int]
"""Number of entities by `TableUnit`."""
TABLE_OF: dict[type[Row], RowTableSpec[Any] | GrowingTableSpec[Any]] = {}
"""Table of each row class; a row class belongs to one table only."""
COUNTED_MONTHLY = "counts of events of a month, which are compared one by one"
"""Reason for `TableSpec.exempt` of tables that only count events."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TableSpec:
    """Specification of a table: its name, a description, and whether it is cleared every month."""

    name: str
    about: str
    monthly: bool = False
    exempt: str = ""
    """Reason why the plain reference model in ``tests/oracle`` has no such table; empty if it has one."""
    rule: Callable[[Any, Any, TableSizes], bool] | None = None
    """Test of a state, its town and numbers of rows; its docstring states what the table must agree with."""

    @property
    def domains(self) -> Mapping[str, Domain]:
        """Domain of every column by name; that of an array has no name."""
        raise NotImplementedError

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> Any:
        """Return the table in its initial state.

        Parameters
        ----------
        town
            The `model.town.town.Town` of the world.
        sizes
            Number of rows by `TableUnit`.
        version
            Counter of the world that a growing table increases when it is reallocated.
        """
        raise NotImplementedError


@dataclass(frozen=True, eq=False, kw_only=True)
class RowTableSpec[R: Row](TableSpec):
    """Specification of a table with one row per unit, such as a resident, a cell or a post."""

    row: type[R]
    per: TableUnit
    start: Callable[[Any], Rows[R]] | None = None
    """Function that returns the initial rows for a `Town`; None fills columns with `Column.first`."""

    def __post_init__(self) -> None:
        register_table(self.row, self)

    @property
    def domains(self) -> Mapping[str, Domain]:
        """Domain of every column by name."""
        return domains_of(self.row)

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> Rows[R]:
        """Return the initial rows: those of the town, or the initial value of each column."""
        if self.start is not None:
            return self.start(town)
        rows, first = zero_rows(self.row, sizes[self.per]), zero_rows(self.row, 1)
        for name, column in self.row.columns.items():
            first[name] = column.first
        rows[:] = first  # whole rows at once: one pass over memory instead of one per column
        return rows


@dataclass(frozen=True, eq=False, kw_only=True)
class GrowingTableSpec[R: Row](TableSpec):
    """Specification of a table whose rows are appended and removed, such as waiting calls.

    ``room`` is the number of rows allocated at first.
    """

    row: type[R]
    room: int = 64

    def __post_init__(self) -> None:
        register_table(self.row, self)

    @property
    def domains(self) -> Mapping[str, Domain]:
        """Domain of every column by name."""
        return domains_of(self.row)

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> GrowingTable[R]:
        """Return the table without rows."""
        return GrowingTable(self.row, self.room, version)


@dataclass(frozen=True, eq=False, kw_only=True)
class ArraySpec[N: np.generic](TableSpec):
    """Specification of a plain array; each dimension in ``shape`` is an entity or a fixed length.

    ``of`` is the numpy scalar type, ``first`` the initial value of every element, ``domain`` the allowed values, which
    integers must declare.
    """

    of: type[N]
    shape: tuple[TableUnit | int, ...] = field(default=(0,))
    first: float = 0.0
    domain: Domain = UNDECLARED

    def __post_init__(self) -> None:
        if self.domain is UNDECLARED and issubclass(self.of, np.floating):
            object.__setattr__(self, "domain", REAL)

    @property
    def domains(self) -> Mapping[str, Domain]:
        """Domain of the elements."""
        return {"": self.domain}

    def create(self, town: Any, sizes: TableSizes, version: TableVersion) -> NDArray[N]:
        """Return the array, filled with the initial value."""
        shape = tuple(sizes[one] if isinstance(one, str) else one for one in self.shape)
        return np.full(shape, self.first, self.of)


def register_table(row: type[Row], table: RowTableSpec[Any] | GrowingTableSpec[Any]) -> None:
    """Enter a table in `TABLE_OF`; raise ValueError if its row class already belongs to another table."""
    if row in TABLE_OF:
        raise ValueError(
            f"row class {row.__name__} already belongs to table '{TABLE_OF[row].name}'. A row class has one table."
            f" Declare a row class of its own for table '{table.name}'."
        )
    TABLE_OF[row] = table


class TableVersion:
    """Version of a world's table addresses; increases whenever a growing table is reallocated."""

    def __init__(self) -> None:
        self.number = 0

    def increase(self) -> None:
        """Count a reallocation; bundles bound before it are stale."""
        self.number += 1


class GrowingTable[R: Row]:
    """Storage of a growing table.

    Attributes
    ----------
    rows
        Allocated rows, of which the first ``count[0]`` are in use.
    count
        Array with one element, so that kernels can append and remove rows.
    version
        Counter of the world to which the table belongs; increased by every reallocation.
    """

    def __init__(self, row: type[R], room: int = 64, version: TableVersion | None = None) -> None:
        self.rows = zero_rows(row, room)
        self.count = np.zeros(1, np.int64)
        self.version = version or TableVersion()

    def __len__(self) -> int:
        return self.count.item(0)

    def reserve(self, extra: int) -> None:
        """Allocate room for ``extra`` more rows; at least doubles the table, so that growth is rare."""
        need = self.count.item(0) + extra
        if need > len(self.rows):
            rows = np.zeros(max(need, 2 * len(self.rows)), self.rows.dtype)
            rows[: self.count[0]] = self.rows[: self.count[0]]
            self.replace_rows(cast(Rows[R], rows))

    def replace_rows(self, rows: Rows[R]) -> None:
        """Replace the storage and increase the version."""
        self.rows = rows
        self.version.increase()

    def used_rows(self) -> Rows[R]:
        """Return the rows in use (a view)."""
        return self.rows[: len(self)]
