"""Runs of `confianza answer`: compute those missing in a folder, and read the pairs of every arm and measure."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.headline_measures import Headline
from experiments.execution.interruption import Interruption
from experiments.execution.warm_starts import mark_as_sharing
from experiments.reproduce.design import Block, ReproduceDesign
from experiments.reproduce.plan import STATUS_QUO
from experiments.statistics.annual_aggregation import MONTHS
from experiments.storage.disk_space import check_disk_space, size_of_sweep
from experiments.storage.manifest import leftover_files
from experiments.storage.progress import Progress, print_note, report_slow
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import Store, stored_table
from experiments.studies.study_engine import Engine, SweepOutcome
from experiments.studies.sweep_command import StudyWorkers, executor_and_order
from model.engine.errors import InputError

RUNS_FOLDER, PAIRS_FILE = "runs", "pairs.parquet"
"""Folder of the finished runs, and the table of pairs."""
PAIR_KEYS = ("site", "kind", "draw", "seed", "account", "arm", "years")
"""Key columns of a pair, besides the measure."""
SIDE_COLUMNS = ("base", "base_per"), ("arm_value", "arm_per")
"""Columns of numerator and denominator, for the status quo and for the arm of a pair."""

type Specs = Sequence[tuple[Block, Mapping[str, RunSpec]]]
"""Blocks, each with its runs by arm."""


def planned_specs(design: ReproduceDesign, folder: Path) -> Specs:
    """Return all blocks of a design with their runs."""
    with report_slow("planning the runs"):
        return [(block, design.specs(block, folder)) for block in design.blocks]


def pair_names(pairs: pd.DataFrame) -> list[str]:
    """Return the name of the pair of each row, in the form that `ReproduceDesign.find_pair` reads."""
    return [f"{row.site}-{row.kind}-{row.draw}-{row.account}:{row.arm}" for row in rows_in(pairs)]


def missing_specs(specs: Specs, earlier: pd.DataFrame) -> Specs:
    """Return the runs of pairs that an earlier table lacks, with the status quo of their blocks."""
    earlier_names = set(pair_names(earlier.drop_duplicates(list(PAIR_KEYS[:-1]))))
    missing = []
    for block, arms in specs:
        missing_arms = {arm: spec for arm, spec in arms.items() if f"{block.name}:{arm}" not in earlier_names}
        if missing_arms.keys() - {STATUS_QUO}:
            missing.append((block, missing_arms))
    return missing


def run_missing_specs(specs: Specs, folder: Path, workers: int) -> tuple[SweepOutcome, float]:
    """Compute the runs of blocks that are missing in a folder; return the outcome and the seconds that it took."""
    return run_missing([spec for _, arms in specs for spec in arms.values()], folder / RUNS_FOLDER, workers)


def run_missing(specs: Iterable[RunSpec], runs_folder: Path, workers: int) -> tuple[SweepOutcome, float]:
    """Compute the runs that are missing in a folder; return the outcome and the seconds that it took.

    An interruption loses the runs in progress and at most the last ten seconds of results.
    """
    for path in leftover_files(runs_folder) if runs_folder.is_dir() else ():
        path.unlink()
    store = Store(runs_folder).open()
    jobs = list({spec.run: spec for spec in specs}.values())
    missing = [spec for spec in jobs if spec.run not in store.finished]
    print_note(f"{len(jobs)} runs in {runs_folder}, {len(jobs) - len(missing)} of them finished before")
    check_disk_space({"--out": (runs_folder.parent, size_of_sweep(missing))})
    start = time.monotonic()
    outcome = run_in_blocks(missing, store, workers) if missing else SweepOutcome()
    return outcome, time.monotonic() - start


def run_in_blocks(missing: Sequence[RunSpec], store: Store, workers: int) -> SweepOutcome:
    """Compute some runs in the order of their blocks, since the runs of a block share a warm-up."""
    with Interruption() as interruption:
        executor, _ = executor_and_order(StudyWorkers(workers), interruption, len(missing))
        shifts = sum(spec.shifts for spec in missing)
        progress = Progress("running", shifts, len(missing), word="runs safe on disk")
        engine = Engine(executor, store, progress, shifts // len(missing), interruption)
        return engine.run(map(mark_as_sharing, missing))


def pairs_of(design: ReproduceDesign, specs: Specs, folder: Path, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each arm, horizon and measure of each block, with both sides of the pair, in order of blocks.

    Pairs of the table ``earlier`` are included.

    Columns are `PAIR_KEYS`, ``measure``, and numerator and denominator of both sides (`SIDE_COLUMNS`); the
    denominator is 1 for measures that are no ratio. Pairs with a failed run are left out.
    """
    table = stored_table(folder / RUNS_FOLDER)
    months = {} if table is None else {str(run): run_months for run, run_months in table.to_pandas().groupby("run")}
    new = pd.DataFrame([row for block, arms in specs for row in block_rows(design, block, arms, months)])
    pairs = pd.concat([part for part in (earlier, new) if len(part)] or [new], ignore_index=True)
    places = {f"{block.name}:{arm}": place for place, (block, arm) in enumerate(design.pairs)}
    order = pd.Series(pair_names(pairs), dtype=str).map(places)
    if order.isna().any():
        raise InputError(f"{folder}: pair {pair_names(pairs[order.isna().to_numpy()])[0]} is not part of the design")
    return pairs.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def block_rows(
    design: ReproduceDesign, block: Block, arms: Mapping[str, RunSpec], months: Mapping[str, pd.DataFrame]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one block."""
    runs = {arm: months[spec.run].sort_values("month") for arm, spec in arms.items() if spec.run in months}
    if STATUS_QUO not in runs:
        return
    for years in design.size.horizons:
        if years > block.years:
            continue
        sides = {arm: values_of(run.head(MONTHS * years), design.plan.headlines) for arm, run in runs.items()}
        base_values = sides.pop(STATUS_QUO)
        for arm, arm_values in sides.items():
            block_keys = (block.site, block.kind, block.draw, block.seed, block.account)
            key_values = dict(zip(PAIR_KEYS, (*block_keys, arm, years), strict=True))
            for measure, (value, per) in arm_values.items():
                base, base_per = base_values[measure]
                both = {"base": base, "base_per": base_per, "arm_value": value, "arm_per": per}
                yield key_values | {"measure": measure} | both


def values_of(months: pd.DataFrame, headlines: Sequence[Headline]) -> dict[str, tuple[float, float]]:
    """Return the measures of one run as numerator and denominator, which is 1 for measures that are no ratio."""
    values = {headline.name: headline.value(months) for headline in headlines}
    return {name: value if isinstance(value, tuple) else (value, 1.0) for name, value in values.items()}


def differences(pairs: pd.DataFrame) -> pd.Series:
    """Return the effect in each pair, in the unit of its measure; NaN if a denominator is 0."""
    base, arm = (pairs[top] / pairs[per].where(pairs[per] != 0.0) for top, per in SIDE_COLUMNS)
    return arm - base


def with_effects(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs with a column ``effect``, from `differences`."""
    return pairs.assign(effect=differences(pairs))


def rows_where(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    """Return the rows of a table in which columns have the given values."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def rows_in(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, each with its columns as attributes."""
    return list(table.itertuples(index=False))
