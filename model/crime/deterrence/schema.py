"""Declarations of deterrence: parameters, counts and random streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row

BY_COMMAND = "by `python -m experiments.validation.presence_strengths`"
FRUSTRATED_STREAM, DISPLACED_STREAM = stream_id("frustrated"), stream_id("displaced")


@dataclass(frozen=True, kw_only=True)
class Deterrence(ParameterGroup):
    """Effect of police presence at the place on attempts there."""

    name: ClassVar[str] = "deterrence"
    evidence: ClassVar[tuple[str, ...]] = ("B09", "B10", "Z11", "Z14")

    residual: float = parameter(
        30.0, "minutes", 10.0, 60.0, "Z14", "minutes after a visit in which it still has an effect"
    )
    visit_robbery: float = share_parameter(
        0.75,
        f"set: Q26, at most as a post (Q24), {BY_COMMAND}; swept from 0 (Q25)",
        "robberies that a visit prevents",
        off=0.0,
    )
    visit_theft: float = share_parameter(0.75, "assumed: as robbery; swept", "thefts that a visit prevents", off=0.0)
    visit_vehicles: float = share_parameter(
        0.6, f"set: Q25 {BY_COMMAND}", "vehicle crimes that a visit prevents", off=0.0
    )
    visit_burglary: float = share_parameter(0.25, "assumed; swept", "burglaries that a visit prevents", off=0.0)
    visit_assault: float = share_parameter(
        0.0, "Q25: none found; swept", "assaults that a visit prevents", high=0.5, off=0.0
    )
    visit_hire: float = share_parameter(
        0.0, "Q25: none found; swept", "killings for hire that a visit prevents", high=0.5, off=0.0
    )
    post_robbery: float = share_parameter(
        0.75, "assumed: as vehicles; swept", "robberies that a post prevents", off=0.0
    )
    post_theft: float = share_parameter(0.75, "assumed: as vehicles; swept", "thefts that a post prevents", off=0.0)
    post_vehicles: float = share_parameter(
        0.75, f"set: Q24 {BY_COMMAND}", "vehicle crimes that a post prevents", off=0.0
    )
    post_burglary: float = share_parameter(0.4, "assumed; swept", "burglaries that a post prevents", off=0.0)
    post_assault: float = share_parameter(0.4, "assumed; swept", "assaults that a post prevents", off=0.0)
    post_hire: float = share_parameter(
        0.4, "assumed; B09, Z11; swept", "killings for hire that a post prevents", off=0.0
    )
    block: float = parameter(
        100.0, "m", 50.0, 250.0, "Q24: its block, nothing beyond", "side of the block that a post covers"
    )
    concentration: float = parameter(
        1.0,
        "ratio",
        1.0,
        6.25,
        "by area; swept, crime gathers on few blocks",
        "crime of that block over the share of its area",
    )
    displacement: float = share_parameter(
        0.2, "Z11: diffusion rather than displacement; swept", "deterred robberies and thefts that move", high=0.6
    )


class DeterrenceCounts(Row):
    """Monthly counts of deterrence."""

    deterred: float
