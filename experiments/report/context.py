"""Figures of the setting, from published series: homicides, trust in the police, and where the sites lie."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.looks import COLOURS, stroke
from experiments.figures.svg import Tongue
from experiments.report.both import Both, both
from experiments.report.figures import PALE, sheet
from scenarios.reading import FOLDER

DATA = Path(__file__).parent / "data"
LONGEST = "World Bank"
COUNTRIES = {
    "GTM": ("Guatemala", "Guatemala"),
    "SLV": ("El Salvador", "El Salvador"),
    "HND": ("Honduras", "Honduras"),
    "MEX": ("México", "Mexico"),
    "NIC": ("Nicaragua", "Nicaragua"),
    "CRI": ("Costa Rica", "Costa Rica"),
    "BLZ": ("Belice", "Belize"),
}
CAPITAL = (-90.513, 14.642)
"""Longitude and latitude of Guatemala City."""
KM_PER_DEGREE = 111.2


def series(file: str, country: str, value: str, source: str = "") -> tuple[list[int], list[float]]:
    """Return years and values of one country in a file of published series."""
    rows = pd.read_csv(DATA / file).dropna(subset=[value])
    rows = rows[(rows["country"] == country) & rows["source"].str.contains(source, regex=False)]
    return rows["year"].tolist(), rows[value].tolist()


def rates(countries: tuple[str, ...], tongue: Tongue) -> Figure:
    """Draw homicides per 100,000 of some countries."""
    figure, axes = sheet(2.9)
    for number, code in enumerate(countries):
        years, values = series("homicides.csv", code, "per_100k", LONGEST)
        axes[0, 0].plot(*gapped(years, values), linewidth=1.6, label=tongue(*COUNTRIES[code]), **stroke(number))
    finish(figure, axes[0, 0], tongue("homicidios por 100,000", "homicides per 100,000"))
    return figure


def gapped(years: list[int], values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return a series with a gap where years are missing, so that no line is drawn over what nobody counted."""
    span = np.arange(min(years), max(years) + 1)
    return span, np.array([dict(zip(years, values, strict=True)).get(int(year), np.nan) for year in span])


def finish(figure: Figure, place: Any, label: str) -> None:
    """Give a course over years its axes and its legend."""
    place.set_ylim(bottom=0.0)
    place.set_ylabel(label)
    place.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    place.grid(axis="y", color=PALE)
    figure.legend(loc="outside lower center", ncols=4)


def guatemala(tongue: Tongue) -> Figure:
    """Draw the homicide rate of Guatemala in the two vintages of its series."""
    figure, axes = sheet(2.9)
    vintages = (
        (LONGEST, tongue("Banco Mundial (base de población nueva)", "World Bank (new population base)")),
        ("UNODC 2013", tongue("UNODC y PNC, edición de 2013", "UNODC and PNC, edition of 2013")),
    )
    for number, (source, label) in enumerate(vintages):
        years, values = series("homicides.csv", "GTM", "per_100k", source)
        axes[0, 0].plot(*gapped(years, values), label=label, **stroke(number))
    finish(figure, axes[0, 0], tongue("homicidios por 100,000", "homicides per 100,000"))
    return figure


def police_trust(tongue: Tongue) -> Figure:
    """Draw who has much or some confidence in the police, as Latinobarómetro asked."""
    figure, axes = sheet(2.9)
    for number, code in enumerate(("GTM", "SLV", "HND", "MEX")):
        years, values = series("police_trust.csv", code, "much_or_some_percent")
        if years:
            axes[0, 0].plot(years, values, label=tongue(*COUNTRIES[code]), marker="o", markersize=3, **stroke(number))
    finish(figure, axes[0, 0], tongue("mucha o algo de confianza, %", "much or some confidence, %"))
    return figure


def places(tongue: Tongue) -> Figure:
    """Draw the outlines of both municipalities in their place, with the capital."""
    figure, axes = sheet(3.4)
    place = axes[0, 0]
    for number, (name, title) in enumerate((("totonicapan", "Totonicapán"), ("villa_canales", "Villa Canales"))):
        stated = json.loads((FOLDER / "maps" / f"{name}.geojson").read_text(encoding="utf-8"))
        shape: Any = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in stated["features"]])
        for part in getattr(shape, "geoms", [shape]):
            place.fill(*part.exterior.xy, color=COLOURS[number], alpha=0.5, linewidth=0.8)
        place.annotate(title, (shape.centroid.x, shape.bounds[3]), (0, 4), textcoords="offset points", ha="center")
    place.plot(*CAPITAL, "k*", markersize=8)
    place.annotate(
        tongue("Ciudad de Guatemala", "Guatemala City"), CAPITAL, (-5, 5), textcoords="offset points", ha="right"
    )
    squeeze = 1.0 / np.cos(np.radians(CAPITAL[1]))
    place.set_aspect(squeeze)
    fifty = 50.0 / KM_PER_DEGREE * squeeze
    place.plot([-91.45, -91.45 + fifty], [14.38, 14.38], color="k")
    place.annotate("50 km", (-91.45 + fifty / 2, 14.38), (0, 3), textcoords="offset points", ha="center")
    place.margins(0.12)
    place.set_xlabel(tongue("longitud", "longitude"))
    place.set_ylabel(tongue("latitud", "latitude"))
    return figure


NORTHERN = ("GTM", "SLV", "HND", "MEX")
SELECTED = ("GTM", "BLZ", "CRI", "NIC", "MEX")
CONTEXT: dict[str, tuple[Callable[[Tongue], Figure], Both]] = {
    "homicides-guatemala": (
        guatemala,
        both(
            "Homicidios por 100,000 habitantes, Guatemala (como la figura 1 del estudio).",
            "Homicides per 100,000 residents, Guatemala (as the paper's Figure 1).",
        ),
    ),
    "homicides-northern-triangle": (
        partial(rates, NORTHERN),
        both(
            "Homicidios por 100,000 habitantes, Triángulo Norte y México (como la figura 2).",
            "Homicides per 100,000 residents, Northern Triangle and Mexico (as Figure 2).",
        ),
    ),
    "homicides-selected": (
        partial(rates, SELECTED),
        both(
            "Homicidios por 100,000 habitantes, países vecinos (como la figura 3).",
            "Homicides per 100,000 residents, neighbouring countries (as Figure 3).",
        ),
    ),
    "police-trust": (
        police_trust,
        both(
            "Mucha o algo de confianza en la policía (Latinobarómetro).",
            "Much or some confidence in the police (Latinobarómetro).",
        ),
    ),
    "sites": (
        places,
        both("Posición de los dos municipios (como la figura 4).", "Position of the two municipalities (as Figure 4)."),
    ),
}
"""Figures that come from published data and not from the model."""
