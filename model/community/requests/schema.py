"""Declarations of requests: tables, kinds of events and limits."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from model.engine.domains import COUNT, FLAG, LARGEST_REAL, PAST, POSITIVE, TICK, Domain, code_of, row_of
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
"""Shifts in which a request is answered: 30 days."""
MAX_REQUESTS, FOR_ONE_REQUEST = 4, 6
"""Most requests of a meeting; attendees per further request; assumed."""
FOLLOWS_UP, HANDED_OVER = stream_id("follows up"), stream_id("handed over")
NO_OWNER_YET, NO_OWNER = int64_constant(-2), int64_constant(-1)
"""Owner of a request that no officer has received, or that nobody can receive."""
OWN_REQUEST, CLIMBED_REQUEST, TABLE_REQUEST = (int64_constant(MAX_REQUESTS + k) for k in range(3))
"""Number in place of that within a meeting: asked by a board between meetings, taken further up, asked at the table."""
REQUEST_MET = declare_event("request_met", 20)
REQUEST_UNMET = declare_event("request_unmet", 21)


class RequestRow(Row):
    """A request of a community.

    ``problem`` is the kind of crime.  ``owner`` is the position of the officer in charge (-1 for none, -2 before it
    has come to anybody), ``person`` the holder of that position then.  ``mark`` is the reading of the facility's owed
    minutes at which it is done, -1 if nobody took it on.  ``climbed`` is 1 if it was taken to the municipal table, 2
    to the prefect.
    """

    asked: Annotated[int, PAST]
    due: Annotated[int, TICK]
    authority: Annotated[int, row_of("authority")]
    nth: Annotated[int, COUNT]
    problem: Annotated[int, code_of(N_KINDS)]
    by_police: Annotated[int, FLAG]
    followed: Annotated[int, FLAG]
    climbed: Annotated[int, code_of(3)]
    owner: Annotated[int, Domain(-2, rows_of="officer")]
    person: Annotated[int, COUNT]
    mark: Annotated[float, Domain(-1.0, LARGEST_REAL)]


class MeetingAttendee(Row):
    """An attendee of a meeting, who will hear of the answers to its requests."""

    due: Annotated[int, TICK]
    authority: Annotated[int, row_of("authority")]
    who: Annotated[int, row_of("resident")]


REQUESTS = GrowingTableSpec(name="requests", row=RequestRow, about="Requests not yet due: this and consultation.")
PRESENT = GrowingTableSpec(name="present", row=MeetingAttendee, about="Who was at the meetings: this and consultation.")
SUFFERED = ArraySpec(
    name="suffered",
    of=np.float64,
    shape=("settlement", N_KINDS),
    about="What settlements suffered: consultation; this.",
    domain=POSITIVE,
)
ITEM_DUE, ITEM_ANSWERED, ITEM_FEASIBLE, ITEM_MET = (int64_constant(k) for k in range(4))
ITEMS_DUE, ITEMS_FEASIBLE, ITEMS_WORKED, ITEMS_WORKED_MET = (int64_constant(k) for k in range(4, 8))
"""Columns of `ITEMS`: harm of requests due, answered, feasible, met; counts due, feasible, worked, worked and met."""
ITEMS = ArraySpec(
    name="items",
    of=np.float64,
    shape=("authority", 8),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="What became of the requests that fell due this month: four sums of harm, four counts; this alone.",
)
