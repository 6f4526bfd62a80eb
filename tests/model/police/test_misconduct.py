"""Bribe requests: what leads to them, what stays hidden, what is answered."""

import math

import numpy as np
import pandas as pd
import pytest

from model.engine.random_streams import keyed_uniform, stream_id
from model.police.misconduct import Misconduct, asks_for_bribe
from model.simulation.model import TrustModel
from model.trust.events import SCANDAL
from scenarios import load

MONTH = 93
SCALE = {"population.scale": 0.1, "calendar.warm_up": 0}
ALL_ASK = {"misconduct.base": 3.0, "misconduct.integrity": 0.0}


def world_of(months: int, rng: int = 7, **changes) -> TrustModel:
    world = TrustModel(load("villa_canales", set=SCALE | changes), rng=rng)
    world.run_for(months * MONTH)
    return world


def table(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def scandals(world: TrustModel) -> float:
    """Change of trust by misconduct that came out."""
    rows = world.ledger_months()
    return float(rows["change"][rows["cause"] == SCANDAL].sum())


def chance(offers: float = 0.0, penury: float = 0.0, custom: float = 0.0, integrity: float = 0.75, **numbers) -> float:
    """Chance of asking, found by halving the random number that decides it."""
    p, officer = Misconduct(**numbers).rows(1)[0], np.array([(integrity,)], [("integrity", "f8")])[0]
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if asks_for_bribe(officer, offers, penury, custom, p, middle) else (low, middle)
    return low


def test_offers_and_colleagues_raise_the_hazard_and_integrity_and_control_lower_it() -> None:
    usual = chance()
    assert chance(offers=1.0) == pytest.approx(usual * math.exp(0.5))
    assert chance(custom=1.0) == pytest.approx(usual * math.exp(0.5))
    assert chance(integrity=1.0) == pytest.approx(usual * math.exp(-1.0))
    assert chance(control=0.9) < usual < chance(control=0.0, channel=0.0)


def test_penury_may_raise_the_hazard_or_lower_it() -> None:
    with_penury, without = (chance(penury=x) for x in (1.0, 0.0))
    assert with_penury == pytest.approx(without * math.exp(0.3))
    low = Misconduct(penury=-0.5).rows(1)[0]
    honest = np.array([(0.75,)], [("integrity", "f8")])[0]
    between = without * math.exp(-0.25)
    assert asks_for_bribe(honest, 0.0, 0.0, 0.0, low, between)
    assert not asks_for_bribe(honest, 0.0, 1.0, 0.0, low, between)


def test_requests_are_about_as_many_as_the_orders_of_magnitude_say() -> None:
    quarter = {"population.scale": 0.25}
    months = [table(world_of(4, rng=rng, **quarter)) for rng in range(3)]
    per_head = 12.0 * np.mean([run["bribes"].mean() / run["residents"].mean() for run in months])
    assert 2500.0 < 155422 * per_head < 12000.0  # the order of magnitude is that of the census population


def test_custom_is_the_share_of_colleagues_who_asked_in_the_last_quarter() -> None:
    world = world_of(2, **ALL_ASK)
    while world.date.day != 1 or world.tick % 3 != 0:
        world.run_for(1)
    officers, means = world.state.officers, world.state.facility_resources
    recent = (officers["asked"] >= 0) & (world.tick - 1 - officers["asked"] < 273)
    for facility in np.unique(officers["facility"]):
        own = officers["facility"] == facility
        # Who came this month-end has never asked: custom is taken down before they come.
        newcomers = (officers["tick_since"] == world.tick - 1) & own
        assert means["custom"][facility] * own.sum() == pytest.approx(recent[own].sum(), abs=newcomers.sum() + 1e-9)
    assert recent.any()


def test_most_requests_never_become_public_and_a_public_one_costs_those_who_hear_of_it_trust() -> None:
    quiet = world_of(1, **ALL_ASK, **{"misconduct.public": 0.0, "misconduct.files": 0.0, "misconduct.channel": 0.0})
    loud, louder = (
        world_of(1, **ALL_ASK, **{"misconduct.public": 0.002, "misconduct.surfaces": 1.0, "misconduct.heard": heard})
        for heard in (0.2, 0.4)
    )
    assert table(quiet)["public_cases"].sum() == scandals(quiet) == 0.0
    cases = table(loud)["public_cases"].sum()
    assert 0 < cases < 0.2 * table(loud)["bribes"].sum()
    assert scandals(louder) < 1.5 * scandals(loud) < 0.0


def test_twins_who_meet_otherwise_share_their_public_cases() -> None:
    changes = ALL_ASK | {"misconduct.public": 0.0002}
    one, other = (table(world_of(6, **changes, **{"patrol.visits_motor": visits})) for visits in (9, 10))
    assert one["bribes"].sum() != other["bribes"].sum()
    assert one["public_cases"].sum() > 0
    assert (one["public_cases"] == other["public_cases"]).all()


def test_a_case_comes_out_when_what_was_expected_reaches_the_next_drawn_number() -> None:
    world = world_of(6, **ALL_ASK, **{"misconduct.public": 0.002})
    expected, following, n_cases = world.state.cases_due
    drawn = [keyed_uniform(world.seed, stream_id("goes public"), 0, case, 0) for case in range(200)]
    sums = np.cumsum([-math.log(1.0 - u) for u in drawn])
    assert 1 < n_cases == np.searchsorted(sums, expected, side="right")
    assert following == pytest.approx(sums[int(n_cases)])
    assert n_cases >= table(world)["public_cases"].sum() > 0


def test_a_channel_outside_brings_complaints_and_they_are_answered() -> None:
    silent = table(world_of(2, **ALL_ASK, **{"misconduct.files": 0.0, "misconduct.channel": 0.0}))
    heard = table(world_of(2, **ALL_ASK, **{"misconduct.channel": 1.0, "misconduct.answered": 1.0}))
    assert silent["complaints_police"].sum() == 0
    assert heard["complaints_police"].sum() > 0
    assert (heard["complaints_answered"] == heard["complaints_police"]).all()


def test_who_is_found_out_is_suspended_and_another_person_takes_the_position() -> None:
    stay = {"adoption.rotation": 0.0, "adoption.retire": 0.0}
    strict = {"misconduct.caught": 1.0, "misconduct.control": 0.5, "misconduct.detection": 0.0}
    world = world_of(1, **ALL_ASK, **stay, **strict)
    suspended = table(world)["suspended"].sum() + world.state.tally[0]["suspended"]
    assert suspended == world.state.officers["person"].sum() > 0


def test_internal_control_lowers_requests_in_twins() -> None:
    weak, strong = (table(world_of(3, **{"misconduct.control": x}))["bribes"].sum() for x in (0.0, 0.9))
    assert strong < 0.5 * weak


def test_switched_off_nobody_asks() -> None:
    months = table(world_of(2, **{"mechanisms.misconduct": False}))
    assert months[["bribes", "public_cases", "complaints_police", "suspended"]].to_numpy().sum() == 0
