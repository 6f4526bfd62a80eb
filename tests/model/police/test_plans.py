"""Information on its way up, diagnoses, plans and posts."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.engine.rank_correlation import mean_ranks, pearson_correlation
from model.police.plans import MODE_PREVENTIVE
from model.reporting.information import reporting_stages
from model.simulation.model import TrustModel
from model.world.shift_events import CHECKPOINT, POST, PROBLEM, PROSECUTOR
from scenarios import load

Live = Callable[..., TrustModel]
MONTH, QUARTER = 93, 280
BUSY = {"crime.armed": 40, "crime.thieves": 40, "reporting.intercept": -1.5}
PLANNED = {"plans.diagnosis": 1.0, "plans.formats": 1.0, "plans.analysis": 1.0, "plans.follow": 0.5, "plans.posts": 1}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def last(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().iloc[-1]


@pytest.fixture(scope="module")
def planned(live: Live) -> TrustModel:
    return live(2 * QUARTER, **BUSY, **PLANNED)


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(2 * QUARTER, **BUSY)


def test_off_everything_known_is_recorded_at_once_and_comes_back(live: Live, usual: TrustModel) -> None:
    off = last(live(3 * MONTH, **BUSY, **{"mechanisms.information": False}))
    assert off["survival"] == 1.0
    assert off["record_days_mean"] == 0.0
    assert off["plans_returned"] == 1.0
    assert last(usual)["survival"] < 0.6
    assert sums(usual)["record_days"] > 0


def test_survival_is_the_product_of_its_stages() -> None:
    p = load("villa_canales")["information"].rows(1)[0]
    form, content, record = reporting_stages(0, 0.5, 0.0, p)
    assert form == p["written"]
    assert content == pytest.approx(p["written"] * p["conviction"])
    assert record == pytest.approx(content * p["typed"] * 0.5 * p["consolidated"] * p["georeferenced"] * p["entered"])


def test_the_station_knows_only_what_was_told_or_found_and_written(live: Live) -> None:
    world = live(0, trace=True, **BUSY, **{"information.conviction": 1.0, "information.written": 1.0})
    known = 0.0
    for _ in range(60):
        world.step()
        rows = world.trace["incidents"]
        reported = (rows["handed"] == 1) | np.isin(rows["reported_to"], (0, 1, 2, 3)) | (rows["found"] == 1)
        known += float(rows["severity"][reported & ((rows["reported_to"] != PROSECUTOR) | (rows["found"] == 1))].sum())
    assert known > 0
    assert world.state.crimes_known.sum() == pytest.approx(known)
    assert world.state.crimes_happened.sum() > known


def test_with_analysis_the_places_are_those_that_the_station_knows_worst(planned: TrustModel) -> None:
    state = planned.state
    assert state.plans["founded"].all()
    assert sums(planned)["diagnoses"] >= 1
    assert last(planned)["plan_places_found"] > 0.0
    assert last(planned)["posts_follow_crime"] > 0.0


def test_posts_and_visits_by_plan_stand_at_the_places_of_the_plan(live: Live) -> None:
    world = live(0, trace=True, **PLANNED)
    held = 0
    for _ in range(30):
        world.step()
        visits = world.trace["visits"]
        motor = world.state.couples["mode"][visits["post"]] > 0
        on_post = visits[(visits["kind"] == POST) & motor]
        held += len(on_post)
        assert (on_post["stay"] > 40.0).all()
        assert (visits["routed"][np.isin(visits["kind"], (PROBLEM, POST, CHECKPOINT))] == 1).all()
    assert held > 0
    assert (world.state.plans["mode"] != MODE_PREVENTIVE).all()


def test_off_there_are_no_posts_and_no_visits_by_plan(live: Live) -> None:
    found = sums(live(3 * MONTH, **BUSY, **PLANNED, **{"mechanisms.plans": False}))
    assert found[["visits_by_plan", "visits_on_post", "diagnoses", "formats"]].sum() == 0


def test_forms_full_of_zeros_are_many_forms(live: Live, usual: TrustModel) -> None:
    gamed = live(2 * QUARTER, policies=["gaming_forms"], **BUSY)
    assert sums(gamed)["forms"] > sums(usual)["forms"]
    assert sums(gamed)["forms_with_content"] < sums(usual)["forms_with_content"]


def test_routes_on_paper_are_written_and_not_driven(live: Live, usual: TrustModel) -> None:
    gamed = live(2 * QUARTER, policies=["gaming_routes"], **BUSY)
    assert sums(gamed)["visits_on_paper"] > 0
    assert sums(gamed)["visits"] < 0.7 * sums(usual)["visits"]


def test_a_task_force_keeps_to_its_problem_and_lives(live: Live) -> None:
    world = live(4 * QUARTER, **BUSY, **PLANNED, **{"plans.task_force": 0.5, "plans.trained": 4.0, "plans.bust": -3.0})
    assert last(world)["plans_alive"] == 1.0
    assert last(world)["preventive_visits"] > 0.09 * last(world)["visits"]


def test_requests_of_communities_enter_plans_only_if_they_are_taken_up(live: Live) -> None:
    meetings = {"consultation.meetings": 40.0}
    heard = live(2 * QUARTER, **BUSY, **meetings, **{"plans.takes_request": 1.0})
    deaf = live(2 * QUARTER, **BUSY, **meetings, **{"plans.takes_request": 0.0})
    assert last(heard)["plans_holding"] == 1.0
    assert last(deaf)["plans_holding"] == 0.0
    assert last(deaf)["plans_changed"] == 0.0


def test_rank_correlation_takes_ties_at_their_mean_rank() -> None:
    one, other = np.array([0, 0, 1, 2]), np.array([1, 1, 5, 9])
    assert mean_ranks(one).tolist() == [1.5, 1.5, 3.0, 4.0]
    assert pearson_correlation(mean_ranks(one), mean_ranks(other)) == pytest.approx(1.0)
    assert pearson_correlation(mean_ranks(one), mean_ranks(-other)) == pytest.approx(-1.0)
    assert np.isnan(pearson_correlation(mean_ranks(np.zeros(4)), mean_ranks(other)))


def test_without_internet_less_reaches_headquarters_and_later(live: Live) -> None:
    worlds = [live(4 * MONTH, **{"resources.internet": internet}, **BUSY) for internet in (1.0, 0.0)]
    told = [world.datacollector.get_model_vars_dataframe() for world in worlds]
    recorded = [one["crimes_recorded"].sum() / one["known"].sum() for one in told]
    days = [one["record_days"].sum() / one["records_arrived"].sum() for one in told]
    assert recorded[1] < 0.9 * recorded[0]
    assert days[1] > 1.2 * days[0]
