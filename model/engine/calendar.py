"""Shifts, days, market days, months and the start, between ticks and dates."""

import datetime
from dataclasses import dataclass
from functools import lru_cache

from model.engine.errors import InputError
from model.engine.parameters import ParameterGroup, parameter
from model.engine.scenario import Scenario

DAY_ZERO = datetime.date(2000, 1, 1)
SHIFTS = 3
MORNING, EVENING, NIGHT = range(SHIFTS)
WEEK, MONTH, QUARTER, HALF_YEAR, YEAR = 21, 91, 273, 546, 1095
"""Lengths of time in shifts, a month and a quarter of the mean length."""
LONGEST_MONTH, LONGEST_QUARTER = 93, 276
DAYS_A_MONTH, DAYS_A_YEAR = 30.4375, 365.25
WORKING_DAY, MARKET_DAY, REST_DAY = range(3)
SUNDAY = 6
_DAY_ZERO_WEEKDAY = DAY_ZERO.weekday()


def market_day_parameter(weekday: str, default: int = 0) -> int:
    """Declare whether a weekday is a market day."""
    about = f"{weekday} is a market day (1) or not (0)"
    return parameter(default, "0 or 1", 0, 1, "assumed; site fact", about, role="site")


@dataclass(frozen=True, kw_only=True)
class CalendarParameters(ParameterGroup):
    """Length of the unreported first part of a run, and the market days."""

    name = "calendar"
    mechanism = False
    evidence = ("B07",)

    warm_up: int = parameter(1, "years", 0, 5, "assumed; simulated, not reported", "length of the warm-up")
    market_monday: int = market_day_parameter("Monday")
    market_tuesday: int = market_day_parameter("Tuesday")
    market_wednesday: int = market_day_parameter("Wednesday")
    market_thursday: int = market_day_parameter("Thursday")
    market_friday: int = market_day_parameter("Friday")
    market_saturday: int = market_day_parameter("Saturday", 1)
    market_sunday: int = market_day_parameter("Sunday")

    @property
    def market_days(self) -> frozenset[int]:
        """Weekdays (Monday 0) with a market."""
        days = (
            self.market_monday,
            self.market_tuesday,
            self.market_wednesday,
            self.market_thursday,
            self.market_friday,
            self.market_saturday,
            self.market_sunday,
        )
        return frozenset(weekday for weekday, held in enumerate(days) if held)


def day_number(date: datetime.date) -> int:
    """Days since 2000-01-01."""
    return (date - DAY_ZERO).days


@lru_cache(maxsize=4096)
def date_of_day(day: int) -> datetime.date:
    """Date of a day number."""
    return DAY_ZERO + datetime.timedelta(days=day)


def tick_of(date: datetime.date, shift: int = MORNING) -> int:
    """Tick of a shift of this date; the night shift belongs to the date on which it begins.

    >>> tick_of(datetime.date(2000, 1, 2), NIGHT)
    5
    """
    return SHIFTS * day_number(date) + shift


def date_of_tick(tick: int) -> datetime.date:
    """Date on which the shift begins."""
    return date_of_day(tick // SHIFTS)


def shift_of(tick: int) -> int:
    """Shift of a tick: 0 from 06 to 14, 1 from 14 to 22, 2 from 22 to 06."""
    return tick % SHIFTS


def weekday_of(tick: int) -> int:
    """Weekday of a tick, Monday 0.

    >>> weekday_of(tick_of(datetime.date(2017, 1, 1)))
    6
    """
    return (tick // SHIFTS + _DAY_ZERO_WEEKDAY) % 7


@lru_cache(maxsize=4096)
def month_of(tick: int) -> int:
    """Number of the month: twelve times the year, plus 0 for January to 11 for December."""
    date = date_of_tick(tick)
    return 12 * date.year + date.month - 1


@lru_cache(maxsize=4096)
def first_of_month(month: int) -> datetime.date:
    """First day of a numbered month."""
    return datetime.date(month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=4096)
def is_last_shift_of_month(tick: int) -> bool:
    """Whether the next shift belongs to another month."""
    return month_of(tick) != month_of(tick + 1)


@lru_cache(maxsize=4096)
def shifts_into_month(tick: int) -> int:
    """Shifts since the last end of a month, this one included.

    >>> shifts_into_month(tick_of(datetime.date(2017, 1, 1), NIGHT))
    3
    """
    return tick + 1 - tick_of(first_of_month(month_of(tick)))


def day_type(tick: int, market_days: frozenset[int]) -> int:
    """Kind of day: 0 working day, 1 market day, 2 rest day (a Sunday without a market)."""
    weekday = weekday_of(tick)
    if weekday in market_days:
        return MARKET_DAY
    return REST_DAY if weekday == SUNDAY else WORKING_DAY


def presence_list(tick: int, market_days: frozenset[int]) -> int:
    """Number of the list that says who is where in this shift."""
    return SHIFTS * day_type(tick, market_days) + shift_of(tick)


def years_before(date: datetime.date, years: int) -> datetime.date:
    """Return the same day of an earlier year (28 February for a 29th that does not exist)."""
    try:
        return date.replace(year=date.year - years)
    except ValueError:
        return date.replace(year=date.year - years, day=28)


@dataclass(frozen=True)
class Calendar:
    """When a run begins, when it is reported from, and what kind of day each tick is."""

    start: datetime.date
    warm_up: int
    market_days: frozenset[int]

    @classmethod
    def of(cls, scenario: Scenario) -> "Calendar":
        """Return the calendar of a scenario, or raise if it would begin before day zero."""
        numbers: CalendarParameters = scenario["calendar"]
        calendar = cls(scenario.start, numbers.warm_up, numbers.market_days)
        if calendar.first_date < DAY_ZERO:
            raise InputError(
                f"start less calendar.warm_up must not be before {DAY_ZERO}, got {scenario.start} "
                f"less {numbers.warm_up} years"
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
        """First tick that is reported: the start, at 06:00."""
        return tick_of(self.start)

    def is_reported(self, tick: int) -> bool:
        """Whether this tick is after the warm-up."""
        return tick >= self.first_reported_tick

    def day_type(self, tick: int) -> int:
        """Kind of day of this tick: working, market or rest."""
        return day_type(tick, self.market_days)

    def place_list(self, tick: int) -> int:
        """List of places in force in this tick."""
        return presence_list(tick, self.market_days)
