"""Declarations of certainty: parameters, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup
from model.engine.tables import ArraySpec
from model.town.crime_kinds import OFFENDERS

UNCOUNTED_KIND = -1
"""Group of incidents that move no belief."""


@dataclass(frozen=True, init=False)
class Certainty(ParameterGroup):
    """Learning of the chance of being caught, and the elasticity of offending to it."""

    name: ClassVar[str] = "certainty"
    evidence: ClassVar[tuple[str, ...]] = ("Z11", "Z14")

    seen_street: float
    seen_vehicles: float
    seen_burglary: float
    seen_hire: float
    seen_quarrel: float
    street: float
    vehicles: float
    burglary: float
    hire: float
    quarrel: float
    informal: float
    highest: float
    level: float
    learned: float
    days: float
    months: float
    seen_half: float
    visible: float
    inside: float
    news: float
    peers: float
    released: float
    usual_seen: float
    usual_street: float
    usual_vehicles: float
    usual_burglary: float
    usual_hire: float
    usual_quarrel: float


SEEN_LATELY = ArraySpec(
    name="seen_lately",
    of=np.float64,
    shape=("settlement",),
    about="Patrol seen in a zone, a cell and day.",
    domain=POSITIVE,
)
ARRESTED_LATELY = ArraySpec(
    name="arrested_lately",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    about="Arrests remembered by zone.",
    domain=POSITIVE,
)
OFFENDED_LATELY = ArraySpec(
    name="offended_lately",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    about="Offences remembered by zone.",
    domain=POSITIVE,
)
FELT = ArraySpec(
    name="felt",
    of=np.float64,
    shape=(len(OFFENDERS), "settlement"),
    first=1.0,
    about="Factor of the hazard by zone.",
    domain=POSITIVE,
)
