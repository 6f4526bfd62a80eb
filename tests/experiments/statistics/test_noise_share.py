"""Variance components of a two-way table: computed by hand, and found again where they are known."""

import math

import numpy as np
import pytest

from experiments.statistics.noise_share import MAX_NOISE_SHARE, VarianceComponents, share, variance_components

# means 3 and 5 of points, 2, 4 and 6 of seeds: mean squares 6, 8 and 2 (residual)
TABLE = np.array([[1.0, 2.0, 6.0], [3.0, 6.0, 6.0]])


def test_the_parts_of_a_two_way_table_are_those_computed_by_hand() -> None:
    noise = variance_components(TABLE)
    assert noise is not None
    assert (noise.points, noise.common, noise.residual, noise.replicates) == pytest.approx((4.0 / 3.0, 3.0, 2.0, 3))
    assert variance_components(1e6 + TABLE) == noise


def test_the_shares_of_noise_in_runs_and_in_means_are_those_computed_by_hand() -> None:
    noise = variance_components(TABLE)
    assert noise is not None
    assert noise.in_runs == pytest.approx(15.0 / 19.0)  # (3 + 2) of (3 + 2 + 4/3)
    assert noise.in_means == pytest.approx(1.0 / 3.0)  # 2/3 of (2/3 + 4/3)
    assert VarianceComponents(points=1.0, common=7.0, residual=1.0, replicates=4).in_means == pytest.approx(0.2)


def test_as_many_replicates_as_needed_leave_the_wanted_share_of_noise() -> None:
    noise = VarianceComponents(points=4.0 / 3.0, common=3.0, residual=2.0, replicates=3)
    assert noise.needed_replicates == 14  # 2 / (4/3) × 0.9 / 0.1 = 13.5
    for replicates, enough in ((13, False), (14, True)):
        assert (
            VarianceComponents(noise.points, noise.common, noise.residual, replicates).in_means <= MAX_NOISE_SHARE
        ) is enough
    assert VarianceComponents(points=100.0, common=3.0, residual=2.0, replicates=3).needed_replicates == 1.0
    assert VarianceComponents(points=1.0, common=3.0, residual=0.0, replicates=3).needed_replicates == 1.0
    assert VarianceComponents(points=0.0, common=3.0, residual=0.0, replicates=3).needed_replicates == 1.0
    assert math.isinf(VarianceComponents(points=0.0, common=0.0, residual=2.0, replicates=3).needed_replicates)


def test_no_part_of_the_variance_is_negative() -> None:
    noise = variance_components(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert noise == VarianceComponents(points=0.0, common=0.0, residual=1.0, replicates=2)
    assert (noise.in_runs, noise.in_means) == (1.0, 1.0)
    assert variance_components(np.full((3, 4), 0.1)) == VarianceComponents(
        points=0.0, common=0.0, residual=0.0, replicates=4
    )


def test_noise_cannot_be_told_from_one_seed_or_one_point() -> None:
    assert variance_components(np.ones((4, 1))) is None
    assert variance_components(np.ones((1, 4))) is None


def test_known_parts_are_found_again() -> None:
    rng, found = np.random.default_rng(8), []
    for _ in range(400):
        table = 2.0 * rng.normal(size=(12, 1)) + rng.normal(size=(1, 8)) + 1.5 * rng.normal(size=(12, 8))
        one = variance_components(table)
        assert one is not None
        found.append((one.points, one.common, one.residual))
    assert np.mean(found, axis=0) == pytest.approx([4.0, 1.0, 2.25], rel=0.1)


def test_where_nothing_differs_nothing_is_noise() -> None:
    assert (share(0.0, 0.0), share(0.0, 2.0), share(0.5, 0.0), share(1.0, 3.0)) == (0.0, 0.0, 1.0, 0.25)
    assert share(0.2, 0.3) == pytest.approx(0.4)
