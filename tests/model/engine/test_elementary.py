"""Exponential, logarithm and power: near the true value, and the same bits compiled or not."""

import math
import statistics
from collections.abc import Callable
from decimal import Context, Decimal

import numpy as np
import pytest

from model.engine import elementary

DIGITS = Context(prec=40)
DRAWS = np.random.default_rng(7)
EXPONENTS = [*DRAWS.uniform(-3.0, 3.0, 1000), *DRAWS.uniform(-708.0, 709.0, 500), 1e-300, -1e-17, -708.0, 709.0]
POSITIVES = [*DRAWS.uniform(0.0, 1.0, 500), *DRAWS.uniform(0.9, 1.1, 1000), *np.exp(DRAWS.uniform(-700.0, 700.0, 500))]
POSITIVES += [5e-324, 1e-310, 2.0**-1022, 2.0**-1021, 1.0 - 2.0**-53, 1.0 + 2.0**-52, 15.0 / 16.0, 17.0 / 16.0, 1e308]


def error(found: float, true: Decimal) -> float:
    """Return the error in units in the last place."""
    return float(abs(Decimal(float(found)) - true) / Decimal(math.ulp(found)))


def uncompiled(function: Callable[..., float]) -> Callable[..., float]:
    return getattr(function, "py_func", function)  # type: ignore[no-any-return]


def test_exponentials_are_near_the_true_value() -> None:
    assert max(error(elementary.exp(x), DIGITS.exp(Decimal(float(x)))) for x in EXPONENTS) < 0.52


def test_logarithms_are_near_the_true_value() -> None:
    assert max(error(elementary.log(x), DIGITS.ln(Decimal(float(x)))) for x in POSITIVES) < 0.6


def test_logarithms_of_one_and_a_little_are_near_the_true_value() -> None:
    numbers = [*DRAWS.uniform(-0.99, 9.0, 500), *DRAWS.uniform(-1e-9, 1e-9, 500), 1e-30, 1e200]
    digits = Context(prec=80)  # for 1 + 1e-30
    assert max(error(elementary.log1p(x), digits.ln(digits.add(1, Decimal(float(x))))) for x in numbers) < 2.0


@pytest.mark.parametrize("exponent", [-3.0, -0.3, 0.5, 1.0, 7.0])
def test_powers_are_near_the_true_value(exponent: float) -> None:
    for base in POSITIVES[:500]:
        found = elementary.power(base, exponent)
        allowed = 2.0 + abs(math.log(found))
        assert error(found, DIGITS.power(Decimal(float(base)), Decimal(exponent))) < allowed, base


@pytest.mark.parametrize("name", ["exp", "log", "log1p"])
def test_compiled_and_uncompiled_have_the_same_bits(name: str) -> None:
    function = getattr(elementary, name)
    for x in EXPONENTS if name == "exp" else POSITIVES:
        assert float(function(x)).hex() == float(uncompiled(function)(float(x))).hex(), x


def test_ends_and_what_is_no_number() -> None:
    ends = [elementary.exp(x) for x in (0.0, -708.1, -math.inf, 709.1, math.inf)]
    assert ends == [1.0, 0.0, 0.0, math.inf, math.inf]
    assert [elementary.log(x) for x in (1.0, 0.0, math.inf)] == [0.0, -math.inf, math.inf]
    assert all(math.isnan(x) for x in (elementary.exp(math.nan), elementary.log(math.nan), elementary.log(-1.0)))
    assert [elementary.power(0.0, x) for x in (0.5, 0.0)] == [0.0, 1.0]
    assert elementary.power(1.0, 1e300) == 1.0
    assert elementary.log1p(-1.0) == -math.inf


def test_exponentials_of_an_array_are_those_of_its_numbers() -> None:
    numbers = np.array(EXPONENTS[:12]).reshape(3, 4)[:, ::2]
    found = elementary.exp_of_each(numbers)
    assert found.tolist() == [[elementary.exp(x) for x in row] for row in numbers]
    assert elementary.exp_of_each(np.zeros((0, 2))).shape == (0, 2)


def test_quantiles_of_the_normal_distribution() -> None:
    for share in [*DRAWS.uniform(0.0, 1.0, 500), 1e-11, 0.075, 0.5, 0.925, 1.0 - 1e-11]:
        usual = statistics.NormalDist().inv_cdf(float(share))
        assert elementary.normal_quantile(float(share)) == pytest.approx(usual, rel=4e-16, abs=0.0)
