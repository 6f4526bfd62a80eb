"""Declarations of patrol: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
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

    visits_foot: int = parameter(11, "visits", 0, 48, "Z14, Z20; assumed", "places a couple on foot plans in a shift")
    visits_motor: int = parameter(
        10, "visits", 0, 48, "Z14, Z20; assumed", "places a motorised couple plans in a shift"
    )
    stay: float = parameter(15.0, "minutes", 1.0, 120.0, "Z14: 10-16", "minutes spent at each place")
    plan_share: float = share_parameter(
        0.01,
        "E14: 15 a week is the ceiling",
        "visits that the weekly plan gives to institutions",
        off=0.0,
        role="lever",
    )
    route_share: float = share_parameter(
        0.8, "B01; assumed", "other visits that follow the written route", off=0.0, role="lever"
    )
    market: float = share_parameter(
        0.3,
        "B07; assumed",
        "visits to the market on market days, by couples of its station",
        off=0.0,
        role="lever",
    )
    on_paper: float = share_parameter(
        0.0, "D10; assumed", "visits that are recorded and not made", role="lever", off=0.0
    )
    foot_km: float = parameter(1.5, "km", 0.0, 10.0, "Z20; assumed", "reach of couples on foot from their facility")
    bicycle: float = parameter(
        2.0, "ratio", 1.0, 5.0, "B07, Z20; assumed", "reach by bicycle from the facility, relative to on foot"
    )
    fuel_share: float = share_parameter(0.75, "assumed; swept .5-1", "a couple's litres that patrol may use")
    cruise: float = parameter(1.2, "km", 0.0, 10.0, "assumed; swept", "additional km driven at each place")
    detour: float = parameter(1.4, "ratio", 1.0, 3.0, "assumed", "road distance over straight distance")


class PatrolCounts(Row):
    """Monthly counts of planned visits and kilometres."""

    couples_routed: float
    planned: float
    km: float
    visits_on_paper: float
