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

from experiments.figures.small_multiples import A, B, Sheet, Sizes
from experiments.figures.theme import NULL
from experiments.words.bilingual import Both, Tongue, both
from scenarios.reading import FOLDER

Line = tuple[str, list[int], list[float]]
"""A course: its name, years, values."""
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
    lines = [(tongue(*COUNTRIES[code]), *series("homicides.csv", code, "per_100k", LONGEST)) for code in countries]
    under = tongue("Homicidios por 100,000 habitantes, Banco Mundial.", "Homicides per 100,000 residents, World Bank.")
    return over_years(lines, under, tongue)


def over_years(lines: list[Line], under: str, tongue: Tongue) -> Figure:
    """Draw some courses over years, the first in blue and all others grey, each named at its end."""
    name, years, values = lines[0]
    last = values[-1]
    top = max(range(len(values)), key=values.__getitem__)
    finding = tongue(
        f"{name}: de {values[top]:.0f} en {years[top]} a {last:.0f} en {years[-1]}",
        f"{tongue.pairs.get(name, name)}: from {values[top]:.0f} in {years[top]} to {last:.0f} in {years[-1]}",
    )
    sheet = Sheet(tongue, (finding, under), [""], Sizes(2.3, 0.4))
    axes = sheet.panel(0)
    for number, (label, years, values) in reversed(list(enumerate(lines))):
        colour = B if number == 0 else NULL
        axes.plot(*gapped(years, values), linewidth=1.8 if number == 0 else 1.0, color=colour)
        axes.annotate(
            label, (years[-1], values[-1]), (3, 0), textcoords="offset points", fontsize=7, va="center", color=colour
        )
    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.16)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return sheet.figure


def gapped(years: list[int], values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return a series with a gap where years are missing, so that no line is drawn over what nobody counted."""
    span = np.arange(min(years), max(years) + 1)
    return span, np.array([dict(zip(years, values, strict=True)).get(int(year), np.nan) for year in span])


def guatemala(tongue: Tongue) -> Figure:
    """Draw the homicide rate of Guatemala in the two vintages of its series."""
    vintages = (
        (LONGEST, tongue("Banco Mundial (base de población nueva)", "World Bank (new population base)")),
        ("UNODC 2013", tongue("UNODC y PNC, edición de 2013", "UNODC and PNC, edition of 2013")),
    )
    lines = [(label, *series("homicides.csv", "GTM", "per_100k", source)) for source, label in vintages]
    return over_years(lines, tongue("Homicidios por 100,000 habitantes.", "Homicides per 100,000 residents."), tongue)


def police_trust(tongue: Tongue) -> Figure:
    """Draw who has much or some confidence in the police, as Latinobarómetro asked."""
    every = [
        (tongue(*COUNTRIES[code]), *series("police_trust.csv", code, "much_or_some_percent"))
        for code in ("GTM", "SLV", "HND", "MEX")
    ]
    under = tongue("Mucha o algo de confianza, %, Latinobarómetro.", "Much or some confidence, %, Latinobarómetro.")
    return over_years([line for line in every if line[1]], under, tongue)


def places(tongue: Tongue) -> Figure:
    """Draw the outlines of both municipalities in their place, with the capital."""
    finding = tongue("Dos municipios, a un lado y otro de la capital", "Two municipalities, either side of the capital")
    sheet = Sheet(tongue, (finding, tongue("Longitud y latitud.", "Longitude and latitude.")), [""], Sizes(3.2, 0.4))
    place = sheet.panel(0)
    for number, (name, title) in enumerate((("totonicapan", "Totonicapán"), ("villa_canales", "Villa Canales"))):
        stated = json.loads((FOLDER / "maps" / f"{name}.geojson").read_text(encoding="utf-8"))
        shape: Any = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in stated["features"]])
        for part in getattr(shape, "geoms", [shape]):
            place.fill(*part.exterior.xy, color=(B, A)[number], alpha=0.5, linewidth=0.8)
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
    return sheet.figure


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
