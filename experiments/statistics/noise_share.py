"""Estimate how much of the variance between runs is luck: twin seeds at every point tell it from the parameters."""

import math
from dataclasses import dataclass

import numpy as np

WANTED = 0.1
"""Share of luck in the means below which an order of factors is worth reading."""


@dataclass(frozen=True)
class Luck:
    """Variance of single runs, by what it comes from; twins share the part that is common to all points."""

    points: float
    common: float
    own: float
    replicates: int

    @property
    def in_runs(self) -> float:
        """Share of the variance of single runs that is luck."""
        return share(self.common + self.own, self.points)

    @property
    def in_means(self) -> float:
        """Share of luck in what differs between the means of points; the common part does not differ."""
        return share(self.own / self.replicates, self.points)

    @property
    def needed(self) -> float:
        """Replicates with which luck would have the wanted share in the means; infinite where nothing else acts."""
        if self.own == 0.0:
            return 1.0
        if self.points == 0.0:
            return math.inf
        return max(1.0, math.ceil(self.own / self.points * (1.0 - WANTED) / WANTED))


def share(luck: float, other: float) -> float:
    """Return the share of luck; none where nothing differs at all.

    >>> share(1.0, 3.0), share(0.0, 0.0)
    (0.25, 0.0)
    """
    return luck / (luck + other) if luck + other > 0.0 else 0.0


def luck_of(outcomes: np.ndarray) -> Luck | None:
    """Return the parts of the variance of outcomes (points × seeds); None where there is one seed only.

    The two-way table without repetition: rows are points, columns are seeds, what remains is luck of its own.
    """
    points, seeds = outcomes.shape
    if points < 2 or seeds < 2:
        return None
    # what all have in common is taken off first, or rounding would look like luck where nothing differs
    outcomes = outcomes - outcomes[0, 0]
    by_point, by_seed, all_runs = outcomes.mean(axis=1), outcomes.mean(axis=0), outcomes.mean()
    rest = outcomes - by_point[:, None] - by_seed[None, :] + all_runs
    own = float((rest**2).sum() / ((points - 1) * (seeds - 1)))
    between_points = float(seeds * by_point.var(ddof=1))
    between_seeds = float(points * by_seed.var(ddof=1))
    return Luck(max(0.0, (between_points - own) / seeds), max(0.0, (between_seeds - own) / points), own, seeds)
