"""M26: a crisis costs fairness where people rise, and silences their boards for months."""

import dataclasses
import datetime
from collections.abc import Callable

import numpy as np

from model.engine.scenario import DatedEvent
from model.politics.crises import CRISIS_CAUSE, MECHANISM
from model.simulation.model import TrustModel
from scenarios import load

Live = Callable[..., TrustModel]
SMALL = {"population.scale": 0.05, "calendar.warm_up": 0, "crises.rate": 0.0, "crises.joins": 0.0}


def october_2012(**changes: object) -> TrustModel:
    """Let a small Totonicapán live from September to November 2012."""
    world = TrustModel(load(MECHANISM.knockout.site, start="2012-09-30", set=SMALL | changes), rng=5)
    world.run_for(3 * 63)
    return world


def test_a_dated_crisis_costs_fairness_and_meetings_where_people_rise() -> None:
    world, calm = october_2012(), october_2012(**{"mechanisms.crises": False})
    months = world.datacollector.get_model_vars_dataframe()
    assert months["crises"].tolist() == [1.0, 0.0]
    assert months["crisis_crowd"].iloc[0] > 20
    rows = world.ledger_months()
    assert rows["change"][rows["cause"] == CRISIS_CAUSE].sum() < -1.0
    assert months["fairness_mean"].iloc[0] < calm.datacollector.get_model_vars_dataframe()["fairness_mean"].iloc[0]
    risen = world.state.boards["risen"] == 1
    assert 0 < risen.sum() < len(risen)
    assert (world.state.boards["silent_until"][risen] > world.tick).all()
    assert (world.state.boards["silent_until"][~risen] == 0).all()


def test_silent_boards_hold_no_meetings() -> None:
    world = october_2012(**{"consultation.meetings": 52.0, "crises.silence": 24.0})
    risen = world.state.boards["risen"] == 1
    crisis = 3 * (np.datetime64("2012-10-04") - np.datetime64("2000-01-01")).astype(int)
    assert (world.state.boards["met"][risen] < crisis).all()
    assert (world.state.boards["met"][~risen] >= crisis).any()
    assert world.datacollector.get_model_vars_dataframe()["meetings_silenced"].sum() > 0


def test_crises_at_random_have_the_rate_of_the_site(live: Live) -> None:
    world = live(93, **{"crises.rate": 12.0, "crises.crowd": 0.0})
    assert 0 < world.month_row["crises"] < 6


def test_switched_off_there_are_none() -> None:
    calm = october_2012(**{"mechanisms.crises": False, "crises.rate": 12.0})
    on = october_2012(**{"consultation.meetings": 52.0})
    months, other = (one.datacollector.get_model_vars_dataframe() for one in (calm, on))
    for name in MECHANISM.knockout.measures:
        assert months[name].sum() == 0
        assert other[name].sum() > 0


def test_one_more_crisis_that_nobody_lives_through_changes_no_other_draw() -> None:
    plain = load(MECHANISM.knockout.site, start="2012-09-30", set=SMALL)
    empty = DatedEvent(name="a crisis of nobody", start=datetime.date(2012, 10, 1), crisis=1e-12)
    more = dataclasses.replace(plain, timeline=tuple(sorted((*plain.timeline, empty), key=lambda one: one.start)))
    lives = [TrustModel(scenario, rng=3) for scenario in (plain, more)]
    for world in lives:
        world.run_for(3 * 30)
    assert [world.state.tally["crises"] for world in lives] == [1.0, 2.0]
    assert lives[0].state.tally["crisis_crowd"] == lives[1].state.tally["crisis_crowd"] > 0.0
    assert np.array_equal(lives[0].state.minds, lives[1].state.minds)
    assert np.array_equal(lives[0].state.boards["risen"], lives[1].state.boards["risen"])
