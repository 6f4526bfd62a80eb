"""Declarations of reporting: parameters, columns, an event and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
UNANSWERED_CALL = declare_event(
    "unanswered_call", 6, "call unanswered", fair=0.1, fair_weight=0.3, effective=0.0, effective_weight=1.0
)


@dataclass(frozen=True, kw_only=True)
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

    intercept: float = parameter(-3.3, "log-odds", -10.0, 4.0, "calibrated: V01", "readiness to tell a state body")
    by_kind: float = parameter(
        1.0, "ratio", 0.0, 3.0, "V01, V06; assumed", "scale of all differences between kinds of crime", off=0.0
    )
    theft: float = parameter(
        -0.5, "log-odds", -3.0, 3.0, "assumed", "difference of a theft from the person to a robbery"
    )
    vehicle_theft: float = parameter(
        1.5, "log-odds", -3.0, 5.0, "assumed: insurers ask", "difference of a vehicle theft to a robbery"
    )
    theft_from_vehicle: float = parameter(
        -0.4, "log-odds", -3.0, 3.0, "assumed", "difference of a theft from a vehicle to a robbery"
    )
    assault: float = parameter(-0.3, "log-odds", -3.0, 3.0, "assumed", "difference of an assault to a robbery")
    extortion: float = parameter(
        0.5, "log-odds", -3.0, 3.0, "V14: 35 % against 23 %", "difference of extortion to a robbery"
    )
    severity: float = parameter(
        1.6, "log-odds", 0.0, 6.0, "V05: violence matters; assumed", "effect of severity", off=0.0
    )
    loss: float = parameter(
        0.25,
        "log-odds",
        0.0,
        2.0,
        "V05: value matters; assumed",
        "effect of the loss (log of 100 Q)",
        off=0.0,
    )
    trust: float = parameter(
        0.75,
        "log-odds",
        0.0,
        1.5,
        "V05: 0 for robbery in Peru; swept 0-1.5",
        "effect of trust, 0 to 1",
        off=0.0,
    )
    minutes: float = parameter(
        0.6, "log-odds an hour", 0.0, 4.0, "V12; assumed", "effect of the way to a desk", off=0.0
    )
    fear: float = parameter(
        1.0,
        "log-odds",
        0.0,
        5.0,
        "V02, J04; assumed",
        "effect of fear where the offender can learn of it",
        off=0.0,
    )
    patrol: float = parameter(2.0, "log-odds", -5.0, 5.0, "assumed", "effect of a couple at hand", off=0.0)
    station: float = parameter(
        0.3, "log-odds", -5.0, 5.0, "assumed", "readiness to go to the station rather than telephone", off=0.0
    )
    own_phone: float = parameter(
        1.2, "log-odds", -5.0, 5.0, "E05, E06", "effect of having an officer's own number", role="lever", off=0.0
    )
    prosecutor: float = parameter(
        -0.2,
        "log-odds",
        -5.0,
        5.0,
        "V06, V11; assumed",
        "readiness to go to the prosecutor rather than telephone",
        off=0.0,
    )
    anonymous: float = parameter(
        0.6,
        "log-odds",
        -5.0,
        5.0,
        "V14; assumed",
        "readiness to use the anonymous line, for extortion",
        role="lever",
        off=0.0,
    )
    follow: float = parameter(
        -0.2, "log-odds", -10.0, 5.0, "calibrated: H02, V06; orders of magnitude", "readiness to ratify a complaint"
    )
    follow_severity: float = parameter(1.5, "log-odds", 0.0, 5.0, "assumed", "effect of severity on ratifying", off=0.0)
    useful: float = parameter(
        0.5,
        "log-odds",
        0.0,
        3.0,
        "V02: useless 12 %; assumed",
        "effect on ratifying of the belief that it is useful",
        off=0.0,
    )
    accompaniment: float = parameter(
        0.0, "log-odds", 0.0, 3.0, "E12, F24; policy", "effect on ratifying of accompaniment", role="lever"
    )
    trip: float = parameter(
        0.5,
        "log-odds an hour",
        0.0,
        4.0,
        "V12",
        "effect on ratifying of the trip to the municipal seat",
        role="lever",
        off=0.0,
    )
    found: float = share_parameter(0.5, "assumed", "untold crimes in sight of a couple that it finds")
    follow_trust: float = parameter(
        0.6, "log-odds", 0.0, 3.0, "Q10; swept to 0", "effect of trust on ratifying", off=0.0
    )
    lift: float = share_parameter(0.0, "experiment", "trust added in the decision to tell alone", low=-0.5, high=0.5)
    none_tell: float = share_parameter(0.0, "experiment", "people who would tell the state and tell nobody instead")
    all_tell: float = share_parameter(0.0, "experiment", "people who would tell nobody and telephone instead")
    newcomers: float = share_parameter(
        0.5, "not identified; swept 0.25-1", "calls and ratifications of newcomers, relative to others"
    )
    captured: float = share_parameter(0.3, "assumed; swept", "stations that inform cliques, drawn anew for every seed")
    leak: float = share_parameter(0.1, "assumed; swept", "anonymous reports that such a station passes on", off=0.0)
    call_delay: float = parameter(20.0, "minutes", 0.0, 120.0, "assumed", "longest time from a crime to the call")
    ratify_within: float = parameter(
        48.0, "hours", 2.0, 720.0, "assumed: 2 to 48 h", "longest time from a crime to the ratified complaint"
    )
    summons_days: float = parameter(
        7.0, "days", 0.0, 60.0, "assumed", "longest wait for a communal hearing beyond what the authority needs"
    )


class ReportingHistory(Row):
    """History of a resident's reports."""

    spoke: Annotated[int, Column("last told the police openly of extortion", "tick", -1, "i4")]


WRITTEN_COLUMNS = (
    "cases", "choices", "tally.cases_heard", "tally.cases_called", "tally.cases_prosecuted", "tally.cases_put_off",
    "tally.heard_respect", "tally.heard_weakness", "boards.legitimacy", "boards.shown", "boards.showings",
    "incidents.told", "incidents.handed", "incidents.found", "incidents.complaint", "incidents.in_time",
    "incidents.refused", "calls", "unserved", "impressions",
)  # fmt: skip
