"""Places at which levers act: the settlement of residents, police facilities, the seat, or the whole town.

A policy that names ``settlements`` changes a lever there alone.  A test confines each lever to settlements of one kind,
and so checks the table.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from model.engine.scenario import Policy, Scenario

LEVER_PLACES_FILE = Path(__file__).with_suffix(".toml")
"""Place of each lever, by dotted name."""
SETTLEMENT, STATION, SEAT, TOWN, UNSEEN = PLACES = ("settlement", "station", "seat", "town", "unseen")
"""Places, the smallest first; levers that changed no resident in any run are unseen."""


@cache
def lever_places() -> Mapping[str, str]:
    """Return the place at which each lever acts, by dotted name."""
    return tomllib.loads(LEVER_PLACES_FILE.read_text(encoding="utf-8"))


def station_settlements(scenario: Scenario) -> tuple[str, ...]:
    """Return the settlements with a police facility, in the order of the file."""
    return tuple(dict.fromkeys(one.settlement for one in scenario.facilities))


def confined_levers(scenario: Scenario, policy: Policy) -> Iterator[tuple[str, str, bool]]:
    """Yield the levers that a policy confines to settlements although they act elsewhere.

    Each has its place, and whether one of the named settlements is such a place; without one the lever does nothing.
    """
    all_names = frozenset(one.name for one in scenario.settlements)
    acting = {
        STATION: frozenset(station_settlements(scenario)),
        SEAT: frozenset([scenario.settlements[0].name]),
    }
    for entry in policy.entries:
        place = lever_places().get(entry.parameter, SETTLEMENT)
        if entry.settlements is None or place not in acting or all_names <= set(entry.settlements):
            continue
        yield entry.parameter, place, not acting[place].isdisjoint(entry.settlements)
