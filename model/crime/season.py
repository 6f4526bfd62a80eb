"""M46, season: crime rises and falls with the month of the year and on paydays; yearly totals stay.

The months follow homicides of Guatemala, which have a peak in November and December and a low in April.  Wages are
paid on the 15th and on the last day of a month; those days and the next ones have more robberies and thefts.  Both
factors have mean 1 over each year.  Switched off, all days of the year are alike.
"""

from __future__ import annotations

import calendar
import datetime
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import MONTHS_A_YEAR, MORNINGS, first_of_month
from model.engine.parameters import ParameterGroup
from model.town.crime_kinds import BY_STREET, CEILING, EXPOSURE, IS_PROPERTY
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.steps import python_step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation
    from model.world.month import MonthSnapshot

HOMICIDES_BY_MONTH: FloatArray = np.array([444, 380, 407, 358, 429, 431, 438, 427, 434, 437, 476, 494], np.float64)
"""Homicides in Guatemala, January to December 2012 (Procurador de los Derechos Humanos, from records of the police)."""
COUNTED_YEAR = 2012
"""Year of these counts."""
MIDDLE_PAYDAY = 15
"""Day of the month of the first payday; the second is the last day of the month."""


@dataclass(frozen=True, init=False)
class Season(ParameterGroup):
    """Strength of the month of the year and of paydays in the hazard of crime; means over a year are 1."""

    name: ClassVar[str] = "season"
    evidence: ClassVar[tuple[str, ...]] = ()

    violence: float
    property: float
    payday: float
    days: int


ONE_DAY = datetime.timedelta(days=1)
PROPERTY, VIOLENT = IS_PROPERTY == 1, (CEILING > 0.0) & (IS_PROPERTY == 0)
"""Kinds of property crime; assault and killing for hire."""
ON_PAYDAYS = EXPOSURE == BY_STREET
"""Robbery and theft from the person."""


def days_by_month(year: int) -> FloatArray:
    """Return the days of each month of a year."""
    return np.array([calendar.monthrange(year, 1 + month)[1] for month in range(MONTHS_A_YEAR)], np.float64)


@cache
def monthly_pattern(year: int) -> FloatArray:
    """Return homicides a day by month over their mean in the year; weighted by days its mean is 1.

    >>> [round(float(ratio), 2) for ratio in monthly_pattern(2012)]
    [1.02, 0.93, 0.93, 0.85, 0.98, 1.02, 1.0, 0.98, 1.03, 1.0, 1.13, 1.13]
    """
    daily, days = HOMICIDES_BY_MONTH / days_by_month(COUNTED_YEAR), days_by_month(year)
    pattern: FloatArray = daily * days.sum() / math.fsum(daily * days)
    return pattern


def is_payday(date: datetime.date, days: int) -> bool:
    """Return whether a date is one of the ``days`` that begin with the 15th or the last day of a month.

    >>> [is_payday(datetime.date(2017, 2, day), 3) for day in (1, 2, 3, 14, 15, 17, 18, 28)]
    [True, True, False, False, True, True, False, True]
    """
    since_last = 0 if (date + ONE_DAY).day == 1 else date.day
    return since_last < days or 0 <= date.day - MIDDLE_PAYDAY < days


def payday_factor(payday: FloatArray, days: int, date: datetime.date) -> FloatArray:
    """Return the factor of a day by its being a payday; its mean over the month is 1."""
    share = 2.0 * days / calendar.monthrange(date.year, date.month)[1]
    factor: FloatArray = (payday if is_payday(date, days) else 1.0) / (1.0 + (payday - 1.0) * share)
    return factor


def monthly_factor(strength: FloatArray, date: datetime.date) -> FloatArray:
    """Return the factor of a month for crime that follows the pattern by ``strength``; its mean over the year is 1."""
    factor: FloatArray = 1.0 + strength * (monthly_pattern(date.year)[date.month - 1] - 1.0)
    return factor


def apply_season(sim: Simulation, person: FloatArray) -> None:
    """Scale the hazard of all kinds by the month and of crime in the street by paydays; writes `person`."""
    p, date = sim.p.season, sim.date
    person[PROPERTY] *= monthly_factor(p["property"], date)[:, None]
    person[VIOLENT] *= monthly_factor(p["violence"], date)[:, None]
    person[ON_PAYDAYS] *= payday_factor(p["payday"], payday_days(sim), date)[:, None]


def payday_days(sim: Simulation) -> int:
    """Return the days of a payday, the same in the whole municipality."""
    return int(sim.p.season[0].days)


def is_turning(sim: Simulation, date: datetime.date) -> bool:
    """Return whether on a date the month changes, or a payday begins or is over."""
    days = payday_days(sim)
    return date.day == 1 or is_payday(date, days) != is_payday(date - ONE_DAY, days)


@python_step(flags=MORNINGS, on=is_turning)
def turn_season(sim: Simulation) -> None:
    """On the morning on which the month changes, or a payday begins or is over, recompute the hazard."""
    sim.hazard_factors.write_by_person(sim)


def violence_of_month(month: MonthSnapshot) -> float:
    """Return the factor of this month for assault, in the first settlement."""
    p = month.world.p.season
    return float(monthly_factor(p["violence"], first_of_month(month.world.month))[0])


MECHANISM = Mechanism(
    group=Season,
    hazard=HazardModifier(person=apply_season),
    knockout=Knockout(("season_violence",)),
    measures={"season_violence": Measure("ratio", violence_of_month)},
)
