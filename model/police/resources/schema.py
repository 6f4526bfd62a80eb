"""Declarations of resources: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import COUNT, FLAG, PAST, code_of, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import RowTableSpec

VEHICLE_WORKS, BREAKS_STREAM, MENDED_STREAM = stream_id("vehicle works"), stream_id("breaks"), stream_id("mended")
LATE_BUDGET, INTERNET_STREAM, PHONE_CREDIT = stream_id("late budget"), stream_id("internet"), stream_id("phone credit")
MAYOR_STREAM, REELECTED_STREAM, JOINT_PATROL_STREAM, BENEFIT_EVENT_STREAM, FLEET_STREAM = (
    stream_id("mayor"),
    stream_id("re-elected"),
    stream_id("joint patrol"),
    stream_id("benefit event"),
    stream_id("fleet"),
)
UNLIMITED_KM = 1e9
"""Kilometres of a shift where fuel has no ration."""
VEHICLES_A_FACILITY, FIRST_MOTORCYCLE = 64, 32
"""Permanent numbers of vehicles: 64 to a facility, motorcycles from 32 on; they key random streams."""
TERM_START_DAY = 15
"""Day of January on which a mayor takes office, every fourth year (2012, 2016, 2020)."""


@dataclass(frozen=True, kw_only=True)
class Resources(ParameterGroup):
    """Parameters of vehicles, fuel, connections, and the help of municipality and communities."""

    name: ClassVar[str] = "resources"
    evidence: ClassVar[tuple[str, ...]] = (
        "B07", "B08", "B15", "B16", "B17", "B18", "E16", "I01", "I02", "I03", "I04", "I05", "I07", "U05", "U06", "U07",
        "U08",
    )  # fmt: skip

    vehicles: float = parameter(
        1.0, "ratio", 0.0, 6.0, "design: 1 = as owned", "vehicles and motorcycles on the road for each that works",
        role="site",
    )  # fmt: skip
    breakdown: float = share_parameter(0.06, "U05, I01; assumed", "working vehicles that break down in a week", off=0.0)
    repair: float = share_parameter(
        0.09, "U05: 0.30-0.50 out of service", "broken vehicles that are repaired in a week", role="lever", off=1.0
    )
    late: float = share_parameter(0.15, "I07; assumed", "months in which the budget comes late", role="lever", off=0.0)
    late_ration: float = share_parameter(
        0.5, "U06: 3 gallons for 6", "fuel ration in a month with a late budget, relative", off=1.0
    )
    no_ration: float = share_parameter(
        0.0, "design: 1 = fuel without limit", "fuel available without a ration", off=1.0
    )
    internet: float = share_parameter(
        0.6, "I02, D04; assumed", "months in which a facility is connected", role="lever", off=1.0
    )
    phones: float = share_parameter(
        0.8, "I04: officers pay themselves; assumed", "months in which a facility's telephones have credit",
        role="lever", off=1.0,
    )  # fmt: skip
    condition: float = share_parameter(0.3, "I05; assumed", "condition of stations and pay", role="lever")
    willing: float = share_parameter(
        0.4, "B17; assumed", "mayors who take on security, where a random draw decides", role="site"
    )
    incumbency: float = share_parameter(0.35, "assumed", "mayors who are re-elected")
    joint_patrols: float = share_parameter(
        0.15, "B15, B16; assumed", "couples that municipal police go with, while the mayor sends them",
        role="lever", off=0.0,
    )  # fmt: skip
    joint_market: float = share_parameter(
        0.0, "B07", "couples on a foot beat on market days, by day, that municipal police go with in any case",
        role="site", off=0.0,
    )  # fmt: skip
    joint_tone: float = parameter(
        0.3, "log-odds", 0.0, 2.0, "B18; assumed", "effect on fair treatment of municipal police who go along"
    )
    events: float = share_parameter(
        0.05, "orders of magnitude; assumed", "benefit events in a quarter, where all are organised", off=0.0
    )
    event_km: float = parameter(300.0, "km", 0.0, 5000.0, "assumed", "fuel that an event pays for")
    event_share: float = parameter(10.0, "km", 0.0, 500.0, "assumed", "most fuel of an event for one couple and shift")


class VehicleRow(Row):
    """Vehicle or motorcycle of a facility, whether it works, and the tick since which it does or does not."""

    facility: Annotated[int, row_of("facility")]
    motorcycle: Annotated[int, FLAG]
    number: Annotated[int, COUNT]
    works: Annotated[int, FLAG]
    since: Annotated[int, PAST]


class MayorTerm(Row):
    """Mayor's term and whether the mayor sends municipal police along; -1 before the first."""

    term: Annotated[int, Column("term of office", "term", -1), COUNT]
    willing: Annotated[int, Column("takes on security", "0 or 1", -1), code_of(2, none=True)]


MAYOR_TERM = RowTableSpec(name="mayor", row=MayorTerm, per="one", about="The mayor: this alone.")


class ResourceCounts(Row):
    """Monthly counts of breakdowns, repairs, joint patrols and benefit events."""

    breakdowns: float
    repairs: float
    joint_patrols: float
    benefit_km: float
