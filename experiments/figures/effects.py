"""The forest of virtual experiments: what was published, ours with its interval, and how both stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.rows import known
from experiments.figures.small_multiples import A, B, Sheet, Sizes, rows_of
from experiments.figures.theme import INK, NULL, REACH, SOFT, WHITE
from experiments.words.bilingual import Tongue

UNITS = {
    "ratio": ("razón con el gemelo", "ratio to the twin"),
    "elasticity": ("elasticidad", "elasticity"),
    "%": ("cambio en %", "change in %"),
    "log points": ("puntos logarítmicos", "log points"),
    "points": ("puntos de 100", "points of 100"),
    "level": ("nivel, %", "level, %"),
}
SAID = {
    "set": ("fijado", "set"),
    "found": ("hallado", "found"),
    "given": ("dado", "given"),
    "inside": ("dentro", "inside"),
    "outside": ("fuera", "outside"),
    "prior only (inside)": ("referencia amplia, dentro", "prior only, inside"),
    "prior only (outside)": ("referencia amplia, fuera", "prior only, outside"),
    "no published value": ("nada publicado", "nothing published"),
    "not known": ("no se sabe", "not known"),
    "from Q12": ("según Q12", "from Q12"),
    "Q12, 5 either way": ("Q12, 5 más o menos", "Q12, 5 either way"),
    "must not fall": ("no debe bajar", "must not fall"),
    "by construction": ("por construcción", "by construction"),
}
"""Status, verdict and source of a line in Spanish and in English; what is not here is alike in both."""
CENTRAL, WEAK = "central", "rich-country sizes x .3"
ROW, LEFT, RIGHT, WIDE, OVER = 0.155, 4.1, 2.2, 10.4, 0.2
"""Inches of a row, of its name, of its verdict, of the figure, over each unit."""

Row = Mapping[str, Any]
Titles = Mapping[str, tuple[str, str]]
"""What experiments are called in Spanish and in English."""


def effects_forest(rows: Sequence[Row], tongue: Tongue, titles: Titles) -> Figure:
    """Return the forest of all lines that have a number, unit by unit."""
    units = {unit: [row for row in rows if is_drawn(row) and row["unit"] == unit] for unit in UNITS}
    units = {unit: some for unit, some in units.items() if some}
    missing = sum(row["verdict"] == "not available" for row in rows if row["variant"] == CENTRAL)
    under = tongue(
        "Punto: lo nuestro, media de gemelos con su 95 %; hueco: solo una referencia amplia o nada publicado; ocre: lo"
        " publicado; gris ancho: esquinas; triángulo: tamaños de países ricos x .3. Fijado: un parámetro salió de ahí;"
        f" hallado: ninguno; dado: lo dice un dato de entrada. No disponibles: {missing}.",
        "Dot: ours, mean of twins with its 95 %; hollow: a prior only, or nothing published; ochre: published; wide"
        " grey: corners; triangle: rich-country sizes x .3. Set: a parameter was set from it; found: none was; given:"
        f" an input says it. Not available: {missing}.",
    )
    places = {unit: places_of(some) for unit, some in units.items()}
    tall = tuple(0.1 + ROW * len(some) for some in places.values())
    sheet = Sheet(tongue, (finding(rows, tongue), under), [""], Sizes(tall, LEFT, OVER, wide=WIDE, right=RIGHT))
    for number, unit in enumerate(units):
        axes = sheet.panel(0, number)
        axes.set_title(tongue(*UNITS[unit]), loc="left", fontsize=8, weight="bold", color=INK, pad=4)
        panel(axes, units[unit], places[unit], rows, tongue, titles)
    return sheet.figure


def is_drawn(row: Row) -> bool:
    """Tell whether a line stands in the forest: it has a number, and is a level only if one is published."""
    own = row["variant"] == CENTRAL and known(row["value"])
    return own and row["unit"] in UNITS and (row["unit"] != "level" or known(row["published_low"]))


def finding(rows: Sequence[Row], tongue: Tongue) -> str:
    """Return how many lines are inside what was published, of those set and of those found."""
    parts = []
    for status in ("set", "found"):
        own = [
            row["verdict"] for row in rows if row["variant"] == CENTRAL and not row["must"] and row["status"] == status
        ]
        firm, prior = (
            (own.count(inside), own.count(inside) + own.count(outside))
            for inside, outside in (("inside", "outside"), ("prior only (inside)", "prior only (outside)"))
        )
        word = tongue(*SAID[status])
        said = "{}, {} de {} (referencias amplias, {} de {})", "{}, {} of {} (priors, {} of {})"
        parts.append(tongue(*said).format(word, *firm, *prior))
    return tongue("Dentro de lo publicado: ", "Inside what was published: ") + "; ".join(parts)


def places_of(rows: Sequence[Row]) -> list[Row | str]:
    """Return what stands in the rows of a panel: every experiment's name over its lines."""
    places: list[Row | str] = []
    for row in rows:
        if row["experiment"] not in places:
            places.append(str(row["experiment"]))
        places.append(row)
    return places


def panel(
    axes: Axes, rows: Sequence[Row], places: Sequence[Row | str], every: Sequence[Row], tongue: Tongue, titles: Titles
) -> None:
    """Draw all lines of one unit, with their verdicts at the right."""
    names = [
        tongue(*titles[one]).split(":")[0] if isinstance(one, str) else tongue(one["es"], one["en"]) for one in places
    ]
    axes.axvline(rows[0]["nothing"], color=SOFT, linewidth=0.8)
    rows_of(axes, names)
    axes.set_xlim(*limits(rows))
    for at, one in enumerate(places):
        if isinstance(one, str):
            axes.get_yticklabels()[at].set_fontweight("bold")
            continue
        same = [row for row in every if (row["experiment"], row["line"]) == (one["experiment"], one["line"])]
        mark(axes, at, one, [row for row in same if row["variant"] != CENTRAL and known(row["value"])])
        said = [one[name] for name in ("status", "verdict", "source") if one[name]]
        words = [tongue(*SAID.get(word, (word, word))) for word in said]
        axes.text(
            1.01, at, " · ".join(words), transform=axes.get_yaxis_transform(), va="center", fontsize=6.5, color=SOFT
        )


def limits(rows: Sequence[Row]) -> tuple[float, float]:
    """Return how far the axis reaches: what is published and found, and intervals up to twice as far."""
    firm, ends = (
        [float(row[key]) for row in rows for key in keys if known(row[key])]
        for keys in (("value", "published_low", "published_high", "nothing"), ("low", "high"))
    )
    low, high = min(firm), max(firm)
    wide = max(high - low, 1e-3)
    return max(min(low, *ends), low - wide) - 0.05 * wide, min(max(high, *ends), high + wide) + 0.05 * wide


def mark(axes: Axes, at: float, row: Row, variants: Sequence[Row]) -> None:
    """Draw one line: corners, what is published, ours."""
    corners = [one["value"] for one in variants if one["variant"] != WEAK]
    if corners:
        axes.plot([min(corners), max(corners)], [at, at], color=REACH, linewidth=6.0, solid_capstyle="butt", zorder=1)
    if known(row["published_low"]):
        high = row["published_high"] if known(row["published_high"]) else axes.get_xlim()[1]
        alpha = 0.35 if row["prior"] else 0.8
        axes.plot([row["published_low"], high], [at - 0.24] * 2, color=A, linewidth=2.6, alpha=alpha, zorder=2)
    firm = row["verdict"] in ("inside", "outside")
    colour = B if firm or not (known(row["low"]) and row["low"] <= row["nothing"] <= row["high"]) else NULL
    if known(row["low"]):
        axes.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.4, zorder=3)
    axes.plot(row["value"], at, "o", markersize=4, mec=colour, mew=1.1, color=colour if firm else WHITE, zorder=4)
    weak = [one["value"] for one in variants if one["variant"] == WEAK]
    axes.plot(weak, [at] * len(weak), ">", markersize=3.6, mec=INK, mew=0.8, color=WHITE, zorder=5)
