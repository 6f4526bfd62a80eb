"""Declarations of certainty: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import Group, number, share
from model.engine.tables import Field
from model.town.crime_kinds import OFFENDERS

UNCOUNTED = -1
USUAL = "calibrated: the status quo at Villa Canales"


@dataclass(frozen=True, kw_only=True)
class Certainty(Group):
    """How the chance of being caught is learned, and what it does to the wish to offend."""

    name: ClassVar[str] = "certainty"
    evidence: ClassVar[tuple[str, ...]] = ("Z11", "Z14")

    street: float = number(0.30, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "elasticity of street crime", off=0.0)
    vehicles: float = number(0.30, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of vehicle crime", off=0.0)
    burglary: float = number(0.25, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of burglary", off=0.0)
    hire: float = number(0.25, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of killing for hire", off=0.0)
    quarrel: float = number(0.12, "elasticity", 0.0, 1.0, "calibrated: Q15, Q22", "of assault", off=0.0)
    informal: float = number(0.1, "ratio", 0.001, 1.0, "Q16; swept", "guardianship by neighbours, over police")
    highest: float = number(2.05, "ratio", 1.0, 2.5, "design: no belief raises the hazard more", "greatest factor")
    level: float = number(1.2, "ratio", 0.2, 3.0, USUAL, "what cover and absence take away in all, undone", off=1.0)
    learned: float = share(0.6, "not identified; swept 0.3-1", "of the belief, what is learned from arrests")
    days: float = number(1.5, "days", 0.1, 30.0, "Q16, Q17; swept 1.5-7", "half-life of police seen")
    months: float = number(5.0, "months", 0.1, 36.0, "assumed; swept", "half-life of arrests and offences")
    seen_half: float = number(0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "patrol that is half seen")
    visible: float = share(1.0, "experiment", "visits that are seen")
    inside: float = share(0.5, "assumed; swept", "how far a couple is seen whose stretch is for homes")
    news: float = number(15.0, "offences", 0.0, 1000.0, "assumed", "weight of what was usual in the town's news")
    peers: float = number(60.0, "offences", 0.0, 5000.0, "assumed", "weight of peers and news in a zone's belief")
    released: float = share(0.5, "assumed", "what an arrest counts if the caught is let go at once")
    usual_seen: float = share(0.36, USUAL, "patrol seen, 0 to 1", low=0.01, high=0.99)
    usual_street: float = share(0.011, USUAL, "arrests an offence, street", low=0.0001)
    usual_vehicles: float = share(0.0104, USUAL, "the same of vehicle crime", low=0.0001)
    usual_burglary: float = share(0.0094, USUAL, "the same of burglary", low=0.0001)
    usual_hire: float = share(0.07, USUAL, "the same of killing for hire", low=0.0001)
    usual_quarrel: float = share(0.0062, USUAL, "the same of assault", low=0.0001)


SEEN = Field(name="seen_lately", of=np.float64, shape=("settlement",), about="Patrol seen in a zone, a cell and day.")
ARRESTED = Field(
    name="arrested_lately", of=np.float64, shape=(len(OFFENDERS), "settlement"), about="Arrests remembered by zone."
)
OFFENDED = Field(
    name="offended_lately", of=np.float64, shape=(len(OFFENDERS), "settlement"), about="Offences remembered by zone."
)
FELT = Field(
    name="felt", of=np.float64, shape=(len(OFFENDERS), "settlement"), first=1.0, about="Factor of the hazard by zone."
)
