"""Worlds that must agree up to random variation: mirrored, with other numbers of settlements or residents, doubled.

Random numbers are keyed by numbers of residents, cells and settlements, so that such worlds draw others: they agree
in distribution.  Means over seeds may differ by three standard errors.
"""

import dataclasses
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from shapely import affinity

from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import load

SEEDS = range(1, 9)
SHIFTS = 1095
COUNTS = ("crimes_occurred", "crimes_told", "contacts", "complaints_filed")
LEVELS = ("trust_mean", "fear_mean", "fairness_mean")
MOST_ERRORS = 3.0
SCALE = 0.05


def scenario(scale: float = SCALE) -> Scenario:
    return load("villa_canales", set={"population.scale": scale})


def mirrored(one: Scenario) -> Scenario:
    """Return the municipality as seen from below: east is west."""
    left, _, right, _ = one.outline.bounds
    turn = {"xfact": -1.0, "yfact": 1.0, "origin": ((left + right) / 2.0, 0.0)}
    places = tuple(
        place if place.x is None else dataclasses.replace(place, x=left + right - place.x) for place in one.settlements
    )
    lake = None if one.lake is None else affinity.scale(one.lake, **turn)
    return dataclasses.replace(one, outline=affinity.scale(one.outline, **turn), lake=lake, settlements=places)


def reordered(one: Scenario) -> Scenario:
    """Return the municipality with its settlements in the reverse order."""
    return dataclasses.replace(one, settlements=one.settlements[::-1])


def renamed(town: Town) -> Town:
    """Return a town whose residents have other numbers: the last household of the start comes first.

    Rows of a household stay beside each other, as the model asks for.
    """
    people, n = town.people.copy(), town.n_residents
    order = np.concatenate([np.lexsort((np.arange(n), -people["household"][:n])), np.arange(n, len(people))])
    number = np.argsort(order)
    found = dataclasses.replace(
        town,
        people=people[order],
        ties=np.where(town.ties >= 0, number[town.ties], town.ties)[order].astype(town.ties.dtype),
        places=np.ascontiguousarray(town.places[:, order]),
        who=np.where(town.who >= 0, number[town.who], town.who).astype(town.who.dtype),
    )
    return found


def run(one: Scenario, town: Town) -> dict[str, np.ndarray]:
    """Return measures of a year by seed: counts by 1,000 residents, and levels."""
    rows = []
    for seed in SEEDS:
        world = TrustModel(one, rng=seed, town=town)
        world.advance(SHIFTS)
        months = world.datacollector.get_model_vars_dataframe()
        people = months["residents"].mean() / 1000.0
        rows.append([*(months[name].sum() / people for name in COUNTS), *(months[name].mean() for name in LEVELS)])
    return dict(zip((*COUNTS, *LEVELS), np.array(rows).T, strict=True))


@cache
def usual() -> dict[str, np.ndarray]:
    one = scenario()
    return run(one, build_town(one))


def off(found: dict[str, np.ndarray]) -> dict[str, float]:
    """Return by how many standard errors means over seeds differ from the usual ones, where they differ too much."""
    gaps = {}
    for name, values in usual().items():
        error = np.hypot(*(some.std(ddof=1) / np.sqrt(len(some)) for some in (values, found[name])))
        gaps[name] = float((found[name].mean() - values.mean()) / error)
    return {name: gap for name, gap in gaps.items() if abs(gap) > MOST_ERRORS}


@pytest.mark.slow
@pytest.mark.parametrize("change", [mirrored, reordered])
def test_a_town_in_another_frame_is_the_same_town(change: Callable[[Scenario], Scenario]) -> None:
    one = change(scenario())
    assert off(run(one, build_town(one))) == {}


@pytest.mark.slow
def test_residents_with_other_numbers_live_alike() -> None:
    one = scenario()
    assert off(run(one, renamed(build_town(one)))) == {}


@pytest.mark.slow
def test_twice_the_town_does_twice_as_much() -> None:
    one = scenario(2.0 * SCALE)
    assert off(run(one, build_town(one))) == {}


@pytest.mark.slow
def test_a_town_that_is_not_the_same_is_found_out() -> None:
    """Or the checks above could not fail."""
    one = load("villa_canales", set={"population.scale": SCALE, "trust.level": 0.6})
    assert "trust_mean" in off(run(one, build_town(one)))


def test_renaming_changes_numbers_alone() -> None:
    town = build_town(scenario())
    other = renamed(town)
    number = np.flatnonzero(other.people["household"] == town.people["household"][0])[0]
    assert number != 0
    assert other.people[number] == town.people[0]
    assert sorted(other.places[0].tolist()) == sorted(town.places[0].tolist())
    cells = [town.places[0][town.who[0][k]] for k in range(10)]
    assert cells == [other.places[0][other.who[0][k]] for k in range(10)]
