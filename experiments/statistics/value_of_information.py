"""Value of information: by how much decisions become better if something is known before they are made.

A decision is a table of utilities (worlds × options) with the weight of each world. The best option today has the
largest mean utility. If a question is answered first, the best option may differ between answers; the gain is the
value of the answer (Raiffa and Schlaifer 1961). It is computed from worlds on record: for classes by means, for numbers
by regression (Strong, Oakley and Brennan 2014), for groups of numbers by rules that are valued in worlds to which they
were not fitted.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Codes = NDArray[np.int64]
SHUFFLES, BOOTSTRAPS = 200, 200
"""Shuffles that tell what chance gives, and resamples of worlds that tell the error."""
FOLDS = 10
DEGREE = 4
"""Largest degree of the polynomials of one number."""
PENALTIES = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 17)])
"""Penalties on curvature among which generalised cross-validation chooses."""
RIDGES = np.geomspace(1e-2, 1e5, 15)
"""Penalties on the coefficients of a group of numbers."""
FAMILY_QUANTILE = 0.95
"""Quantile of the largest value of all shuffled numbers that a number must exceed."""
NODES = 15
"""Results of a study that are simulated in each world: Gauss-Hermite nodes of its error."""


class InformationValue(NamedTuple):
    """Value of knowing something: ``value`` with what chance gives removed, its standard error, and that chance."""

    value: float
    error: float
    chance: float


@dataclass(frozen=True)
class Decision:
    """Utilities of worlds × options with the weights of worlds, which sum to 1, and the account of each world."""

    utilities: Reals
    weights: Reals
    accounts: Codes

    @classmethod
    def of(cls, utilities: Reals, weights: Reals, accounts: Codes) -> Self:
        """Return a decision with its weights normalised."""
        return cls(utilities, weights / weights.sum(), accounts)

    @cached_property
    def means(self) -> Reals:
        """Mean utility of each option."""
        return self.weights @ self.utilities

    @cached_property
    def best_today(self) -> float:
        """Mean utility of the option that is best today."""
        return float(self.means.max())

    @cached_property
    def within_accounts(self) -> Reals:
        """Utilities less their mean under the same account."""
        return self.utilities - class_means(self.utilities, self.weights, self.accounts)[self.accounts]

    def with_utilities(self, utilities: Reals) -> "Decision":
        """Return the same worlds with other utilities."""
        return Decision(utilities, self.weights, self.accounts)

    def of_rows(self, rows: Codes) -> "Decision":
        """Return some of the worlds, which may repeat."""
        return Decision.of(self.utilities[rows], self.weights[rows], self.accounts[rows])


def class_means(utilities: Reals, weights: Reals, classes: Codes) -> Reals:
    """Return the mean utilities of each class (classes × options); 0 without a world."""
    sums = np.zeros((int(classes.max()) + 1, utilities.shape[1]))
    np.add.at(sums, classes, weights[:, None] * utilities)
    mass = np.bincount(classes, weights, minlength=len(sums))
    return sums / np.where(mass > 0.0, mass, 1.0)[:, None]


def value_of_all(decision: Decision) -> float:
    """Return the value of knowing everything, Monte Carlo error included: an upper bound of any study.

    >>> value_of_all(Decision.of(np.array([[0.0, 1.0], [0.0, -1.0]]), np.ones(2), np.zeros(2, int)))
    0.5
    """
    return float(decision.weights @ decision.utilities.max(axis=1)) - decision.best_today


def value_of_classes(decision: Decision, classes: Codes) -> float:
    """Return the value of knowing the class of the world, which chance makes too large."""
    means = class_means(decision.utilities, decision.weights, classes)
    mass = np.bincount(classes, decision.weights, minlength=len(means))
    return float(mass @ means.max(axis=1)) - decision.best_today


def information_value_of_classes(decision: Decision, classes: Codes, rng: np.random.Generator) -> InformationValue:
    """Return the value of knowing the class, less what random classes of the same sizes give."""
    n = len(classes)
    shuffled = [value_of_classes(decision, classes[rng.permutation(n)]) for _ in range(SHUFFLES)]
    resampled = [
        value_of_classes(decision.of_rows(rows), classes[rows])
        for rows in (rng.integers(0, n, n) for _ in range(BOOTSTRAPS))
    ]
    chance = float(np.mean(shuffled))
    return InformationValue(value_of_classes(decision, classes) - chance, float(np.std(resampled)), chance)


def signal_shares(first: Reals, second: Reals) -> Reals:
    """Return the matrix (options × options) that removes Monte Carlo error from utilities, by two runs of each world.

    The covariance between both runs of a world is that of what the world determines; deviations from the mean are
    scaled so that they have this covariance.
    """
    a, b = (one - one.mean(axis=0) for one in (first, second))
    total = 0.5 * (a.T @ a + b.T @ b) / (len(a) - 1)
    signal = 0.5 * (a.T @ b + b.T @ a) / (len(a) - 1)
    return symmetric_power(total, -0.5) @ symmetric_power(signal, 0.5)


def symmetric_power(matrix: Reals, power: float) -> Reals:
    """Return the power of a symmetric matrix; what is not positive in it is 0."""
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    kept = values > 1e-12 * max(float(values.max()), 1e-300)
    scale = np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)
    result: Reals = (vectors * scale) @ vectors.T
    return result


def without_error(decision: Decision, shares: Reals) -> Decision:
    """Return a decision whose utilities vary as much as what worlds determine."""
    return decision.with_utilities(decision.means + (decision.utilities - decision.means) @ shares)


# Single numbers


class Polynomials(NamedTuple):
    """Polynomials of each number (numbers × worlds × degrees).

    ``within`` are orthonormal, scaled by the roots of weights, and vary within accounts alone: coefficients are fitted
    with them. ``shown`` are the same polynomials of the number, whatever the account, less their mean.
    """

    within: Reals
    shown: Reals


def polynomials_of(numbers: Reals, decision: Decision) -> Polynomials:
    """Return the polynomials of some numbers (worlds × numbers)."""
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    scaled = 2.0 * (numbers - low) / np.where(high > low, high - low, 1.0) - 1.0
    powers = np.concatenate([scaled**degree for degree in range(1, DEGREE + 1)], axis=1)
    centred = powers - decision.weights @ powers
    within = powers - class_means(powers, decision.weights, decision.accounts)[decision.accounts]
    shown, inside = (
        one.reshape(len(numbers), DEGREE, numbers.shape[1]).transpose(2, 0, 1) for one in (centred, within)
    )
    bases, triangles = np.linalg.qr(np.sqrt(decision.weights)[None, :, None] * inside)
    return Polynomials(bases, shown @ np.linalg.pinv(triangles))


def smooth_coefficients(bases: Reals, scaled: Reals) -> Reals:
    """Return penalised coefficients of utilities (numbers × degrees × options), scaled by the roots of weights.

    The penalty, which grows with the degree and leaves straight lines alone, is chosen for each number and option by
    generalised cross-validation.
    """
    n = bases.shape[1]
    coefficients = np.einsum("pnd,nk->pdk", bases, scaled)
    degrees = np.arange(1, DEGREE + 1, dtype=np.float64)
    shrink = 1.0 / (1.0 + PENALTIES[:, None] * ((degrees - 1.0) * degrees)[None, :] ** 2)
    total = (scaled**2).sum(axis=0)
    left = np.einsum("ld,pdk->lpk", 1.0 - (1.0 - shrink) ** 2, coefficients**2)
    free = n - 1.0 - shrink.sum(axis=1)
    score = (total[None, None, :] - left) / free[:, None, None] ** 2
    chosen: Reals = shrink[score.argmin(axis=0)].transpose(0, 2, 1)
    return chosen * coefficients


def values_of_numbers(decision: Decision, polynomials: Polynomials, residuals: Reals) -> Reals:
    """Return the value of knowing each number alone, from utilities within accounts; chance makes it too large."""
    coefficients = smooth_coefficients(polynomials.within, np.sqrt(decision.weights)[:, None] * residuals)
    fitted = polynomials.shown @ coefficients
    values: Reals = (fitted + decision.means).max(axis=2) @ decision.weights - decision.best_today
    return np.maximum(values, 0.0)


class InformationValueOfNumbers(NamedTuple):
    """Values of single numbers, the mean value of each if it is shuffled, and what the largest shuffled one reaches."""

    values: Reals
    chance: Reals
    largest: float


def information_value_of_numbers(
    decision: Decision, numbers: Reals, rng: np.random.Generator, shuffles: int
) -> InformationValueOfNumbers:
    """Return the values of single numbers (worlds × numbers) beside those of shuffled worlds.

    Utilities are shuffled together within accounts, so that numbers keep their correlations.
    """
    polynomials, residuals = polynomials_of(numbers, decision), decision.within_accounts
    values = values_of_numbers(decision, polynomials, residuals)
    shuffled = np.array(
        [values_of_numbers(decision, polynomials, residuals[rng.permutation(len(residuals))]) for _ in range(shuffles)]
    )
    largest = float(np.quantile(shuffled.max(axis=1), FAMILY_QUANTILE))
    return InformationValueOfNumbers(values, shuffled.mean(axis=0), largest)


# Groups of numbers


@dataclass(frozen=True)
class RidgeFold:
    """Ridge regression of one fold: singular values and vectors of the fitted worlds, and those left out."""

    fitted: Codes
    left_out: Codes
    left: Reals
    sizes: Reals
    project: Reals

    @classmethod
    def of(cls, numbers: Reals, decision: Decision, left_out: Codes) -> Self:
        """Return the regression for numbers (worlds × numbers) within the accounts of the fitted worlds."""
        fitted = np.setdiff1d(np.arange(len(numbers)), left_out)
        weight, accounts = decision.weights[fitted], decision.accounts[fitted]
        within = numbers[fitted] - class_means(numbers[fitted], weight, accounts)[accounts]
        weight = weight / weight.sum()
        left, sizes, right = np.linalg.svd(np.sqrt(weight)[:, None] * within, full_matrices=False)
        return cls(fitted, left_out, left, sizes, (numbers[left_out] - weight @ numbers[fitted]) @ right.T)

    def predict(self, utilities: Reals, weights: Reals) -> Reals:
        """Return predictions of the worlds left out, relative to the mean of the fitted ones.

        The penalty is chosen for each option by generalised cross-validation among `RIDGES`.
        """
        weight = weights[self.fitted] / weights[self.fitted].sum()
        target = np.sqrt(weight)[:, None] * (utilities[self.fitted] - weight @ utilities[self.fitted])
        along = self.left.T @ target
        ridges = RIDGES[:, None] * float(np.mean(self.sizes**2)) if self.sizes.size else RIDGES[:, None]
        shrink = self.sizes**2 / (self.sizes**2 + ridges)
        total = (target**2).sum(axis=0)
        missed = total[None, :] - (1.0 - (1.0 - shrink) ** 2) @ along**2
        score = missed / (len(self.fitted) - 1.0 - shrink.sum(axis=1))[:, None] ** 2
        chosen = shrink[score.argmin(axis=0)].T
        result: Reals = self.project @ (chosen * along / np.where(self.sizes > 0.0, self.sizes, 1.0)[:, None])
        return result


def ridge_folds(numbers: Reals, decision: Decision, rng: np.random.Generator) -> list[RidgeFold]:
    """Return the folds of a cross-validation over shuffled worlds."""
    order = rng.permutation(len(numbers))
    return [RidgeFold.of(numbers, decision, np.sort(part)) for part in np.array_split(order, FOLDS) if len(part)]


def gains_of_rule(decision: Decision, residuals: Reals, folds: Sequence[RidgeFold]) -> Reals:
    """Return the gain in each world of the option that a rule takes, over the option that is best today.

    The rule of a fold is fitted to the other folds; in each world it takes the option with the largest prediction.
    """
    gains = np.zeros(len(decision.weights))
    for fold in folds:
        weight = decision.weights[fold.fitted]
        means = weight @ decision.utilities[fold.fitted] / weight.sum()
        chosen = (means + fold.predict(residuals, decision.weights)).argmax(axis=1)
        own = decision.means + residuals[fold.left_out]
        gains[fold.left_out] = own[np.arange(len(chosen)), chosen] - own[:, int(means.argmax())]
    return gains


def information_value_of_group(
    decision: Decision, splits: Sequence[Sequence[RidgeFold]], rng: np.random.Generator, shuffles: int
) -> InformationValue:
    """Return the value of a rule that knows a group of numbers, in worlds to which it was not fitted.

    It is the mean over several splits of the worlds into folds. ``chance`` is the mean value of such a rule if worlds
    are shuffled, which is 0 or less.
    """
    residuals, n, folds = decision.within_accounts, len(decision.weights), splits[0]
    gains = np.mean([gains_of_rule(decision, residuals, one) for one in splits], axis=0)
    value = float(decision.weights @ gains)
    error = math.sqrt(float(decision.weights**2 @ (gains - value) ** 2))
    shuffled = [
        float(decision.weights @ gains_of_rule(decision, residuals[rng.permutation(n)], folds)) for _ in range(shuffles)
    ]
    return InformationValue(value, error, float(np.mean(shuffled)) if shuffled else 0.0)


# Studies that measure with an error


def smooth_utilities(decision: Decision, statistic: Reals) -> Decision:
    """Return a decision whose utilities are those that are expected where a statistic of the world is known."""
    together = Decision(decision.utilities, decision.weights, np.zeros_like(decision.accounts))
    polynomials = polynomials_of(statistic[:, None], together)
    coefficients = smooth_coefficients(
        polynomials.within, np.sqrt(decision.weights)[:, None] * together.within_accounts
    )
    return decision.with_utilities(decision.means + (polynomials.shown @ coefficients)[0])


def value_of_measurement(decision: Decision, statistic: Reals, error: float) -> float:
    """Return the value of measuring a statistic of the world with a normal error (a preposterior analysis).

    In each world results are simulated at Gauss-Hermite nodes; given a result, worlds are weighted by its likelihood.
    """
    expected = smooth_utilities(decision, statistic)
    if error <= 0.0:
        return value_of_all(expected)
    nodes, masses = np.polynomial.hermite_e.hermegauss(NODES)
    results = statistic[:, None] + error * nodes[None, :]
    return value_of_results(
        expected, results, masses / masses.sum(), lambda one: normal_likelihoods(one, statistic, error)
    )


def normal_likelihoods(results: Reals, statistic: Reals, error: float) -> Reals:
    """Return the logarithm of the likelihood of some results in each world (results × worlds)."""
    logarithms: Reals = -0.5 * ((results[:, None] - statistic[None, :]) / error) ** 2
    return logarithms


def value_of_results(expected: Decision, results: Reals, masses: Reals, likelihoods: Callable[[Reals], Reals]) -> float:
    """Return the value of a study whose results (worlds × nodes) have masses, from likelihoods (results × worlds)."""
    value = 0.0
    for node, mass in enumerate(masses):
        logarithms = likelihoods(results[:, node])
        posterior = np.exp(logarithms - logarithms.max(axis=1, keepdims=True)) * expected.weights
        means = (posterior @ expected.utilities) / posterior.sum(axis=1, keepdims=True)
        value += float(mass) * float(expected.weights @ means.max(axis=1))
    return value - expected.best_today


def value_of_survey(decision: Decision, predicted: Reals, errors: Reals, rng: np.random.Generator, n: int) -> float:
    """Return the value of a survey that tells accounts apart by several findings, each with a normal error.

    ``predicted`` are the findings under each account (accounts × findings); ``n`` surveys are simulated under each.
    """
    mass = np.bincount(decision.accounts, decision.weights, minlength=len(predicted))
    means = class_means(decision.utilities, decision.weights, decision.accounts)
    means = np.vstack([means, np.zeros((len(predicted) - len(means), means.shape[1]))])
    value = 0.0
    for account in np.flatnonzero(mass):
        found = predicted[account] + errors * rng.standard_normal((n, predicted.shape[1]))
        logarithms = -0.5 * (((found[:, None, :] - predicted[None, :, :]) / errors) ** 2).sum(axis=2)
        posterior = np.exp(logarithms - logarithms.max(axis=1, keepdims=True)) * mass
        value += float(mass[account]) * float(
            ((posterior @ means) / posterior.sum(axis=1, keepdims=True)).max(axis=1).mean()
        )
    return max(0.0, value - decision.best_today)


def halves(n: int, rng: np.random.Generator) -> Iterator[Codes]:
    """Yield the row numbers of two random halves."""
    order = rng.permutation(n)
    yield from (np.sort(order[: n // 2]), np.sort(order[n // 2 :]))
