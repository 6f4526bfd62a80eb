"""Declarations of prevention for the young: parameters and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup

ADULT_AGE_YEARS, MINIMUM_AGE = 18.0, 7.0
"""Ages in years between which people count as young."""


@dataclass(frozen=True, init=False)
class SafeSchools(ParameterGroup):
    """Coverage of supervision after school and of talks, and their effects on recruitment and crime."""

    name: ClassVar[str] = "safe_schools"
    evidence: ClassVar[tuple[str, ...]] = ("B04", "E15")

    coverage: float
    talks: float
    hours: float
    outreach: float
    effect: float
    talk_effect: float
    guard: float
