"""Municipalities: built once, shared by all visitors and their twins."""

import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import scenarios
from experiments.comparison.draw_results import Found, read_draws_of
from experiments.page.ground import ground
from model.engine.scenario import Scenario
from model.town.town import Town


@dataclass(frozen=True)
class Opening:
    """Municipality and language with which the page opens, and the results over draws that it was given."""

    scenario: str = "villa_canales"
    language: str = "en"
    draws: Found = field(default_factory=dict)


opening = Opening()
"""Set by the program before the server starts."""


def open_with(scenario: str, language: str, draws: tuple[Path, ...] = ()) -> None:
    """Set municipality and language with which the page opens, and folders of comparisons over draws."""
    global opening
    opening = Opening(scenario, language, read_draws_of(draws))


def site_names() -> list[str]:
    """Return the municipalities that can be chosen: the built-in ones and that of the command line."""
    return list(dict.fromkeys([opening.scenario, *built_in()]))


@cache
def built_in() -> tuple[str, ...]:
    """Return the municipalities that come with the program, whose files stay as they are while it runs."""
    return tuple(name for name in scenarios.names() if name != "baseline")


@cache
def load_scenario(name: str) -> Scenario:
    """Return a municipality as its file states it."""
    return scenarios.load(name)


@dataclass(frozen=True)
class Municipality:
    """A municipality's town, and the ground that every map of it shows."""

    town: Town
    ground: dict[str, Any]


MOST_SITES = 3
_sites: dict[str, Municipality] = {}
_lock = threading.Lock()


def load_municipality(name: str) -> Municipality:
    """Return a municipality, built and compiled if it is the first time (which takes a minute)."""
    from model.town.town import build_town

    if name not in site_names():
        raise KeyError(name)
    with _lock:
        if name not in _sites:
            if len(_sites) >= MOST_SITES:
                _sites.pop(next(iter(_sites)))
            town = build_town(load_scenario(name))
            _sites[name] = Municipality(town, ground(town))
        return _sites[name]
