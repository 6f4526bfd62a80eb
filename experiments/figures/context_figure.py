"""Draw the context from published data: homicides, trust in the police, and the location of the sites."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.small_multiples import COLOUR_A, COLOUR_B, PanelFigure, PanelSizes
from experiments.figures.theme import NULL
from experiments.narrative.messages import figure_message, message
from experiments.words.bilingual import BilingualText, FigureTexts
from scenarios.reading import FOLDER

DATA = Path(__file__).parent / "data"
WORLD_BANK = "World Bank"
LATINOBAROMETRO = "police_trust.csv", "much_or_some_percent"
COUNTRY_MESSAGES = "figure.context.country"
NORTHERN_COUNTRIES, SELECTED_COUNTRIES = ("GTM", "SLV", "HND", "MEX"), ("GTM", "BLZ", "CRI", "NIC", "MEX")
CAPITAL = (-90.513, 14.642)
"""Longitude and latitude of Guatemala City."""
KM_PER_DEGREE = 111.2
OFFSET_POINTS = "offset points"


def read_series(file: str, country: str, value: str, source: str = "") -> tuple[list[int], list[float]]:
    """Return years and values of one country in a file of published series."""
    rows = pd.read_csv(DATA / file).dropna(subset=[value])
    rows = rows[(rows["country"] == country) & rows["source"].str.contains(source, regex=False)]
    return rows["year"].tolist(), rows[value].tolist()


class PublishedSeries(NamedTuple):
    """Lines of published values by year: name, country and source of each; the first is drawn in blue."""

    name: str
    lines: Sequence[tuple[str, str, str]]
    file: str = "homicides.csv"
    column: str = "per_100k"

    def draw(self, wording: FigureTexts) -> Figure:
        """Draw the lines, each labelled at its end, with gaps for years without data."""
        every = [(name, *read_series(self.file, country, self.column, source)) for name, country, source in self.lines]
        lines = [line for line in every if line[1]]
        first, years, values = lines[0]
        peak = years[values.index(max(values))]
        parts = {"name": message(f"{COUNTRY_MESSAGES}.{first}"), "top": max(values), "first": peak, "last": values[-1]}
        finding = figure_message("figure.context.course", wording, until=years[-1], **parts)
        note = figure_message(f"figure.context.note.{self.name}", wording)
        sheet = PanelFigure(wording, (finding, note), [""], PanelSizes(2.3, 0.4))
        axes = sheet.panel(0)
        for number, (name, years, values) in reversed(list(enumerate(lines))):
            look: dict[str, Any] = {"color": NULL if number else COLOUR_B}
            whole = pd.Series(values, years).reindex(range(min(years), max(years) + 1))
            axes.plot(whole.index, whole, linewidth=1.0 if number else 1.8, **look)
            label = figure_message(f"{COUNTRY_MESSAGES}.{name}", wording)
            axes.annotate(
                label, (years[-1], values[-1]), (3, 0), textcoords=OFFSET_POINTS, fontsize=7, va="center", **look
            )
        axes.set_ylim(bottom=0.0)
        axes.margins(x=0.16)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        return sheet.figure


def draw_sites(wording: FigureTexts) -> Figure:
    """Draw a map with the outlines of both municipalities and the capital."""
    texts = figure_message("figure.context.sites", wording), figure_message("figure.context.place", wording)
    sheet = PanelFigure(wording, texts, [""], PanelSizes(3.2, 0.4))
    axes = sheet.panel(0)
    for colour, name, title in ((COLOUR_B, "totonicapan", "Totonicapán"), (COLOUR_A, "villa_canales", "Villa Canales")):
        stated = json.loads((FOLDER / "maps" / f"{name}.geojson").read_text(encoding="utf-8"))
        shape: Any = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in stated["features"]])
        for part in getattr(shape, "geoms", [shape]):
            axes.fill(*part.exterior.xy, color=colour, alpha=0.5, linewidth=0.8)
        axes.annotate(title, (shape.centroid.x, shape.bounds[3]), (0, 4), textcoords=OFFSET_POINTS, ha="center")
    axes.plot(*CAPITAL, "k*", markersize=8)
    axes.annotate(
        figure_message("figure.context.capital", wording), CAPITAL, (-5, 5), textcoords=OFFSET_POINTS, ha="right"
    )
    aspect = 1.0 / np.cos(np.radians(CAPITAL[1]))
    axes.set_aspect(aspect)
    fifty = 50.0 / KM_PER_DEGREE * aspect
    axes.plot([-91.45, -91.45 + fifty], [14.38, 14.38], color="k")
    axes.annotate("50 km", (-91.45 + fifty / 2, 14.38), (0, 3), textcoords=OFFSET_POINTS, ha="center")
    axes.margins(0.12)
    return sheet.figure


SERIES = (
    PublishedSeries("homicides-guatemala", (("new_base", "GTM", WORLD_BANK), ("edition_2013", "GTM", "UNODC 2013"))),
    PublishedSeries("homicides-northern-triangle", [(code, code, WORLD_BANK) for code in NORTHERN_COUNTRIES]),
    PublishedSeries("homicides-selected", [(code, code, WORLD_BANK) for code in SELECTED_COUNTRIES]),
    PublishedSeries("police-trust", [(code, code, "") for code in NORTHERN_COUNTRIES], *LATINOBAROMETRO),
)
CONTEXT_FIGURES: Mapping[str, tuple[BilingualText, Callable[[FigureTexts], Figure]]] = {
    name: (message(f"figure.context.caption.{name}"), draw)
    for name, draw in (*((one.name, one.draw) for one in SERIES), ("sites", draw_sites))
}
"""Caption and drawing function of each figure of published data, by name."""
