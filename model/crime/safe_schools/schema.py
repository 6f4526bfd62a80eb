"""Declarations of prevention for the young: parameters and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter

ADULT_AGE_YEARS, MINIMUM_AGE = 18.0, 7.0
"""Ages in years between which people count as young."""


@dataclass(frozen=True, kw_only=True)
class SafeSchools(ParameterGroup):
    """Coverage of supervision after school and of talks, and their effects on recruitment and crime."""

    name: ClassVar[str] = "safe_schools"
    evidence: ClassVar[tuple[str, ...]] = ("B04", "E15")

    coverage: float = share_parameter(
        0.0, "E15", "students under 18 who are supervised after school", role="lever", off=0.0
    )
    talks: float = share_parameter(
        0.0, "B04", "students whom talks by prevention officers reach", role="lever", off=0.0
    )
    hours: float = parameter(
        10.0, "hours a week", 0.0, 60.0, "E15; assumed", "supervised hours of a student who takes part"
    )
    outreach: float = share_parameter(0.3, "assumed", "young people out of school who take part, relative to students")
    effect: float = parameter(
        1.2, "log ratio", 0.0, 5.0, "E15; assumed, swept", "recruitment prevented by supervision", off=0.0
    )
    talk_effect: float = parameter(
        0.1, "log ratio", 0.0, 2.0, "assumed, swept", "recruitment prevented by talks", off=0.0
    )
    guard: float = share_parameter(
        0.15, "assumed, swept", "crimes against supervised students near schools that are prevented", off=0.0
    )
