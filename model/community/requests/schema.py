"""Declarations of requests: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.causes import cause
from model.engine.random_streams import decision
from model.engine.rows import Row, code
from model.engine.tables import COUNTED, Field, Growing
from model.town.crime_kinds import N_KINDS

REQUEST, FEASIBLE, ANSWERED, EXPLAINS = (
    decision("request"),
    decision("feasible"),
    decision("answered"),
    decision("explains limits"),
)
ANSWER_SHIFTS = 90
MOST_REQUESTS, FOR_ONE_REQUEST = 4, 6
"""Requests of a meeting at most; people who come for one more of them; assumed."""
FOLLOWS_UP, HANDED_OVER = decision("follows up"), decision("handed over")
NOT_YET, NOBODY = code(-2), code(-1)
OWN, CLIMBED = code(MOST_REQUESTS), code(MOST_REQUESTS + 1)
"""What stands for the number within a meeting, where a board asks between meetings, or further up."""
REQUEST_MET, REQUEST_UNMET = cause("request_met", 20), cause("request_unmet", 21)


class Request(Row):
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


class Present(Row):
    """Somebody who was at a meeting and will hear what became of its requests."""

    due: int
    authority: int
    who: int


REQUESTS = Growing(name="requests", row=Request, about="Requests not yet due: this and consultation.")
PRESENT = Growing(name="present", row=Present, about="Who was at the meetings: this and consultation.")
SUFFERED = Field(
    name="suffered",
    of=np.float64,
    shape=("settlement", N_KINDS),
    about="What settlements suffered: consultation; this.",
)
ITEM_DUE, ITEM_ANSWERED, ITEM_FEASIBLE, ITEM_MET = (code(k) for k in range(4))
ITEMS_DUE, ITEMS_FEASIBLE, ITEMS_WORKED, ITEMS_WORKED_MET = (code(k) for k in range(4, 8))
ITEMS = Field(
    name="items",
    of=np.float64,
    shape=("authority", 8),
    monthly=True,
    exempt=COUNTED,
    about="What became of the requests that fell due this month: four sums of harm, four counts; this alone.",
)
