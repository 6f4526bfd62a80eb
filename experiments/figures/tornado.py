"""Draw a sensitivity analysis: a tornado panel for each measure, and for Morris the effect against its spread."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from experiments.figures.small_multiples import (
    COLOUR_B,
    VERDICT_LINE,
    PanelFigure,
    PanelSizes,
    draw_estimate,
    forest_panels,
    write_verdict,
)
from experiments.figures.theme import INK, LINE, NULL, SOFT
from experiments.narrative.labels import capital_meaning, display_factor, factor_label, meaning_with_unit, title_label
from experiments.narrative.messages import figure_message
from experiments.studies.sensitivity_indices import INDICES_FILE
from experiments.studies.sensitivity_methods import METHODS
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError

MAX_ROWS, MAX_NAMED_POINTS = 15, 8
INDICES_WITH_UNITS = ("mu_star", "sigma")
"""Indices in the unit of their measure, which are converted to display units."""
POINT_RADIUS, LETTER_WIDTH, NAME_HEIGHT = 0.014, 0.026, 0.075
"""Radius of a point, width of a character and height of a line of names, as shares of the axis."""


def index_charts(folder: Path, wording: FigureTexts) -> Iterator[tuple[str, Figure]]:
    """Yield name and figure for every scenario and combination of policies."""
    table = pd.read_csv(folder / INDICES_FILE)
    scale = table["measure"].map(display_factor).where(table["index"].isin(INDICES_WITH_UNITS), 1.0)
    table = table.assign(value=table["value"] * scale, half_width=table["half_width"] * scale)
    if table.empty:
        raise InputError(f"{folder}: no factor moved any measure, so there is nothing to draw")
    arms = table.groupby(["scenario", "policy"], sort=False)
    for number, ((scenario, policy), indices) in enumerate(arms, start=1):
        suffix = f"_{number}" if len(arms) > 1 else ""
        arm = f"{title_label(str(scenario), wording)}, {title_label(str(policy), wording)}"
        yield f"tornado{suffix}", draw_tornado(indices, arm, wording)
        if "sigma" in set(indices["index"]):
            yield f"morris{suffix}", draw_morris(indices, arm, wording)


def draw_tornado(table: pd.DataFrame, arm: str, wording: FigureTexts) -> Figure:
    """Draw the main index of the strongest factors for every measure; hollow if random variation prevents a ranking."""
    index = next(method.main for method in METHODS.values() if method.main in set(table["index"]))
    rows = table[table["index"] == index]
    measures = list(dict.fromkeys(rows["measure"]))
    wide = rows.pivot(index="factor", columns="measure", values="value")
    order = (wide / wide.abs().max()).mean(axis=1).sort_values(ascending=False, kind="stable").index[:MAX_ROWS]
    words = [factor_label(name, wording) for name in order]
    left_out = len(wide) - len(order)
    note = figure_message(f"figure.sensitivity.{index}", wording, arm=arm)
    note += " " + figure_message("figure.sensitivity.left_out", wording, n=left_out) if left_out else ""
    texts = strongest_factor(rows, measures[0], wording), note
    heads = [
        (meaning_with_unit if index in INDICES_WITH_UNITS else capital_meaning)(measure, wording)
        for measure in measures
    ]
    sheet, (drawn,) = forest_panels(wording, texts, [""], heads, words, space_above=VERDICT_LINE)
    for axes, measure in zip(drawn, measures, strict=True):
        values = rows[rows["measure"] == measure].set_index("factor")
        ranked = bool(values["rank_best"].notna().any())
        for at, (value, half) in enumerate(values.reindex(order)[["value", "half_width"]].to_numpy()):
            axes.plot([0.0, value], [at, at], color=LINE, linewidth=2.2, zorder=0)
            draw_estimate(axes, at, max(value - half, min(0.0, value)), value, value + half, ranked)
        noise, n = values["luck_in_means"].iloc[0], values["replicates"].iloc[0]
        kind = "one_seed" if pd.isna(noise) else "luck"
        write_verdict(axes, figure_message(f"figure.sensitivity.{kind}", wording, share=100.0 * noise, n=n), "open")
        axes.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
        axes.set_xlim(left=min(0.0, float(values["value"].min())))
        if index == "ST" and pd.notna(noise):
            axes.axvline(noise, color=NULL, linewidth=1.2, linestyle="--")
    return sheet.figure


def strongest_factor(table: pd.DataFrame, measure: str, wording: FigureTexts) -> str:
    """Return the finding on the factor with the largest index, unless random variation prevents a ranking."""
    rows, what = table[table["measure"] == measure], capital_meaning(measure, wording)
    if rows["rank_best"].isna().all():
        return figure_message("figure.sensitivity.no_order", wording, what=what)
    first = rows.sort_values("value", kind="stable")["factor"].iloc[-1]
    return figure_message("figure.sensitivity.first", wording, what=what, factor=factor_label(first, wording))


def draw_morris(table: pd.DataFrame, arm: str, wording: FigureTexts) -> Figure:
    """Draw spread against size of effects; points far above the line indicate interactions or nonlinearity."""
    measures = list(dict.fromkeys(table["measure"]))
    finding = strongest_factor(table[table["index"] == "mu_star"], measures[0], wording)
    texts = finding, figure_message("figure.sensitivity.morris", wording, arm=arm)
    heads = [meaning_with_unit(measure, wording) for measure in measures]
    sheet = PanelFigure(wording, texts, heads, PanelSizes(2.1, 0.45, columns=2, gap=0.6))
    for number, measure in enumerate(measures):
        axes = sheet.panel(number)
        wide = table[table["measure"] == measure].pivot(index="factor", columns="index", values="value")
        axes.plot(wide["mu_star"], wide["sigma"], "o", color=COLOUR_B, markersize=4)
        end = 1.08 * float(wide[["mu_star", "sigma"]].to_numpy().max())
        axes.plot([0.0, end], [0.0, end], color=SOFT, linewidth=0.8, linestyle=":")
        axes.set(xlim=(0.0, end * 1.45), ylim=(0.0, end * 1.2))
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_locator(MaxNLocator(4, prune="lower"))
        name_points(axes, wide.nlargest(MAX_NAMED_POINTS, "mu_star"), end, wording)
    return sheet.figure


def name_points(axes: Axes, table: pd.DataFrame, end: float, wording: FigureTexts) -> None:
    """Write the names of points next to them, from the bottom up and without overlap."""
    taken = [(x - POINT_RADIUS * end, x + POINT_RADIUS * end, y) for x, y in table[["mu_star", "sigma"]].to_numpy()]
    for name, point in table.sort_values("sigma", kind="stable").iterrows():
        x, y = point["mu_star"] + 2.0 * POINT_RADIUS * end, point["sigma"]
        right = x + LETTER_WIDTH * end * len(factor_label(str(name), wording))
        for other in sorted(place[2] for place in taken if place[0] < right and place[1] > x):
            if abs(other - y) < NAME_HEIGHT * end:
                y = other + NAME_HEIGHT * end
        taken.append((x, right, y))
        leader = {"arrowstyle": "-", "lw": 0.5, "color": SOFT} if y > point["sigma"] else None
        axes.annotate(
            factor_label(str(name), wording), (point["mu_star"], point["sigma"]), (x, y),
            fontsize=6.5, va="center", color=INK, arrowprops=leader, annotation_clip=False,
        )  # fmt: skip
