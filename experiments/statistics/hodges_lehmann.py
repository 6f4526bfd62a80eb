"""The middle of some differences and its interval, by ranks (Hodges, Lehmann, Wilcoxon): one odd twin moves it little.

Decision 0021 says why.
"""

from functools import cache

import numpy as np

FEWEST = 6
"""Twins from which ranks can leave one sign of two with 95 %: with five all alike, one case in 16 is luck."""
MOST = 500
"""Twins beyond which one alone no longer moves a mean."""


def middle(gaps: np.ndarray, level: float) -> tuple[float, float, float]:
    """Return the median of the means of all pairs of differences (each with itself too), and its interval.

    >>> middle(np.array([0.1] * 7 + [-2.0]), 0.95)[0], round(middle(np.arange(8.0), 0.95)[1], 1)
    (0.1, 1.0)
    """
    first, second = np.triu_indices(len(gaps))
    means = np.sort((gaps[first] + gaps[second]) / 2.0)
    cut = cut_off(len(gaps), level)
    return float(np.median(means)), float(means[cut]), float(means[-1 - cut])


@cache
def cut_off(n: int, level: float) -> int:
    """Return how many of the ordered means lie outside the interval at either end.

    >>> cut_off(6, 0.95), cut_off(8, 0.95), cut_off(20, 0.95)
    (0, 3, 52)
    """
    chances = np.ones(1)
    for rank in range(1, n + 1):  # chance of every sum of those ranks whose sign is positive, by a fair coin for each
        longer = np.zeros(len(chances) + rank)
        longer[: len(chances)] += chances / 2.0
        longer[rank:] += chances / 2.0
        chances = longer
    return int(np.searchsorted(chances.cumsum(), (1.0 - level) / 2.0, side="right")) - 1
