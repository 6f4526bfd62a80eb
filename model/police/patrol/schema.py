"""Declarations of patrol: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

VISIT_KEPT, VISIT_MINUTE, VISIT_KIND, VISIT_PLACE = (
    stream_id("visit kept"),
    stream_id("visit minute"),
    stream_id("visit kind"),
    stream_id("visit place"),
)
VISIT_PLAN, ON_PAPER, AT_MARKET = stream_id("visit by plan"), stream_id("visit on paper"), stream_id("visit at market")
HOURS_PLANNED = stream_id("hours planned")


@dataclass(frozen=True, init=False)
class Patrol(ParameterGroup):
    """Parameters of patrol between calls: places, stays, reach and fuel."""

    name: ClassVar[str] = "patrol"
    evidence: ClassVar[tuple[str, ...]] = (
        "A10",
        "A11",
        "A17",
        "B02",
        "B03",
        "B05",
        "B06",
        "B07",
        "E14",
        "I01",
        "Z14",
        "Z20",
    )

    visits_foot: int
    visits_motor: int
    stay: float
    plan_share: float
    route_share: float
    market: float
    on_paper: float
    foot_km: float
    bicycle: float
    fuel_share: float
    cruise: float
    detour: float


class PatrolCounts(Row):
    """Monthly counts of planned visits and kilometres."""

    couples_routed: float
    planned: float
    km: float
    visits_on_paper: float
