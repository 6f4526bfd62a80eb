"""`confianza bench --growth FILE`: draw processor time by residents, couples, years and workers."""

import os
import statistics
from pathlib import Path
from typing import Any

from experiments.dev.bench.fresh import measure_in_fresh_process, seconds_added
from experiments.dev.bench.growth_figure import PANELS, growth_figure
from experiments.figures.svg import ENDINGS, render_figure
from experiments.storage.disk_space import check_target
from experiments.storage.manifest import machine
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.fingerprint import fingerprint

FACTORS, QUICK_FACTORS = (0.5, 1.0, 2.0, 4.0), (1.0, 2.0)
"""Multiples of residents and of couples that are measured."""
YEARS, QUICK_YEARS = 10, 3
ADDED_RUNS, RUN_YEARS, TURNS = 4, 4.0, 3
"""Number of runs added per measurement, years of each run, and repetitions, of which the median is reported."""


def draw_growth(file: Path, json_file: Path | None, quick: bool, fresh: bool = False) -> None:
    """Measure growth; write the figure and, if ``json_file`` is given, the numbers as JSON."""
    check_target("--growth", file, ENDINGS, fresh)
    growth = measure_growth(quick)
    write_atomically(file, render_figure(growth_figure(growth), file.suffix, "growth"))
    for name, points in growth["points"].items():
        print(f"{PANELS[name].quantity:32}" + "".join(f"{x:>12,.0f}" for x, _ in points))
        print(f"  {PANELS[name].y_label:30}" + "".join(f"{y:12.2f}" for _, y in points))
    print(f"written to {file}")
    if json_file is not None:
        write_atomically(json_file, json_of(growth))


def measure_growth(quick: bool) -> dict[str, Any]:
    """Return the points of each panel, with machine and code; each point is measured in a fresh process.

    ``census`` and ``couples``: processor seconds of the second year, by number of residents and couples.  ``years``:
    processor seconds of a whole run, imports included, by years.  ``workers``: runs per hour (wall clock), by workers.
    """
    print_note("measuring growth; this takes several minutes" if not quick else "measuring growth")
    measure_in_fresh_process("compiling")
    factors = QUICK_FACTORS if quick else FACTORS
    years_of_run = measure_in_fresh_process("grown", "census", "1", str(QUICK_YEARS if quick else YEARS))
    return {
        "machine": machine(),
        "fingerprint": fingerprint(),
        "points": {
            "census": [point("census", "residents", factor) for factor in factors],
            "couples": [point("couples", "couples", factor) for factor in factors],
            "years": list(enumerate(years_of_run["ends"], start=1)),
            "workers": runs_by_workers(min(4, os.cpu_count() or 1)),
        },
    }


def point(variant: str, number: str, factor: float) -> tuple[float, float]:
    """Return a number of residents or couples, and the processor seconds of the second year with that number."""
    grown = measure_in_fresh_process("grown", variant, str(factor), "2")
    return grown[number], grown["ends"][1] - grown["ends"][0]


def runs_by_workers(most: int) -> list[tuple[int, float]]:
    """Return the runs per hour for each number of workers: medians of turns that measure every number once."""
    counts = range(1, most + 1)
    turns = [[max(seconds_added(ADDED_RUNS, RUN_YEARS, n), 1e-9) for n in counts] for _ in range(TURNS)]
    medians = map(statistics.median, zip(*turns, strict=True))
    return [(n, ADDED_RUNS * 3600.0 / seconds) for n, seconds in zip(counts, medians, strict=True)]
