"""Values of information: closed forms, bounds, chance, and another implementation."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm, qmc

from experiments.statistics.value_of_information import (
    Decision,
    information_value_of_classes,
    information_value_of_group,
    information_value_of_numbers,
    ridge_folds,
    signal_shares,
    smooth_utilities,
    value_of_all,
    value_of_classes,
    value_of_measurement,
    value_of_survey,
    without_error,
)

WORLDS, MEAN = 4096, 0.3


def unit_normal_loss(mean: float, sd: float) -> float:
    """The value of knowing a normal gain exactly: E max(0, X) - max(0, E X) (Raiffa and Schlaifer 1961)."""
    return sd * float(norm.pdf(mean / sd)) + mean * float(norm.cdf(mean / sd)) - max(mean, 0.0)


@pytest.fixture(scope="module")
def normals() -> np.ndarray:
    """Five independent normal numbers of each world, evenly spread."""
    return norm.ppf(qmc.Sobol(d=5, rng=np.random.default_rng(1)).random(WORLDS))


@pytest.fixture(scope="module")
def linear(normals: np.ndarray) -> Decision:
    """Nothing, or a gain that is linear in the numbers: .8 and .5 of the first two, 1 of the third, which is luck."""
    gain = MEAN + normals[:, :3] @ np.array([0.8, 0.5, 1.0])
    return decision(np.stack([np.zeros(WORLDS), gain], axis=1))


def decision(utilities: np.ndarray, accounts: np.ndarray | None = None) -> Decision:
    n = len(utilities)
    return Decision.of(utilities, np.ones(n), np.zeros(n, np.int64) if accounts is None else accounts)


def test_everything_single_numbers_and_groups_have_their_closed_forms(linear: Decision, normals: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    assert value_of_all(linear) == pytest.approx(unit_normal_loss(MEAN, math.sqrt(0.64 + 0.25 + 1.0)), rel=0.02)
    numbers = information_value_of_numbers(linear, normals, rng, 20)
    assert numbers.values[0] == pytest.approx(unit_normal_loss(MEAN, 0.8), rel=0.02)
    assert numbers.values[1] == pytest.approx(unit_normal_loss(MEAN, 0.5), rel=0.02)
    both = information_value_of_group(linear, [ridge_folds(normals[:, [0, 1, 3, 4]], linear, rng)], rng, 0)
    assert both.value == pytest.approx(unit_normal_loss(MEAN, math.sqrt(0.64 + 0.25)), rel=0.02)
    assert numbers.values[[3, 4]].max() <= numbers.largest < numbers.values[1]


def test_a_measurement_has_its_closed_form_and_both_limits(linear: Decision) -> None:
    linear = decision(linear.utilities[:512])
    gain = linear.utilities[:, 1]
    sd = math.sqrt(0.64 + 0.25 + 1.0)
    for error in (0.5, 1.0, 3.0):
        expected = unit_normal_loss(MEAN, sd**2 / math.hypot(sd, error))
        assert value_of_measurement(linear, gain, error) == pytest.approx(expected, rel=0.02)
    assert value_of_measurement(linear, gain, 0.0) == pytest.approx(value_of_all(smooth_utilities(linear, gain)))
    assert value_of_measurement(linear, gain, 1e6) == pytest.approx(0.0, abs=1e-6)


def test_monte_carlo_error_is_taken_out_by_two_runs_of_each_world(normals: np.ndarray) -> None:
    known = MEAN + 0.8 * normals[:, 0]
    first, second = (
        np.stack([np.zeros(WORLDS), known + error], axis=1) for error in (1.0 * normals[:, 3], 1.0 * normals[:, 4])
    )
    with_error = decision(first)
    assert value_of_all(with_error) == pytest.approx(unit_normal_loss(MEAN, math.hypot(0.8, 1.0)), rel=0.02)
    without = without_error(with_error, signal_shares(first, second))
    assert value_of_all(without) == pytest.approx(unit_normal_loss(MEAN, 0.8), rel=0.02)


def invented(n: int = 600) -> tuple[Decision, np.ndarray, np.ndarray]:
    """Three options under three accounts, one of which turns the order around, and six numbers."""
    rng = np.random.default_rng(5)
    accounts, numbers = rng.integers(0, 3, n), rng.random((n, 6))
    gains = np.stack(
        [
            np.zeros(n),
            np.array([1.0, -1.0, 0.2])[accounts] + 1.5 * (numbers[:, 0] - 0.5),
            np.array([-0.4, 0.6, 0.1])[accounts] + 2.0 * (numbers[:, 1] - 0.5) ** 2,
        ],
        axis=1,
    )
    return decision(gains + 0.3 * rng.standard_normal(gains.shape), accounts), numbers, accounts


def other_value_of_classes(utilities: np.ndarray, classes: np.ndarray) -> float:
    """The value of knowing classes, written out without anything of the module."""
    known = 0.0
    for one in sorted(set(classes.tolist())):
        rows = [row for row, its in zip(utilities.tolist(), classes.tolist(), strict=True) if its == one]
        known += max(sum(column) for column in zip(*rows, strict=True)) / len(utilities)
    return known - max(sum(column) for column in zip(*utilities.tolist(), strict=True)) / len(utilities)


def other_value_of_number(utilities: np.ndarray, accounts: np.ndarray, number: np.ndarray) -> float:
    """The value of knowing a number by a regression spline with knots at thirds, written out (Strong et al. 2014)."""
    low, high = np.quantile(number, [1 / 3, 2 / 3])
    columns = [number, number**2, number**3, np.maximum(number - low, 0.0) ** 3, np.maximum(number - high, 0.0) ** 3]
    design = np.column_stack([*(accounts == one for one in set(accounts.tolist())), *columns]).astype(float)
    fitted = np.empty_like(utilities)
    for option in range(utilities.shape[1]):
        beta = np.linalg.lstsq(design, utilities[:, option], rcond=None)[0]
        smooth = np.column_stack(columns) @ beta[-len(columns) :]
        fitted[:, option] = utilities[:, option].mean() + smooth - smooth.mean()
    return float(fitted.max(axis=1).mean() - utilities.mean(axis=0).max())


def test_another_implementation_gives_the_same() -> None:
    own, numbers, accounts = invented()
    assert value_of_classes(own, accounts) == pytest.approx(other_value_of_classes(own.utilities, accounts), abs=1e-9)
    found = information_value_of_numbers(own, numbers, np.random.default_rng(1), 2)
    for column in range(numbers.shape[1]):
        other = other_value_of_number(own.utilities, accounts, numbers[:, column])
        assert found.values[column] == pytest.approx(other, abs=0.005)


def test_values_are_ordered() -> None:
    own, numbers, _ = invented()
    rng = np.random.default_rng(3)
    single = information_value_of_numbers(own, numbers, rng, 20)
    group = information_value_of_group(own, [ridge_folds(numbers, own, rng)], rng, 5)
    assert 0.0 <= single.values.min()
    assert single.values[0] - single.chance[0] <= group.value + 2.0 * group.error
    assert group.value <= value_of_all(own)


def test_shuffled_labels_and_numbers_are_worth_nothing() -> None:
    own, numbers, accounts = invented()
    rng = np.random.default_rng(4)
    found = [information_value_of_classes(own, accounts[rng.permutation(len(accounts))], rng).value for _ in range(20)]
    assert np.mean(found) == pytest.approx(0.0, abs=0.01)
    assert max(map(abs, found)) < 0.05
    shuffled = information_value_of_group(own, [ridge_folds(numbers[rng.permutation(len(numbers))], own, rng)], rng, 0)
    assert shuffled.value == pytest.approx(0.0, abs=0.01)


def test_a_survey_is_worth_nothing_without_persons_and_what_it_tells_apart_with_many() -> None:
    own, _, accounts = invented()
    predicted = np.array([[-14.0, 3.0], [0.0, 0.0], [-14.0, 3.0]])
    told_apart = np.where(accounts == 2, 0, accounts)
    sizes = [
        value_of_survey(own, predicted, np.full(2, error), np.random.default_rng(7), 400)
        for error in (1e6, 20.0, 5.0, 0.01)
    ]
    assert sizes[0] == pytest.approx(0.0, abs=1e-3)
    assert all(less < more for less, more in pairwise(sizes))
    assert sizes[-1] == pytest.approx(value_of_classes(own, told_apart), abs=1e-6)
