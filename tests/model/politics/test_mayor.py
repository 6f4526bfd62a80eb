"""The mayor: what is given and why, who forgets, and what it does."""

import dataclasses
import datetime
from typing import Any

import numpy as np
import pytest

from model.engine.calendar import NIGHT, tick_of
from model.engine.choices import CHOICES_DECLARED
from model.politics.mayor import (
    GIFT_CHOICE,
    GIFT_OPTIONS,
    GIVE_CAMERAS,
    GIVE_COMPANY,
    GIVE_LIGHT,
    GIVE_MOTORCYCLES,
    GIVE_NOTHING,
    close_quarter,
    fill_gift_terms,
    give_gift,
    install_mayor,
)
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import load

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
TRIES = 300


@pytest.fixture(scope="module", params=["villa_canales", "totonicapan"])
def town(request: pytest.FixtureRequest) -> tuple[str, Town]:
    return request.param, build_town(load(request.param, set=SMALL))


@pytest.fixture(scope="module")
def villa() -> tuple[str, Town]:
    return "villa_canales", build_town(load("villa_canales", set=SMALL))


def world_of(town: tuple[str, Town], **changes: Any) -> TrustModel:
    site, built = town
    return TrustModel(load(site, set=SMALL | changes), rng=7, town=built)


def shares(world: TrustModel) -> np.ndarray:
    """How often each thing is given in this state, at the same random numbers of many quarters."""
    state, found = world.state, np.zeros(len(GIFT_OPTIONS))
    hall, petitions = state.mayor.copy(), state.petitions.copy()
    for n in range(TRIES):
        state.mayor[:], state.petitions[:] = hall, petitions
        world.tick += 273 * (n > 0)
        petitions["asked"][petitions["asked"] >= 0] = world.tick - 100
        state.petitions["asked"] = petitions["asked"]
        before = state.choices.count[0]
        close_quarter(world)
        rows = state.choices.used_rows()[before:]
        found[rows[rows["matter"] == GIFT_CHOICE]["option"]] += 1.0
    world.tick -= 273 * (TRIES - 1)
    return found / TRIES


def ask(world: TrustModel, wanted: int, n: int) -> None:
    world.state.petitions["asked"][:n] = world.tick
    world.state.petitions["wanted"][:n] = wanted


def test_what_is_asked_for_is_given_more_often(town: tuple[str, Town]) -> None:
    one, other = world_of(town), world_of(town)
    for world in (one, other):
        world.state.mayor["care"] = 0.5
    ask(one, GIVE_LIGHT, 3)
    assert shares(one)[GIVE_LIGHT] > shares(other)[GIVE_LIGHT] + 0.1


def test_where_the_mayor_acts_only_when_asked_nobody_is_given_anything_unasked() -> None:
    place = "totonicapan", build_town(load("totonicapan", set=SMALL))
    world = world_of(place)
    world.p.mayor["accompanies"] = 1
    world.state.mayor["care"] = 1.0
    assert shares(world)[GIVE_NOTHING] == 1.0
    ask(world, GIVE_COMPANY, 2)
    found = shares(world)
    assert found[GIVE_COMPANY] > 0.2
    assert found[GIVE_COMPANY] + found[GIVE_NOTHING] == 1.0


def test_company_is_no_gift_where_municipal_police_never_go_along() -> None:
    place = "totonicapan", build_town(load("totonicapan", set=SMALL))
    world = world_of(place)
    ask(world, GIVE_COMPANY, 2)
    assert shares(world)[GIVE_COMPANY] == 0.0


def test_motorcycles_and_cameras_are_not_everywhere_the_mayors_to_give() -> None:
    place = "totonicapan", build_town(load("totonicapan", set=SMALL))
    world = world_of(place, **{"mayor.only_asked": 0})
    world.state.mayor["care"] = 1.0
    found = shares(world)
    assert found[GIVE_MOTORCYCLES] == found[GIVE_CAMERAS] == 0.0
    assert found[GIVE_LIGHT] > 0.0


@pytest.mark.parametrize(("used", "idle"), [(6.0, 0.0), (0.0, 6.0)])
def test_what_lies_idle_is_given_less_and_what_is_used_more(villa: tuple[str, Town], used: float, idle: float) -> None:
    usual, lived = world_of(villa), world_of(villa)
    lived.state.gifts["used"], lived.state.gifts["idle"] = used, idle
    for world in (usual, lived):
        world.state.mayor["care"] = 0.5
    sign = 1.0 if used > idle else -1.0
    assert sign * (shares(usual)[GIVE_NOTHING] - shares(lived)[GIVE_NOTHING]) > 0.03


def test_more_killings_than_usual_move_a_mayor_and_fewer_do_not(villa: tuple[str, Town]) -> None:
    found = []
    for dead in (24.0, 3.0):
        world = world_of(villa)
        world.state.mayor["care"], world.state.mayor["usual"], world.state.mayor["dead"] = 0.5, 8.0, dead
        found.append(shares(world)[GIVE_NOTHING])
    assert found[0] < found[1] - 0.1


def test_a_mayor_who_cares_raises_the_budget_and_one_who_does_not_cuts_it(villa: tuple[str, Town]) -> None:
    rooms = []
    for care in (1.0, 0.0):
        world = world_of(villa, **{"mayor.gives": 0})
        at = []
        for year in range(2017, 2077):
            world.tick = tick_of(datetime.date(year, 12, 31), NIGHT)
            world.state.mayor["care"], world.state.mayor["budget_left"] = care, 1.0
            close_quarter(world)
            at.append(float(world.state.mayor[0].budget_left))
        rooms.append(np.mean(at))
    assert rooms[0] > 1.03 > 0.97 > rooms[1]


def test_who_takes_office_forgets_what_was_asked_and_used_and_loans_and_company_end(villa: tuple[str, Town]) -> None:
    world = world_of(villa)
    ask(world, GIVE_COMPANY, 1)
    give_gift(world, GIVE_COMPANY)
    give_gift(world, GIVE_MOTORCYCLES)
    give_gift(world, GIVE_LIGHT)
    ask(world, GIVE_LIGHT, 3)
    state = world.state
    state.gifts["used"] = 3.0
    assert state.mayor_terms[0].willing == 1
    assert state.loans["motorcycles"].sum() > 0
    install_mayor(world, 1)
    assert state.mayor_terms[0].willing == 0
    assert state.loans["motorcycles"].sum() == state.gifts["used"].sum() == 0.0
    assert (state.petitions["asked"] < 0).all()
    assert (state.lit > world.tick).any()


def test_a_petition_that_is_met_is_granted_and_others_wait(villa: tuple[str, Town]) -> None:
    world = world_of(villa)
    ask(world, GIVE_LIGHT, 2)
    world.state.petitions["asked"][0] -= 5
    give_gift(world, GIVE_LIGHT)
    assert world.state.petitions["granted"][0] == world.tick
    assert world.state.petitions["asked"][:2].tolist() == [-1, world.tick]
    cell = world.town.authorities[0].cell
    assert world.state.lit[cell] > world.tick


def test_where_no_facility_serves_a_place_the_first_gets_the_loan_and_those_it_serves_are_granted(
    villa: tuple[str, Town],
) -> None:
    cells = villa[1].cells.copy()
    cells["facility"][villa[1].authorities["cell"][:2]] = -1, 0
    world = world_of((villa[0], dataclasses.replace(villa[1], cells=cells)))
    ask(world, GIVE_MOTORCYCLES, 2)
    world.state.petitions["asked"][0] -= 5
    give_gift(world, GIVE_MOTORCYCLES)
    assert world.state.loans["motorcycles"][0] > 0
    assert world.state.petitions["asked"][:2].tolist() == [world.tick - 5, -1]


def test_light_and_cameras_keep_crimes_away(villa: tuple[str, Town]) -> None:
    busy = {"crime.thieves": 40.0, "crime.armed": 40.0}
    world = world_of(villa, **busy, **{"mayor.light": 0.6, "mayor.cameras": 0.6})
    world.state.lit[:] = world.state.filmed[:] = world.tick + 10000
    world.hazard_factors.write_all(world)
    world.run_for(93)
    assert world.datacollector.get_model_vars_dataframe()["kept_by_mayor"].sum() > 0


def test_motorcycles_on_loan_are_driven_and_the_mayor_hears_of_it(villa: tuple[str, Town]) -> None:
    world = world_of(villa, **{"resources.breakdown": 1.0, "resources.repair": 0.0, "mayor.gives": 0})
    give_gift(world, GIVE_MOTORCYCLES)
    world.run_for(93)
    assert world.datacollector.get_model_vars_dataframe()["km"].sum() > 0.0
    assert world.state.gifts[GIVE_MOTORCYCLES].used > 0.0
    assert world.state.gifts[GIVE_MOTORCYCLES].idle == 0.0


def test_without_couples_what_is_lent_lies_idle(villa: tuple[str, Town]) -> None:
    world = world_of(villa, **{"roster.couples": 0.0, "mayor.gives": 0})
    give_gift(world, GIVE_MOTORCYCLES)
    give_gift(world, GIVE_COMPANY)
    world.run_for(93)
    gifts = world.state.gifts
    assert gifts["idle"][[GIVE_MOTORCYCLES, GIVE_COMPANY]].min() > 0.0
    assert gifts["used"].sum() == 0.0


def test_while_company_is_agreed_municipal_police_go_along_and_then_no_more(villa: tuple[str, Town]) -> None:
    world = world_of(villa, **{"resources.joint_patrols": 1.0, "mayor.habit": -8.0})
    give_gift(world, GIVE_COMPANY)
    world.state.gifts[GIVE_COMPANY].until = world.tick + 40
    world.run_for(186)
    months = world.datacollector.get_model_vars_dataframe()["joint_patrols"]
    assert months.iloc[0] > 0
    assert months.iloc[1] == 0


def test_an_agreement_to_go_along_holds_until_the_term_ends(villa: tuple[str, Town]) -> None:
    world = world_of(villa, **{"mayor.habit": -8.0})
    give_gift(world, GIVE_COMPANY)
    assert world.state.gifts[GIVE_COMPANY].until >= tick_of(datetime.date(2020, 1, 15))
    world.run_for(13 * 31 * 3)  # beyond the next January
    assert set(world.datacollector.model_vars["mayor_willing"]) == {1.0}


def test_every_choice_of_a_mayor_is_booked_with_its_reason(villa: tuple[str, Town]) -> None:
    world = world_of(villa)
    world.run_for(280)
    rows = world.choices()
    own = rows[rows["matter"] == GIFT_CHOICE]
    assert len(own) == 1
    assert CHOICES_DECLARED[GIFT_CHOICE].agent == "mayor"
    assert (own["who"] == 0).all()


def test_switched_off_a_coin_per_term_decides_and_nothing_is_given(villa: tuple[str, Town]) -> None:
    for willing in (0.0, 1.0):
        world = world_of(villa, **{"mechanisms.mayor": False, "resources.willing": willing})
        assert world.state.mayor_terms[0].willing == willing
        world.run_for(280)
        table = world.datacollector.get_model_vars_dataframe()
        assert table.filter(like="gifts_").to_numpy().sum() == 0.0


def test_terms_of_a_gift_are_read_from_the_mayors_own_rows(villa: tuple[str, Town]) -> None:
    world = world_of(villa)
    fill_gift_terms(world)
    before = world.w.choice_terms.copy()
    world.state.minds["fear"] = 1.0
    world.state.boards["organised"] = 0.0
    fill_gift_terms(world)
    assert (world.w.choice_terms == before).all()
