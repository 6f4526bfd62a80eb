"""M12: calls about what is no crime keep couples busy; leaders ring the officers whom they know."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.reporting.calls import CALL_ID_OFFSET, LEADER_ID_OFFSET
from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MONTH = 93
ONLY_LEADERS = {"calls.rate": 0.0, "calls.leaders": 24.0, "resources.phones": 1.0}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(2 * MONTH)


def calls_of(world: TrustModel, shifts: int) -> np.ndarray:
    """Live some shifts and return the calls about other things."""
    found = []
    for _ in range(shifts):
        world.step()
        assert world.trace is not None
        rows = world.trace["calls"]
        found.append(rows[(rows["number"] >= CALL_ID_OFFSET) & (rows["born"] == world.tick - 1)])
    return np.concatenate(found)


def test_most_calls_are_about_no_crime_and_take_hours_of_couples(live: Live, usual: TrustModel) -> None:
    without = live(2 * MONTH, **{"mechanisms.calls": False})
    assert sums(usual)["calls_other"] > 2.0 * sums(without)["calls"] > 0.0 == sums(without)["calls_other"]
    assert sums(usual)["couple_hours_used"] > sums(without)["couple_hours_used"]


def test_they_come_from_living_adults_at_home_and_nobody_is_arrested_for_them(live: Live) -> None:
    world = live(0, trace=True, **{"calls.rate": 200.0, "crime.armed": 0.0, "crime.thieves": 0.0})
    rows = calls_of(world, 2 * MONTH)
    people = world.town.people
    assert len(rows) > 50
    assert (people["home"][rows["teller"]] == rows["cell"]).all()
    assert (rows["born"] // 3 - people["born"][rows["teller"]] >= 18 * 365).all()
    assert (rows["incident"] == -1).all()


def test_where_an_authority_settles_quarrels_fewer_reach_the_police(live: Live, usual: TrustModel) -> None:
    near = live(2 * MONTH, **{"communal_authority.reach": 1.0})
    assert sums(near)["calls_other"] < 0.7 * sums(usual)["calls_other"]


def test_only_leaders_with_a_number_ring_an_officer(live: Live) -> None:
    world = live(0, trace=True, **ONLY_LEADERS)
    rows = calls_of(world, MONTH)
    assert len(rows) > 5
    assert (rows["number"] >= CALL_ID_OFFSET + LEADER_ID_OFFSET).all()
    assert (world.town.people["council"][rows["teller"]] == 1).all()
    unmet = {"consultation.phones": 0.0, "consultation.meetings": 0.0, "consultation.table": 0.0}
    nobody = live(MONTH, **ONLY_LEADERS, **unmet)
    assert sums(nobody)["calls_own_phone"] == 0.0


def test_who_is_left_waiting_for_good_trusts_less(live: Live) -> None:
    many = {"calls.rate": 200.0}
    served = live(2 * MONTH, **many, **{"response.decline": -40.0, "response.line_answered": 1.0})
    left = live(2 * MONTH, **many, **{"roster.couples": 0.0, "response.line_answered": 0.3})
    effectiveness = [w.datacollector.get_model_vars_dataframe()["effectiveness_mean"].iloc[-1] for w in (served, left)]
    assert effectiveness[1] < effectiveness[0]


def test_who_rings_an_officer_waits_in_the_same_queue(live: Live) -> None:
    both = {"calls.rate": 200.0, "calls.leaders": 24.0, "resources.phones": 1.0, "response.line_answered": 1.0}
    world, leaders = live(0, trace=True, **both), 0
    for _ in range(MONTH):
        world.step()
        assert world.trace is not None
        rank = {(row["born"], row["number"]): -row["severity"] for row in world.trace["calls"]}
        order = [rank[born, number] for born, number in world.trace["responses"][["born", "number"]].tolist()]
        assert order == sorted(order)
        leaders += int((world.trace["responses"]["number"] >= CALL_ID_OFFSET + LEADER_ID_OFFSET).sum())
    assert leaders > 0
