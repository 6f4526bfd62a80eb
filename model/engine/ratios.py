"""Ratios with a stated value where the denominator is zero."""

from __future__ import annotations


def ratio_or_zero(part: float, whole: float) -> float:
    """Return part over whole, 0 where there is no whole: what left no trace is absent."""
    return float(part) / float(whole) if whole > 0 else 0.0


def ratio_or_nan(part: float, whole: float) -> float:
    """Return part over whole; 0/0 is null."""
    return float(part) / float(whole) if whole else float("nan")
