"""Declarations of information: parameters, records on their way, counts and streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import PAST, SHARE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.world.shift_events import N_PROBLEMS

RECORD_STREAM, HOARDS_STREAM, FEEDBACK_STREAM = stream_id("record"), stream_id("hoards"), stream_id("feedback")


@dataclass(frozen=True, kw_only=True)
class Information(ParameterGroup):
    """Parameters of information: probability of each stage of a report, delay, and feedback."""

    name: ClassVar[str] = "information"
    evidence: ClassVar[tuple[str, ...]] = (
        "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D13", "V17", "I02",
    )  # fmt: skip

    written: float = share_parameter(0.75, "D11; calibrated: V17", "known crimes with a form", role="lever", off=1.0)
    conviction: float = share_parameter(
        0.80, "D10, D11: without conviction; assumed", "forms filled in with content", role="lever", off=1.0
    )
    typed: float = share_parameter(
        0.70, "D04; calibrated: V17", "forms with content that are typed", role="site", off=1.0
    )
    offline: float = share_parameter(
        0.6, "D04, I02; assumed", "typing at a facility without internet this month, relative", off=1.0
    )
    hoarding: float = share_parameter(
        0.10, "D09; assumed", "stations that hold back a month's reports", role="lever", off=0.0
    )
    consolidated: float = share_parameter(0.82, "D05; calibrated: V17", "typed crimes in the daily report", off=1.0)
    georeferenced: float = share_parameter(
        0.60, "D06; calibrated: V17", "consolidated crimes with a location", role="site", off=1.0
    )
    entered: float = share_parameter(0.80, "D07; calibrated: V17", "located crimes entered at headquarters", off=1.0)
    delay: float = parameter(20.0, "days", 0.0, 180.0, "D04; assumed", "mean time until a record counts", off=0.0)
    feedback: float = share_parameter(
        0.02, "D08, D13: little comes back", "stations that get an analysis back in a month", role="lever", off=1.0
    )


class RecordInTransit(Row):
    """Record on its way to headquarters; ``born`` and ``due`` are ticks."""

    due: Annotated[int, TICK]
    born: Annotated[int, PAST]
    cell: Annotated[int, row_of("cell")]
    problem: Annotated[int, code_of(N_PROBLEMS)]
    severity: Annotated[float, SHARE]


MAIL = GrowingTableSpec(name="mail", row=RecordInTransit, about="Records on their way: this alone.")


class InformationCounts(Row):
    """Counts of a month."""

    known: float
    forms: float
    forms_with_content: float
    records_arrived: float
    record_days: float
    products_returned: float


WRITTEN_COLUMNS = (
    "tally.visits_by_plan", "tally.visits_on_post", "tally.visits_where_diagnosed", "tally.preventive_visits",
    "plans.product", "plans.months", "plans.visits", "planned_here", "known", "happened", "told",
    "atlas", "incidents.recorded", "incidents.written",
)  # fmt: skip
