"""Declarations of land conflicts: parameters, counts and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class LandConflicts(ParameterGroup):
    """Parameters of conflicts over land, water and boundaries, and of their outcomes."""

    name: ClassVar[str] = "land_conflicts"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F12", "F20")

    rate: float = parameter(
        1.0, "a year and 1,000 adults", 0.0, 20.0, "orders of magnitude: 10-300 a year", "conflicts outside the core",
        role="site", off=0.0,
    )  # fmt: skip
    farm: float = parameter(2.0, "ratio", 1.0, 20.0, "assumed", "conflicts of those who work the land, relative")
    brought: float = parameter(
        1.5, "log-odds", -5.0, 6.0, "F12; assumed", "readiness to bring a conflict to the authority, if it hears cases"
    )
    weeks: float = parameter(10.0, "weeks", 0.0, 104.0, "assumed", "mean time until a conflict is heard")
    fight: float = share_parameter(0.08, "assumed", "conflicts not brought to anybody that end in a fight")
    grave: float = share_parameter(0.15, "assumed", "fights with grave injuries")
    severity: float = share_parameter(0.3, "assumed", "severity of a fight without grave injuries")
    severity_grave: float = share_parameter(0.8, "assumed", "severity of a fight with grave injuries")


class LandConflictCounts(Row):
    """Monthly counts of land conflicts."""

    land_conflicts: float
    land_brought: float
    land_fights: float
