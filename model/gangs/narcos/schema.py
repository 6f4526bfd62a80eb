"""Declarations of narcos: parameters, protected cells, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec

NARCO_PLACE, THIEF_DIES, THIEF_STREAM = stream_id("narco place"), stream_id("thief dies"), stream_id("thief")
THIEF_ID_OFFSET = 2**27
"""Added to the number of a crime kept away: the number of the homicide that it may lead to."""


@dataclass(frozen=True, init=False)
class Narcos(ParameterGroup):
    """Groups of protectors, their cells, and the effects on thieves and on reporting there."""

    name: ClassVar[str] = "narcos"
    evidence: ClassVar[tuple[str, ...]] = ("J03", "Y04")

    groups: int
    reach: float
    dense: int
    thieves: float
    deaths: float
    killed_from: float
    silence: float


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
