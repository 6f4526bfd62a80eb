"""Bounds of an outcome: the extreme scenarios of the ceiling, as last computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import pandas as pd

from experiments.comparison.decision_measures import TODAY, Text, measures
from experiments.comparison.decision_outcomes import DecisionOutcome
from experiments.comparison.single_measure_effects import EXTREME_WORLDS, single_measure_table
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


@dataclass(frozen=True)
class OutcomeBound:
    """Bound of an outcome: its difference from today in one scenario, and the title of that scenario."""

    value: float
    title: Text


def outcome_bounds(
    outcome: DecisionOutcome, site: str, base: float, residents: float, years: float
) -> tuple[OutcomeBound, OutcomeBound] | None:
    """Return the least and greatest change among extreme scenarios and today (0); None if unknown.

    ``base`` is the outcome as today: the ceiling has counts in per cent of it, or for 100,000 residents. The scenarios
    ran for the same ``years`` as the effect that is compared with them.
    """
    factor = 1.0 if outcome.level else residents / 100_000.0 if outcome.for_100_000 else base / 100.0
    changes = [(factor * value, title) for value, title in ceiling_changes(outcome, site, years)]
    bounds = outcome_range(changes or single_measure_changes(outcome, site, years), TODAY)
    return None if bounds is None else (OutcomeBound(*bounds[0]), OutcomeBound(*bounds[1]))


@lru_cache
def ceiling_changes(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return the change and the title of each extreme scenario, for an outcome that the ceiling has."""
    table = scenarios_after(ceiling_table(), years)
    own = values_at_site(table, site, outcome.ceiling)
    return tuple((value, {one: str(table.at[row, one]) for one in ("en", "es")}) for row, value in own.items())


@lru_cache
def single_measure_changes(outcome: DecisionOutcome, site: str, years: float) -> tuple[tuple[float, Text], ...]:
    """Return the change by each single measure and extreme world, for outcomes that the ceiling lacks."""
    table = scenarios_after(single_measure_table(), years)
    if table.empty:
        return ()
    titles = EXTREME_WORLDS | {one.name: one.title for one in measures()}
    own = table[(table["site"] == site) & (table["outcome"] == outcome.name)]
    return tuple((float(row["effect"]), titles[row["measure"]]) for _, row in own.iterrows())
