"""Doses as a figure: points of trust after ten years at both sites, by both readings, with the band over corners."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.looks import BLUE, INK, OCHRE, PAPER, REACH, bare, entitled, interval

PLACES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
COLOURS = {"panel": BLUE, "single": OCHRE}
HIDDEN = ("fair_at_", "more_at_")
"""Doses that are tried for the break-even share alone."""
ROW, TOP, FOOT, BETWEEN = 0.34, 1.75, 0.7, 0.75

Row = Mapping[str, Any]


def doses_figure(rows: Sequence[Row]) -> Figure:
    """Return the figure of all doses, a block for each site."""
    shown = [row for row in rows if not row["dose"].startswith(HIDDEN) and row["reading"] in COLOURS]
    sites = {
        site: [row for row in shown if row["site"] == site] for site in dict.fromkeys(row["site"] for row in shown)
    }
    counts = {site: len({row["dose"] for row in some}) for site, some in sites.items()}
    height = TOP + FOOT + sum(ROW * n + BETWEEN for n in counts.values())
    figure = Figure(figsize=(12.5, height), facecolor=PAPER)
    top = height - TOP
    for site, some in sites.items():
        inches = ROW * counts[site]
        block(figure.add_axes((0.44, (top - inches) / height, 0.53, inches / height)), some)
        figure.text(0.02, (top + 0.08) / height, PLACES.get(site, site), size=11, weight="bold", color=INK)
        top -= inches + BETWEEN
    years = max(row["years"] for row in shown)
    entitled(
        figure,
        finding(shown),
        f"points of adults' mean trust after 1 (small), 3 and {years} years (large): blue, panel reading; ochre, single"
        " event; grey: band over\nmemory, asymmetry, hearsay, unanswered calls, self-selection, one at a time"
        "\npuntos de confianza media a 1, 3 y 10 años; azul: lectura de panel; ocre: de un solo hecho; gris: esquinas",
        "What it would be worth, not that the police can give it. / Lo que valdría, no lo que puede dar la policía.",
    )
    return figure


def finding(rows: Sequence[Row]) -> str:
    """Return the title: what fairer treatment brings in ten years at the first site, by both readings."""
    own = [row for row in rows if row["site"] == rows[0]["site"] and row["dose"] == "fair_3" and row["years"] == 10]
    told = " / ".join(f"{row['value']:+.1f}" for row in own)
    place = PLACES.get(rows[0]["site"], rows[0]["site"])
    return f"{place}: fairer treatment, {told} points in ten years / trato más justo, {told} puntos en diez años"


def block(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw the doses of one site."""
    doses = list(dict.fromkeys(row["dose"] for row in rows))
    bare(axes, 0.0, len(doses))
    names = {row["dose"]: f"{row['en']}\n{row['es']}" for row in rows}
    axes.set_yticks(range(len(doses)), [names[dose] for dose in doses])
    for row in rows:
        at = doses.index(row["dose"]) + (-0.16 if row["reading"] == "panel" else 0.16)
        if row["years"] == 10 and not math.isnan(row["band_low"]):
            interval(axes, at, row["band_low"], row["band_high"], color=REACH, lw=7.0, zorder=1)
        size = {1: 2.5, 3: 4.0}.get(row["years"], 6.0)
        axes.plot(row["value"], at, "o", ms=size, color=COLOURS[row["reading"]], zorder=3)
