"""Bounds of an outcome: the extreme scenarios of the ceiling, as last computed."""

from collections.abc import Iterable
from operator import itemgetter

import pandas as pd

from experiments.storage.reading import reference_file

CEILING_FILE = reference_file("comparison", "ceiling.csv")
"""Table written by `python -m experiments.dev validate ceiling`."""

YEARS_TOLERANCE = 0.02
"""Tolerance (years, about a week) for equal horizons, so that a leap day does not matter."""


def ceiling_table() -> pd.DataFrame:
    """Return the extreme scenarios that have results; empty if the table was never computed."""
    if not CEILING_FILE.is_file():
        return pd.DataFrame()
    table = pd.read_csv(CEILING_FILE)
    return table[table["trust"].notna()].reset_index(drop=True)


def scenarios_after(table: pd.DataFrame, years: float) -> pd.DataFrame:
    """Return the extreme scenarios that ran for ``years``: effects are compared over equal horizons only.

    >>> scenarios_after(pd.DataFrame({"years": [1.0, 3.0], "trust": [0.2, 0.9]}), 3.0)["trust"].tolist()
    [0.9]
    """
    if "years" not in table:
        return table
    return table[(table["years"] - years).abs() < YEARS_TOLERANCE].reset_index(drop=True)


def values_at_site(table: pd.DataFrame, site: str, column: str) -> "pd.Series[float]":
    """Return a column of the extreme scenarios at a site, by row; empty if the table lacks the column."""
    return table.loc[table["site"] == site, column].dropna() if column in table else pd.Series(dtype=float)


def outcome_range[World](worlds: Iterable[tuple[float, World]], today: World) -> tuple[tuple[float, World], ...] | None:
    """Return the least and greatest change among worlds and today (0), or None without worlds.

    >>> outcome_range([(-2.0, "no police"), (1.0, "all best")], "today"), outcome_range([(1.0, "all best")], "today")
    (((-2.0, 'no police'), (1.0, 'all best')), ((0.0, 'today'), (1.0, 'all best')))
    >>> outcome_range([], "today")
    """
    known = [(0.0, today), *worlds]
    return (min(known, key=itemgetter(0)), max(known, key=itemgetter(0))) if len(known) > 1 else None
