"""Figures of `answer --only value`: what is most valuable to know, and the expected value of information over costs."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.small_multiples import COLOUR_B, PanelFigure, PanelSizes, draw_estimate, mark_zero, share_scale
from experiments.figures.theme import INK, LINE, SOFT, TOKENS
from experiments.narrative.messages import figure_message
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.sentences import site_name
from experiments.voi.expected_value import ALL, ALL_WITH_ERROR, QUESTION
from experiments.voi.sentences import ERRORS, is_told, known_name, option_name, ranked
from experiments.words.bilingual import FigureTexts

ROW_HEIGHT, NAME_WIDTH, FIGURE_WIDTH, CURVE_HEIGHT = 0.24, 3.6, 8.4, 2.2
"""Height of a row, width of the names, of a figure, and height of the panels of curves, in inches."""
CURVES = 3
"""Questions whose curves are drawn: those with the highest."""
CURVE_COLOURS = (COLOUR_B, TOKENS["a"][0], TOKENS["more"][0])
LABEL_CHARACTERS = 46
"""Characters in a line of the name of a row."""


def draw_expected_value(values: pd.DataFrame, wording: FigureTexts) -> Figure:
    """Draw the expected value of each question and group in each municipality, the most valuable at the top."""
    items = list(dict.fromkeys(row.name for row in ranked(values))) or [values["name"].iloc[2]]
    sites = list(dict.fromkeys(values["site"]))
    sizes = PanelSizes(0.1 + ROW_HEIGHT * len(items), NAME_WIDTH, 0.02, columns=2, figure_width=FIGURE_WIDTH)
    texts = figure_message("voi.title.expected_value", wording), figure_message("voi.figure.expected_value", wording)
    sheet = PanelFigure(wording, texts, [wording.of(site_name(site)) for site in sites], sizes)
    names = ["\n".join(wording.wrap(wording.of(known_name(QUESTION, one)), LABEL_CHARACTERS)) for one in items]
    drawn = []
    for number, site in enumerate(sites):
        axes = sheet.panel_of_rows(number, names)
        rows = {row.name: row for row in rows_in(rows_where(values, site=site))}
        for position, name in enumerate(items):
            if row := rows.get(name):
                low, high = max(0.0, row.value - ERRORS * row.error), row.value + ERRORS * row.error
                draw_estimate(axes, position, low, row.value, high, is_told(row))
        mark_zero(axes)
        drawn.append(axes)
    share_scale(drawn)
    return sheet.figure


def draw_costs(costs: pd.DataFrame, wording: FigureTexts) -> Figure:
    """Draw the expected value of everything and some questions over costs, with what is best today at the top."""
    sites = list(dict.fromkeys(costs["site"]))
    sizes = PanelSizes(CURVE_HEIGHT, 0.3, 0.15, columns=2, figure_width=FIGURE_WIDTH, space_below=0.7)
    texts = figure_message("voi.title.costs", wording), figure_message("voi.figure.costs", wording)
    sheet = PanelFigure(wording, texts, [wording.of(site_name(site)) for site in sites], sizes)
    top = float(costs["value"].max()) or 1.0
    for number, site in enumerate(sites):
        axes, of_site = sheet.panel(number), rows_where(costs, site=site)
        with_error, everything = (rows_where(of_site, name=name) for name in (ALL_WITH_ERROR, ALL))
        axes.fill_between(with_error["cost"], with_error["value"], color=LINE)
        axes.plot(everything["cost"], everything["value"], color=INK, linewidth=2.0)
        for colour, name in zip(CURVE_COLOURS, highest_questions(of_site), strict=False):
            rows = rows_where(of_site, name=name)
            label = "\n".join(wording.wrap(wording.of(known_name(QUESTION, name)), LABEL_CHARACTERS))
            axes.plot(rows["cost"], rows["value"], color=colour, linewidth=1.6, label=label)
        for best, rows_of_best in groupby(rows_in(everything), key=lambda row: row.best):
            places = [row.cost for row in rows_of_best]
            middle = 0.5 * (places[0] + places[-1])
            axes.axvline(places[0], color=SOFT, linewidth=0.5, linestyle=":")
            name = wording.of(option_name(best))
            axes.text(middle, 1.12 * top, name, fontsize=6.5, color=SOFT, ha="center", va="center", rotation=20)
        axes.set_ylim(0.0, 1.25 * top)
        axes.legend(fontsize=6.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=1)
    return sheet.figure


def highest_questions(costs: pd.DataFrame) -> Sequence[str]:
    """Return the names of the questions with the highest curves."""
    others = costs[~costs["name"].isin([ALL, ALL_WITH_ERROR])]
    return list(others.groupby("name", sort=False)["value"].max().nlargest(CURVES).index)


FIGURES: Mapping[str, Callable[[pd.DataFrame, FigureTexts], Figure]] = {
    "expected_value": draw_expected_value,
    "costs": draw_costs,
}
"""Figures by the table that they draw."""
