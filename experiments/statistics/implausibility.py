"""Implausibility: how far a prediction lies from what was measured, in standard deviations of all that is uncertain.

A point is ruled out if its largest implausibility is at least 3 (of any distribution with one mode, at most 5 % lie
there; Pukelsheim, The American Statistician 1994), or the second largest at least 2.5 (Vernon, Goldstein and Bower,
Bayesian Analysis 2010).
"""

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

LARGEST, SECOND = 3.0, 2.5
SHRINKS = 0.1
"""Part of the space that a wave must rule out, so that another one is worth its runs."""
AS_WIDE = 0.95
"""Width of a posterior interval over that of the prior from which data say nothing of a parameter."""
WIDTH = 0.9
"""Share of draws in the intervals that are compared."""


def implausibility(mean: Reals, variance: Reals, value: float) -> Reals:
    """Return the distance of predictions from a measured value; ``variance`` is the sum of all that is uncertain."""
    return np.abs(mean - value) / np.sqrt(variance)


def not_ruled_out(implausible: Reals) -> NDArray[np.bool_]:
    """Return which points (rows) are left, by their implausibility for each target (columns).

    >>> not_ruled_out(np.array([[2.9, 1.0], [3.1, 0.0], [2.6, 2.6], [0.0, 0.0]])).tolist()
    [True, False, False, True]
    """
    if implausible.shape[1] == 0:
        return np.ones(len(implausible), bool)
    ordered = np.sort(implausible, axis=1)
    left: NDArray[np.bool_] = ordered[:, -1] < LARGEST
    return left & (ordered[:, -2] < SECOND) if implausible.shape[1] > 1 else left


def is_as_wide_as_its_prior(ratio: float) -> bool:
    """Tell whether the interval of a posterior is about as wide as that of the prior.

    >>> is_as_wide_as_its_prior(0.97), is_as_wide_as_its_prior(0.5)
    (True, False)
    """
    return ratio >= AS_WIDE
