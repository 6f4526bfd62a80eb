"""Show the model in Mesa's own page: `confianza view --mesa`.

For students who know SolaraViz: Reset, Step and Play, sliders that count from the start, English only.
"""

from functools import cache
from typing import Any

import numpy as np
import solara
from matplotlib.figure import Figure
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from experiments.page.ground import columns_and_rows
from model import TrustModel
from model.town.town import Town, build_town
from scenarios import load
from scenarios.groups import find_parameter

SCALE = 0.25
LEVERS = {
    "fair": "contacts.fair",
    "accompaniment": "reporting.accompaniment",
    "repair": "resources.repair",
    "gallons": "roster.gallons",
}
"""Names of the sliders, with the levers that they set from the start."""


@cache
def town() -> Town:
    """Return the town, which no slider changes."""
    return build_town(load("villa_canales", set={"population.scale": SCALE}))


def default(name: str) -> float:
    """Return where a slider stands at first."""
    group, key = find_parameter(LEVERS[name])
    return float(getattr(group(), key))


class SliderModel(TrustModel):
    """Villa Canales at a quarter, with a few levers as arguments, as Mesa's sliders give them."""

    def __init__(
        self,
        fair: float = default("fair"),
        accompaniment: float = default("accompaniment"),
        repair: float = default("repair"),
        gallons: float = default("gallons"),
        rng: int = 7,
    ) -> None:
        values = {"fair": fair, "accompaniment": accompaniment, "repair": repair, "gallons": gallons}
        stated = {LEVERS[name]: value for name, value in values.items()}
        super().__init__(load("villa_canales", set={"population.scale": SCALE} | stated), rng=rng, town=town())


def slider(name: str) -> Slider:
    """Return Mesa's slider of a lever, with the range of the model."""
    group, key = find_parameter(LEVERS[name])
    about = group.parameter_specs()[key]
    return Slider(LEVERS[name], default(name), about.low, about.high, (about.high - about.low) / 100.0)


@solara.component
def TownMap(world: Any) -> None:
    """The map of mean trust by cell, drawn anew after every step."""
    update_counter.get()
    solara.Text(f"{world.date}, shift {world.tick % 3 + 1} of 3")
    solara.Text(f"For developers: one world, no finding; counts are of {100 * SCALE:.0f} % of the town.")
    solara.FigureMatplotlib(town_map(world), dependencies=[world, world.tick])


def town_map(world: Any) -> Figure:
    """Return the map: each inhabited cell in the colour of the mean trust of those who live there."""
    place, here = town(), world.minds["gone"] < 0
    homes, n = place.people["home"][here], place.n_cells
    residents = np.bincount(homes, minlength=n)
    sums = np.bincount(homes, world.trust()[here], minlength=n)
    cells = np.flatnonzero(residents)
    x, y = columns_and_rows(place, cells)
    figure = Figure(figsize=(4.0, 5.0))
    axes = figure.add_subplot()
    drawn = axes.scatter(x, y, c=100.0 * sums[cells] / residents[cells], s=9.0, marker="s", vmin=30.0, vmax=55.0)
    figure.colorbar(drawn, label="mean trust, 0-100")
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure


PARAMETERS: dict[str, Any] = {name: slider(name) for name in LEVERS} | {"rng": 7}


@solara.component
def Page() -> None:
    """Mesa's page around a world of one's own."""
    world = solara.use_memo(SliderModel, [])
    SolaraViz(
        world,
        components=[(TownMap, 0), make_plot_component({"trust_mean": "tab:blue", "trust_contact": "tab:orange"})],
        model_params=PARAMETERS,
        name="Confianza: Villa Canales at a quarter",
        play_interval=50,
    )
