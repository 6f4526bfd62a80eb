"""M24, prevention for the young: supervision after school (Safe Schools) and talks by prevention officers.

In the status quo there are none.  Switched off, a policy that uses them changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import DAYS_A_WEEK, DAYS_A_YEAR, SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.town.crime_kinds import NEAR_SCHOOLS
from model.town.residents import STUDENT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation
    from model.world.month import MonthSnapshot

ADULT_AGE_YEARS, MINIMUM_AGE = 18.0, 7.0
"""Ages in years between which people count as young."""


@dataclass(frozen=True, init=False)
class SafeSchools(ParameterGroup):
    """Coverage of supervision after school and of talks, and their effects on recruitment and crime."""

    name: ClassVar[str] = "safe_schools"
    evidence: ClassVar[tuple[str, ...]] = ("B04", "E15")

    coverage: float
    talks: float
    hours: float
    outreach: float
    effect: float
    talk_effect: float
    guard: float


@kernel
def recruitment_pull(student: bool, p: SafeSchools) -> float:
    """Return the hazard of recruitment of a young person relative to one without any prevention."""
    supervised = p.coverage * (1.0 if student else p.outreach)
    return exp(-p.effect * supervised - (p.talk_effect * p.talks if student else 0.0))


def apply_supervision(sim: Simulation, person: FloatArray) -> None:
    """Lower the hazard of street crime for supervised young people near schools; writes `person`."""
    p = sim.p.safe_schools
    # The last axis has the young near schools at 2 and, if careful, at 3.
    person[NEAR_SCHOOLS == 1, :, 2:] *= (1.0 - p["guard"] * p["coverage"])[:, None]


def youth_by_settlement(sim: Simulation) -> FloatArray:
    """Return the young people of 7 to 17 years at the start: students and others (rows), by settlement."""
    people, n = sim.town.people, sim.town.n_settlements
    age = (sim.calendar.first_tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    young = (people["arrives"] < 0) & (age >= MINIMUM_AGE) & (age < ADULT_AGE_YEARS)
    student = people["occupation"] == STUDENT
    kinds = (young & student, young & ~student)
    return np.array([np.bincount(people["settlement"][kind], minlength=n) for kind in kinds], np.float64)


def count_supervised_hours(month: MonthSnapshot) -> float:
    """Return the hours of supervision of young people in this month."""
    sim = month.world
    p, youth = sim.p.safe_schools, sim.cached(youth_by_settlement)
    taking_part = p["coverage"] * (youth[0] + p["outreach"] * youth[1])
    return float((taking_part * p["hours"]).sum() * sim.days_of_month / DAYS_A_WEEK)


MECHANISM = Mechanism(
    group=SafeSchools,
    hazard=HazardModifier(person=apply_supervision),
    knockout=Knockout(("supervised_youth_hours",), policy="safe_schools"),
    measures={
        "supervised_youth_hours": Measure("hours", count_supervised_hours),
    },
)
