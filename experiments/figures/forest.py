"""Draw forest plots of paired effects, by level of a factor or by change of a study."""

import itertools
from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.small_multiples import draw_estimate, forest_panels
from experiments.narrative.labels import (
    capital_meaning,
    change_label,
    display_factor,
    display_scale,
    factor_label,
    level_label,
    meaning_with_unit,
    title_label,
    with_sign,
)
from experiments.narrative.messages import figure_message
from experiments.statistics.contrasts import INTERACTION, Contrast, contrasts
from experiments.words.bilingual import FigureTexts


def draw_levels(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], wording: FigureTexts
) -> Figure | None:
    """Draw the effect of every level of every factor against the first, in a block for each municipality.

    Returns None if no two runs differ in exactly one factor.
    """
    found = {measure: list(contrasts(runs, factors, measure, display_scale(measure))) for measure in measures}
    every = list(itertools.chain.from_iterable(found.values()))
    if not every:
        return None
    names, scenarios = names_of(every, wording), list(dict.fromkeys(one.scenario for one in every))
    changes = [(level_change(one, wording), one.effect.effect, one.effect.settled) for one in found[measures[0]]]
    note = figure_message("figure.twins.note", wording, n=max(one.effect.n for one in every))
    sheet, grid = forest_panels(
        wording,
        (largest_change(wording, measures[0], changes), note),
        [title_label(name, wording) for name in scenarios],
        [meaning_with_unit(measure, wording) for measure in measures],
        list(names.values()),
        bold=[at for at, (_, level) in enumerate(names) if level is None],
    )
    for panel, measure in enumerate(measures):
        for one in found[measure]:
            axes, row = grid[scenarios.index(one.scenario)][panel], list(names).index((one.factor, one.level))
            draw_estimate(axes, row, one.effect.low, one.effect.effect, one.effect.high, one.effect.settled)
    return sheet.figure


def names_of(every: Sequence[Contrast], wording: FigureTexts) -> dict[tuple[str, object], str]:
    """Return row labels by factor and level; a row with level None is a heading with factor and base level."""
    names: dict[tuple[str, object], str] = {}
    for factor in sorted(dict.fromkeys(one.factor for one in every), key=INTERACTION.__eq__):
        of_factor = [one for one in every if one.factor == factor]
        first = level_label({one.level: one.against for one in of_factor}[of_factor[0].level], wording)
        words = factor_label(factor, wording)
        against = {"factor": words, "first": first}
        names[factor, None] = (
            words if factor == INTERACTION else figure_message("figure.twins.against", wording, **against)
        )
        names |= {(factor, one.level): level_label(one.level, wording) for one in of_factor}
    return names


def level_change(contrast: Contrast, wording: FigureTexts) -> str:
    """Return the label of a level, preceded by its factor if that is a parameter."""
    level = level_label(contrast.level, wording)
    return f"{factor_label(contrast.factor, wording)} = {level}" if "." in contrast.factor else level


def draw_contrasts(table: pd.DataFrame, measures: Sequence[str], wording: FigureTexts) -> Figure:
    """Draw the contrasts of a study with a panel for each measure and a row for each combination of changes."""
    changes = {one: change_label(one, wording) for one in dict.fromkeys(table["change"])}
    scenarios = list(dict.fromkeys(table["scenario"]))
    note = figure_message("figure.twins.contrasts", wording, years=table["years"].iloc[0], n=table["n"].max())
    scales = {measure: display_factor(measure) for measure in measures}
    first = table[table["measure"] == measures[0]]
    sizes = zip(first["change"].map(changes), scales[measures[0]] * first["estimate"], first["settled"], strict=True)
    sheet, grid = forest_panels(
        wording,
        (largest_change(wording, measures[0], sizes), note),
        [title_label(one, wording) for one in scenarios],
        [meaning_with_unit(measure, wording) for measure in measures],
        list(changes.values()),
    )
    for row in table.to_dict("records"):
        low, value, high = (scales[row["measure"]] * row[name] for name in ("low", "estimate", "high"))
        axes = grid[scenarios.index(row["scenario"])][measures.index(row["measure"])]
        draw_estimate(axes, list(changes).index(row["change"]), low, value, high, row["settled"])
    return sheet.figure


def largest_change(wording: FigureTexts, measure: str, changes: Iterable[tuple[str, float, bool]]) -> str:
    """Return the finding on the largest change distinguishable from chance.

    ``changes`` are label, size, and whether the change is distinguishable from chance.
    """
    settled = [(words, size) for words, size, is_settled in changes if is_settled and size]
    what = capital_meaning(measure, wording)
    if not settled:
        return figure_message("figure.twins.none", wording, what=what)
    words, size = max(settled, key=lambda one: abs(one[1]))
    return figure_message("figure.twins.largest", wording, what=what, change=words, size=with_sign(size))
