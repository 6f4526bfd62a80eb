"""Every ready policy does what its name says, from a date on, and two that contradict each other are refused."""

import datetime
from collections.abc import Callable

import pandas as pd
import pytest
from states import reread

import scenarios
from model.engine.errors import InputError
from model.engine.policies import parameter_rows
from model.simulation.model import TrustModel
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
TOUCHES = {
    "mopsic_full": {"adoption", "practices", "plans", "pressure", "patrol", "consultation", "resources", "problems"},
    "mopsic_realistic": {"adoption", "consultation", "practices"},
    "practice_team": {"adoption", "practices"},
    "practice_area": {"practices"},
    "practice_analysis": {"practices", "plans", "resources", "problems"},
    "practice_follow_up": {"practices"},
    "training_only": {"adoption"},
    "resources_only": {"resources", "roster"},
    "reporting_support": {"response", "seeking_help", "reporting"},
    "multicultural": {"communal_authority", "seeking_help", "contacts"},
    "hotspots_only": {"plans"},
    "stable_couples": {"adoption"},
    "heavy_hand": {"heavy_hand", "pressure"},
    "gaming_meetings": {"consultation", "practices"},
    "gaming_routes": {"patrol"},
    "gaming_responses": {"response"},
    "gaming_forms": {"information", "plans"},
}
"""The groups of levers that each policy of one idea touches, and no others."""
MOVES = {
    "mopsic_full": ("officers_trained", 1),
    "training_only": ("officers_trained", 1),
    "mopsic_realistic": ("officers_trained", 1),
    "practice_team": ("habit_team", 1),
    "practice_area": ("habit_area", 1),
    "practice_analysis": ("problems_right", 1),
    "practice_follow_up": ("habit_follow", 1),
    "resources_only": ("km_available", 1),
    "reporting_support": ("complaints_filed", 1),
    "multicultural": ("police_stepped_in", -1),
    "hotspots_only": ("visits_on_post", 1),
    "stable_couples": ("officers_moved", -1),
    "heavy_hand": ("army_visits", 1),
    "everything": ("officers_trained", 1),
    "gaming_meetings": ("requests_answered", -1),
    "gaming_routes": ("visits_on_paper", 1),
    "gaming_responses": ("unserved_paper", 1),
    "gaming_forms": ("forms", 1),
}
"""A count that each policy raises or lowers by itself."""
BUSY = {
    "crime.armed": 40,
    "crime.thieves": 40,
    "reporting.intercept": -1.5,
    "communal_authority.reach": 1.0,
    "communal_authority.days": 0,
    "communal_authority.presence": 1.0,
    "communal_authority.waits": 0.5,
    "consultation.meetings": 30.0,
}


def entries(name: str) -> dict[str, tuple[str, float]]:
    """Return what a ready policy does to each lever."""
    return {one.parameter: (one.how, one.value) for one in scenarios.policies()[name].policy.entries}


@pytest.fixture(scope="module")
def usual(live: Live) -> pd.Series:
    return live(4 * MONTH, **BUSY).datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def test_all_policies_of_the_contract_are_there() -> None:
    assert {"status_quo", "everything", *TOUCHES} <= set(scenarios.policies())


def test_a_policy_touches_the_levers_of_its_idea_and_no_others(subtests: pytest.Subtests) -> None:
    for name, groups in TOUCHES.items():
        with subtests.test(name=name):
            assert {key.partition(".")[0] for key in entries(name)} == groups


def test_everything_together_does_what_its_parts_do() -> None:
    whole = entries("everything")
    for part in ("mopsic_full", "training_only", "resources_only", "reporting_support", "multicultural"):
        for key, done in entries(part).items():
            if key != "adoption.permanence":  # couples stay as under stable_couples
                assert whole[key] == done, (part, key)
    assert whole["adoption.permanence"] == entries("stable_couples")["adoption.permanence"]


@pytest.mark.parametrize("name", sorted(MOVES))
def test_a_policy_moves_its_own_process(name: str, live: Live, usual: pd.Series) -> None:
    count, sign = MOVES[name]
    world = live(4 * MONTH, policies=[name], **BUSY)
    found = world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)
    assert sign * (found[count] - usual[count]) > 0, (count, found[count], usual[count])
    assert reread(world)["tick"] == world.tick


def test_a_policy_begins_on_its_date_for_all_settlements(subtests: pytest.Subtests) -> None:
    date, plain = datetime.date(2018, 5, 1), load("villa_canales")
    day_before, names = date - datetime.timedelta(days=1), [one.name for one in plain.settlements]
    for name in (*TOUCHES, "everything"):
        with subtests.test(name=name):
            dated = load("villa_canales", policies=[f"{name}@2018-05-01"])
            for group in {key.partition(".")[0] for key in entries(name)}:
                before, after = (parameter_rows(dated, group, day, names) for day in (day_before, date))
                assert (before == parameter_rows(plain, group, day_before, names)).all()
                changed = [key for key in before.dtype.names or () if (before[key] != after[key]).any()]
                for key in changed:
                    assert (before[key] != after[key]).all(), f"{group}.{key}"
                assert changed, group


@pytest.mark.parametrize(("one", "other"), [("mopsic_full", "stable_couples"), ("mopsic_realistic", "gaming_meetings")])
def test_two_policies_that_contradict_each_other_are_refused_by_both_names(one: str, other: str) -> None:
    with pytest.raises(InputError) as found:
        load("villa_canales", policies=[one, other])
    assert one in str(found.value)
    assert other in str(found.value)
