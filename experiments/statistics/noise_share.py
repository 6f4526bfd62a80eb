"""Estimate the share of random variation in the variance between runs, from seeds that all points share."""

import math
from dataclasses import dataclass

import numpy as np

from experiments.statistics.paired_effects import mean_squares

MAX_NOISE_SHARE = 0.1
"""Share of random variation in the means below which a ranking of factors is meaningful."""


@dataclass(frozen=True)
class VarianceComponents:
    """Variance of single runs by source: points, seeds (``common`` to all points) and ``residual``."""

    points: float
    common: float
    residual: float
    replicates: int

    @property
    def in_runs(self) -> float:
        """Share of random variation in the variance of single runs."""
        return share(self.common + self.residual, self.points)

    @property
    def in_means(self) -> float:
        """Share of random variation in the variance between means of points; the common part cancels out."""
        return share(self.residual / self.replicates, self.points)

    @property
    def needed_replicates(self) -> float:
        """Number of replicates that lowers `in_means` to `MAX_NOISE_SHARE`; infinite if points do not differ."""
        if self.residual == 0.0:
            return 1.0
        if self.points == 0.0:
            return math.inf
        return max(1.0, math.ceil(self.residual / self.points * (1.0 - MAX_NOISE_SHARE) / MAX_NOISE_SHARE))


def share(noise: float, other: float) -> float:
    """Return the share of random variation; 0 if there is no variance at all.

    >>> share(1.0, 3.0), share(0.0, 0.0)
    (0.25, 0.0)
    """
    return noise / (noise + other) if noise + other > 0.0 else 0.0


def variance_components(outcomes: np.ndarray) -> VarianceComponents | None:
    """Return the components of the variance of outcomes (points × seeds); None for a single point or seed.

    Two-way table without repetition: rows are points, columns are seeds, the residual is that of single runs.
    """
    points, seeds = outcomes.shape
    if points < 2 or seeds < 2:
        return None
    # a constant is subtracted first, since rounding would look like random variation where nothing differs
    of_points, of_seeds, own = mean_squares(outcomes - outcomes[0, 0])
    return VarianceComponents(max(0.0, (of_points - own) / seeds), max(0.0, (of_seeds - own) / points), own, seeds)
