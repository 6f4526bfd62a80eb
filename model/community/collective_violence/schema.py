"""Declarations of collective violence: parameters, kinds of events, outcomes and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.calendar import MONTH
from model.engine.causes import declare_cause
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.trust.events.schema import declare_event

SUSPECT_NAMED_STREAM, SUSPECT_STREAM, CROWD_STREAM, JOINS_CROWD_STREAM, THRESHOLD_STREAM = (
    stream_id("suspect named"),
    stream_id("suspect"),
    stream_id("crowd"),
    stream_id("joins crowd"),
    stream_id("threshold"),
)
POLICE_STOP, AUTHORITY_STOPS, STOP_CROWD_TOGETHER_STREAM, CROWD_KILLS_STREAM, CROWD_ATTACKS_POLICE_STREAM = (
    stream_id("police stop crowd"),
    stream_id("authority stops crowd"),
    stream_id("stop crowd together"),
    stream_id("crowd kills"),
    stream_id("crowd attacks police"),
)
GRAVE_SEVERITY = 0.6
"""Severity from which a crime may draw a crowd; assumed."""
MAX_CROWD, MIN_CROWD = 60, 8
"""People near the place who may join a crowd, and the fewest who make one; assumed."""
SUSPECT_ATTEMPTS = 8
"""Draws to find a man whom the crowd takes for the offender; assumed."""
RECENT_SHIFTS = MONTH
"""Shifts in which harm is recent; assumed."""
INCIDENT_ID_OFFSET = 3 * 2**30
"""Violence by a crowd after incident m is incident INCIDENT_ID_OFFSET + m mod `REPEAT_ID_OFFSET`."""
NOT_STOPPED, STOPPED_BY_POLICE, STOPPED_BY_AUTHORITY, STOPPED_BY_BOTH = range(4)
"""Interventions against a crowd."""
COLLECTIVE_VIOLENCE = declare_cause("collective_violence", 26)
CROWD_UNSTOPPED = declare_event("crowd_unstopped", 73, cause=COLLECTIVE_VIOLENCE)
CROWD_AVERTED = declare_event("crowd_averted", 74, cause=COLLECTIVE_VIOLENCE)


@dataclass(frozen=True, init=False)
class CollectiveViolence(ParameterGroup):
    """Parameters of crowds against suspects: gathering, thresholds to act, interventions, consequences."""

    name: ClassVar[str] = "collective_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F07", "F16", "F17", "F18", "X01", "X02", "X03", "X04", "X05")

    named: float
    held: float
    calm: float
    spread: float
    anger: float
    ties: float
    rumour: float
    courts: float
    police: float
    gathers: float
    youngest: float
    begin: float
    acting: float
    minutes: float
    police_stop: float
    authority_stops: float
    together: float
    lethal: float
    severity: float
    attack: float
    withdrawn: float
    weight: float
    averted: float


class CollectiveViolenceCounts(Row):
    """Monthly counts of collective violence."""

    suspects_named: float
    crowds: float
    crowds_core: float
    crowds_far: float
    crowds_averted: float
    crowds_injured: float
    crowds_killed: float
    police_attacked: float


WRITTEN_COLUMNS = (
    "minds.harmed", "minds.gone", "boards.withdrawn", "boards.legitimacy", "boards.shown", "boards.showings",
    "visits.alive", "incidents", "impressions",
)  # fmt: skip
