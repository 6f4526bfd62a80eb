"""Figures of a trial: how often an effect on trust is found, and the smallest that is found, by persons and months."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.small_multiples import PanelFigure, PanelSizes, draw_estimate, share_scale
from experiments.figures.theme import INK, NULL, SOFT
from experiments.narrative.messages import figure_message, message
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.sentences import PERCENT
from experiments.trial.analysis import CONTRAST, WHOLE
from experiments.trial.survey import TRUST
from experiments.words.bilingual import FigureTexts

ROW_HEIGHT, NAME_WIDTH = 0.3, 1.5
"""Height of a row and width of names, in inches."""
ERRORS = 2.0
"""Standard errors on either side of a number."""
ROW_OFFSET = 0.16
"""Distance of the number without the policy below that with it, as a share of a row."""


def rows_of_trust(diagnosis: pd.DataFrame, inquiry: str) -> pd.DataFrame:
    """Return the rows on trust against one inquiry."""
    return rows_where(diagnosis, outcome=TRUST, inquiry=inquiry)


def sheet_of(name: str, diagnosis: pd.DataFrame, unit: str, wording: FigureTexts) -> tuple[PanelFigure, list[str]]:
    """Return an empty figure with a panel for each wave, and the names of rows: persons asked in each unit."""
    each = message(f"trial.each.{unit}")
    persons = sorted(diagnosis["persons"].unique())
    names = [figure_message("trial.figure.persons", wording, persons=one, each=each) for one in persons]
    waves = sorted(diagnosis["months"].unique())
    heads = [figure_message("trial.figure.months", wording, months=one) for one in waves]
    sizes = PanelSizes(0.15 + ROW_HEIGHT * len(names), NAME_WIDTH, 0.02, columns=max(1, len(waves)))
    texts = figure_message(f"trial.title.{name}", wording), figure_message(f"trial.figure.{name}", wording)
    return PanelFigure(wording, texts, heads, sizes), names


def draw_power(diagnosis: pd.DataFrame, unit: str, wording: FigureTexts) -> Figure:
    """Draw power and false positives by persons and months."""
    sheet, names = sheet_of("power", diagnosis, unit, wording)
    rows = rows_of_trust(diagnosis, CONTRAST)
    for number, months in enumerate(sorted(rows["months"].unique())):
        axes = sheet.panel_of_rows(number, names)
        for at, row in enumerate(rows_in(rows_where(rows, months=months).sort_values("persons"))):
            for place, share, error, told in (
                (at - ROW_OFFSET, row.power, row.power_error, True),
                (at + ROW_OFFSET, row.false_positives, row.false_positives_error, False),
            ):
                low, high = max(0.0, share - ERRORS * error), min(1.0, share + ERRORS * error)
                draw_estimate(axes, place, PERCENT * low, PERCENT * share, PERCENT * high, told)
        axes.axvline(80.0, color=SOFT, linewidth=0.6, linestyle=":")
        axes.set_xlim(-3.0, 103.0)
    return sheet.figure


def draw_detectable(diagnosis: pd.DataFrame, unit: str, wording: FigureTexts) -> Figure:
    """Draw the smallest effects found beside the model's, by persons and months; none where no test is possible."""
    sheet, names = sheet_of("detectable", diagnosis, unit, wording)
    drawn = []
    for number, months in enumerate(sorted(diagnosis["months"].unique())):
        axes = sheet.panel_of_rows(number, names)
        found = {
            inquiry: rows_where(rows_of_trust(diagnosis, inquiry), months=months).sort_values("persons")
            for inquiry in (CONTRAST, WHOLE)
        }
        for at, row in enumerate(rows_in(found[CONTRAST])):
            if np.isfinite(row.detectable):
                reach = ERRORS * row.detectable_error
                draw_estimate(axes, at, row.detectable - reach, row.detectable, row.detectable + reach, True)
        axes.axvline(float(found[WHOLE]["truth"].iloc[0]), color=INK, linewidth=1.0)
        axes.axvline(float(found[CONTRAST]["truth"].iloc[0]), color=NULL, linewidth=1.0, linestyle=":")
        axes.axvline(0.0, color=SOFT, linewidth=0.6)
        drawn.append(axes)
    share_scale(drawn)
    return sheet.figure


FIGURES: Mapping[str, Callable[[pd.DataFrame, str, FigureTexts], Figure]] = {
    "power": draw_power,
    "detectable": draw_detectable,
}
"""Figures by name."""
