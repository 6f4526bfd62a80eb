"""Municipalities of the page: each is built once and shared by all visitors."""

import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import scenarios
from experiments.comparison.over_draws import DrawResults, read_draw_results
from experiments.page.ground import base_map
from experiments.reproduce.lock import LOCK_FILE
from model.engine.scenario import Scenario
from model.town.town import Town


@dataclass(frozen=True)
class StartOptions:
    """Initial municipality and language of the page, and results given on the command line.

    ``draws`` are those of comparisons over draws, ``answers`` the folders of finished answers, whose pages are shown.
    """

    scenario: str = "villa_canales"
    language: str = "en"
    draws: DrawResults = field(default_factory=dict)
    answers: tuple[Path, ...] = ()


start_options = StartOptions()
"""Options of the command line, set before the server starts."""


def set_start_options(scenario: str, language: str, draws: tuple[Path, ...] = ()) -> None:
    """Set the initial municipality and language, and read folders of comparisons over draws, or of answers."""
    global start_options
    answers = tuple(folder for folder in draws if (folder / LOCK_FILE).is_file() or list(folder.glob("*.html")))
    compared = tuple(folder for folder in draws if folder not in answers)
    start_options = StartOptions(scenario, language, read_draw_results(compared), answers)


def site_names() -> list[str]:
    """Return the available municipalities: that of the command line and the built-in ones."""
    return list(dict.fromkeys([start_options.scenario, *built_in_sites()]))


@cache
def built_in_sites() -> tuple[str, ...]:
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
    base_map: dict[str, Any]


MAX_MUNICIPALITIES = 3
_municipalities: dict[str, Municipality] = {}
_lock = threading.Lock()


def load_municipality(name: str) -> Municipality:
    """Return a municipality; the first request builds and compiles it, which takes a minute."""
    from model.town.town import build_town

    if name not in site_names():
        raise KeyError(name)
    with _lock:
        if name not in _municipalities:
            if len(_municipalities) >= MAX_MUNICIPALITIES:
                _municipalities.pop(next(iter(_municipalities)))
            town = build_town(load_scenario(name))
            _municipalities[name] = Municipality(town, base_map(town))
        return _municipalities[name]
