"""Minutes: the 480 of a couple's shift add up, and what is owed is worked off in planned stretches."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.engine.calendar import NIGHT
from model.police.minutes.rules import (
    add_owed_minutes,
    cancel_owed_minutes,
    is_worked_off,
    stretch_use,
    work_off_minutes,
)
from model.police.minutes.schema import (
    FOR_MEETINGS,
    FOR_PROBLEMS,
    FOR_REQUESTS,
    MINUTE_USES,
    STRETCH_HOMES,
    STRETCH_PATROL,
)
from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MONTH = 93
DAY = 0


def table(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"practices.usual_area": 0.9, "practices.planned": 1.0, "consultation.meetings": 40.0},
        {"patrol.on_paper": 0.5, "plans.posts": 1, "calls.rate": 5.0},
        {"roster.fixed_duties": 0.6, "practices.brief": 120.0, "officers.kept": -1.0},
        {"mechanisms.practices": False},
    ],
)
def test_the_minutes_of_every_couple_shift_add_up(changes: dict[str, float], live: Live) -> None:
    months = table(live(2 * MONTH, **changes))
    assert months["minutes_booked"].to_numpy() == pytest.approx(480.0)
    hours = sum(months[f"hours_{use}"] for use in MINUTE_USES)
    assert hours.to_numpy() == pytest.approx(16.0 * months["couple_shifts"].to_numpy())
    assert (months[[f"hours_{use}" for use in MINUTE_USES]] > -1e-9).all().all()


def test_what_is_owed_is_done_when_it_is_given_and_dropped_when_it_is_forgiven() -> None:
    owed = np.zeros((1, 3, 2))
    first, second = add_owed_minutes(owed, 0, FOR_REQUESTS, 120.0), add_owed_minutes(owed, 0, FOR_REQUESTS, 120.0)
    work_off_minutes(owed, 0, FOR_REQUESTS, 130.0)
    assert is_worked_off(owed, 0, FOR_REQUESTS, first)
    assert not is_worked_off(owed, 0, FOR_REQUESTS, second)
    cancel_owed_minutes(owed, 0, FOR_REQUESTS, second)
    assert owed[0, FOR_REQUESTS].tolist() == [240.0, 240.0]
    work_off_minutes(owed, 0, FOR_REQUESTS, 50.0)
    assert owed[0, FOR_REQUESTS].tolist() == [240.0, 240.0]


def test_a_planned_stretch_goes_to_meetings_then_requests_then_problems_then_homes() -> None:
    owed, taken = np.zeros((1, 3, 2)), np.zeros((1, 3))
    for what in (FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS):
        add_owed_minutes(owed, 0, what, 40.0)
    assert [stretch_use(owed, taken, 0, 42.0, DAY) for _ in range(4)] == [0, 1, 2, STRETCH_HOMES]


def test_by_night_couples_work_on_problems_and_call_at_no_home() -> None:
    owed, taken = np.zeros((1, 3, 2)), np.zeros((1, 3))
    for what in (FOR_MEETINGS, FOR_PROBLEMS):
        add_owed_minutes(owed, 0, what, 40.0)
    assert [stretch_use(owed, taken, 0, 42.0, NIGHT) for _ in range(2)] == [FOR_PROBLEMS, STRETCH_PATROL]


def test_meetings_and_requests_take_hours_from_couples_who_plan_hours(live: Live) -> None:
    frozen = {"practices.renew": 0.0, "practices.usual_area": 0.5, "consultation.meetings": 52.0}
    months = table(live(4 * MONTH, **frozen))
    assert months["hours_meetings"].sum() > 0
    assert months["hours_requests"].sum() > 0


def test_nobody_follows_up_what_there_are_no_minutes_for(live: Live) -> None:
    keen = {"practices.renew": 0.0, "practices.usual_follow": 0.99, "consultation.meetings": 52.0}
    able = table(live(5 * MONTH, **keen, **{"practices.usual_area": 0.5}))
    unable = table(live(5 * MONTH, **keen, **{"practices.planned": 0.0}))
    assert able["requests_worked"].sum() > 0
    assert able["followed_up"].iloc[-1] > 0.5
    assert unable["requests_worked"].sum() > 0
    assert unable["followed_up"].iloc[-1] == 0.0


def test_what_is_taken_on_is_lost_when_who_took_it_on_moves_unless_there_is_a_register(live: Live) -> None:
    moving = {"adoption.rotation": 0.995, "practices.usual_follow": 0.99, "practices.renew": 0.0}
    moving |= {"consultation.meetings": 52.0, "practices.usual_area": 0.5, "practices.handover": 0.0}
    lost = table(live(6 * MONTH, **moving))
    assert lost["requests_lost"].sum() > 0
    assert table(live(6 * MONTH, **moving, **{"practices.register": 1.0}))["requests_lost"].sum() == 0


def test_litres_follow_the_kilometres_driven(live: Live) -> None:
    months = table(live(MONTH))
    assert months["litres"].iloc[0] > 0
    assert (table(live(MONTH, **{"resources.vehicles": 0.0}))["litres"] == 0).all()
