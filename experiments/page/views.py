"""View of a layer on the map: colours, legend, captions."""

from functools import cache
from typing import Any

import scenarios
from experiments.page.frame_encoding import GANG_STEP, LAYERS, ON_REQUEST, TOP
from experiments.page.page_texts import say
from model.gangs.gangs.schema import GANGS

MOVING = ("foot", "bicycle", "motorcycle", "vehicle")


def view_of(language: str, name: str, mode: str, communal: bool) -> dict[str, Any]:
    """Return what the map needs to know to show a layer."""
    layer = LAYERS[name]
    return {
        "mode": mode,
        "layer": name,
        "colours": layer.colours,
        "named": layer.named,
        "couples": layer.named and mode != "difference",
        "words": {
            "map": say(language, "page.map"),
            "lenses": [say(language, f"page.{lens}") for lens in ("closer", "farther", "whole")],
        },
        "legend": legend(language, name, mode, communal),
    }


def captions(language: str, policies: dict[str, str]) -> dict[str, str]:
    """Return what stands above the maps of twins."""
    titles = {letter: f"{letter.upper()}: {ready(language)[policy]}" for letter, policy in policies.items()}
    return titles | {"difference": say(language, "page.difference")}


@cache
def ready(language: str) -> dict[str, str]:
    """Return the titles of all policies, then of all worlds."""
    policies = {name: one.title[language] for name, one in scenarios.policies().items()}
    worlds = {name: say(language, "page.world", title=one.title[language]) for name, one in scenarios.worlds().items()}
    return policies | worlds


def legend(language: str, name: str, mode: str, communal: bool) -> dict[str, Any]:
    """Return what stands below the maps."""
    layer = LAYERS[name]
    low, high = (f"{layer.told * end:g}" for end in (layer.low, layer.high))
    if mode == "difference":
        low, high = say(language, "page.more_in_a"), say(language, "page.more_in_b")
    kinds = [] if not layer.named else ["station"] if mode == "difference" else [*MOVING, "station", "incident"]
    marks = [(kind, say(language, f"page.{kind}")) for kind in kinds]
    if layer.named:
        marks.append(("seat", say(language, "page.seat_communal" if communal else "page.seat")))
    swatches: list[tuple[int, str]] = []  # the bytes of a layer of groups, each with the name of its group
    if name in ON_REQUEST and mode == "difference":
        swatches = [(int(TOP), say(language, "page.another_in_b"))]
    elif name in ON_REQUEST:
        gangs = [(number * GANG_STEP, gang) for number, gang in enumerate(GANGS)]
        swatches = gangs if name == "gangs" else [(0, say(language, "page.protected"))]
    return {"title": say(language, f"layer.{name}"), "low": low, "high": high, "marks": marks, "swatches": swatches}


def ends(language: str, end: float) -> list[str]:
    """Return what stands at the two ends of the scale of differences."""
    amount = f" ({end:g})" if end else ""
    return [say(language, f"page.more_in_{letter}") + amount for letter in "ab"]
