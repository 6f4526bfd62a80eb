"""Draw grids of two factors: means, effects of a policy over two parameters, and effects of pairs of policies."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize, to_hex
from matplotlib.figure import Figure

from experiments.comparison.headline_measures import worse_direction
from experiments.figures.charts import factor_levels, variance_share
from experiments.figures.small_multiples import FIGURE_WIDTH, MAP_COLOURS, ROW_LETTER_WIDTH, PanelFigure, PanelSizes
from experiments.figures.theme import INK, NULL, SOFT, text_colour_on
from experiments.narrative.labels import (
    capital_meaning,
    decimals_needed,
    display_scale,
    factor_label,
    level_label,
    meaning_with_unit,
    title_label,
    with_sign,
)
from experiments.narrative.messages import figure_message
from experiments.statistics.contrasts import (
    INTERACTION,
    MOST_LEVELS,
    POLICY,
    SCENARIO,
    Contrast,
    Grid,
    contrasts,
    grid_effects,
    grid_of,
    parts_of,
)
from experiments.statistics.paired_effects import Effect
from experiments.words.bilingual import FigureTexts

VALUE_COLOURS = "cividis"
"""Colour map of values, safe for colour blindness; effects have `MAP_COLOURS`."""
MAX_FACETS, MAX_LABELLED_CELLS = 4, 80
MIN_CELLS, LABEL_LETTERS = 4, 34
"""Least number of rows and columns for which a panel has room; characters in a line of a row label."""
CELL_HEIGHT, CELL_WIDTH, AXIS_LABEL_WIDTH, SPACE_ABOVE, SPACE_BELOW = 0.3, 0.6, 0.4, 0.3, 0.55
"""Height and width of a cell, width of an axis label, and space above and below a panel, in inches."""


def draw_factor_pairs(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], wording: FigureTexts
) -> Figure | None:
    """Draw a grid for each measure and municipality over the two factors with the largest variance shares."""
    free = [name for name in factors if name != SCENARIO]
    if len(free) < 2:
        return None
    places = [(measure, scenario) for measure in measures for scenario in runs[SCENARIO].unique()]
    grids, pairs = [], []
    for measure, scenario in places:
        site_runs = runs[runs[SCENARIO] == scenario]
        strong = sorted(free, key=lambda one: -variance_share(site_runs, one, measure))[:2]
        pairs.append(sorted(strong, key=POLICY.__eq__))
        grids.append(mean_grid(site_runs, pairs[-1], measure))
    parts = {name: factor_label(one, wording) for name, one in zip(("first", "second"), pairs[0], strict=True)}
    finding = figure_message("figure.grid.strongest", wording, what=capital_meaning(measures[0], wording), **parts)
    texts = finding, figure_message("figure.grid.factors", wording)
    heads = [f"{meaning_with_unit(one, wording)}, {title_label(where, wording)}" for one, where in places]
    sheet = figure_for_grids(grids, wording, texts, heads, 2)
    for number, (grid, pair) in enumerate(zip(grids, pairs, strict=True)):
        axes = sheet.panel(number)
        draw_grid(axes, grid, Normalize(np.nanmin(grid.effect), np.nanmax(grid.effect)), VALUE_COLOURS, wording)
        name_axes(axes, pair, wording)
    return sheet.figure


def mean_grid(runs: pd.DataFrame, pair: Sequence[str], measure: str) -> Grid:
    """Return the mean of a measure, with its Monte Carlo error, at every pair of levels of two factors."""
    across, up = (factor_levels(runs, factor, most_bins=4) for factor in pair)
    by = [up.rename("up"), across.rename("across")]
    by_seed = runs.groupby([*by, runs["seed"]], observed=True)[measure].mean().groupby(["up", "across"], observed=True)
    mean = by_seed.mean().unstack()
    return Grid(mean, (by_seed.std() / np.sqrt(by_seed.count())).unstack(), mean.notna().astype(float))


def wrapped_labels(levels: Iterable[object], letters: int, wording: FigureTexts) -> list[str]:
    """Return the labels of levels, wrapped to a number of letters."""
    return [textwrap.fill(level_label(level, wording), letters) for level in levels]


def figure_for_grids(
    grids: Sequence[Grid], wording: FigureTexts, texts: tuple[str, str], heads: list[str], across: int, rows: int = 0
) -> PanelFigure:
    """Return a figure with panels sized for the largest grid; if ``rows`` > 0 there is space for panel titles."""
    rows_of_cells, columns_of_cells = (max(MIN_CELLS, *(one.effect.shape[side] for one in grids)) for side in (0, 1))
    names = [name for grid in grids for name in wrapped_labels(grid.effect.index, LABEL_LETTERS, wording)]
    labels_width = AXIS_LABEL_WIDTH + ROW_LETTER_WIDTH * max(len(line) for name in names for line in name.split("\n"))
    across, space_above = min(across, len(heads)), SPACE_ABOVE if rows else 0.0
    width, height = (
        max(FIGURE_WIDTH, across * (columns_of_cells * CELL_WIDTH + labels_width)),
        CELL_HEIGHT * rows_of_cells,
    )
    sizes = PanelSizes(
        height, labels_width, space_above, max(rows, 1), across, width, gap=labels_width, space_below=SPACE_BELOW
    )
    return PanelFigure(wording, texts, heads, sizes)


def draw_effect_maps(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], wording: FigureTexts
) -> dict[str, Figure]:
    """Draw a map for each scenario and policy except the first: its effect over two or three parameters."""
    grids = [name for name in factors if "." in name and 2 <= runs[name].nunique() <= MOST_LEVELS]
    if POLICY not in factors or len(grids) < 2:
        return {}
    found = []
    for scenario, site_runs in runs.groupby(SCENARIO, sort=False):
        for policy in site_runs[POLICY].unique()[1:]:
            place, first = title_label(str(scenario), wording), title_label(str(site_runs[POLICY].iloc[0]), wording)
            note = figure_message("figure.grid.effects", wording, place=place, first=first)
            found.append(draw_effect_map(site_runs, grids, str(policy), measures, note, wording))
    return {f"effect_map{f'_{number}' if len(found) > 1 else ''}": one for number, one in enumerate(found, start=1)}


def draw_effect_map(
    runs: pd.DataFrame, names: Sequence[str], policy: str, measures: Sequence[str], note: str, wording: FigureTexts
) -> Figure:
    """Draw the map of one policy with a row for each measure and a panel for each level of the third factor."""
    up, across, *third = names
    parts, heads = [runs], [""]
    if third and runs[third[0]].nunique() <= MAX_FACETS:
        facets = sorted(runs[third[0]].unique())
        parts = [runs[runs[third[0]] == facet] for facet in facets]
        heads = [f"{factor_label(third[0], wording)} = {level_label(facet, wording)}" for facet in facets]
    maps = {
        measure: [grid_effects(part, names, (up, across), policy, measure, display_scale(measure)) for part in parts]
        for measure in measures
    }
    texts = sign_finding(maps[measures[0]], policy, measures[0], wording), note
    return draw_measures(maps, wording, texts, heads, (across, up))


def draw_measures(
    maps: Mapping[str, Sequence[Grid]],
    wording: FigureTexts,
    texts: tuple[str, str],
    heads: list[str],
    pair: Sequence[str] = (),
) -> Figure:
    """Draw grids of effects with a row for each measure.

    Grids over a ``pair`` of factors share one colour scale; those of policies list the first policy at the top.
    """
    every = [one for grids in maps.values() for one in grids]
    keys = sorted({"judged" if worse_direction(measure) else "neither" for measure in maps})
    note = " ".join([texts[1], *(figure_message(f"figure.grid.{key}", wording) for key in keys)])
    sheet = figure_for_grids(every, wording, (texts[0], note), heads, len(heads), len(maps))
    for row, (measure, grids) in enumerate(maps.items()):
        title = textwrap.fill(meaning_with_unit(measure, wording), 46)
        sizes = [np.abs(one.effect.to_numpy(float)) for one in grids]
        reaches = [float(np.nanmax(size)) if np.isfinite(size).any() else 0.0 for size in sizes]
        for number, one in enumerate(grids):
            axes, reach = sheet.panel(number, row), (max(reaches) if pair else reaches[number]) or 1.0
            draw_grid(axes, one, Normalize(-reach, reach), MAP_COLOURS[worse_direction(measure)], wording)
            if pair:
                name_axes(axes, pair, wording)
            else:
                axes.invert_yaxis()
            axes.set_title(title, loc="left", fontsize=7.5, color=INK, pad=4)
    return sheet.figure


def sign_finding(grids: Sequence[Grid], policy: str, measure: str, wording: FigureTexts) -> str:
    """Return the finding: numbers of cells in which a policy raises and lowers the first measure."""
    effects, settled = (
        np.concatenate([getattr(one, part).to_numpy(float).ravel() for one in grids]) for part in ("effect", "settled")
    )
    known = effects[settled == 1.0]
    counts = {"up": (known > 0.0).sum(), "down": (known < 0.0).sum(), "every": np.isfinite(effects).sum()}
    return figure_message(
        "figure.grid.signs", wording, what=capital_meaning(measure, wording), who=title_label(policy, wording), **counts
    )


def draw_grid(axes: Axes, grid: Grid, scale: Normalize, colours: str | Colormap, wording: FigureTexts) -> None:
    """Draw a grid with its numbers if they fit; cells that chance may explain have no colour."""
    values, settled = grid.effect.to_numpy(float), grid.settled.to_numpy(float) == 1.0
    shown = colormaps.get_cmap(colours)(scale(np.nan_to_num(values)))
    shown[~settled, 3] = 0.0
    axes.imshow(shown, origin="lower", aspect="auto", interpolation="none")
    axes.set_xticks(range(values.shape[1]), wrapped_labels(grid.effect.columns, 12, wording))
    axes.set_yticks(range(values.shape[0]), wrapped_labels(grid.effect.index, LABEL_LETTERS, wording))
    axes.grid(visible=False)
    if values.size > MAX_LABELLED_CELLS:
        axes.figure.colorbar(ScalarMappable(scale, colours), ax=axes)
        return
    digits, errors = decimals_needed(values), grid.error.to_numpy(float)
    for (row, column), value in np.ndenumerate(values):
        if math.isfinite(value):
            text = f"{value:,.{digits}f}" if colours == VALUE_COLOURS else with_sign(value, f"+,.{digits}f")
            text += f"\n±{errors[row, column]:.{digits}f}" if math.isfinite(errors[row, column]) else ""
            colour = text_colour_on(to_hex(shown[row, column])) if settled[row, column] else NULL
            axes.text(column, row, text, ha="center", va="center", fontsize=6, color=colour)


def name_axes(axes: Axes, pair: Sequence[str], wording: FigureTexts) -> None:
    """Label both axes of a panel with their factors."""
    axes.set_xlabel(factor_label(pair[0], wording), fontsize=7, color=SOFT, labelpad=2)
    axes.set_ylabel(factor_label(pair[1], wording), fontsize=7, color=SOFT, labelpad=2)


def draw_policy_pairs(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], wording: FigureTexts
) -> Figure | None:
    """Draw policies in pairs: single effects on the diagonal, joint effects below it, interactions above it."""
    first = str(runs[POLICY].iloc[0])
    every = [parts_of(str(name), first) for name in runs[POLICY].unique()]
    names = list(dict.fromkeys(name for parts in every if len(parts) == 1 for name in parts))
    if POLICY not in factors or not any(len(parts) == 2 for parts in every):
        return None
    scenarios = list(runs[SCENARIO].unique())
    found = {measure: list(contrasts(runs, [POLICY], measure, display_scale(measure))) for measure in measures}
    grids = {
        measure: [pair_grid([one for one in some if one.scenario == place], names, first) for place in scenarios]
        for measure, some in found.items()
    }
    pairs = [one.effect.settled for one in found[measures[0]] if one.factor == INTERACTION]
    counts = {"settled": sum(pairs), "n": len(pairs)}
    finding = figure_message("figure.grid.together", wording, what=capital_meaning(measures[0], wording), **counts)
    texts = finding, figure_message("figure.grid.pairs", wording, first=title_label(first, wording))
    return draw_measures(grids, wording, texts, [title_label(place, wording) for place in scenarios])


def pair_grid(found: Sequence[Contrast], names: list[str], first: str) -> Grid:
    """Return single effects, joint effects and interactions as one grid of policies by policies."""
    cells: dict[tuple[object, object], Effect] = {}
    for one in found:
        parts = sorted(parts_of(str(one.level), first), key=names.index)
        if len(parts) <= 2:
            low, high = parts[0], parts[-1]
            cells[(low, high) if one.factor == INTERACTION else (high, low)] = one.effect
    whole = grid_of(cells)
    return Grid(*(part.reindex(index=names, columns=names) for part in (whole.effect, whole.error, whole.settled)))
