"""Statistics of twins: what differs between worlds that share their luck, and how surely."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import stdtrit

from experiments.statistics.hodges_lehmann import FEWEST, MOST, middle

LEVEL, POWER = 0.95, 0.8
ROUNDING = 1e-12
"""Sums of the same beliefs added up in another order differ by this share at most; it is no difference."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A difference between two arms in one number, with everything that says how far it can be trusted.

    ``error`` fields are Monte Carlo errors (standard errors over seeds); ``smallest`` is the smallest effect that this
    many worlds would have shown with a power of 80 %; ``rose``, ``fell`` and ``same`` count twin worlds.
    """

    n: int
    base: float
    base_error: float
    arm: float
    arm_error: float
    effect: float
    error: float
    low: float
    high: float
    smallest: float
    rose: int
    fell: int
    same: int
    paired: bool
    variance_ratio: float
    typical: float
    typical_low: float
    typical_high: float

    @property
    def settled(self) -> bool:
        """Whether the interval leaves one sign only, or the effect is exactly nothing everywhere."""
        low, high = self.typical_low, self.typical_high
        return low > 0.0 or high < 0.0 or low == high == 0.0


def paired(base: Sequence[float], arm: Sequence[float]) -> Effect:
    """Return the effect between twins, given seed by seed.

    >>> one = paired([1.0, 2.0, 3.0], [2.0, 3.0, 5.0])
    >>> one.rose, round(one.effect, 3), round(one.low, 3), round(one.high, 3)
    (3, 1.333, -0.101, 2.768)
    """
    left, right = known(base, arm)
    gap = gap_of(left, right)
    n = len(gap)
    error = error_of(gap)
    reach = quantile(n - 1) * error if n > 1 else math.nan
    apart = variance(left) + variance(right)
    by_mean = mean(gap), mean(gap) - reach, mean(gap) + reach
    return Effect(
        n=n,
        **means(left, right),
        **placed(by_mean),
        **typically(middle(gap, LEVEL) if FEWEST <= n <= MOST else by_mean),
        error=error,
        smallest=smallest(spread(gap), n),
        rose=int((gap > 0).sum()),
        fell=int((gap < 0).sum()),
        same=int((gap == 0).sum()),
        paired=True,
        variance_ratio=saved(apart, variance(gap)),
    )


def saved(apart: float, beside: float) -> float:
    """Return by how much twins lower the variance of an effect: without end where it is the same in all twins.

    >>> saved(2.0, 0.5), saved(2.0, 0.0), saved(0.0, 0.0)
    (4.0, inf, nan)
    """
    if beside > 0.0:
        return apart / beside
    return math.inf if apart > 0.0 and beside == 0.0 else math.nan


def unpaired(base: Sequence[float], arm: Sequence[float]) -> Effect:
    """Return the effect between worlds of independent luck (Welch's interval)."""
    left, right = clean(base), clean(arm)
    parts = [variance(side) / len(side) if len(side) > 1 else math.nan for side in (left, right)]
    error = math.sqrt(sum(parts))
    effect = mean(right) - mean(left)
    reach = quantile(welch(parts, (len(left), len(right)))) * error if error > 0 else error
    n = min(len(left), len(right))
    by_mean = effect, effect - reach, effect + reach
    return Effect(
        n=n,
        **means(left, right),
        **placed(by_mean),
        **typically(by_mean),
        error=error,
        smallest=smallest(error * math.sqrt(n), n),
        rose=0,
        fell=0,
        same=0,
        paired=False,
        variance_ratio=1.0,
    )


def placed(one: Sequence[float]) -> dict[str, float]:
    """Return a mean effect with its interval by the names of their fields."""
    return dict(zip(("effect", "low", "high"), one, strict=True))


def typically(one: Sequence[float]) -> dict[str, float]:
    """Return a typical effect with its interval by the names of their fields."""
    return dict(zip(("typical", "typical_low", "typical_high"), one, strict=True))


def known(base: Sequence[float], arm: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of which both sides are known."""
    left, right = np.asarray(base, float), np.asarray(arm, float)
    both = ~(np.isnan(left) | np.isnan(right))
    return left[both], right[both]


def gap_of(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the differences of pairs, without those that are only rounding."""
    gap = right - left
    gap[np.abs(gap) <= ROUNDING * np.maximum(np.abs(left), np.abs(right))] = 0.0
    return gap


def clean(values: Sequence[float]) -> np.ndarray:
    """Return the values that are known."""
    array = np.asarray(values, float)
    return array[~np.isnan(array)]


def means(left: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Return mean and Monte Carlo error of both sides."""
    return {"base": mean(left), "base_error": error_of(left), "arm": mean(right), "arm_error": error_of(right)}


def mean(values: np.ndarray) -> float:
    """Return the mean, nan of nothing."""
    return float(values.mean()) if len(values) else math.nan


def variance(values: np.ndarray) -> float:
    """Return the variance over seeds, nan of fewer than two."""
    return float(values.var(ddof=1)) if len(values) > 1 else math.nan


def spread(values: np.ndarray) -> float:
    """Return the standard deviation over seeds."""
    return math.sqrt(variance(values))


def error_of(values: np.ndarray) -> float:
    """Return the Monte Carlo error of a mean."""
    return spread(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


@cache
def quantile(freedom: float, level: float = LEVEL) -> float:
    """Return how many errors an interval reaches to each side."""
    return float(stdtrit(freedom, 0.5 + level / 2.0))


def welch(parts: Sequence[float], sizes: Sequence[int]) -> float:
    """Return Welch's degrees of freedom of a difference."""
    whole = sum(parts)
    return 1.0 / sum((part / whole) ** 2 / (size - 1) for part, size in zip(parts, sizes, strict=True))


def smallest(spread: float, n: int, power: float = POWER) -> float:
    """Return the smallest effect that n twins would show with this power; nan if no pair of theirs differs.

    >>> round(smallest(1.0, 10), 2)
    0.99
    """
    if n < 2 or not spread > 0.0:
        return math.nan
    return (quantile(n - 1) + float(stdtrit(n - 1, power))) * spread / math.sqrt(n)
