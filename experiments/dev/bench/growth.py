"""Draw CPU seconds by residents, couples, years and workers: `python -m experiments.dev bench --growth FILE`."""

import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib

from experiments.dev.bench.paired import HERE, SITE, cost_of, python
from experiments.figures.svg import ENDINGS, render_figure
from experiments.storage.disk_space import check_target
from experiments.storage.manifest import machine
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.fingerprint import fingerprint

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.theme import FIRM, NULL


@dataclass(frozen=True)
class GrowthPanel:
    """Texts of a panel: the quantity that grows, labels of both axes, and the unit of the values on the x axis."""

    quantity: str
    x_label: str
    y_label: str
    x_unit: float = 1.0


PANELS: Mapping[str, GrowthPanel] = {
    "census": GrowthPanel("residents", "thousand residents", "s a year", 1000.0),
    "couples": GrowthPanel("couples", "couples", "s a year"),
    "years": GrowthPanel("years", "years of one run", "s since its start"),
    "workers": GrowthPanel("workers", "workers", "runs an hour"),
}


def growth_figure(results: Mapping[str, Any]) -> Figure:
    """Return the figure of the results of `experiments.dev.bench.growth.measure_growth`."""
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    for axes, (name, panel) in zip(figure.subplots(2, 2).flat, PANELS.items(), strict=True):
        draw_panel(axes, panel, results["points"][name])
    machine = results["machine"]
    where = f"{machine['system']} {machine['processor']}, {machine['cores']} cores, code {results['fingerprint']}"
    figure.suptitle(
        f"Time by size of a run (line) and in proportion to it (dashed)\n{where}", fontsize=8.5, x=0.01, ha="left"
    )
    figure.set_label(f"Time by residents, couples, years and workers\n{where}")
    return figure


def draw_panel(axes: Axes, panel: GrowthPanel, points: Sequence[tuple[float, float]]) -> None:
    """Draw the points of a panel, and a dashed line in proportion to the first point."""
    x, y = zip(*points, strict=True)
    axes.plot((0.0, x[-1]), (0.0, y[0] * x[-1] / x[0]), color=NULL, linewidth=1.0, dashes=(4, 3))
    axes.plot(x, y, color=FIRM, linewidth=1.6, marker="o", markersize=4)
    axes.set_xlim(0.0, 1.05 * x[-1])
    axes.set_ylim(0.0, 1.2 * max(y))
    axes.set_xticks(x, [f"{one / panel.x_unit:,.0f}" for one in x])
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.set_title(title_of(panel, points), fontsize=8.5, loc="left")


def title_of(panel: GrowthPanel, points: Sequence[tuple[float, float]]) -> str:
    """Return the title of a panel: the factor of time per doubling, from the first and the last point.

    >>> title_of(PANELS["census"], [(100.0, 1.0), (400.0, 4.0)])
    'twice the residents: 2.00 times'
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    times = 2.0 ** (math.log(y1 / y0) / math.log(x1 / x0)) if x1 > x0 else math.nan
    return f"twice the {panel.quantity}: {times:.2f} times"


FACTORS, QUICK_FACTORS, LARGEST_TOWN = (0.5, 1.0, 2.0, 4.0), (1.0, 2.0), 10.0
"""Multiples of residents and of couples that are measured, and another one of residents."""
YEARS, QUICK_YEARS, SHIFTS_PER_YEAR = 10, 3, 1095
ADDED_RUNS, RUN_YEARS, TURNS = 4, 4, 3
"""Number of runs added per measurement, years of each run, and repetitions, of which the median is reported."""
POLICE_NUMBERS = ("officers", "desks", "vehicles", "motorcycles")


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
    """Return the points of each panel, with machine and code; each point is measured in a process of its own.

    ``census`` and ``couples``: CPU seconds of the second year, by number of residents and couples.  ``years``: CPU
    seconds of a whole run, imports included, by years.  ``workers``: runs per hour (wall clock), by workers.
    """
    print_note("measuring growth; this takes several minutes" if not quick else "measuring growth")
    factors = QUICK_FACTORS if quick else FACTORS
    years_of_run = measured_in_process("census", 1.0, QUICK_YEARS if quick else YEARS)
    return {
        "machine": machine(),
        "fingerprint": fingerprint(),
        "points": {
            "census": [
                point("census", "residents", factor) for factor in (*factors, *(() if quick else (LARGEST_TOWN,)))
            ],
            "couples": [point("couples", "couples", factor) for factor in factors],
            "years": list(enumerate(years_of_run["ends"], start=1)),
            "workers": runs_by_workers(min(4, os.cpu_count() or 1)),
        },
    }


def point(variant: str, number: str, factor: float) -> tuple[float, float]:
    """Return a number of residents or couples, and the CPU seconds of the second year with that number."""
    grown = measured_in_process(variant, factor, 2)
    return grown[number], grown["ends"][1] - grown["ends"][0]


def measured_in_process(variant: str, factor: float, years: int) -> dict[str, Any]:
    """Return what `measure_variant` measures in a process of its own."""
    words = ("-m", "experiments.dev.bench.growth", variant, str(factor), str(years))
    result: dict[str, Any] = json.loads(python(words, HERE)[-1])
    return result


def measure_variant(variant: str, factor: float, years: int) -> dict[str, Any]:
    """Return CPU seconds from the start of the process to the end of each year of a variant of the site, and sizes."""
    from model.simulation.model import TrustModel

    world, ends = TrustModel(site_variant(variant, factor), rng=1), []
    for _ in range(years):
        world.run_for(SHIFTS_PER_YEAR)
        ends.append(time.process_time())
    populated, couples = world.town.cells["population"] > 0, world.town.posts["copy"] == 0
    sizes = {"residents": world.town.n_residents, "couples": int(couples.sum()), "cells": int(populated.sum())}
    return {"ends": ends, **sizes}


def site_variant(variant: str, factor: float) -> Any:
    """Return the site with this multiple of its residents (``census``) or of its police (``couples``)."""
    from scenarios import load

    sets: dict[str, Any] = {"calendar.warm_up": 0}
    scenario = load(SITE, set=sets)
    if variant == "census":
        return load(SITE, set=sets | {"population.total": round(factor * scenario["population"].total)})
    plant = [
        replace(one, **{name: round(factor * getattr(one, name)) for name in POLICE_NUMBERS})
        for one in scenario.facilities
    ]
    return replace(scenario, facilities=tuple(plant))


def runs_by_workers(most: int) -> list[tuple[int, float]]:
    """Return the runs per hour for each number of workers: medians of turns that measure every number once."""
    counts = range(1, most + 1)
    turns = [[max(seconds_added(n), 1e-9) for n in counts] for _ in range(TURNS)]
    medians = map(statistics.median, zip(*turns, strict=True))
    return [(n, ADDED_RUNS * 3600.0 / seconds) for n, seconds in zip(counts, medians, strict=True)]


def seconds_added(workers: int) -> float:
    """Return the seconds of twice as many runs less those of the runs, without start-up; noise may make it negative."""
    few, many = (seconds_of_runs(runs, workers) for runs in (ADDED_RUNS, 2 * ADDED_RUNS))
    return many - few


def seconds_of_runs(runs: int, workers: int) -> float:
    """Return the seconds of a command with some runs."""
    with tempfile.TemporaryDirectory() as place:
        words = ("run", SITE, "--years", str(RUN_YEARS), "--replicates", str(runs), "--workers", str(workers))
        return cost_of(sys.executable, "-m", "confianza", *words, "--out", f"{place}/out").seconds


if __name__ == "__main__":
    kind, multiple, length = sys.argv[1:]
    sys.stdout.write(json.dumps(measure_variant(kind, float(multiple), int(length))) + "\n")
