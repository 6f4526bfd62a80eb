"""Declarations of deterrence: parameters, counts and random streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

FRUSTRATED_STREAM, DISPLACED_STREAM = stream_id("frustrated"), stream_id("displaced")


@dataclass(frozen=True, init=False)
class Deterrence(ParameterGroup):
    """Effect of police presence at the place on attempts there."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float
    visit_robbery: float
    visit_theft: float
    visit_vehicles: float
    visit_burglary: float
    visit_assault: float
    visit_hire: float
    post_robbery: float
    post_theft: float
    post_vehicles: float
    post_burglary: float
    post_assault: float
    post_hire: float
    block: float
    concentration: float
    displacement: float


class DeterrenceCounts(Row):
    """Monthly counts of deterrence."""

    deterred: float
