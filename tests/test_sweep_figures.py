"""What the figures of a sweep show: differences between twins, alike in everything else, with their errors."""

import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.figures.charts import heat_map
from experiments.figures.forest import forest
from experiments.figures.maps import effect_maps, pair_map
from experiments.figures.svg import png_of
from experiments.sweeps.contrasts import TOGETHER, contrasts, over

POLICIES = {"status_quo": 0.0, "a": 1.0, "b": 2.0, "a+b": 3.5}
FACTORS = ["policy", "trust.fast_days", "trust.memory_years"]


def outcome(policy, inertia, memory):
    return POLICIES[policy] * (memory - 1.0) + 0.1 * inertia


@pytest.fixture(scope="module")
def runs():
    """Make runs whose differences are known and whose luck is shared by twins."""
    luck = np.random.default_rng(1).normal(size=4)
    points = itertools.product(("here", "there"), POLICIES, (4.0, 8.0), (0.0, 1.0, 3.0), range(4))
    rows = [(*point, outcome(*point[1:4]) + luck[point[4]]) for point in points]
    return pd.DataFrame(rows, columns=["scenario", *FACTORS, "seed", "trust_mean"])


def found(runs, factors=FACTORS):
    return {(one.scenario, one.factor, one.level): one.effect for one in contrasts(runs, factors, "trust_mean")}


def test_the_forest_shows_the_difference_that_one_change_makes(runs):
    effects = found(runs)
    mean = np.mean([-1.0, 0.0, 2.0])
    for scenario in ("here", "there"):
        assert effects[scenario, "policy", "a+b"].effect == pytest.approx(3.5 * mean)
        assert effects[scenario, "trust.fast_days", 8.0].effect == pytest.approx(0.4)
        assert effects[scenario, "trust.fast_days", 8.0].error == pytest.approx(0.0, abs=1e-12)
        assert effects[scenario, TOGETHER, "a+b"].effect == pytest.approx(0.5 * mean)


def test_runs_that_failed_are_left_out_on_both_sides(runs):
    failed = (runs["policy"] == "a") & (runs["trust.fast_days"] == 8.0) & (runs["seed"] == 2)
    assert found(runs[~failed])["here", "policy", "a"].effect == pytest.approx(
        found(runs)["here", "policy", "a"].effect
    )


def test_a_change_that_does_nothing_is_nothing_exactly(runs):
    still = runs.assign(trust_mean=runs["seed"] * 0.1)
    for effect in found(still).values():
        assert (effect.effect, effect.low, effect.high, effect.same) == (0.0, 0.0, 0.0, 4)


def test_the_map_shows_where_the_effect_turns(runs):
    own = runs[runs["scenario"] == "here"]
    grid = over(own, FACTORS[1:], "trust.memory_years", "trust.fast_days", "b", "trust_mean")
    assert grid.effect.loc[[0.0, 1.0, 3.0], 4.0].tolist() == pytest.approx([-2.0, 0.0, 4.0])
    assert grid.settled.loc[0.0, 8.0] == 1.0


def test_every_figure_can_be_drawn_and_is_the_same_twice(runs):
    for draw in (forest, heat_map, pair_map):
        assert png_of(draw(runs, FACTORS, ["trust_mean"])) == png_of(draw(runs, FACTORS, ["trust_mean"]))
    assert list(effect_maps(runs, FACTORS, ["trust_mean"])) == [f"effect_map_{k}" for k in range(1, 7)]
    assert pair_map(runs[runs["policy"] != "a+b"], FACTORS, ["trust_mean"]) is None
    assert forest(runs[runs["policy"] == "a"], ["scenario"], ["trust_mean"]) is None
