"""Declarations of reporting: parameters, columns, an event and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.trust.events.schema import declare_event

TELL_STREAM, CALL_DELAY, LINE_STREAM, RATIFY_STREAM, FOUND_STREAM = (
    stream_id("tell"),
    stream_id("call delay"),
    stream_id("line"),
    stream_id("ratify"),
    stream_id("found"),
)
NONE_TELL, ALL_TELL, RELUCTANT_STREAM = stream_id("none tell"), stream_id("all tell"), stream_id("reluctant")
CAPTURED_STREAM, LEAK_STREAM = stream_id("captured"), stream_id("leak")
N_CHANNELS = 7
"""Channels open to victims of other crimes than domestic violence: `TO_PATROL` to `ANONYMOUS`."""
LOSS_UNIT = 100.0
"""Quetzales in which `reporting.loss` is stated."""
FIRST_RATIFIED, HOURS_IN_TIME = 2.0, 24.0
"""Hours from a crime to the earliest ratification (assumed), and those within which it is in time for the judge."""
SUMMONS_STREAM, HAS_NUMBER = stream_id("summons"), stream_id("has a number")
UNANSWERED_CALL = declare_event("unanswered_call", 6)


@dataclass(frozen=True, init=False)
class Reporting(ParameterGroup):
    """Parameters of reporting: utilities of telling by channel, of ratifying, and delays."""

    name: ClassVar[str] = "reporting"
    evidence: ClassVar[tuple[str, ...]] = (
        "E05",
        "E06",
        "G09",
        "H01",
        "H02",
        "V01",
        "V05",
        "V06",
        "V12",
        "V14",
        "F26",
    )

    intercept: float
    by_kind: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    assault: float
    extortion: float
    severity: float
    loss: float
    trust: float
    minutes: float
    fear: float
    patrol: float
    station: float
    own_phone: float
    prosecutor: float
    anonymous: float
    follow: float
    follow_severity: float
    useful: float
    accompaniment: float
    trip: float
    found: float
    follow_trust: float
    lift: float
    none_tell: float
    all_tell: float
    newcomers: float
    captured: float
    leak: float
    call_delay: float
    ratify_within: float
    summons_days: float


class ReportingHistory(Row):
    """History of a resident's reports."""

    spoke: Annotated[int, Column("last told the police openly of extortion", "tick", -1, "i4")]


WRITTEN_COLUMNS = (
    "cases", "choices", "tally.cases_heard", "tally.cases_called", "tally.cases_prosecuted", "tally.cases_put_off",
    "tally.heard_respect", "tally.heard_weakness", "boards.legitimacy", "boards.shown", "boards.showings",
    "incidents.told", "incidents.handed", "incidents.found", "incidents.complaint", "incidents.in_time",
    "incidents.refused", "calls", "unserved", "impressions",
)  # fmt: skip
