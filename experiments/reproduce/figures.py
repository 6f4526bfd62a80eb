"""Figures of `confianza answer`: one per result and language, with both municipalities side by side."""

import itertools
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.comparison.decision_measures import measures
from experiments.figures.small_multiples import (
    COLOUR_A,
    COLOUR_B,
    PanelFigure,
    PanelSizes,
    colour_of,
    draw_estimate,
    mark_zero,
    share_scale,
)
from experiments.figures.theme import INK, LINE, NULL, REACH, SOFT, TOKENS, WHITE
from experiments.narrative.messages import figure_message
from experiments.reproduce.effects import CRITERIA
from experiments.reproduce.plan import ADOPTION, EVERYTHING, HEAVY_HAND, SITES
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.sentences import (
    ANSWER_MEASURES,
    SENTENCE_HEAVY_HAND_MEASURES,
    SENTENCE_REMEDY_MEASURES,
    Tables,
    horizon_of,
    input_name,
    last_horizon,
    measure_name,
    package_name,
    site_name,
    unit_of,
)
from experiments.validation.paper_statements import PAPER_GRADES
from experiments.words.bilingual import FigureTexts, join_texts
from scenarios import accounts

HARM_COLOUR = TOKENS["harm"][0]
FIGURE_MEASURES = ("trust_mean", "crimes_occurred")
"""Measures of most figures."""
ARMS = (EVERYTHING, ADOPTION, "mopsic_realistic", "reporting", "resources", HEAVY_HAND)
ROW_HEIGHT, NAME_WIDTH = 0.24, 1.35
"""Height of a row and width of the names at its left, in inches."""
SURE_WORDS = ("rises", "falls")
"""Words for effects in one direction in nine of ten worlds."""
LABEL_CHARACTERS = 84
"""Characters in a line of a region's label."""
OUTCOME_COLOURS = {"works": COLOUR_B, "little": COLOUR_B, "harms": HARM_COLOUR, "nothing": INK, "open": NULL}
HOLLOW_OUTCOMES = ("little", "open")
"""Outcomes with a hollow point: change too small to matter, or not known."""


def panel_figure(
    name: str, key: str, table: pd.DataFrame, sizes: PanelSizes, wording: FigureTexts, measures: Sequence[str] = ()
) -> PanelFigure:
    """Return a figure for a result, with its title and a panel for each site, or for each site and measure.

    The note below the title is the last year of the table, followed by the message ``key`` of the catalogue.
    """
    note = f"{wording('año', 'year')} {int(table['years'].max())}; {figure_message(f'reproduce.figure.{key}', wording)}"
    titles = [
        f"{wording.of(join_texts([site_name(site), measure_name(measure)], ': '))} ({wording.of(unit_of(measure))})"
        for site in SITES
        for measure in measures
    ] or [wording.of(site_name(site)) for site in SITES]
    return PanelFigure(wording, (figure_message(f"reproduce.title.{name}", wording), note), titles, sizes)


def draw_effects(
    tables: Tables, wording: FigureTexts, name: str, table: str, measures: Sequence[str], arms: Sequence[str] = ARMS
) -> Figure:
    """Draw effects of packages with their intervals, and behind them the band of nine in ten pairs."""
    effects = tables[table]
    effects = effects[effects["years"] == horizon_of(effects)]
    sizes = PanelSizes(
        0.1 + ROW_HEIGHT * len(arms),
        NAME_WIDTH,
        0.02,
        columns=len(measures),
        figure_width=max(7.4, NAME_WIDTH + 2.1 * len(measures)),
    )
    sheet = panel_figure(name, "interval", effects, sizes, wording, measures)
    names = [wording.of(package_name(arm)) for arm in arms]
    for column, measure in enumerate(measures):
        measure_axes = []
        for block, site in enumerate(SITES):
            axes = sheet.panel_of_rows(block * len(measures) + column, names)
            rows = {row.arm: row for row in rows_in(rows_where(effects, site=site, measure=measure))}
            for position, row in ((position, rows[arm]) for position, arm in enumerate(arms) if arm in rows):
                band = [row.band_low, row.band_high]
                axes.plot(band, [position, position], color=LINE, linewidth=5.0, solid_capstyle="butt", zorder=0)
                draw_estimate(axes, position, row.low, row.effect, row.high, row.word in SURE_WORDS)
            mark_zero(axes)
            sign_values(axes.xaxis)
            measure_axes.append(axes)
        share_scale(measure_axes)
    return sheet.figure


def sign_values(axis: Axis) -> None:
    """Format the values along an axis with their sign: three significant digits, whole numbers from 100 on."""
    axis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{x:{'+,.0f' if abs(x) >= 100.0 else '+.3g'}}".replace("-", "−") if x else "0")
    )


def draw_steps(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the effects of each step of each lever alone on trust and crime."""
    table = last_horizon(tables["steps"])
    levers = measures()
    names = [wording.of(input_name(lever.name)) for lever in levers]
    sizes = PanelSizes(0.1 + ROW_HEIGHT * len(levers), 2.0, 0.02, columns=2, figure_width=8.4)
    sheet = panel_figure("steps", "steps", table, sizes, wording, FIGURE_MEASURES)
    for column, measure in enumerate(FIGURE_MEASURES):
        axes_of_measure = []
        for block, site in enumerate(SITES):
            axes = sheet.panel_of_rows(2 * block + column, names)
            for position, lever in enumerate(levers):
                steps = rows_where(table, site=site, measure=measure, lever=lever.name)
                if steps.empty:
                    continue
                effects, error = steps["effect"].drop(steps.index[lever.today]), float(steps["error"].iloc[0])
                last = float(effects.iloc[-1])
                axes.plot([last - error, last + error], [position, position], color=LINE, linewidth=5.0, zorder=0)
                axes.plot(effects, [position] * len(effects), "o", markersize=4, mec=COLOUR_B, color=WHITE)
                axes.plot(last, position, "o", markersize=4, color=COLOUR_B)
            mark_zero(axes)
            sign_values(axes.xaxis)
            axes_of_measure.append(axes)
        share_scale(axes_of_measure)
    return sheet.figure


def draw_dependence(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the shares of the variance of effects by input."""
    table = last_horizon(tables["dependence"])
    inputs = list(dict.fromkeys(table["input"]))
    names = [wording.of(input_name(name)) for name in inputs]
    sizes = PanelSizes(0.1 + 0.19 * len(inputs), 3.0, 0.0, columns=2, figure_width=8.4)
    sheet = panel_figure("dependence", "dependence", table, sizes, wording, FIGURE_MEASURES)
    for number, (site, measure) in enumerate(itertools.product(SITES, FIGURE_MEASURES)):
        axes = sheet.panel_of_rows(number, names)
        shares = rows_where(table, site=site, measure=measure).set_index("input").reindex(inputs)
        colours = [NULL if name == "not_predicted" else COLOUR_B for name in inputs]
        axes.barh(range(len(inputs)), shares["total"].clip(lower=0.0), height=0.55, color=colours)
        axes.barh(range(len(inputs)), shares["alone"].clip(lower=0.0), height=0.2, color=INK)
        axes.set_xlim(0.0, 1.0)
    return sheet.figure


def draw_criteria(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the four criteria under the status quo and with all factors."""
    table = rows_where(tables["criteria"], arm=EVERYTHING)
    table = table[table["years"] == horizon_of(table)]
    sizes = PanelSizes(0.2 + 0.3 * len(CRITERIA), 1.7, 0.0, columns=2, gap=0.3, labels_width=0.55, figure_width=8.4)
    sheet = panel_figure("criteria", "criteria", table, sizes, wording)
    names = [wording.of(measure_name(name)) for name in CRITERIA]
    for block, site in enumerate(SITES):
        axes = sheet.panel_of_rows(block, names)
        criteria = rows_where(table, site=site).set_index("measure").reindex(CRITERIA)
        for position, (_, row) in enumerate(criteria.iterrows()):
            axes.plot([row["base"], row["arm_mean"]], [position, position], color=REACH, linewidth=3.0, zorder=0)
            axes.plot(row["base"], position, "D", markersize=4, mec=COLOUR_A, color=WHITE)
            low, high = (row["base"] + row[end] for end in ("low", "high"))
            draw_estimate(axes, position, low, row["arm_mean"], high, row["word"] in SURE_WORDS)
            if not np.isfinite(row["base"]):
                axes.text(2.0, position, wording("sin dato", "no data"), fontsize=7, color=SOFT, va="center")
            in_paper = figure_message(f"reproduce.paper.{PAPER_GRADES[CRITERIA[position]][block]}", wording)
            axes.text(101.0, position, in_paper, fontsize=7, color=COLOUR_A, va="center")
        axes.set_xlim(0.0, 100.0)
    return sheet.figure


def draw_regions(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the tested effect of every region, coloured by outcome."""
    table = tables["regions"]
    table = table[table["measure"].isin(FIGURE_MEASURES)] if len(table) else table
    max_regions = int(table.groupby(["site", "measure"]).size().max()) if len(table) else 1
    sizes = PanelSizes(0.1 + 0.5 * max_regions, 0.0, 0.0, columns=2, figure_width=9.6, gap=0.5, space_below=0.35)
    sheet = panel_figure("regions", "regions", table, sizes, wording, FIGURE_MEASURES)
    for number, (site, measure) in enumerate(itertools.product(SITES, FIGURE_MEASURES)):
        axes = sheet.panel(number)
        axes.set(ylim=(max_regions - 0.4, -0.7), yticks=())
        mark_zero(axes)
        regions = rows_where(table, site=site, measure=measure) if len(table) else table
        for position, row in enumerate(rows_in(regions)):
            colour = OUTCOME_COLOURS[row.outcome]
            axes.plot([row.low, row.high], [position, position], color=colour, linewidth=1.6)
            filled = WHITE if row.outcome in HOLLOW_OUTCOMES else colour
            axes.plot(row.effect, position, "o", markersize=4, color=filled, mec=colour)
            label = f"{rule_text(row.rule, wording)} · {figure_message(f'reproduce.outcome.{row.outcome}', wording)}"
            axes.text(
                0.0, position - 0.16, textwrap.fill(label, LABEL_CHARACTERS), color=colour, fontsize=6.3,
                transform=axes.get_yaxis_transform(), va="bottom",
                bbox={"facecolor": WHITE, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
        sign_values(axes.xaxis)
    return sheet.figure


def rule_text(rule: str, wording: FigureTexts) -> str:
    """Return the rule of a region as text: each input with its limits."""
    parts = []
    for limit in rule.split("; "):
        name, _, limits = limit.rpartition(" ")
        parts.append(f"{rule_name(name, wording)} {limits.replace('-', '–')}" if name else "")
    return "; ".join(parts)


def rule_name(name: str, wording: FigureTexts) -> str:
    """Return the label of an input of a rule; of an account, its title."""
    title = accounts.names().get(name)
    return wording(title["es"], title["en"]) if title else wording.of(input_name(name))


def draw_paradox(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the change of complaints against the change of crime, with a point for each pair."""
    table = tables["pairs_of_paradox"]
    sizes = PanelSizes(2.4, 0.6, 0.0, columns=2, gap=0.6, space_below=0.5)
    sheet = panel_figure("paradox", "paradox", table, sizes, wording)
    for block, site in enumerate(SITES):
        axes = sheet.panel(block)
        pairs = rows_where(table, site=site)
        paradox = (pairs["crimes_occurred"] < 0.0) & (pairs["complaints_filed"] > 0.0)
        axes.plot(pairs["crimes_occurred"], pairs["complaints_filed"], "o", markersize=4, mec=NULL, color=WHITE)
        axes.plot(
            pairs["crimes_occurred"][paradox], pairs["complaints_filed"][paradox], "o", markersize=4, color=COLOUR_B
        )
        axes.axvline(0.0, color=SOFT, linewidth=0.8)
        axes.axhline(0.0, color=SOFT, linewidth=0.8)
        axes.set_xlabel(figure_message("reproduce.figure.crimes_change", wording), fontsize=7, color=SOFT)
        if block == 0:
            axes.set_ylabel(figure_message("reproduce.figure.complaints_change", wording), fontsize=7, color=SOFT)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        sign_values(axes.xaxis)
        sign_values(axes.yaxis)
    return sheet.figure


def draw_loop(tables: Tables, wording: FigureTexts) -> Figure:
    """Draw the effect of adoption on each link, with and without the step from trust to behaviour."""
    table = rows_where(tables["loop"], arm=ADOPTION)
    table = rows_where(table, cut=table["cut"].iloc[0]) if len(table) else table
    measures = list(dict.fromkeys(table["measure"])) or ["trust_mean"]
    sizes = PanelSizes(0.75, 0.9, 0.0, columns=len(measures), figure_width=9.6, space_below=0.4)
    sheet = panel_figure("loop", "loop", table, sizes, wording, measures)
    names = [wording("como es", "as it is"), wording("sin el paso", "without")]
    for number, (site, measure) in enumerate(itertools.product(SITES, measures)):
        axes = sheet.panel_of_rows(number, names)
        row = next(iter(rows_in(rows_where(table, site=site, measure=measure))), None)
        if row is None:
            continue
        axes.plot([row.uncut, row.cut_effect], [0, 1], color=LINE, linewidth=2.0, zorder=0)
        colour = colour_of(row.verdict)
        axes.plot(row.uncut, 0, "o", markersize=5, color=colour)
        axes.plot(row.cut_effect, 1, "o", markersize=5, mec=colour, color=WHITE)
        mark_zero(axes)
        sign_values(axes.xaxis)
    return sheet.figure


FIGURES: Mapping[str, Callable[[Tables, FigureTexts], Figure]] = {
    "answer": partial(draw_effects, name="answer", table="answer", measures=ANSWER_MEASURES),
    "steps": draw_steps,
    "dependence": draw_dependence,
    "criteria": draw_criteria,
    "regions": draw_regions,
    "paradox": draw_paradox,
    "remedy": partial(draw_effects, name="remedy", table="remedy", measures=SENTENCE_REMEDY_MEASURES),
    "heavy_hand": partial(
        draw_effects,
        name="heavy_hand",
        table="answer",
        measures=SENTENCE_HEAVY_HAND_MEASURES,
        arms=(HEAVY_HAND, EVERYTHING),
    ),
    "loop": draw_loop,
}
"""Figures by result."""
