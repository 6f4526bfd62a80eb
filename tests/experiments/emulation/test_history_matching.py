"""History matching: known parameters are found again, those that data say nothing of stay as wide as before."""

import itertools

import numpy as np
import pytest

from experiments.emulation.history_matching import (
    WORTHWHILE_REDUCTION,
    Target,
    coverage,
    is_as_wide_as_its_prior,
    match_history,
    weighted_quantiles,
)

pytest.importorskip("sklearn")
NAMES = ("slope", "bend", "idle")
TRUTH = np.array([0.3, 0.7, 0.5])
SD = 0.05


def expected(points):
    slope, bend = points[:, 0], points[:, 1]
    return np.column_stack([3.0 * slope + bend, 2.0 * bend**2 - 0.5 * slope])


def simulate(points, wave):
    rng = np.random.default_rng([wave, 7])
    return expected(points) + SD * rng.normal(size=(len(points), 2))


def targets(observation=0.02):
    values = expected(TRUTH[None])[0]
    return [Target(name, value, observation**2, observation**2) for name, value in zip(("a", "b"), values, strict=True)]


@pytest.fixture(scope="module")
def found():
    return match_history(simulate, NAMES, targets(), {"a": SD**2, "b": SD**2}, size=40, most=4)


@pytest.mark.thorough
def test_the_truth_is_left_and_the_rest_is_ruled_out(found):
    assert found.waves[-1].remaining_share < 0.2
    low, high = np.array([weighted_quantiles(column, found.weights) for column in found.remaining.T]).T
    assert (low <= TRUTH).all()
    assert (high >= TRUTH).all()


def test_a_parameter_that_cannot_matter_is_as_wide_as_its_prior(found):
    widths = found.widths()
    assert is_as_wide_as_its_prior(widths["idle"])
    assert widths["slope"] < 0.3
    assert widths["bend"] < 0.5


def test_waves_stop_when_nothing_shrinks(found):
    left = [1.0, *(wave.remaining_share for wave in found.waves)]
    falls = [(before - after) / before for before, after in itertools.pairwise(left)]
    assert all(fall >= WORTHWHILE_REDUCTION for fall in falls[:-1])
    vague = match_history(simulate, NAMES, targets(observation=10.0), {"a": SD**2, "b": SD**2}, size=30, most=4)
    assert len(vague.waves) == 1
    assert vague.waves[0].remaining_share == 1.0


def test_results_that_no_parameter_moves_rule_nothing_out():
    def noise(points, wave):
        return np.random.default_rng([wave, 1]).normal(size=(len(points), 2))

    far = [Target("a", 100.0, 0.01, 0.01), Target("b", -100.0, 0.01, 0.01)]
    empty = match_history(noise, NAMES, far, {"a": 1.0, "b": 1.0}, size=40, most=2)
    assert empty.waves[0].remaining_share in (0.0, 1.0)
    assert not empty.waves[0].used or empty.waves[0].remaining_share == 0.0


def test_intervals_cover_simulated_truths_as_often_as_they_say(found):
    effects = found.waves[0].results[:, 0] * 2.0
    told = coverage(found, {"effect": (effects, (2.0 * SD) ** 2)}, most=40)
    assert told.truths == 40
    assert np.mean(list(told.parameters.values())) == pytest.approx(0.9, abs=0.08)
    assert told.results["effect"] > 0.8


def test_intervals_cover_truths_where_some_runs_have_no_number():
    def simulate_most(points, wave):
        results = simulate(points, wave)
        results[:10, 0] = np.nan
        return results

    found = match_history(simulate_most, NAMES, targets(), {"a": SD**2, "b": SD**2}, size=40, most=1)
    effects = found.waves[0].results[:, 1] * 2.0
    told = coverage(found, {"effect": (effects, (2.0 * SD) ** 2)}, most=40)
    assert told.truths == 30
    assert np.mean(list(told.parameters.values())) == pytest.approx(0.9, abs=0.1)
    assert told.results["effect"] > 0.8


def test_draws_are_points_that_are_left(found):
    draws = found.draws(100, np.random.default_rng(1))
    assert draws.shape == (100, 3)
    assert np.abs(draws.mean(axis=0) - TRUTH)[:2].max() < 0.1
