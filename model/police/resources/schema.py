"""Declarations of resources: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Column, Row
from model.engine.tables import Table

VEHICLE_WORKS, BREAKS, MENDED = decision("vehicle works"), decision("breaks"), decision("mended")
LATE_BUDGET, INTERNET, PHONE_CREDIT = decision("late budget"), decision("internet"), decision("phone credit")
MAYOR, REELECTED, JOINT, BENEFIT, FLEET = (
    decision("mayor"),
    decision("re-elected"),
    decision("joint patrol"),
    decision("benefit event"),
    decision("fleet"),
)
WITHOUT_LIMIT = 1e9
TERM_BEGINS = 15
"""Day of January on which a mayor takes office, every fourth year (2012, 2016, 2020)."""


@dataclass(frozen=True, kw_only=True)
class Resources(Group):
    """What the police can drive, burn and ring with, and who helps."""

    name: ClassVar[str] = "resources"
    evidence: ClassVar[tuple[str, ...]] = (
        "B08", "B15", "B16", "B17", "B18", "E16", "I01", "I02", "I03", "I04", "I05", "I07", "U05", "U06", "U07", "U08",
    )  # fmt: skip

    vehicles: float = number(
        1.0, "ratio", 0.0, 6.0, "design: 1 = as owned", "vehicles and motorcycles on the road for each that works",
        role="site",
    )  # fmt: skip
    breakdown: float = share(0.06, "U05, I01; assumed", "working vehicles that break down in a week", off=0.0)
    repair: float = share(
        0.09, "U05: 0.30-0.50 out of service", "broken vehicles that are repaired in a week", role="lever", off=1.0
    )
    late: float = share(0.15, "I07; assumed", "months in which the budget comes late", role="lever", off=0.0)
    late_ration: float = share(0.5, "U06: 3 gallons for 6", "fuel ration in such a month, relative", off=1.0)
    no_ration: float = share(0.0, "design: 1 = fuel without limit", "fuel without a ration", off=1.0)
    internet: float = share(0.6, "I02, D04; assumed", "months in which a facility is connected", role="lever", off=1.0)
    phones: float = share(
        0.8, "I04: officers pay themselves; assumed", "months in which a facility's telephones have credit",
        role="lever", off=1.0,
    )  # fmt: skip
    condition: float = share(0.3, "I05; assumed", "condition of stations and pay", role="lever")
    willing: float = share(0.4, "B17; assumed", "mayors who take on security, where a coin decides", role="site")
    incumbency: float = share(0.35, "assumed", "mayors who are elected again")
    joint_patrols: float = share(
        0.15, "B15, B16; assumed", "couples that municipal police go with, while the mayor sends them",
        role="lever", off=0.0,
    )  # fmt: skip
    joint_tone: float = number(0.3, "log-odds", 0.0, 2.0, "B18; assumed", "fair treatment with municipal police along")
    events: float = share(
        0.05, "orders of magnitude; assumed", "benefit events in a quarter, where all are organised", off=0.0
    )
    event_km: float = number(300.0, "km", 0.0, 5000.0, "assumed", "fuel that an event pays for")
    event_share: float = number(10.0, "km", 0.0, 500.0, "assumed", "of it, most that a couple takes in a shift")


class Vehicle(Row):
    """A vehicle or motorcycle of a facility, and since when it works or does not."""

    facility: int
    motorcycle: int
    number: int
    works: int
    since: int


class Mayor(Row):
    """The mayor's term, and whether municipal police go along; -1 before the first."""

    term: Annotated[int, Column("term of office", "term", -1)]
    willing: Annotated[int, Column("takes on security", "0 or 1", -1)]


MAYOR_OF = Table(name="mayor", row=Mayor, per="one", about="The mayor: this alone.")


class Counts(Row):
    """What is counted in a month."""

    breakdowns: float
    repairs: float
    joint_patrols: float
    benefit_km: float
