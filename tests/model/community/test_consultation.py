"""Consultation: who comes, what they ask, who answers, and meetings that lead nowhere (M18)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.community.consultation import DOOR_TO_DOOR
from model.community.requests import REQUEST_MET, REQUEST_UNMET, REQUESTS, most_harmful_kind
from model.engine.calendar import EVENING, date_of_tick, shift_of
from model.police.minutes import FOR_MEETINGS
from model.simulation.model import TrustModel
from model.town.crime_kinds import DOMESTIC
from model.trust.events import INFORMED
from model.world.month import GROUPS

Live = Callable[..., TrustModel]
MONTH = 93
ADULTS = list(GROUPS).index("adults")
OFTEN = {"consultation.meetings": 40.0}


def months(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def sums(world: TrustModel) -> pd.Series:
    return months(world).sum(numeric_only=True)


def booked(world: TrustModel, cause: int) -> float:
    rows = world.ledger_months()
    return float(rows["change"][rows["cause"] == cause].sum())


def test_requests_are_answered_after_30_days_or_lie(live: Live) -> None:
    world = live(4 * MONTH, **OFTEN)
    found = sums(world)
    assert found["requests"] >= found["requests_due"] >= found["requests_answered"] >= found["requests_met"] > 0
    waiting = world.state.requests.used_rows()
    assert (waiting["due"] >= world.tick).all()
    assert found["requests"] <= found["requests_due"] + len(waiting)


def test_a_request_not_met_costs_trust_and_a_met_one_brings_some(live: Live) -> None:
    unmet = live(4 * MONTH, **OFTEN, **{"consultation.request_met": 0.0, "consultation.explain": 0.0})
    met = live(4 * MONTH, **OFTEN, **{"consultation.request_met": 1.0, "consultation.feasible": 1.0})
    assert booked(unmet, REQUEST_UNMET) < 0.0 == booked(unmet, REQUEST_MET)
    assert booked(met, REQUEST_MET) > 0.0 == booked(met, REQUEST_UNMET)


def test_explaining_shifts_blame_and_wears_off(live: Live) -> None:
    trained = {"plant.share_trained": 1.0, "adoption.rotation": 0.0, "consultation.request_met": 0.0}
    silent = live(5 * MONTH, **OFTEN, **trained, **{"consultation.explain": 0.0})
    spoken = live(5 * MONTH, **OFTEN, **trained, **{"consultation.explain": 0.5})
    assert booked(silent, REQUEST_UNMET) < booked(spoken, REQUEST_UNMET) < 0.0
    assert 0 < sums(spoken)["limits_explained"] < 0.5 * sums(spoken)["requests_due"]


def test_meetings_without_follow_up_bring_requests_that_nobody_meets(live: Live) -> None:
    some = {"consultation.meetings": 6.0, "mechanisms.deliberation": False, "chief.picks_requests": 0}
    usual, gaming = live(6 * MONTH, **some), live(6 * MONTH, policies=["gaming_meetings"], **some)
    assert sums(gaming)["meetings"] > 1.2 * sums(usual)["meetings"]
    late = [months(world)[["requests_answered", "requests_met"]].iloc[-2:].sum() for world in (usual, gaming)]
    assert late[0]["requests_answered"] > 0.0
    assert late[1].tolist() == [0.0, 0.0]


def test_far_homes_and_distrust_keep_people_away(live: Live) -> None:
    near = live(2 * MONTH, **OFTEN, **{"consultation.attend_km": 0.0})
    far = live(2 * MONTH, **OFTEN, **{"consultation.attend_km": 3.0})
    wary = live(2 * MONTH, **OFTEN, **{"consultation.attend_trust": 4.0, "trust.level": 0.05})
    assert max(sums(far)["council_heard"], sums(wary)["council_heard"]) < sums(near)["council_heard"]


def test_of_those_who_hear_of_meetings_about_as_many_come_as_said(live: Live) -> None:
    ordered = {"practices.order_follow": 1.0, "consultation.meetings": 12.0, "consultation.attend_km": 0.0}
    few = live(12 * MONTH, **ordered)
    told = live(12 * MONTH, **ordered, **{"consultation.announced": 0.4, "consultation.come": 0.3})
    unordered = live(12 * MONTH, **{"consultation.meetings": 12.0, "consultation.announced": 0.4})
    more = months(told)["heard_year"].mean() - months(few)["heard_year"].mean()
    adults = told.group_months()["residents"][told.group_months()["group"] == ADULTS].mean() / len(told.minds)
    assert 0.4 < more / (0.4 * 0.3 * adults) < 1.1
    assert months(unordered)["heard_year"].mean() < 1.2 * months(few)["heard_year"].mean()


def test_of_violence_at_home_nobody_speaks_where_no_woman_attends() -> None:
    suffered = np.zeros(9)
    suffered[0], suffered[DOMESTIC] = 1.0, 10.0
    assert most_harmful_kind(suffered, 0.0, 0.5) == 0
    assert most_harmful_kind(suffered, 1.0, 0.5) == DOMESTIC


def test_leaders_get_numbers_at_meetings_and_lose_them_when_officers_go(live: Live) -> None:
    stays = {"adoption.rotation": 0.0, "adoption.retire": 0.0}
    kept = live(4 * MONTH, **OFTEN, **stays).state.boards["phones"]
    lost = live(4 * MONTH, **{"consultation.meetings": 0.0, "adoption.rotation": 0.95}).state.boards["phones"]
    assert kept.min() >= 0.7 > lost.mean()


def test_visits_from_door_to_door_reach_homes(live: Live) -> None:
    world = live(2 * MONTH, **{"consultation.door_to_door": 60.0})
    assert sums(world)["doors"] > 50
    assert booked(world, DOOR_TO_DOOR) != 0.0


def test_telling_of_mopsic_reaches_people_one_by_one_once_a_wave(live: Live) -> None:
    all_told, half, weightless = (
        booked(live(3 * MONTH, **{"consultation.inform": reach, "consultation.news": weight}), INFORMED)
        for reach, weight in ((1.0, 0.02), (0.5, 0.02), (1.0, 0.0))
    )
    assert all_told > half > weightless == 0.0
    assert half == pytest.approx(0.5 * all_told, rel=0.1)


def test_the_comupre_that_follows_up_gets_more_requests_met(live: Live) -> None:
    often = {**OFTEN, "consultation.comupre": 12.0, "consultation.rhythm": 3.0, "consultation.request_met": 0.2}
    counts = [sums(live(6 * MONTH, **often, **{"consultation.follow_up": share})) for share in (0.0, 1.0)]
    assert counts[1]["requests_met"] > 1.2 * counts[0]["requests_met"] > 0


def test_switched_off_nobody_meets(live: Live) -> None:
    found = sums(live(2 * MONTH, **{"mechanisms.consultation": False, "deliberation.asks": 0}))
    kinds = ("meetings", "table_meetings", "council_meetings", "comupre_meetings", "network_meetings", "requests")
    assert found[list(kinds)].sum() == 0


def test_the_table_is_a_meeting_of_each_community_that_takes_part_and_asks(live: Live) -> None:
    quiet = {
        "consultation.meetings": 0.0,
        "consultation.network": 0.0,
        "deliberation.asks": 0,
        "deliberation.climbs": 0,
    }
    world = live(0, trace=True, **quiet, **{"consultation.table": 12.0, "consultation.answer": 1.0})
    rows = []
    for _ in range(5 * MONTH):
        world.step()
        rows += world.trace["meetings"].tolist()
    found = sums(world)
    assert len(rows) == found["table_communities"] > 0 < found["table_meetings"]
    assert found["meetings"] == 0.0
    assert found["requests"] == found["table_requests"] >= found["table_answered"] > 0
    assert found["council_heard"] == found["table_communities"]
    assert (world.state.boards["heard"] >= 0).any()
    assert (world.state.boards["asked"] == -1).all()


def test_without_the_table_no_community_has_met_police_there(live: Live) -> None:
    found = sums(live(3 * MONTH, **{"consultation.table": 0.0}))
    assert found["table_communities"] == found["table_requests"] == found["table_answered"] == 0.0


def test_a_community_that_waits_for_an_answer_asks_for_nothing_more_at_the_table(live: Live) -> None:
    world = live(0, trace=True, **{"consultation.table": 12.0, "consultation.meetings": 6.0})
    problems: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(3 * MONTH):
        rows = world.state[REQUESTS].used_rows()
        waiting = set(rows["authority"][rows["due"] > world.tick].tolist())
        world.step()
        for meeting in world.trace["meetings"]:
            if meeting["at_table"] == 1:
                problems[int(meeting["authority"]) in waiting].append(int(meeting["problem"]))
    assert set(problems[True]) == {-1}
    assert max(problems[False]) >= 0


def test_minutes_for_meetings_that_nobody_works_off_lapse_a_month_after_that_of_the_meeting(live: Live) -> None:
    world = live(0, **OFTEN, **{"practices.planned": 0.0})
    asked_by: list[list[float]] = []
    for _ in range(4 * MONTH):
        first = date_of_tick(world.tick).day == 1 and shift_of(world.tick) == EVENING
        before = world.state.minutes_owed[:, FOR_MEETINGS, 0].tolist()
        world.step()
        if first:
            asked_by.append(before)
            if len(asked_by) > 1:
                assert world.state.minutes_owed[:, FOR_MEETINGS, 1].tolist() == asked_by[-2]
    assert len(asked_by) >= 3
    assert sum(asked_by[-2]) > 0.0
    assert (world.state.minutes_owed[:, FOR_MEETINGS, 0] > world.state.minutes_owed[:, FOR_MEETINGS, 1]).any()
