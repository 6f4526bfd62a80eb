"""Rare counts: events on both sides, and in what share of runs two worlds differ, with exact limits."""

from experiments.statistics.paired_effects import LEVEL, Effect

FEW_DIFFER = 6
"""Pairs that differ, below which a count is reported as events and not as a mean alone."""


def rare_count(effect: Effect, years: float) -> tuple[int, int, int, float, float] | None:
    """Return an effect on a yearly count as events; None where enough pairs differ for a mean to tell.

    These are the events of both sides over all runs, the number of pairs that differ, and Clopper and Pearson's limits
    (Biometrika 1934) of their share in per cent.
    """
    differ = effect.rose + effect.fell
    if not effect.paired or effect.n < 1 or differ >= FEW_DIFFER:
        return None
    from scipy.stats import binomtest  # half a second, which a run without a comparison saves

    share = binomtest(differ, effect.n).proportion_ci(LEVEL, method="exact")
    base, arm = (round(side * effect.n * years) for side in (effect.base, effect.arm))
    return base, arm, differ, 100.0 * float(share.low), 100.0 * float(share.high)
