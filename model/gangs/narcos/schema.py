"""Declarations of narcos: parameters, protected cells, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec

NARCO_PLACE, THIEF_DIES, THIEF_STREAM = stream_id("narco place"), stream_id("thief dies"), stream_id("thief")
THIEF_ID_OFFSET = 2**27
"""Added to the number of a crime kept away: the number of the homicide that it may lead to."""


@dataclass(frozen=True, kw_only=True)
class Narcos(ParameterGroup):
    """Groups of protectors, their cells, and the effects on thieves and on reporting there."""

    name: ClassVar[str] = "narcos"
    evidence: ClassVar[tuple[str, ...]] = ("J03", "Y04")

    groups: int = parameter(0, "groups", 0, 50, "J03; number assumed", "groups of protectors", role="site", off=0)
    reach: float = parameter(1.5, "cells", 0.0, 20.0, "assumed", "radius of the place that a group protects")
    dense: int = parameter(20, "residents", 0, 5000, "assumed", "residents that the centre of such a place needs")
    thieves: float = share_parameter(
        0.15, "J03: no thieves; size assumed", "thieves who come although a group protects the place", off=1.0
    )
    deaths: float = share_parameter(
        0.004, "J03; Y04: at most twice the homicides; assumed", "deterred thieves who are killed", high=0.2, off=0.0
    )
    killed_from: float = parameter(14.0, "years", 10.0, 18.0, "assumed", "age from which a thief is killed")
    silence: float = parameter(
        1.0, "log-odds", 0.0, 5.0, "assumed", "effect of protection against telling, for those who live there", off=0.0
    )


PROTECTED = ArraySpec(
    name="protected",
    of=np.int64,
    shape=("cell",),
    first=-1.0,
    about="Group of protectors of each cell, or -1: this alone.",
    domain=row_of("cell", none=True),
)


class NarcoCounts(Row):
    """Monthly count of crimes kept away."""

    kept_away: float
