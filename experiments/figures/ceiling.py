"""The ceiling as a figure: what each world does to trust, crimes and homicides at both sites."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import FIRM, INK, NULL, PAPER, SOFT, bare, entitled, interval

HEADS = {
    "trust": "trust, points of 100\nconfianza, puntos de 100",
    "crimes": "crimes, %\ndelitos, %",
    "homicides": "homicides, %\nhomicidios, %",
}
PLACES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
ROW, TOP, FOOT, BETWEEN = 0.29, 1.75, 0.5, 0.55
LEFT, WIDTH, GAP = 0.36, 0.195, 0.015

Row = Mapping[str, Any]


def ceiling_of(rows: Sequence[Row]) -> Figure:
    """Return the figure of all worlds, a block for each site."""
    sites = {site: [row for row in rows if row["site"] == site] for site in dict.fromkeys(row["site"] for row in rows)}
    height = TOP + FOOT + sum(ROW * len(some) + BETWEEN for some in sites.values())
    figure = Figure(figsize=(13.0, height), facecolor=PAPER)
    top = height - TOP
    for number, (site, some) in enumerate(sites.items()):
        inches = ROW * len(some)
        for place, measure in enumerate(HEADS):
            left = LEFT + place * (WIDTH + GAP)
            axes = figure.add_axes((left, (top - inches) / height, WIDTH, inches / height))
            block(axes, measure, some, first=place == 0, head=number == 0)
        figure.text(0.02, (top + 0.08) / height, PLACES.get(site, site), size=11, weight="bold", color=INK)
        top -= inches + BETWEEN
    one = rows[0]
    entitled(
        figure,
        finding(rows),
        f"{one['twins']} twins, {one['years']:.3g} years; ● mean with its 95 % interval, hollow where it holds no"
        " change; trust in the last year\n"
        f"{one['twins']} gemelos, {one['years']:.3g} años; ● media e intervalo del 95 %, hueco donde incluye ningún"
        " cambio; confianza en el último año",
        "Worlds, not proposals. / Son mundos, no propuestas.",
    )
    return figure


def finding(rows: Sequence[Row]) -> str:
    """Return the title: between which ends trust can move at the first site."""
    own = {row["world"]: row["trust"] for row in rows if row["site"] == rows[0]["site"] and row["trust"] != ""}
    known = {world: value for world, value in own.items() if not math.isnan(value)}
    place = PLACES.get(rows[0]["site"], rows[0]["site"])
    if not known:
        return f"{place}: no world is available / ningún mundo disponible"
    low, high = min(known.values()), max(known.values())
    return f"{place}: trust can move from {low:+.1f} to {high:+.1f} points / la confianza, de {low:+.1f} a {high:+.1f}"


def block(axes: Axes, measure: str, rows: Sequence[Row], first: bool, head: bool) -> None:
    """Draw one measure of all worlds at one site."""
    bare(axes, 0.0, len(rows))
    axes.set_yticks(range(len(rows)), [f"{row['en']} / {row['es']}" for row in rows] if first else [""] * len(rows))
    if first:
        axes.tick_params(axis="y", labelsize=8.5, colors=INK)
    if head:
        axes.set_title(HEADS[measure], loc="left", fontsize=9, color=SOFT, pad=10)
    few = measure == "homicides" and rows[0]["few"]
    for at, row in enumerate(rows):
        if row[measure] == "" or math.isnan(row[measure]):
            axes.plot(0.0, at, marker="_", color=NULL, ms=6)
        else:
            mark(axes, at, row[measure], (row[f"{measure}_low"], row[f"{measure}_high"]), few)
    if few:
        axes.set_xlabel("too few to support a statement\ndemasiado pocos para decir algo", fontsize=8, color=SOFT)
    axes.margins(x=0.08)


def mark(axes: Axes, at: int, value: float, span: tuple[float, float], few: bool) -> None:
    """Draw one number with its interval: blue where it is told from no change, else hollow and grey."""
    low, high = span
    told = not few and (low > 0.0 or high < 0.0)
    colour = FIRM if told else NULL
    if not math.isnan(low):
        interval(axes, at, low, high, color=colour)
    axes.plot(value, at, "o", ms=6, mec=colour, mew=1.4, color=colour if told else PAPER)
