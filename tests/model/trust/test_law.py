"""The law of trust: evidence counts by surprise, ages in two memories, and starts where the town's events hold it."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from experiments.execution.trust_accounts import Law
from experiments.validation.closed_town import ClosedTown, drift, run_closed_town
from model.engine.causes import CAUSES
from model.simulation.model import TrustModel
from model.simulation.start.rules import steady_state_sum
from model.simulation.start.schema import INTERCEPT
from model.trust.belief_updating.rules import (
    add_evidence,
    decay_bad,
    decay_good,
    retained_share,
    retained_share_fast,
    trust_of,
)
from model.trust.belief_updating.schema import EVIDENCE_COLUMNS
from model.trust.ledger.schema import (
    ARRIVAL,
    DEATH,
    DEPARTURE,
    FORGETTING_BAD,
    FORGETTING_GOOD,
    NATION,
    REMEMBERED,
    STILL_FELT,
    Trust,
)
from model.world.columns import ResidentState
from model.world.shift_events import Impression
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
SMALL = {"population.scale": 0.05}
BOOKKEEPING = (ARRIVAL, DEATH, DEPARTURE, FORGETTING_BAD, FORGETTING_GOOD, NATION)
P = Trust().rows(1)


def mind(disposition: float = 0.5) -> np.ndarray:
    """One resident without evidence, who trusts as disposed."""
    one = np.zeros(1, ResidentState.dtype)
    one["disposed_fairness"] = one["disposed_effectiveness"] = disposition
    one["calm"] = 1.0
    return one


def seen(quality: float, weight: float = 0.3, fast: float = 0.5) -> np.ndarray:
    """One impression, which says the same of both beliefs."""
    one = np.zeros(1, Impression.dtype)
    one["quality_f"] = one["quality_e"] = quality
    one["weight_f"] = one["weight_e"] = weight
    one["fast"] = fast
    return one


def after(one: np.ndarray, *impressions: np.ndarray, p: np.ndarray = P) -> float:
    """Trust after these impressions."""
    for impression in impressions:
        add_evidence(one[0], impression[0], p[0])
    return float(trust_of(one[0], 1.0))


def test_no_evidence_is_the_disposition_and_the_moods_odds_multiply() -> None:
    assert after(mind(0.3)) == pytest.approx(0.3)
    assert float(trust_of(mind(0.3)[0], math.exp(-0.4))) == pytest.approx(1 / (1 + math.exp(-0.4) * 0.7 / 0.3))


def test_what_surprises_teaches_more_and_what_is_expected_little() -> None:
    good = [after(mind(d), seen(1.0)) - d for d in (0.2, 0.5, 0.8)]
    assert good[0] > good[1] > good[2] > 0.0
    bad = [after(mind(d), seen(0.0)) - d for d in (0.2, 0.5, 0.8)]
    assert 0.0 > bad[0] > bad[1] > bad[2]
    assert after(mind(0.7), seen(0.7)) == pytest.approx(0.7)


def test_evidence_stiffens_and_ages_so_that_learning_recovers() -> None:
    fresh, tired = mind(), mind()
    for _ in range(8):
        add_evidence(tired[0], seen(0.5, fast=0.0)[0], P[0])
    gains = [after(one.copy(), seen(1.0)) - float(trust_of(one[0], 1.0)) for one in (fresh, tired)]
    assert gains[1] < 0.5 * gains[0]
    for fade in (decay_good, decay_bad):
        fade(tired[0], 0.0, retained_share(3 * 365 * 6.0, 2.0))
    later = after(tired.copy(), seen(1.0)) - float(trust_of(tired[0], 1.0))
    assert gains[1] < later < gains[0]


def test_the_order_in_which_a_shift_is_lived_through_does_not_matter() -> None:
    impressions = [seen(1.0, 0.2, 0.9), seen(0.0, 0.5, 0.0), seen(0.7, 0.1, 0.5)]
    found = [after(mind(0.4), *order) for order in itertools.permutations(impressions)]
    assert max(found) - min(found) < 1e-15


def test_forgetting_at_once_is_forgetting_step_by_step() -> None:
    once, often = mind(), mind()
    for one in (once, often):
        add_evidence(one[0], seen(0.2)[0], P[0])
    for fade in (decay_good, decay_bad):
        fade(once[0], retained_share_fast(90.0, 21.0), retained_share(90.0, 2.0))
        for _ in range(90):
            fade(often[0], retained_share_fast(1.0, 21.0), retained_share(1.0, 2.0))
    for name in EVIDENCE_COLUMNS:
        assert often[name] == pytest.approx(once[name], rel=1e-12)


@pytest.mark.parametrize("asymmetry", [1.0, 3.0, 5.0])
def test_asymmetry_weighs_what_is_bad_and_nothing_else(asymmetry: float) -> None:
    p = P.copy()
    p["asymmetry"] = asymmetry
    one = mind()
    after(one, seen(0.0, 0.3, 0.0), seen(1.0, 0.2, 0.0), p=p)
    assert one["unfair_slow"][0] == pytest.approx(0.3 * asymmetry / 3.0)
    assert one["fair_slow"][0] == pytest.approx(0.2)


def test_nobody_is_ever_wholly_sure() -> None:
    for quality in (0.0, 1.0):
        trust = after(mind(), *[seen(quality, 3.0) for _ in range(1000)])
        assert 0.0 < trust < 1.0


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
    first = int(world.state.come[0])
    world.run_for(12 * MONTH)
    minds, come = world.state.minds, int(world.state.come[0])
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
    found = run_closed_town(ClosedTown(site, Law(), seed=1, years=10, scale=0.25), lambda shifts: None)
    assert all(abs(drift([found], what).value) < 0.5 for what in ("trust", "fairness", "effectiveness"))
