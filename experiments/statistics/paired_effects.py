"""Effects between runs: mean differences with one interval, for pairs, for independent runs and for draws × seeds.

Each value of a run is a number or a ratio (numerator, denominator). Ratios are averaged as the ratio of sums over runs,
and their spread is linearised (Cochran, Sampling Techniques, 1977, chapter 6). The interval is Student's t with a floor
for the spread. See decisions/0027.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from experiments.statistics.thresholds import Scale, Threshold

LEVEL, POWER = 0.95, 0.8
ROUNDING = 1e-12
"""Relative difference below which two values are the same: sums in another order differ by as much."""

type Value = float | tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Mean difference between two arms in one measure, with its uncertainty.

    Errors are standard errors over runs. ``low`` and ``high`` are the limits of the 95 % interval, in which the spread
    of differences is at least ``floor``. ``p`` is the two-sided p-value of the same test, ``adjusted`` the same after
    correction for the number of rows. ``smallest`` is the smallest effect detected with a power of 80 %. ``rose``,
    ``fell`` and ``same`` count pairs; ``undefined`` pairs have no value on one side and are left out. ``delta`` is
    the smallest effect that matters.
    """

    n: int
    undefined: int
    base: float
    base_error: float
    arm: float
    arm_error: float
    effect: float
    error: float
    low: float
    high: float
    p: float
    adjusted: float
    smallest: float
    rose: int
    fell: int
    same: int
    paired: bool
    variance_ratio: float
    delta: float
    floor: float

    @property
    def settled(self) -> bool:
        """True if the interval excludes zero."""
        return self.low > 0.0 or self.high < 0.0


def paired(base: Sequence[Value], arm: Sequence[Value], *, scale: Scale | None = None) -> Effect:
    """Return the effect between paired runs, given seed by seed.

    >>> one = paired([1.0, 2.0, 3.0], [2.0, 3.0, 5.0])
    >>> one.rose, round(one.effect, 3), round(one.low, 3), round(one.high, 3)
    (3, 1.333, -0.101, 2.768)
    """
    base_values, arm_values = as_ratios(base), as_ratios(arm)
    known = has_value(base_values) & has_value(arm_values)
    signs = np.sign(
        paired_differences(base_values[known, 0] / base_values[known, 1], arm_values[known, 0] / arm_values[known, 1])
    )
    base_values, arm_values = linearised(base_values[known]), linearised(arm_values[known])
    differences, n = paired_differences(base_values, arm_values), int(known.sum())
    limits = threshold_of(scale, mean(base_values), mean(arm_values))
    return Effect(
        n=n,
        undefined=len(known) - n,
        **means_of_sides(base_values, arm_values),
        **interval(mean(differences), error_of(differences), n, limits),
        rose=int((signs > 0).sum()),
        fell=int((signs < 0).sum()),
        same=int((signs == 0).sum()),
        paired=True,
        variance_ratio=variance_ratio(
            sample_variance(base_values) + sample_variance(arm_values), sample_variance(differences)
        ),
    )


def unpaired(base: Sequence[Value], arm: Sequence[Value], *, scale: Scale | None = None) -> Effect:
    """Return the effect between independent runs (Welch's degrees of freedom)."""
    base_values, arm_values = (linearised(side[has_value(side)]) for side in (as_ratios(base), as_ratios(arm)))
    n = min(len(base_values), len(arm_values))
    parts = [sample_variance(side) / len(side) if len(side) > 1 else math.nan for side in (base_values, arm_values)]
    error, freedom = math.sqrt(sum(parts)), welch_freedom(parts, (len(base_values), len(arm_values)))
    limits = threshold_of(scale, mean(base_values), mean(arm_values))
    return Effect(
        n=n,
        undefined=len(base) + len(arm) - len(base_values) - len(arm_values),
        **means_of_sides(base_values, arm_values),
        **interval(mean(arm_values) - mean(base_values), error, n, limits, freedom),
        rose=0,
        fell=0,
        same=0,
        paired=False,
        variance_ratio=1.0,
    )


def crossed(base: np.ndarray, arm: np.ndarray, *, scale: Scale | None = None) -> Effect:
    """Return the effect over draws of parameters (rows) and seeds (columns), which are the same in every draw.

    The variance of the mean is that of a two-way random-effects table without repetition,
    (MS rows + MS columns - MS residual) / (rows × columns), with the degrees of freedom of the shorter side.

    >>> crossed(np.zeros((2, 3)), np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]])).effect
    2.5
    """
    pooled = paired(list(base.ravel()), list(arm.ravel()), scale=scale)
    errors = {
        name: two_way_error(table) for name, table in (("base_error", base), ("arm_error", arm), ("error", arm - base))
    }
    n = min(base.shape)
    ends: dict[str, Any] = interval(pooled.effect, errors["error"], n, Threshold(pooled.delta, pooled.floor))
    return replace(pooled, base_error=errors["base_error"], arm_error=errors["arm_error"], **ends)


def two_way_error(table: np.ndarray) -> float:
    """Return the standard error of the mean of a table with random rows and columns; nan if one is single."""
    if min(table.shape) < 2:
        return math.nan
    of_rows, of_columns, residual = mean_squares(table)
    return math.sqrt(max(0.0, of_rows + of_columns - residual) / table.size)


def mean_squares(table: np.ndarray) -> tuple[float, float, float]:
    """Return the mean squares of rows, of columns and of the residual of a two-way table without repetition."""
    rows, columns = table.shape
    by_row, by_column, grand_mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    residuals = table - by_row[:, None] - by_column[None, :] + grand_mean
    residual = float((residuals**2).sum()) / ((rows - 1) * (columns - 1))
    return columns * float(by_row.var(ddof=1)), rows * float(by_column.var(ddof=1)), residual


def interval(effect: float, error: float, n: int, limits: Threshold, freedom: float | None = None) -> dict[str, float]:
    """Return an effect with its interval, p-values, smallest effect and threshold, by the names of their fields.

    ``error`` is the standard error of the effect over ``n`` runs; the interval uses at least floor / √n.
    """
    freedom = n - 1 if freedom is None else freedom
    used = max(error, limits.floor / math.sqrt(n)) if n > 1 else math.nan
    reach = t_quantile(freedom) * used
    p = p_value(effect, used, freedom)
    seen = smallest_effect(used * math.sqrt(n), n, freedom=freedom)
    ends = {"low": effect - reach, "high": effect + reach, "p": p, "adjusted": p, "smallest": seen}
    return {"effect": effect, "error": error, **ends, **limits._asdict()}


def p_value(effect: float, error: float, freedom: float) -> float:
    """Return the two-sided p-value of Student's t; nan without degrees of freedom.

    >>> p_value(0.0, 0.0, 7), round(p_value(2.365, 1.0, 7), 3)
    (1.0, 0.05)
    """
    if error == 0.0:
        return 0.0 if effect else 1.0
    return 2.0 * float(stdtr(freedom, -abs(effect) / error)) if freedom > 0 else math.nan


def threshold_of(scale: Scale | None, base: float, arm: float) -> Threshold:
    """Return the threshold of a measure; without a scale it is unknown (nan, floor 0)."""
    return scale.threshold(base, arm) if scale else Threshold()


def as_ratios(values: Sequence[Value]) -> np.ndarray:
    """Return values as rows of numerator and denominator; a number has the denominator 1."""
    rows = [value if isinstance(value, tuple) else (value, 1.0) for value in values]
    return np.array(rows, float).reshape(-1, 2)


def has_value(values: np.ndarray) -> np.ndarray:
    """Return a mask of the ratios that have a value."""
    known: np.ndarray = ~np.isnan(values).any(axis=1) & (values[:, 1] != 0.0)
    return known


def linearised(values: np.ndarray) -> np.ndarray:
    """Return a number for each run; their mean is the ratio of sums, their spread that of the ratio.

    >>> linearised(np.array([[1.0, 2.0], [3.0, 6.0]])), linearised(np.array([[1.0, 1.0], [2.0, 1.0]]))
    (array([0.5, 0.5]), array([1., 2.]))
    """
    top, bottom = values.T
    if not len(top) or (bottom == 1.0).all():
        return np.array(top)
    ratio = top.sum() / bottom.sum()
    return np.asarray(ratio + (top - ratio * bottom) / bottom.mean())


def paired_differences(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the differences of pairs; those within rounding are zero."""
    gap = right - left
    gap[np.abs(gap) <= ROUNDING * np.maximum(np.abs(left), np.abs(right))] = 0.0
    return gap


def means_of_sides(left: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Return mean and standard error of both sides."""
    return {"base": mean(left), "base_error": error_of(left), "arm": mean(right), "arm_error": error_of(right)}


def variance_ratio(unpaired_variance: float, paired_variance: float) -> float:
    """Return the factor by which pairing lowers the variance of an effect: infinite if it is equal in all pairs.

    >>> variance_ratio(2.0, 0.5), variance_ratio(2.0, 0.0), variance_ratio(0.0, 0.0)
    (4.0, inf, nan)
    """
    if paired_variance > 0.0:
        return unpaired_variance / paired_variance
    return math.inf if unpaired_variance > 0.0 and paired_variance == 0.0 else math.nan


def known_values(values: Sequence[float]) -> np.ndarray:
    """Return the values that are not nan."""
    array = np.asarray(values, float)
    return array[~np.isnan(array)]


def mean(values: np.ndarray) -> float:
    """Return the mean; nan without values."""
    return float(values.mean()) if len(values) else math.nan


def sample_variance(values: np.ndarray) -> float:
    """Return the variance over runs; nan for fewer than two."""
    return float(values.var(ddof=1)) if len(values) > 1 else math.nan


def error_of(values: np.ndarray) -> float:
    """Return the standard error of a mean; nan for fewer than two values."""
    return math.sqrt(sample_variance(values)) / math.sqrt(len(values)) if len(values) else math.nan


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of the known values and the limits of its 95 % interval by Student's t."""
    known = known_values(values)
    reach = t_quantile(len(known) - 1) * error_of(known)
    return mean(known), mean(known) - reach, mean(known) + reach


@cache
def t_quantile(freedom: float, level: float = LEVEL) -> float:
    """Return the half-width of an interval in standard errors (Student's t); nan without degrees of freedom."""
    return float(stdtrit(freedom, 0.5 + level / 2.0))


def welch_freedom(parts: Sequence[float], sizes: Sequence[int]) -> float:
    """Return the Welch–Satterthwaite degrees of freedom of a difference of means.

    ``parts`` are the variances of the two means, ``sizes`` the numbers of runs.
    """
    whole = sum(parts)
    if not whole > 0.0:
        return float(sum(sizes) - len(sizes))
    return 1.0 / sum((part / whole) ** 2 / (size - 1) for part, size in zip(parts, sizes, strict=True))


def smallest_effect(spread: float, n: int, power: float = POWER, freedom: float | None = None) -> float:
    """Return the smallest effect that n runs detect with this power; nan if none of them differ.

    >>> round(smallest_effect(1.0, 10), 2)
    0.99
    """
    if n < 2 or not spread > 0.0:
        return math.nan
    freedom = n - 1 if freedom is None else freedom
    return (t_quantile(freedom) + float(stdtrit(freedom, power))) * spread / math.sqrt(n)
