"""Repeat one pair of the design: the status quo and one arm of a block, by its name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_job import run_one
from experiments.narrative.labels import plain_number
from experiments.reproduce.design import Block, ReproduceDesign
from experiments.reproduce.plan import MEASURES, STATUS_QUO
from experiments.reproduce.runs import block_rows, rows_in, with_effects
from experiments.storage.run_spec import RunSpec


def measures_of(spec: RunSpec, report: ReportProgress) -> pd.DataFrame:
    """Simulate one run; return its monthly measures."""
    return run_one(spec, report).tables["measures"].to_pandas()


def run_pairs(
    design: ReproduceDesign, pairs: Sequence[tuple[Block, str]], folder: Path, workers: int, label: str
) -> pd.DataFrame:
    """Run pairs, given by block and arm, and return their rows (columns as in `runs.pairs_of`)."""
    specs = [
        {name: spec for name, spec in design.specs(block, folder).items() if name in (STATUS_QUO, arm)}
        for block, arm in pairs
    ]
    jobs = {spec.run: spec for arms in specs for spec in arms.values()}
    months = run_jobs(list(jobs.values()), measures_of, workers, label).all_results
    by_run = dict(zip(jobs, months, strict=True))
    rows = [
        row for (block, _), arms in zip(pairs, specs, strict=True) for row in block_rows(design, block, arms, by_run)
    ]
    return pd.DataFrame(rows)


def repeat_pair(design: ReproduceDesign, name: str, folder: Path, workers: int) -> Iterator[str]:
    """Run a pair and yield its effects on all measures, in lines of at most 80 columns."""
    block, arm = design.find_pair(name)
    rows = run_pairs(design, [(block, arm)], folder, workers, f"pair {name}")
    steps = ", ".join(f"{lever} {step}" for lever, step in block.settings.get(arm, {}).items())
    yield f"{name}{steps and f' ({steps})'}"
    if arm == STATUS_QUO:
        yield "the status quo is its own base: no effect"
        return
    for years, horizon_rows in with_effects(rows).groupby("years"):
        yield f"\nafter year {years}{'':30}{'status quo':>12}{'effect':>12}"
        for row in rows_in(horizon_rows):
            base = row.base / row.base_per if row.base_per else float("nan")
            yield f"  {MEASURES[row.measure].en:40}{plain_number(base):>12}{row.effect:>+12.4g}"
