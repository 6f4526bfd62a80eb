"""Pressure for figures: who is sent away, what is downgraded, and calls closed on paper."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.crime_kinds import ROBBERY, THEFT
from model.world.shift_events import NOBODY, PROSECUTOR

Live = Callable[..., TrustModel]
MONTH = 93
BUSY = {"crime.armed": 40, "crime.thieves": 40, "reporting.intercept": -1.5}
PRESSED = {
    "pressure.level": 1.0,
    "pressure.goal": 0.5,
    "pressure.refuse": 1.0,
    "pressure.downgrade": 1.0,
    "pressure.arrests": 0.3,
    "pressure.control": 0.0,
}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


@pytest.fixture(scope="module")
def pressed(live: Live) -> TrustModel:
    return live(4 * MONTH, **BUSY, **PRESSED)


@pytest.fixture(scope="module")
def free(live: Live) -> TrustModel:
    return live(4 * MONTH, **BUSY, **{"mechanisms.pressure": False})


def test_off_nobody_is_sent_away_and_nothing_is_downgraded(free: TrustModel) -> None:
    assert sums(free)[["refused", "downgraded", "arrests_easy", "complaints_outside"]].sum() == 0
    assert not free.ledger_months()["change"][free.ledger_months()["cause"] == CAUSES.index("turned_away")].any()


def test_pressed_chiefs_send_away_downgrade_and_arrest(pressed: TrustModel, free: TrustModel) -> None:
    assert (sums(pressed)[["refused", "downgraded", "arrests_easy"]] > 0).all()
    assert sums(pressed)["crimes_told"] < sums(free)["crimes_told"]
    changes = pressed.ledger_months()
    assert changes["change"][changes["cause"] == CAUSES.index("turned_away")].sum() < 0


def test_the_record_holds_downgraded_robberies_as_thefts(pressed: TrustModel, free: TrustModel) -> None:
    lesser = [sums(one)["crimes_recorded_theft"] / sums(one)["crimes_recorded"] for one in (pressed, free)]
    assert lesser[0] > lesser[1]


def test_who_is_sent_away_tells_nobody_or_the_prosecutor(live: Live) -> None:
    world = live(MONTH, trace=True, **BUSY, **PRESSED)
    seen = 0
    for _ in range(MONTH):
        world.step()
        rows = world.trace["incidents"]
        away = rows[rows["refused"] == 1]
        assert np.isin(away["reported_to"], (NOBODY, PROSECUTOR)).all()
        assert (away["severity"] < 1.0).all()
        assert np.isin(rows["kind"][rows["downgraded"] == 1], (ROBBERY, 2)).all()
        seen += len(away)
    assert seen > 0
    assert THEFT == 1


@pytest.mark.parametrize("lever", ["control", "channel"])
def test_control_and_a_channel_outside_keep_chiefs_from_it(live: Live, lever: str) -> None:
    world = live(3 * MONTH, **BUSY, **PRESSED | {f"pressure.{lever}": 1.0})
    assert sums(world)[["refused", "downgraded", "arrests_easy"]].sum() == 0


def test_calls_closed_on_paper_count_for_the_police_and_not_for_the_caller(live: Live) -> None:
    usual, gamed = (live(3 * MONTH, policies=[name], **BUSY) for name in ("status_quo", "gaming_responses"))
    assert sums(gamed)["unserved_paper"] > 0
    assert sums(gamed)["calls_closed"] > sums(gamed)["served"]
    found = [sums(one)["served_in_hour"] / sums(one)["calls"] for one in (gamed, usual)]
    assert found[0] < found[1]
