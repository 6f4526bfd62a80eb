"""Declarations of minutes: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.domains import POSITIVE
from model.engine.rows import Row, int64_constant
from model.engine.tables import ArraySpec

LITRES_A_GALLON = 3.785
"""Litres of a US gallon, which Guatemala uses."""
MINUTE_TOLERANCE = 1e-6
"""Minutes by which rounding may keep a sum of minutes below its mark."""
MINUTE_USES = ("brief", "fixed", "calls", "orders", "meetings", "requests", "problems", "visits", "talks", "patrol")
FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS = (int64_constant(use) for use in range(3))
STRETCH_PATROL, STRETCH_HOMES = int64_constant(3), int64_constant(4)
N_OWED_USES = 3
"""Uses for which facilities owe minutes: meetings, requests, problems."""
OWED = ArraySpec(
    name="owed",
    of=np.float64,
    shape=("facility", N_OWED_USES, 2),
    about="Minutes asked of couples and given since the start, for meetings, requests, problems: whoever asks; this.",
    domain=POSITIVE,
)


class MinuteCounts(Row):
    """Monthly counts of couples' minutes by use, shifts in the own sector, and litres."""

    minutes_brief: float
    minutes_fixed: float
    minutes_calls: float
    minutes_orders: float
    minutes_meetings: float
    minutes_requests: float
    minutes_problems: float
    minutes_visits: float
    minutes_talks: float
    minutes_patrol: float
    minutes_own: float
    shifts_own: float
    shifts_led: float
    litres: float
