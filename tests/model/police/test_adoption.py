"""MOPSIC adoption: officers hear, learn, leave and are replaced, and what training does."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from model.engine.scenario import Scenario
from model.police.adoption import Adoption, equilibrium_trained_share, replace_officer
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from model.world.sampling import monthly_probability
from scenarios import load

MONTH = 93
NOBODY_MOVES = {"adoption.rotation": 0.0, "adoption.retire": 0.0}
SCALE = {"population.scale": 0.1, "calendar.warm_up": 0}


@pytest.fixture(scope="module")
def quiet() -> Scenario:
    return load("villa_canales", set=SCALE)


@cache
def usual_town() -> Town:
    return build_town(load("villa_canales", set=SCALE))


def lived(months: int, policies=(), rng: int = 7, **changes) -> TrustModel:
    scenario = load("villa_canales", set=SCALE | changes, policies=policies)
    town = None if any(name.startswith("plant") for name in changes) else usual_town()
    world = TrustModel(scenario, rng=rng, town=town)
    world.run_for(months * MONTH)
    return world


def table(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def test_without_turnover_courses_train_everybody_in_the_end_and_nobody_forgets() -> None:
    shares = table(lived(14, **NOBODY_MOVES, **{"adoption.places": 200.0}))["trained_share"]
    assert shares.is_monotonic_increasing
    assert shares.iloc[0] < 0.5
    assert shares.iloc[-1] > 0.9


def test_who_is_trained_knows_of_it() -> None:
    world = lived(4, **{"adoption.places": 200.0, "adoption.outside": 0.0, "adoption.peers": 0.0})
    officers = world.state.officers
    assert officers["trained"].any()
    assert (officers["aware"] >= officers["trained"]).all()


def test_awareness_spreads_by_colleagues_alone() -> None:
    closed = {"adoption.outside": 0.0, "adoption.places": 0.0, "adoption.donor_places": 0.0, **NOBODY_MOVES}
    with_peers = table(lived(4, **closed, **{"adoption.peers": 1.0}))
    without = table(lived(4, **closed, **{"adoption.peers": 0.0}))
    assert with_peers["aware_share"].iloc[-1] > 0.9
    assert without["aware_share"].nunique() == 1


def test_rotation_puts_other_people_into_the_same_positions() -> None:
    world = lived(4, **{"adoption.rotation": 0.95})
    now, before = world.state.officers, world.town.officers
    moved = now["person"] > 0
    assert moved.mean() > 0.5
    assert (now["post"] == before["post"]).all()
    assert (now["manner"][moved] != before["manner"][moved]).all()
    assert (now["manner"][~moved] == before["manner"][~moved]).all()
    assert (now["tick_since"][moved] >= 0).all()
    assert moved.sum() <= table(world)[["officers_moved", "officers_retired"]].to_numpy().sum()


def test_the_same_person_follows_whenever_the_first_one_leaves(quiet: Scenario) -> None:
    """A successor is keyed by position and person, so twins with other rotation meet the same people."""
    world = TrustModel(quiet, rng=7)
    w, before = world.w, world.state.officers.copy()
    w.set_field("tick", 18700)
    replace_officer(w, 3, 24204)
    early = world.state.officers.copy()
    world.state.officers[:] = before
    w.set_field("tick", 18900)
    replace_officer(w, 3, 24206)
    late = world.state.officers.copy()
    assert early[3]["tick_since"] != late[3]["tick_since"]
    assert early[3]["manner"] == late[3]["manner"] != before[3]["manner"]
    replace_officer(w, 3, 24206)
    assert early[3]["manner"] != world.state.officers[3]["manner"]


def test_couples_that_stay_move_less() -> None:
    moved = table(lived(6))["officers_moved"].sum()
    stable = table(lived(6, policies=["stable_couples"]))["officers_moved"].sum()
    assert 0 < stable + 1 < moved


def test_the_plateau_is_where_courses_and_turnover_balance() -> None:
    p = Adoption(academy=0.0, pool=0.0, pool_growth=0.0, retire=0.0).rows(1)[0]
    s, month = float(equilibrium_trained_share(p, 24204, 0.0)), float(monthly_probability(0.35))
    assert s * month == pytest.approx(6.0 * 0.75 / 1200.0)
    assert math.isnan(equilibrium_trained_share(Adoption().disabled().rows(1)[0], 24204, 0.1))
    assert equilibrium_trained_share(Adoption(rotation=0.0, retire=0.0).rows(1)[0], 24204, 0.1) == 1.0


@pytest.mark.thorough
def test_worlds_end_near_their_plateau() -> None:
    """Beyond the transient, over twenty seeds, the share trained is what the equation says."""
    shares, plateaus = [], []
    for rng in range(20):
        months = table(lived(9, rng=rng, **{"adoption.rotation": 0.95, "adoption.places": 50.0}))
        shares.append(months["trained_share"].iloc[-1])
        plateaus.append(months["trained_plateau"].iloc[-1])
    assert np.mean(shares) == pytest.approx(np.mean(plateaus), abs=0.08)


def test_training_takes_no_effect_on_treatment_when_its_link_is_cut(quiet: Scenario) -> None:
    alone = {"mechanisms.practices": False}
    assert not lived(1, **alone, **{"adoption.link_treatment": 0.0}).state.officers["tone"].any()
    tones = lived(1, **alone).state.officers["tone"]
    assert tones.any()
    assert ((tones >= 0.0) & (tones <= 0.3)).all()


def test_leads_with_the_habit_of_the_area_plan_more_visits_and_a_cut_link_takes_them_back() -> None:
    habit = {"practices.usual_area": 0.9, "practices.renew": 0.0, "practices.planned": 0.0, "patrol.plan_share": 0.1}
    freed, cut = (table(lived(1, **habit, **{"adoption.link_plan": x}, **NOBODY_MOVES)) for x in (1.0, 0.0))
    assert freed["visits_to_institutions"].sum() > 2.0 * cut["visits_to_institutions"].sum()


def test_pressure_for_arrests_takes_hours_from_operations_and_councils_give_them_back() -> None:
    pressed = {"pressure.level": 1.0, "practices.renew": 0.9, "adoption.busts": 1.0} | NOBODY_MOVES
    taken, returned = (table(lived(3, **pressed, **{"adoption.returned": x})) for x in (0.0, 1.0))
    assert taken["habit_area"].iloc[-1] < 0.7 * returned["habit_area"].iloc[-1]


def test_late_answers_are_explained_by_the_trained_only() -> None:
    slow = {"response.patience": 5.0, "reporting.intercept": 0.0, "adoption.explain": 0.5} | NOBODY_MOVES
    trained = table(lived(1, **slow, **{"plant.share_trained": 1.0}))
    nobody = table(
        lived(1, **slow, **{"plant.share_trained": 0.0, "adoption.places": 0.0, "adoption.donor_places": 0.0})
    )
    assert trained["explained"].sum() > 0
    assert nobody["explained"].sum() == 0


def test_residents_learn_more_from_an_officer_they_know(live) -> None:
    often = {"practices.usual_area": 0.99, "practices.renew": 0.0, "practices.planned": 1.0, "chief.weighs_work": 0}
    known, new = (live(MONTH, **often, **{"contacts.familiar": x}) for x in (2.0, 1.0))
    assert known.trust().sum() > new.trust().sum()


def test_switched_off_the_officers_stay_as_they_are() -> None:
    world = lived(6, **{"mechanisms.adoption": False, "mechanisms.misconduct": False})
    officers, before = world.state.officers, world.town.officers
    for column in ("person", "trained", "aware", "manner", "integrity"):
        assert (officers[column] == before[column]).all(), column
    on = lived(6).state.officers
    assert (on["person"] > 0).any()


def test_officers_who_look_for_causes_fill_forms_with_care_so_that_more_reaches_headquarters() -> None:
    habit = {"practices.usual_analysis": 0.9, "practices.renew": 0.0}
    everybody = {"reporting.intercept": 1.0} | habit | NOBODY_MOVES
    careful, cut = (table(lived(2, **everybody, **{"adoption.link_forms": x})) for x in (1.0, 0.0))
    assert careful["crimes_recorded"].sum() > cut["crimes_recorded"].sum()
