"""Declarations of information: parameters, records on their way, counts and streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import PAST, SHARE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.world.shift_events import N_PROBLEMS

RECORD_STREAM, HOARDS_STREAM, FEEDBACK_STREAM = stream_id("record"), stream_id("hoards"), stream_id("feedback")


@dataclass(frozen=True, init=False)
class Information(ParameterGroup):
    """Parameters of information: probability of each stage of a report, delay, and feedback."""

    name: ClassVar[str] = "information"
    evidence: ClassVar[tuple[str, ...]] = (
        "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D13", "V17", "I02",
    )  # fmt: skip

    written: float
    conviction: float
    typed: float
    offline: float
    hoarding: float
    consolidated: float
    georeferenced: float
    entered: float
    delay: float
    feedback: float


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
