"""Declarations of traces: monthly sums, tables and definitions."""

from __future__ import annotations

import numpy as np

from model.engine.calendar import MONTHS_A_YEAR, QUARTER
from model.engine.domains import COUNT, PAST
from model.engine.rows import Row, int64_constant, zero_rows
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, RowTableSpec
from model.problems.problems.schema import N_CAUSES

N_MONTHS = MONTHS_A_YEAR
CURRENT_MONTH = int64_constant(N_MONTHS)
"""Row of the present month in `TRACES`."""
STOP_MINUTES = 10.0
"""Minutes from which a stay is a stop; less is driving past (definition)."""
BLOCK_RESIDENTS = 250
"""Residents of a block of cells, in the simulated town; assumed."""
N_WORST = 3
"""Problems of a sector that count as its worst (definition)."""
GUESS_PROBABILITY = 1.0 / (N_CAUSES - 1)
"""Penalty of a wrong cause, so that guessing among the causes gains nothing on average."""
NOT_FREE_USES = ("brief", "fixed", "calls")
"""Uses of minutes that are not free for preventive work."""


class TraceMonth(Row):
    """Sums of a month: work done, and the work of which it is a part.

    ``closed`` is 1 once the month is over.  A column ``X_room`` or ``X_harm`` is a possible maximum or a weight by
    harm.
    """

    closed: float
    street: float
    kept: float
    kept_room: float
    planned: float
    shifts: float
    team: float
    blocks: float
    seen: float
    seen_room: float
    acts: float
    consent: float
    items: float
    item_harm: float
    answered: float
    feasible: float
    feasible_harm: float
    done: float
    two_way: float
    line: float
    residents: float
    own_calls: float
    own_served: float
    heard: float
    heard_women: float
    heard_far: float
    worst: float
    worst_harm: float
    tried: float
    found: float
    course: float
    shared: float
    guarded: float
    fitting: float
    free: float
    grave: float
    grave_known: float
    calls: float
    in_hour: float
    complaints: float
    complaints_answered: float


TRACES = RowTableSpec(
    name="traces",
    row=TraceMonth,
    per="one",
    start=lambda town: zero_rows(TraceMonth, N_MONTHS + 1),
    exempt=COUNTED_MONTHLY,
    about="Traces of the last twelve months by month of the year, and of the present one: this alone.",
)
BLOCK_SEEN = ArraySpec(
    name="block_seen",
    of=np.int64,
    shape=("cell",),
    exempt=COUNTED_MONTHLY,
    about="Blocks seen this week: this.",
    domain=COUNT,
)
MET_POLICE = ArraySpec(
    name="met_police",
    of=np.int64,
    shape=("authority",),
    first=-QUARTER - 1.0,
    exempt=COUNTED_MONTHLY,
    about="When people of a community last came to a meeting of it with the police: this alone.",
    domain=PAST,
)
LATELY = ArraySpec(
    name="lately",
    of=np.float64,
    shape=("authority", 3, 2),
    exempt=COUNTED_MONTHLY,
    about="Harm of requests due and answered in each of three months: this alone.",
)
COPIED_COUNTS = {
    "heard": "council_heard",
    "heard_women": "council_heard_women",
    "heard_far": "council_heard_far",
    "grave": "grave",
    "grave_known": "grave_known",
    "complaints": "complaints_police",
    "complaints_answered": "complaints_answered",
}
"""Monthly counts that are copied into traces: trace and name of the count."""
