"""Declarations of guards: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row

HAS_GUARD, GUARD_STREAM = stream_id("has a guard"), stream_id("guard")


@dataclass(frozen=True, kw_only=True)
class Guards(ParameterGroup):
    """How many shops have a guard, and what a guard keeps away."""

    name: ClassVar[str] = "guards"
    evidence: ClassVar[tuple[str, ...]] = ()

    shops: float = share_parameter(0.2, "assumed; swept", "businesses with a private guard", role="site", off=0.0)
    effect: float = share_parameter(0.3, "assumed; swept", "robberies and thefts there that a guard keeps away")


class GuardCounts(Row):
    """What is counted in a month."""

    guarded: float
