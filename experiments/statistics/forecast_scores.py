"""Scores of forecasts and of trivial ones: standardised error, CRPS, Brier score, skill, and limits of failure."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import erf

FAILURE_LIMIT = 2.0
"""Error in standard deviations of the total uncertainty above which a forecast fails."""
WANTED_SHARE = 0.8
"""Share of runs in which a pattern must hold, unless its source asks for another."""


def standardised_error(mean: float, value: float, variance: float) -> float:
    """Return the error of a forecast in standard deviations, positive if the forecast is too high."""
    return (mean - value) / math.sqrt(variance)


def crps(mean: float, variance: float, value: float) -> float:
    """Return the continuous ranked probability score of a normal forecast, in the unit of the value; 0 is perfect.

    Gneiting and Raftery, Journal of the American Statistical Association 2007, equation 21.

    >>> round(crps(0.0, 1.0, 0.0), 4), crps(3.0, 0.0, 1.0)
    (0.2337, 2.0)
    """
    if not variance > 0.0:
        return abs(mean - value)
    sd = math.sqrt(variance)
    z = (value - mean) / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (z * float(erf(z / math.sqrt(2.0))) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def root_mean_square(forecast: Sequence[float], observed: Sequence[float]) -> float:
    """Return the root mean square error of a forecast.

    >>> root_mean_square([1.0, 3.0], [0.0, 3.0])
    0.7071067811865476
    """
    return float(np.sqrt(np.mean((np.asarray(forecast) - np.asarray(observed)) ** 2)))


def skill_score(error: float, trivial: float) -> float:
    """Return the skill relative to a trivial forecast: 1 is perfect, 0 or less is no improvement.

    >>> skill_score(1.0, 2.0), skill_score(2.0, 2.0)
    (0.5, 0.0)
    """
    return 1.0 - error / trivial if trivial else math.nan


def has_failed(z: float) -> bool:
    """Return whether a forecast fails, by its error in standard deviations; nan fails.

    >>> has_failed(2.5), has_failed(-1.0), has_failed(math.nan)
    (True, False, True)
    """
    return not abs(z) <= FAILURE_LIMIT


def brier_score(probability: float) -> float:
    """Return the Brier score of the probability forecast for an event that occurred; 0 is perfect.

    Brier, Monthly Weather Review 1950.

    >>> brier_score(1.0), brier_score(0.5)
    (0.0, 0.25)
    """
    return (1.0 - probability) ** 2


def does_hold(share: float, wanted: float = WANTED_SHARE) -> bool:
    """Return whether a pattern holds in at least the wanted share of runs.

    >>> does_hold(0.875), does_hold(0.875, 0.95), does_hold(math.nan)
    (True, False, False)
    """
    return share >= wanted
