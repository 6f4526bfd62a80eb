"""Declarations of crises: parameters, events, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.trust.events.schema import declare_event
from model.trust.ledger.schema import PUBLIC_EVENT

OUTBREAK_STREAM, CRISIS_PLACE, CRISIS_JOINS = stream_id("crisis"), stream_id("crisis place"), stream_id("crisis joins")
CRISIS_WHO, CRISIS_COMES, CRISIS_HEARD = stream_id("crisis who"), stream_id("crisis comes"), stream_id("crisis heard")
MINIMUM_AGE = 14.0
"""Age in years from which residents take part; assumed."""
CRISIS_CAUSE = declare_event(
    "crisis",
    25,
    "force met in a crisis",
    fair=0.0,
    fair_weight=1.0,
    effective=0.0,
    effective_weight=0.5,
    memory="panel",
)
NEWS_OF_CRISIS = declare_event(
    "crisis_heard",
    68,
    "crisis heard of",
    cause=PUBLIC_EVENT,
    fair=0.0,
    fair_weight=1.0,
    effective=0.0,
    effective_weight=0.6,
    memory="public",
)


@dataclass(frozen=True, kw_only=True)
class Crises(ParameterGroup):
    """Rate of crises, participation, and their effects on trust and on meetings."""

    name: ClassVar[str] = "crises"
    evidence: ClassVar[tuple[str, ...]] = ("G15", "J08", "V19")

    rate: float = parameter(
        0.1, "a year", 0.0, 12.0, "J08: sporadic; assumed", "crises besides the dated ones", role="site", off=0.0
    )
    dated: float = share_parameter(1.0, "design", "size of the dated crises, relative", off=0.0)
    joins: float = share_parameter(0.5, "assumed", "communities that join, if all of their residents are organised")
    crowd: float = share_parameter(0.03, "assumed", "residents of a community that joins who are present", high=0.5)
    weight: float = parameter(
        0.463,
        "evidence",
        0.0,
        3.0,
        "G15; assumed: -10 points; swept -4 to -20",
        "evidence weight for those present",
        off=0.0,
    )
    silence: float = parameter(
        4.0, "months", 0.0, 24.0, "concept: months; assumed", "months without meetings with the police after a crisis"
    )
    heard: float = share_parameter(0.5, "assumed", "residents who hear of a crisis of size 1")
    news: float = parameter(
        0.151, "evidence", 0.0, 1.0, "G15; assumed: as a public case, Q09", "evidence weight of hearing of a crisis"
    )


class CrisisCounts(Row):
    """Monthly counts of crises, of participants and of meetings that were silenced."""

    crises: float
    crisis_crowd: float
    meetings_silenced: float
