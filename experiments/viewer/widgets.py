"""The two drawings of the page as widgets: the map and the charts; bytes go in, what was clicked comes out."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from experiments.figures.svg import ORANGE, PURPLE

FOLDER = Path(__file__).parent
Answer = Callable[[dict[str, Any]], None]


def ignore(message: dict[str, Any]) -> None:
    """Do nothing."""


class Drawing(anywidget.AnyWidget):
    """A widget whose messages go to ``answer``."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.answer: Answer = ignore
        self.on_msg(lambda _, message, __: self.answer(message))


class MapWidget(Drawing):
    """The map of one world, of two side by side, or of their difference."""

    _esm = FOLDER / "map.js"
    place = traitlets.Dict().tag(sync=True)
    cells = traitlets.Bytes(b"").tag(sync=True)
    where = traitlets.Bytes(b"").tag(sync=True)
    colours = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    head = traitlets.Dict().tag(sync=True)
    hint = traitlets.Dict().tag(sync=True)
    ground_a = traitlets.Bytes(b"").tag(sync=True)
    ground_b = traitlets.Bytes(b"").tag(sync=True)
    people_a = traitlets.Bytes(b"").tag(sync=True)
    people_b = traitlets.Bytes(b"").tag(sync=True)
    rounds_a = traitlets.Bytes(b"").tag(sync=True)
    rounds_b = traitlets.Bytes(b"").tag(sync=True)
    incidents_a = traitlets.Bytes(b"").tag(sync=True)
    incidents_b = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(colours=palettes(), **traits)


class ChartWidget(Drawing):
    """Small line charts over the months."""

    _esm = FOLDER / "chart.js"
    data = traitlets.Dict().tag(sync=True)


@cache
def palettes() -> dict[str, list[int]]:
    """Return the colours of all layers, three numbers for each of 255 bytes; safe for colour-blind eyes."""
    import matplotlib
    import numpy as np

    found = {}
    for name, source in (
        ("viridis",) * 2,
        ("magma",) * 2,
        ("inferno",) * 2,
        ("cividis",) * 2,
        ("difference", "PuOr_r"),
    ):
        colours = matplotlib.colormaps[source](np.linspace(0.0, 1.0, 255))[:, :3]
        found[name] = (colours * 255.0 + 0.5).astype(int).ravel().tolist()
    purple, ink, orange = ((158, 137, 220), (62, 74, 86), (250, 160, 60))
    middle = np.linspace(0.0, 1.0, 127)[:, None]
    sides = [
        np.array(one) + middle * (np.array(other) - np.array(one)) for one, other in ((purple, ink), (ink, orange))
    ]
    dark = np.concatenate([sides[0], [ink], sides[1]])
    found["difference_dark"] = (dark + 0.5).astype(int).ravel().tolist()
    found["gangs"] = [*bytes.fromhex(PURPLE[1:]) * 64, *bytes.fromhex(ORANGE[1:]) * 191]
    return found
