"""Estimate the share of random variation in the variance between runs, from seeds that all points share."""

import math
from dataclasses import dataclass

import numpy as np

from experiments.statistics.paired_effects import mean_squares

WANTED = 0.1
"""Share of random variation in the means below which an order of factors is worth reading."""


@dataclass(frozen=True)
class VarianceComponents:
    """Variance of single runs, by what it comes from; twins share the part that is common to all points."""

    points: float
    common: float
    own: float
    replicates: int

    @property
    def in_runs(self) -> float:
        """Share of the variance of single runs that is random variation."""
        return share(self.common + self.own, self.points)

    @property
    def in_means(self) -> float:
        """Share of random variation in what differs between the means of points; the common part does not differ."""
        return share(self.own / self.replicates, self.points)

    @property
    def needed(self) -> float:
        """Replicates that bring random variation to the wanted share of the means; infinite where nothing else acts."""
        if self.own == 0.0:
            return 1.0
        if self.points == 0.0:
            return math.inf
        return max(1.0, math.ceil(self.own / self.points * (1.0 - WANTED) / WANTED))


def share(noise: float, other: float) -> float:
    """Return the share of random variation; none where nothing differs at all.

    >>> share(1.0, 3.0), share(0.0, 0.0)
    (0.25, 0.0)
    """
    return noise / (noise + other) if noise + other > 0.0 else 0.0


def variance_components(outcomes: np.ndarray) -> VarianceComponents | None:
    """Return the components of the variance of outcomes (points × seeds); None where there is one seed only.

    The two-way table without repetition: rows are points, columns are seeds, the rest is that of single runs.
    """
    points, seeds = outcomes.shape
    if points < 2 or seeds < 2:
        return None
    # what all have in common is taken off first, or rounding would look like random variation where nothing differs
    of_points, of_seeds, own = mean_squares(outcomes - outcomes[0, 0])
    return VarianceComponents(max(0.0, (of_points - own) / seeds), max(0.0, (of_seeds - own) / points), own, seeds)
