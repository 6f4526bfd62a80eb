"""Draw main effects of a sweep: the mean of a measure at every level of a factor, averaged over other factors."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.small_multiples import COLOUR_B, FIGURE_WIDTH, PANEL_GAP, PanelFigure, PanelSizes, share_height
from experiments.figures.theme import SOFT
from experiments.narrative.labels import capital_meaning, factor_label, level_label, meaning_with_unit
from experiments.narrative.messages import figure_message
from experiments.statistics.contrasts import MOST_LEVELS
from experiments.words.bilingual import FigureTexts

MAX_FACTORS, MAX_LABELLED_LEVELS = 8, 5
Z_95 = 1.96
PANEL_HEIGHT, NAMES_WIDTH, MIN_PANEL_WIDTH = 0.95, 1.6, 1.2
"""Height of a panel, width of row names and width of the narrowest panel, in inches."""


def factor_levels(runs: pd.DataFrame, factor: str, most_bins: int = 8) -> pd.Series:
    """Return the level of a factor in every run; numbers with more than `MOST_LEVELS` values are binned."""
    values = runs[factor]
    if isinstance(values.iloc[0], str):
        return pd.Series(pd.Categorical(values, categories=list(values.unique())), values.index)
    if values.dtype == object or values.nunique() <= MOST_LEVELS:
        return values
    bins = pd.qcut(values.astype(float), most_bins, duplicates="drop")
    return bins.map(lambda one: one.mid).astype(float)


def variance_share(runs: pd.DataFrame, factor: str, measure: str) -> float:
    """Return the share of a measure's variance between the levels of a factor."""
    whole = runs[measure].var(ddof=0)
    if not whole > 0.0:
        return 0.0
    at_level = runs.groupby(factor_levels(runs, factor), observed=True)[measure].transform("mean")
    return float(at_level.var(ddof=0) / whole)


def draw_main_effects(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], wording: FigureTexts
) -> Figure:
    """Draw a panel for each measure and factor: means by level with their intervals."""
    shown = sorted(factors, key=lambda one: -max(variance_share(runs, one, name) for name in measures))[:MAX_FACTORS]
    n, total = len(shown), len(factors)
    note = figure_message("figure.levels.note", wording)
    note += " " + figure_message("figure.levels.strongest", wording, n=n, every=total) if n < total else ""
    width = max(FIGURE_WIDTH, NAMES_WIDTH + n * (MIN_PANEL_WIDTH + PANEL_GAP))
    sizes = PanelSizes(PANEL_HEIGHT, NAMES_WIDTH, rows=len(measures), columns=n, figure_width=width)
    texts = variance_finding(runs, shown, measures[0], wording), note
    sheet = PanelFigure(wording, texts, [factor_label(one, wording) for one in shown], sizes)
    for row, measure in enumerate(measures):
        sheet.label(row, meaning_with_unit(measure, wording))
        drawn = [sheet.panel(number, row) for number in range(n)]
        for axes, factor in zip(drawn, shown, strict=True):
            draw_means(axes, runs, factor, measure, wording)
            axes.tick_params(labelleft=axes is drawn[0])
        share_height(drawn)
    return sheet.figure


def variance_finding(runs: pd.DataFrame, shown: Sequence[str], measure: str, wording: FigureTexts) -> str:
    """Return the finding: the factor with the largest share of the first measure's variance, and that share."""
    shares = {one: variance_share(runs, one, measure) for one in shown}
    first = max(shares, key=shares.__getitem__)
    what, factor = capital_meaning(measure, wording), factor_label(first, wording)
    return figure_message("figure.levels.share", wording, what=what, share=100.0 * shares[first], factor=factor)


def draw_means(axes: Axes, runs: pd.DataFrame, factor: str, measure: str, wording: FigureTexts) -> None:
    """Draw the mean of a measure at every level of a factor, adjusted for differences between seeds."""
    values = runs[measure] - runs[measure].groupby(runs["seed"]).transform("mean") + runs[measure].mean()
    groups = values.groupby(factor_levels(runs, factor), observed=True)
    mean: pd.Series = groups.mean()
    half: pd.Series = Z_95 * groups.std() / np.sqrt(groups.count())
    is_named = isinstance(mean.index[0], str)
    x = np.arange(len(mean)) if is_named else mean.index.to_numpy(float)
    axes.axhline(runs[measure].mean(), color=SOFT, linewidth=0.8, linestyle=":")
    axes.errorbar(
        x, mean, yerr=half.fillna(0.0), color=COLOUR_B, marker="o", markersize=3.5, linewidth=1.2, elinewidth=1.2
    )
    if is_named or len(x) <= MAX_LABELLED_LEVELS:
        axes.set_xticks(x, [level_label(name, wording) for name in mean.index])
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.ticklabel_format(axis="y", useOffset=False)
