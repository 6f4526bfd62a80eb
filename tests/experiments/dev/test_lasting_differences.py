"""What surveys measure of lasting differences, found again in a town in which it was planted."""

from collections.abc import Callable

import numpy as np
import pytest

from experiments.validation.lasting_differences import (
    AGAINST_HOUSEHOLDS,
    differences_table,
    intraclass_correlation,
    survey_answers,
    targets_table,
)
from model.engine.calendar import YEAR
from model.simulation.model import TrustModel
from model.town.crime_kinds import BURGLARY, ROBBERY
from model.world.shift_events import Incident

Live = Callable[..., TrustModel]


def test_victims_and_settlements_differ_by_what_was_planted(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    world, rng = live(0), np.random.default_rng(1)
    minds, people = world.state.minds, world.town.people
    victim = rng.random(len(minds)) < 0.2
    minds["harmed"] = np.where(victim, world.tick, -1)
    minds["harmed_outside"] = -1
    place = np.where(people["settlement"] == 0, 0.04, -0.04)
    trust = 0.5 + place - 0.1 * victim + 0.02 * people["female"] + rng.normal(0.0, 0.05, len(minds))
    monkeypatch.setattr(world, "trust", lambda: trust)
    found = differences_table(world).to_pylist()[0]
    adult = (minds["gone"] < 0) & ((world.tick // 3 - people["born"]) / 365.25 >= 18.0)
    trusts = 100.0 * (survey_answers(world, adult) >= 5)
    raw = trusts[victim[adult]].mean() - trusts[~victim[adult]].mean()
    assert found["victims"] == pytest.approx(raw)
    assert raw < -3.0
    assert found["victims_controlled"] == pytest.approx(raw, abs=2.0)
    assert 0.5 < found["settlements"] < 10.0


def test_victims_of_more_than_a_year_ago_are_none(live: Live) -> None:
    world = live(0)
    world.state.minds["harmed"] = world.tick - YEAR
    world.state.minds["harmed"][::2] = world.tick
    world.state.minds["harmed_outside"] = -1
    assert abs(differences_table(world).to_pylist()[0]["victims"]) < 4.0


def test_targets_are_persons_or_households_of_the_last_year(live: Live) -> None:
    world = live(0)
    household = world.town.people["household"]
    first, second = np.flatnonzero(household == household[0])[:2]
    rows = np.zeros(5, Incident.dtype)
    rows["victim"], rows["tick"] = [first, second, first, second, first], world.tick
    rows["kind"] = [BURGLARY, BURGLARY, ROBBERY, ROBBERY, ROBBERY]
    rows["tick"][-1] = world.tick - YEAR
    found = {(row["kind"], row["target"]): row["crimes"] for row in targets_table(world, rows).to_pylist()}
    assert found == {("burglary", int(household[0])): 2, ("robbery", int(first)): 1, ("robbery", int(second)): 1}
    assert BURGLARY in AGAINST_HOUSEHOLDS


def test_answers_that_do_not_depend_on_the_place_have_no_intraclass_correlation() -> None:
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(20), 200)
    assert abs(intraclass_correlation(rng.normal(size=4000), groups)) < 0.01
    planted = rng.normal(size=4000) + 0.2 * rng.normal(size=20)[groups]
    assert intraclass_correlation(planted, groups) == pytest.approx(0.04, abs=0.025)
