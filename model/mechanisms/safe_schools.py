"""M24, prevention for the young: Safe Schools and talks by officers of the prevention branch (ODD 6.31).

In the status quo there are none.  Switched off, a policy that uses them changes nothing.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from model.chance import age_of
from model.daybook import ASSAULT, THEFT
from model.kernels import kernel
from model.parameters import Group, number, share
from model.residents import STUDENT

KNOCKOUT = ("supervised_youth_hours",)
KNOCKOUT_POLICY = "safe_schools"
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
def draw_of(student: Any, p: Any) -> Any:
    """Pull of a clique on somebody young, relative to one without any prevention."""
    supervised = p.coverage * (1.0 if student else p.outreach)
    return math.exp(-p.effect * supervised - (p.talk_effect * p.talks if student else 0.0))


@kernel
def guarded(kind: Any, person: Any, schools: Any, tick: Any, p: Any) -> Any:
    """Hazard of a crime on the street against this resident here, relative to one without supervision."""
    if (kind > THEFT and kind != ASSAULT) or schools == 0 or age_of(person, tick) >= ADULT:
        return 1.0
    return 1.0 - p.guard * p.coverage


def youth_of(people: Any, first_tick: int, n_settlements: int) -> np.ndarray:
    """Return the young of 7 to 17 years by settlement at the start: students, and those out of school."""
    age = (first_tick // 3 - people["born"]) / 365.25
    young = (people["arrives"] < 0) & (age >= YOUNGEST) & (age < ADULT)
    student = people["occupation"] == STUDENT
    kinds = (young & student, young & ~student)
    return np.array([np.bincount(people["settlement"][kind], minlength=n_settlements) for kind in kinds], np.float64)


def supervised_hours(world: Any) -> float:
    """Hours of supervision of young people in this month."""
    p = world.numbers["safe_schools"]
    taking_part = p["coverage"] * (world.youth[0] + p["outreach"] * world.youth[1])
    return float((taking_part * p["hours"]).sum() * world.days_of_month / 7.0)
