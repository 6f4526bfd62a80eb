"""Draw the recorded table of the ceiling: all worlds that bound what the model can show."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.small_multiples import draw_estimate, forest_panels
from experiments.narrative.labels import title_label, with_sign
from experiments.narrative.messages import figure_message
from experiments.words.bilingual import FigureTexts

Row = Mapping[str, Any]
CEILING_PANELS = ("trust", "crimes", "homicides")


def is_known(value: object) -> bool:
    """Return whether a cell of a recorded table contains a finite number."""
    return isinstance(value, int | float) and math.isfinite(value)


def draw_band(axes: Axes, ends: tuple[float, float], at: float, **look: Any) -> None:
    """Draw a wide line between two values in a row."""
    axes.plot(ends, [at, at], solid_capstyle="butt", **({"zorder": 1} | look))


def draw_ceiling(rows: Sequence[Row], wording: FigureTexts) -> Figure:
    """Draw the effect of each world on trust, crimes and homicides after the longest time, with a block per site."""
    longest = max(row["years"] for row in rows)
    rows = [row for row in rows if row["years"] == longest]
    sites = list(dict.fromkeys(row["site"] for row in rows))
    worlds = {row["world"]: wording(row["es"], row["en"]) for row in rows}
    note = figure_message("figure.ceiling.note", wording, n=rows[0]["twins"], years=rows[0]["years"])
    if few := dict.fromkeys(title_label(row["site"], wording) for row in rows if row["few"]):
        note += " " + figure_message("figure.ceiling.few", wording, sites=", ".join(few))
    heads = [figure_message(f"figure.ceiling.{panel}", wording) for panel in CEILING_PANELS]
    titles = [title_label(site, wording) for site in sites]
    sheet, grid = forest_panels(wording, (ceiling_finding(rows, wording), note), titles, heads, list(worlds.values()))
    for row in rows:
        draw_world(grid[sites.index(row["site"])], list(worlds).index(row["world"]), row)
    return sheet.figure


def draw_world(panels: Sequence[Axes], at: int, row: Row) -> None:
    """Draw the numbers of one world; homicides count as not distinguishable from chance if they are too few."""
    for axes, name in zip(panels, CEILING_PANELS, strict=True):
        low, value, high = (row[f"{name}{end}"] for end in ("_low", "", "_high"))
        if is_known(value):
            apart = not is_known(low) or low > 0.0 or high < 0.0
            ends = (low, value, high) if is_known(low) else (value, value, value)
            draw_estimate(axes, at, *ends, apart and not (name == "homicides" and row["few"]))


def ceiling_finding(rows: Sequence[Row], wording: FigureTexts) -> str:
    """Return the finding: smallest and largest effect on trust at the first site."""
    place = title_label(rows[0]["site"], wording)
    sizes = [row["trust"] for row in rows if row["site"] == rows[0]["site"] and is_known(row["trust"])]
    if not sizes:
        return figure_message("figure.ceiling.none", wording, place=place)
    low, high = (with_sign(end, "+.1f") for end in (min(sizes), max(sizes)))
    return figure_message("figure.ceiling.ends", wording, place=place, low=low, high=high)
