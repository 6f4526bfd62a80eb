"""Held-out errors of an emulator where results come in groups that share more than their inputs say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.emulation.emulator import Emulator, left_out


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


def grouped_errors(emulator: Emulator, groups: Sequence[int], counted: int | None = None) -> GroupedErrors:
    """Return how well whole groups are predicted from the others; errors are those of the first ``counted`` results."""
    found, first = left_out(emulator, groups), slice(counted)
    errors, variance = (emulator.values - found.mean)[first], float(emulator.values[first].var())
    return GroupedErrors(
        groups=len(set(groups)),
        results=len(errors),
        error=float(np.sqrt((errors**2).mean())),
        r2=1.0 - float((errors**2).mean()) / variance if variance else 0.0,
        within=float((np.abs(errors) <= 2.0 * found.sd[first]).mean()),
    )
