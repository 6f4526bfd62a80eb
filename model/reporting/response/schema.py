"""Declarations of the response to calls: parameters, events, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
CALL_SERVED = declare_event(
    "call_served",
    77,
    "call served in time",
    cause=ANSWERED_CALL,
    fair=0.9,
    fair_weight=0.5,
    effective=0.95,
    effective_weight=1.0,
)
CALL_LATE = declare_event(
    "call_late",
    78,
    "call served late",
    cause=ANSWERED_CALL,
    fair=0.3,
    fair_weight=0.3,
    effective=0.1,
    effective_weight=1.0,
)


@dataclass(frozen=True, kw_only=True)
class Response(ParameterGroup):
    """Parameters of the response to calls: limits, reserves, declining, arrests."""

    name: ClassVar[str] = "response"
    evidence: ClassVar[tuple[str, ...]] = ("A11", "H05", "I01", "I03", "I11", "U05", "U06")

    line_answered: float = share_parameter(
        0.85, "assumed", "calls to line 110 that are taken and passed on", role="lever", off=1.0
    )
    on_paper: float = share_parameter(
        0.0, "H05; assumed", "calls closed as served though nobody went", role="lever", off=0.0
    )
    foot_km: float = parameter(2.0, "km", 0.0, 10.0, "assumed", "distance within which a couple on foot answers calls")
    bicycle: float = parameter(
        2.0,
        "ratio",
        1.0,
        5.0,
        "Z20; assumed",
        "distance within which a couple answers calls by bicycle, relative to on foot",
    )
    handling: float = parameter(12.0, "minutes", 0.0, 120.0, "assumed", "time from a call to the order to a couple")
    middle: float = share_parameter(0.3, "assumed", "severity from which a call breaks off fixed duties")
    grave: float = share_parameter(0.5, "assumed", "severity from which couples of other facilities help")
    within_slight: float = parameter(
        120.0, "minutes", 10.0, 480.0, "assumed; swept", "wait after which nobody goes to a slight call"
    )
    within_middle: float = parameter(
        150.0, "minutes", 10.0, 480.0, "assumed; swept", "wait after which nobody goes to a call of medium severity"
    )
    within_grave: float = parameter(
        180.0, "minutes", 10.0, 480.0, "assumed; swept", "wait after which nobody goes to a grave call"
    )
    reserve_slight: float = parameter(
        8.0, "km", 0.0, 60.0, "I01, U06: litres are spared; assumed; swept", "fuel that is not used for slight calls"
    )
    reserve_middle: float = parameter(
        4.0, "km", 0.0, 60.0, "assumed; swept", "fuel that is not used for calls of medium severity"
    )
    decline: float = parameter(
        -3.4,
        "log-odds",
        -40.0,
        5.0,
        "H05; assumed; swept",
        "readiness of a lead to decline a call that the couple could answer",
    )
    decline_gravity: float = parameter(
        -3.0, "log-odds", -10.0, 0.0, "assumed; swept", "effect of severity on declining"
    )
    decline_km: float = parameter(
        0.6, "log-odds for 5 km", 0.0, 5.0, "assumed; swept", "effect of the distance on declining"
    )
    decline_low: float = parameter(
        0.7, "log-odds", 0.0, 5.0, "I01; assumed; swept", "effect of fuel that runs low on declining"
    )
    low_km: float = parameter(12.0, "km", 0.0, 60.0, "assumed", "fuel at which it counts as running low")
    decline_night: float = parameter(0.5, "log-odds", 0.0, 5.0, "assumed; swept", "effect of the night on declining")
    decline_load: float = parameter(
        0.25, "log-odds", 0.0, 3.0, "I11; assumed; swept", "effect of each call served before on declining"
    )
    decline_danger: float = parameter(
        0.2, "log-odds", 0.0, 3.0, "I12; assumed; swept", "effect of the known crime of the place on declining"
    )
    decline_keen: float = parameter(
        0.5, "log-odds", 0.0, 3.0, "G12; assumed; swept", "effect of motivation against declining"
    )
    decline_control: float = parameter(
        1.0, "log-odds", 0.0, 5.0, "I10; assumed; swept", "effect of full internal control against declining"
    )
    constant: float = parameter(
        0.0,
        "minutes",
        0.0,
        480.0,
        "design: 0 = as computed",
        "fixed time to an answer; 0: by distance and means",
        off=30.0,
    )
    dirt: float = parameter(1.4, "ratio", 1.0, 5.0, "assumed", "time on a dirt road, relative to a paved one")
    path: float = parameter(2.2, "ratio", 1.0, 8.0, "assumed", "time where a path leads, relative to a paved road")
    no_road: float = parameter(2.8, "ratio", 1.0, 8.0, "assumed", "time where no path leads, relative to a paved road")
    service: float = parameter(45.0, "minutes", 0.0, 300.0, "assumed", "mean time at a scene")
    patience: float = parameter(
        45.0, "minutes", 5.0, 600.0, "assumed; swept", "wait beyond which a call is served late"
    )
    catch: float = share_parameter(
        0.38, "calibrated: arrests, W02; swept", "offenders caught by a couple that is at the scene at once"
    )
    killers: float = share_parameter(0.5, "calibrated: W02", "killers caught at the scene, relative to other offenders")
    trail: float = parameter(
        30.0, "minutes", 1.0, 600.0, "assumed", "delay after which the chance of catching has fallen by a factor e"
    )
    goods: float = share_parameter(0.55, "H04; assumed", "offenders caught at once who carry goods or a weapon")
    goods_minutes: float = parameter(
        60.0, "minutes", 1.0, 1440.0, "assumed", "delay after which the share with goods has fallen by a factor e"
    )
    all_caught: float = share_parameter(
        0.0, "experiment", "crimes whose offender is caught at the scene, whoever is there"
    )


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
