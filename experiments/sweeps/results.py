"""What a sweep has found, run by run, for whoever reads it."""

from pathlib import Path

import pandas as pd

from experiments.runs.reading import read_plan, tables


def first_columns(folder: Path) -> list[str]:
    """Return the names of the columns that were varied: scenario and policy if they were, then parameters."""
    plan = read_plan(folder)
    kinds = [name for name in ("scenario", "policy") if len(plan[name].unique()) > 1]
    return kinds + [name for name in plan.column_names if "." in name and len(plan[name].unique()) > 1]


def runs_of(folder: Path, columns: list[str]) -> pd.DataFrame:
    """Return one row per finished run: its labels, and the mean of each column over the last twelve months."""
    plan = read_plan(folder).to_pandas()
    table = tables(folder, "measures").select(["run", "month", *columns]).to_pandas()
    last = table.sort_values(["run", "month"]).groupby("run").tail(12)
    return plan.merge(last.groupby("run")[columns].mean().reset_index(), on="run")
