"""Declarations of requests: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.random_streams import stream_id
from model.engine.rows import Row, int64_constant
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.town.crime_kinds import N_KINDS
from model.trust.events.schema import declare_event

REQUEST_STREAM, FEASIBLE_STREAM, ANSWERED_STREAM, EXPLAINS_LIMITS_STREAM = (
    stream_id("request"),
    stream_id("feasible"),
    stream_id("answered"),
    stream_id("explains limits"),
)
ANSWER_SHIFTS = 90
MAX_REQUESTS, FOR_ONE_REQUEST = 4, 6
"""Requests of a meeting at most; people who come for one more of them; assumed."""
FOLLOWS_UP, HANDED_OVER = stream_id("follows up"), stream_id("handed over")
NO_OWNER_YET, NO_OWNER = int64_constant(-2), int64_constant(-1)
OWN_REQUEST, CLIMBED_REQUEST = int64_constant(MAX_REQUESTS), int64_constant(MAX_REQUESTS + 1)
"""What stands for the number within a meeting, where a board asks between meetings, or further up."""
REQUEST_MET = declare_event(
    "request_met", 20, "request met", fair=0.8, fair_weight=0.5, effective=0.9, effective_weight=1.0
)
REQUEST_UNMET = declare_event(
    "request_unmet", 21, "request unmet", fair=0.3, fair_weight=0.3, effective=0.1, effective_weight=1.0
)


class RequestRow(Row):
    """What a community asked for; plans may read the kind of problem and where from.

    ``owner`` is the position of the officer who is to see to it (-1 for none, -2 before it has come to anybody),
    ``person`` who holds it then; ``mark`` is where the work of the facility stands when it is done, -1 for nobody's.
    ``climbed`` is 1 where it was taken to the municipal table, 2 to the prefect.
    """

    asked: int
    due: int
    authority: int
    nth: int
    problem: int
    by_police: int
    followed: int
    climbed: int
    owner: int
    person: int
    mark: float


class MeetingAttendee(Row):
    """Somebody who was at a meeting and will hear what became of its requests."""

    due: int
    authority: int
    who: int


REQUESTS = GrowingTableSpec(name="requests", row=RequestRow, about="Requests not yet due: this and consultation.")
PRESENT = GrowingTableSpec(name="present", row=MeetingAttendee, about="Who was at the meetings: this and consultation.")
SUFFERED = ArraySpec(
    name="suffered",
    of=np.float64,
    shape=("settlement", N_KINDS),
    about="What settlements suffered: consultation; this.",
)
ITEM_DUE, ITEM_ANSWERED, ITEM_FEASIBLE, ITEM_MET = (int64_constant(k) for k in range(4))
ITEMS_DUE, ITEMS_FEASIBLE, ITEMS_WORKED, ITEMS_WORKED_MET = (int64_constant(k) for k in range(4, 8))
ITEMS = ArraySpec(
    name="items",
    of=np.float64,
    shape=("authority", 8),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="What became of the requests that fell due this month: four sums of harm, four counts; this alone.",
)
