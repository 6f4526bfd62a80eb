"""Municipalities ready to be lived in: built once, shared by all visitors and their twins."""

import dataclasses
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import scenarios
from model.engine.scenario import Scenario
from model.town.town import Town


@dataclass(frozen=True)
class Opening:
    """With what the page opens."""

    scenario: str = "villa_canales"
    language: str = "en"


opening = Opening()
"""Set by the program before the server starts."""


def open_with(scenario: str, language: str) -> None:
    """Say with what the page opens."""
    global opening
    opening = Opening(scenario, language)


def choices() -> list[str]:
    """Return the municipalities that can be chosen: the built-in ones and that of the command line."""
    return list(dict.fromkeys([opening.scenario, *built_in()]))


@cache
def built_in() -> tuple[str, ...]:
    """Return the municipalities that come with the program, whose files stay as they are while it runs."""
    return tuple(name for name in scenarios.names() if name != "baseline")


@cache
def stated(name: str) -> Scenario:
    """Return a municipality as its file states it."""
    return scenarios.load(name)


def titles(name: str) -> Mapping[str, str]:
    """Return the title of a municipality by language."""
    return stated(name).title


@dataclass
class Municipality:
    """A municipality with its town and, by seed, the state at the end of the warm-up."""

    scenario: Scenario
    town: Town
    first: dict[int, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def begin(self, seed: int, policies: tuple[Any, ...] = ()) -> Any:
        """Return a world at its start: the warm-up is simulated once for all policies, which share it."""
        from model import TrustModel

        if seed not in self.first:
            if len(self.first) >= MOST_SEEDS:
                self.first.pop(next(iter(self.first)))
            self.first[seed] = TrustModel(self.scenario, rng=seed, town=self.town).checkpoint()
        scenario = dataclasses.replace(self.scenario, policies=policies)
        return TrustModel.resumed(scenario, self.first[seed], town=self.town)


MOST_SEEDS, MOST_SITES = 3, 3
_sites: dict[str, Municipality] = {}
_lock = threading.Lock()


def site(name: str) -> Municipality:
    """Return a municipality, built and compiled if it is the first time (which takes a minute)."""
    from model.town.town import build_town

    if name not in choices():
        raise KeyError(name)
    with _lock:
        if name not in _sites:
            if len(_sites) >= MOST_SITES:
                _sites.pop(next(iter(_sites)))
            scenario = scenarios.load(name)
            _sites[name] = Municipality(scenario, build_town(scenario))
        return _sites[name]


def begin(name: str, seed: int, policies: tuple[Any, ...] = ()) -> Any:
    """Return a world of a municipality at its start; one visitor after the other, since the first compiles."""
    place = site(name)
    with _lock:
        return place.begin(seed, policies)
