"""Declarations of the political calendar: parameters, kinds of events and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.trust.events.schema import declare_event
from model.trust.ledger.schema import PUBLIC_EVENT

EVENT_HEARD = stream_id("event heard")
GOOD_NEWS = declare_event("good_news", 66, cause=PUBLIC_EVENT, memory="public")
BAD_NEWS = declare_event("bad_news", 67, cause=PUBLIC_EVENT, memory="public")


@dataclass(frozen=True, init=False)
class PoliticalCalendar(ParameterGroup):
    """Reach and weight of public events, and the local share of the national trend of homicide."""

    name: ClassVar[str] = "political_calendar"
    evidence: ClassVar[tuple[str, ...]] = (
        "C01", "C02", "C06", "K02", "K04", "K10", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "S03", "S14",
        "U11", "U12", "V19",
    )  # fmt: skip

    heard: float
    shock: float
    trend: float
    army: float
    national_trend: float
