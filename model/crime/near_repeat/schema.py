"""Declarations of near repeat: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec

REPEAT_COUNT, REPEAT_DELAY, REPEAT_PLACE = (
    stream_id("repeat count"),
    stream_id("repeat delay"),
    stream_id("repeat place"),
)
REPEAT_VICTIM, REPEAT_NAME = stream_id("repeat victim"), stream_id("repeat name")
MAX_REPEATS = 16


@dataclass(frozen=True, kw_only=True)
class NearRepeat(ParameterGroup):
    """How crimes breed further crimes near in time and place."""

    name: ClassVar[str] = "near_repeat"
    evidence: ClassVar[tuple[str, ...]] = ("J02",)

    kappa: float = share_parameter(0.2, "assumed; swept 0-0.5", "mean number of repeats of a crime", high=0.5, off=0.0)
    days: float = parameter(20.0, "days", 3.0, 60.0, "assumed; swept", "mean delay of a repeat")
    same_cell: float = share_parameter(0.5, "assumed", "repeats in the same cell")
    same_victim: float = share_parameter(0.15, "assumed", "repeats in the same cell that hit the same victim")


class PendingRepeat(Row):
    """A repeat that a crime will have, by the same offender; ``victim`` is -1 for anybody who is there."""

    tick: int
    number: int
    kind: int
    cell: int
    victim: int
    offender: int
    generation: int


PENDING_REPEATS = GrowingTableSpec(
    name="repeats", row=PendingRepeat, room=1024, about="Repeats to come: this and crime."
)


class NearRepeatCounts(Row):
    """What is counted in a month."""

    repeats: float
