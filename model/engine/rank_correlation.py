"""Ranks and correlation of ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray


def pearson_correlation(one: FloatArray, other: FloatArray) -> float:
    """Return Pearson's correlation, of ranks Spearman's; nan if one of the two is constant.

    >>> round(pearson_correlation(np.array([1, 2, 3]), np.array([3, 5, 7])), 6)
    1.0
    """
    spread = float(one.std()) * float(other.std())
    return float(np.mean((one - one.mean()) * (other - other.mean())) / spread) if spread > 0.0 else float("nan")


def mean_ranks(values: IntArray | FloatArray) -> FloatArray:
    """Return the rank of every value; ties share their mean rank."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))  # of each group of ties
    end = np.append(first[1:], len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((first + end + 1) / 2.0, end - first)
    return ranks
