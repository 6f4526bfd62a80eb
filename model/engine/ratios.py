"""Ratios with a defined value for a denominator of zero, and the base of rates."""

from __future__ import annotations

PER_1000 = 1000.0
"""Residents for whom rates are stated."""


def ratio_or_zero(part: float, whole: float) -> float:
    """Return part over whole, or 0 if the whole is zero."""
    return float(part) / float(whole) if whole > 0 else 0.0


def ratio_or_nan(part: float, whole: float) -> float:
    """Return part over whole, or nan if the whole is zero."""
    return float(part) / float(whole) if whole else float("nan")
