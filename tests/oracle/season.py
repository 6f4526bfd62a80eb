"""Months and paydays (ODD: season)."""

import calendar
import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oracle.town import PlainTown

HOMICIDES_OF_2012 = (444, 380, 407, 358, 429, 431, 438, 427, 434, 437, 476, 494)
IN_THE_STREET, OF_PROPERTY = 2, 5
"""Kinds below these numbers."""


def days_of(year: int) -> list[int]:
    """Days of the months of a year."""
    return [calendar.monthrange(year, month)[1] for month in range(1, 13)]


def pattern(date: datetime.date) -> float:
    """Homicides a day in the month of a date, relative to its year."""
    rates = [n / days for n, days in zip(HOMICIDES_OF_2012, days_of(2012), strict=True)]
    days = days_of(date.year)
    return rates[date.month - 1] * sum(days) / sum(rate * n for rate, n in zip(rates, days, strict=True))


def is_paid(date: datetime.date, days: int) -> bool:
    """Tell whether wages were paid on one of the last days, this one included."""
    last = (date - datetime.timedelta(days=back) for back in range(days))
    return any(one.day in (15, days_of(one.year)[one.month - 1]) for one in last)


def in_season(town: "PlainTown", kind: int) -> float:
    """Factor of the hazard of a kind on this day."""
    p, date = town.numbers("season"), town.date
    factor = 1.0 + (p.property if kind < OF_PROPERTY else p.violence) * (pattern(date) - 1.0)
    if kind < IN_THE_STREET:
        mean = 1.0 + (p.payday - 1.0) * 2 * p.days / days_of(date.year)[date.month - 1]
        factor *= (p.payday if is_paid(date, p.days) else 1.0) / mean
    return float(factor)
