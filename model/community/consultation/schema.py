"""Declarations of consultation: parameters, counts, kinds of events and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row, int64_constant
from model.engine.tables import ArraySpec
from model.trust.events.schema import declare_event

MEETING_HELD, MEETING_DAY, TAKES_PART = stream_id("meeting held"), stream_id("meeting day"), stream_id("takes part")
ATTENDS_STREAM, MEETING_TONE, INVITED_STREAM = stream_id("attends"), stream_id("meeting tone"), stream_id("invited")
HEARS_OF = stream_id("hears of meetings")
CALLED_BY_POLICE_STREAM, FOLLOWED_UP_STREAM = stream_id("called by police"), stream_id("followed up")
DOOR_COUNT, DOOR_WHO, DOOR_TONE = stream_id("door count"), stream_id("door who"), stream_id("door tone")
TABLE_BODY, COUNCIL_BODY, COMUPRE_BODY, NETWORK_BODY = (int64_constant(who) for who in (4095, 4094, 4093, 4092))
"""Numbers of the bodies whose meetings belong to no settlement, as entities of random streams."""
MAX_INVITED, MAX_ATTENDING, MAX_DOORS = 20, 256, 32
"""Most residents invited to a meeting, attendees of a meeting, and homes visited in a settlement on a day; assumed."""
MEETING_DAYS = 28.0
"""Days of the month on which meetings may be held: those that every month has."""
DOOR_MONTH_DAYS = 30.0
"""Days of the month to which the rate of visits from door to door refers."""
MEETING_CAUSE = declare_event(
    "meeting", 13, "meeting", fair=1.0, fair_weight=1.0, effective=1.0, effective_weight=0.6, memory="panel"
)
DOOR_TO_DOOR = declare_event(
    "door_to_door",
    22,
    "visit from door to door",
    fair=1.0,
    fair_weight=1.0,
    effective=1.0,
    effective_weight=0.6,
    memory="friendly",
)
INFORMED = declare_event(
    "informed", 37, "being told of the model", fair=0.9, fair_weight=1.0, effective=0.9, effective_weight=1.0
)
TOLD_OF = stream_id("told of")
MEETING_MARK = ArraySpec(
    name="meeting_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes asked for meetings until the first of this month: this alone.",
    domain=POSITIVE,
)


@dataclass(frozen=True, kw_only=True)
class Consultation(ParameterGroup):
    """Parameters of meetings, attendance, requests, door-to-door visits and information."""

    name: ClassVar[str] = "consultation"
    evidence: ClassVar[tuple[str, ...]] = (
        "E01", "E02", "E03", "E04", "E05", "E07", "E10", "E11", "E12", "E13", "E18", "E19", "E21", "F02", "F03", "F18",
        "G04", "G12",
    )  # fmt: skip

    meetings: float = parameter(
        3.0, "a year and settlement", 0.0, 52.0, "E03, F02; orders of magnitude",
        "meetings between a community and the police", role="site", off=0.0,
    )  # fmt: skip
    table: float = parameter(
        4.0, "a year", 0.0, 12.0, "E02, F02", "meetings of the municipal table with the police", role="site", off=0.0
    )
    council: float = parameter(
        0.0, "a year", 0.0, 12.0, "E01", "reports to the municipal council", role="site", off=0.0
    )
    comupre: float = parameter(0.0, "a year", 0.0, 12.0, "E12", "meetings of the COMUPRE", role="site", off=0.0)
    network: float = parameter(
        0.0, "a year", 0.0, 12.0, "E12", "meetings of the network for victims", role="site", off=0.0
    )
    rhythm: float = parameter(
        1.0, "ratio", 0.0, 12.0, "policy", "all meetings, relative to the usual number", role="lever", off=1.0
    )
    police_call: float = share_parameter(
        0.1, "E04, C13: mostly called by residents", "meetings that the police call", role="lever"
    )
    attend: float = parameter(-0.4, "log-odds", -5.0, 5.0, "assumed", "readiness to attend a meeting", role="lever")
    attend_trust: float = parameter(1.0, "log-odds", 0.0, 4.0, "assumed", "effect of trust, 0 to 1, on attending")
    attend_victim: float = parameter(
        0.5, "log-odds", -2.0, 3.0, "assumed", "effect of having been harmed in 12 months on attending"
    )
    attend_women: float = parameter(
        -0.3, "log-odds", -3.0, 3.0, "assumed", "effect of being a woman on attending: hours, care, custom"
    )
    attend_km: float = parameter(0.3, "log-odds a km", 0.0, 3.0, "assumed", "effect of the distance on attending")
    attend_organised: float = parameter(
        1.0, "log-odds", 0.0, 4.0, "assumed", "effect of an organised community, 0 to 1, on attending"
    )
    announced: float = share_parameter(
        0.0,
        "Q21: 5-45 %; policy",
        "residents who hear of meetings while an order for them is supported",
        role="lever",
        off=0.0,
    )
    come: float = share_parameter(
        0.2, "Q21: 6-35 %", "residents who heard of meetings and come to one in a year", low=0.01, high=0.9
    )
    feasible: float = share_parameter(
        0.6, "E10: shifts, vehicles, cameras are not; assumed", "requests that the police can meet"
    )
    request_met: float = share_parameter(
        0.36, "E10; orders of magnitude: 25-50 % met", "feasible requests met though nobody works on them",
        role="lever",
    )  # fmt: skip
    answer: float = share_parameter(0.2, "assumed", "requests not met that are answered with a reason", role="lever")
    follow_up: float = share_parameter(
        0.0, "E13; policy", "open requests that the COMUPRE follows up", role="lever", off=0.0
    )
    followed: float = share_parameter(0.3, "assumed", "additional requests met of those that the COMUPRE follows up")
    weight_met: float = parameter(
        0.0281, "evidence", 0.0, 1.0, "E10; assumed: +1 point; swept 0-3", "weight of a request met"
    )
    weight_unmet: float = parameter(
        0.0811, "evidence", 0.0, 1.0, "E10; assumed: -1 point; swept 0 to -3", "weight of a request that nobody answers"
    )
    explain: float = share_parameter(
        0.5, "E18; concept: 0-0.5", "requests not met whose limits a trained chief explains without blame", high=0.5
    )
    bond: float = share_parameter(
        0.15, "F13, F18; assumed", "effect of a meeting on the relation between board and police"
    )
    share_number: float = share_parameter(
        0.3, "E05; assumed", "leaders without an officer's telephone number who get one at a meeting"
    )
    phones: float = share_parameter(
        0.7, "E05; assumed", "leaders with an officer's telephone number at the start", role="site"
    )
    spoken: float = share_parameter(0.5, "assumed", "openness about violence at home where only women attend")
    door_to_door: float = parameter(
        0.0, "visits a month and settlement", 0.0, 200.0, "policy", "visits from door to door", role="lever", off=0.0
    )
    door: float = share_parameter(
        0.531, "assumed: +4 points; swept .3-1", "weight of a visit from door to door, relative to a long, friendly one"
    )
    inform: float = share_parameter(
        0.0, "policy", "residents reached each quarter, by leaflet, radio or school", role="lever",
        off=0.0,
    )  # fmt: skip
    news: float = parameter(
        0.00806,
        "evidence",
        0.0,
        0.1,
        "E19: slow; assumed: +.4 points; swept 0-.7",
        "evidence weight of being informed once",
        off=0.0,
    )


class ConsultationCounts(Row):
    """Monthly counts of consultation and of requests."""

    meetings: float
    table_meetings: float
    table_communities: float
    table_requests: float
    table_answered: float
    council_meetings: float
    comupre_meetings: float
    network_meetings: float
    council_heard: float
    council_heard_women: float
    council_heard_far: float
    requests: float
    requests_due: float
    requests_met: float
    requests_answered: float
    answered_by_police: float
    limits_explained: float
    requests_worked: float
    requests_followed: float
    requests_lost: float
    doors: float


WRITTEN_COLUMNS = (
    "minds.met", "minds.met_free", "tally.meetings_silenced", "boards.met", "boards.asked", "boards.problem",
    "boards.requests_kept", "boards.requests_broken", "boards.climbs_kept", "boards.climbs_broken", "boards.unmet",
    "boards.rung", "boards.climbing", "boards.promises_kept", "boards.promises_broken", "tally.promises_kept",
    "tally.promises_broken", "boards.heard", "boards.explained", "boards.links", "boards.phones", "boards.mark",
    "meetings", "impressions", "owed",
)  # fmt: skip
