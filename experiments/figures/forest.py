"""The forest of effects: every level of every factor against the first, as differences between twins."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.charts import entitle, named, words
from experiments.figures.looks import COLOURS
from experiments.sweeps.contrasts import TOGETHER, Contrast, contrasts

APART = 0.26
"""How far the marks of two scenarios stand apart."""

Row = tuple[str, object]


def forest(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> Figure | None:
    """Return the forest of all measures, or None where no two runs differ in one factor alone."""
    found = {measure: list(contrasts(runs, factors, measure)) for measure in measures}
    every = [one for own in found.values() for one in own]
    if not every:
        return None
    places = places_of(every)
    height = 0.27 * (max(places.values()) + 1) + 1.9
    figure = Figure(figsize=(3.2 + 3.1 * len(measures), height), layout="constrained")
    grid = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    scenarios = list(dict.fromkeys(one.scenario for one in every))
    for axes, measure in zip(grid, measures, strict=True):
        panel(axes, found[measure], places, scenarios)
        axes.set_title("\n".join(textwrap.wrap(named(measure), 30)), loc="left", fontsize=9)
    label_rows(grid[0], every, places)
    if len(scenarios) > 1:
        figure.legend(
            *grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(scenarios), fontsize=9
        )
    n = max(one.effect.n for one in every)
    entitle(
        figure,
        f"What each change does, everything else alike: mean of {n} twins and its 95 % interval; pale where the"
        " interval holds no change",
        finding(found[measures[0]], measures[0]),
    )
    return figure


def finding(found: Sequence[Contrast], measure: str) -> str:
    """Return which change moves the first measure most, if any is told from luck."""
    told = [one for one in found if one.effect.settled and one.effect.effect]
    if not told:
        return f"No change of {named(measure)} can be told from luck"
    most = max(told, key=lambda one: abs(one.effect.effect))
    return f"{label(most.level)} moves {named(measure)} most: {most.effect.effect:+,.3g}"


def places_of(every: Sequence[Contrast]) -> dict[Row, int]:
    """Return the line of every row, with an empty one above each factor for its name."""
    factors = dict.fromkeys([one.factor for one in every if one.factor != TOGETHER])
    if any(one.factor == TOGETHER for one in every):
        factors[TOGETHER] = None
    places: dict[Row, int] = {}
    line = 0
    for factor in factors:
        line += 1
        for level in dict.fromkeys(one.level for one in every if one.factor == factor):
            places[factor, level] = line
            line += 1
    return places


def panel(axes: Axes, found: Sequence[Contrast], places: dict[Row, int], scenarios: Sequence[str]) -> None:
    """Draw the effects on one measure."""
    axes.axvline(0.0, color="0.4", lw=0.9)
    for number, scenario in enumerate(scenarios):
        shift = APART * (number - (len(scenarios) - 1) / 2.0)
        axes.plot([], [], "o", color=COLOURS[number], label=words(scenario, 30))
        for one in found:
            if one.scenario == scenario:
                mark(axes, one, places[one.factor, one.level] + shift, COLOURS[number])
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.ticklabel_format(axis="x", style="sci", scilimits=(-4, 5), useMathText=True)
    axes.locator_params(axis="x", nbins=5)
    axes.grid(axis="x", color="0.93")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.margins(x=0.08)


def mark(axes: Axes, one: Contrast, y: float, colour: str) -> None:
    """Draw one effect with its interval."""
    effect, alpha = one.effect, 1.0 if one.effect.settled else 0.35
    axes.plot(effect.effect, y, "o", ms=4.5, color=colour, alpha=alpha)
    if effect.n > 1:
        axes.plot([effect.low, effect.high], [y, y], color=colour, alpha=alpha, lw=1.6, solid_capstyle="butt")


def label_rows(axes: Axes, every: Sequence[Contrast], places: dict[Row, int]) -> None:
    """Write what stands in the rows, and above each factor its name and what its levels are set against."""
    lines: dict[int, str] = {}
    for one in every:
        line = places[one.factor, one.level]
        lines[line] = label(one.level)
        if line - 1 not in places.values():
            against = "" if one.factor == TOGETHER else f", against {label(one.against)}"
            lines[line - 1] = f"{one.factor}{against}"
    axes.set_yticks(list(lines), list(lines.values()), fontsize=8)
    for text, line in zip(axes.get_yticklabels(), lines, strict=True):
        if line not in places.values():
            text.set_fontweight("bold")
    axes.set_ylim(max(places.values()) + 0.7, -0.7)


def label(level: object) -> str:
    """Return a level in one line.

    >>> label("reporting_support+resources_only"), label(0.35)
    ('reporting support + resources only', '0.35')
    """
    return " ".join(words(level, 200).split()) if isinstance(level, str) else f"{level:g}"
