"""Show the model in Mesa's own page: `confianza view --mesa`.

For students who know SolaraViz: Reset, Step and Play, sliders that count from the start, English only.
"""

from functools import cache
from typing import Any

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from experiments.figures.theme import look_of
from experiments.page import frames
from experiments.page.frame_encoding import MapState
from experiments.page.views import view_of
from experiments.page.widgets import MapWidget, style
from model import TrustModel
from model.engine.calendar import NIGHT
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
    """The map, drawn anew after every step."""
    update_counter.get()
    widget = solara.use_memo(MapWidget, [])
    solara.use_memo(lambda: widget.set_trait("place", frames.place_of(town())), [])
    watch = solara.use_memo(lambda: MapState(world), [world])
    watch.look(world)
    with widget.hold_sync():
        widget.cells, widget.where = frames.cells_of(town()), frames.where_of(town())
        widget.ground_a = watch.bytes(world, "trust").tobytes()
        widget.rounds_a, widget.incidents_a = frames.rounds_of(world, town()), frames.incidents_of(world, town())
        widget.view = view_of("en", "trust", "a", communal=False) | {"look": look_of(dark=False)}
        widget.head = {"number": world.tick, "seconds": 0, "where": NIGHT}
    solara.Style(style() + ".cf-board { height: 460px; }")
    solara.Text(f"{world.date}, shift {world.tick % 3 + 1} of 3")
    solara.Text(f"For developers: one world, no finding; counts are of {100 * SCALE:.0f} % of the town.")
    solara.Div(classes=["cf-map"], children=[widget], style={"width": "100%"})


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
