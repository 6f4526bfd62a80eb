"""The closed town: with no calendar, no comings and goings and nobody ageing, does trust stay where it is?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model.calendar import SHIFTS
from model.measures import GROUPS
from model.model import TrustModel
from model.town import build_town
from scenarios import load

WORLD = "closed_town"
WHAT = ("trust", "fairness", "effectiveness", "fear")
ADULTS = list(GROUPS).index("adults")


def lived(site: str, numbers: Mapping[str, Any], seed: int, years: int, scale: float) -> dict[str, np.ndarray]:
    """Return the yearly means of adults, in points of 100, in a closed town in which nobody grows older."""
    scenario = load(site, set={"population.scale": scale} | dict(numbers), policies=[WORLD])
    town = build_town(scenario)
    people = town.people.copy()
    shown = people.view()
    shown.flags.writeable = False  # kernels are compiled for tables of the town that cannot be written
    world = TrustModel(scenario, rng=seed, town=dataclasses.replace(town, people=shown))
    for _ in range(365 * years + years // 4 + 1):
        people["born"] += 1
        world.run_for(SHIFTS)
    months = world.group_months()
    own = months[months["group"] == ADULTS][: 12 * years]
    return {what: 100.0 * own[what].reshape(years, 12).mean(axis=1) for what in WHAT}


def drift(
    site: str, numbers: Mapping[str, Any], seeds: Sequence[int] = (1, 2, 3), years: int = 10, scale: float = 1.0
) -> dict[str, float]:
    """Return by how many points each mean of the last three years differs from that of the first three, over seeds.

    Single years differ by public cases, which come as they come.
    """
    found = [lived(site, numbers, seed, years, scale) for seed in seeds]
    return {what: float(np.mean([own[what][-3:].mean() - own[what][:3].mean() for own in found])) for what in WHAT}
