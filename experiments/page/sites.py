"""Municipalities: built once, shared by all visitors and their twins."""

import dataclasses
import threading
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import scenarios
from experiments.comparison.draw_results import Found, read_draws_of
from experiments.page.ground import ground
from model.engine.scenario import Scenario
from model.town.town import Town
from scenarios.national_shocks import with_national_shocks


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


@dataclass
class Municipality:
    """A municipality with its town and, by seed, the state at the end of the warm-up."""

    scenario: Scenario
    town: Town
    first: dict[int, dict[str, Any]] = dataclasses.field(default_factory=dict)

    @cached_property
    def ground(self) -> dict[str, Any]:
        """Ground of its map."""
        return ground(self.town)


MOST_SEEDS, MOST_SITES = 3, 3
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
            scenario = scenarios.load(name)
            _sites[name] = Municipality(scenario, build_town(scenario))
        return _sites[name]


def world_at_start(name: str, seed: int, policies: tuple[Any, ...] = ()) -> Any:
    """Return a world of a municipality at its start; its warm-up is simulated once for all policies.

    One visitor comes after the other, since the first compiles.
    """
    from model import TrustModel

    place = load_municipality(name)
    with _lock:
        if seed not in place.first:
            if len(place.first) >= MOST_SEEDS:
                place.first.pop(next(iter(place.first)))
            place.first[seed] = TrustModel(place.scenario, rng=seed, town=place.town).checkpoint()
        scenario = dataclasses.replace(with_national_shocks(place.scenario, seed), policies=policies)
        return TrustModel.resumed(scenario, place.first[seed], town=place.town)
