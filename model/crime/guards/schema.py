"""Declarations of private guards: parameters, counts and random streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

HAS_GUARD, GUARD_STREAM = stream_id("has a guard"), stream_id("guard")


@dataclass(frozen=True, init=False)
class Guards(ParameterGroup):
    """Share of businesses with a private guard, and the effect of a guard."""

    name: ClassVar[str] = "guards"
    evidence: ClassVar[tuple[str, ...]] = ()

    shops: float
    effect: float


class GuardCounts(Row):
    """Monthly counts of private guards."""

    guarded: float
