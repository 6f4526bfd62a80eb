"""What single events do to trust, as a figure: coefficients of the simulated panel, and events by day."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import BLUE, INK, OCHRE, PAPER, SOFT, bare, entitled, interval

Row = Mapping[str, Any]
KINDS = ("abuse", "bribe", "meeting")
SHAPES = {"latent": "o", "survey": "D"}
CENTRES = ("panel", "single")
ROW, TOP, FOOT = 0.2, 1.75, 0.85


def events_figure(rows: Sequence[Row]) -> Figure:
    """Return the figure of both panels."""
    coefficients = [row for row in rows if row["quantity"] == "coefficient" and row["event"] in KINDS]
    readings = list(dict.fromkeys(row["reading"] for row in coefficients))
    height = TOP + FOOT + ROW * max(len(readings) * 1.6 + 4, 46)
    figure = Figure(figsize=(13.5, height), facecolor=PAPER)
    tall = 1.0 - (TOP + FOOT) / height
    for place, kind in enumerate(KINDS):
        axes = figure.add_axes((0.13 + 0.125 * place, FOOT / height, 0.115, tall))
        panel(axes, kind, [row for row in coefficients if row["event"] == kind], first=place == 0)
    by_day(figure.add_axes((0.68, FOOT / height, 0.30, tall)), [row for row in rows if "day" in row["quantity"]])
    entitled(
        figure,
        "A bad hour with the police weighs years, a good one weeks\n"
        "Una mala hora con la policía pesa años, una buena semanas",
        "left: coefficients of a simulated panel by reading, SE x 2; right: points after 3, 21, 365 days, ● latent"
        " ◆ survey; filled: set,\nhollow: found; ochre: published\nizquierda: coeficientes de un panel simulado;"
        " derecha: puntos a los 3, 21, 365 días; lleno: fijado, hueco: hallado; ocre: publicado",
        "Reference town, mean 40. s: self-selection into contacts. At s = .6 nothing is left for the meeting.",
    )
    return figure


def panel(axes: Axes, kind: str, rows: Sequence[Row], *, first: bool) -> None:
    """Draw the coefficients of one kind, a row for each reading."""
    bare(axes, 0.0, len(rows))
    axes.set_yticks(range(len(rows)), [row["reading"] for row in rows] if first else [""] * len(rows))
    axes.set_title(f"{kind} / {rows[0]['es']}, {rows[0]['source']}", loc="left", fontsize=8.5, color=INK)
    axes.axvspan(float(rows[0]["published_low"]), float(rows[0]["published_high"]), color=OCHRE, alpha=0.18)
    for at, row in enumerate(rows):
        interval(axes, at, row["value"] - 2 * row["error"], row["value"] + 2 * row["error"], color=BLUE)
        dot(axes, at, row, "o")


def dot(axes: Axes, at: float, row: Row, shape: str) -> None:
    """Draw one number, filled if a weight was set from it."""
    axes.plot(
        row["value"], at, shape, ms=5, mec=BLUE, mew=1.3, color=BLUE if row["status"] == "set" else PAPER, zorder=4
    )


def by_day(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw what each event leaves by day under the two main readings."""
    some = [row for row in rows if row["reading"] in CENTRES]
    some = [row for row in some if row["reading"] == CENTRES[0] or row["event"] in KINDS]
    places = list(dict.fromkeys((row["reading"], row["event"], row["quantity"].split(",")[0]) for row in some))
    bare(axes, 0.0, len(places))
    axes.set_yticks(range(len(places)), [name(place) for place in places])
    for row in some:
        day, how = row["quantity"].split(", ")
        at = places.index((row["reading"], row["event"], day))
        if row["published_low"] != "" and math.isfinite(row["published_low"] + row["published_high"]):
            interval(axes, at, float(row["published_low"]), float(row["published_high"]), color=OCHRE, lw=4, alpha=0.45)
        dot(axes, at, row, SHAPES[how])
    axes.set_title("points by day / puntos por día", loc="left", fontsize=8.5, color=SOFT)


def name(place: tuple[str, str, str]) -> str:
    """Return what stands beside a row."""
    reading, event, day = place
    return f"{event}, {reading}, {day}" if event in KINDS else f"{event}, {day}"
