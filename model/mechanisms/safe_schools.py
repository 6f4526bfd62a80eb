"""M24, prevention for the young: Safe Schools and talks by officers of the prevention branch (ODD 6.31).

In the status quo there are none.  Switched off, a policy that uses them changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import DAYS_A_YEAR
from model.kernels import kernel
from model.kinds import SCHOOLS
from model.mechanism import Hazard, Knockout, Measure, Mechanism
from model.parameters import Group, number, share
from model.residents import STUDENT

if TYPE_CHECKING:
    from model.measures import Month
    from model.model import TrustModel as World
    from model.rows import Reals

ADULT, YOUNGEST = 18.0, 7.0


@dataclass(frozen=True, kw_only=True)
class SafeSchools(Group):
    """Who is supervised after school, who hears talks, and what that keeps away."""

    name: ClassVar[str] = "safe_schools"
    evidence: ClassVar[tuple[str, ...]] = ("B04", "E15")

    coverage: float = share(0.0, "E15", "students under 18 who are supervised after school", role="lever", off=0.0)
    talks: float = share(0.0, "B04", "students whom talks by prevention officers reach", role="lever", off=0.0)
    hours: float = number(10.0, "hours a week", 0.0, 60.0, "E15; assumed", "supervised hours of one who takes part")
    outreach: float = share(0.3, "assumed", "young people out of school who take part, relative to students")
    effect: float = number(
        1.2, "log ratio", 0.0, 5.0, "E15; assumed, swept", "recruitment prevented by supervision", off=0.0
    )
    talk_effect: float = number(0.1, "log ratio", 0.0, 2.0, "assumed, swept", "recruitment prevented by talks", off=0.0)
    guard: float = share(
        0.15, "assumed, swept", "crimes against the supervised near schools that do not happen", off=0.0
    )


@kernel
def draw_of(student: bool, p: SafeSchools) -> float:
    """Pull of a clique on somebody young, relative to one without any prevention."""
    supervised = p.coverage * (1.0 if student else p.outreach)
    return math.exp(-p.effect * supervised - (p.talk_effect * p.talks if student else 0.0))


def guard(world: World, person: Reals) -> None:
    """Keep crimes on the street from the young near schools, as far as they are supervised."""
    p = world.numbers["safe_schools"]
    person[SCHOOLS == 1, :, 2:] *= (1.0 - p["guard"] * p["coverage"])[:, None]


def youth_of(world: World) -> Reals:
    """Return the young of 7 to 17 years by settlement at the start: students, and those out of school."""
    people, n = world.town.people, world.town.n_settlements
    age = (world.calendar.first_tick // 3 - people["born"]) / DAYS_A_YEAR
    young = (people["arrives"] < 0) & (age >= YOUNGEST) & (age < ADULT)
    student = people["occupation"] == STUDENT
    kinds = (young & student, young & ~student)
    return np.array([np.bincount(people["settlement"][kind], minlength=n) for kind in kinds], np.float64)


def supervised_hours(month: Month) -> float:
    """Hours of supervision of young people in this month."""
    world = month.world
    p, youth = world.numbers["safe_schools"], world.once(youth_of)
    taking_part = p["coverage"] * (youth[0] + p["outreach"] * youth[1])
    return float((taking_part * p["hours"]).sum() * world.days_of_month / 7.0)


IT = Mechanism(
    group=SafeSchools,
    hazard=Hazard(person=guard),
    knockout=Knockout(("supervised_youth_hours",), policy="safe_schools"),
    measures={
        "supervised_youth_hours": Measure("hours", supervised_hours),
    },
)
