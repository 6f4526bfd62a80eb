"""Declarations of collective violence: parameters, kinds of events, outcomes and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.calendar import MONTH
from model.engine.causes import declare_cause
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
CROWD_UNSTOPPED = declare_event(
    "crowd_unstopped", 73, "crowd that nobody stops", cause=COLLECTIVE_VIOLENCE, effective=0.05, effective_weight=1.0
)
CROWD_AVERTED = declare_event(
    "crowd_averted", 74, "crowd averted", cause=COLLECTIVE_VIOLENCE, effective=0.95, effective_weight=1.0
)


@dataclass(frozen=True, kw_only=True)
class CollectiveViolence(ParameterGroup):
    """Parameters of crowds against suspects: gathering, thresholds to act, interventions, consequences."""

    name: ClassVar[str] = "collective_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F07", "F16", "F17", "F18", "X01", "X02", "X03", "X04", "X05")

    named: float = share_parameter(0.02, "assumed", "grave crimes after which a rumour names somebody there", off=0.0)
    held: float = share_parameter(0.2, "F07; assumed", "arrests after grave crimes that people see", off=0.0)
    calm: float = parameter(
        1.4, "log-odds", -5.0, 10.0, "X02, X03: about 1 per 100,000; assumed", "threshold of joining a crowd at rest"
    )
    spread: float = parameter(1.0, "log-odds", 0.0, 4.0, "assumed", "standard deviation of thresholds between persons")
    anger: float = parameter(1.0, "log-odds", 0.0, 5.0, "X05; assumed", "effect of recent harm to oneself on joining")
    ties: float = parameter(0.6, "log-odds", 0.0, 5.0, "assumed", "effect of recent harm to a tie on joining")
    rumour: float = parameter(0.3, "log-odds", 0.0, 5.0, "assumed", "effect of a name by rumour on joining")
    courts: float = parameter(
        0.8, "log-odds", 0.0, 5.0, "F16; assumed", "effect of disbelief in courts, 0 to 1, on joining"
    )
    police: float = parameter(
        1.6,
        "log-odds",
        0.0,
        5.0,
        "F16: falls with trust; assumed",
        "effect of distrust of the police, 0 to 1, on joining",
    )
    gathers: float = share_parameter(0.5, "assumed", "people nearby who come, where nobody is organised")
    youngest: float = parameter(15.0, "years", 10.0, 18.0, "assumed", "age from which people join or are suspected")
    begin: float = share_parameter(0.1, "assumed", "share of a crowd that begins by shouting", high=0.5)
    acting: float = share_parameter(0.3, "assumed", "share of a crowd that must act")
    minutes: float = parameter(
        45.0, "minutes", 0.0, 480.0, "X05; assumed", "minutes for which a crowd can still be stopped"
    )
    police_stop: float = share_parameter(0.4, "X05; assumed", "crowds that police who come in time stop")
    authority_stops: float = share_parameter(
        0.6, "X05; assumed", "crowds that a legitimate authority of an organised community stops"
    )
    together: float = share_parameter(0.5, "X05; assumed", "crowds that neither stops alone and both stop together")
    lethal: float = share_parameter(0.33, "X02: 216 deaths in 651 events", "crowds not stopped that kill")
    severity: float = share_parameter(0.8, "assumed", "severity of an assault by a crowd that does not kill")
    attack: float = share_parameter(
        0.4, "F17, X04; assumed", "crowds not stopped that attack the police who guard a suspect"
    )
    withdrawn: float = parameter(
        3.0, "weeks", 0.0, 52.0, "X04; assumed", "weeks for which police stay away after an attack"
    )
    weight: float = parameter(
        0.295,
        "evidence",
        0.0,
        2.0,
        "F17, F18; assumed: -3 points; swept 0 to -8",
        "weight of a crowd that nobody stopped",
    )
    averted: float = parameter(
        0.0743, "evidence", 0.0, 1.0, "F17; assumed: +2 points; swept 0-4", "weight of a crowd that the police averted"
    )


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
