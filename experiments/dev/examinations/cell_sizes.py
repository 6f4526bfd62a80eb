"""Effect of cell size on levels, and on the effect of 50 % more couples.

`python -m experiments.dev.examinations.cell_sizes` prints it. Every size has a town of its own, built for the same
residents; both arms of a size are paired runs that share a warm-up.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from experiments.comparison.life_recorder import inhabited
from experiments.dev.examinations.variance import ignore_progress, print_lines
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table
from experiments.execution.runs import simulated_twins
from experiments.statistics.paired_effects import Effect, paired
from model.town.town import build_town

SIZES = (150, 250, 400)
"""Sides of a cell (m)."""
MORE_COUPLES = "roster.couples=1.5"
SUMS = {"crimes_occurred": "crimes a year", "homicides": "homicides a year", "arrests": "arrests a year"}
MEANS = {"presence_seen": "patrol seen, 0 to 1", "trust_mean": "trust, 0 to 1"}
"""Measures that are summed or averaged over the months of a year, and their labels in the table."""


def measures_of_run(table: pd.DataFrame, years: float) -> dict[str, float]:
    """Return the measures of a run: yearly sums, and means over months."""
    sums = {name: float(table[name].sum()) / years for name in SUMS}
    return sums | {name: float(table[name].mean()) for name in MEANS}


def runs_of(site: str, size: int, sets: Sequence[str], years: float, seeds: int) -> tuple[int, list[list[pd.Series]]]:
    """Return the number of populated cells for one cell size, and the measures of all seeds by arm."""
    settings = [*sets, f"territory.cell_m={size}"]
    arms = [
        plan_runs(site, sets=arm_settings, years=years, replicates=seeds)
        for arm_settings in (settings, [*settings, MORE_COUPLES])
    ]
    town = build_town(arms[0][0].scenario)
    by_arm: list[list[pd.Series]] = [[], []]
    for pair in zip(*arms, strict=True):
        for rows, (spec, world, _) in zip(by_arm, simulated_twins(pair, town, ignore_progress), strict=True):
            rows.append(pd.Series(measures_of_run(measures_table(world, spec).to_pandas(), years)))
    return len(inhabited(town)), by_arm


def lines(site: str, sets: Sequence[str], years: float, seeds: int) -> Iterator[str]:
    """Yield the table: levels of the status quo and the effect of more couples with its interval, by size."""
    yield f"{site}, {years:g} years after the warm-up, {seeds} seeds {' '.join(sets)}".rstrip()
    yield f"status quo, and the effect of {MORE_COUPLES} with its 95 % interval over twins"
    for size in SIZES:
        cells, (base, more) = runs_of(site, size, sets, years, seeds)
        yield f"cells of {size} m: {cells:,} populated"
        for name, about in (SUMS | MEANS).items():
            effect = paired([float(row[name]) for row in base], [float(row[name]) for row in more])
            yield f"  {about:<22}{format_level(effect):>12}   {format_effect_percent(effect)}"


def format_level(effect: Effect) -> str:
    """Return the level of the first arm as text, with more digits below 1."""
    return f"{effect.base:,.3f}" if abs(effect.base) < 1.0 else f"{effect.base:,.1f}"


def format_effect_percent(effect: Effect) -> str:
    """Return an effect and its interval as text, in per cent of the first arm."""
    if effect.base == 0.0:
        return "no effect in per cent of 0"
    effect_share, low, high = (100.0 * value / effect.base for value in (effect.effect, effect.low, effect.high))
    return f"{effect_share:+.1f} % [{low:+.1f}, {high:+.1f}]"


if __name__ == "__main__":
    print_lines(lines, "cell_sizes", "What the size of a cell changes", 4)
