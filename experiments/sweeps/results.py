"""What a sweep has found, for whoever reads it: only finished runs of the present study, each once."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from experiments.runs.progress import say
from experiments.sweeps.folder import is_sweep, read_plan
from experiments.sweeps.store import read_measures
from model.errors import InputError

__all__ = ["first_columns", "is_sweep", "measures_of", "runs_of"]


def measures_of(folder: Path) -> pa.Table:
    """Return the monthly measures of all finished runs of a sweep; say so if runs are missing."""
    planned = read_plan(folder)["run"].to_pylist()
    table = read_measures(folder, set(planned))
    if table is None:
        raise InputError(f"{folder} holds no finished run yet")
    there = len(set(table["run"].unique().to_pylist()))
    if there < len(planned):
        say(f"{there} of {len(planned)} runs of {folder} have results; start the sweep again for the others")
    return table


def first_columns(folder: Path) -> list[str]:
    """Return the names of the columns that were varied: scenario and policy if they were, then parameters."""
    plan = read_plan(folder)
    kinds = [name for name in ("scenario", "policy") if len(plan[name].unique()) > 1]
    return kinds + [name for name in plan.column_names if "." in name and len(plan[name].unique()) > 1]


def runs_of(folder: Path, columns: list[str]) -> pd.DataFrame:
    """Return one row per finished run: its labels, and the mean of each column over the last twelve months."""
    plan = read_plan(folder).to_pandas()
    table = measures_of(folder).select(["run", "month", *columns]).to_pandas()
    last = table.sort_values(["run", "month"]).groupby("run").tail(12)
    return plan.merge(last.groupby("run")[columns].mean().reset_index(), on="run")
