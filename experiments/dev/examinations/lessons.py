"""Run the comparisons of the classroom in pairs of whole towns: every switch and exercise, in both municipalities."""

import queue
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from experiments.classroom.pair_table import COLUMNS, PairedRow, cases, rows_of_pairs, spread_of_chance
from experiments.classroom.pairs import YEARS, RequestedPairs
from experiments.comparison.decision_outcomes import TRUST
from experiments.comparison.twin_results import paired_results
from experiments.dev.examinations.tables import Row, write_table
from experiments.page.background_worker import BackgroundWorker, in_background
from experiments.page.sites import built_in_sites
from model.engine.errors import InputError


def show_lessons(out: Path, only: Sequence[str] = (), *, size: str = "whole", workers: int = 1) -> None:
    """Write and print the effects of every comparison of the classroom."""
    lines = [f"Comparisons of the classroom: eight pairs, {YEARS:g} years, {size} towns; see lessons.csv for all rows"]
    print(lines[0])
    rows: list[Row] = []
    with in_background(workers) as background:
        for town in built_in_sites():
            for row in town_rows(background, town, only, size):
                rows.append(row)
                if row["name"] == TRUST.name:
                    lines.append(line_of(row))
                    print(lines[-1], flush=True)
    write_table(out, "lessons", rows, COLUMNS, lines)


def town_rows(background: BackgroundWorker, town: str, only: Sequence[str], size: str) -> Iterator[Row]:
    """Yield the rows of all comparisons in a municipality, and those of chance between the worlds as today."""
    levels: list[float] = []
    for case, task in cases(town).items():
        if only and not any(case.startswith(name) for name in only):
            continue
        pairs = finished_pairs(background, RequestedPairs(task, size, background.folder))
        if not (levels or task.account):
            levels = [TRUST.headline.of(world.months) for world in pairs.sides[0]]
            yield row_of(town, "exercise chance", spread_of_chance(levels))
        for row in rows_of_pairs(paired_results(*pairs.sides)):
            yield row_of(town, case, row)


def finished_pairs(background: BackgroundWorker, pairs: RequestedPairs) -> RequestedPairs:
    """Simulate all worlds of some pairs."""
    finished: queue.SimpleQueue[tuple[Any, str]] = queue.SimpleQueue()
    background.request_worlds(background.register_client(), pairs.specs, lambda *one: finished.put(one))
    while pairs.running:
        pairs.add(*finished.get())
    if pairs.failed:
        raise InputError(f"a world of {pairs.task.address} failed: {pairs.faults[0]}")
    return pairs


def row_of(town: str, case: str, row: PairedRow) -> Row:
    """Return the columns of a row."""
    return {"town": town, "case": case} | vars(row)


def line_of(row: Row) -> str:
    """Return the effect on trust of a comparison as a line."""
    return (
        f"  {row['town']:14} {row['case']:44} {row['effect']:+7.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"
        f" up {row['rose']}, down {row['fell']} of {row['pairs']}: {row['verdict']}"
    )
