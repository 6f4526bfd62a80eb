"""M1: who is at home, at work, at school, at the market or outside."""

from collections.abc import Callable

import numpy as np
import pytest

from model.simulation.model import TrustModel
from model.town.residents import EMPLOYEE, SHOPKEEPER, STUDENT
from model.town.town import Town, build_town
from scenarios import load

Build = Callable[..., Town]
MONTH = 93
SMALL = {"population.scale": 0.05, "calendar.warm_up": 0, "population.room": 0.1}
WORKING, MARKET, REST = 0, 3, 6
"""Lists of who is where begin with the morning of such a day; evening and night follow."""


def settled(**changes: float) -> Town:
    """Return a small Villa Canales with this rhythm."""
    return build_town(load("villa_canales", set=SMALL | changes))


@pytest.fixture(scope="module")
def usual() -> Town:
    return settled()


def test_switched_off_everybody_is_at_home_in_every_shift() -> None:
    worlds = []
    for wanted in (True, False):
        scenario = load("villa_canales", set=SMALL | {"mechanisms.daily_rhythm": wanted, "crime.armed": 50})
        worlds.append(TrustModel(scenario, rng=7))
        worlds[-1].run_for(MONTH)
    on, off = worlds
    assert (off.town.places == off.town.people["home"]).all()
    assert (on.town.places != on.town.people["home"]).any(axis=1).all()
    assert on.month_row["core_crowd"] != off.month_row["core_crowd"] > 0
    assert on.month_row["outside_robberies"] > 0 == off.month_row["outside_robberies"]
    assert off.month_row["crimes_occurred"] > 0


def test_everybody_is_in_one_place_at_a_time_or_outside(usual: Town) -> None:
    for places, who, start in zip(usual.places, usual.who, usual.who_start, strict=True):
        listed = who[who >= 0]
        assert sorted(listed) == np.flatnonzero(places >= 0).tolist()
        assert (np.repeat(np.arange(usual.n_cells), np.diff(start)) == places[listed]).all()
        assert start[-1] == len(listed)


def test_with_nothing_to_do_at_night_everybody_is_at_home() -> None:
    town = settled(**{"daily_rhythm.work_night": 0.0, "daily_rhythm.street_night": 0.0})
    for day in (WORKING, MARKET, REST):
        assert (town.places[day + 2] == town.people["home"]).all()
        assert (town.places[day] != town.people["home"]).any()


def test_students_are_at_a_school_and_workers_at_work_only_when_it_is_time() -> None:
    town = settled(**{"daily_rhythm.school_morning": 1.0, "daily_rhythm.school_evening": 0.0})
    student = town.people["occupation"] == STUDENT
    assert (town.cells["schools"][town.places[WORKING][student]] > 0).all()
    rests = town.places[REST][student] == town.people["home"][student]
    assert rests.mean() > 0.6
    worker = (town.people["occupation"] >= SHOPKEEPER) & (town.people["occupation"] <= EMPLOYEE)
    away = [(town.places[row] != town.people["home"])[worker].mean() for row in (WORKING, WORKING + 2, REST)]
    assert away[0] > 1.5 * away[2] > 1.5 * away[1]


def test_who_works_outside_where_few_do_does_so_where_many_do() -> None:
    outside = [settled(**{"daily_rhythm.outside": share}).places[WORKING] < 0 for share in (0.0, 0.2, 0.4)]
    assert not outside[0].any()
    assert (outside[1] <= outside[2]).all()
    assert outside[2].sum() == pytest.approx(2.0 * outside[1].sum(), rel=0.15)


def test_the_market_fills_on_its_days_and_as_many_more_as_are_drawn_there() -> None:
    towns = [settled(**{"daily_rhythm.market_morning": share}) for share in (0.0, 0.1, 0.2)]
    stalls = towns[0].cells["market"] == 1
    crowd = [[int(stalls[one.places[day]].sum()) for day in (WORKING, MARKET)] for one in towns]
    assert crowd[0][0] == crowd[1][0] == crowd[2][0] < crowd[1][1]
    assert crowd[2][1] - crowd[0][1] == pytest.approx(2.0 * (crowd[1][1] - crowd[0][1]), rel=0.15)
