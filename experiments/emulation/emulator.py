"""Fit a Gaussian process to results of the model, predict with its error, and validate both by leave-one-out.

The process is a linear trend plus a smooth remainder with one length scale for each input (Rasmussen and Williams,
Gaussian Processes for Machine Learning, MIT Press 2006; section 2.7 has the trend as a covariance, 5.4.2 the
leave-one-out formulas). The variance between seeds is an input; it is fitted only if it is not given.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.verdicts import ALPHA
from model.engine.errors import InputError, suggest_nearest

Reals = NDArray[np.float64]
Range = tuple[float, float]

MIN_POINTS = 8
"""Minimum number of points for a fit."""
MAX_LENGTHS = 40
"""Inputs up to which each has its own length scale; beyond, all share one."""
LENGTH_BOUNDS, SCALE_BOUNDS, NOISE_BOUNDS = (0.1, 100.0), (1e-4, 1e3), (1e-6, 1e1)
"""Bounds of length scales, in widths of the ranges, and of variances, relative to that of the results."""
JITTER = 1e-8
"""Relative variance that keeps the covariance invertible."""
RESTARTS, SEED = 2, 1
MAX_SEARCH_POINTS = 300
"""Random points used to find length scales and variances, since the time grows with their cube."""
P_OUTSIDE_TWO_SD = 0.0455
"""Probability of a normal variable beyond two standard deviations."""


class Prediction(NamedTuple):
    """Predicted mean over seeds and its standard deviation, by point."""

    mean: Reals
    sd: Reals


@dataclass(frozen=True)
class Diagnostics:
    """Leave-one-out errors of an emulator at its own points.

    ``r2`` is the share of the variance between points that is predicted, ``ceiling`` the share that is not random
    variation; ``outside`` counts points more than two standard deviations off, ``p`` is the probability of at least so
    many if the standard deviations are right.
    """

    points: int
    r2: float
    ceiling: float
    outside: int
    p: float

    @property
    def accepted(self) -> bool:
        """True if the emulator may be used: its stated errors are not too small, and it predicts something."""
        return self.p > ALPHA and self.r2 > 0.0


@dataclass(frozen=True)
class GroupedErrors:
    """Leave-group-out errors, for results in groups that share more than their inputs.

    ``error`` is the root mean square error in the unit of the result, ``r2`` the share of the variance of the results
    that is predicted, ``within`` the share of results within two standard deviations of their prediction.
    """

    groups: int
    results: int
    error: float
    r2: float
    within: float


@dataclass(frozen=True)
class Emulator:
    """A fitted emulator of one result.

    Attributes
    ----------
    ranges
        Lowest and highest value of each input, by name; inputs outside are refused.
    points, values
        Data of the fit: points × inputs from 0 to 1, and results.
    noise
        Variance of random variation of each result, in its unit squared.
    """

    ranges: Mapping[str, Range]
    points: Reals
    values: Reals
    noise: Reals
    process: Any

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs, in the order of the columns."""
        return tuple(self.ranges)

    def predict(self, inputs: Mapping[str, Any]) -> Prediction:
        """Return mean and standard deviation at some points, without the random variation of single runs.

        Parameters
        ----------
        inputs
            Values by name of the input, each a number or an array of the same length, in its own unit.

        Raises
        ------
        InputError
            If an input is missing, unknown or outside the fitted range.
        """
        mean, sd = self.process.predict(scaled_inputs(inputs, self.ranges), return_std=True)
        return Prediction(mean, sd)

    def without(self, point: int) -> "Emulator":
        """Return the emulator fitted without one of its points, with the same length scales."""
        points, values, noise = (np.delete(one, point, axis=0) for one in (self.points, self.values, self.noise))
        process = clone_with(self.process.kernel_, points, values, noise)
        return Emulator(self.ranges, points, values, noise, process)

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """Leave-one-out errors, cached."""
        return leave_one_out_errors(self)


def fit_emulator(
    inputs: Mapping[str, Any],
    values: Sequence[float] | Reals,
    ranges: Mapping[str, Range],
    noise: Any = None,
    found_from: NDArray[np.integer] | None = None,
    shortest: float = LENGTH_BOUNDS[0],
) -> Emulator:
    """Fit an emulator.

    Parameters
    ----------
    inputs
        Values of each input by name, one for every result.
    values
        Results, each the mean over the seeds of a point.
    ranges
        Lowest and highest value of each input, between which the emulator is valid.
    noise
        Variance of random variation of each result (a number or one for each); estimated with the rest if not given.
    found_from
        Indices of the results from which length scales and variances are found; at most `MAX_SEARCH_POINTS` at random
        if not given. They must not include several results of a group that shares more than its inputs: that would be
        mistaken for an effect of the inputs.
    shortest
        Smallest length scale of an input, in widths of its range.

    Raises
    ------
    InputError
        If there are too few points, results that are not finite, or inputs outside their ranges.
    """
    points, results = scaled_inputs(inputs, ranges), np.asarray(values, float)
    if len(results) != len(points) or len(results) < MIN_POINTS:
        raise InputError(f"an emulator needs at least {MIN_POINTS} results, one a point, got {len(results)}")
    if not np.isfinite(results).all():
        raise InputError(f"an emulator needs numbers, got {int((~np.isfinite(results)).sum())} results that are none")
    shuffled = np.random.default_rng(SEED).permutation(len(results))[:MAX_SEARCH_POINTS]
    chosen = np.sort(shuffled if found_from is None else found_from)
    known = None if noise is None else np.broadcast_to(np.asarray(noise, float), results.shape)
    kernel = likely_kernel(points[chosen], results[chosen], None if known is None else known[chosen], shortest)
    if known is None:
        known = np.full(len(results), kernel.k2.noise_level * spread_of(results[chosen]) ** 2)
        kernel = kernel.k1
    rescale(kernel, spread_of(results[chosen]) / spread_of(results))
    return Emulator(dict(ranges), points, results, known, clone_with(kernel, points, results, known))


def likely_kernel(points: Reals, values: Reals, noise: Reals | None, shortest: float = LENGTH_BOUNDS[0]) -> Any:
    """Return the covariance of greatest likelihood, relative to the variance of values; with noise if none is given."""
    from sklearn.gaussian_process import GaussianProcessRegressor, kernels  # takes a second to import
    from threadpoolctl import threadpool_limits

    first = max(1.0, shortest)
    lengths = np.full(points.shape[1], first) if points.shape[1] <= MAX_LENGTHS else first
    kernel = kernels.ConstantKernel(0.5, SCALE_BOUNDS) * kernels.RBF(lengths, (shortest, LENGTH_BOUNDS[1]))
    kernel += kernels.ConstantKernel(0.5, SCALE_BOUNDS) * kernels.DotProduct(1.0, "fixed")
    if noise is None:
        kernel += kernels.WhiteKernel(0.1, NOISE_BOUNDS)
    relative = 0.0 if noise is None else noise / spread_of(values) ** 2
    process = GaussianProcessRegressor(
        kernel, alpha=JITTER + relative, normalize_y=True, n_restarts_optimizer=RESTARTS, random_state=SEED
    )
    with threadpool_limits(1), warnings.catch_warnings():  # matrices are too small for threads to help
        warnings.simplefilter("ignore")  # a length scale at its bound only means that an input has no effect
        return process.fit(points, values).kernel_


def rescale(kernel: Any, factor: float) -> None:
    """Multiply the standard deviations of a covariance without noise by a factor."""
    for part in (kernel.k1.k1, kernel.k2.k1):
        part.constant_value *= factor**2


def clone_with(kernel: Any, points: Reals, values: Reals, noise: Reals) -> Any:
    """Return a Gaussian process fitted with a given covariance."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from threadpoolctl import threadpool_limits

    alpha = JITTER + noise / spread_of(values) ** 2
    with threadpool_limits(1):
        return GaussianProcessRegressor(kernel, alpha=alpha, optimizer=None, normalize_y=True).fit(points, values)


def spread_of(values: Reals) -> float:
    """Return the standard deviation of results, or 1 if all are equal."""
    return float(values.std()) or 1.0


def predict_left_out(emulator: Emulator, groups: Sequence[int]) -> Prediction:
    """Predict each result from the results of all other groups, with the standard deviation of one result.

    Length scales and variances are kept. With K the covariance of all results and A its inverse, the errors of a group
    g are A[g, g]⁻¹ (A y)[g] (Rasmussen and Williams, MIT Press 2006, section 5.4.2, for one result).
    """
    process, spread = emulator.process, spread_of(emulator.values)
    inverse = np.linalg.inv(process.kernel_(emulator.points) + np.diag(JITTER + emulator.noise / spread**2))
    standard = (emulator.values - emulator.values.mean()) / spread
    weighted, errors, variances = inverse @ standard, np.zeros(len(standard)), np.zeros(len(standard))
    names, group_of = np.unique(groups, return_inverse=True)
    for rows in (np.flatnonzero(group_of == group) for group in range(len(names))):
        covariance = np.linalg.inv(inverse[np.ix_(rows, rows)])
        errors[rows] = covariance @ weighted[rows]
        variances[rows] = np.diag(covariance)
    return Prediction(emulator.values - spread * errors, spread * np.sqrt(variances))


def leave_one_out_errors(emulator: Emulator) -> Diagnostics:
    """Return the errors of predicting each point from all others."""
    from scipy.stats import binomtest  # takes half a second, and most commands do not need it

    found = predict_left_out(emulator, range(len(emulator.values)))
    errors, variance = emulator.values - found.mean, float(emulator.values.var())
    outside = int((np.abs(errors) > 2.0 * found.sd).sum())
    return Diagnostics(
        points=len(errors),
        r2=explained_share(errors, variance),
        ceiling=max(0.0, 1.0 - float(emulator.noise.mean()) / variance) if variance else 0.0,
        outside=outside,
        p=float(binomtest(outside, len(errors), P_OUTSIDE_TWO_SD, alternative="greater").pvalue),
    )


def explained_share(errors: Reals, variance: float) -> float:
    """Return the share of the variance of results that is predicted; 0 if they are all equal."""
    return 1.0 - float((errors**2).mean()) / variance if variance else 0.0


def grouped_errors(emulator: Emulator, groups: Sequence[int], counted: int | None = None) -> GroupedErrors:
    """Return the leave-group-out errors, computed over the first ``counted`` results."""
    found, first = predict_left_out(emulator, groups), slice(counted)
    errors, variance = (emulator.values - found.mean)[first], float(emulator.values[first].var())
    return GroupedErrors(
        groups=len(set(groups)),
        results=len(errors),
        error=float(np.sqrt((errors**2).mean())),
        r2=explained_share(errors, variance),
        within=float((np.abs(errors) <= 2.0 * found.sd[first]).mean()),
    )


def scaled_inputs(inputs: Mapping[str, Any], ranges: Mapping[str, Range]) -> Reals:
    """Return inputs as points × inputs, scaled to 0-1; raise `InputError` if unknown, missing or out of range."""
    for name in inputs:
        if name not in ranges:
            raise InputError(f"the emulator has no input '{name}'{suggest_nearest(name, ranges)}")
    columns = []
    for name, (low, high) in ranges.items():
        if name not in inputs:
            raise InputError(f"the emulator needs a value of '{name}'")
        values = np.atleast_1d(np.asarray(inputs[name], float))
        inside = (values >= low) & (values <= high)
        if not inside.all():
            first_outside = values[~inside][0]
            raise InputError(
                f"{name} must lie in [{low:g}, {high:g}], where the emulator was fitted, got {first_outside:g}"
            )
        columns.append((values - low) / (high - low))
    return np.column_stack(np.broadcast_arrays(*columns))
