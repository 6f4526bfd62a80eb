"""Practices alone, from the mediation on record: which moves a criterion most, and what that does for trust."""

from functools import cache
from typing import Any

import pandas as pd

from experiments.storage.reading import reference_file

MEDIATION_FILE = reference_file("town_page", "mediation.csv")
"""Table written by `python -m experiments.dev validate mediation`."""
CRITERIA, TRUST = ("c1", "c2", "c3", "c4"), "trust"
COMBINED = "+"
"""Sign between the practices of those that were ordered together."""
DIGITS = 2


@cache
def mediation() -> pd.DataFrame:
    """Return the effects of single practices on criteria and trust; empty if they were never computed."""
    if not MEDIATION_FILE.is_file():
        return pd.DataFrame(columns=["site"])
    table = pd.read_csv(MEDIATION_FILE)
    alone = ~table["practice"].str.contains(COMBINED, regex=False) & table["channel"].isna()
    return table[alone & table["outcome"].isin((*CRITERIA, TRUST))].reset_index(drop=True)


def practices_of(site: str) -> list[dict[str, Any]]:
    """Return the practice that moves each criterion of a site most, by year, with what it does for trust.

    A practice counts where its interval excludes 0.
    """
    table = mediation()
    rows = table[table["site"] == site]
    by_year = {year: rows[rows["year"] == year] for year in sorted(set(rows["year"].tolist()))} if len(rows) else {}
    return [
        moved_most(year_rows, year, criterion)
        for year, year_rows in by_year.items()
        for criterion in CRITERIA
        if len(sure(year_rows, criterion))
    ]


def sure(rows: pd.DataFrame, criterion: str) -> pd.DataFrame:
    """Return the effects on a criterion whose interval excludes 0."""
    return rows[(rows["outcome"] == criterion) & (rows["effect_low"] * rows["effect_high"] > 0.0)]


def moved_most(rows: pd.DataFrame, year: int, criterion: str) -> dict[str, Any]:
    """Return the practice with the largest sure effect on a criterion in a year, and its effect on trust."""
    largest = sure(rows, criterion).sort_values("effect", key=abs, kind="stable").iloc[-1]
    trust = rows[(rows["outcome"] == TRUST) & (rows["practice"] == largest["practice"])].iloc[0]
    ends = {name: round(float(trust[f"effect_{name}"]), DIGITS) for name in ("low", "high")}
    return {
        "years": year, "criterion": criterion, "practice": str(largest["practice"]),
        "moved": round(float(largest["effect"]), DIGITS),
    } | ends  # fmt: skip
