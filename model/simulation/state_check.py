"""Check of a saved state against the domains of its columns, before a kernel reads it.

Kernels index tables without checking bounds, so a number that no run could have written might crash the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import month_of
from model.engine.domains import LATEST_TICK
from model.engine.tables import ArraySpec, GrowingTableSpec
from model.simulation.registry import TABLES
from model.town.police import POST_COPIES

if TYPE_CHECKING:
    from model.engine.domains import Domain
    from model.engine.tables import TableSizes
    from model.town.town import Town
    from model.world.state import State

BLOCK = 4096
"""Rows of a table that are checked at a time: all columns of a block stay in the cache of the processor."""


def check_state(state: State, town: Town, sizes: Mapping[str, int]) -> None:
    """Check all tables of a state; raise ValueError with table, column, row, value and rule for a wrong value.

    ``sizes`` is that of `sizes_with_tables`.
    """
    for table in TABLES:
        held = getattr(state, table.name)
        if isinstance(table, ArraySpec):
            check_values(f"'{table.name}'", held, table.domain, sizes)
        else:
            rows = held.used_rows() if isinstance(table, GrowingTableSpec) else held
            check_rows(table.name, rows, table.domains, sizes)
    for table in TABLES:
        if table.rule is not None and not table.rule(state, town, sizes):
            raise ValueError(f"'{table.name}' does not fit other tables: {str(table.rule.__doc__).rstrip('.')}")


def sizes_with_tables(state: State, tick: int, town: Town, sizes: TableSizes) -> dict[str, int]:
    """Return the numbers that a `Domain` may name: rows of every entity and table, and the present tick and month.

    The last two, and the residents who have arrived, are stated plus 1, as if they were rows.  Raises ValueError for an
    impossible tick.
    """
    if not 0 <= tick <= LATEST_TICK:
        raise ValueError(f"its tick is {tick}; 0 to {LATEST_TICK} are allowed")
    tables = {table.name: len(getattr(state, table.name)) for table in TABLES}
    others = {
        "sector": len(town.sectors),
        "seat_post": len(town.posts) // POST_COPIES,
        "group": sizes["clique"] + sizes["cell"],
        "arrived": town.n_people + 1,
        "tick": tick + 1,
        "month": month_of(tick) + 1,
    }
    return tables | dict(sizes) | others


def check_rows(name: str, rows: NDArray[np.void], domains: Mapping[str, Domain], sizes: Mapping[str, int]) -> None:
    """Check the columns of a table block by block; raise ValueError for a wrong value."""
    limits = [(column, *domain.limits(sizes)) for column, domain in domains.items()]
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK]
        for column, low, high in limits:
            values = block[column]
            if not (low <= values.min() and values.max() <= high):
                check_values(f"'{name}', column '{column}'", rows[column], domains[column], sizes)


def check_values(what: str, values: NDArray[Any], domain: Domain, sizes: Mapping[str, int]) -> None:
    """Raise ValueError with place, value and rule of the first value outside a domain."""
    low, high = domain.limits(sizes)
    if values.size == 0 or (low <= values.min() and values.max() <= high):
        return
    at = np.argwhere(~((low <= values) & (values <= high)))[0]
    row = ", ".join(map(str, at))
    raise ValueError(
        f"{what}, row {row}: {values[tuple(at)]} is not {domain.about}; {low:.16g} to {high:.16g} are allowed"
    )
