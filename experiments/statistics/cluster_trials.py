"""Analysis of field trials of randomised places, as a field researcher would do it, for many simulated surveys.

Places are analysed by their means, since they are drawn and persons are not (Hayes and Moulton 2017). Errors are
heteroskedasticity-robust (HC2) with Student's t from ten places an arm on; below that, tests go over all assignments
that could have been drawn (exact randomisation inference), since robust errors are too small with few places.
"""

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
type Estimator = Literal["after", "did", "ancova"]
ESTIMATORS: tuple[Estimator, ...] = ("after", "did", "ancova")
"""Difference of means afterwards, of changes, and of means afterwards given those before (McKenzie 2012)."""
LEAST_UNITS = 10
"""Places an arm from which robust errors are used."""
FAR = 10.0
"""Standard errors beyond the limit of a test from which its power is 1, where the noncentral t is not computed."""
ALPHA = 0.05
"""Share of assignments that the test of a rate ratio rejects by chance, at most."""
MOST_ASSIGNMENTS = 5000
"""Lots that a randomisation test goes through; of more possible ones so many are drawn."""


class TrialEstimates(NamedTuple):
    """Estimated effects of some surveys, with standard errors, p-values and the ends of 95 % intervals."""

    effects: Reals
    errors: Reals
    p: Reals
    low: Reals
    high: Reals


def is_exact(treated: Flags) -> bool:
    """Return whether an arm has so few places that tests are exact."""
    return min(int(treated.sum()), int((~treated).sum())) < LEAST_UNITS


def trial_estimates(before: Reals, after: Reals, treated: Flags, estimator: Estimator) -> TrialEstimates:
    """Return the estimates of surveys, whose means before and after are surveys × places.

    Below `LEAST_UNITS` places an arm, p-values and intervals are those of the randomisation test.
    """
    outcome, covariate = outcome_and_covariate(before, after, estimator)
    estimates = robust_estimates(outcome, treated, covariate)
    if not is_exact(treated):
        return estimates
    low, high = randomisation_interval(outcome, treated, covariate)
    return estimates._replace(p=randomisation_p(outcome, treated, covariate), low=low, high=high)


def outcome_and_covariate(before: Reals, after: Reals, estimator: Estimator) -> tuple[Reals, Reals | None]:
    """Return the outcome that an estimator compares, and its covariate, if it has one."""
    return after - before if estimator == "did" else after, before if estimator == "ancova" else None


def robust_estimates(outcome: Reals, treated: Flags, covariate: Reals | None) -> TrialEstimates:
    """Return effects by least squares, with HC2 errors (MacKinnon and White 1985) and t of places less coefficients."""
    columns = [np.ones_like(outcome), np.broadcast_to(treated, outcome.shape).astype(np.float64)]
    if covariate is not None:
        columns.append(covariate - covariate.mean(axis=1, keepdims=True))
    design = np.stack(columns, axis=2)
    bread = np.linalg.pinv(np.einsum("sjp,sjq->spq", design, design))
    coefficients = np.einsum("spq,sjq,sj->sp", bread, design, outcome)
    residuals = outcome - np.einsum("sjp,sp->sj", design, coefficients)
    leverage = np.einsum("sjp,spq,sjq->sj", design, bread, design)
    weights = np.einsum("spq,sjq->sjp", bread, design)[:, :, 1]
    errors = np.sqrt((weights**2 * residuals**2 / np.maximum(1.0 - leverage, 1e-12)).sum(axis=1))
    degrees, effects = outcome.shape[1] - design.shape[2], coefficients[:, 1]
    reach = stats.t.ppf(0.975, degrees) * errors
    p = 2.0 * stats.t.sf(np.abs(effects) / np.where(errors > 0.0, errors, np.inf), degrees)
    return TrialEstimates(effects, errors, p, effects - reach, effects + reach)


def possible_assignments(places: int, treated: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return all assignments of so many treated places (assignments × places), or `MOST_ASSIGNMENTS` of them at random.

    >>> possible_assignments(3, 1, np.random.default_rng(1)).sum(axis=0)
    array([1, 1, 1])
    """
    if math.comb(places, treated) <= MOST_ASSIGNMENTS:
        chosen: Sequence[Sequence[int]] = list(itertools.combinations(range(places), treated))
    else:
        chosen = [rng.permutation(places)[:treated].tolist() for _ in range(MOST_ASSIGNMENTS)]
    assignments = np.zeros((len(chosen), places), np.bool_)
    for row, numbers in enumerate(chosen):
        assignments[row, list(numbers)] = True
    return assignments


def randomisation_p(outcome: Reals, treated: Flags, covariate: Reals | None, seed: int = 1) -> Reals:
    """Return the share of assignments whose difference is at least that of the one drawn, itself among them.

    With a covariate, differences are those of residuals of a regression without treatment.
    """
    contrasts = assignment_contrasts(treated, seed)
    values = without_covariate(outcome, covariate)
    observed = np.abs(values @ contrasts[0])
    larger = np.abs(values @ contrasts.T) >= observed[:, None] * (1.0 - 1e-9)
    result: Reals = larger.mean(axis=1)
    return result


def randomisation_interval(
    outcome: Reals, treated: Flags, covariate: Reals | None, alpha: float = 0.05, seed: int = 1
) -> tuple[Reals, Reals]:
    """Return the ends of the effects that the randomisation test does not reject; infinite where it never does.

    An assignment counts against an effect as long as the difference that is left lies within that of the one drawn;
    both are linear in the effect, so each counts up to an end on either side.
    """
    contrasts = assignment_contrasts(treated, seed)
    flags = np.broadcast_to(treated, outcome.shape).astype(np.float64)
    a, b = (without_covariate(one, covariate) @ contrasts.T for one in (outcome, flags))
    a0, b0 = a[:, :1], b[:, :1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(a - a0) / (b - b0), (a + a0) / (b + b0)])
    never_ends = np.abs(b) >= b0 * (1.0 - 1e-9)
    low, high = (
        np.where(never_ends, far, one) for far, one in ((-np.inf, ends.min(axis=0)), (np.inf, ends.max(axis=0)))
    )
    kept = max(1, math.ceil(alpha * len(contrasts) - 1e-9))
    return np.partition(low, kept - 1, axis=1)[:, kept - 1], -np.partition(-high, kept - 1, axis=1)[:, kept - 1]


def assignment_contrasts(treated: Flags, seed: int) -> Reals:
    """Return the weights of places in differences of means (assignments × places), the assignment drawn first."""
    return contrasts_of_assignments(tuple(treated.tolist()), seed)


@lru_cache(maxsize=16)
def contrasts_of_assignments(drawn: tuple[bool, ...], seed: int) -> Reals:
    """Return `assignment_contrasts`, which many surveys of the same assignment share."""
    treated, places, n = np.array(drawn), len(drawn), sum(drawn)
    assignments = possible_assignments(places, n, np.random.default_rng(seed))
    others = assignments[(assignments != treated).any(axis=1)]
    assignments = np.vstack([treated, others if len(others) < len(assignments) else others[1:]])
    contrasts: Reals = assignments / n - ~assignments / (places - n)
    return contrasts


def without_covariate(values: Reals, covariate: Reals | None) -> Reals:
    """Return the residuals of a regression on a covariate, or the differences from the mean."""
    centred_values = values - values.mean(axis=1, keepdims=True)
    if covariate is None:
        return centred_values
    centred = covariate - covariate.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1, keepdims=True)
    slope = (centred * centred_values).sum(axis=1, keepdims=True) / np.where(spread > 0.0, spread, 1.0)
    residuals: Reals = centred_values - centred * slope
    return residuals


def least_p(treated: Flags) -> float:
    """Return the smallest p-value that a randomisation test can give, whatever the data.

    >>> round(least_p(np.array([True, False, False])), 3)
    0.333
    """
    places, n = len(treated), int(treated.sum())
    return (2 if 2 * n == places else 1) / math.comb(places, n)


def detectable_effect(error: float, degrees: int, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest effect that a trial with a standard error finds with a power (Bloom 1995)."""
    return float((stats.t.ppf(1.0 - alpha / 2.0, degrees) + stats.t.ppf(power, degrees)) * error)


def power_of(effect: float, error: float, degrees: int, alpha: float = 0.05) -> float:
    """Return the power of a two-sided t test of an effect, by the noncentral t distribution."""
    limit, shift = stats.t.ppf(1.0 - alpha / 2.0, degrees), effect / error
    if abs(shift) > limit + FAR:
        return 1.0
    return float(stats.nct.sf(limit, degrees, shift) + stats.nct.cdf(-limit, degrees, shift))


class RateRatio(NamedTuple):
    """Logarithm of a ratio of rate ratios, and half of the width of its 95 % interval."""

    log_ratio: float
    reach: float


def rate_ratio(before: Reals, after: Reals, treated: Flags, seed: int = 1) -> RateRatio:
    """Return the change of counts in treated places relative to that in the others (Wilson 2022).

    Counts of places are summed by arm. ``reach`` is the size that at most one in twenty assignments exceeds by chance;
    a formula for the error is too small where a few places have most of the counts.

    >>> counts = np.array([100.0, 100.0, 100.0, 100.0])
    >>> found = rate_ratio(counts, np.array([50.0, 50.0, 100.0, 100.0]), np.array([True, True, False, False]))
    >>> round(math.exp(found.log_ratio), 2)
    0.5
    """
    assignments = np.vstack([treated, assignments_by_size(len(treated), int(treated.sum()), seed)])
    sums = [arm @ counts for arm in (assignments, ~assignments) for counts in (after, before)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.log(sums[0] * sums[3] / (sums[1] * sums[2]))
    sizes = np.where(np.isnan(ratios), np.inf, np.abs(ratios))
    exceeding = int(ALPHA * len(sizes))
    return RateRatio(float(ratios[0]), float(-np.partition(-sizes, exceeding)[exceeding]))


@lru_cache(maxsize=16)
def assignments_by_size(places: int, treated: int, seed: int) -> NDArray[np.bool_]:
    """Return `possible_assignments`, which all windows and records of a trial share."""
    return possible_assignments(places, treated, np.random.default_rng(seed))
