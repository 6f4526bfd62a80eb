"""Draw the forest of virtual experiments: published values, ours with their intervals, and the verdict on both."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.record_figures import Row, draw_band, is_known
from experiments.figures.small_multiples import A, B, PanelFigure, PanelSizes, mark_zero, name_rows
from experiments.figures.theme import INK, NULL, REACH, SOFT, WHITE
from experiments.narrative.messages import said
from experiments.words.bilingual import Tongue

UNITS = {
    "ratio": ("razón con el gemelo", "ratio to the twin"),
    "elasticity": ("elasticidad", "elasticity"),
    "%": ("cambio en %", "change in %"),
    "log points": ("puntos logarítmicos", "log points"),
    "points": ("puntos de 100", "points of 100"),
    "level": ("nivel, %", "level, %"),
}
WORDS = {
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
"""Status, verdict and source of a line in Spanish and in English; others are alike in both."""
CENTRAL, WEAK = "central", "rich-country sizes x .3"
ROW, LEFT, RIGHT, WIDE, OVER = 0.155, 4.1, 2.2, 10.4, 0.2
"""Inches of a row, of its name, of its verdict, of the figure, over each unit."""

Titles = Mapping[str, tuple[str, str]]
"""Names of experiments in Spanish and in English."""


def draw_experiments(rows: Sequence[Row], tongue: Tongue, titles: Titles) -> Figure:
    """Draw the forest of all lines that have a number, unit by unit."""
    units = {unit: [row for row in rows if is_drawn(row) and row["unit"] == unit] for unit in UNITS}
    units = {unit: some for unit, some in units.items() if some}
    missing = sum(row["verdict"] == "not available" for row in rows if row["variant"] == CENTRAL)
    lines = {unit: with_experiments(some) for unit, some in units.items()}
    tall = tuple(0.1 + ROW * len(some) for some in lines.values())
    sizes = PanelSizes(tall, LEFT, OVER, wide=WIDE, right=RIGHT)
    texts = finding_of(rows, tongue), said("figure.experiments.note", tongue, missing=missing)
    sheet = PanelFigure(tongue, texts, [""], sizes)
    for number, (unit, some) in enumerate(lines.items()):
        axes = sheet.panel(0, number)
        axes.set_title(tongue(*UNITS[unit]), loc="left", fontsize=8, weight="bold", color=INK, pad=4)
        mark_zero(axes, units[unit][0]["nothing"])
        name_rows(axes, [line_name(one, tongue, titles) for one in some])
        axes.set_xlim(*limits_of(units[unit]))
        for at, one in enumerate(some):
            if isinstance(one, str):
                axes.get_yticklabels()[at].set_fontweight("bold")
            else:
                draw_line(axes, at, one, variants_of(one, rows))
                write_verdict(axes, at, one, tongue)
    return sheet.figure


def is_drawn(row: Row) -> bool:
    """Tell whether a line stands in the forest: it has a number, and is a level only if one is published."""
    own = row["variant"] == CENTRAL and is_known(row["value"])
    return own and row["unit"] in UNITS and (row["unit"] != "level" or is_known(row["published_low"]))


def finding_of(rows: Sequence[Row], tongue: Tongue) -> str:
    """Return how many lines are inside the published range, of those set and of those found."""
    parts = []
    for status in ("set", "found"):
        own = [
            row["verdict"] for row in rows if row["variant"] == CENTRAL and not row["must"] and row["status"] == status
        ]
        counts = {"firm": own.count("inside"), "prior": own.count("prior only (inside)")}
        counts["of_firm"] = counts["firm"] + own.count("outside")
        counts["of_prior"] = counts["prior"] + own.count("prior only (outside)")
        parts.append(said("figure.experiments.inside", tongue, status=tongue(*WORDS[status]), **counts))
    return said("figure.experiments.published", tongue, parts="; ".join(parts))


def with_experiments(rows: Sequence[Row]) -> list[Row | str]:
    """Return the rows of a panel: the name of every experiment over its lines."""
    lines: list[Row | str] = []
    for row in rows:
        lines += [row] if row["experiment"] in lines else [str(row["experiment"]), row]
    return lines


def line_name(one: Row | str, tongue: Tongue, titles: Titles) -> str:
    """Return the name of an experiment or of a line."""
    return tongue(*titles[one]).split(":")[0] if isinstance(one, str) else tongue(one["es"], one["en"])


def variants_of(row: Row, rows: Sequence[Row]) -> list[Row]:
    """Return the other variants of a line that have a number."""
    same = [one for one in rows if (one["experiment"], one["line"]) == (row["experiment"], row["line"])]
    return [one for one in same if one["variant"] != CENTRAL and is_known(one["value"])]


def write_verdict(axes: Axes, at: float, row: Row, tongue: Tongue) -> None:
    """Write status, verdict and source of a line at its right."""
    words = [tongue(*WORDS.get(row[name], (row[name],) * 2)) for name in ("status", "verdict", "source") if row[name]]
    place = axes.get_yaxis_transform()
    axes.text(1.01, at, " · ".join(words), transform=place, va="center", fontsize=6.5, color=SOFT)


def limits_of(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the ends of an axis: published and own values, and intervals up to twice as far."""
    firm, ends = (
        [float(row[key]) for row in rows for key in keys if is_known(row[key])]
        for keys in (("value", "published_low", "published_high", "nothing"), ("low", "high"))
    )
    low, high = min(firm), max(firm)
    wide = max(high - low, 1e-3)
    return max(min(low, *ends), low - wide) - 0.05 * wide, min(max(high, *ends), high + wide) + 0.05 * wide


def draw_line(axes: Axes, at: float, row: Row, variants: Sequence[Row]) -> None:
    """Draw one line: corners, published range, own value."""
    corners = [one["value"] for one in variants if one["variant"] != WEAK]
    if corners:
        draw_band(axes, (min(corners), max(corners)), at, color=REACH, linewidth=6.0)
    if is_known(row["published_low"]):
        high = row["published_high"] if is_known(row["published_high"]) else axes.get_xlim()[1]
        alpha = 0.35 if row["prior"] else 0.8
        axes.plot([row["published_low"], high], [at - 0.24] * 2, color=A, linewidth=2.6, alpha=alpha, zorder=2)
    firm = row["verdict"] in ("inside", "outside")
    colour = B if firm or not (is_known(row["low"]) and row["low"] <= row["nothing"] <= row["high"]) else NULL
    if is_known(row["low"]):
        axes.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.4, zorder=3)
    axes.plot(row["value"], at, "o", markersize=4, mec=colour, mew=1.1, color=colour if firm else WHITE, zorder=4)
    weak = [one["value"] for one in variants if one["variant"] == WEAK]
    axes.plot(weak, [at] * len(weak), ">", markersize=3.6, mec=INK, mew=0.8, color=WHITE, zorder=5)
