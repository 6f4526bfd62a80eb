"""Declarations of traces: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.calendar import QUARTER
from model.engine.rows import Row, int64_constant, zero_rows
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, RowTableSpec
from model.problems.problems.schema import N_CAUSES

N_MONTHS = 12
CURRENT_MONTH = int64_constant(N_MONTHS)
STOP_MINUTES = 10.0
"""Minutes that make a stop; less is driving past (definition)."""
BLOCK_RESIDENTS = 250
"""Residents of a block, in the simulated town."""
N_WORST = 3
"""Problems of a sector that are its worst (definition)."""
GUESS_PROBABILITY = 1.0 / (N_CAUSES - 1)
"""What a wrong cause costs, so that who guesses among the causes gains nothing."""
NOT_FREE_USES = ("brief", "fixed", "calls")


class TraceMonth(Row):
    """Sums of a month: what was done, and of how much it is a part; ``closed`` is 1 once the month is over."""

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
)
MET_POLICE = ArraySpec(
    name="met_police",
    of=np.int64,
    shape=("authority",),
    first=-QUARTER - 1.0,
    exempt=COUNTED_MONTHLY,
    about="When people of a community last came to a meeting of it with the police: this alone.",
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
"""Traces that are counts of the month, by the names of these."""
