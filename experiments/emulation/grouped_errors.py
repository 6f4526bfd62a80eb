"""Held-out errors of an emulator where results come in groups that share more than their inputs say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.emulation.emulator import JITTER, Emulator, Prediction, Reals, spread_of


@dataclass(frozen=True)
class GroupedErrors:
    """Errors of predictions of whole groups, each from all other groups.

    ``error`` is the root mean square error in the unit of the result, ``r2`` the share of the variance of the results
    that is predicted, ``within`` the share of results within two standard deviations of their prediction.
    """

    groups: int
    results: int
    error: float
    r2: float
    within: float


def left_out_groups(emulator: Emulator, groups: Sequence[object]) -> Prediction:
    """Return the prediction of each result without all results of its group, and its sd for one result.

    Lengths and scales stay. With K the covariance of all results and A its inverse, the errors of a group g are
    A[g, g]⁻¹ (A y)[g] (Rasmussen and Williams, MIT Press 2006, section 5.4.2, for one result).
    """
    process, spread = emulator.process, spread_of(emulator.values)
    inverse = np.linalg.inv(process.kernel_(emulator.points) + np.diag(JITTER + emulator.noise / spread**2))
    standard = (emulator.values - emulator.values.mean()) / spread
    weighted, errors, variances = inverse @ standard, np.zeros(len(standard)), np.zeros(len(standard))
    for rows in rows_by_group(groups):
        covariance = np.linalg.inv(inverse[np.ix_(rows, rows)])
        errors[rows] = covariance @ weighted[rows]
        variances[rows] = np.diag(covariance)
    return Prediction(emulator.values - spread * errors, spread * np.sqrt(variances))


def rows_by_group(groups: Sequence[object]) -> list[Reals]:
    """Return the numbers of the rows of each group."""
    found: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        found.setdefault(group, []).append(row)
    return [np.array(rows) for rows in found.values()]


def grouped_errors(emulator: Emulator, groups: Sequence[object], counted: int | None = None) -> GroupedErrors:
    """Return how well whole groups are predicted from the others; errors are those of the first ``counted`` results."""
    found, first = left_out_groups(emulator, groups), slice(counted)
    errors, variance = (emulator.values - found.mean)[first], float(emulator.values[first].var())
    return GroupedErrors(
        groups=len(set(groups)),
        results=len(errors),
        error=float(np.sqrt((errors**2).mean())),
        r2=1.0 - float((errors**2).mean()) / variance if variance else 0.0,
        within=float((np.abs(errors) <= 2.0 * found.sd[first]).mean()),
    )
