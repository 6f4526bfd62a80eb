"""Declarations of crises: parameters, events, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.trust.events.schema import declare_event
from model.trust.ledger.schema import PUBLIC_EVENT

OUTBREAK_STREAM, CRISIS_PLACE, CRISIS_JOINS = stream_id("crisis"), stream_id("crisis place"), stream_id("crisis joins")
CRISIS_WHO, CRISIS_COMES, CRISIS_HEARD = stream_id("crisis who"), stream_id("crisis comes"), stream_id("crisis heard")
MINIMUM_AGE = 14.0
"""Age in years from which residents take part; assumed."""
CRISIS_CAUSE = declare_event("crisis", 25, memory="panel")
NEWS_OF_CRISIS = declare_event("crisis_heard", 68, cause=PUBLIC_EVENT, memory="public")


@dataclass(frozen=True, init=False)
class Crises(ParameterGroup):
    """Rate of crises, participation, and their effects on trust and on meetings."""

    name: ClassVar[str] = "crises"
    evidence: ClassVar[tuple[str, ...]] = ("G15", "J08", "V19")

    rate: float
    dated: float
    joins: float
    crowd: float
    weight: float
    silence: float
    heard: float
    news: float


class CrisisCounts(Row):
    """Monthly counts of crises, of participants and of meetings that were silenced."""

    crises: float
    crisis_crowd: float
    meetings_silenced: float
