"""Declarations of belief updating: parameters, columns, tables and constants."""

from __future__ import annotations

from typing import Annotated

from model.engine.rows import Column, Row

REFERENCE_ASYMMETRY = 3.0
"""The asymmetry at which the weights of bad events are stated."""


class Evidence(Row):
    """What a resident has seen of the police, good and bad, by what fades fast and what fades slowly.

    A disposition is worth one piece of evidence, of which that share is good.
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
"""The columns that are sums over past impressions, and fade."""
