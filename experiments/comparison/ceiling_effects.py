"""Read the largest effects that the model can show: worlds at the ends of what can happen, as last computed."""

from collections.abc import Iterable
from operator import itemgetter

import pandas as pd

from experiments.storage.reading import reference_file

CEILING = reference_file("comparison", "ceiling.csv")
"""The table that `confianza validate ceiling` wrote."""

SAME_YEARS = 0.02
"""Years by which two horizons may differ and still be the same: a leap day, or a week."""


def ceiling() -> pd.DataFrame:
    """Return the worlds that could be computed, none where nobody has."""
    if not CEILING.is_file():
        return pd.DataFrame()
    table = pd.read_csv(CEILING)
    return table[table["trust"].notna()].reset_index(drop=True)


def ceiling_after(table: pd.DataFrame, years: float) -> pd.DataFrame:
    """Return the worlds of the ceiling after so many years: an effect is never read against those of another time.

    >>> ceiling_after(pd.DataFrame({"years": [1.0, 3.0], "trust": [0.2, 0.9]}), 3.0)["trust"].tolist()
    [0.9]
    """
    if "years" not in table:
        return table
    return table[(table["years"] - years).abs() < SAME_YEARS].reset_index(drop=True)


def worlds_at(table: pd.DataFrame, site: str, column: str) -> "pd.Series[float]":
    """Return what each world of the ceiling makes of a column at a site, by its row; empty where nobody knows."""
    return table.loc[table["site"] == site, column].dropna() if column in table else pd.Series(dtype=float)


def outcome_range[World](worlds: Iterable[tuple[float, World]], today: World) -> tuple[tuple[float, World], ...] | None:
    """Return the least and the greatest that any world makes, today, at 0, among them; None where no world is known.

    >>> outcome_range([(-2.0, "no police"), (1.0, "all best")], "today"), outcome_range([(1.0, "all best")], "today")
    (((-2.0, 'no police'), (1.0, 'all best')), ((0.0, 'today'), (1.0, 'all best')))
    >>> outcome_range([], "today")
    """
    known = [(0.0, today), *worlds]
    return (min(known, key=itemgetter(0)), max(known, key=itemgetter(0))) if len(known) > 1 else None
