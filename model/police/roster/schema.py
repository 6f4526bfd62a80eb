"""Declarations of the roster: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row

ABSENCE_STREAM, FIXED_DUTY, CYCLES_STREAM = stream_id("absence"), stream_id("fixed duty"), stream_id("cycles")
REINFORCEMENT_STREAM, FOOT_BEAT = stream_id("reinforcement"), stream_id("foot beat")
UNLIMITED_FOOT_KM = 1e9
"""Kilometres of a couple without motor: no fuel limits it."""
N_GROUPS = 3
"""Groups of officers that relieve each other; A15."""


@dataclass(frozen=True, init=False)
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

    days_on: int
    days_off: int
    single_strength: float
    absence: float
    fixed_duties: float
    bicycles: float
    gallons: float
    km_per_gallon: float
    gallons_motorcycle: float
    couples: float
    km_per_gallon_motorcycle: float


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
