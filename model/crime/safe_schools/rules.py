"""M24, prevention for the young: supervision after school (Safe Schools) and talks by prevention officers.

In the status quo there are none.  Switched off, a policy that uses them changes nothing.
"""

from __future__ import annotations

import numpy as np

from model.crime.safe_schools.schema import ADULT_AGE_YEARS, MINIMUM_AGE, SafeSchools
from model.engine.calendar import DAYS_A_WEEK, DAYS_A_YEAR, SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.rows import FloatArray
from model.town.crime_kinds import NEAR_SCHOOLS
from model.town.residents import STUDENT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World


@kernel
def recruitment_pull(student: bool, p: SafeSchools) -> float:
    """Return the hazard of recruitment of a young person relative to one without any prevention."""
    supervised = p.coverage * (1.0 if student else p.outreach)
    return exp(-p.effect * supervised - (p.talk_effect * p.talks if student else 0.0))


def apply_supervision(world: World, person: FloatArray) -> None:
    """Lower the hazard of street crime for supervised young people near schools; writes `person`."""
    p = world.parameters[SafeSchools]
    # The last axis has the young near schools at 2 and, if careful, at 3.
    person[NEAR_SCHOOLS == 1, :, 2:] *= (1.0 - p["guard"] * p["coverage"])[:, None]


def youth_by_settlement(world: World) -> FloatArray:
    """Return the young people of 7 to 17 years at the start: students and others (rows), by settlement."""
    people, n = world.town.people, world.town.n_settlements
    age = (world.calendar.first_tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    young = (people["arrives"] < 0) & (age >= MINIMUM_AGE) & (age < ADULT_AGE_YEARS)
    student = people["occupation"] == STUDENT
    kinds = (young & student, young & ~student)
    return np.array([np.bincount(people["settlement"][kind], minlength=n) for kind in kinds], np.float64)


def count_supervised_hours(month: MonthSnapshot) -> float:
    """Return the hours of supervision of young people in this month."""
    world = month.world
    p, youth = world.parameters[SafeSchools], world.cached(youth_by_settlement)
    taking_part = p["coverage"] * (youth[0] + p["outreach"] * youth[1])
    return float((taking_part * p["hours"]).sum() * world.days_of_month / DAYS_A_WEEK)


MECHANISM = Mechanism(
    group=SafeSchools,
    hazard=HazardModifier(person=apply_supervision),
    knockout=Knockout(("supervised_youth_hours",), policy="safe_schools"),
    measures={
        "supervised_youth_hours": Measure("hours", count_supervised_hours),
    },
)
