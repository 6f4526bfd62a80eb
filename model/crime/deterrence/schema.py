"""Declarations of deterrence: parameters, counts and random streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row

FRUSTRATED_STREAM, DISPLACED_STREAM = stream_id("frustrated"), stream_id("displaced")


@dataclass(frozen=True, kw_only=True)
class Deterrence(ParameterGroup):
    """Effect of police presence at the place on attempts there."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float = parameter(30.0, "minutes", 10.0, 60.0, "Z14", "time that a visit is felt after it ends")
    street: float = share_parameter(0.35, "calibrated: Q18, Z14", "effect on street property crime", high=0.8, off=0.0)
    targeted: float = share_parameter(0.2, "Z11; swept", "effect on targeted killings", high=0.4, off=0.0)
    displacement: float = share_parameter(
        0.2, "Z11: diffusion rather than displacement; swept", "deterred robberies and thefts that move", high=0.6
    )


class DeterrenceCounts(Row):
    """Monthly counts of deterrence."""

    deterred: float
