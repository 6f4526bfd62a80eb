"""Declarations of belief updating: columns of evidence, and the asymmetry at which weights are stated."""

from __future__ import annotations

from typing import Annotated

from model.engine.rows import Column, Row

REFERENCE_ASYMMETRY = 3.0
"""Value of `trust.asymmetry` for which the weights of unfavourable events are stated."""


class Evidence(Row):
    """Evidence of a resident about the police: favourable and unfavourable, in a fast and a slow memory.

    A disposition is worth one unit of evidence, of which that share is favourable.
    """

    disposed_fairness: Annotated[float, Column("share of a disposition that speaks for fair police", "0-1", 0.5)]
    disposed_effectiveness: Annotated[float, Column("share that speaks for police who come and solve", "0-1", 0.5)]
    fair_fast: Annotated[float, Column("evidence of fair treatment, of which days are left", "evidence")]
    fair_slow: Annotated[float, Column("evidence of fair treatment, of which years are left", "evidence")]
    unfair_fast: Annotated[float, Column("evidence of unfair treatment, of which days are left", "evidence")]
    unfair_slow: Annotated[float, Column("evidence of unfair treatment, of which years are left", "evidence")]
    solved_fast: Annotated[float, Column("evidence that they come and solve, of which days are left", "evidence")]
    solved_slow: Annotated[float, Column("evidence that they come and solve, of which years are left", "evidence")]
    failed_fast: Annotated[float, Column("evidence that they do not, of which days are left", "evidence")]
    failed_slow: Annotated[float, Column("evidence that they do not, of which years are left", "evidence")]


EVIDENCE_COLUMNS = tuple(name for name in Evidence.columns if not name.startswith("disposed"))
"""Columns that are sums over past impressions and decay."""
