"""Declarations of population change: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class PopulationChange(ParameterGroup):
    """Arrivals, deaths and departures, victimisation outside, and offenders who come from outside."""

    name: ClassVar[str] = "population_change"
    evidence: ClassVar[tuple[str, ...]] = ("J06", "R23")

    arrivals: float = share_parameter(1.0, "design", "due births and newcomers who arrive", off=0.0)
    infants: float = parameter(0.02, "a year", 0.0, 0.2, "assumed", "deaths in the first year of life", off=0.0)
    mortality: float = parameter(
        0.0001, "a year", 0.0, 0.01, "assumed: 4-5 deaths per 1,000", "hazard of dying, extrapolated to age 0", off=0.0
    )
    ageing: float = parameter(0.078, "log ratio a year", 0.0, 0.12, "assumed", "growth of the hazard of dying with age")
    departures: float = parameter(
        4.0,
        "per 1,000 a year",
        0.0,
        50.0,
        "derived: growth of the site",
        "residents who move away",
        role="site",
        off=0.0,
    )
    young: float = parameter(2.0, "ratio", 1.0, 2.0, "assumed", "residents from 15 to 34 years who move away, relative")
    outside_robbery: float = parameter(
        0.3, "a year outside", 0.0, 0.5, "orders of magnitude: about half of robberies; assumed, swept",
        "hazard of robbery while outside the municipality", off=0.0,
    )  # fmt: skip
    outside_theft: float = parameter(
        0.12,
        "a year outside",
        0.0,
        0.25,
        "assumed, swept",
        "hazard of theft from the person while outside the municipality",
        off=0.0,
    )
    outsiders: float = share_parameter(0.3, "assumed", "property offenders who come from outside", off=0.0)
    visit: float = parameter(1.3, "ratio", 0.0, 3.0, "B07; assumed", "offenders from outside on market days, relative")


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
