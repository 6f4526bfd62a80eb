"""M1, daily rhythm: residents at home, at work, at school, at the market, on the street or outside.

Switched off, everybody is at home in every shift.  The presence lists are built with the town, in
`model.town.residents`; this mechanism declares their parameters.
"""

from __future__ import annotations

from model.residents.daily_rhythm.schema import DailyRhythm
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.state import CROWD


def people_in_core(month: MonthSnapshot) -> float:
    """Return the number of people in the core in the morning of a working day."""
    world = month.world
    return float(world.state[CROWD][0][world.town.cells["core"] == 1].sum())


MECHANISM = Mechanism(
    group=DailyRhythm,
    knockout=Knockout(("core_crowd",)),
    measures={
        "core_crowd": Measure("people", people_in_core),
    },
)
