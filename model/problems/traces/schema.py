"""Declarations of traces: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.calendar import QUARTER
from model.engine.rows import Row, code, zeros
from model.engine.tables import COUNTED, Field, Table
from model.problems.problems.schema import N_CAUSES

MONTHS = 12
NOW = code(MONTHS)
STOP = 10.0
"""Minutes that make a stop; less is driving past (definition)."""
BLOCK = 250
"""Residents of a block, in the simulated town."""
WORST = 3
"""Problems of a sector that are its worst (definition)."""
GUESS = 1.0 / (N_CAUSES - 1)
"""What a wrong cause costs, so that who guesses among the causes gains nothing."""
UNFREE = ("brief", "fixed", "calls")


class Trace(Row):
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


TRACES = Table(
    name="traces",
    row=Trace,
    per="one",
    start=lambda town: zeros(Trace, MONTHS + 1),
    exempt=COUNTED,
    about="Traces of the last twelve months by month of the year, and of the present one: this alone.",
)
BLOCK_SEEN = Field(
    name="block_seen",
    of=np.int64,
    shape=("cell",),
    exempt=COUNTED,
    about="Blocks seen this week: this.",
)
MET_POLICE = Field(
    name="met_police",
    of=np.int64,
    shape=("authority",),
    first=-QUARTER - 1.0,
    exempt=COUNTED,
    about="When people of a community last came to a meeting of it with the police: this alone.",
)
LATELY = Field(
    name="lately",
    of=np.float64,
    shape=("authority", 3, 2),
    exempt=COUNTED,
    about="Harm of requests due and answered in each of three months: this alone.",
)
TAKEN = {
    "heard": "council_heard",
    "heard_women": "council_heard_women",
    "heard_far": "council_heard_far",
    "grave": "grave",
    "grave_known": "grave_known",
    "complaints": "complaints_police",
    "complaints_answered": "complaints_answered",
}
"""Traces that are counts of the month, by the names of these."""
