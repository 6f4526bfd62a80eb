"""What single events do to trust, as a figure: points by day, and coefficients of the simulated panel by reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.rows import known
from experiments.figures.small_multiples import A, B, Sheet, Sizes, at_nothing, rows_of, share_scale
from experiments.figures.theme import WHITE
from experiments.words.bilingual import Tongue

Row = Mapping[str, Any]
EVENTS = ("abuse", "bribe", "meeting", "long visit", "fair stop", "scandal")
WORDS = {
    "panel": ("panel", "panel"),
    "single": ("un solo hecho", "single event"),
    "memory": ("memoria", "memory"),
    "fast": ("rápida", "fast"),
    "asymmetry": ("lo malo pesa ×", "bad weighs ×"),
    "s": ("autoselección", "self-selection"),
}
SHAPES = {"latent": "o", "survey": "D"}
ROW, LEFT, WIDE, OVER = 0.16, 2.1, 10.4, 0.2
"""Inches of a row, of its name, of the figure, over each panel."""


def events_figure(rows: Sequence[Row], tongue: Tongue) -> Figure:
    """Return the figure: a panel for each event, its points by day over its coefficients by reading."""
    days = [row for row in rows if row["reading"] in WORDS and row["quantity"].startswith("day")]
    panels = [row for row in rows if row["quantity"] == "coefficient" and row["event"] in EVENTS]
    days.sort(key=lambda row: (row["reading"], day_of(row)))
    told = (
        finding(days, tongue),
        tongue(
            "Pueblo de referencia, confianza media de 40. Arriba, puntos de 100 tantos días después: ● confianza, ◆"
            " respuesta a la encuesta. Abajo, coeficientes de un panel simulado con dos errores estándar. Lleno:"
            " fijado; hueco: hallado; ocre: publicado. Con autoselección de .6 nada queda para la reunión.",
            "Reference town, mean trust of 40. Above, points of 100 so many days later: ● trust, ◆ answer to the"
            " survey. Below, coefficients of a simulated panel with two standard errors. Full: set; hollow: found;"
            " ochre: published. At self-selection of .6 nothing is left for the meeting.",
        ),
    )
    heads = {row["event"]: tongue(row["es"], row["event"]) for row in rows if row["event"] in EVENTS}
    heads = {name: f"{heads[name]}{source_of(panels, name)}" for name in EVENTS if name in heads}
    parts = [(some, list(dict.fromkeys(row_name(row, tongue) for row in some))) for some in (days, panels)]
    tall = tuple(0.1 + ROW * len(names) for _, names in parts)
    sheet = Sheet(tongue, told, list(heads.values()), Sizes(tall, LEFT, OVER, across=len(heads), wide=WIDE))
    for at, (some, names) in enumerate(parts):
        there = [event for event in heads if any(row["event"] == event for row in some)]
        drawn = [sheet.panel(list(heads).index(event), at) for event in there]
        for axes, event in zip(drawn, there, strict=True):
            at_nothing(axes)
            rows_of(axes, names if axes is drawn[0] else [""] * len(names))
            for row in some:
                if row["event"] == event:
                    mark(axes, names.index(row_name(row, tongue)), row)
        share_scale(drawn)
    return sheet.figure


def finding(days: Sequence[Row], tongue: Tongue) -> str:
    """Return what is left a year after a bad hour and after a good one, of what it did at first."""
    found = {(row["event"], day_of(row)): row["value"] for row in reversed(days) if row["quantity"].endswith("latent")}
    bad, good = (f"{100.0 * found[event, 365] / found[event, 3]:.0f}" for event in ("abuse", "long visit"))
    return tongue(
        f"Un año después queda el {bad} % de lo que hizo un abuso, y el {good} % de lo que hizo una visita larga",
        f"A year later {bad} % of what abuse did is left, and {good} % of what a long visit did",
    )


def source_of(rows: Sequence[Row], event: str) -> str:
    """Return the row of evidence with which an event's coefficient is compared, as it stands behind its name."""
    return "".join(dict.fromkeys(f", {row['source']}" for row in rows if row["event"] == event and row["source"]))


def day_of(row: Row) -> int:
    """Return how many days after an event is looked.

    >>> day_of({"quantity": "day 21, latent"})
    21
    """
    return int(row["quantity"].split(", ")[0].removeprefix("day "))


def row_name(row: Row, tongue: Tongue) -> str:
    """Return the reading of a row, with its day if it has one.

    >>> row_name({"reading": "panel, memory 0.5", "quantity": "coefficient"}, Tongue("es"))
    'panel, memoria 0.5'
    >>> row_name({"reading": "single", "quantity": "day 21, latent"}, Tongue("en"))
    'single event, day 21'
    """
    words = [tongue(*WORDS[one]) if one in WORDS else one for one in row["reading"].replace(",", "").split()]
    reading = ", ".join(filter(None, (words[0], " ".join(words[1:]))))
    if not row["quantity"].startswith("day"):
        return reading
    return f"{reading}, {tongue('día', 'day')} {day_of(row)}"


def mark(axes: Axes, at: float, row: Row) -> None:
    """Draw one number beside what was published, filled if a weight was set from it."""
    if known(row["published_low"]) and known(row["published_high"]):
        ends = [row["published_low"], row["published_high"]]
        axes.plot(ends, [at, at], color=A, linewidth=4.0, alpha=0.45, solid_capstyle="butt", zorder=1)
    value, error = row["value"], 2.0 * row["error"] if known(row["error"]) else 0.0
    axes.plot([value - error, value + error], [at, at], color=B, linewidth=1.4)
    shape = SHAPES.get(row["quantity"].rpartition(", ")[2], "o")
    colour = B if row["status"] == "set" else WHITE
    axes.plot(value, at, shape, markersize=3.8, mec=B, mew=1.1, color=colour, zorder=4)
