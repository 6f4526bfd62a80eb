"""The calendar: ticks, dates, market days, months and the start."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.engine.calendar import (
    DAY_ZERO,
    EVENINGS,
    FIRST_DAYS,
    LAST_SHIFTS,
    MARKET_DAY,
    MORNINGS,
    NIGHT,
    NIGHTS,
    REST_DAY,
    WEEK,
    WEEK_STARTS,
    WORKING_DAY,
    Calendar,
    CalendarParameters,
    calendar_flags,
    date_of_tick,
    day_type,
    first_of_month,
    is_last_shift_of_month,
    month_of,
    presence_list,
    shift_of,
    shifts_into_month,
    shifts_of_month,
    tick_of,
    weekday_of,
    years_before,
)

DATES = st.dates(min_value=DAY_ZERO, max_value=datetime.date(2100, 1, 1))
SHIFT = st.integers(0, 2)


@given(DATES, SHIFT)
def test_a_tick_gives_back_its_date_and_shift(date: datetime.date, shift: int) -> None:
    tick = tick_of(date, shift)
    assert (date_of_tick(tick), shift_of(tick)) == (date, shift)


@given(DATES, SHIFT)
def test_weekdays_and_months_are_those_of_the_real_calendar(date: datetime.date, shift: int) -> None:
    tick = tick_of(date, shift)
    assert weekday_of(tick) == date.weekday()
    assert first_of_month(month_of(tick)) == date.replace(day=1)


@given(DATES, SHIFT)
def test_a_month_ends_with_the_night_shift_of_its_last_day(date: datetime.date, shift: int) -> None:
    tomorrow = date + datetime.timedelta(days=1)
    ends = shift == NIGHT and tomorrow.month != date.month
    assert is_last_shift_of_month(tick_of(date, shift)) == ends


def test_the_first_tick_is_the_morning_of_the_first_of_january_2000() -> None:
    assert tick_of(datetime.date(2000, 1, 1)) == 0


def test_a_market_on_sunday_is_a_market_day_and_no_rest_day() -> None:
    sunday, monday = tick_of(datetime.date(2017, 1, 1)), tick_of(datetime.date(2017, 1, 2))
    assert day_type(sunday, frozenset()) == REST_DAY
    assert day_type(sunday, frozenset({6})) == MARKET_DAY
    assert day_type(monday, frozenset({6})) == WORKING_DAY


@given(DATES, SHIFT, st.frozensets(st.integers(0, 6)))
def test_the_list_of_places_tells_kind_of_day_and_shift(
    date: datetime.date, shift: int, market_days: frozenset[int]
) -> None:
    tick = tick_of(date, shift)
    assert divmod(presence_list(tick, market_days), 3) == (day_type(tick, market_days), shift)


def test_market_days_are_read_from_the_numbers() -> None:
    numbers = CalendarParameters(market_tuesday=1, market_saturday=1)
    assert numbers.market_days == {1, 5}


def test_the_warm_up_comes_before_the_start_and_is_not_reported() -> None:
    calendar = Calendar(datetime.date(2017, 1, 1), 1, frozenset())
    assert calendar.first_date == datetime.date(2016, 1, 1)
    assert calendar.first_reported_tick - calendar.first_tick == 3 * 366
    assert not calendar.is_reported(calendar.first_reported_tick - 1)
    assert calendar.is_reported(calendar.first_reported_tick)


@pytest.mark.parametrize("years", [1, 4])
def test_the_29th_of_february_has_a_day_in_earlier_years(years: int) -> None:
    expected = datetime.date(2020 - years, 2, 28 if years == 1 else 29)
    assert years_before(datetime.date(2020, 2, 29), years) == expected


def test_the_numbers_of_a_months_shifts_are_those_of_each_tick() -> None:
    market_days = frozenset({5})
    month = month_of(tick_of(datetime.date(2016, 2, 1)))
    shifts = shifts_of_month(month, market_days)
    assert [one.tick for one in shifts] == list(range(shifts[0].tick, shifts[0].tick + 3 * 29))
    for one in shifts:
        assert (one.month, one.weekday) == (month_of(one.tick), weekday_of(one.tick))
        assert (one.where, one.since) == (presence_list(one.tick, market_days), shifts_into_month(one.tick))
        assert one.flags == calendar_flags(one.tick)
    assert [one.since for one in shifts if one.flags & LAST_SHIFTS] == [87]
    assert [one.since for one in shifts if one.flags & FIRST_DAYS] == [1, 2, 3]
    assert [one.tick for one in shifts if one.flags & WEEK_STARTS] == [
        t for t in range(shifts[0].tick, shifts[-1].tick + 1) if t % WEEK == 0
    ]
    parts = [one.flags & (MORNINGS | EVENINGS | NIGHTS) for one in shifts]
    assert parts == [MORNINGS, EVENINGS, NIGHTS] * 29
