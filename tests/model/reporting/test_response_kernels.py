"""Response: known answers of its kernels and measures, with tables made by hand."""

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_made import hand_made_shift

from model.community.communal_authority.schema import CommunalAuthority
from model.community.consent.rules import ConsentTables
from model.community.consent.schema import Consent, ConsentRow
from model.community.deliberation.schema import Deliberation
from model.crime.crime_counts.schema import UNSERVED_BY
from model.crime.deterrence.schema import Deterrence
from model.engine.choices import MOST_OPTIONS, MOST_TERMS
from model.engine.random_streams import keyed_uniform
from model.engine.rows import zero_rows
from model.justice.justice.schema import Justice
from model.police.adoption.schema import EXPLAINS_STREAM, Adoption
from model.police.contacts.schema import RUDE, Contacts
from model.police.patrol.schema import Patrol
from model.police.pressure.schema import Pressure
from model.reporting.reporting.rules import CaseTables
from model.reporting.reporting.schema import Reporting
from model.reporting.response import rules
from model.reporting.response.schema import (
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
    WAITS,
    Response,
)
from model.town.crime_kinds import HOMICIDE, ROBBERY
from model.town.police import BICYCLE, FOOT, VEHICLE, Officer, Post
from model.world.discrete_choice.rules import ChoiceTables
from model.world.discrete_choice.schema import ChoiceRecord
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    ARRESTS,
    CALLS,
    DECLINED,
    IMITATOR,
    IMPRESSIONS,
    INCIDENTS,
    N_PROBLEMS,
    NO_ARRIVAL,
    NO_FUEL,
    NO_HOURS,
    NO_VEHICLES,
    RESPONSES,
    SIGNED,
    TO_PATROL,
    UNSERVEDS,
    VISITS,
    Call,
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


def nobody_is_asked() -> ConsentTables:
    """Return the tables of consent of a town without cantons."""
    return ConsentTables(
        desk=ChoiceTables(
            terms=np.zeros((MOST_OPTIONS, MOST_TERMS)),
            pull=np.zeros(MOST_OPTIONS),
            choices=zero_rows(ChoiceRecord, 1),
            choices_count=np.zeros(1, np.int64),
            now=np.zeros(1, np.int64),
            seed=SEED,
        ),
        boards=zero_rows(Board, N_CELLS),
        decided=zero_rows(ConsentRow, N_CELLS),
        canton=np.zeros(N_CELLS, np.int64),
        parameters=Consent().rows(N_CELLS),
        deliberation=Deliberation().rows(N_CELLS),
        communal=CommunalAuthority().rows(N_CELLS),
    )


def no_cases() -> CaseTables:
    """Return the tables of cases of communal authorities, with room for one."""
    return CaseTables(
        cases=zero_rows(CommunalCase, 1),
        cases_count=np.zeros(1, np.int64),
        authority=CommunalAuthority().rows(N_CELLS),
        reporting=Reporting().rows(N_CELLS),
    )


def tables_of(n_couples: int = 2, **changes: float) -> rules.ResponseTables:
    """Return couples who are on duty in cell 0 by vehicle, with 20 km of fuel, and the parameters of response."""
    response = Response().replace(LEVELS | TRAVEL | DECLINING | {"decline_control": 1.1} | CATCHING | changes)
    couples, posts = zero_rows(CoupleRow, n_couples), zero_rows(Post, n_couples)
    couples["on"], couples["mode"], couples["km"] = 1, VEHICLE, 20.0
    couples["lead"] = np.arange(n_couples)
    return rules.ResponseTables(
        couples=couples,
        officers=zero_rows(Officer, n_couples),
        cell_km=CELL_KM,
        patrol=Patrol().replace({"detour": 1.5}).rows(N_CELLS),
        response=response.rows(N_CELLS),
        contacts=Contacts().replace({"fair": 0.2, "manner": 0.5}).rows(N_CELLS),
        justice=Justice().replace({"hours": 1.5}).rows(N_CELLS),
        adoption=Adoption().replace({"explain": 0.5}).rows(N_CELLS),
        pressure=Pressure().replace({"control": 0.3}).rows(N_CELLS),
        posts=posts,
        staffed=np.ones(2, np.int64),
        known=np.zeros((N_CELLS, N_PROBLEMS, 3)),
        consent=nobody_is_asked(),
        cases=no_cases(),
        waits=np.zeros(LONGEST_WAIT + 1, np.int64),
    )


def shift_of(tick: int = TICK) -> ShiftContext:
    return hand_made_shift(n_cells=N_CELLS, n_residents=3, tick=tick, seed=SEED)


def call(**columns: float) -> np.void:
    """Return a call of this shift from cell 3 at minute 60, slight and by resident 1, with some columns changed."""
    row = zero_rows(Call, 1)
    usual = {"born": TICK, "number": 4, "cell": PLACE, "teller": 1, "incident": -1, "board": -1}
    for name, value in (usual | {"minute": 60.0, "since": 60.0, "severity": 0.1} | columns).items():
        row[name] = value
    return row[0]  # type: ignore[return-value]


def trip_of(shift: ShiftContext, tables: rules.ResponseTables, line: np.void, detour: float = 1.5) -> rules.Trip:
    """Return the trip of couple 1."""
    return rules.plan_trip(shift, tables, 1, line, tables.response[PLACE], detour)  # type: ignore[arg-type]


def no_trip(reason: int) -> tuple[float, ...]:
    return (-1 - reason, 0.0, 0.0, 0.0)


def test_calls_are_served_by_severity_minute_birth_and_number() -> None:
    keys = [*itertools.product((0.9, 0.1), (5.0, 60.0), (TICK - 1, TICK), (1, 2))]
    rows = zero_rows(Call, len(keys) + 2)
    shuffled = np.random.default_rng(3).permutation(len(keys))
    for place, nth in enumerate(shuffled):
        for name, value in zip(("severity", "minute", "born", "number"), keys[nth], strict=True):
            rows[name][place] = value
    assert shuffled[rules.serving_order(rows, len(keys))].tolist() == [*range(len(keys))]
    for one, other in itertools.product(range(len(keys)), repeat=2):
        before = rules.is_served_before(rows[one], rows[other])
        assert bool(before) == (shuffled[one] < shuffled[other])
    assert rules.serving_order(rows, 0).tolist() == []


def test_grades_begin_at_their_severities_and_have_limits_and_reserves() -> None:
    p = tables_of().response[PLACE]
    found = [rules.call_grade(severity, p) for severity in (0.0, 0.29, 0.3, 0.59, 0.6, 1.0)]
    assert found == [GRADE_SLIGHT] * 2 + [GRADE_MIDDLE] * 2 + [GRADE_GRAVE] * 2
    grades = (GRADE_SLIGHT, GRADE_MIDDLE, GRADE_GRAVE)
    assert [rules.service_limit(grade, p) for grade in grades] == [100.0, 150.0, 200.0]
    assert [rules.km_reserve(grade, p) for grade in grades] == [8.0, 3.0, 0.0]
    assert [rules.road_slowness(road, p) for road in range(4)] == [1.0, 1.4, 2.2, 2.8]
    line = call(born=TICK - 2, since=450.0, severity=0.4)
    assert rules.last_service_minute(line, TICK, p) == 450.0 - 960.0 + 150.0


def test_a_couple_is_asked_by_its_own_facility_by_grave_calls_and_where_nobody_is_posted() -> None:
    tables = tables_of()
    tables.posts["facility"], tables.staffed[:] = (0, 1), (1, 0)

    def asked(post: int, facility: int, grade: int) -> bool:
        return bool(rules.is_called_out(tables, post, facility, grade))

    assert [asked(0, 0, GRADE_SLIGHT), asked(1, 0, GRADE_MIDDLE), asked(1, 0, GRADE_GRAVE)] == [True, False, True]
    assert asked(0, 1, GRADE_SLIGHT), "of facility 1, which has no posts"
    tables.couples["on"] = 0
    assert not asked(0, 0, GRADE_GRAVE)


def test_a_vehicle_goes_by_road_within_time_and_fuel() -> None:
    shift, tables = shift_of(), tables_of()
    shift.ground.cells["road"][PLACE] = 2
    km = 1.5 * 3 * CELL_KM
    minutes = km / 25.0 * 60.0 * 2.2
    assert trip_of(shift, tables, call()) == pytest.approx((1, 70.0, 70.0 + minutes, km))
    tables.couples["free"] = 90.0
    assert trip_of(shift, tables, call()) == pytest.approx((1, 90.0, 90.0 + minutes, km))
    tables.response["within_slight"] = 30.0 + minutes + 1e-6
    assert trip_of(shift, tables, call()).post == 1
    tables.response["within_slight"] = 30.0 + minutes - 1e-6
    assert trip_of(shift, tables, call()) == no_trip(NO_HOURS)
    tables.response["within_slight"], tables.couples["free"] = 480.0, 480.0 - minutes + 1e-6
    assert trip_of(shift, tables, call()) == no_trip(NO_HOURS), "a couple arrives within its shift"


def test_fuel_is_kept_back_from_calls_that_are_not_grave() -> None:
    shift, tables = shift_of(), tables_of()
    km = 1.5 * 3 * CELL_KM
    for severity, reserve in ((0.1, 8.0), (0.4, 3.0), (0.9, 0.0)):
        tables.couples["km"][1] = km + reserve
        assert trip_of(shift, tables, call(severity=severity)).post == 1
        tables.couples["km"][1] -= 1e-6
        assert trip_of(shift, tables, call(severity=severity)) == no_trip(NO_FUEL)


def test_slight_calls_wait_for_the_end_of_fixed_duties() -> None:
    shift, tables = shift_of(), tables_of()
    tables.couples["duty_start"], tables.couples["duty_end"] = 70.0, 100.0
    assert trip_of(shift, tables, call()).start == 100.0
    assert trip_of(shift, tables, call(severity=0.3)).start == 70.0
    assert trip_of(shift, tables, call(since=59.0)).start == 69.0
    assert trip_of(shift, tables, call(since=90.0)).start == 100.0
    tables.couples["duty_start"], tables.couples["duty_end"] = 20.0, 70.0
    assert trip_of(shift, tables, call()).start == 70.0


def test_a_call_of_an_earlier_shift_waits_since_then() -> None:
    line = call(born=TICK - 1, since=470.0, minute=0.0)
    trip = trip_of(shift_of(), tables_of(), line)
    assert trip.start == 0.0, "the order took the last ten minutes of the shift before"
    assert trip_of(shift_of(), tables_of(), call(born=TICK - 1, since=475.0)).start == 5.0
    assert trip_of(shift_of(), tables_of(), call(born=TICK - 1, since=300.0)) == no_trip(NO_HOURS)


def test_on_foot_and_by_bicycle_a_couple_goes_straight_and_not_far() -> None:
    shift, tables = shift_of(), tables_of()
    for mode, reach, speed in ((FOOT, 1.0, 4.0), (BICYCLE, 2.0, 11.0)):
        tables.couples["mode"] = mode
        near = int(reach / CELL_KM)
        assert trip_of(shift, tables, call(cell=near)) == pytest.approx((1, 70.0, 70.0 + 60.0 * reach / speed, reach))
        assert trip_of(shift, tables, call(cell=near + 1)) == no_trip(NO_VEHICLES)
    tables.couples["mode"], driven = FOOT, 1.5 * 3 * CELL_KM / 25.0 * 60.0
    for late, reason in ((-1e-6, NO_HOURS), (1e-6, NO_VEHICLES)):
        tables.response["within_slight"] = 10.0 + driven + late
        assert trip_of(shift, tables, call()) == no_trip(reason), "whether a vehicle would have arrived in time"
    walked = 2 * CELL_KM / 4.0 * 60.0
    for late, post in ((-1e-6, -1 - NO_VEHICLES), (1e-6, 1)):
        tables.response["within_slight"] = max(10.0 + walked + late, 10.0)
        assert trip_of(shift, tables, call(cell=2)).post == post


def test_the_first_to_arrive_goes_and_fuel_is_named_before_vehicles_and_hours() -> None:
    shift, tables = shift_of(), tables_of(4)
    tables.couples["free"] = (130.0, 110.0, 110.0, 50.0)
    tables.couples["on"][3] = 0

    def chosen() -> int:
        return int(rules.choose_couple(shift, tables, call(), tables.response[PLACE], 1.5).post)

    assert chosen() == 1, "the first of two who arrive together"
    tables.couples["km"] = (20.0, 0.0, 0.0, 20.0)
    assert chosen() == 0
    tables.couples["free"] = 400.0
    assert chosen() == -1 - NO_HOURS
    tables.couples["free"], tables.couples["mode"] = (400.0, 0.0, 0.0, 0.0), (VEHICLE, FOOT, VEHICLE, VEHICLE)
    assert chosen() == -1 - NO_FUEL
    tables.couples["mode"] = FOOT
    assert chosen() == -1 - NO_VEHICLES
    tables.couples["mode"], tables.couples["km"] = (VEHICLE, VEHICLE, FOOT, FOOT), 0.0
    assert chosen() == -1 - NO_FUEL


def test_couples_of_another_facility_are_sent_to_grave_calls_alone() -> None:
    shift, tables = shift_of(), tables_of()
    shift.ground.cells["facility"][PLACE] = 1
    for severity, post in ((0.1, -1 - NO_HOURS), (0.5, -1 - NO_HOURS), (0.6, 0)):
        found = rules.choose_couple(shift, tables, call(severity=severity), tables.response[PLACE], 1.5)
        assert found.post == post
    tables.posts["facility"][1] = 1
    assert rules.choose_couple(shift, tables, call(), tables.response[PLACE], 1.5).post == 1


@pytest.mark.parametrize("tick", [TICK, TICK + 2])
@pytest.mark.parametrize(("km", "mode"), [(12.0, VEHICLE), (11.0, VEHICLE), (11.0, FOOT)])
def test_a_lead_declines_by_the_declared_log_odds(tick: int, km: float, mode: int) -> None:
    shift, tables = shift_of(tick), tables_of()
    tables.couples["km"], tables.couples["mode"], tables.couples["calls"] = km, mode, 2
    tables.officers["motivation"] = (5.0, 0.5)
    tables.known[PLACE, :, tick % 3], tables.known[PLACE, :, (tick + 1) % 3] = 0.5, 9.0
    odds = -0.5 - 2.0 * 0.2 + 1.5 * 4.0 / 5.0 + 0.25 * 2 + 0.4 * math.log1p(0.5 * N_PROBLEMS) - 0.7 * 0.5 - 1.1 * 0.3
    odds += 0.8 * (mode == VEHICLE and km < 12.0) + 0.6 * (tick % 3 == 2)
    chance, trip = 1.0 / (1.0 + math.exp(-odds)), rules.Trip(post=1, start=70.0, arrival=90.0, km=4.0)
    found, expected = [], []
    for number in range(200):
        line = call(born=tick, number=number, severity=0.2)
        found.append(bool(rules.lead_declines(shift, tables, line, trip, PLACE)))
        expected.append(keyed_uniform(SEED, CALL_DECLINED_STREAM, tick, number, 0) < chance)
    assert found == expected
    assert 20 < sum(found) < 180


def test_the_first_couple_on_duty() -> None:
    couples = tables_of(3).couples
    couples["on"] = (0, 1, 1)
    assert rules.first_couple_on_duty(couples) == 1
    couples["on"] = 0
    assert rules.first_couple_on_duty(couples) == -1


@pytest.mark.parametrize("wait", [45.0, 46.0, 60.0, 61.0, 2000.0])
def test_an_answered_call_leaves_an_impression_by_wait_and_treatment(wait: float) -> None:
    late, seen = wait > 45.0, set()
    for number in range(40):
        shift, tables = shift_of(), tables_of()
        shift.ground.people["settlement"][1] = 2
        shift.trust["served"][2], shift.trust["late"][2] = 0.2, 0.4
        tables.contacts["weight_rude"], tables.officers["skill"], tables.officers["tone"] = 0.6, (0.0, 0.7), (9.0, 0.1)
        tables.adoption["link_explain"] = 1.0
        rules.record_answer(shift, tables, call(number=number, board=6), 1, wait)
        fair = keyed_uniform(SEED, TREATMENT_STREAM, TICK, number, 0) < 1.0 / (1.0 + math.exp(-0.2 - 0.1))
        explained = late and keyed_uniform(SEED, EXPLAINS_STREAM, TICK, number, 0) < 0.5 * 0.7
        seen.add((fair, explained))
        kind, weight = (CALL_LATE, 0.4) if late else (CALL_SERVED, 0.2)
        treated, effect = shift.events[2, kind if fair else RUDE], shift.events[2, kind]
        fair_weight = treated.fair_weight * (weight if fair else 0.6)
        one = shift.day.impressions[0]
        assert [one.who, one.cause, one.quality_f, one.quality_e] == [1, ANSWERED_CALL, treated.fair, effect.effective]
        assert one.weight_f == pytest.approx(fair_weight)
        assert one.weight_e == pytest.approx(0.0 if explained else weight * effect.effective_weight)
        assert shift.tally["explained"][0] == explained
        assert shift.day.signed[["impression", "post", "cell"]][: shift.day.counts[SIGNED]].tolist() == [(0, 1, PLACE)]
    assert len(seen) == (4 if late else 2)
    answer = shift.day.responses[["born", "number", "board", "post", "cell", "wait"]][:1].tolist()
    assert answer == [(TICK, 39, 6, 1, PLACE, wait)]
    assert shift.day.counts[RESPONSES] == 1
    assert tables.waits.nonzero()[0].tolist() == [min(int(wait), LONGEST_WAIT)]
    assert [shift.tally["served"][0], shift.tally["served_in_hour"][0]] == [1.0, float(wait <= 60.0)]
    assert shift.minds["met"].tolist() == shift.minds["met_free"].tolist() == [-1, TICK, -1]


def test_answers_are_counted_and_appended() -> None:
    shift, tables = shift_of(), tables_of()
    for wait in (10.0, 10.5):
        rules.record_answer(shift, tables, call(), 0, wait)
    assert shift.day.counts[RESPONSES] == 2
    assert shift.day.responses["wait"][:3].tolist() == [10.0, 10.5, 0.0]
    assert tables.waits[10] == shift.tally["served"][0] == shift.tally["served_in_hour"][0] == 2


def test_an_arrest_is_appended_with_or_without_goods() -> None:
    day = shift_of().day
    day.arrests["held"] = day.arrests["goods"] = 9
    day.incidents["number"][:2] = (70, 71)
    rules.append_arrest(day, 1, 4, True)
    rules.append_arrest(day, 0, 5, False)
    assert day.counts[ARRESTS] == 2
    names = ["incident", "number", "post", "goods", "held"]
    assert day.arrests[names][:3].tolist() == [(1, 71, 4, 1, 0), (0, 70, 5, 0, 0), (0, 0, 0, 9, 9)]
    assert day.incidents["arrested"][:3].tolist() == [1, 1, 0]


@pytest.mark.parametrize(("kind", "factor"), [(ROBBERY, 1.0), (HOMICIDE, 0.5)])
@pytest.mark.parametrize("delay", [0.0, 45.0])
def test_the_chance_of_arrest_falls_with_the_delay(kind: int, factor: float, delay: float) -> None:
    chance, with_goods = 0.7 * factor * math.exp(-delay / 60.0), 0.8 * math.exp(-delay / 90.0)
    outcomes = set()
    for number in range(40):
        shift, tables = shift_of(), tables_of()
        row = shift.day.incidents
        row["kind"][1], row["number"][1], row["minute"][1] = kind, number, 100.0
        rules.attempt_arrest(shift, tables, 1, 1, delay, PLACE)
        caught = keyed_uniform(SEED, ARREST_STREAM, TICK, number, 0) < chance
        goods = keyed_uniform(SEED, GOODS_STREAM, TICK, number, 0) < with_goods
        assert row["arrested"][1] == shift.day.counts[ARRESTS] == caught
        assert shift.day.arrests["goods"][0] == (caught and goods)
        assert tables.couples["free"].tolist() == [0.0, caught * (100.0 + delay + 90.0)]
        assert tables.couples["busy"][1] == caught * 90.0
        assert shift.tally["couple_hours_used"][0] == caught * 1.5
        outcomes.add((bool(caught), bool(caught and goods)))
    assert len(outcomes) == 3


def test_imitators_and_the_arrested_are_not_arrested_and_a_busy_couple_comes_later() -> None:
    for column, value in (("arrested", 1), ("motive", IMITATOR)):
        shift, tables = shift_of(), tables_of(catch=1.0)
        shift.day.incidents[column][0] = value
        rules.attempt_arrest(shift, tables, 1, 0, 0.0, PLACE)
        assert shift.day.counts[ARRESTS] == 0
    shift, tables = shift_of(), tables_of(catch=1.0)
    tables.couples["free"] = 200.0
    shift.day.counts[VISITS] = 2
    shift.day.visits["post"][:2], shift.day.visits["alive"][:2], shift.day.visits["minute"][:2] = 1, 1, (150.0, 250.0)
    rules.attempt_arrest(shift, tables, 1, 0, 0.0, PLACE)
    assert tables.couples["free"][1] == 290.0
    assert shift.day.visits["alive"][:2].tolist() == [1, 0]


def test_calls_carried_over_are_taken_up_in_the_first_minute() -> None:
    shift, waiting, count = shift_of(), zero_rows(Call, 4), np.zeros(1, np.int64)
    for number in (8, 9):
        rules.carry_call_over(waiting, count, call(number=number, incident=3))
    assert count[0] == 2
    assert waiting[["number", "incident", "minute"]].tolist() == [(8, 3, 60.0), (9, 3, 60.0), (0, 0, 0.0), (0, 0, 0.0)]
    shift.day.counts[CALLS] = 1
    rules.take_up_waiting_calls(shift.day, waiting, count)
    assert (count[0], shift.day.counts[CALLS]) == (0, 3)
    assert shift.day.calls[["number", "incident", "minute", "since"]][:4].tolist() == [
        (0, 0, 0.0, 0.0), (8, -1, 0.0, 60.0), (9, -1, 0.0, 60.0), (0, 0, 0.0, 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize("mode", [VEHICLE, FOOT])
def test_a_trip_takes_time_and_fuel_and_breaks_off_duties(mode: int) -> None:
    shift, tables = shift_of(), tables_of()
    couple, line, driven = tables.couples[1], call(number=7), mode == VEHICLE
    couple.mode, couple.duty_start, couple.duty_end, couple.calls = mode, 110.0, 115.0, 2
    shift.day.counts[VISITS] = 2
    visits = shift.day.visits
    visits["post"][:2], visits["alive"][:2], visits["minute"][:2], visits["km"][:2] = 1, 1, (105.0, 400.0), (1.0, 18.0)
    rules.travel_to_call(
        shift, tables, line, rules.Trip(post=1, start=100.0, arrival=120.0, km=3.0), tables.response[0]
    )
    end = 120.0 + 40.0 * (0.5 + keyed_uniform(SEED, SERVICE_STREAM, TICK, 7, 0))
    assert [couple.calls, couple.cell, couple.free] == [3, PLACE, end]
    assert couple.busy == pytest.approx(end - 100.0 - 5.0)
    assert shift.tally["couple_hours_used"][0] == pytest.approx((end - 100.0 - 5.0) / 60.0)
    assert [couple.km, shift.tally["km"][0]] == [20.0 - 3.0 * driven, 3.0 * driven]
    assert visits["alive"][:2].tolist() == [0, int(not driven)]
    assert tables.couples["calls"][0] == tables.couples["free"][0] == 0


def test_hours_on_fixed_duty_are_not_counted_twice() -> None:
    for duty, counted in (((0.0, 0.0), 1.0), ((90.0, 500.0), 0.0), ((300.0, 400.0), 1.0)):
        shift, tables = shift_of(), tables_of(service=0.0)
        tables.couples["duty_start"], tables.couples["duty_end"] = duty
        trip = rules.Trip(post=1, start=100.0, arrival=160.0, km=3.0)
        rules.travel_to_call(shift, tables, call(), trip, tables.response[0])
        assert shift.tally["couple_hours_used"][0] == pytest.approx(counted)


def test_a_call_is_closed_on_paper_or_declined_or_a_couple_goes() -> None:
    shift, tables = shift_of(), tables_of(on_paper=0.3, decline=0.0)
    results = set()
    for number in range(40):
        line, tables.couples["free"], tables.couples["km"] = call(number=number), 0.0, 20.0
        tables.couples["calls"] = 0
        trip = rules.choose_couple(shift, tables, line, tables.response[PLACE], 1.5)
        declined = rules.lead_declines(shift, tables, line, trip, PLACE)
        found = rules.dispatch_couple(shift, tables, line, PLACE)
        if keyed_uniform(SEED, ON_PAPER, TICK, number, 0) < 0.3:
            assert found == (-1 - NO_ARRIVAL, 0.0)
        elif declined:
            assert found == (-1 - DECLINED, 0.0)
        else:
            assert found == (0, trip.arrival)
        assert tables.couples["calls"].tolist() == [int(found[0] == 0), 0]
        results.add(found[0])
    assert len(results) == 3
    tables.couples["free"], tables.response["on_paper"] = 400.0, 0.0
    assert rules.dispatch_couple(shift, tables, call(), PLACE) == (-1 - NO_HOURS, 0.0)


def serve(shift: ShiftContext, tables: rules.ResponseTables, line: np.void) -> int:
    """Serve a call; return how many are carried over."""
    waiting, count = zero_rows(Call, 4), np.zeros(1, np.int64)
    rules.serve_call(shift, tables, line, waiting, count)
    return int(count[0])


def test_a_call_is_answered_or_carried_over_or_lost() -> None:
    willing = {"decline": -40.0, "catch": 1.0, "trail": 600.0}
    shift, tables = shift_of(), tables_of(**willing)
    shift.day.incidents["minute"][0] = 50.0
    assert serve(shift, tables, call(born=TICK - 1, since=475.0, incident=0, minute=0.0)) == 0
    arrival = 5.0 + 1.5 * 3 * CELL_KM / 25.0 * 60.0
    assert shift.day.responses["wait"][0] == pytest.approx(480.0 + arrival - 475.0)
    assert shift.day.counts[[RESPONSES, UNSERVEDS, IMPRESSIONS]].tolist() == [1, 0, 1]
    chance = math.exp(-(arrival - 50.0) / 600.0)
    assert shift.day.counts[ARRESTS] == (keyed_uniform(SEED, ARREST_STREAM, TICK, 0, 0) < chance)
    shift, tables = shift_of(), tables_of(**willing)
    assert serve(shift, tables, call(since=400.0)) == 0, "a call that could wait does not, if a couple can go"
    assert shift.day.counts[RESPONSES] == 1
    for since, carried in ((380.0, 0), (381.0, 1)):
        shift, tables = shift_of(), tables_of(**willing)
        tables.couples["on"] = 0
        assert serve(shift, tables, call(since=since, board=6, number=9)) == carried
        assert shift.day.counts[UNSERVEDS] == 1 - carried
    for changes, reason in (({"on_paper": 1.0}, NO_ARRIVAL), ({"decline": 5.0, "decline_gravity": 0.0}, DECLINED)):
        shift, tables = shift_of(), tables_of(**changes)
        tables.pressure["control"] = 0.0
        assert serve(shift, tables, call(since=450.0, board=6, number=9)) == 0
        assert shift.day.counts[UNSERVEDS] == 1
        lost = shift.day.unserved[["born", "number", "reason", "board"]][:1].tolist()
        assert lost == [(TICK, 9, reason, 6)]
        assert shift.day.impressions["who"][0] == 1


def test_answered_after_a_constant_time_nothing_waits() -> None:
    shift, tables = shift_of(), tables_of(constant=30.0)
    assert serve(shift, tables, call(since=450.0, minute=450.0)) == 0
    assert shift.day.responses[["post", "wait"]][:1].tolist() == [(0, 30.0)]
    shift, tables = shift_of(), tables_of(constant=30.0)
    tables.couples["on"] = 0
    assert serve(shift, tables, call(since=450.0)) == 0
    assert shift.day.unserved["reason"][: shift.day.counts[UNSERVEDS]].tolist() == [NO_HOURS]


def test_a_couple_at_the_place_of_a_crime_tries_to_arrest() -> None:
    shift, tables = shift_of(), tables_of(catch=1.0, goods=1.0)
    day, deterrence = shift.day, Deterrence().replace({"residual": 15.0}).rows(N_CELLS)
    day.counts[VISITS], day.counts[INCIDENTS], day.counts[CALLS] = 1, 5, 2
    day.visits["cell"][0], day.visits["post"][0], day.visits["alive"][0] = PLACE, 1, 1
    day.visits["minute"][0], day.visits["stay"][0] = 100.0, 20.0
    rows = day.incidents
    rows["cell"][:5], rows["minute"][:5], rows["number"][:5] = (3, 3, 3, 3, 4), (110.0, 134.0, 135.0, 110.0, 110.0), 1
    rows["found"][:5], rows["told"][:5] = (1, 0, 1, 0, 1), (-1, TO_PATROL, TO_PATROL, -1, -1)
    rows["number"][:5] = range(5)
    for number, where in ((6, 3), (7, 3)):
        day.calls[number - 6] = call(number=number, cell=where, severity=0.9)
    waiting, count = zero_rows(Call, 4), np.zeros(1, np.int64)
    waiting[0], count[0] = call(number=5, born=TICK - 1, since=470.0), 1
    tables.couples["on"] = 0
    rules.serve_calls(shift, tables, deterrence, waiting, count)
    assert rows["arrested"][:5].tolist() == [1, 1, 0, 0, 0]
    assert day.arrests["post"][:2].tolist() == [1, 1]
    assert shift.tally["calls"][0] == 2.0
    assert day.unserved["number"][: day.counts[UNSERVEDS]].tolist() == [6, 7, 5]


def test_where_nobody_lives_the_parameters_of_the_first_settlement_hold() -> None:
    shift, tables = shift_of(), tables_of(decline=-40.0)
    shift.ground.cells["settlement"][PLACE] = -1
    changed = {"handling": 30.0, "patience": 31.0, "catch": 1.0, "trail": 600.0, "all_caught": 1.0}
    for name, value in changed.items():
        tables.response[name][0] = value
    day, deterrence = shift.day, Deterrence().replace({"residual": 15.0}).rows(N_CELLS)
    deterrence["residual"][0] = 60.0
    day.counts[VISITS], day.counts[INCIDENTS], day.counts[CALLS] = 1, 2, 1
    day.visits["cell"][0], day.visits["post"][0], day.visits["alive"][0] = PLACE, 1, 1
    day.visits["minute"][0], day.visits["stay"][0] = 300.0, 20.0
    day.incidents["cell"][:2], day.incidents["minute"][:2], day.incidents["found"][:2] = PLACE, (370.0, 390.0), 1
    day.calls[0] = call()
    rules.serve_calls(shift, tables, deterrence, zero_rows(Call, 1), np.zeros(1, np.int64))
    assert day.responses["wait"][0] == pytest.approx(30.0 + 1.5 * 3 * CELL_KM / 25.0 * 60.0)
    assert day.impressions["cause"][0] == ANSWERED_CALL
    assert day.impressions["quality_e"][0] == shift.events[0, CALL_LATE].effective
    assert day.arrests[["incident", "post"]][: day.counts[ARRESTS]].tolist() == [(0, 1), (1, -1)]


def test_all_are_caught_where_that_is_set() -> None:
    shift, tables = shift_of(), tables_of()
    shift.day.counts[INCIDENTS] = 30
    rows, waiting = shift.day.incidents, zero_rows(Call, 1)
    rows["number"][:30], rows["cell"][:30], rows["told"][:30] = range(30), 2, -1
    rows["cell"][20:30], rows["arrested"][:2] = 3, 1
    tables.response["all_caught"][2] = 0.5
    rules.serve_calls(shift, tables, Deterrence().rows(N_CELLS), waiting, np.zeros(1, np.int64))
    caught = [n for n in range(2, 20) if keyed_uniform(SEED, ALL_CAUGHT, TICK, n, 0) < 0.5]
    found = shift.day.arrests[: shift.day.counts[ARRESTS]]
    assert found[["number", "post", "goods"]].tolist() == [(n, -1, 1) for n in caught]
    assert rows["arrested"][20:30].sum() == 0 < len(caught) < 18


def test_the_median_wait_and_the_calls_that_police_count_as_served() -> None:
    waits, unserved = np.zeros(LONGEST_WAIT + 1, np.int64), np.zeros(6)
    month: Any = SimpleNamespace(world=SimpleNamespace(state={WAITS: waits, UNSERVED_BY: unserved}))
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
