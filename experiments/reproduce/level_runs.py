"""Run the status quo of every draw, and solve its levels, in a folder of `confianza answer`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.levels import (
    COLUMNS,
    FARTHEST,
    ROUNDS,
    YEARS,
    Found,
    Place,
    Reals,
    SolvedLevels,
    columns_needed,
    levels,
    next_steps,
    rows_of_round,
    slopes_of,
    targets_of,
)
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import run_missing
from experiments.storage.result_tables import parquet_bytes, read_parquet
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import stored_table
from experiments.storage.writing import write_atomically

LEVELS_FOLDER, LEVELS_FILE = "levels", "levels.parquet"
"""Folder of the runs with which levels are solved, and the table of all rounds."""


def read_levels(folder: Path) -> SolvedLevels | None:
    """Return the levels that were solved in a folder; None if they were not."""
    path = folder / LEVELS_FILE
    return SolvedLevels(read_parquet(path, COLUMNS, "levels").to_pandas()) if path.is_file() else None


def solve_levels(design: ReproduceDesign, folder: Path, workers: int) -> SolvedLevels | None:
    """Return the levels of all draws, solved now unless they are in the folder; None after an interruption."""
    if found := read_levels(folder):
        return found
    steps = {site: design.random_steps[[draw for _, draw, _ in places_at(design, site)]] for site in SITES}
    rounds: dict[str, list[Found]] = {site: [] for site in SITES}
    rows: list[dict[str, Any]] = []
    for number in range(ROUNDS):
        jobs = {site: level_jobs(design, site, steps[site]) for site in SITES}
        outcome, _ = run_missing([job for at_site in jobs.values() for job in at_site], folder / LEVELS_FOLDER, workers)
        if outcome.interrupted:
            return None
        months = stored_months(folder / LEVELS_FOLDER)
        for site in SITES:
            places = places_at(design, site)
            result = Found(steps[site], values_of(site, jobs[site], months))
            rows += rows_of_round(number, places, result)
            rounds[site].append(result)
            slopes = slopes_of(site, rounds[site], [account for _, _, account in places])
            steps[site] = next_steps(site, result, slopes, FARTHEST * np.log(design.plan.width))
    found = SolvedLevels(pd.DataFrame(rows, columns=list(COLUMNS)))
    write_levels(found, folder)
    return found


def write_levels(found: SolvedLevels, folder: Path) -> None:
    """Write solved levels to a folder."""
    import pyarrow as pa

    write_atomically(folder / LEVELS_FILE, parquet_bytes(pa.Table.from_pandas(found.table, preserve_index=False)))


def places_at(design: ReproduceDesign, site: str) -> list[Place]:
    """Return the places of all blocks of a site, each once."""
    return list(dict.fromkeys(block.place for block in design.blocks if block.site == site))


def level_jobs(design: ReproduceDesign, site: str, steps: Reals) -> list[RunSpec]:
    """Return the runs of the status quo of all places of a site after some steps (places × levels)."""
    seeds = {block.place: block.seed for block in reversed(design.blocks)}
    return [
        design.status_quo(place, design.values(place, list(row)), YEARS, seeds[place], columns_needed())
        for place, row in zip(places_at(design, site), steps, strict=True)
    ]


def stored_months(folder: Path) -> Mapping[str, pd.DataFrame]:
    """Return the months of all finished runs of a folder by run."""
    table = stored_table(folder)
    return {} if table is None else {str(run): months for run, months in table.to_pandas().groupby("run")}


def values_of(site: str, jobs: Sequence[RunSpec], months: Mapping[str, pd.DataFrame]) -> Reals:
    """Return the levels of some runs (runs × levels); nan for those of failed runs."""
    missing = np.full(len(levels()), np.nan)
    rows = [
        [target.of(months[job.run]) for target in targets_of(site)] if job.run in months else missing for job in jobs
    ]
    return np.array(rows, float)
