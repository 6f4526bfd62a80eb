"""Declarations of the response to calls: parameters, events, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.trust.events.schema import declare_event
from model.world.shift_events import Call

CALL_DECLINED_STREAM, SERVICE_STREAM, TREATMENT_STREAM = (
    stream_id("call declined"),
    stream_id("service"),
    stream_id("treatment"),
)
ON_PAPER = stream_id("served on paper")
ARREST_STREAM, GOODS_STREAM, ALL_CAUGHT = stream_id("arrest"), stream_id("goods"), stream_id("all caught")
GRADE_SLIGHT, GRADE_MIDDLE, GRADE_GRAVE = range(3)
"""Grades of calls by severity."""
DECLINE_KM = 5.0
"""Kilometres in which `response.decline_km` is stated."""
LONGEST_WAIT = 1440
"""Wait (minutes) of the last class of `WAITS`, with all longer ones."""
KM_PER_HOUR = np.array([4.0, 30.0, 25.0, 11.0])
"""Speed on foot, by motorcycle, by vehicle and by bicycle, on a paved road (Z20)."""
ANSWERED_CALL = declare_cause("answered_call", 5)
CALL_SERVED = declare_event("call_served", 77, cause=ANSWERED_CALL)
CALL_LATE = declare_event("call_late", 78, cause=ANSWERED_CALL)


@dataclass(frozen=True, init=False)
class Response(ParameterGroup):
    """Parameters of the response to calls: limits, reserves, declining, arrests."""

    name: ClassVar[str] = "response"
    evidence: ClassVar[tuple[str, ...]] = ("A11", "H05", "I01", "I03", "I11", "U05", "U06")

    line_answered: float
    on_paper: float
    foot_km: float
    bicycle: float
    handling: float
    middle: float
    grave: float
    within_slight: float
    within_middle: float
    within_grave: float
    reserve_slight: float
    reserve_middle: float
    decline: float
    decline_gravity: float
    decline_km: float
    decline_low: float
    low_km: float
    decline_night: float
    decline_load: float
    decline_danger: float
    decline_keen: float
    decline_control: float
    constant: float
    dirt: float
    path: float
    no_road: float
    service: float
    patience: float
    catch: float
    killers: float
    trail: float
    goods: float
    goods_minutes: float
    all_caught: float


WAITING = GrowingTableSpec(name="waiting", row=Call, about="Calls that wait: this alone.")
WAITS = ArraySpec(
    name="waits",
    of=np.int64,
    shape=(LONGEST_WAIT + 1,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Calls by minutes waited: this alone.",
    domain=COUNT,
)


class ResponseCounts(Row):
    """Counts of a month."""

    calls: float
    served: float
    served_in_hour: float


WRITTEN_COLUMNS = (
    "minds.met", "minds.met_free", "tally.explained", "tally.couple_hours_used", "tally.km", "couples.cell",
    "couples.busy", "couples.free", "couples.km", "couples.calls", "visits.alive", "incidents.arrested", "calls",
    "responses", "unserved", "arrests", "impressions", "signed", "cases", "choices", "tally.consent_arrests_asked",
    "tally.consent_arrests_given", "tally.consent_arrests_communal",
)  # fmt: skip
