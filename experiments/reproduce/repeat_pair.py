"""Run one pair of the design again: the status quo and one arm of a block, as the explorer names it."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from experiments.comparison.headline_measures import BY_NAME
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_job import run_one
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import STATUS_QUO
from experiments.reproduce.runs import block_rows, differences, rows_in
from experiments.storage.run_spec import RunSpec


def measures_of(spec: RunSpec, tell: ReportProgress) -> pd.DataFrame:
    """Return the months of one run."""
    return run_one(spec, tell).tables["measures"].to_pandas()


def repeat_pair(design: ReproduceDesign, name: str, folder: Path, workers: int) -> Iterator[str]:
    """Run a pair and yield its effects on all measures, in lines of at most 80 columns."""
    block, arm = design.find_pair(name)
    specs = {one: spec for one, spec in design.specs(block, folder).items() if one in (STATUS_QUO, arm)}
    months = dict(zip(specs, run_jobs(list(specs.values()), measures_of, workers, f"pair {name}").whole, strict=True))
    by_run = {specs[one].run: own for one, own in months.items()}
    doses = ", ".join(f"{factor} {share:.0%}" for factor, share in block.packages.get(arm, {}).items())
    yield f"{name}{doses and f' ({doses})'}"
    if arm == STATUS_QUO:
        yield "the status quo is its own base: no effect"
        return
    rows = pd.DataFrame(list(block_rows(design, block, specs, by_run)))
    rows = rows.assign(effect=differences(rows))
    for years, own in rows.groupby("years"):
        yield f"\nafter year {years}{'':30}{'status quo':>12}{'effect':>12}"
        for row in rows_in(own):
            base = row.base / row.base_per if row.base_per else float("nan")
            yield f"  {BY_NAME[row.measure].en:40}{base:>12.4g}{row.effect:>+12.4g}"
