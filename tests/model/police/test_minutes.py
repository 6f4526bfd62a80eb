"""Minutes: the 480 of a couple's shift add up, and what is owed is worked off in planned stretches."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from small_world import small_world

from model.engine.calendar import NIGHT
from model.police.minutes import (
    FOR_MEETINGS,
    FOR_PROBLEMS,
    FOR_REQUESTS,
    MINUTE_USES,
    STRETCH_HOMES,
    STRETCH_PATROL,
    add_owed_minutes,
    cancel_owed_minutes,
    is_worked_off,
    problem_cell,
    stretch_use,
    work_cell,
    work_off_minutes,
)
from model.problems.problems import PROBLEMS
from model.simulation.model import TrustModel
from model.town.police import FOOT
from model.world.shift_events import AT_MEETING, HOMES, ON_PROBLEM, ON_REQUEST
from scenarios import load

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
        {"chief.work": -4.0, "calls.rate": 5.0},
    ],
)
def test_the_minutes_of_every_couple_shift_add_up(changes: dict[str, float], live: Live) -> None:
    months = table(live(2 * MONTH, **changes))
    assert months["minutes_booked"].to_numpy() == pytest.approx(480.0)
    hours = sum(months[f"hours_{use}"] for use in MINUTE_USES)
    assert hours.to_numpy() == pytest.approx(16.0 * months["couple_shifts"].to_numpy())
    assert (months[[f"hours_{use}" for use in MINUTE_USES]] > -1e-9).all().all()


def test_what_is_owed_is_done_when_it_is_given_and_dropped_when_it_is_forgiven() -> None:
    w = small_world(minutes_owed=np.zeros((1, 3, 2)))
    first, second = add_owed_minutes(w, 0, FOR_REQUESTS, 120.0), add_owed_minutes(w, 0, FOR_REQUESTS, 120.0)
    work_off_minutes(w, 0, FOR_REQUESTS, 130.0)
    assert is_worked_off(w, 0, FOR_REQUESTS, first)
    assert not is_worked_off(w, 0, FOR_REQUESTS, second)
    cancel_owed_minutes(w, 0, FOR_REQUESTS, second)
    assert w.minutes_owed[0, FOR_REQUESTS].tolist() == [240.0, 240.0]
    work_off_minutes(w, 0, FOR_REQUESTS, 50.0)
    assert w.minutes_owed[0, FOR_REQUESTS].tolist() == [240.0, 240.0]


def test_a_planned_stretch_goes_to_meetings_then_requests_then_problems_then_homes() -> None:
    w, taken = small_world(minutes_owed=np.zeros((1, 3, 2)), tick=DAY), np.zeros((1, 3))
    for what in (FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS):
        add_owed_minutes(w, 0, what, 40.0)
    for use in (FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS):
        assert stretch_use(w, taken, 0) == use
        taken[0, use] += 42.0
    assert stretch_use(w, taken, 0) == STRETCH_HOMES


def test_by_night_couples_work_on_problems_and_call_at_no_home() -> None:
    w, taken = small_world(minutes_owed=np.zeros((1, 3, 2)), tick=NIGHT), np.zeros((1, 3))
    for what in (FOR_MEETINGS, FOR_PROBLEMS):
        add_owed_minutes(w, 0, what, 40.0)
    assert stretch_use(w, taken, 0) == FOR_PROBLEMS
    taken[0, FOR_PROBLEMS] += 42.0
    assert stretch_use(w, taken, 0) == STRETCH_PATROL


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


KEEN = {
    **{"practices.renew": 0.0, "practices.usual_area": 0.9, "practices.usual_follow": 0.9, "chief.weighs_work": 0},
    **{"practices.usual_analysis": 0.9, "problems.analysts": 3.0, "consultation.meetings": 40.0},
}
"""Couples plan most hours, and much is owed."""


def traced(shifts: int, **changes: float) -> tuple[TrustModel, pd.DataFrame]:
    """Live some shifts of a small town; return it, and the visits of couples with mode and the work's cells."""
    small = {"population.scale": 0.1, "calendar.warm_up": 0}
    world = TrustModel(load("villa_canales", set=small | changes), rng=7, trace=True)
    rows = []
    for _ in range(shifts):
        owed = problem_cells(world)
        world.step()
        assert world.trace is not None
        visits = pd.DataFrame(world.trace["visits"])
        visits = visits[visits["post"] >= 0]
        modes = world.state.couples["mode"][visits["post"].to_numpy()]
        rows.append(visits.assign(tick=world.tick - 1, mode=modes, at_problem=visits["cell"].isin(owed)))
    return world, pd.concat(rows, ignore_index=True)


def problem_cells(world: TrustModel) -> set[int]:
    """Return the cells of problems for which minutes are owed."""
    rows = world.state[PROBLEMS].used_rows()
    return set(rows["cell"][rows["owed"] > 0.0].tolist())


def test_planned_work_is_a_stay_where_the_work_is() -> None:
    world, visits = traced(5 * MONTH, **KEEN)
    boards = set(world.town.authorities["cell"].tolist())
    for kind in (AT_MEETING, ON_REQUEST):
        cells = set(visits["cell"][visits["kind"] == kind])
        assert len(cells) > 1
        assert cells <= boards
    work = visits[visits["kind"] == ON_PROBLEM]
    assert len(work) > 50
    assert work["at_problem"].all()
    assert (work["km"][work["mode"] != FOOT] > 0.0).any()
    assert (visits["routed"][visits["kind"] >= AT_MEETING] == 0).all()


def test_a_stay_ends_before_the_couple_is_anywhere_else() -> None:
    _, visits = traced(MONTH, **KEEN)
    stays = visits[visits["kind"] >= HOMES]
    following = visits.groupby(["tick", "post"])["minute"].shift(-1).fillna(480.0)
    assert (stays["minute"] + stays["stay"] <= following[stays.index] + 1e-9).all()
    assert 15.0 < stays["stay"].mean() < 45.0


def test_work_out_of_reach_is_not_done() -> None:
    world, visits = traced(2 * MONTH, **KEEN, **{"resources.vehicles": 0.0, "patrol.foot_km": 0.0})
    homes = world.town.facilities["cell"][world.town.posts["facility"]]
    work = visits[(visits["kind"] >= AT_MEETING) & (visits["mode"] == FOOT)]
    assert (work["cell"] == homes[work["post"].to_numpy()]).all()
    reached = traced(2 * MONTH, **KEEN)[1]
    elsewhere = reached[reached["kind"] >= AT_MEETING]
    assert (elsewhere["cell"] != homes[elsewhere["post"].to_numpy()]).any()


def test_the_work_of_a_facility_goes_to_who_waits_longest_and_among_problems_by_minutes(live: Live) -> None:
    world = live(0)
    w, taken = world.w, np.zeros((len(world.town.facilities), 3))
    home = world.town.cells["facility"][world.town.authorities["cell"]]
    f = int(np.bincount(home[home >= 0]).argmax())
    first, second = np.flatnonzero(home == f)[:2]
    world.state.boards["mark"][[first, second]] = 200.0, 100.0
    cells = world.town.authorities["cell"]
    assert work_cell(w, taken, f, FOR_MEETINGS, 0.0) == cells[second]
    taken[f, FOR_MEETINGS] = 120.0
    assert work_cell(w, taken, f, FOR_MEETINGS, 0.0) == cells[first]
    rows = world.state[PROBLEMS].used_rows()
    f = int(np.bincount(rows["facility"][rows["facility"] >= 0]).argmax())
    one, other = np.flatnonzero(rows["facility"] == f)[:2]
    rows["owed"] = 0.0
    rows["owed"][[one, other]] = 300.0, 100.0
    drawn = [problem_cell(w, f, u) for u in np.arange(0.005, 1.0, 0.01)]
    assert drawn == [rows["cell"][one]] * 75 + [rows["cell"][other]] * 25


def test_couples_at_work_meet_nobody_and_are_no_patrol(live: Live) -> None:
    changes = KEEN | {"practices.usual_area": 0.99, "practices.planned": 1.0, "chief.sets_hours": 0}
    busy = live(0, trace=True, **changes)
    for use in (FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS):
        busy.state.minutes_owed[:, use, 0] += 1e9
    busy.run_for(30)
    idle = live(30, trace=True, **changes)
    met = [float(world.tally[0].contacts) for world in (busy, idle)]
    seen = [float(world.tally[0].visits) for world in (busy, idle)]
    assert met[0] < 0.3 * met[1]
    assert seen[0] < 0.3 * seen[1]
    assert busy.tally[0].minutes_seen > 0.0
