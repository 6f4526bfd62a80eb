"""M1, daily rhythm: residents at home, at work, at school, at the market, on the street or outside.

Switched off, everybody is at home in every shift.  The presence lists are built with the town, in
`model.town.residents`; this mechanism declares their parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.engine.parameters import ParameterGroup
from model.world.mechanism import Knockout, Measure, Mechanism

if TYPE_CHECKING:
    from model.world.month import MonthSnapshot


@dataclass(frozen=True, init=False)
class DailyRhythm(ParameterGroup):
    """Shares of residents by place and shift (06-14, 14-22, 22-06)."""

    name = "daily_rhythm"
    evidence = ("B07", "J06")

    work_morning: float
    work_evening: float
    work_night: float
    work_rest: float
    school_morning: float
    school_evening: float
    outside: float
    market_morning: float
    market_evening: float
    errands: float
    street_morning: float
    street_evening: float
    street_night: float
    street_rest: float


def people_in_core(month: MonthSnapshot) -> float:
    """Return the number of people in the core in the morning of a working day."""
    sim = month.world
    return float(sim.w.crowd[0][sim.town.cells["core"] == 1].sum())


MECHANISM = Mechanism(
    group=DailyRhythm,
    knockout=Knockout(("core_crowd",)),
    measures={
        "core_crowd": Measure("people", people_in_core),
    },
)
