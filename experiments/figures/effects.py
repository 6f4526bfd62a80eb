"""The forest of virtual experiments: what was published, ours with its interval, and how both stand."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import FIRM, INK, NULL, OCHRE, PAPER, REACH, SOFT, bare, entitled, interval

UNITS = {
    "ratio": "ratio to the twin / razón con el gemelo",
    "elasticity": "elasticity / elasticidad",
    "%": "change in % / cambio en %",
    "log points": "log points / puntos logarítmicos",
    "points": "points of 100 / puntos de 100",
    "level": "level, % / nivel, %",
}
CENTRAL, WEAK = "central", "rich-country sizes x .3"
ROW, TOP, FOOT, BETWEEN = 0.22, 1.6, 0.45, 0.62
"""Inches: of a row, over and under all rows, between two units."""
LEFT, RIGHT = 0.43, 0.80
"""Where rows end and verdicts begin, as shares of the width."""

Row = Mapping[str, Any]


def effects_forest(rows: Sequence[Row]) -> Figure:
    """Return the forest of all lines that have a number, unit by unit."""
    units = {unit: [row for row in rows if is_drawn(row) and row["unit"] == unit] for unit in UNITS}
    units = {unit: some for unit, some in units.items() if some}
    inches = {unit: ROW * len(places_of(some)) for unit, some in units.items()}
    height = TOP + FOOT + sum(inches.values()) + BETWEEN * max(1, len(units))
    figure = Figure(figsize=(13.0, height), facecolor=PAPER)
    top = height - TOP
    for unit, some in units.items():
        axes = figure.add_axes((LEFT, (top - inches[unit]) / height, RIGHT - LEFT, inches[unit] / height))
        panel(axes, unit, some, rows)
        top -= inches[unit] + BETWEEN
    entitled(
        figure,
        finding(rows),
        "● ours, mean over twins with its 95 % interval; hollow: a prior only, or nothing published · ochre: published"
        " · wide grey: corners · ▷ rich-country sizes x .3\n● lo nuestro, media e intervalo del 95 %; hueco: solo una"
        " referencia amplia o nada publicado · ocre: publicado · gris ancho: esquinas · ▷ tamaños de países ricos x .3",
        "set: a parameter was set from it; found: none was; given: an input says it."
        f" Not available: {sum(row['verdict'] == 'not available' for row in rows if row['variant'] == CENTRAL)} lines.",
    )
    return figure


def is_drawn(row: Row) -> bool:
    """Tell whether a line stands in the forest: it has a number, and is a level only if one is published."""
    known = row["variant"] == CENTRAL and row["value"] != "" and not math.isnan(row["value"])
    return known and row["unit"] in UNITS and (row["unit"] != "level" or row["published_low"] != "")


def finding(rows: Sequence[Row]) -> str:
    """Return the title: how many lines are inside what was published, of those set and of those found."""
    own = [row for row in rows if row["variant"] == CENTRAL and not row["must"]]
    parts = []
    for status, es in (("set", "fijado"), ("found", "hallado")):
        verdicts = [row["verdict"] for row in own if row["status"] == status]
        firm, priors = (
            f"{verdicts.count(inside)}/{verdicts.count(inside) + verdicts.count(outside)}"
            for inside, outside in (("inside", "outside"), ("prior only (inside)", "prior only (outside)"))
        )
        parts.append(f"{status} / {es} {firm}, priors / referencias {priors}")
    return "Inside what was published / dentro de lo publicado\n" + " · ".join(parts)


def places_of(rows: Sequence[Row]) -> list[Row | str]:
    """Return what stands in the rows of a panel: every experiment's name over its lines."""
    places: list[Row | str] = []
    for row in rows:
        if not places or row["experiment"] not in {one["experiment"] for one in places if not isinstance(one, str)}:
            places.append(str(row["experiment"]).replace("_", " "))
        places.append(row)
    return places


def panel(axes: Axes, unit: str, rows: Sequence[Row], every: Sequence[Row]) -> None:
    """Draw all lines of one unit."""
    places = places_of(rows)
    bare(axes, rows[0]["nothing"], len(places))
    axes.set_title(UNITS[unit], loc="left", fontsize=9, color=SOFT, pad=4)
    axes.set_xlim(*limits(rows))
    axes.set_yticks([])
    for at, one in enumerate(places):
        if isinstance(one, str):
            write(axes, -0.02, at, one, ha="right", weight="bold", color=INK)
            continue
        same = [row for row in every if (row["experiment"], row["line"]) == (one["experiment"], one["line"])]
        mark(axes, at, one, [row for row in same if row["variant"] != CENTRAL and row["value"] != ""])
        write(axes, -0.02, at, one["en"], ha="right", color=INK)
        source = f", {one['source']}" if one["source"] else ""
        write(axes, 1.02, at, f"{one['status']} · {one['verdict']}{source}", ha="left", color=SOFT)


def write(axes: Axes, x: float, at: float, text: str, **look: Any) -> None:
    """Write beside a row."""
    axes.text(x, at, text, transform=axes.get_yaxis_transform(), va="center", size=8, **look)


def limits(rows: Sequence[Row]) -> tuple[float, float]:
    """Return how far the axis reaches: what is published and found, and intervals up to twice as far."""
    keys = ("value", "published_low", "published_high", "nothing")
    firm = [float(row[key]) for row in rows for key in keys if row[key] != "" and math.isfinite(row[key])]
    low, high = min(firm), max(firm)
    wide = max(high - low, 1e-3)
    ends = np.array([float(row[key]) for row in rows for key in ("low", "high")])
    ends = ends[np.isfinite(ends)]
    least, most = (ends.min(), ends.max()) if len(ends) else (low, high)
    return max(min(low, least), low - wide) - 0.05 * wide, min(max(high, most), high + wide) + 0.05 * wide


def mark(axes: Axes, at: float, row: Row, variants: Sequence[Row]) -> None:
    """Draw one line: corners, what is published, ours."""
    corners = [row["value"] for row in variants if row["variant"] != WEAK and not math.isnan(row["value"])]
    if corners:
        interval(axes, at, min(corners), max(corners), color=REACH, lw=8.0, solid_capstyle="butt", zorder=1)
    if row["published_low"] != "":
        high = row["published_high"] if math.isfinite(row["published_high"]) else axes.get_xlim()[1]
        alpha = 0.35 if row["prior"] else 0.75
        interval(axes, at - 0.22, row["published_low"], high, color=OCHRE, lw=3.5, alpha=alpha, zorder=2)
    firm = row["verdict"] in ("inside", "outside")
    colour = FIRM if firm or not row["low"] <= row["nothing"] <= row["high"] else NULL
    if not math.isnan(row["low"]):
        interval(axes, at, row["low"], row["high"], color=colour, lw=1.6, zorder=3)
    axes.plot(row["value"], at, "o", ms=5.5, mec=colour, mew=1.4, color=colour if firm else PAPER, zorder=4)
    for weak in variants:
        if weak["variant"] == WEAK and not math.isnan(weak["value"]):
            axes.plot(weak["value"], at, ">", ms=5, mec=INK, mew=1.0, color=PAPER, zorder=5)
