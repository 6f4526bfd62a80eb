"""Declarations of resources: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.domains import COUNT, FLAG, PAST, code_of, row_of
from model.engine.parameters import ParameterGroup
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


@dataclass(frozen=True, init=False)
class Resources(ParameterGroup):
    """Parameters of vehicles, fuel, connections, and the help of municipality and communities."""

    name: ClassVar[str] = "resources"
    evidence: ClassVar[tuple[str, ...]] = (
        "B07", "B08", "B15", "B16", "B17", "B18", "E16", "I01", "I02", "I03", "I04", "I05", "I07", "U05", "U06", "U07",
        "U08",
    )  # fmt: skip

    vehicles: float
    breakdown: float
    repair: float
    late: float
    late_ration: float
    no_ration: float
    internet: float
    phones: float
    condition: float
    willing: float
    incumbency: float
    joint_patrols: float
    joint_market: float
    joint_tone: float
    events: float
    event_km: float
    event_share: float


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
