"""Draw a run: trust, beliefs, the four counts of crime, homicides, police response and criteria."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")

import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.small_multiples import COLOUR_A, COLOUR_B, PanelFigure, PanelSizes
from experiments.figures.theme import INK, NULL
from experiments.narrative.labels import CRIME_RECORDS, title_label
from experiments.narrative.messages import figure_message
from experiments.statistics.annual_aggregation import MONTHS
from experiments.storage.run_spec import RunSpec
from experiments.words.bilingual import FigureTexts

BAND_ALPHA = 0.18
LINE_STYLES: tuple[dict[str, Any], ...] = (
    {"color": COLOUR_B, "linewidth": 1.8},
    {"color": INK, "linewidth": 1.2},
    {"color": COLOUR_A, "linewidth": 1.2, "dashes": (3, 2)},
    {"color": NULL, "linewidth": 1.2},
    {"color": NULL, "linewidth": 1.2, "dashes": (1, 1)},
)
DATE_FORMATS = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"]
"""Numeric date formats for the time axis, from years to seconds, which are the same in every language."""
LABELS_WIDTH, LABEL_DISTANCE, LOG_HEADROOM = 1.25, 0.1, 2.0
"""Width of line labels in inches; their least distance as a share of the axis; factor from the largest value to the
upper limit of a logarithmic axis."""

HOMICIDE_RATE = ("rate_12",)
PANELS: Mapping[str, tuple[Sequence[str], float]] = {
    "trust": (("trust_mean", "trust_contact", "trust_no_contact"), 100.0),
    "beliefs": (("fairness_mean", "effectiveness_mean", "fear_mean"), 100.0),
    "books": (CRIME_RECORDS, 1.0),
    "deaths": (HOMICIDE_RATE, 1.0),
    "answers": (("told_share", "in_hour", "never"), 100.0),
    "criteria": (("c1", "c2", "c3", "c4", "accountability"), 100.0),
}
"""Columns of each panel, and the factor of their values."""


def draw_run(spec: RunSpec, measures: pd.DataFrame, wording: FigureTexts) -> Figure:
    """Draw runs that differ in their seeds."""
    months = derive_measures(measures)
    first, last = measures["seed"].min(), measures["seed"].max()
    seeds = figure_message(f"figure.run.{'seed' if first == last else 'seeds'}", wording, first=first, last=last)
    parts = {"begins": spec.begins, "until": spec.until, "policy": title_label(spec.policy, wording), "seeds": seeds}
    texts = trust_finding(spec, months, wording), figure_message("figure.run.note", wording, **parts)
    heads = [figure_message(f"figure.run.panel.{name}", wording) for name in PANELS]
    sheet = PanelFigure(wording, texts, heads, PanelSizes(1.15, 0.35, columns=2, labels_width=LABELS_WIDTH))
    for number, (lines, scale) in enumerate(PANELS.values()):
        draw_measures(sheet.panel(number), months, lines, scale, wording)
    return sheet.figure


def trust_finding(spec: RunSpec, months: pd.DataFrame, wording: FigureTexts) -> str:
    """Return the finding: trust in the first and the last month, with a note if there is only one world."""
    title, trust = spec.scenario.title, 100.0 * months.groupby("month")["trust_mean"].mean()
    first, last = (f"{trust.iloc[at]:.1f}" for at in (0, -1))
    place = wording(*(title.get(language, spec.scenario.name) for language in ("es", "en")))
    if months["seed"].nunique() == 1:
        place = figure_message("figure.run.one_world", wording, place=place)
    return figure_message("figure.run.trust", wording, place=place, first=first, last=last)


def derive_measures(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures with shares of calls and the 12-month homicide rate per 100,000 residents.

    Calls that line 110 did not answer count among all calls, as they do among unserved calls.

    >>> month = {"seed": 1, "month": 0, "homicides": 0, "residents": 9, "calls": 3, "served_in_hour": 0}
    >>> derive_measures(pd.DataFrame([month | {"unserved_line": 1, "calls_unserved": 4}]))["never"].item()
    1.0
    """
    months = measures.sort_values(["seed", "month"]).reset_index(drop=True)
    calls = months["calls"] + months["unserved_line"]
    calls = calls.where(calls > 0)
    enough = min(MONTHS, months["month"].nunique())
    rolled = months.groupby("seed")["homicides"].rolling(MONTHS, min_periods=enough).mean()
    return months.assign(
        in_hour=months["served_in_hour"] / calls,
        never=months["calls_unserved"] / calls,
        rate_12=rolled.reset_index(level=0, drop=True) * MONTHS * 1e5 / months["residents"],
    )


def draw_measures(axes: Axes, months: pd.DataFrame, lines: Sequence[str], scale: float, wording: FigureTexts) -> None:
    """Draw monthly measures: the mean over runs, their range as a band, and a label at the end of each line."""
    ends = []
    for column, look in zip(lines, LINE_STYLES, strict=False):
        runs = months.assign(shown=scale * months[column]).groupby("month")["shown"]
        mean = runs.mean()
        axes.plot(mean.index, mean, marker="o" if runs.ngroups == 1 else None, **look)
        if months["seed"].nunique() > 1:
            axes.fill_between(mean.index, runs.min(), runs.max(), color=look["color"], alpha=BAND_ALPHA, linewidth=0)
        value = float(mean.dropna().iloc[-1]) if mean.notna().any() else 0.0
        ends.append((figure_message(f"figure.run.line.{column}", wording), value, look["color"]))
    if lines is CRIME_RECORDS:
        axes.set_yscale("symlog", linthresh=1.0)
        axes.set_ylim(0.0, LOG_HEADROOM * max(1.0, float(months[list(lines)].to_numpy().max())))
    elif lines is HOMICIDE_RATE:
        axes.set_ylim(bottom=0.0)
    locator = mdates.AutoDateLocator(minticks=2, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(
            locator, formats=DATE_FORMATS, zero_formats=["", *DATE_FORMATS[:-1]], show_offset=False
        )
    )
    write_line_labels(axes, mdates.date2num(mean.index[-1]), ends)


def write_line_labels(axes: Axes, when: float, ends: Sequence[tuple[str, float, str]]) -> None:
    """Write line labels next to the last values, shifted apart to avoid overlap."""
    bottom, top = (axes.transData.transform((when, end))[1] for end in axes.get_ylim())
    height = -math.inf
    for name, value, colour in sorted(ends, key=lambda end: end[1]):
        line_end = (axes.transData.transform((when, value))[1] - bottom) / (top - bottom)
        height = max(line_end, height + LABEL_DISTANCE)
        axes.annotate(
            name, (1.0, height), (3, 0), xycoords="axes fraction", textcoords="offset points",
            va="center", fontsize=7, color=colour, annotation_clip=False,
        )  # fmt: skip
