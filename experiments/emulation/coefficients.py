"""Coefficients of an emulator: plain numbers that give the same mean without scikit-learn."""

from typing import NamedTuple

import numpy as np

from experiments.emulation.emulator import Emulator, Reals, spread_of


class Coefficients(NamedTuple):
    """Mean of an emulator at x, inputs from 0 to 1: level + slopes · x + Σ weight exp(-Σ ((x - point) / length)² / 2).

    ``slopes`` and ``lengths`` have one number for each input, ``weights`` one for each point.
    """

    level: float
    slopes: Reals
    weights: Reals
    lengths: Reals
    points: Reals

    def mean(self, inputs: Reals) -> Reals:
        """Return the mean at some points (points × inputs)."""
        steps = (inputs[:, None, :] - self.points[None, :, :]) / self.lengths
        return self.level + inputs @ self.slopes + np.exp(-0.5 * (steps**2).sum(axis=2)) @ self.weights

    def averaged(self, n_first: int, others: Reals) -> "Coefficients":
        """Return coefficients in the first inputs only, averaged over values of the others (points × inputs).

        The covariance is a product over inputs, so that averaging over the others changes only the weights.
        """
        steps = (others[:, None, :] - self.points[None, :, n_first:]) / self.lengths[n_first:]
        return Coefficients(
            level=self.level + float((others @ self.slopes[n_first:]).mean()),
            slopes=self.slopes[:n_first],
            weights=self.weights * np.exp(-0.5 * (steps**2).sum(axis=2)).mean(axis=0),
            lengths=self.lengths[:n_first],
            points=self.points[:, :n_first],
        )


def coefficients_of(emulator: Emulator) -> Coefficients:
    """Return the coefficients of a fitted emulator; its covariance is a smooth part plus a linear trend."""
    smooth, trend = emulator.process.kernel_.k1, emulator.process.kernel_.k2
    spread = spread_of(emulator.values)
    weights = spread * np.asarray(emulator.process.alpha_, float)
    slope = trend.k1.constant_value
    offset = float(trend.k2.sigma_0) ** 2
    return Coefficients(
        level=float(emulator.values.mean() + slope * offset * weights.sum()),
        slopes=slope * weights @ emulator.points,
        weights=smooth.k1.constant_value * weights,
        lengths=np.broadcast_to(smooth.k2.length_scale, emulator.points.shape[1]).astype(float),
        points=emulator.points,
    )
