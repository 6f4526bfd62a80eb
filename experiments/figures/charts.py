"""Figures of a sweep: what each factor does, and how two act together."""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import BLUE, INK, SOFT
from experiments.runs.words import meaning
from model.measures import MEASURES

MOST_LEVELS, MOST_FACTORS, MOST_WRITTEN = 12, 8, 64
CONFIDENT = 1.96


def entitle(figure: Figure, text: str, finding: str = "") -> None:
    """Write the finding over a figure and how it was measured at its foot, or the latter alone over it."""
    title, under = (finding, text) if finding else (text, "")
    lines = textwrap.wrap(title, int(10.0 * figure.get_figwidth()))
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    if under:
        told = textwrap.wrap(under, int(15.0 * figure.get_figwidth()))
        figure.supxlabel("\n".join(told), x=0.01, ha="left", fontsize=8.5, color=SOFT)


def for_people(measure: str) -> float:
    """Return by what a measure is multiplied where people read it: what lies from 0 to 1 is told from 0 to 100."""
    return 100.0 if MEASURES[measure].unit == "0-1" else 1.0


def people_unit(measure: str) -> str:
    """Return the unit in which people read a measure.

    >>> people_unit("trust_mean"), people_unit("homicides")
    ('0-100', 'deaths')
    """
    return "0-100" if MEASURES[measure].unit == "0-1" else MEASURES[measure].unit


def named(measure: str, width: int = 0) -> str:
    """Return the meaning of a measure with its unit, perhaps in lines of a width."""
    text = f"{meaning(measure, 'en')} ({people_unit(measure)})"
    return "\n".join(textwrap.wrap(text, width)) if width else text


def levels(runs: pd.DataFrame, factor: str, most_bins: int = 8) -> pd.Series:
    """Return the level of a factor in every run; points of a design that are all different are put into bins."""
    values = runs[factor]
    if isinstance(values.iloc[0], str):
        return pd.Series(pd.Categorical(values, categories=list(values.unique())), values.index)
    if values.dtype == object or values.nunique() <= MOST_LEVELS:
        return values
    bins = pd.qcut(values.astype(float), most_bins, duplicates="drop")
    return bins.map(lambda one: one.mid).astype(float)


def strength(runs: pd.DataFrame, factor: str, measure: str) -> float:
    """Return the share of a measure's variance that lies between the levels of a factor."""
    whole = runs[measure].var(ddof=0)
    if not whole > 0.0:
        return 0.0
    at_level = runs.groupby(levels(runs, factor), observed=True)[measure].transform("mean")
    return float(at_level.var(ddof=0) / whole)


def without_common_luck(runs: pd.DataFrame, measure: str) -> pd.Series:
    """Return a measure less what all runs of a seed have in common, which says nothing about the factors."""
    values = runs[measure]
    return values - values.groupby(runs["seed"]).transform("mean") + values.mean()


def effects(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> Figure:
    """Return a figure with a panel for each measure and factor: the mean over everything else, and its interval."""
    shown = sorted(factors, key=lambda one: -max(strength(runs, one, name) for name in measures))[:MOST_FACTORS]
    size = (2.9 * len(shown) + 1.6, 2.3 * len(measures) + 1.0)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(len(measures), len(shown), sharey="row", squeeze=False)
    for row, measure in zip(grid, measures, strict=True):
        for place, factor in zip(row, shown, strict=True):
            effect(place, runs, factor, measure)
        row[0].set_ylabel("\n".join(textwrap.wrap(named(measure), 24)), fontsize=9)
    for place, factor in zip(grid[-1], shown, strict=True):
        place.set_xlabel(factor, fontsize=9)
    left = f"; the {len(shown)} strongest of {len(factors)} factors" if len(shown) < len(factors) else ""
    entitle(
        figure, f"Monthly means over the last year at each level; 95 % intervals without the luck that all share{left}"
    )
    return figure


def effect(place: Axes, runs: pd.DataFrame, factor: str, measure: str) -> None:
    """Draw the mean of a measure at every level of a factor."""
    groups = without_common_luck(runs, measure).groupby(levels(runs, factor), observed=True)
    mean: pd.Series = groups.mean()
    half: pd.Series = CONFIDENT * groups.std() / np.sqrt(groups.count())
    is_named = isinstance(mean.index[0], str)
    x = np.arange(len(mean)) if is_named else mean.index.to_numpy(float)
    place.errorbar(
        x,
        mean,
        yerr=half.fillna(0.0),
        color=BLUE,
        marker="o",
        ms=4,
        capsize=3,
        lw=0 if is_named else 1.5,
        elinewidth=1.3,
    )
    if is_named:
        place.set_xticks(x, [words(name, 16) for name in mean.index], fontsize=8)
        place.set_xlim(-0.6, len(mean) - 0.4)
    place.axhline(runs[measure].mean(), color="0.6", lw=0.8, ls=":")
    place.tick_params(labelsize=8)
    place.ticklabel_format(axis="y", useOffset=False)
    place.grid(axis="y", color="0.92")
    place.spines[["top", "right"]].set_visible(False)


def heat_map(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> Figure | None:
    """Return a map for each measure and scenario of the two factors that matter most to it: what they do together."""
    free = [name for name in factors if name != "scenario"]
    if len(free) < 2:
        return None
    scenarios = list(runs["scenario"].unique())
    maps = [(measure, scenario) for measure in measures for scenario in scenarios]
    columns = 2 if len(scenarios) == 1 else len(scenarios)
    lines = math.ceil(len(maps) / columns)
    figure = Figure(figsize=(5.4 * columns, 3.7 * lines + 0.6), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for place, (measure, scenario) in zip(grid, maps, strict=False):
        own = runs[runs["scenario"] == scenario]
        first, second = sorted(free, key=lambda one: -strength(own, one, measure))[:2]
        one_map(figure, place, own, (first, second), measure)
        above = [words(str(scenario), 44)] if len(scenarios) > 1 else []
        place.set_title("\n".join([*above, *textwrap.wrap(named(measure), 44)]), loc="left", fontsize=10)
    for place in grid[len(maps) :]:
        place.set_axis_off()
    entitle(figure, "The two strongest factors together: monthly means over the last year, ± Monte Carlo error")
    return figure


def one_map(figure: Figure, place: Axes, runs: pd.DataFrame, pair: tuple[str, str], measure: str) -> None:
    """Draw one map, with its numbers where they fit."""
    across, up = (levels(runs, factor, most_bins=4) for factor in pair)
    by = [up.rename("up"), across.rename("across")]
    by_seed = runs.groupby([*by, runs["seed"]], observed=True)[measure].mean().groupby(["up", "across"], observed=True)
    table = by_seed.mean().unstack()
    error: Any = (by_seed.std() / np.sqrt(by_seed.count())).unstack().to_numpy()
    image = place.imshow(table.to_numpy(), origin="lower", aspect="auto", cmap="cividis")
    place.set_xticks(range(table.shape[1]), [stated(value) for value in table.columns], fontsize=8)
    place.set_yticks(range(table.shape[0]), [stated(value) for value in table.index], fontsize=8)
    if table.shape[1] > 4:
        place.tick_params(axis="x", rotation=45)
    place.set_xlabel(pair[0], fontsize=9)
    place.set_ylabel(pair[1], fontsize=9)
    figure.colorbar(image, ax=place, shrink=0.85).ax.tick_params(labelsize=8)
    if table.size <= MOST_WRITTEN:
        middle, digits = np.nanmean([np.nanmin(table), np.nanmax(table)]), decimals(table.to_numpy())
        for (row, column), value in np.ndenumerate(table.to_numpy()):
            if np.isnan(value):
                continue
            colour, wrong = "white" if value < middle else "black", error[row, column]
            text = f"{value:.{digits}f}" + (f"\n±{wrong:.{digits}f}" if np.isfinite(wrong) else "")
            place.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)


def stated(level: object) -> str:
    """Return a level as it stands at an axis."""
    return words(level, 14) if isinstance(level, str) else f"{level:.3g}"


def words(name: str, width: int) -> str:
    """Return the name of a policy or scenario in short lines.

    >>> words("reporting_support+resources_only", 16)
    'reporting\\nsupport +\\nresources only'
    """
    return "\n".join(textwrap.wrap(name.replace("+", " + ").replace("_", " "), width))


def decimals(values: np.ndarray) -> int:
    """Return how many decimals show the differences between values.

    >>> decimals(np.array([0.4231, 0.4239])), decimals(np.array([100.0, 250.0]))
    (5, 0)
    """
    span = float(np.nanmax(values) - np.nanmin(values))
    return min(max(0, 1 - math.floor(math.log10(span / 2.0))), 7) if span > 0.0 else 2
