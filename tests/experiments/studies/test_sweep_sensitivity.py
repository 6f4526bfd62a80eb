"""Sensitivity: known answers, failed runs, and random variation that is never taken for an effect."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.statistics.noise_share import VarianceComponents, variance_components
from experiments.studies.run_budget import (
    DesignSize,
    PilotResult,
    check_factors,
    largest_design,
    plan_design,
    seconds_in,
)
from experiments.studies.sensitivity_indices import analyse_measure, indices_csv, text_of
from experiments.studies.sensitivity_methods import DRAWS, METHODS, Problem, complete_blocks
from model.engine.errors import InputError

NAMES = ("trust.fast_days", "hearsay.weight", "contacts.fair")
PROBLEM = Problem(NAMES, NAMES, seed=3)
RANKING = [name for name in METHODS if name != DRAWS]
"""Methods that rank factors; `draws` sets policies beside each other."""
SIZES = {"morris": 12, "sobol": 256, "pawn": 120}
ARM = ("baseline", "status_quo")


def outcomes(points, seeds=3, noise=0.0, common=0.0):
    """Return 4 x + 2 y, with noise of each run and noise that all runs of a seed share."""
    rng = np.random.default_rng(5)
    exact = 4.0 * points[:, 0] + 2.0 * points[:, 1]
    return exact[:, None] + common * rng.normal(size=seeds) + noise * rng.normal(size=(len(points), seeds))


def told(finding):
    return " ".join(text_of(finding).split())


def found(name, noise=0.0, common=0.0, spoil=(), seeds=3, size=None):
    method = METHODS[name]
    points = method.sample(PROBLEM, size or SIZES[name])
    table = outcomes(points, seeds, noise, common)
    for row in spoil:
        table[row, 0] = np.nan
    return analyse_measure(ARM, "trust_mean", method, PROBLEM, points, table)


@pytest.mark.parametrize(("name", "expected"), [("morris", (4.0, 2.0, 0.0)), ("sobol", (0.8, 0.2, 0.0))])
def test_known_answers_are_found(name, expected):
    by_name = {one.factor: one for one in found(name, common=5.0).main}
    for factor, value in zip(NAMES, expected, strict=True):
        assert by_name[factor].value == pytest.approx(value, abs=0.06 * expected[0])


@pytest.mark.parametrize("name", RANKING)
def test_factors_come_in_the_right_order_and_the_first_rank_is_certain(name):
    finding = found(name, noise=0.05)
    assert [one.factor for one in finding.main] == list(NAMES)
    assert finding.ranks[NAMES[0]] == (1, 1)
    assert finding.ranks[NAMES[2]][1] == 3


@pytest.mark.thorough
@pytest.mark.parametrize("name", RANKING)
def test_a_failed_run_costs_its_block_and_nothing_else(name):
    method, block = METHODS[name], METHODS[name].block(3)
    points = method.sample(PROBLEM, SIZES[name])
    table = outcomes(points)
    expected = method.analyse(PROBLEM, points[block:], table[block:].mean(axis=1))
    finding = found(name, spoil=[0])
    assert (finding.blocks, finding.dropped) == (SIZES[name], 1)
    assert list(finding.indices) == expected
    assert all(math.isfinite(one.value) for one in finding.main)
    assert "left out: 1 of" in told(finding)


@pytest.mark.parametrize("name", RANKING)
def test_too_many_failed_runs_are_no_result(name):
    points = len(METHODS[name].sample(PROBLEM, SIZES[name]))
    finding = found(name, spoil=range(0, points - 1) if name == "pawn" else range(0, points, 2))
    assert finding.indices == ()
    assert "too few are left" in told(finding)


def test_a_measure_that_nothing_moves_has_no_ranking():
    method = METHODS["sobol"]
    points = method.sample(PROBLEM, 32)
    finding = analyse_measure(ARM, "homicides", method, PROBLEM, points, np.ones((len(points), 3)))
    assert "no factor moves it" in told(finding)
    assert finding.ranks == {}


def test_where_noise_dominates_nothing_is_ranked():
    finding = found("sobol", noise=20.0)
    assert finding.noise.in_means > 0.5
    assert finding.ranks == {}
    assert "no ranking: random variation makes" in told(finding)
    assert "replicates would bring that to 10 %" in told(finding)


def test_one_seed_says_nothing_about_noise_and_nothing_is_ranked():
    finding = found("morris", seeds=1)
    assert finding.noise is None
    assert finding.ranks == {}
    assert "at least 2 seeds" in told(finding)


def test_noise_that_twins_share_does_not_hide_an_effect():
    shared, own = found("morris", common=20.0), found("morris", noise=20.0)
    assert shared.noise.in_runs > 0.9
    assert shared.noise.in_means < 1e-6
    assert own.noise.in_means > 0.5
    assert shared.ranks[NAMES[0]] == (1, 1)


def test_the_parts_of_variance_are_found():
    rng = np.random.default_rng(2)
    parts = 3.0 * rng.normal(size=(4000, 1)) + 1.0 * rng.normal(size=(1, 60)) + 2.0 * rng.normal(size=(4000, 60))
    noise = variance_components(parts)
    assert noise.points == pytest.approx(9.0, rel=0.1)
    assert noise.common == pytest.approx(1.0, rel=0.4)
    assert noise.residual == pytest.approx(4.0, rel=0.05)
    assert noise.needed_replicates == 4.0


@given(st.integers(2, 6), st.integers(2, 4), st.floats(-1e3, 1e3))
def test_runs_that_are_all_equal_have_no_noise(points, seeds, value):
    noise = variance_components(np.full((points, seeds), value))
    assert (noise.in_runs, noise.in_means, noise.needed_replicates) == (0.0, 0.0, 1.0)


def test_the_problem_given_to_the_library_is_a_copy():
    before = copy.deepcopy(PROBLEM)
    found("sobol", size=32)
    found("morris")
    assert before == PROBLEM
    assert PROBLEM.salib is not PROBLEM.salib


def test_parameters_of_one_mechanism_move_together():
    problem = Problem(NAMES, ("a", "a", "b"))
    method = METHODS["morris"]
    points = method.sample(problem, 10)
    assert len(points) == 30
    finding = analyse_measure(ARM, "trust_mean", method, problem, points, outcomes(points))
    assert [one.factor for one in finding.main] == ["a", "b"]


@pytest.mark.parametrize("name", RANKING)
def test_what_is_told_fits_80_columns_and_the_file_has_a_row_for_every_index(name):
    finding = found(name, noise=1.0)
    assert max(map(len, text_of(finding).splitlines())) <= 80
    rows = indices_csv([finding]).decode().splitlines()
    assert len(rows) == 1 + len(finding.indices)
    assert all(len(row.split(",")) == len(rows[0].split(",")) for row in rows)


@settings(max_examples=60)
@given(st.sampled_from(RANKING), st.integers(2, 12), st.integers(2, 8), st.floats(1e3, 1e6))
def test_a_design_fits_its_budget_and_fills_it(name, factors, seeds, runs):
    names = tuple(f"a.x{number}" for number in range(factors))
    method, problem = METHODS[name], Problem(names, names)
    if method.min_blocks * method.block(factors) * 2 > runs:
        with pytest.raises(InputError, match=f"allows {int(runs):,} runs"):
            largest_design(method, problem, tuple(range(seeds)), runs)
        return
    size = largest_design(method, problem, tuple(range(seeds)), runs)
    assert size.runs(method, problem) <= runs
    assert size.blocks >= method.min_blocks
    more = DesignSize(2 * size.blocks if method.power_of_two else size.blocks + 1, size.seeds)
    assert size.blocks == 4096 or more.runs(method, problem) > runs


def test_a_budget_is_measured_and_told_before_anything_is_done():
    size, told = plan_design(
        METHODS["morris"], PROBLEM, DesignSize(10, (1, 2, 3)), "30m", lambda *_: PilotResult(2.0, 2)
    )
    assert size == DesignSize(135, (1, 2, 3))
    assert told == (
        "morris: 135 trajectories × 4 points × 3 replicates = 1,620 runs for 3 factors;"
        " a run takes 2 s here, so about 27 min of 30m"
    )


def test_replicates_are_planned_by_the_noise_of_each_measure():
    noise = {
        "trust_mean": VarianceComponents(1.0, 5.0, 0.01, 4),
        "told_share": VarianceComponents(1.0, 0.0, 0.3, 4),
        "homicides": VarianceComponents(0.1, 0, 9, 4),
    }
    clocked = PilotResult(2.0, 2, 200.0, noise)
    size, told = plan_design(METHODS["morris"], PROBLEM, DesignSize(10, tuple(range(8))), "30m", lambda *_: clocked)
    assert size == DesignSize(120, (0, 1, 2))
    assert told.splitlines()[0] == (
        "replicates that bring random variation to 10% of the means, by the pilot: trust_mean 1, told_share 3,"
        " homicides 810; 3 are run, too few for homicides"
    )


def test_sobol_on_many_factors_is_refused_with_the_arithmetic():
    names = tuple(f"a.x{number}" for number in range(20))
    with pytest.raises(InputError) as wrong:
        check_factors(METHODS["sobol"], Problem(names, names), DesignSize(128, (1, 2)), lambda *_: PilotResult(3.0, 1))
    for word in (
        "at most 12",
        "got 20",
        "128 × (2 × 20 + 2) points × 2 replicates",
        "10,752 runs of 3 s",
        "8 h 58 min",
    ):
        assert word in str(wrong.value)


@pytest.mark.parametrize("text", ["30", "m", "-3m", "30 weeks", "0m"])
def test_a_budget_is_a_time(text):
    with pytest.raises(InputError, match="--budget must be a time"):
        seconds_in(text)


@given(st.integers(1, 6), st.integers(1, 5), st.data())
def test_blocks_are_dropped_whole(blocks, size, data):
    table = np.zeros((blocks * size, 2))
    bad = data.draw(st.sets(st.integers(0, blocks * size - 1)))
    table[sorted(bad), 1] = np.nan
    kept = complete_blocks(table, size).reshape(blocks, size)
    assert [bool(row.all()) for row in kept] == [not bad & set(range(b * size, (b + 1) * size)) for b in range(blocks)]
    assert (kept.all(axis=1) == kept.any(axis=1)).all()
