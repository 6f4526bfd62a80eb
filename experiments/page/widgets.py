"""Drawings of the page as widgets: data go in, clicks and moves come out."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from experiments.figures.theme import EVEN, LESS, MORE, ORANGE, PURPLE, tokens, variables

FOLDER = Path(__file__).parent
Answer = Callable[[dict[str, Any]], None]


def code(*names: str) -> str:
    """Return the code of a drawing: as text, since the widget of a file is kept for ever to follow its changes."""
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


class Drawing(anywidget.AnyWidget):
    """A widget whose messages go to ``answer``."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.answer: Answer = lambda _: None
        self.on_msg(lambda _, message, __: self.answer(message))


class MapWidget(Drawing):
    """The map of one world, of two side by side, or of their difference."""

    _esm = code("elements.js", "map.js")
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


class DecisionWidget(Drawing):
    """The decision view: one sheet, the months of the first world while it runs, and a map of differences."""

    _esm = code("elements.js", "decision_draw.js", "decision.js")
    sheet = traitlets.Dict().tag(sync=True)
    line = traitlets.Dict().tag(sync=True)
    map = traitlets.Dict().tag(sync=True)


class ChartWidget(Drawing):
    """Small line charts over the months."""

    _esm = code("elements.js", "chart.js")
    data = traitlets.Dict().tag(sync=True)


def style() -> str:
    """Return the style sheet of the page, with its colours as variables."""
    return variables() + tokens() + code("style.css", "decision.css")


@cache
def palettes() -> dict[str, list[int]]:
    """Return the colours of all layers, three numbers for each of 255 bytes; safe for colour-blind eyes."""
    import matplotlib
    import numpy as np

    found = {}
    for source in ("viridis", "magma", "inferno", "cividis", "PuOr_r"):
        colours = matplotlib.colormaps[source](np.linspace(0.0, 1.0, 255))[:, :3]
        found["difference" if source == "PuOr_r" else source] = (colours * 255.0 + 0.5).astype(int).ravel().tolist()
    less, even, more = (np.array([*bytes.fromhex(colour[1:])]) for colour in (LESS, EVEN, MORE))
    way = np.linspace(0.0, 1.0, 127)[:, None]
    dark = np.concatenate([less + way * (even - less), [even], even + way * (more - even)])
    found["difference_dark"] = (dark + 0.5).astype(int).ravel().tolist()
    found["gangs"] = [*bytes.fromhex(PURPLE[1:]) * 64, *bytes.fromhex(ORANGE[1:]) * 191]
    return found
