"""Compare the numbers of two checkouts: first columns that differ, and size of the differences."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

Columns = dict[str, np.ndarray]
"""Monthly numbers of a run by `table/column`, one element per row."""
KEYS = ("month", "settlement", "group", "cause", "cell")
"""Columns by which rows are matched, since a new cause or group adds rows."""
OTHER_SUFFIX = " there"
"""Suffix of the columns of the other checkout."""
MAX_SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """Column that differs: the first month with a difference, and its largest relative difference there."""

    column: str
    month: int
    share: float


@dataclass(frozen=True)
class Likeness:
    """Comparison of all columns; a column that exists in one checkout only is no difference."""

    digest: str
    compared: int
    differences: tuple[Difference, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True if all common columns are equal bit for bit."""
        return not self.differences


def compare(here: Columns, there: Columns) -> Likeness:
    """Compare the numbers of two runs column by column; the earliest differences come first."""
    only_here, only_there = sorted(set(here) - set(there)), sorted(set(there) - set(here))
    differences, compared = [], 0
    for table in sorted({name.split("/")[0] for name in here}):
        mine, theirs = table_of(here, table), table_of(there, table)
        both = sorted(set(map(str, mine)) & set(map(str, theirs)))
        keys = [key for key in KEYS if key in both]
        rows = mine.merge(theirs, on=keys, suffixes=("", OTHER_SUFFIX)) if keys else mine[:0]
        only_here += missing_rows(table, len(mine), len(rows))
        only_there += missing_rows(table, len(theirs), len(rows))
        compared += len(both)
        for name in (one for one in both if keys and one not in keys):
            differences += column_differences(f"{table}/{name}", rows[name], rows[name + OTHER_SUFFIX], rows["month"])
    ordered = sorted(differences, key=lambda one: (one.month, not one.column.startswith("measures/"), one.column))
    return Likeness(digest(here), compared, tuple(ordered), tuple(only_here), tuple(only_there))


def table_of(columns: Columns, table: str) -> pd.DataFrame:
    """Return the columns of one table under their own names."""
    prefix = f"{table}/"
    return pd.DataFrame({name.removeprefix(prefix): own for name, own in columns.items() if name.startswith(prefix)})


def missing_rows(table: str, rows: int, common: int) -> list[str]:
    """Return a text on the rows of a table that the other checkout lacks, in a list; empty if there are none."""
    return [f"{rows - common} rows of {table}"] if rows > common else []


def column_differences(name: str, mine: pd.Series, theirs: pd.Series, months: pd.Series) -> list[Difference]:
    """Return the difference of one column in a list, empty if there is none; missing values are equal."""
    differs = (mine != theirs) & ~(mine.isna() & theirs.isna())
    if not differs.any():
        return []
    first = months[differs].min()
    a, b = mine[differs & (months == first)], theirs[differs & (months == first)]
    # A value that is missing in one checkout only counts as a relative difference of 1.
    shares = (a - b).abs() / np.maximum(a.abs(), b.abs())
    return [Difference(name, int(first), float(shares.fillna(1.0).max()))]


def digest(columns: Columns) -> str:
    """Return the first eight hexadecimal digits of a hash of all columns in order of their names."""
    sha256 = hashlib.sha256()
    for name in sorted(columns):
        sha256.update(name.encode() + np.ascontiguousarray(columns[name]).tobytes())
    return sha256.hexdigest()[:8]


def comparison_lines(likeness: Likeness) -> Iterator[str]:
    """Yield the lines of a comparison; the first is printed after its name."""
    if likeness.same:
        yield f"same numbers ({likeness.digest})"
    else:
        first = likeness.differences[0].month
        first_differences = [one for one in likeness.differences if one.month == first]
        yield f"{len(likeness.differences):,} of {likeness.compared:,} columns differ"
        yield f"first in {first // 12}-{first % 12 + 1:02}: {len(first_differences)} columns"
        yield from (f"  {one.column} by {one.share:.2g} of it" for one in first_differences[:MAX_SHOWN])
    for side, names in (("here", likeness.only_here), ("there", likeness.only_there)):
        if names:
            more = f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else ""
            yield f"only {side}: {', '.join(names[:MAX_SHOWN])}{more}"
