"""Maps of effects: where the effect of a policy turns over uncertainties, and what policies do in pairs."""

import math
import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from experiments.figures.charts import entitle, named, stated, words
from experiments.runs.twins import Effect
from experiments.sweeps.contrasts import (
    MOST_LEVELS,
    POLICY,
    TOGETHER,
    Contrast,
    Grid,
    contrasts,
    grid_of,
    over,
    parts_of,
)

COLOURS = "RdBu"
"""Red where an effect is below nothing, blue where it is above; told apart also without red or green."""
MOST_FACETS, MOST_WRITTEN, PALE = 4, 80, 0.35


def effect_maps(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> dict[str, Figure]:
    """Return a map for each scenario and policy but the first: its effect over the first two or three factors."""
    grids = [name for name in factors if "." in name and 2 <= runs[name].nunique() <= MOST_LEVELS]
    if POLICY not in factors or len(grids) < 2:
        return {}
    found = []
    for scenario, own in runs.groupby("scenario", sort=False):
        for policy in own[POLICY].unique()[1:]:
            found.append(effect_map(own, grids, str(policy), measures, str(scenario)))
    return {f"effect_map{f'_{number}' if len(found) > 1 else ''}": one for number, one in enumerate(found, start=1)}


def effect_map(runs: pd.DataFrame, grids: Sequence[str], policy: str, measures: Sequence[str], scenario: str) -> Figure:
    """Return the map of one policy: a line for each measure, a column for each level of the third factor."""
    up, across, *third = grids
    facets: list[object] = [None]
    if third and runs[third[0]].nunique() <= MOST_FACETS:
        facets = sorted(runs[third[0]].unique())
    figure = Figure(figsize=(3.9 * len(facets) + 0.8, 3.3 * len(measures) + 0.8), layout="constrained")
    grid = figure.subplots(len(measures), len(facets), squeeze=False)
    for line, measure in zip(grid, measures, strict=True):
        parts = [runs if facet is None else runs[runs[third[0]] == facet] for facet in facets]
        maps = [over(part, grids, up, across, policy, measure) for part in parts]
        reach = max(reach_of(one) for one in maps)
        for axes, one, facet in zip(line, maps, facets, strict=True):
            image = coloured(axes, one, reach)
            title = named(measure) if facet is None else f"{named(measure)}\n{third[0]} = {stated(facet)}"
            axes.set_title(
                "\n".join(textwrap.wrap(title.split("\n")[0], 40) + title.split("\n")[1:]), loc="left", fontsize=9
            )
            axes.set_xlabel(across, fontsize=9)
        line[0].set_ylabel(up, fontsize=9)
        figure.colorbar(image, ax=line, shrink=0.9).ax.tick_params(labelsize=8)
    first = words(str(runs[POLICY].iloc[0]), 60)
    entitle(
        figure,
        f"{words(scenario, 60)}: effect of {words(policy, 200)} against {first}, mean of twins ± Monte Carlo error;"
        " pale where the 95 % interval leaves both signs",
    )
    return figure


def reach_of(one: Grid) -> float:
    """Return the largest effect of a grid, up or down."""
    sizes = np.abs(one.effect.to_numpy(float))
    return float(np.nanmax(sizes)) if np.isfinite(sizes).any() else 0.0


def coloured(axes: Axes, one: Grid, reach: float) -> ScalarMappable:
    """Draw one map, nothing in the middle of its colours, and pale what is not settled."""
    effect, settled = one.effect.to_numpy(float), one.settled.to_numpy(float)
    colours = ScalarMappable(Normalize(-reach, reach) if reach > 0.0 else Normalize(-1.0, 1.0), COLOURS)
    pale = np.where(settled == 0.0, PALE, 1.0)
    shown = np.asarray(colours.to_rgba(np.nan_to_num(effect)))
    shown[..., :3] = 1.0 - pale[..., None] * (1.0 - shown[..., :3])
    shown[np.isnan(effect)] = 1.0
    axes.imshow(shown, origin="lower", aspect="auto")
    axes.set_xticks(range(effect.shape[1]), [stated(value) for value in one.effect.columns], fontsize=8)
    axes.set_yticks(range(effect.shape[0]), [stated(value) for value in one.effect.index], fontsize=8)
    write_cells(axes, effect, one.error.to_numpy(float), settled, reach)
    return colours


def write_cells(axes: Axes, effect: np.ndarray, error: np.ndarray, settled: np.ndarray, reach: float) -> None:
    """Write effects with their errors where they fit."""
    if effect.size > MOST_WRITTEN:
        return
    digits = min(max(0, 1 - math.floor(math.log10(reach))), 7) if reach > 0.0 else 1
    for (row, column), value in np.ndenumerate(effect):
        if math.isnan(value):
            continue
        text = f"{value + 0.0:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"
        if not math.isnan(error[row, column]):
            text += f"\n±{error[row, column]:.{digits}f}"
        dark = settled[row, column] != 0.0 and abs(value) > 0.65 * reach > 0.0
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if dark else "black")


def pair_map(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> Figure | None:
    """Return the map of policies in pairs: alone on the diagonal, together below it, beyond the sum above it."""
    first = str(runs[POLICY].iloc[0])
    every = [parts_of(str(name), first) for name in runs[POLICY].unique()]
    names = list(dict.fromkeys(name for parts in every if len(parts) == 1 for name in parts))
    if POLICY not in factors or not any(len(parts) == 2 for parts in every):
        return None
    scenarios = list(runs["scenario"].unique())
    size = (1.15 * len(names) + 2.6, 0.85 * len(names) + 1.3)
    figure = Figure(figsize=(size[0] * len(scenarios), size[1] * len(measures) + 0.6), layout="constrained")
    grid = figure.subplots(len(measures), len(scenarios), squeeze=False)
    for line, measure in zip(grid, measures, strict=True):
        found = list(contrasts(runs, [POLICY], measure))
        maps = [in_pairs([one for one in found if one.scenario == scenario], names, first) for scenario in scenarios]
        for axes, one, scenario in zip(line, maps, scenarios, strict=True):
            image = coloured(axes, one, reach_of(one))
            axes.set_xticks(range(len(names)), [words(name, 12) for name in names], fontsize=8)
            axes.set_yticks(range(len(names)), [words(name, 12) for name in names], fontsize=8)
            axes.invert_yaxis()
            axes.set_title(
                "\n".join([words(str(scenario), 40), *textwrap.wrap(named(measure), 40)]), loc="left", fontsize=9
            )
            figure.colorbar(image, ax=axes, shrink=0.9).ax.tick_params(labelsize=8)
    entitle(
        figure,
        f"Policies in pairs, against {words(first, 40)}: alone on the diagonal, together below it, and above it what"
        " they do together beyond the sum; ± Monte Carlo error; pale where the 95 % interval leaves both signs",
    )
    return figure


def in_pairs(found: Sequence[Contrast], names: list[str], first: str) -> Grid:
    """Return effects alone, together and beyond the sum as one grid of policies by policies."""
    cells: dict[tuple[object, object], Effect] = {}
    for one in found:
        parts = sorted(parts_of(str(one.level), first), key=list(names).index)
        if len(parts) <= 2:
            low, high = parts[0], parts[-1]
            cells[(low, high) if one.factor == TOGETHER else (high, low)] = one.effect
    whole = grid_of(cells)
    return Grid(*(part.reindex(index=names, columns=names) for part in (whole.effect, whole.error, whole.settled)))
