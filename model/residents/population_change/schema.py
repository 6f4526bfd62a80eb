"""Declarations of population change: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row

ARRIVES_STREAM = stream_id("arrives")
LIFE_COUNT, LIFE_WHO, LIFE_MARK = stream_id("life count"), stream_id("life who"), stream_id("life mark")
OUTSIDE_VIOLENT = stream_id("violent outside")
LEAVE_BY_DEATH, LEAVE_BY_MOVING = range(2)
MAX_DEATH_RATE, MAX_MOVING_RATE = 0.3, 0.1
"""Ceilings of a resident's hazards of natural death and of moving away, per year."""
YOUNG_FROM, YOUNG_TO = 15.0, 35.0
"""Ages in years between which people move away more often."""
CANDIDATE_STRIDE = 2**16
"""Distance between the candidate numbers of deaths and of moves in the random streams."""


@dataclass(frozen=True, init=False)
class PopulationChange(ParameterGroup):
    """Arrivals, deaths and departures, victimisation outside, and offenders who come from outside."""

    name: ClassVar[str] = "population_change"
    evidence: ClassVar[tuple[str, ...]] = ("J06", "R23")

    arrivals: float
    infants: float
    mortality: float
    ageing: float
    departures: float
    young: float
    outside_robbery: float
    outside_theft: float
    outsiders: float
    visit: float


class OutsideHarm(Row):
    """Victimisation of a resident outside the municipality."""

    harmed_outside: Annotated[int, Column("was harmed outside", "tick", -1, "i4")]


class PopulationChangeCounts(Row):
    """Monthly counts of births, arrivals, deaths, departures and crimes suffered outside."""

    births: float
    newcomers: float
    natural_deaths: float
    departures: float
    arrivals_refused: float
    outside_robberies: float
    outside_thefts: float
