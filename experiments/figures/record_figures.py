"""Draw recorded tables: the ceiling of worlds, doses of treatment, and single events."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.small_multiples import (
    COLOUR_A,
    COLOUR_B,
    ROW_HEIGHT,
    PanelFigure,
    PanelSizes,
    draw_estimate,
    forest_panels,
    mark_zero,
    name_rows,
    share_scale,
)
from experiments.figures.theme import REACH, WHITE
from experiments.narrative.labels import title_label, with_sign
from experiments.narrative.messages import figure_message, message_or_name
from experiments.words.bilingual import FigureTexts, bilingual

Row = Mapping[str, Any]
CEILING_PANELS = ("trust", "crimes", "homicides")
READINGS = {"panel": (COLOUR_B, "o", -0.18), "single": (COLOUR_A, "D", 0.18)}
"""Colour, marker and vertical shift within the row of each reading that is drawn."""
MARKER_SIZES = {1: 2.0, 3: 3.2, 10: 4.6}
"""Marker size (points) by years after which a dose is measured."""
HIDDEN_PREFIXES = ("fair_at_", "more_at_")
"""Prefixes of doses that serve only to find the break-even share."""
EVENTS = ("abuse", "bribe", "meeting", "long visit", "fair stop", "scandal")
MARKERS = {"latent": "o", "survey": "D"}
NAMES_WIDTH, FIGURE_WIDTH, SPACE_ABOVE = 2.1, 10.4, 0.2
"""Width of row names and of the figure of events, and space above each panel, in inches."""


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


def draw_doses(table: Sequence[Row], wording: FigureTexts) -> Figure:
    """Draw effects on trust by dose, with a panel for each site: both readings, and the band over corners."""
    shown = [row for row in table if not row["dose"].startswith(HIDDEN_PREFIXES) and row["reading"] in READINGS]
    sites = list(dict.fromkeys(row["site"] for row in shown))
    doses = {row["dose"]: wording(row["es"], row["en"]) for row in shown}
    times = sorted({row["years"] for row in shown})
    years, note = times[-1], figure_message("figure.doses.note", wording, when=", ".join(f"{one:.0f}" for one in times))
    texts, heads = (dose_finding(shown, years, wording), note), [title_label(site, wording) for site in sites]
    sheet, (drawn,) = forest_panels(wording, texts, [""], heads, list(doses.values()))
    for row in shown:
        axes, (colour, marker, shift) = drawn[sites.index(row["site"])], READINGS[row["reading"]]
        at = list(doses).index(row["dose"]) + shift
        if row["years"] == years and is_known(row["band_low"]):
            draw_band(axes, (row["band_low"], row["band_high"]), at, color=REACH, linewidth=6.0)
        axes.plot(row["value"], at, marker, markersize=MARKER_SIZES.get(row["years"], 3.2), color=colour, zorder=3)
    return sheet.figure


def dose_finding(table: Sequence[Row], years: float, wording: FigureTexts) -> str:
    """Return the finding: effect of fairer treatment on trust at the first site, by both readings."""
    first = table[0]["site"], "fair_3", years
    rows = [row for row in table if (row["site"], row["dose"], row["years"]) == first]
    sizes = dict.fromkeys(with_sign(row["value"], "+.1f") for row in rows)
    words = bilingual(" o ".join(sizes), " or ".join(sizes))
    return figure_message(
        "figure.doses.fair", wording, place=title_label(table[0]["site"], wording), sizes=words, years=years
    )


def draw_events(rows: Sequence[Row], wording: FigureTexts) -> Figure:
    """Draw a panel for each event: effect on trust by day, and below it coefficients of the simulated panel."""
    days = [row for row in rows if row["reading"] in READINGS and row["quantity"].startswith("day")]
    panels = [row for row in rows if row["quantity"] == "coefficient" and row["event"] in EVENTS]
    days.sort(key=lambda row: (row["reading"], day_of(row)))
    heads = {row["event"]: wording(row["es"], row["event"]) for row in rows if row["event"] in EVENTS}
    for row in panels:  # the name of an event is followed by the evidence with which its coefficient is compared
        if row["source"] and not heads[row["event"]].endswith(source := f", {row['source']}"):
            heads[row["event"]] += source
    heads = {name: heads[name] for name in EVENTS if name in heads}
    parts = [(some, list(dict.fromkeys(row_name(row, wording) for row in some))) for some in (days, panels)]
    tall = tuple(0.1 + ROW_HEIGHT * len(names) for _, names in parts)
    sizes = PanelSizes(tall, NAMES_WIDTH, SPACE_ABOVE, columns=len(heads), figure_width=FIGURE_WIDTH)
    found = {(row["event"], day_of(row)): row["value"] for row in reversed(days) if row["quantity"].endswith("latent")}
    left = (f"{100.0 * found[event, 365] / found[event, 3]:.0f}" for event in ("abuse", "long visit"))
    finding = figure_message("figure.events.left", wording, **dict(zip(("bad", "good"), left, strict=True)))
    texts = finding, figure_message("figure.events.note", wording)
    sheet = PanelFigure(wording, texts, list(heads.values()), sizes)
    for at, (some, names) in enumerate(parts):
        drawn: list[Axes] = []
        for number, event in enumerate(heads):
            event_rows = [row for row in some if row["event"] == event]
            if event_rows:
                axes = sheet.panel(number, at)
                mark_zero(axes)
                name_rows(axes, [""] * len(names) if drawn else names)
                for row in event_rows:
                    draw_event(axes, names.index(row_name(row, wording)), row)
                drawn.append(axes)
        share_scale(drawn)
    return sheet.figure


def day_of(row: Row) -> int:
    """Return the days from an event to its measurement.

    >>> day_of({"quantity": "day 21, latent"})
    21
    """
    return int(row["quantity"].split(", ")[0].removeprefix("day "))


def row_name(row: Row, wording: FigureTexts) -> str:
    """Return the label of a row: its reading, and its day if it has one.

    >>> row_name({"reading": "panel, memory 0.5", "quantity": "coefficient"}, FigureTexts("es"))
    'panel, memoria 0.5'
    >>> row_name({"reading": "single", "quantity": "day 21, latent"}, FigureTexts("en"))
    'single event, day 21'
    """
    words = [message_or_name("figure.events.words", one, wording) for one in row["reading"].replace(",", "").split()]
    reading = ", ".join(filter(None, (words[0], " ".join(words[1:]))))
    if not row["quantity"].startswith("day"):
        return reading
    return figure_message("figure.events.day", wording, reading=reading, day=day_of(row))


def draw_event(axes: Axes, at: float, row: Row) -> None:
    """Draw one number with the published range; filled if the model's weight was set from it."""
    if is_known(row["published_low"]) and is_known(row["published_high"]):
        draw_band(axes, (row["published_low"], row["published_high"]), at, color=COLOUR_A, linewidth=4.0, alpha=0.45)
    value, error = row["value"], 2.0 * row["error"] if is_known(row["error"]) else 0.0
    axes.plot([value - error, value + error], [at, at], color=COLOUR_B, linewidth=1.4)
    shape = MARKERS.get(row["quantity"].rpartition(", ")[2], "o")
    colour = COLOUR_B if row["status"] == "set" else WHITE
    axes.plot(value, at, shape, markersize=3.8, mec=COLOUR_B, mew=1.1, color=colour, zorder=4)
