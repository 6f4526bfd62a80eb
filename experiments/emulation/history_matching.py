"""Fit parameters to data by history matching: waves of runs and emulators rule out what contradicts the data.

Each wave simulates points of the remaining space, fits an emulator to every target, and rules out the points that are
implausible by the emulators that pass their own test. Waves stop when the space shrinks no further. The remaining
points are weighted by their distance from the data, and sampled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.emulation.emulator import Emulator, Reals, fit_emulator

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


Simulator = Callable[[Reals, int], Reals]
"""Function of points (0-1 by parameter) and the index of a wave; returns results (points × columns)."""
SEED = 1
CANDIDATES, BATCH = 20_000, 2_000
"""Random points that represent the remaining space, and the number predicted at a time."""


@dataclass(frozen=True)
class Target:
    """A measured quantity: its value, and the variances of observation and discrepancy in its unit squared."""

    name: str
    value: float
    observation: float
    discrepancy: float

    @property
    def variance(self) -> float:
        """Variance of the measurement around the model's mean at perfect parameters."""
        return self.observation + self.discrepancy


@dataclass
class Wave:
    """A wave: its points and results, an emulator for each target, and the remaining share of the space."""

    points: Reals
    results: Reals
    emulators: Mapping[str, Emulator]
    remaining_share: float = 1.0

    @property
    def used(self) -> dict[str, Emulator]:
        """Emulators that pass their own test; only these rule out points."""
        return {name: one for name, one in self.emulators.items() if one.diagnostics.accepted}


@dataclass
class Matched:
    """Result of history matching: its waves, and points of the remaining space with their weights."""

    names: tuple[str, ...]
    targets: tuple[Target, ...]
    noise: Mapping[str, float]
    waves: list[Wave] = field(default_factory=list)
    remaining: Reals = field(default_factory=lambda: np.zeros((0, 0)))
    weights: Reals = field(default_factory=lambda: np.zeros(0))

    def draws(self, n: int, rng: np.random.Generator) -> Reals:
        """Sample points of the remaining space by their weights."""
        return self.remaining[rng.choice(len(self.remaining), n, p=self.weights)]

    def widths(self) -> dict[str, float]:
        """Return, by parameter, the width of 90 % of the posterior over that of 90 % of the prior."""
        widths = [np.ptp(weighted_quantiles(column, self.weights)) for column in self.remaining.T]
        return {name: float(one) / INTERVAL_LEVEL for name, one in zip(self.names, widths, strict=True)}


def match_history(
    simulate: Simulator,
    names: Sequence[str],
    targets: Sequence[Target],
    noise: Mapping[str, float],
    size: int,
    most: int,
) -> Matched:
    """Match parameters to targets.

    Parameters
    ----------
    simulate
        Simulator; its first columns are the targets, in their order.
    names
        Names of parameters, in the order of the columns of points.
    noise
        Variance of random variation of a result by target, known from seeds.
    size, most
        Points of a wave, and maximum number of waves.
    """
    from scipy.stats import qmc  # takes half a second, and most commands do not need it

    rng = np.random.default_rng(SEED)
    history = Matched(tuple(names), tuple(targets), noise)
    points, share = qmc.LatinHypercube(len(names), rng=rng).random(size), 1.0
    for number in range(most):
        results = simulate(points, number)
        history.waves.append(Wave(points, results, fit_emulators(points, results, history)))
        history.remaining = remaining_points(history, rng.random((CANDIDATES, len(names))))
        before, share = share, len(history.remaining) / CANDIDATES
        history.waves[-1].remaining_share = share
        if share == 0.0 or before - share < WORTHWHILE_REDUCTION * before or len(history.remaining) < size:
            break
        points = history.remaining[rng.choice(len(history.remaining), size, replace=False)]
    history.remaining = sample_remaining(history, rng)
    latest = {name: emulator for wave in history.waves for name, emulator in wave.used.items()}
    history.weights = weights_of(history, history.remaining, latest, {target.name: target.value for target in targets})
    return history


def sample_remaining(history: Matched, rng: np.random.Generator) -> Reals:
    """Sample many points of the remaining space, within the box around its known points; empty if there is none."""
    if not len(history.remaining):
        return history.remaining
    low, high = history.remaining.min(axis=0), history.remaining.max(axis=0)
    return remaining_points(history, low + (high - low) * rng.random((CANDIDATES, len(low))))


def remaining_points(history: Matched, points: Reals) -> Reals:
    """Return the points that no wave rules out."""
    return points[not_ruled_out(implausibilities(history, points).max(axis=0))]


def fit_emulators(points: Reals, results: Reals, history: Matched) -> dict[str, Emulator]:
    """Return an emulator for each target that varies, fitted to points with finite results."""
    emulators = {}
    for column, target in enumerate(history.targets):
        known = np.isfinite(results[:, column])
        values = results[known, column]
        if len(values) and np.ptp(values) > 0.0:
            emulators[target.name] = fit_emulator(
                named_points(history, points[known]), values, parameter_ranges(history), history.noise[target.name]
            )
    return emulators


def named_points(history: Matched, points: Reals) -> dict[str, Reals]:
    """Return the coordinates of points by parameter."""
    return dict(zip(history.names, points.T, strict=True))


def parameter_ranges(history: Matched) -> dict[str, tuple[float, float]]:
    """Return the range of each parameter on the unit scale of points."""
    return dict.fromkeys(history.names, (0.0, 1.0))


def implausibilities(history: Matched, points: Reals) -> Reals:
    """Return the implausibility, waves × points × targets; 0 for targets without an accepted emulator."""
    cube = np.zeros((len(history.waves), len(points), len(history.targets)))
    for w, wave in enumerate(history.waves):
        for t, target in enumerate(history.targets):
            if target.name in wave.used:
                mean, variance = predict_points(history, wave.used[target.name], points)
                cube[w, :, t] = implausibility(mean, variance + uncertainty_of_target(history, target), target.value)
    return cube


def uncertainty_of_target(history: Matched, target: Target) -> float:
    """Return the variance around a perfect emulator: observation, discrepancy, and random variation of one year."""
    return target.variance + history.noise[target.name]


def predict_points(history: Matched, emulator: Emulator, points: Reals) -> tuple[Reals, Reals]:
    """Return mean and variance of an emulator at many points."""
    if not len(points):
        return np.zeros(0), np.zeros(0)
    parts = [emulator.predict(named_points(history, points[k : k + BATCH])) for k in range(0, len(points), BATCH)]
    return np.concatenate([one.mean for one in parts]), np.concatenate([one.sd for one in parts]) ** 2


def weights_of(
    history: Matched, points: Reals, emulators: Mapping[str, Emulator], measured: Mapping[str, float]
) -> Reals:
    """Return the weights of points, which sum to 1: the normal likelihood of measurements, predicted by emulators."""
    logarithm = np.zeros(len(points))
    for target in history.targets:
        if target.name in emulators:
            mean, variance = predict_points(history, emulators[target.name], points)
            total_variance = variance + uncertainty_of_target(history, target)
            logarithm -= 0.5 * (np.log(total_variance) + (mean - measured[target.name]) ** 2 / total_variance)
    return normalised_weights(logarithm)


def normalised_weights(logarithm: Reals) -> Reals:
    """Return weights that sum to 1 from their unnormalised logarithms.

    >>> normalised_weights(np.array([-1000.0, -1000.0]))
    array([0.5, 0.5])
    """
    if not len(logarithm):
        return logarithm
    weights = np.exp(logarithm - logarithm.max())
    return np.asarray(weights / weights.sum())


def weighted_quantiles(values: Reals, weights: Reals) -> Reals:
    """Return the limits of the central 90 % of the weight."""
    if not len(values):
        return np.zeros(2)
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    ends = [(1.0 - INTERVAL_LEVEL) / 2.0, (1.0 + INTERVAL_LEVEL) / 2.0]
    places = np.minimum(np.searchsorted(share, ends), len(values) - 1)
    return values[order][places]


@dataclass(frozen=True)
class Coverage:
    """Share of simulated truths inside 90 % intervals, by parameter and by further result."""

    truths: int
    parameters: Mapping[str, float]
    results: Mapping[str, float]


def coverage(history: Matched, extra: Mapping[str, tuple[Reals, float]], most: int) -> Coverage:
    """Return how often 90 % intervals contain the truth, with simulated points of the first wave as truths.

    Parameters
    ----------
    extra
        Further results of those points, such as effects, with the variance of their random variation.
    most
        Maximum number of truths; each is left out of the emulators that estimate it.

    Notes
    -----
    The observation of a truth is its simulated result plus a drawn error of observation and discrepancy.
    """
    rng, first = np.random.default_rng(SEED), history.waves[0]
    candidates = rng.random((BATCH, len(history.names)))
    emulators = {
        name: fit_emulator(named_points(history, first.points), values, parameter_ranges(history), noise)
        for name, (values, noise) in extra.items()
    }
    used = first.used
    errors = {target.name: np.sqrt(target.variance) for target in history.targets if target.name in used}
    known = np.isfinite(first.results)
    chosen = np.flatnonzero(known.all(axis=1))[:most]
    rows = {target.name: known[:, k].cumsum() - 1 for k, target in enumerate(history.targets)}  # emulators omit nan
    inside = np.zeros((len(chosen), len(history.names)), bool)
    of_results = np.zeros((len(chosen), len(extra)), bool)
    for k, truth in enumerate(chosen.tolist()):
        unseen = {name: emulator.without(rows[name][truth]) for name, emulator in used.items()}
        measured = {name: used[name].values[rows[name][truth]] + sd * rng.normal() for name, sd in errors.items()}
        weights = weights_of(history, candidates, unseen, measured)
        for column, values in enumerate(candidates.T):
            low, high = weighted_quantiles(values, weights)
            inside[k, column] = low <= first.points[truth, column] <= high
        for column, (name, emulator) in enumerate(emulators.items()):
            mean, variance = predict_points(history, emulator.without(truth), candidates)
            drawn = mean + np.sqrt(variance + emulator.noise[truth]) * rng.normal(size=len(mean))
            low, high = weighted_quantiles(drawn, weights)
            of_results[k, column] = low <= extra[name][0][truth] <= high
    return Coverage(
        len(chosen),
        dict(zip(history.names, map(float, inside.mean(axis=0)), strict=True)),
        dict(zip(extra, map(float, of_results.mean(axis=0)), strict=True)),
    )
