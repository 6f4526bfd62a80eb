"""Rare counts: events on both sides, and the share of pairs that differ, with exact confidence limits."""

from typing import NamedTuple

from experiments.statistics.paired_effects import LEVEL, Effect

MIN_DIFFERENT_PAIRS = 6
"""Number of differing pairs below which a count is reported as events, not only as a mean."""


class RareCount(NamedTuple):
    """Events of both sides over all runs, pairs that differ, and exact limits of their share in per cent."""

    base: int
    arm: int
    differ: int
    low: float
    high: float


def rare_count(effect: Effect, years: float) -> RareCount | None:
    """Return an effect on a yearly count as events; None if enough pairs differ to report a mean.

    The limits are Clopper and Pearson's (Biometrika 1934) for the share of pairs that differ.
    """
    differ = effect.rose + effect.fell
    if not effect.paired or effect.n < 1 or differ >= MIN_DIFFERENT_PAIRS:
        return None
    from scipy.stats import binomtest  # takes half a second to import

    share = binomtest(differ, effect.n).proportion_ci(LEVEL, method="exact")
    base, arm = (round(side * effect.n * years) for side in (effect.base, effect.arm))
    return RareCount(base, arm, differ, 100.0 * float(share.low), 100.0 * float(share.high))
