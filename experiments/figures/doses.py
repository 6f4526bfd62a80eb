"""Doses as a figure: points of trust after ten years at both sites, by both readings, with the band over corners."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.rows import known, rows
from experiments.figures.small_multiples import A, B
from experiments.figures.theme import REACH
from experiments.narrative.labels import called, with_sign
from experiments.words.bilingual import Tongue

READINGS = {"panel": (B, "o"), "single": (A, "D")}
SIZES = {1: 2.0, 3: 3.2, 10: 4.6}
"""Points across a mark, by the years after which a dose is looked at."""
HIDDEN = ("fair_at_", "more_at_")
"""Doses that are tried for the break-even share alone."""
APART, BAND = 0.18, 6.0

Row = Mapping[str, Any]


def doses_figure(table: Sequence[Row], tongue: Tongue) -> Figure:
    """Return the figure of all doses, a panel for each site."""
    shown = [row for row in table if not row["dose"].startswith(HIDDEN) and row["reading"] in READINGS]
    sites = list(dict.fromkeys(row["site"] for row in shown))
    doses = {row["dose"]: tongue(row["es"], row["en"]) for row in shown}
    times = sorted({row["years"] for row in shown})
    when, years = ", ".join(f"{one:.0f}" for one in times), times[-1]
    under = tongue(
        f"Lo que valdría, no lo que puede dar la policía. Puntos de confianza tras {when} años (el mayor)."
        " ● lectura de panel; ◆ de un solo hecho; franja: memoria, peso de lo malo, rumores, llamadas sin atender y"
        " autoselección, de una en una.",
        f"What it would be worth, not that the police can give it. Points of trust after {when} years"
        " (the largest). ● panel reading; ◆ single event; band: memory, asymmetry, hearsay, unanswered calls and"
        " self-selection, one at a time.",
    )
    told = finding(shown, years, tongue), under
    sheet, (drawn,) = rows(tongue, told, [""], [called(site, tongue) for site in sites], list(doses.values()))
    for row in shown:
        mark(drawn[sites.index(row["site"])], list(doses).index(row["dose"]), row, years)
    return sheet.figure


def finding(table: Sequence[Row], years: float, tongue: Tongue) -> str:
    """Return what fairer treatment brings in all years at the first site, by both readings."""
    own = [
        row for row in table if row["site"] == table[0]["site"] and row["dose"] == "fair_3" and row["years"] == years
    ]
    sizes = dict.fromkeys(with_sign(row["value"], "+.1f") for row in own)
    place = called(table[0]["site"], tongue)
    return tongue(
        f"{place}: un trato más justo da {' o '.join(sizes)} puntos de confianza en {years:.0f} años",
        f"{place}: fairer treatment brings {' or '.join(sizes)} points of trust in {years:.0f} years",
    )


def mark(axes: Axes, at: float, row: Row, years: float) -> None:
    """Draw what a dose brought by one reading, and over the last year's the band of its corners."""
    colour, marker = READINGS[row["reading"]]
    at += -APART if row["reading"] == "panel" else APART
    if row["years"] == years and known(row["band_low"]):
        axes.plot(
            [row["band_low"], row["band_high"]], [at, at], color=REACH, linewidth=BAND, solid_capstyle="butt", zorder=1
        )
    axes.plot(row["value"], at, marker, markersize=SIZES.get(row["years"], 3.2), color=colour, zorder=3)
