"""Calendar of a run: conversions between ticks, dates, shifts, weekdays and months.

A tick is the number of an eight-hour shift since 06:00 on 2000-01-01.  Three shifts make a day: 06-14 (0), 14-22 (1),
22-06 (2); the night belongs to the date on which it begins.  Lengths of time are stated in shifts (`WEEK`, `MONTH`,
`YEAR`).  The kind of day (working day, market day, rest day) and the shift together select the presence list, which
says where each resident is.
"""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from model.engine.errors import InputError
from model.engine.parameters import ParameterGroup
from model.engine.scenario import Scenario

DAY_ZERO = datetime.date(2000, 1, 1)
"""Date of tick 0."""
SHIFTS = 3
"""Shifts in a day."""
MORNING, EVENING, NIGHT = range(SHIFTS)
HOURS_A_SHIFT, MINUTES_AN_HOUR, MINUTES_A_SHIFT = 8.0, 60.0, 480.0
LAST_MINUTE = 479.0
"""Last whole minute of a shift."""
WEEK, MONTH, QUARTER, HALF_YEAR, YEAR = 21, 91, 273, 546, 1095
"""Lengths of time in shifts; month and quarter have their mean length, the year has 365 days."""
LONGEST_MONTH, LONGEST_QUARTER = 93, 276
"""Shifts of 31 days and of 92 days."""
DAYS_A_WEEK, MONTHS_A_YEAR = 7, 12
DAYS_A_MONTH, DAYS_A_YEAR = 30.4375, 365.25
"""Mean lengths in days, leap years included."""
DAYS_OF_YEAR = 365.0
"""Days of `YEAR`, for rates per year of equal shifts; ages are counted by `DAYS_A_YEAR`."""
WORKING_DAY, MARKET_DAY, REST_DAY = range(3)
MONDAY, FRIDAY, SUNDAY = 0, 4, 6
_DAY_ZERO_WEEKDAY = DAY_ZERO.weekday()


MORNINGS, EVENINGS, NIGHTS, FIRST_DAYS, LAST_SHIFTS, WEEK_STARTS = (1 << bit for bit in range(6))
"""Flags of a shift by the calendar: its part of the day, a first day of a month, the last shift of a month, and the
shift with which one of the weeks since tick 0 begins; other flags follow."""
N_CALENDAR_FLAGS = 6


@dataclass(frozen=True, init=False)
class CalendarParameters(ParameterGroup):
    """Length of the warm-up, which is simulated but not reported, and the market days."""

    name = "calendar"
    mechanism = False
    evidence = ("B07",)

    warm_up: int
    market_monday: int
    market_tuesday: int
    market_wednesday: int
    market_thursday: int
    market_friday: int
    market_saturday: int
    market_sunday: int

    @property
    def market_days(self) -> frozenset[int]:
        """Weekdays with a market; Monday is 0."""
        days = (
            self.market_monday,
            self.market_tuesday,
            self.market_wednesday,
            self.market_thursday,
            self.market_friday,
            self.market_saturday,
            self.market_sunday,
        )
        return frozenset(weekday for weekday, has_market in enumerate(days) if has_market)


def day_number(date: datetime.date) -> int:
    """Return the days since 2000-01-01."""
    return (date - DAY_ZERO).days


@lru_cache(maxsize=4096)
def date_of_day(day: int) -> datetime.date:
    """Return the date of a day number."""
    return DAY_ZERO + datetime.timedelta(days=day)


def tick_of(date: datetime.date, shift: int = MORNING) -> int:
    """Return the tick of a shift of a date; the night shift belongs to the date on which it begins.

    >>> tick_of(datetime.date(2000, 1, 2), NIGHT)
    5
    """
    return SHIFTS * day_number(date) + shift


def date_of_tick(tick: int) -> datetime.date:
    """Return the date on which the shift of a tick begins."""
    return date_of_day(tick // SHIFTS)


def shift_of(tick: int) -> int:
    """Return the shift of a tick: 0 from 06 to 14, 1 from 14 to 22, 2 from 22 to 06."""
    return tick % SHIFTS


def weekday_of(tick: int) -> int:
    """Return the weekday of a tick, Monday 0.

    >>> weekday_of(tick_of(datetime.date(2017, 1, 1)))
    6
    """
    return (tick // SHIFTS + _DAY_ZERO_WEEKDAY) % DAYS_A_WEEK


@lru_cache(maxsize=4096)
def month_of(tick: int) -> int:
    """Return the number of the month: twelve times the year, plus 0 for January to 11 for December."""
    date = date_of_tick(tick)
    return MONTHS_A_YEAR * date.year + date.month - 1


@lru_cache(maxsize=4096)
def first_of_month(month: int) -> datetime.date:
    """Return the first day of a numbered month."""
    return datetime.date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)


@lru_cache(maxsize=4096)
def is_last_shift_of_month(tick: int) -> bool:
    """Return whether the next shift belongs to another month."""
    return month_of(tick) != month_of(tick + 1)


@lru_cache(maxsize=4096)
def shifts_into_month(tick: int) -> int:
    """Return the shifts since the month began, the present one included.

    >>> shifts_into_month(tick_of(datetime.date(2017, 1, 1), NIGHT))
    3
    """
    return tick + 1 - tick_of(first_of_month(month_of(tick)))


def calendar_flags(tick: int) -> int:
    """Return the flags of a shift by the calendar.

    >>> calendar_flags(tick_of(datetime.date(2017, 1, 1))) == MORNINGS | FIRST_DAYS
    True
    """
    first_day, last = date_of_tick(tick).day == 1, is_last_shift_of_month(tick)
    return (
        (MORNINGS, EVENINGS, NIGHTS)[tick % SHIFTS]
        | FIRST_DAYS * first_day
        | LAST_SHIFTS * last
        | WEEK_STARTS * (tick % WEEK == 0)
    )


def day_type(tick: int, market_days: frozenset[int]) -> int:
    """Return the kind of day: 0 working day, 1 market day, 2 rest day (a Sunday without a market)."""
    weekday = weekday_of(tick)
    if weekday in market_days:
        return MARKET_DAY
    return REST_DAY if weekday == SUNDAY else WORKING_DAY


def presence_list(tick: int, market_days: frozenset[int]) -> int:
    """Return the number (0-8) of the presence list in force: three times the kind of day, plus the shift."""
    return SHIFTS * day_type(tick, market_days) + shift_of(tick)


class ShiftNumbers(NamedTuple):
    """Numbers of a shift by the calendar.

    ``where`` is its presence list, ``month`` its numbered month, ``since`` the shifts since that began, the present one
    included, ``flags`` its `calendar_flags`.
    """

    tick: int
    where: int
    month: int
    weekday: int
    since: int
    flags: int


@lru_cache(maxsize=16)
def shifts_of_month(month: int, market_days: frozenset[int]) -> tuple[ShiftNumbers, ...]:
    """Return the numbers of all shifts of a numbered month."""
    first, end = tick_of(first_of_month(month)), tick_of(first_of_month(month + 1))
    return tuple(
        ShiftNumbers(
            tick, presence_list(tick, market_days), month, weekday_of(tick), tick + 1 - first, calendar_flags(tick)
        )
        for tick in range(first, end)
    )


def years_before(date: datetime.date, years: int) -> datetime.date:
    """Return this day some years before; 28 February where the year has no 29 February."""
    try:
        return date.replace(year=date.year - years)
    except ValueError:
        return date.replace(year=date.year - years, day=28)


@dataclass(frozen=True)
class Calendar:
    """First day of a run, first reported day, and the kind of each day.

    Attributes
    ----------
    start
        First reported date.
    warm_up
        Years that are simulated before it.
    market_days
        Weekdays with a market; Monday is 0.
    """

    start: datetime.date
    warm_up: int
    market_days: frozenset[int]

    @classmethod
    def of(cls, scenario: Scenario) -> "Calendar":
        """Return the calendar of a scenario.

        Raises
        ------
        InputError
            If the warm-up would begin before `DAY_ZERO`.
        """
        parameters: CalendarParameters = scenario["calendar"]
        calendar = cls(scenario.start, parameters.warm_up, parameters.market_days)
        if calendar.first_date < DAY_ZERO:
            raise InputError(
                f"start less calendar.warm_up must not be before {DAY_ZERO}, got {scenario.start} "
                f"less {parameters.warm_up} years: choose a later start or a shorter warm-up"
            )
        return calendar

    @property
    def first_date(self) -> datetime.date:
        """Date of the first simulated shift."""
        return years_before(self.start, self.warm_up)

    @property
    def first_tick(self) -> int:
        """First simulated tick."""
        return tick_of(self.first_date)

    @property
    def first_reported_tick(self) -> int:
        """First reported tick: 06:00 of the start."""
        return tick_of(self.start)

    def is_reported(self, tick: int) -> bool:
        """Return whether a tick lies after the warm-up."""
        return tick >= self.first_reported_tick

    def day_type(self, tick: int) -> int:
        """Return the kind of day of a tick: working day, market day or rest day."""
        return day_type(tick, self.market_days)

    def place_list(self, tick: int) -> int:
        """Return the number of the presence list of a tick."""
        return presence_list(tick, self.market_days)
