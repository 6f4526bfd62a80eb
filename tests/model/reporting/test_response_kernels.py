"""Response: known answers of its kernels and measures, with worlds made by hand."""

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_made import hand_made_world
from small_world import small_parameters, small_world

from model.community.consent import ConsentRow
from model.engine.calendar import EVENING, SHIFTS
from model.engine.choices import MOST_OPTIONS, MOST_TERMS
from model.engine.random_streams import keyed_uniform
from model.engine.rows import zero_rows
from model.police.adoption import EXPLAINS_STREAM
from model.police.contacts import RUDE
from model.reporting import response as rules
from model.reporting.response import (
    ALL_CAUGHT,
    ANSWERED_CALL,
    ARREST_STREAM,
    CALL_DECLINED_STREAM,
    CALL_LATE,
    CALL_SERVED,
    GOODS_STREAM,
    GRADE_GRAVE,
    GRADE_MIDDLE,
    GRADE_SLIGHT,
    LONGEST_WAIT,
    ON_PAPER,
    SERVICE_STREAM,
    TREATMENT_STREAM,
)
from model.simulation.world import World
from model.town.crime_kinds import HOMICIDE, ROBBERY
from model.town.police import BICYCLE, FOOT, VEHICLE, Officer, Post
from model.trust.service import LocalService
from model.world.discrete_choice import ChoiceRecord
from model.world.shift_events import (
    ARRESTS,
    BY_PHONE,
    CALLS,
    COMMUNAL,
    DECLINED,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    N_PROBLEMS,
    NO_ARRIVAL,
    NO_FUEL,
    NO_HOURS,
    NO_VEHICLES,
    NOBODY,
    RESPONSES,
    SIGNED,
    TO_PATROL,
    UNSERVEDS,
    VISITS,
    Call,
    Incident,
)
from model.world.state import Board, CommunalCase, CoupleRow

TICK, SEED, N_CELLS, CELL_KM = 300, 5, 12, 0.5
PLACE = 3
"""Settlement of the calls: that of cell 3."""
LEVELS = {"middle": 0.3, "grave": 0.6, "within_slight": 100.0, "within_middle": 150.0, "within_grave": 200.0}
LEVELS |= {"reserve_slight": 8.0, "reserve_middle": 3.0, "dirt": 1.4, "path": 2.2, "no_road": 2.8}
TRAVEL = {"handling": 10.0, "foot_km": 1.0, "bicycle": 2.0, "service": 40.0, "patience": 45.0}
DECLINING = {"decline": -0.5, "decline_gravity": -2.0, "decline_km": 1.5, "decline_low": 0.8, "low_km": 12.0}
DECLINING |= {"decline_night": 0.6, "decline_load": 0.25, "decline_danger": 0.4, "decline_keen": 0.7}
CATCHING = {"catch": 0.7, "killers": 0.5, "trail": 60.0, "goods": 0.8, "goods_minutes": 90.0}


def world_of(n_couples: int = 2, tick: int = TICK, **changes: float) -> World:
    """Return a world with couples who are on duty in cell 0 by vehicle, with 20 km of fuel.

    Nobody is asked for consent, as there are no cantons; ``changes`` are those of the parameters of response.
    """
    response = LEVELS | TRAVEL | DECLINING | {"decline_control": 1.1} | CATCHING | changes
    couples = zero_rows(CoupleRow, n_couples)
    couples["on"], couples["mode"], couples["km"], couples["lead"] = 1, VEHICLE, 20.0, np.arange(n_couples)
    p = small_parameters(
        N_CELLS,
        patrol={"detour": 1.5},
        response=response,
        contacts={"fair": 0.2, "manner": 0.5},
        justice={"hours": 1.5},
        adoption={"explain": 0.5},
        pressure={"control": 0.3},
    )
    return hand_made_world(
        n_cells=N_CELLS,
        tick=tick,
        seed=SEED,
        p=p,
        cell_km=CELL_KM,
        couples=couples,
        officers=zero_rows(Officer, n_couples),
        posts=zero_rows(Post, n_couples),
        staffed_facilities=np.ones(2, np.int64),
        crimes_known=np.zeros((N_CELLS, N_PROBLEMS, 3)),
        calls_by_wait=np.zeros(LONGEST_WAIT + 1, np.int64),
        waiting=zero_rows(Call, 4),
        waiting_count=np.zeros(1, np.int64),
        carried=zero_rows(Incident, 4),
        carried_count=np.zeros(1, np.int64),
        boards=zero_rows(Board, N_CELLS),
        local_service=zero_rows(LocalService, N_CELLS),
        consent=zero_rows(ConsentRow, N_CELLS),
        canton_flags=np.zeros(N_CELLS, np.int64),
        cases=zero_rows(CommunalCase, 1),
        cases_count=np.zeros(1, np.int64),
        choices=zero_rows(ChoiceRecord, 1),
        choices_count=np.zeros(1, np.int64),
        choice_terms=np.zeros((MOST_OPTIONS, MOST_TERMS)),
        choice_pull=np.zeros(MOST_OPTIONS),
    )


def call(**columns: float) -> np.void:
    """Return a call of this shift from cell 3 at minute 60, slight and by resident 1, with some columns changed."""
    row = zero_rows(Call, 1)
    usual = {"born": TICK, "number": 4, "cell": PLACE, "teller": 1, "incident": -1, "board": -1}
    for name, value in (usual | {"minute": 60.0, "since": 60.0, "severity": 0.1} | columns).items():
        row[name] = value
    return row[0]  # type: ignore[return-value]


def trip_of(w: World, line: np.void, detour: float = 1.5) -> rules.Trip:
    """Return the trip of couple 1."""
    return rules.plan_trip(w, 1, line, w.p.response[PLACE], detour)  # type: ignore[arg-type]


def no_trip(reason: int) -> tuple[float, ...]:
    return (-1 - reason, 0.0, 0.0, 0.0)


def test_calls_are_served_by_severity_minute_birth_and_number() -> None:
    keys = [*itertools.product((0.9, 0.1), (5.0, 60.0), (TICK - 1, TICK), (1, 2))]
    w = small_world(calls=zero_rows(Call, len(keys) + 2))
    rows = w.calls
    shuffled = np.random.default_rng(3).permutation(len(keys))
    for place, nth in enumerate(shuffled):
        for name, value in zip(("severity", "minute", "born", "number"), keys[nth], strict=True):
            rows[name][place] = value
    assert shuffled[rules.serving_order(w, len(keys))].tolist() == [*range(len(keys))]
    for one, other in itertools.product(range(len(keys)), repeat=2):
        before = rules.is_served_before(rows[one], rows[other])
        assert bool(before) == (shuffled[one] < shuffled[other])
    assert rules.serving_order(w, 0).tolist() == []


def test_grades_begin_at_their_severities_and_have_limits_and_reserves() -> None:
    p = world_of().p.response[PLACE]
    found = [rules.call_grade(severity, p) for severity in (0.0, 0.29, 0.3, 0.59, 0.6, 1.0)]
    assert found == [GRADE_SLIGHT] * 2 + [GRADE_MIDDLE] * 2 + [GRADE_GRAVE] * 2
    grades = (GRADE_SLIGHT, GRADE_MIDDLE, GRADE_GRAVE)
    assert [rules.service_limit(grade, p) for grade in grades] == [100.0, 150.0, 200.0]
    assert [rules.km_reserve(grade, p) for grade in grades] == [8.0, 3.0, 0.0]
    assert [rules.road_slowness(road, p) for road in range(4)] == [1.0, 1.4, 2.2, 2.8]
    line = call(born=TICK - 2, since=450.0, severity=0.4)
    assert rules.last_service_minute(line, TICK, p) == 450.0 - 960.0 + 150.0


def test_who_may_not_be_arrested_is_brought_before_the_authority_unless_it_has_the_case_or_nobody_told() -> None:
    w = world_of()
    w.p.communal_authority["days"], w.p.reporting["summons_days"] = 3, 0.0
    rows = w.incidents
    for name, values in {
        "teller": (7, 7, -1),
        "reported_to": (TO_PATROL, COMMUNAL, NOBODY),
        "number": (4, 5, 6),
    }.items():
        rows[name][:3] = values
    for k in range(3):
        rules.hand_to_authority(w, rows[k], PLACE)  # type: ignore[arg-type]
    assert w.cases_count.tolist() == [1]
    case = w.cases[0]
    assert (case["number"], case["victim"], case["settlement"]) == (4, 7, PLACE)
    assert case["due"] == SHIFTS * (TICK // SHIFTS + 3) + EVENING
    assert w.tally["consent_arrests_communal"].tolist() == [1.0]


def test_a_couple_is_asked_by_its_own_facility_by_grave_calls_and_where_nobody_is_posted() -> None:
    w = world_of()
    w.posts["facility"], w.staffed_facilities[:] = (0, 1), (1, 0)

    def asked(post: int, facility: int, grade: int) -> bool:
        return bool(rules.is_called_out(w, post, facility, grade))

    assert [asked(0, 0, GRADE_SLIGHT), asked(1, 0, GRADE_MIDDLE), asked(1, 0, GRADE_GRAVE)] == [True, False, True]
    assert asked(0, 1, GRADE_SLIGHT), "of facility 1, which has no posts"
    w.couples["on"] = 0
    assert not asked(0, 0, GRADE_GRAVE)


def test_a_vehicle_goes_by_road_within_time_and_fuel() -> None:
    w = world_of()
    w.cells["road"][PLACE] = 2
    km = 1.5 * 3 * CELL_KM
    minutes = km / 25.0 * 60.0 * 2.2
    assert trip_of(w, call()) == pytest.approx((1, 70.0, 70.0 + minutes, km))
    w.couples["free"] = 90.0
    assert trip_of(w, call()) == pytest.approx((1, 90.0, 90.0 + minutes, km))
    w.p.response["within_slight"] = 30.0 + minutes + 1e-6
    assert trip_of(w, call()).post == 1
    w.p.response["within_slight"] = 30.0 + minutes - 1e-6
    assert trip_of(w, call()) == no_trip(NO_HOURS)
    w.p.response["within_slight"], w.couples["free"] = 480.0, 480.0 - minutes + 1e-6
    assert trip_of(w, call()) == no_trip(NO_HOURS), "a couple arrives within its shift"


def test_fuel_is_kept_back_from_calls_that_are_not_grave() -> None:
    w = world_of()
    km = 1.5 * 3 * CELL_KM
    for severity, reserve in ((0.1, 8.0), (0.4, 3.0), (0.9, 0.0)):
        w.couples["km"][1] = km + reserve
        assert trip_of(w, call(severity=severity)).post == 1
        w.couples["km"][1] -= 1e-6
        assert trip_of(w, call(severity=severity)) == no_trip(NO_FUEL)


def test_slight_calls_wait_for_the_end_of_fixed_duties() -> None:
    w = world_of()
    w.couples["duty_start"], w.couples["duty_end"] = 70.0, 100.0
    assert trip_of(w, call()).start == 100.0
    assert trip_of(w, call(severity=0.3)).start == 70.0
    assert trip_of(w, call(since=59.0)).start == 69.0
    assert trip_of(w, call(since=90.0)).start == 100.0
    w.couples["duty_start"], w.couples["duty_end"] = 20.0, 70.0
    assert trip_of(w, call()).start == 70.0


def test_a_call_of_an_earlier_shift_waits_since_then() -> None:
    line = call(born=TICK - 1, since=470.0, minute=0.0)
    trip = trip_of(world_of(), line)
    assert trip.start == 0.0, "the order took the last ten minutes of the shift before"
    assert trip_of(world_of(), call(born=TICK - 1, since=475.0)).start == 5.0
    assert trip_of(world_of(), call(born=TICK - 1, since=300.0)) == no_trip(NO_HOURS)


def test_on_foot_and_by_bicycle_a_couple_goes_straight_and_not_far() -> None:
    w = world_of()
    for mode, reach, speed in ((FOOT, 1.0, 4.0), (BICYCLE, 2.0, 11.0)):
        w.couples["mode"] = mode
        near = int(reach / CELL_KM)
        assert trip_of(w, call(cell=near)) == pytest.approx((1, 70.0, 70.0 + 60.0 * reach / speed, reach))
        assert trip_of(w, call(cell=near + 1)) == no_trip(NO_VEHICLES)
    w.couples["mode"], driven = FOOT, 1.5 * 3 * CELL_KM / 25.0 * 60.0
    for late, reason in ((-1e-6, NO_HOURS), (1e-6, NO_VEHICLES)):
        w.p.response["within_slight"] = 10.0 + driven + late
        assert trip_of(w, call()) == no_trip(reason), "whether a vehicle would have arrived in time"
    walked = 2 * CELL_KM / 4.0 * 60.0
    for late, post in ((-1e-6, -1 - NO_VEHICLES), (1e-6, 1)):
        w.p.response["within_slight"] = max(10.0 + walked + late, 10.0)
        assert trip_of(w, call(cell=2)).post == post


def test_the_first_to_arrive_goes_and_fuel_is_named_before_vehicles_and_hours() -> None:
    w = world_of(4)
    w.couples["free"] = (130.0, 110.0, 110.0, 50.0)
    w.couples["on"][3] = 0

    def chosen() -> int:
        return int(rules.choose_couple(w, call(), w.p.response[PLACE], 1.5).post)

    assert chosen() == 1, "the first of two who arrive together"
    w.couples["km"] = (20.0, 0.0, 0.0, 20.0)
    assert chosen() == 0
    w.couples["free"] = 400.0
    assert chosen() == -1 - NO_HOURS
    w.couples["free"], w.couples["mode"] = (400.0, 0.0, 0.0, 0.0), (VEHICLE, FOOT, VEHICLE, VEHICLE)
    assert chosen() == -1 - NO_FUEL
    w.couples["mode"] = FOOT
    assert chosen() == -1 - NO_VEHICLES
    w.couples["mode"], w.couples["km"] = (VEHICLE, VEHICLE, FOOT, FOOT), 0.0
    assert chosen() == -1 - NO_FUEL


def test_couples_of_another_facility_are_sent_to_grave_calls_alone() -> None:
    w = world_of()
    w.cells["facility"][PLACE] = 1
    for severity, post in ((0.1, -1 - NO_HOURS), (0.5, -1 - NO_HOURS), (0.6, 0)):
        found = rules.choose_couple(w, call(severity=severity), w.p.response[PLACE], 1.5)
        assert found.post == post
    w.posts["facility"][1] = 1
    assert rules.choose_couple(w, call(), w.p.response[PLACE], 1.5).post == 1


@pytest.mark.parametrize("tick", [TICK, TICK + 2])
@pytest.mark.parametrize(("km", "mode"), [(12.0, VEHICLE), (11.0, VEHICLE), (11.0, FOOT)])
def test_a_lead_declines_by_the_declared_log_odds(tick: int, km: float, mode: int) -> None:
    w = world_of(tick=tick)
    w.couples["km"], w.couples["mode"], w.couples["calls"] = km, mode, 2
    w.officers["motivation"] = (5.0, 0.5)
    w.crimes_known[PLACE, :, tick % 3], w.crimes_known[PLACE, :, (tick + 1) % 3] = 0.5, 9.0
    odds = -0.5 - 2.0 * 0.2 + 1.5 * 4.0 / 5.0 + 0.25 * 2 + 0.4 * math.log1p(0.5 * N_PROBLEMS) - 0.7 * 0.5 - 1.1 * 0.3
    odds += 0.8 * (mode == VEHICLE and km < 12.0) + 0.6 * (tick % 3 == 2)
    chance, trip = 1.0 / (1.0 + math.exp(-odds)), rules.Trip(post=1, start=70.0, arrival=90.0, km=4.0)
    found, expected = [], []
    for number in range(200):
        line = call(born=tick, number=number, severity=0.2)
        found.append(bool(rules.lead_declines(w, line, trip, PLACE)))
        expected.append(keyed_uniform(SEED, CALL_DECLINED_STREAM, tick, number, 0) < chance)
    assert found == expected
    assert 20 < sum(found) < 180


def test_the_first_couple_on_duty() -> None:
    w = world_of(3)
    w.couples["on"] = (0, 1, 1)
    assert rules.first_couple_on_duty(w) == 1
    w.couples["on"] = 0
    assert rules.first_couple_on_duty(w) == -1


@pytest.mark.parametrize("wait", [45.0, 46.0, 60.0, 61.0, 2000.0])
def test_an_answered_call_leaves_an_impression_by_wait_and_treatment(wait: float) -> None:
    late, seen = wait > 45.0, set()
    for number in range(40):
        w = world_of()
        w.people["settlement"][1] = 2
        w.p.trust["served"][2], w.p.trust["late"][2] = 0.2, 0.4
        w.p.contacts["weight_rude"], w.officers["skill"], w.officers["tone"] = 0.6, (0.0, 0.7), (9.0, 0.1)
        w.p.adoption["link_explain"] = 1.0
        rules.record_answer(w, call(number=number, board=6), 1, wait)
        fair = keyed_uniform(SEED, TREATMENT_STREAM, TICK, number, 0) < 1.0 / (1.0 + math.exp(-0.2 - 0.1))
        explained = late and keyed_uniform(SEED, EXPLAINS_STREAM, TICK, number, 0) < 0.5 * 0.7
        seen.add((fair, explained))
        kind, weight = (CALL_LATE, 0.4) if late else (CALL_SERVED, 0.2)
        treated, effect = w.events[2, kind if fair else RUDE], w.events[2, kind]
        fair_weight = treated.fair_weight * (weight if fair else 0.6)
        one = w.impressions[0]
        assert [one.who, one.cause, one.quality_f, one.quality_e] == [1, ANSWERED_CALL, treated.fair, effect.effective]
        assert one.weight_f == pytest.approx(fair_weight)
        assert one.weight_e == pytest.approx(0.0 if explained else weight * effect.effective_weight)
        assert w.tally["explained"][0] == explained
        assert w.signed[["impression", "post", "cell"]][: w.counts[SIGNED]].tolist() == [(0, 1, PLACE)]
    assert len(seen) == (4 if late else 2)
    answer = w.responses[["born", "number", "board", "post", "cell", "wait"]][:1].tolist()
    assert answer == [(TICK, 39, 6, 1, PLACE, wait)]
    assert w.counts[RESPONSES] == 1
    assert w.calls_by_wait.nonzero()[0].tolist() == [min(int(wait), LONGEST_WAIT)]
    assert [w.tally["served"][0], w.tally["served_in_hour"][0]] == [1.0, float(wait <= 60.0)]
    assert w.minds["met"].tolist() == w.minds["met_free"].tolist() == [-1, TICK, -1]


def test_answers_are_counted_and_appended() -> None:
    w = world_of()
    for wait in (10.0, 10.5):
        rules.record_answer(w, call(), 0, wait)
    assert w.counts[RESPONSES] == 2
    assert w.responses["wait"][:3].tolist() == [10.0, 10.5, 0.0]
    assert w.calls_by_wait[10] == w.tally["served"][0] == w.tally["served_in_hour"][0] == 2


def test_an_arrest_is_appended_with_or_without_goods() -> None:
    w = world_of()
    w.arrests["held"] = w.arrests["goods"] = 9
    w.incidents["number"][:2] = (70, 71)
    w.incidents["tick"][:2] = (TICK, TICK - 1)
    rules.append_arrest(w, w.incidents[1], 1, 4, True)
    rules.append_arrest(w, w.incidents[0], 0, 5, False)
    assert w.counts[ARRESTS] == 2
    names = ["incident", "carried", "number", "post", "goods", "held"]
    assert w.arrests[names][:3].tolist() == [(1, 1, 71, 4, 1, 0), (0, 0, 70, 5, 0, 0), (0, 0, 0, 0, 9, 9)]
    assert w.incidents["arrested"][:3].tolist() == [1, 1, 0]


@pytest.mark.parametrize(("kind", "factor"), [(ROBBERY, 1.0), (HOMICIDE, 0.5)])
@pytest.mark.parametrize("delay", [0.0, 45.0])
def test_the_chance_of_arrest_falls_with_the_delay(kind: int, factor: float, delay: float) -> None:
    chance, with_goods = 0.7 * factor * math.exp(-delay / 60.0), 0.8 * math.exp(-delay / 90.0)
    outcomes = set()
    for number in range(40):
        w = world_of()
        row = w.incidents
        row["tick"], row["kind"][1], row["number"][1], row["minute"][1] = TICK, kind, number, 100.0
        rules.attempt_arrest(w, 1, row[1], 1, delay, PLACE)
        caught = keyed_uniform(SEED, ARREST_STREAM, TICK, number, 0) < chance
        goods = keyed_uniform(SEED, GOODS_STREAM, TICK, number, 0) < with_goods
        assert row["arrested"][1] == w.counts[ARRESTS] == caught
        assert w.arrests["goods"][0] == (caught and goods)
        assert w.couples["free"].tolist() == [0.0, caught * (100.0 + delay + 90.0)]
        assert w.couples["busy"][1] == caught * 90.0
        assert w.tally["couple_hours_used"][0] == caught * 1.5
        outcomes.add((bool(caught), bool(caught and goods)))
    assert len(outcomes) == 3


def test_imitators_and_the_arrested_are_not_arrested_and_a_busy_couple_comes_later() -> None:
    for column, value in (("arrested", 1), ("motive", IMITATOR)):
        w = world_of(catch=1.0)
        w.incidents["tick"], w.incidents[column][0] = TICK, value
        rules.attempt_arrest(w, 1, w.incidents[0], 0, 0.0, PLACE)
        assert w.counts[ARRESTS] == 0
    w = world_of(catch=1.0)
    w.incidents["tick"] = TICK
    w.couples["free"] = 200.0
    w.counts[VISITS] = 2
    w.visits["post"][:2], w.visits["alive"][:2], w.visits["minute"][:2] = 1, 1, (150.0, 250.0)
    rules.attempt_arrest(w, 1, w.incidents[0], 0, 0.0, PLACE)
    assert w.couples["free"][1] == 290.0
    assert w.visits["alive"][:2].tolist() == [1, 0]


def test_an_authority_that_withholds_its_consent_is_brought_the_case_and_nobody_is_arrested() -> None:
    for habit, arrested in ((-99.0, 0), (99.0, 1)):
        w = world_of(catch=1.0)
        w.canton_flags[PLACE] = 1
        w.p.consent["asked"], w.p.consent["arrest"], w.p.communal_authority["grave"] = 1, habit, 0.5
        w.incidents["tick"], w.incidents["reported_to"] = TICK, BY_PHONE
        w.incidents["number"][0], w.incidents["teller"][0] = 4, 7
        rules.attempt_arrest(w, 1, w.incidents[0], 0, 0.0, PLACE)
        assert (w.counts[ARRESTS], w.cases_count[0]) == (arrested, 1 - arrested)
        assert w.couples["busy"][1] == arrested * 90.0
        assert w.cases["number"][0] == (1 - arrested) * 4


def test_calls_carried_over_are_taken_up_in_the_first_minute_with_their_incidents() -> None:
    w = world_of()
    w.incidents["number"][2:4] = (80, 90)
    for number, incident in ((7, -1), (8, 3), (9, 2)):
        rules.carry_call_over(w, call(number=number, born=TICK, incident=incident))
    assert w.waiting[["number", "incident", "minute"]][:3].tolist() == [(7, -1, 60.0), (8, 3, 60.0), (9, 2, 60.0)]
    w.carried_count[0] = 1  # of the shift before
    rules.keep_incidents_of_waiting(w)
    assert w.waiting["incident"][:3].tolist() == [-1, 1, 2]
    assert w.carried["number"][: w.carried_count[0]].tolist() == [0, 90, 80]
    w.set_fields({"tick": TICK + 1})
    w.counts[CALLS] = 1
    rules.take_up_waiting_calls(w)
    assert (w.waiting_count[0], w.carried_count[0], w.counts[CALLS]) == (0, 2, 4)
    assert w.calls[["number", "incident", "minute", "since"]][:4].tolist() == [
        (0, 0, 0.0, 0.0), (7, -1, 0.0, 60.0), (8, 0, 0.0, 60.0), (9, 1, 0.0, 60.0),
    ]  # fmt: skip
    assert [rules.incident_of_call(w, w.calls[k])["number"] for k in (2, 3)] == [90, 80]


def test_a_couple_that_comes_after_the_relief_arrests_by_the_minutes_since_the_crime() -> None:
    outcomes = set()
    for number in range(40):
        w = world_of(trail=500.0)
        w.carried["tick"], w.carried["number"][1], w.carried["minute"][1] = TICK - 1, number, 440.0
        w.p.response["decline"] = -40.0
        assert serve(w, call(born=TICK - 1, since=450.0, number=number, incident=1)) == 0
        arrival = w.responses["wait"][0] + 450.0 - 480.0
        chance = 0.7 * math.exp(-(arrival + 40.0) / 500.0)
        caught = keyed_uniform(SEED, ARREST_STREAM, TICK - 1, number, 0) < chance
        assert w.arrests[["carried", "number"]][: w.counts[ARRESTS]].tolist() == [(1, number)] * int(caught)
        assert w.carried["arrested"][1] == caught
        assert w.couples["free"].max() == pytest.approx(
            arrival + 40.0 * (0.5 + keyed_uniform(SEED, SERVICE_STREAM, TICK - 1, number, 0)) + 90.0 * caught
        )
        outcomes.add(bool(caught))
    assert outcomes == {False, True}


@pytest.mark.parametrize("mode", [VEHICLE, FOOT])
def test_a_trip_takes_time_and_fuel_and_breaks_off_duties(mode: int) -> None:
    w = world_of()
    couple, line, driven = w.couples[1], call(number=7), mode == VEHICLE
    couple.mode, couple.duty_start, couple.duty_end, couple.calls = mode, 110.0, 115.0, 2
    w.counts[VISITS] = 2
    visits = w.visits
    visits["post"][:2], visits["alive"][:2], visits["minute"][:2], visits["km"][:2] = 1, 1, (105.0, 400.0), (1.0, 18.0)
    rules.travel_to_call(w, line, rules.Trip(post=1, start=100.0, arrival=120.0, km=3.0), w.p.response[0])
    end = 120.0 + 40.0 * (0.5 + keyed_uniform(SEED, SERVICE_STREAM, TICK, 7, 0))
    assert [couple.calls, couple.cell, couple.free] == [3, PLACE, end]
    assert couple.busy == pytest.approx(end - 100.0 - 5.0)
    assert w.tally["couple_hours_used"][0] == pytest.approx((end - 100.0 - 5.0) / 60.0)
    assert [couple.km, w.tally["km"][0]] == [20.0 - 3.0 * driven, 3.0 * driven]
    assert visits["alive"][:2].tolist() == [0, int(not driven)]
    assert w.couples["calls"][0] == w.couples["free"][0] == 0


def test_hours_on_fixed_duty_are_not_counted_twice() -> None:
    for duty, counted in (((0.0, 0.0), 1.0), ((90.0, 500.0), 0.0), ((300.0, 400.0), 1.0)):
        w = world_of(service=0.0)
        w.couples["duty_start"], w.couples["duty_end"] = duty
        trip = rules.Trip(post=1, start=100.0, arrival=160.0, km=3.0)
        rules.travel_to_call(w, call(), trip, w.p.response[0])
        assert w.tally["couple_hours_used"][0] == pytest.approx(counted)


def test_a_call_is_closed_on_paper_or_declined_or_a_couple_goes() -> None:
    w = world_of(on_paper=0.3, decline=0.0)
    results = set()
    for number in range(40):
        line, w.couples["free"], w.couples["km"] = call(number=number), 0.0, 20.0
        w.couples["calls"] = 0
        trip = rules.choose_couple(w, line, w.p.response[PLACE], 1.5)
        declined = rules.lead_declines(w, line, trip, PLACE)
        found = rules.dispatch_couple(w, line, PLACE)
        if keyed_uniform(SEED, ON_PAPER, TICK, number, 0) < 0.3:
            assert found == (-1 - NO_ARRIVAL, 0.0)
        elif declined:
            assert found == (-1 - DECLINED, 0.0)
        else:
            assert found == (0, trip.arrival)
        assert w.couples["calls"].tolist() == [int(found[0] == 0), 0]
        results.add(found[0])
    assert len(results) == 3
    w.couples["free"], w.p.response["on_paper"] = 400.0, 0.0
    assert rules.dispatch_couple(w, call(), PLACE) == (-1 - NO_HOURS, 0.0)


def serve(w: World, line: np.void) -> int:
    """Serve a call; return how many are carried over."""
    w.waiting_count[0] = 0
    rules.serve_call(w, line)  # type: ignore[arg-type]
    return int(w.waiting_count[0])


def test_a_call_is_answered_or_carried_over_or_lost() -> None:
    willing = {"decline": -40.0, "catch": 1.0, "trail": 600.0}
    w = world_of(**willing)
    w.carried["tick"][0], w.carried["minute"][0] = TICK - 1, 470.0
    assert serve(w, call(born=TICK - 1, since=475.0, incident=0, minute=0.0)) == 0
    arrival = 5.0 + 1.5 * 3 * CELL_KM / 25.0 * 60.0
    assert w.responses["wait"][0] == pytest.approx(480.0 + arrival - 475.0)
    assert w.counts[[RESPONSES, UNSERVEDS, IMPRESSIONS]].tolist() == [1, 0, 1]
    chance = math.exp(-(10.0 + arrival) / 600.0)
    assert w.counts[ARRESTS] == (keyed_uniform(SEED, ARREST_STREAM, TICK - 1, 0, 0) < chance)
    w = world_of(**willing)
    assert serve(w, call(since=400.0)) == 0, "a call that could wait does not, if a couple can go"
    assert w.counts[RESPONSES] == 1
    for since, carried in ((380.0, 0), (381.0, 1)):
        w = world_of(**willing)
        w.couples["on"] = 0
        assert serve(w, call(since=since, board=6, number=9)) == carried
        assert w.counts[UNSERVEDS] == 1 - carried
    for changes, reason in (({"on_paper": 1.0}, NO_ARRIVAL), ({"decline": 5.0, "decline_gravity": 0.0}, DECLINED)):
        w = world_of(**changes)
        w.p.pressure["control"] = 0.0
        assert serve(w, call(since=450.0, board=6, number=9)) == 0
        assert w.counts[UNSERVEDS] == 1
        lost = w.unserved[["born", "number", "reason", "board"]][:1].tolist()
        assert lost == [(TICK, 9, reason, 6)]
        assert w.impressions["who"][0] == 1


def test_answered_after_a_constant_time_nothing_waits() -> None:
    w = world_of(constant=30.0)
    assert serve(w, call(since=450.0, minute=450.0)) == 0
    assert w.responses[["post", "wait"]][:1].tolist() == [(0, 30.0)]
    w = world_of(constant=30.0)
    w.couples["on"] = 0
    assert serve(w, call(since=450.0)) == 0
    assert w.unserved["reason"][: w.counts[UNSERVEDS]].tolist() == [NO_HOURS]


def test_a_couple_at_the_place_of_a_crime_tries_to_arrest() -> None:
    w = world_of(catch=1.0, goods=1.0)
    w.p.deterrence["residual"] = 15.0
    w.counts[VISITS], w.counts[INCIDENTS], w.counts[CALLS] = 1, 5, 2
    w.visits["cell"][0], w.visits["post"][0], w.visits["alive"][0] = PLACE, 1, 1
    w.visits["minute"][0], w.visits["stay"][0] = 100.0, 20.0
    rows = w.incidents
    rows["cell"][:5], rows["minute"][:5], rows["number"][:5] = (3, 3, 3, 3, 4), (110.0, 134.0, 135.0, 110.0, 110.0), 1
    rows["found"][:5], rows["reported_to"][:5] = (1, 0, 1, 0, 1), (-1, TO_PATROL, TO_PATROL, -1, -1)
    rows["number"][:5] = range(5)
    for number, where in ((6, 3), (7, 3)):
        w.calls[number - 6] = call(number=number, cell=where, severity=0.9)
    w.waiting[0], w.waiting_count[0] = call(number=5, born=TICK - 1, since=470.0), 1
    w.couples["on"] = 0
    rules.serve_calls.kernel(w)
    assert rows["arrested"][:5].tolist() == [1, 1, 0, 0, 0]
    assert w.arrests["post"][:2].tolist() == [1, 1]
    assert w.tally["calls"][0] == 2.0
    assert w.unserved["number"][: w.counts[UNSERVEDS]].tolist() == [6, 7, 5]


def test_where_nobody_lives_the_parameters_of_the_first_settlement_hold() -> None:
    w = world_of(decline=-40.0)
    w.cells["settlement"][PLACE] = -1
    changed = {"handling": 30.0, "patience": 31.0, "catch": 1.0, "trail": 600.0, "all_caught": 1.0}
    for name, value in changed.items():
        w.p.response[name][0] = value
    w.p.deterrence["residual"] = 15.0
    w.p.deterrence["residual"][0] = 60.0
    w.counts[VISITS], w.counts[INCIDENTS], w.counts[CALLS] = 1, 2, 1
    w.visits["cell"][0], w.visits["post"][0], w.visits["alive"][0] = PLACE, 1, 1
    w.visits["minute"][0], w.visits["stay"][0] = 300.0, 20.0
    w.incidents["cell"][:2], w.incidents["minute"][:2], w.incidents["found"][:2] = PLACE, (370.0, 390.0), 1
    w.calls[0] = call()
    rules.serve_calls.kernel(w)
    assert w.responses["wait"][0] == pytest.approx(30.0 + 1.5 * 3 * CELL_KM / 25.0 * 60.0)
    assert w.impressions["cause"][0] == ANSWERED_CALL
    assert w.impressions["quality_e"][0] == w.events[0, CALL_LATE].effective
    assert w.arrests[["incident", "post"]][: w.counts[ARRESTS]].tolist() == [(0, 1), (1, -1)]


def test_all_are_caught_where_that_is_set() -> None:
    w = world_of()
    w.counts[INCIDENTS] = 30
    rows = w.incidents
    rows["number"][:30], rows["cell"][:30], rows["reported_to"][:30] = range(30), 2, -1
    rows["cell"][20:30], rows["arrested"][:2] = 3, 1
    w.p.response["all_caught"][2] = 0.5
    rules.serve_calls.kernel(w)
    caught = [n for n in range(2, 20) if keyed_uniform(SEED, ALL_CAUGHT, TICK, n, 0) < 0.5]
    found = w.arrests[: w.counts[ARRESTS]]
    assert found[["number", "post", "goods"]].tolist() == [(n, -1, 1) for n in caught]
    assert rows["arrested"][20:30].sum() == 0 < len(caught) < 18


def test_the_median_wait_and_the_calls_that_police_count_as_served() -> None:
    waits, unserved = np.zeros(LONGEST_WAIT + 1, np.int64), np.zeros(6)
    month: Any = SimpleNamespace(world=SimpleNamespace(w=small_world(calls_by_wait=waits, unserved_by=unserved)))
    month.tally = SimpleNamespace(served=9.0)
    read: dict[str, Any] = {name: measure.read for name, measure in rules.MECHANISM.measures.items()}
    median = rules.wait_quantile_measure(0.5)
    assert math.isnan(median(month))
    waits[[10, 20, 50]] = 5, 1, 4
    assert [read[f"response_minutes_{which}"](month) for which in ("median", "p90")] == [10.0, 50.0]
    waits[10] = 4
    assert median(month) == read["response_minutes_median"](month) == 20.0
    assert rules.wait_quantile_measure(1.0)(month) == 50.0
    unserved[:] = range(6)
    assert rules.count_closed_calls(month) == read["calls_closed"](month) == 9.0 + NO_ARRIVAL
    assert read["calls_unserved"](month) == 15.0


def test_facilities_with_posts_are_staffed() -> None:
    posts = zero_rows(Post, 2)
    posts["facility"] = (0, 2)
    world: Any = SimpleNamespace(town=SimpleNamespace(facilities=[None] * 4, posts=posts))
    assert rules.staffed_facilities(world).tolist() == [1, 0, 1, 0]
