"""Declarations of certainty: parameters, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.tables import ArraySpec
from model.town.crime_kinds import OFFENDERS

UNCOUNTED_KIND = -1
"""Group of incidents that move no belief."""
CALIBRATED_SOURCE = "calibrated: the status quo at Villa Canales"
SET_SOURCE = "set: Q15, {} crime, by `python -m experiments.validation.presence_strengths`"
ASSUMED = "assumed: within Q22, -.1 to -.5; Q14"
PROPERTY, VIOLENT = SET_SOURCE.format("property"), SET_SOURCE.format("violent")


@dataclass(frozen=True, kw_only=True)
class Certainty(ParameterGroup):
    """Learning of the chance of being caught, and the elasticity of offending to it."""

    name: ClassVar[str] = "certainty"
    evidence: ClassVar[tuple[str, ...]] = ("Z11", "Z14")

    seen_street: float = parameter(
        0.29, "elasticity", 0.0, 1.0, PROPERTY, "elasticity of street crime to patrol seen", off=0.0
    )
    seen_vehicles: float = parameter(
        0.29, "elasticity", 0.0, 1.0, PROPERTY, "elasticity of vehicle crime to patrol seen", off=0.0
    )
    seen_burglary: float = parameter(
        0.29, "elasticity", 0.0, 1.0, PROPERTY, "elasticity of burglary to patrol seen", off=0.0
    )
    seen_hire: float = parameter(
        0.0,
        "elasticity",
        0.0,
        0.5,
        "no row measures one; swept",
        "elasticity of killing for hire to patrol seen",
        off=0.0,
    )
    seen_quarrel: float = parameter(
        0.35, "elasticity", 0.0, 1.0, VIOLENT, "elasticity of assault to patrol seen", off=0.0
    )
    street: float = parameter(0.30, "elasticity", 0.0, 1.0, ASSUMED, "elasticity of street crime to arrests", off=0.0)
    vehicles: float = parameter(
        0.30, "elasticity", 0.0, 1.0, ASSUMED, "elasticity of vehicle crime to arrests", off=0.0
    )
    burglary: float = parameter(0.25, "elasticity", 0.0, 1.0, ASSUMED, "elasticity of burglary to arrests", off=0.0)
    hire: float = parameter(0.25, "elasticity", 0.0, 1.0, ASSUMED, "elasticity of killing for hire to arrests", off=0.0)
    quarrel: float = parameter(0.12, "elasticity", 0.0, 1.0, ASSUMED, "elasticity of assault to arrests", off=0.0)
    informal: float = parameter(
        0.1, "ratio", 0.001, 1.0, "Q16; swept", "guardianship by neighbours, relative to that by police"
    )
    highest: float = parameter(
        2.05,
        "ratio",
        1.0,
        2.5,
        "design: no belief raises the hazard more",
        "greatest factor by which low certainty multiplies a hazard",
    )
    level: float = parameter(
        1.29,
        "ratio",
        0.2,
        3.0,
        CALIBRATED_SOURCE,
        "factor that makes up for what precautions and absence take away in the status quo",
        off=1.0,
    )
    learned: float = share_parameter(
        0.6, "not identified; swept 0.3-1", "part of the believed certainty that is learned from arrests"
    )
    days: float = parameter(1.5, "days", 0.1, 30.0, "Q16, Q17; swept 1.5-7", "half-life of police seen")
    months: float = parameter(5.0, "months", 0.1, 36.0, "assumed; swept", "half-life of arrests and offences")
    seen_half: float = parameter(
        0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "visits at which half of the patrol is seen"
    )
    visible: float = share_parameter(1.0, "experiment", "visits that offenders see")
    inside: float = share_parameter(0.5, "assumed; swept", "visibility of a couple during a planned stay in homes")
    news: float = parameter(15.0, "offences", 0.0, 1000.0, "assumed", "weight of the usual level in the town's news")
    peers: float = parameter(
        60.0, "offences", 0.0, 5000.0, "assumed", "weight of peers and news in the belief held in a zone"
    )
    released: float = share_parameter(0.5, "assumed", "weight of an arrest if the suspect is released at once")
    usual_seen: float = share_parameter(
        0.34, CALIBRATED_SOURCE, "patrol seen in the status quo, 0 to 1", low=0.01, high=0.99
    )
    usual_street: float = share_parameter(
        0.0095, CALIBRATED_SOURCE, "arrests per offence in the status quo, street crime", low=0.0001
    )
    usual_vehicles: float = share_parameter(
        0.0108, CALIBRATED_SOURCE, "arrests per offence in the status quo, vehicle crime", low=0.0001
    )
    usual_burglary: float = share_parameter(
        0.0105, CALIBRATED_SOURCE, "arrests per offence in the status quo, burglary", low=0.0001
    )
    usual_hire: float = share_parameter(
        0.07, CALIBRATED_SOURCE, "arrests per offence in the status quo, killing for hire", low=0.0001
    )
    usual_quarrel: float = share_parameter(
        0.0068, CALIBRATED_SOURCE, "arrests per offence in the status quo, assault", low=0.0001
    )


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
