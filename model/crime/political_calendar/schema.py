"""Declarations of the political calendar: parameters, kinds of events and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.trust.events.schema import declare_event
from model.trust.ledger.schema import PUBLIC_EVENT

EVENT_HEARD = stream_id("event heard")
GOOD_NEWS = declare_event(
    "good_news",
    66,
    "good public event",
    cause=PUBLIC_EVENT,
    fair=1.0,
    fair_weight=1.0,
    effective=1.0,
    effective_weight=0.6,
    memory="public",
)
BAD_NEWS = declare_event(
    "bad_news",
    67,
    "bad public event",
    cause=PUBLIC_EVENT,
    fair=0.0,
    fair_weight=1.0,
    effective=0.0,
    effective_weight=0.6,
    memory="public",
)


@dataclass(frozen=True, kw_only=True)
class PoliticalCalendar(ParameterGroup):
    """Reach and weight of public events, and the local share of the national trend of homicide."""

    name: ClassVar[str] = "political_calendar"
    evidence: ClassVar[tuple[str, ...]] = (
        "C01", "C02", "C06", "K02", "K04", "K10", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "S03", "S14",
        "U11", "U12", "V19",
    )  # fmt: skip

    heard: float = share_parameter(0.5, "assumed", "residents who hear of a public event of size 1")
    shock: float = parameter(
        0.349,
        "evidence",
        0.0,
        2.0,
        "assumed: twice a public case, Q09; swept",
        "evidence weight of a public event of size 1",
        off=0.0,
    )
    trend: float = parameter(
        1.0, "ratio", 0.1, 5.0, "S03", "national homicide rate over that of 2017, an input", role="site", off=1.0
    )
    army: float = parameter(
        0.0, "patrols a shift", 0.0, 50.0, "S14", "army patrols of the state, whatever the policy", role="site", off=0.0
    )
    national_trend: float = share_parameter(
        1.0, "K04; assumed", "part of the trend that violence by gangs and for hire follows", off=0.0
    )
