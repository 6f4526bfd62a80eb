"""Draw the forest plot of virtual experiments: published and simulated effects with intervals, and the verdict."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.record_figures import Row, draw_band, is_known
from experiments.figures.small_multiples import COLOUR_A, COLOUR_B, PanelFigure, PanelSizes, mark_zero, name_rows
from experiments.figures.theme import INK, NULL, REACH, SOFT, WHITE
from experiments.narrative.messages import figure_message, message_or_name
from experiments.words.bilingual import FigureTexts

UNITS = ("ratio", "elasticity", "%", "log points", "points", "level")
WORDS_KEY = "figure.experiments.words"
"""Prefix of the messages for status, verdict and source of a line; other words are the same in both languages."""
CENTRAL_VARIANT, WEAK_VARIANT = "central", "rich-country sizes x .3"
ROW_HEIGHT, NAMES_WIDTH, VERDICTS_WIDTH, FIGURE_WIDTH, SPACE_ABOVE = 0.155, 4.1, 2.2, 10.4, 0.2
"""Row height, widths of its name, of its verdict and of the figure, and space above each unit, in inches."""

Titles = Mapping[str, tuple[str, str]]
"""Names of experiments in Spanish and in English."""


def draw_experiments(rows: Sequence[Row], wording: FigureTexts, titles: Titles) -> Figure:
    """Draw all lines that have a value, grouped by unit; levels only if a published value exists."""
    central = [row for row in rows if row["variant"] == CENTRAL_VARIANT]
    shown = [row for row in central if is_known(row["value"])]
    shown = [row for row in shown if row["unit"] != "level" or is_known(row["published_low"])]
    units = [some for unit in UNITS if (some := [row for row in shown if row["unit"] == unit])]
    lines = [lines_with_headings(some) for some in units]
    tall = tuple(0.1 + ROW_HEIGHT * len(some) for some in lines)
    sizes = PanelSizes(tall, NAMES_WIDTH, SPACE_ABOVE, figure_width=FIGURE_WIDTH, labels_width=VERDICTS_WIDTH)
    missing = sum(row["verdict"] == "not available" for row in central)
    texts = experiments_finding(central, wording), figure_message("figure.experiments.note", wording, missing=missing)
    sheet = PanelFigure(wording, texts, [""], sizes)
    for number, (some, named) in enumerate(zip(units, lines, strict=True)):
        axes = sheet.panel(0, number)
        unit = figure_message(f"figure.experiments.unit.{some[0]['unit']}", wording)
        axes.set_title(unit, loc="left", fontsize=8, weight="bold", color=INK, pad=4)
        mark_zero(axes, some[0]["nothing"])
        names = [
            wording(*titles[one]).split(":")[0] if isinstance(one, str) else wording(one["es"], one["en"])
            for one in named
        ]
        name_rows(axes, names)
        axes.set_xlim(*limits_of(some))
        for at, one in enumerate(named):
            if isinstance(one, str):
                axes.get_yticklabels()[at].set_fontweight("bold")
            else:
                draw_line(axes, at, one, rows)
                write_verdict(axes, at, one, wording)
    return sheet.figure


def experiments_finding(rows: Sequence[Row], wording: FigureTexts) -> str:
    """Return the finding: lines inside the published range, of those set by calibration and of those found."""
    parts = []
    for status in ("set", "found"):
        verdicts = [row["verdict"] for row in rows if not row["must"] and row["status"] == status]
        counts = {"firm": verdicts.count("inside"), "prior": verdicts.count("prior only (inside)")}
        counts["of_firm"] = counts["firm"] + verdicts.count("outside") + verdicts.count("open")
        counts["of_prior"] = sum(verdict.startswith("prior only") for verdict in verdicts)
        parts.append(
            figure_message(
                "figure.experiments.inside", wording, status=message_or_name(WORDS_KEY, status, wording), **counts
            )
        )
    return figure_message("figure.experiments.published", wording, parts="; ".join(parts))


def lines_with_headings(rows: Sequence[Row]) -> list[Row | str]:
    """Return the rows of a panel: the name of every experiment, followed by its lines."""
    lines: list[Row | str] = []
    for row in rows:
        lines += [row] if row["experiment"] in lines else [str(row["experiment"]), row]
    return lines


def write_verdict(axes: Axes, at: float, row: Row, wording: FigureTexts) -> None:
    """Write status, verdict and source to the right of a line."""
    words = [message_or_name(WORDS_KEY, row[name], wording) for name in ("status", "verdict", "source") if row[name]]
    place = axes.get_yaxis_transform()
    axes.text(1.01, at, " · ".join(words), transform=place, va="center", fontsize=6.5, color=SOFT)


def limits_of(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the limits of an axis: all values, and intervals up to one such range beyond them."""
    firm, ends = (
        [float(row[key]) for row in rows for key in keys if is_known(row[key])]
        for keys in (("value", "published_low", "published_high", "nothing"), ("low", "high"))
    )
    low, high = min(firm), max(firm)
    wide = max(high - low, 1e-3)
    return max(min(low, *ends), low - wide) - 0.05 * wide, min(max(high, *ends), high + wide) + 0.05 * wide


def draw_line(axes: Axes, at: float, row: Row, rows: Sequence[Row]) -> None:
    """Draw one line: range over variants, published range, and simulated value with interval."""
    same = [one for one in rows if (one["experiment"], one["line"]) == (row["experiment"], row["line"])]
    others = [
        (one["variant"], one["value"]) for one in same if one["variant"] != CENTRAL_VARIANT and is_known(one["value"])
    ]
    if corners := [value for variant, value in others if variant != WEAK_VARIANT]:
        draw_band(axes, (min(corners), max(corners)), at, color=REACH, linewidth=6.0)
    if is_known(row["published_low"]):
        high = row["published_high"] if is_known(row["published_high"]) else axes.get_xlim()[1]
        alpha = 0.35 if row["prior"] else 0.8
        axes.plot([row["published_low"], high], [at - 0.24] * 2, color=COLOUR_A, linewidth=2.6, alpha=alpha, zorder=2)
    firm = row["verdict"] in ("inside", "outside", "open")
    colour = COLOUR_B if firm or not (is_known(row["low"]) and row["low"] <= row["nothing"] <= row["high"]) else NULL
    if is_known(row["low"]):
        axes.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.4, zorder=3)
    axes.plot(row["value"], at, "o", markersize=4, mec=colour, mew=1.1, color=colour if firm else WHITE, zorder=4)
    weak = [value for variant, value in others if variant == WEAK_VARIANT]
    axes.plot(weak, [at] * len(weak), ">", markersize=3.6, mec=INK, mew=0.8, color=WHITE, zorder=5)
