"""Declarations of land conflicts: parameters, counts and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

LAND_COUNT, LAND_WHO, LAND_MARK, LAND_OTHER = (
    stream_id("land count"),
    stream_id("land who"),
    stream_id("land mark"),
    stream_id("land other"),
)
LAND_BROUGHT, LAND_WAIT, LAND_FIGHT = stream_id("land brought"), stream_id("land wait"), stream_id("land fight")
MAX_CONFLICT_RATE = 0.02
"""Upper bound of a resident's hazard, per year, at which candidates are drawn."""
LAND_KIND = 64
"""Kind of a case over land; crimes have lower numbers."""
LAND_ID_OFFSET = 3 * 2**30 + 2**29
"""Number of the first candidate of a shift (ODD, conventions)."""


@dataclass(frozen=True, init=False)
class LandConflicts(ParameterGroup):
    """Parameters of conflicts over land, water and boundaries, and of their outcomes."""

    name: ClassVar[str] = "land_conflicts"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F12", "F20")

    rate: float
    farm: float
    brought: float
    weeks: float
    fight: float
    grave: float
    severity: float
    severity_grave: float


class LandConflictCounts(Row):
    """Monthly counts of land conflicts."""

    land_conflicts: float
    land_brought: float
    land_fights: float
