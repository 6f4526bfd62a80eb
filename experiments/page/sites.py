"""Municipalities of the page: each is built once and shared by all visitors."""

import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import scenarios
from experiments.comparison.draw_results import DrawResults, read_draws_of
from experiments.page.ground import ground
from model.engine.scenario import Scenario
from model.town.town import Town


@dataclass(frozen=True)
class StartOptions:
    """Initial municipality and language of the page, and the results over draws given on the command line."""

    scenario: str = "villa_canales"
    language: str = "en"
    draws: DrawResults = field(default_factory=dict)


opening = StartOptions()
"""Options of the command line, set before the server starts."""


def open_with(scenario: str, language: str, draws: tuple[Path, ...] = ()) -> None:
    """Set the initial municipality and language, and read folders of comparisons over draws."""
    global opening
    opening = StartOptions(scenario, language, read_draws_of(draws))


def site_names() -> list[str]:
    """Return the available municipalities: that of the command line and the built-in ones."""
    return list(dict.fromkeys([opening.scenario, *built_in()]))


@cache
def built_in() -> tuple[str, ...]:
    """Return the built-in municipalities; cached, since their files do not change while the program runs."""
    return tuple(name for name in scenarios.names() if name != "baseline")


@cache
def load_scenario(name: str) -> Scenario:
    """Return the scenario of a municipality."""
    return scenarios.load(name)


@dataclass(frozen=True)
class Municipality:
    """The town of a municipality, and the base map of all its maps."""

    town: Town
    ground: dict[str, Any]


MOST_SITES = 3
_sites: dict[str, Municipality] = {}
_lock = threading.Lock()


def load_municipality(name: str) -> Municipality:
    """Return a municipality; the first request builds and compiles it, which takes a minute."""
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
