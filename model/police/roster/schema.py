"""Declarations of the roster: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row

ABSENCE_STREAM, FIXED_DUTY, CYCLES_STREAM = stream_id("absence"), stream_id("fixed duty"), stream_id("cycles")
REINFORCEMENT_STREAM, FOOT_BEAT = stream_id("reinforcement"), stream_id("foot beat")
UNLIMITED_FOOT_KM = 1e9
"""Kilometres of a couple without motor: no fuel limits it."""
N_GROUPS = 3
"""Groups of officers that relieve each other; A15."""


@dataclass(frozen=True, kw_only=True)
class Roster(ParameterGroup):
    """Parameters of officers on duty, their transport and fuel, and the part of a shift that other duties take."""

    name: ClassVar[str] = "roster"
    evidence: ClassVar[tuple[str, ...]] = (
        "A14",
        "A15",
        "A16",
        "B01",
        "B07",
        "U02",
        "U03",
        "U05",
        "U06",
        "I01",
        "E17",
    )

    days_on: int = parameter(7, "days", 1, 28, "A15", "days of service in a row")
    days_off: int = parameter(4, "days", 0, 28, "A15", "days of rest in a row", off=0)
    single_strength: float = share_parameter(
        0.5, "A15-A16: derived", "officers of a group on each relay when it serves alone"
    )
    absence: float = share_parameter(
        0.22, "orders of magnitude: .78 present", "officers absent or in administration", role="lever"
    )
    fixed_duties: float = share_parameter(
        0.35,
        "orders of magnitude: 25-50 %, assumed",
        "time of a couple's shift for fixed duties",
        high=0.6,
        role="lever",
    )
    bicycles: float = share_parameter(
        0.2, "B07; assumed", "shifts in which a couple of a foot beat goes by bicycle", role="lever"
    )
    gallons: float = parameter(3.0, "gallons a day", 0.0, 20.0, "U06", "fuel ration of a vehicle", role="lever")
    km_per_gallon: float = parameter(
        30.0, "km", 5.0, 60.0, "orders of magnitude: 25-35", "reach of a gallon in a vehicle"
    )
    gallons_motorcycle: float = parameter(
        0.8, "gallons a day", 0.0, 5.0, "assumed from U06", "fuel ration of a motorcycle", role="lever"
    )
    couples: float = parameter(
        1.0, "times as staffed", 0.0, 4.0, "A16; assumed", "couples fielded for each post that is manned",
        role="lever", off=1.0,
    )  # fmt: skip
    km_per_gallon_motorcycle: float = parameter(90.0, "km", 20.0, 150.0, "assumed", "reach of a gallon on a motorcycle")


class RosterCounts(Row):
    """Monthly counts of couples on duty, their hours and vehicles."""

    couple_shifts: float
    thin_relays: float
    vehicles: float
    motorcycles: float
    couple_hours: float
    fixed_hours: float
    couple_hours_used: float
    km_available: float


WRITTEN_COLUMNS = (
    "tally.joint_patrols", "officers.tone", "couples.on", "couples.lead", "couples.mate", "couples.mode",
    "couples.joint", "couples.calls", "couples.cell", "couples.free", "couples.duty_start", "couples.duty_end",
    "couples.km", "couples.tank", "couples.busy", "couples.sector", "couples.slots", "couples.for_orders",
    "couples.for_meetings", "couples.for_requests", "couples.for_problems", "means.purse", "loans.taken",
)  # fmt: skip
