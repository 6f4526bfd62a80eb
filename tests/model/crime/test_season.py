"""M46: crime follows months and paydays, and the totals of a year stay."""

import calendar
import datetime
from collections.abc import Callable

import numpy as np
import pytest

from model.crime.season import MECHANISM, is_payday, monthly_factor, monthly_pattern, payday_factor
from model.simulation.model import TrustModel
from model.town.crime_kinds import ASSAULT, BURGLARY, DOMESTIC, EXTORTION, ROBBERY

Live = Callable[..., TrustModel]
DAY, MONTH = 3, 93
APRIL, DECEMBER = 3, 11
ONE = np.ones(1)


def days_of(year: int) -> list[datetime.date]:
    first = datetime.date(year, 1, 1)
    return [first + datetime.timedelta(days=n) for n in range(366 if calendar.isleap(year) else 365)]


@pytest.mark.parametrize("year", [2016, 2017])
@pytest.mark.parametrize(("payday", "days"), [(1.0, 1), (1.15, 3), (1.6, 7)])
def test_the_total_of_a_year_stays(year: int, payday: float, days: int) -> None:
    dates = days_of(year)
    factors = [monthly_factor(ONE, date) * payday_factor(payday * ONE, days, date) for date in dates]
    assert np.mean(factors) == pytest.approx(1.0, abs=1e-12)
    assert sum(is_payday(date, days) for date in dates) == 2 * 12 * days


def test_violence_peaks_at_the_end_of_the_year_and_is_least_in_april() -> None:
    pattern = monthly_pattern(2017)
    assert pattern.argmax() == DECEMBER
    assert pattern.argmin() == APRIL
    assert 1.1 < pattern[DECEMBER] < 1.2
    assert 0.8 < pattern[APRIL] < 0.9


def test_the_hazard_changes_on_the_days_and_for_the_kinds_that_it_should(live: Live) -> None:
    world = live(DAY)
    seen = []
    for _ in range(31):
        world.run_for(DAY)
        seen.append(world.hazard_factors.person[:, 0, 0].copy())
    by_day = np.array(seen)
    assert (by_day[:, (EXTORTION, DOMESTIC)] == 1.0).all()
    assert len(np.unique(by_day[:, ASSAULT])) == len(np.unique(by_day[:, BURGLARY])) == 2, "January and February"
    paid = [is_payday(datetime.date(2017, 1, 2) + datetime.timedelta(days=n), 3) for n in range(31)]
    ratio = by_day[:, ROBBERY] / by_day[:, BURGLARY]
    assert np.array_equal(ratio > 1.0, paid)
    assert 4 <= sum(paid) <= 7


def test_a_payday_has_other_robberies_of_the_same_candidates(live: Live) -> None:
    usual, paid = (
        live(MONTH, **{"season.payday": payday, "season.days": 7, "crime.armed": 12}) for payday in (1.0, 1.6)
    )
    assert usual.month_row["candidates"] == paid.month_row["candidates"]
    assert usual.month_row["crimes_occurred_robbery"] != paid.month_row["crimes_occurred_robbery"]


def test_switched_off_all_months_are_alike(live: Live) -> None:
    on, off = live(4 * MONTH), live(4 * MONTH, **{"mechanisms.season": False})
    for name in MECHANISM.knockout.measures:
        assert set(off.datacollector.get_model_vars_dataframe()[name]) == {1.0}
        assert len(set(on.datacollector.get_model_vars_dataframe()[name])) > 1
    assert (off.hazard_factors.person[ROBBERY] == off.hazard_factors.person[BURGLARY]).all()
