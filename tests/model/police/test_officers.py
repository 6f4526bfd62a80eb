"""The officers' side of trust: what moves their states and what these do."""

import numpy as np
import pandas as pd
import pytest

from model.police.officers import Officers, makes_planned_visit, mean_state
from model.simulation.model import TrustModel
from scenarios import load

MONTH = 93
SCALE = {"population.scale": 0.1, "calendar.warm_up": 0}
STAY = {"adoption.rotation": 0.0, "adoption.retire": 0.0, "mechanisms.misconduct": False}
NOTHING = {f"officers.{name}": 0.0 for name in ("warmth", "meeting", "friendly", "attack", "load", "night")}
STATES = ["faith", "motivation", "safety", "stress"]


def world_of(months: int, **changes) -> TrustModel:
    world = TrustModel(load("villa_canales", set=SCALE | STAY | changes), rng=7)
    if months:
        world.run_for(months * MONTH)
    return world


def states(**changes) -> pd.Series:
    """Mean of every state after two months."""
    officers = world_of(2, **NOTHING | changes).state.officers
    return pd.Series({name: officers[name].mean() for name in STATES})


def table(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def test_officers_begin_at_their_dispositions_and_nothing_moves_them_without_a_cause() -> None:
    start = world_of(0)
    assert not any(start.state.officers[name].any() for name in STATES)
    assert (states() == 0.0).all()


@pytest.mark.parametrize(
    ("cause", "size", "moved"),
    [
        ("meeting", 1.0, {"faith": 1, "safety": 1}),
        ("friendly", 0.01, {"motivation": 1}),
        ("attack", 1.0, {"safety": -1, "stress": 1}),
        ("load", 0.1, {"stress": 1}),
        ("night", 0.05, {"stress": 1}),
    ],
)
def test_each_cause_moves_its_own_states(cause: str, size: float, moved: dict[str, int]) -> None:
    busy = {"consultation.meetings": 50, "crime.lethal_robbery": 0.05, "reporting.intercept": -1.0}
    found = states(**busy, **{f"officers.{cause}": size})
    assert {name: int(np.sign(value)) for name, value in found.items() if value} == moved


def test_officers_trust_a_community_that_trusts_them() -> None:
    friendly, cold = (states(**{"officers.warmth": 0.02, "trust.level": x})["faith"] for x in (0.9, 0.1))
    assert cold < 0.0 < friendly


def test_a_state_fades_to_the_disposition_by_its_half_life() -> None:
    world = world_of(0, **NOTHING, **{"officers.months": 2.0})
    world.state.officers["stress"] = 1.0
    world.run_for(31 * 3)
    assert world.state.officers["stress"] == pytest.approx(np.full(len(world.state.officers), 2.0**-0.5))


def test_stress_and_lost_faith_make_treatment_less_fair() -> None:
    strained, calm = world_of(0, **NOTHING), world_of(0, **NOTHING)
    strained.state.officers["stress"], strained.state.officers["faith"] = 2.0, -2.0
    for world in (strained, calm):
        world.run_for(60)
    assert strained.state.officers["tone"].max() < calm.state.officers["tone"].min()
    assert strained.state.tally["unfair"].sum() > calm.state.tally["unfair"].sum()


def test_motivation_and_felt_safety_decide_which_planned_visits_are_made() -> None:
    p = Officers(kept=0.0).rows(1)[0]
    lead = np.zeros(1, [("motivation", "f8"), ("safety", "f8")])
    assert makes_planned_visit(lead[0], p) == 0.5
    lead["motivation"] = 1.0
    keen = makes_planned_visit(lead[0], p)
    lead["safety"] = -1.0
    assert keen > makes_planned_visit(lead[0], p) > 0.5
    idle, busy = table(world_of(1, **{"officers.kept": 0.0})), table(world_of(1, **{"officers.kept": 10.0}))
    assert idle["visits"].sum() < 0.7 * busy["visits"].sum()
    assert idle["planned"].sum() == busy["planned"].sum()


def test_an_officer_who_speaks_the_language_treats_people_more_fairly_where_it_is_spoken() -> None:
    everybody = {"plant.share_kiche": 1.0, "plant.share_trained": 0.0, "resources.joint_patrols": 0.0} | NOTHING
    spoken = world_of(0, **everybody, **{"contacts.spoken": 0.5})
    spoken.run_for(1)
    assert spoken.state.officers["tone"] == pytest.approx(np.full(len(spoken.state.officers), 0.15))


def test_means_are_told_from_0_to_1_around_the_disposition() -> None:
    assert mean_state(np.zeros(3), 0.45) == pytest.approx(0.45)
    assert 0.45 < mean_state(np.array([0.0, 2.0]), 0.45) < 1.0
    assert np.isnan(mean_state(np.zeros(0), 0.45))


def test_switched_off_the_states_are_frozen_and_every_planned_visit_is_made() -> None:
    world = world_of(2, **{"mechanisms.officers": False})
    assert not any(world.state.officers[name].any() for name in STATES)
    assert table(world)["officers_stress"].nunique() == 1
    on = world_of(2)
    assert on.state.officers["stress"].any()
    assert table(on)["visits"].sum() < table(world)["visits"].sum()
