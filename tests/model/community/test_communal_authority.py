"""Communal authorities as a jurisdiction: steps of a case, police that wait, boards that change, watch (M14)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.community.communal_authority import (
    CASE_CLOSED,
    CASE_NO_REMEDY,
    CASE_POSTPONED,
    CASE_RULED,
    CASE_TO_HIGHER,
    CASE_TO_STATE,
)
from model.engine.calendar import YEAR
from model.simulation.model import TrustModel
from model.town.town import build_town
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
BUSY = {
    "communal_authority.reach": 1.0,
    "communal_authority.near": 5.0,
    "communal_authority.grave": 1.0,
    "communal_authority.days": 0,
    "communal_authority.comply_days": 5,
    "reporting.intercept": 0.0,
}


NO_AUTHORITY = {"mechanisms.communal_authority": False, "mechanisms.deliberation": False}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def outcomes(world: TrustModel, shifts: int) -> list[int]:
    found: list[int] = []
    for _ in range(shifts):
        world.step()
        found += world.trace["hearings"]["outcome"].tolist()
    return found


def test_a_case_takes_its_steps_from_summons_to_compliance_and_beyond() -> None:
    changes = {"population.scale": 0.05, "calendar.warm_up": 0, "communal_authority.comply": 0.5, "crime.assault": 0.1}
    found = outcomes(TrustModel(load("totonicapan", set=changes | BUSY), rng=3, trace=True), 2 * MONTH)
    assert {CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY, CASE_POSTPONED, CASE_RULED, CASE_TO_HIGHER} == set(found)


def test_only_communal_boards_have_a_higher_board(live: Live) -> None:
    assert CASE_TO_HIGHER not in outcomes(live(0, trace=True, **BUSY), 40)


def test_every_case_ends_once_and_every_ruling_is_of_one_kind(live: Live) -> None:
    found = sums(live(3 * MONTH, **BUSY))
    ends = ("closed", "domestic_conciliated", "handed_over", "women_without_remedy", "men_without_remedy")
    assert found["cases"] == found[list(ends)].sum() > 50
    rulings = ("agreements", "apologies", "reparations", "community_work", "fines", "losses_of_services")
    assert all(found[kind] > 0 for kind in rulings)
    assert found["rulings_kept"] + found["rulings_broken"] <= found[list(rulings)].sum()


def test_legitimacy_rises_with_just_and_kept_rulings_and_falls_with_delay_and_partiality(live: Live) -> None:
    def legitimacy(**changes: float) -> float:
        return float(live(3 * MONTH, **BUSY, **changes).state.boards["legitimacy"].mean())

    kept = legitimacy(
        **{"communal_authority.just": 5.0, "communal_authority.comply": 1.0, "communal_authority.comes": 6.0}
    )
    delayed = legitimacy(**{"communal_authority.comes": -4.0})
    partial = legitimacy(**{"communal_authority.just": -3.0, "communal_authority.experience": 0.0})
    assert kept > 0.05 > 0.0 > max(delayed, partial)


def test_legitimacy_begins_at_the_level_of_the_site_and_its_cases_hold_it_there() -> None:
    cases = {"population.scale": 0.25, "calendar.warm_up": 1, "communal_authority.near": 2.0}
    scenario = load("totonicapan", set=cases, policies="closed_town")
    world = TrustModel(scenario, rng=6)
    boards, level = world.state.boards, 1.0 / (1.0 + np.exp(-scenario["communal_authority"].legitimacy))
    shown, showings = boards["shown"].sum(), boards["showings"].sum()
    assert (boards["legitimacy"] == scenario["communal_authority"].legitimacy).all()
    assert boards["standing"] == pytest.approx(level - shown / showings)
    assert abs(boards["standing"][0]) > 0.05  # without it legitimacy would go that far
    world.run_for(3 * YEAR)
    later = (boards["shown"].sum() - shown) / (boards["showings"].sum() - showings)
    assert later + boards["standing"][0] == pytest.approx(level, abs=0.05)
    assert np.mean(1.0 / (1.0 + np.exp(-boards["legitimacy"]))) == pytest.approx(level, abs=0.02)


def test_police_wait_out_of_respect_or_weakness_and_under_a_protocol_never_step_in(live: Live) -> None:
    imposed = {"communal_authority.protocol": 1.0, "deliberation.protocols": 0}  # boards that agree: test_deliberation
    calm = sums(live(2 * MONTH, **BUSY, **imposed))
    usual = sums(live(2 * MONTH, **BUSY, **{"communal_authority.waits": 0.5, "communal_authority.presence": 0.8}))
    assert usual["police_stepped_in"] > 0
    assert calm["police_stepped_in"] == calm["deference_weakness"] == 0
    for one in (calm, usual):
        reasons = one["deference_respect"] + one["deference_weakness"] + one["police_stepped_in"]
        assert reasons == one["police_present"] > 0


def test_boards_change_on_1_january_and_lose_their_links_but_not_their_legitimacy() -> None:
    scenario = load("totonicapan", set={"population.scale": 0.05, "calendar.warm_up": 0}, start="2016-12-25")
    world = TrustModel(scenario, rng=3, town=build_town(scenario))
    world.state.boards["links"] = 0.8
    before = world.state.boards["legitimacy"].copy()
    world.run_for(3 * 7 + 1)
    assert world.state.boards["links"].max() < 0.5
    assert np.abs(world.state.boards["legitimacy"] - before).max() < 0.5


def test_closed_communities_never_have_police_at_a_hearing_nor_consent(live: Live) -> None:
    asked = {"communal_authority.protocol": 1.0, "communal_authority.consent": 5.0, "mechanisms.deliberation": False}
    world = live(0, **BUSY, **asked)
    world.state.boards["invites"] = 0
    world.run_for(2 * MONTH)
    assert sums(world)["police_present"] == 0
    assert world.state.boards["consents"].max() == 0


def test_a_watch_prevents_crime_by_night_and_only_where_there_is_one(live: Live) -> None:
    none, watched = (
        live(6 * MONTH, **{"communal_authority.watch": watch, "deliberation.watches": 0}) for watch in (0.0, 1.0)
    )
    assert sums(none)["watched"] == 0
    assert sums(watched)["watched"] > 0
    assert sums(watched)["crimes_occurred_robbery"] < sums(none)["crimes_occurred_robbery"]


def test_switched_off_no_case_comes_before_an_authority(live: Live) -> None:
    found = sums(live(2 * MONTH, **BUSY, **NO_AUTHORITY, **{"consultation.meetings": 20.0}))
    assert found[["cases", "told_communal", "police_present", "watched"]].sum() == 0
    assert found["meetings"] > 0


@pytest.mark.parametrize("site", ["villa_canales", "totonicapan"])
def test_the_steps_of_the_month_leave_no_case_in_two_places(site: str) -> None:
    scenario = load(site, set={"population.scale": 0.05, "calendar.warm_up": 0} | BUSY)
    world = TrustModel(scenario, rng=3, town=build_town(scenario))
    world.run_for(40)
    names = [(int(row["born"]), int(row["number"])) for row in world.state.cases.used_rows()]
    assert len(names) == len(set(names)) > 0
