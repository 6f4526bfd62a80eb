"""Implausibility: distance of a prediction from a measured value, in standard deviations of the total uncertainty.

A point is ruled out if its largest implausibility is at least 3 (at most 5 % of any unimodal distribution lie there;
Pukelsheim, The American Statistician 1994), or the second largest at least 2.5 (Vernon, Goldstein and Bower,
Bayesian Analysis 2010).
"""

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

MAX_IMPLAUSIBILITY, MAX_SECOND_IMPLAUSIBILITY = 3.0, 2.5
WORTHWHILE_REDUCTION = 0.1
"""Share of the space that a wave must rule out to justify the runs of another wave."""
UNINFORMATIVE_RATIO = 0.95
"""Ratio of posterior to prior interval width from which data count as uninformative on a parameter."""
INTERVAL_LEVEL = 0.9
"""Share of draws in these intervals."""


def implausibility(mean: Reals, variance: Reals, value: float) -> Reals:
    """Return the distance of predictions from a measured value; ``variance`` is the total variance."""
    return np.abs(mean - value) / np.sqrt(variance)


def not_ruled_out(implausible: Reals) -> NDArray[np.bool_]:
    """Return a mask of the points (rows) that remain, by their implausibility for each target (columns).

    >>> not_ruled_out(np.array([[2.9, 1.0], [3.1, 0.0], [2.6, 2.6], [0.0, 0.0]])).tolist()
    [True, False, False, True]
    """
    if implausible.shape[1] == 0:
        return np.ones(len(implausible), bool)
    ordered = np.sort(implausible, axis=1)
    remaining: NDArray[np.bool_] = ordered[:, -1] < MAX_IMPLAUSIBILITY
    return remaining & (ordered[:, -2] < MAX_SECOND_IMPLAUSIBILITY) if implausible.shape[1] > 1 else remaining


def is_as_wide_as_its_prior(ratio: float) -> bool:
    """Return whether the interval of a posterior is about as wide as that of the prior.

    >>> is_as_wide_as_its_prior(0.97), is_as_wide_as_its_prior(0.5)
    (True, False)
    """
    return ratio >= UNINFORMATIVE_RATIO
