"""Summaries of an effect over draws of assumed parameters: mean, range, shares, errors, and what it depends on.

Draws have equal weights, or each the weight of its account. Callers decide which draws there are and keep their tables.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.statistics.paired_effects import LEVEL, t_quantile

type Reals = NDArray[np.float64]
BAND_QUANTILES = 0.05, 0.95
"""Quantiles of the range of nine in ten draws."""
PERMUTATIONS, NULL_LEVEL = 200, 0.95
"""Permutations, and their quantile, for the largest correlation by chance."""


def nine_in_ten(values: Reals, weights: Reals | None = None) -> tuple[float, float]:
    """Return the range of nine in ten draws: of equal weight, or with the given weights.

    >>> nine_in_ten(np.arange(21.0))
    (1.0, 19.0)
    """
    if weights is not None:
        low, high = (weighted_quantile(values, weights, share) for share in BAND_QUANTILES)
        return low, high
    if not len(values):
        return math.nan, math.nan
    low, high = np.quantile(values, BAND_QUANTILES)
    return float(low), float(high)


def weighted_mean(values: Reals, weights: Reals) -> float:
    """Return the weighted mean of values; nan without weight."""
    return float(np.average(values, weights=weights)) if weights.sum() > 0.0 else math.nan


def weighted_quantile(values: Reals, weights: Reals, share: float) -> float:
    """Return the value up to which a share of the weight lies, linear between the middles of weights.

    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]), 0.5)
    2.0
    """
    if weights.sum() <= 0.0:
        return math.nan
    order = np.argsort(values, kind="stable")
    middles = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    return float(np.interp(share, middles, values[order]))


def interval_reach(values: Reals, weights: Reals) -> float:
    """Return half the 95 % interval of a weighted mean, with as many values as the weights amount to (Kish 1965)."""
    number = weights.sum() ** 2 / (weights**2).sum() if weights.sum() > 0.0 else 0.0
    if number <= 1.0:
        return math.nan
    variance = weighted_mean((values - weighted_mean(values, weights)) ** 2, weights) * number / (number - 1.0)
    return t_quantile(max(1, int(number) - 1), LEVEL) * math.sqrt(variance / number)


def chances(effects: Reals, weights: Reals, delta: float) -> dict[str, float]:
    """Return the shares of draws in which an effect is at least delta upwards, less than it matters, and downwards.

    >>> chances(np.array([-1.0, 0.2, 0.5, 2.0]), np.ones(4), 0.5)
    {'up': 0.5, 'nothing': 0.25, 'down': 0.25}
    """
    cases = {"up": effects >= delta, "nothing": np.abs(effects) < delta, "down": effects <= -delta}
    known = math.isfinite(delta)
    return {name: weighted_mean(case.astype(float), weights) if known else math.nan for name, case in cases.items()}


def sign_shares(effects: Reals) -> tuple[float, float]:
    """Return the shares of draws in which an effect is above and below 0.

    >>> sign_shares(np.array([-1.0, 0.0, 0.5, 2.0]))
    (0.5, 0.25)
    """
    return float((effects > 0.0).mean()), float((effects < 0.0).mean())


def spread_beyond_error(effects: "pd.Series[float]", errors: "pd.Series[float]") -> float:
    """Return the standard deviation of effects over draws less the variance that is Monte Carlo error of each."""
    return math.sqrt(max(0.0, effects.var() - (errors**2).mean()))


def correlations(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the correlation of every column of points with values; 0 for a constant one.

    >>> correlations(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([2.0, 3.0])).tolist()
    [1.0, 0.0]
    """
    columns, values = points - points.mean(axis=0), values - values.mean()
    scale = np.sqrt((columns**2).sum(axis=0) * (values**2).sum())
    return np.divide(values @ columns, scale, out=np.zeros(points.shape[1]), where=scale > 0.0)


def null_correlation(points: np.ndarray, values: np.ndarray, seed: int) -> float:
    """Return the 95 % quantile of the largest absolute correlation with shuffled values."""
    rng = np.random.default_rng(seed)
    largest = [np.abs(correlations(points, rng.permutation(values))).max() for _ in range(PERMUTATIONS)]
    return float(np.quantile(largest, NULL_LEVEL))


def strongest_rank_correlation(
    draws: pd.DataFrame, effects: "pd.Series[float]", parameters: Sequence[str]
) -> tuple[str, float]:
    """Return the parameter with the largest rank correlation with an effect, and its size; "" and nan if none varies.

    >>> drawn = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 3.0], "c": [1.0, 1.0, 1.0]})
    >>> strongest_rank_correlation(drawn, pd.Series([3.0, 2.0, 1.0]), ["a", "b", "c"])
    ('a', 1.0)
    """
    varied = [name for name in parameters if pd.api.types.is_numeric_dtype(draws[name]) and draws[name].nunique() > 1]
    ranks = (
        {name: abs(draws[name].corr(effects, method="spearman")) for name in varied} if effects.nunique() > 1 else {}
    )
    first = max(ranks, key=lambda name: ranks[name], default="")
    return first, float(ranks.get(first, math.nan))
