"""Declarations of consultation: parameters, counts, kinds of events and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup
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
MEETING_CAUSE = declare_event("meeting", 13, memory="panel")
DOOR_TO_DOOR = declare_event("door_to_door", 22, memory="friendly")
INFORMED = declare_event("informed", 37)
TOLD_OF = stream_id("told of")
MEETING_MARK = ArraySpec(
    name="meeting_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes asked for meetings until the first of this month: this alone.",
    domain=POSITIVE,
)


@dataclass(frozen=True, init=False)
class Consultation(ParameterGroup):
    """Parameters of meetings, attendance, requests, door-to-door visits and information."""

    name: ClassVar[str] = "consultation"
    evidence: ClassVar[tuple[str, ...]] = (
        "E01", "E02", "E03", "E04", "E05", "E07", "E10", "E11", "E12", "E13", "E18", "E19", "E21", "F02", "F03", "F18",
        "G04", "G12",
    )  # fmt: skip

    meetings: float
    table: float
    council: float
    comupre: float
    network: float
    rhythm: float
    police_call: float
    attend: float
    attend_trust: float
    attend_victim: float
    attend_women: float
    attend_km: float
    attend_organised: float
    announced: float
    come: float
    feasible: float
    request_met: float
    answer: float
    follow_up: float
    followed: float
    weight_met: float
    weight_unmet: float
    explain: float
    bond: float
    share_number: float
    phones: float
    spoken: float
    door_to_door: float
    door: float
    inform: float
    news: float


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
