"""What the police can drive, burn and ring with, and who helps."""

import datetime

import numpy as np
import pandas as pd
import pytest
from small_world import small_world

from model.police.resources import mayoral_term, municipal_police_join
from model.simulation.model import TrustModel
from scenarios import load

MONTH = 93
SCALE = {"population.scale": 0.1, "calendar.warm_up": 0}
NO_HELP = {"resources.joint_patrols": 0.0, "resources.events": 0.0, "mayor.gives": 0}
COIN = {"mayor.gives": 0}


def world_of(rng: int = 7, policies=(), start: datetime.date | None = None, **changes) -> TrustModel:
    scenario = load("villa_canales", set=SCALE | changes, policies=policies, start=start)
    return TrustModel(scenario, rng=rng)


def lived(months: int, **changes) -> pd.DataFrame:
    world = world_of(**changes)
    world.run_for(months * MONTH)
    return world.datacollector.get_model_vars_dataframe()


@pytest.mark.thorough
def test_as_many_vehicles_work_as_breakdowns_and_repairs_keep_working() -> None:
    owned = len(world_of().state.vehicles)
    shares = [lived(3, rng=rng)["vehicles_working"].mean() / owned for rng in range(12)]
    assert np.mean(shares) == pytest.approx(0.09 / (0.06 + 0.09), abs=0.1)


def test_a_vehicle_that_nobody_repairs_never_works_again() -> None:
    working = lived(12, **{"resources.breakdown": 0.5, "resources.repair": 0.0, **NO_HELP})
    assert working["vehicles_working"].iloc[-1] == 0.0
    assert working["repairs"].sum() == 0.0
    assert working["km"].iloc[-1] == 0.0


def test_twice_the_repairs_keep_more_vehicles_on_the_road() -> None:
    assert lived(4, **{"resources.repair": 0.5})["km"].sum() > lived(4, **{"resources.repair": 0.05})["km"].sum()


def test_a_late_budget_cuts_the_ration_of_all_for_a_month() -> None:
    late, in_time = (lived(2, **{"resources.late": x, **NO_HELP})["km_available"].sum() for x in (1.0, 0.0))
    assert late == pytest.approx(0.5 * in_time)


@pytest.mark.parametrize(
    ("day", "term"),
    [("2008-01-14", 2), ("2008-01-15", 3), ("2011-12-31", 3), ("2012-01-14", 3), ("2012-01-15", 4), ("2020-01-15", 6)],
)
def test_terms_begin_on_15_january_of_every_fourth_year(day: str, term: int) -> None:
    assert mayoral_term(datetime.date.fromisoformat(day)) == term


def test_municipal_police_go_with_couples_on_foot_on_market_days_where_that_is_usual() -> None:
    world = world_of(1, **{"resources.joint_patrols": 0.0, "resources.joint_market": 1.0})
    world.run_for(1)  # a lever that is set begins with the first shift
    w, p = small_world(tick=0, seed=7), world.p.resources[0]
    assert all(municipal_police_join(w, p, 0, True, post) for post in range(20))
    assert not any(municipal_police_join(w, p, 1, False, post) for post in range(20))


def test_a_mayor_who_is_willing_can_be_voted_out_and_joint_patrols_end() -> None:
    start = datetime.date(2016, 1, 1)
    changes = COIN | {"resources.incumbency": 0.0, "resources.willing": 0.5, "resources.joint_patrols": 1.0}
    ends = 0
    for rng in range(8):
        world = world_of(rng, start=start, **changes)
        before = world.state.mayor_terms[0]["willing"]
        world.run_for(2 * MONTH)
        assert world.state.mayor_terms[0]["term"] == 5
        after = world.state.mayor_terms[0]["willing"]
        patrols = world.datacollector.get_model_vars_dataframe()["joint_patrols"]
        assert (patrols.iloc[1] > 0) == (after == 1)
        assert (world.state.couples["joint"].sum() > 0) == (after == 1)
        ends += before == 1 and after == 0
    assert ends > 0


def test_a_mayor_who_is_always_elected_again_stays_as_willing() -> None:
    for rng in range(4):
        world = world_of(rng, start=datetime.date(2016, 1, 10), **COIN | {"resources.incumbency": 1.0})
        before = world.state.mayor_terms[0].copy()
        world.run_for(30)
        assert world.state.mayor_terms[0]["term"] == before["term"] + 1
        assert world.state.mayor_terms[0]["willing"] == before["willing"]


def test_municipal_motorcycles_move_couples_that_would_walk() -> None:
    nothing = COIN | {"resources.breakdown": 1.0, "resources.repair": 0.0, "resources.willing": 1.0}
    assert lived(2, **nothing, **{"resources.joint_patrols": 1.0})["km"].iloc[1] > 0
    assert lived(2, **nothing, **{"resources.joint_patrols": 0.0})["km"].iloc[1] == 0


def test_benefit_events_pay_for_kilometres_and_the_purse_runs_dry() -> None:
    world = world_of(start=datetime.date(2017, 1, 1), **{"resources.events": 1.0, "resources.event_km": 5000.0})
    world.run_for(1)
    rich = world.state.facility_resources["purse"].sum()
    assert world.state.tally[0]["benefit_km"] > 0
    world.run_for(80)
    assert 0 <= world.state.facility_resources["purse"].sum() < rich


def test_a_council_member_who_rings_an_officer_without_credit_is_not_heard() -> None:
    always = {"reporting.intercept": 3.0, "reporting.own_phone": 5.0, "response.line_answered": 1.0}
    assert lived(1, **always, **{"resources.phones": 1.0})["unserved_line"].sum() == 0
    assert lived(1, **always, **{"resources.phones": 0.0})["unserved_line"].sum() > 0


def test_no_more_hours_or_kilometres_are_used_than_there_are() -> None:
    months = lived(4)
    assert (months["km"] <= months["km_available"]).all()
    assert (months["fixed_hours"] < months["couple_hours_used"]).all()
    assert (months["couple_hours_used"] < months["couple_hours"]).all()


def test_switched_off_everything_works_and_fuel_has_no_ration() -> None:
    world = world_of(**{"mechanisms.resources": False})
    world.run_for(MONTH)
    row = world.datacollector.get_model_vars_dataframe().iloc[0]
    assert row["vehicles_working"] == len(world.state.vehicles)
    assert row["unserved_fuel"] == row["joint_patrols"] == 0
    assert row["km"] > lived(1)["km"].iloc[0]
    assert row["internet_share"] == 1.0


def test_a_ratio_of_vehicles_puts_more_or_fewer_of_those_that_work_on_the_road() -> None:
    usual = lived(6)["vehicles_working"].mean()
    for ratio in (0.0, 0.5, 2.0):
        assert lived(6, **{"resources.vehicles": ratio})["vehicles_working"].mean() == pytest.approx(
            ratio * usual, rel=0.1
        )
