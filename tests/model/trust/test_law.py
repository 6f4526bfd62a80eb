"""The law of trust in a town: it starts where the town's events hold it, and forgetting adds up by cause."""

from collections.abc import Callable

import numpy as np
import pytest

from experiments.dev.examinations.still import run_without_ageing
from model.engine.causes import CAUSES
from model.simulation.model import TrustModel
from model.simulation.start import INTERCEPT, steady_state_sum
from model.trust.belief_updating import trust_of
from model.trust.ledger import (
    ARRIVAL,
    DEATH,
    DEPARTURE,
    FORGETTING_BAD,
    FORGETTING_GOOD,
    NATION,
    REMEMBERED,
    STILL_FELT,
)
from model.world.month import GROUPS
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
SMALL = {"population.scale": 0.05}
BOOKKEEPING = (ARRIVAL, DEATH, DEPARTURE, FORGETTING_BAD, FORGETTING_GOOD, NATION)


def test_the_start_is_at_the_level_of_the_site_with_the_evidence_of_its_events() -> None:
    for level in (0.3, 0.6):
        world = TrustModel(load("villa_canales", set=SMALL | {"trust.level": level}), rng=3)
        minds, people = world.state.minds, world.town.people
        adults = (minds["gone"] < 0) & (world.tick // 3 - people["born"] >= 18 * 365.25)
        trust = [float(trust_of(one, 1.0)) for one in minds[adults]]
        assert np.mean(trust) == pytest.approx(level, abs=1e-5)
        assert minds["unfair_slow"][adults].mean() > 0.0 < minds["fair_slow"][adults].mean()


def test_a_level_that_cannot_be_had_is_left_at_the_nearest_end() -> None:
    heavy = {"trust.level": 0.98, "trust.harm": 3.0, "trust.asymmetry": 8.0, "trust.memory_years": 20.0}
    world = TrustModel(load("villa_canales", set=SMALL | heavy), rng=3)
    assert world.state[INTERCEPT][0] == 12.0


def test_a_lever_moves_trust_and_not_the_start() -> None:
    usual, fair = (
        TrustModel(load("villa_canales", set={"population.scale": 0.1} | turned), rng=3)
        for turned in ({}, {"contacts.fair": 6.0})
    )
    assert usual.state[INTERCEPT][0] == fair.state[INTERCEPT][0]
    for world in (usual, fair):
        world.run_for(12 * MONTH)
    assert fair.month_row["trust_mean"] > usual.month_row["trust_mean"] + 0.001


def test_the_past_is_made_of_the_years_of_others_and_in_the_long_run_holds_the_mean() -> None:
    group = np.repeat([0, 1], [5, 3])
    year = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0, 60.0])
    found = steady_state_sum(year, group, np.full(8, 0.5), 2)
    assert found[0] == pytest.approx(1.0 + 0.5 * 2.0 + 0.25 * 3.0 + 0.25 * 3.0)
    assert found[:5].mean() == pytest.approx(2.0 * 3.0)
    assert found[5:].mean() == pytest.approx(2.0 * 30.0)
    assert steady_state_sum(year, group, np.zeros(8), 1) == pytest.approx(year)


def test_newcomers_have_seen_what_their_like_have_seen() -> None:
    world = TrustModel(load("villa_canales", set=SMALL), rng=3)
    first = int(world.state.arrived[0])
    world.run_for(12 * MONTH)
    minds, come = world.state.minds, int(world.state.arrived[0])
    new = minds[first:come][minds["gone"][first:come] < 0]
    assert len(new) > 30
    assert 0.2 < new["failed_slow"].mean() / minds["failed_slow"][:first].mean() < 1.5


def test_forgetting_is_shared_out_between_the_causes_and_adds_up(live: Live) -> None:
    world = live(2 * MONTH, **{"calls.rate": 200})
    months, lived = world.ledger_months(), [cause for cause in CAUSES if cause not in BOOKKEEPING]
    for cause in CAUSES:
        own = months[months["cause"] == cause]
        remembered = world.state[REMEMBERED][cause].sum() - world.state.ledger[:, cause].sum() * (cause in lived)
        assert own["change"].sum() * (cause in lived) - own["forgotten"].sum() == pytest.approx(remembered, abs=1e-9)
    assert 0.0 < np.abs(months["forgotten"]).sum() < np.abs(months["change"]).sum()
    assert np.abs(world.state[STILL_FELT]).sum() > 0.0


@pytest.mark.slow
@pytest.mark.parametrize("site", ["villa_canales", "totonicapan"])
def test_a_closed_town_stands_still(site: str) -> None:
    scenario = load(site, set={"population.scale": 0.25}, policies=["closed_town"])
    world = run_without_ageing(scenario, 1, 10, lambda shifts: None)
    months = world.group_months()
    adults = months[months["group"] == list(GROUPS).index("adults")][:120]
    for belief in ("trust", "fairness", "effectiveness"):
        of_years = 100.0 * adults[belief].reshape(10, 12).mean(axis=1)
        assert abs(of_years[-3:].mean() - of_years[:3].mean()) < 0.5, belief
