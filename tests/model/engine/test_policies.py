import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from invented import only_here

from model.engine.errors import InputError
from model.engine.parameters import ParameterGroup
from model.engine.policies import changed_rows, check_policies, parameter_rows, turning_dates
from model.engine.scenario import Policy, PolicyEntry, Scenario, Settlement, TimeSpan

LEVER = {"role": "lever", "source": "assumed", "en": "Benches.", "title": {"en": "Benches", "es": "Bancas"}}
LINES = {
    "count": LEVER | {"value": 10, "unit": "benches", "range": [0, 100], "off": 0},
    "paint": LEVER | {"value": 0.5, "unit": "share", "range": [0, 1]},
}


@dataclass(frozen=True, init=False)
class Benches(ParameterGroup, lines=LINES):
    """Stands in for any mechanism with levers."""

    name = "benches"
    count: int
    paint: float


MADE_UP = only_here(Benches)


START = datetime.date(2017, 1, 1)
LATER = datetime.date(2018, 1, 1)
DAY = datetime.timedelta(days=1)


def place(name: str) -> Settlement:
    return Settlement(name=name, kind="town", x=None, y=None, weight=1.0, road=0, organised=0.5)


def entry(how: Any, value: float, *settlements: str, key: str = "count") -> PolicyEntry:
    return PolicyEntry(parameter=f"benches.{key}", how=how, value=value, settlements=settlements or None)


def plan(name: str, *entries: PolicyEntry, start: datetime.date | None = None, off: str = "") -> Policy:
    return Policy(name=name, entries=entries, start=start, off=frozenset([off] if off else []))


def town(*policies: Policy, off: str = "") -> Scenario:
    return Scenario(
        name="town",
        title={},
        start=START,
        groups={"benches": Benches()},
        outline=shapely.box(0, 0, 1, 1),
        lake=None,
        settlements=(place("Centro"), place("Norte")),
        facilities=(),
        policies=policies,
        off=frozenset([off] if off else []),
    )


def counts(scenario: Scenario, date: datetime.date = START) -> list[int]:
    return parameter_rows(scenario, "benches", date)["count"].tolist()


def test_without_policies_every_settlement_has_the_scenario_s_numbers():
    assert np.array_equal(parameter_rows(town(), "benches", START), Benches().rows(2))
    assert turning_dates(town()) == ()
    assert changed_rows(town(), START) == {}


def test_a_policy_begins_on_its_date_and_not_before():
    scenario = town(plan("a", entry("set", 20), start=LATER))
    assert counts(scenario, LATER - DAY) == [10, 10]
    assert counts(scenario, LATER) == [20, 20]
    assert turning_dates(scenario) == (LATER,)
    assert list(changed_rows(scenario, LATER)) == ["benches"]
    assert changed_rows(scenario, START) == {}


def test_a_policy_that_ends_leaves_the_numbers_as_they_would_be_without_it():
    limited = dataclasses.replace(plan("a", entry("set", 20), start=LATER, off="benches"), until=TimeSpan(14, "days"))
    scenario, end = town(limited, plan("b", entry("add", 3))), LATER + 14 * DAY
    assert turning_dates(scenario) == (START, LATER, end)
    assert [counts(scenario, date) for date in (LATER - DAY, LATER, end - DAY, end)] == [
        [13] * 2,
        [0] * 2,
        [0] * 2,
        [13] * 2,
    ]
    assert list(changed_rows(scenario, end)) == ["benches"]


def test_a_policy_must_end_after_it_begins():
    check_policies(town(dataclasses.replace(plan("a"), until=START + DAY)))
    with pytest.raises(
        InputError, match="policy 'a' must end after 2017-01-01, when it begins, got until = 2017-01-01"
    ):
        check_policies(town(dataclasses.replace(plan("a"), until=START)))


def test_a_policy_without_a_date_begins_with_the_reported_run():
    scenario = town(plan("a", entry("set", 20)))
    assert turning_dates(scenario) == (START,)
    assert counts(scenario, START - DAY) == [10, 10]


def test_no_policy_begins_within_the_warm_up():
    assert turning_dates(town(plan("a", entry("set", 20), start=START - 100 * DAY))) == (START,)


def test_an_entry_reaches_only_the_settlements_it_names():
    assert counts(town(plan("a", entry("set", 20, "Norte")))) == [10, 20]


def test_rows_follow_the_settlements_asked_for():
    scenario = town(plan("a", entry("set", 20, "Norte")))
    assert parameter_rows(scenario, "benches", START, ["Norte"])["count"].tolist() == [20]


def test_sets_come_before_factors_and_factors_before_sums():
    assert (
        counts(town(plan("a", entry("add", 1)), plan("b", entry("scale", 3)), plan("c", entry("set", 5)))) == [16] * 2
    )


@given(st.permutations([plan("a", entry("scale", 0.3)), plan("b", entry("scale", 7)), plan("c", entry("add", 3))]))
def test_the_order_in_which_policies_are_named_does_not_matter(policies):
    assert counts(town(*policies)) == [24, 24]


def test_a_later_set_replaces_an_earlier_one():
    scenario = town(plan("a", entry("set", 20), start=LATER), plan("b", entry("set", 30)))
    assert (counts(scenario), counts(scenario, LATER)) == ([30, 30], [20, 20])


def test_whole_numbers_stay_whole_by_rounding_to_the_nearest():
    assert counts(town(plan("a", entry("scale", 0.25)))) == [3, 3]


def test_a_mechanism_switched_off_stays_off_under_a_policy_that_uses_it():
    assert counts(town(plan("a", entry("set", 20)), off="benches")) == [0, 0]


def test_a_policy_can_switch_a_mechanism_off_from_a_date_on():
    scenario = town(plan("a", start=LATER, off="benches"))
    assert (counts(scenario), counts(scenario, LATER)) == ([10, 10], [0, 0])
    assert list(changed_rows(scenario, LATER)) == ["benches"]


def test_what_has_no_neutral_value_keeps_its_value_when_switched_off():
    scenario = town(plan("a", entry("set", 0.9, key="paint")), off="benches")
    assert parameter_rows(scenario, "benches", START)["paint"].tolist() == [0.9, 0.9]


def test_two_different_sets_for_one_place_and_date_are_refused_by_both_names():
    with pytest.raises(InputError, match=r"'a' and 'b' both set benches\.count"):
        check_policies(town(plan("a", entry("set", 20)), plan("b", entry("set", 30, "Norte"))))


@pytest.mark.parametrize(
    "policies",
    [
        (plan("a", entry("set", 20)), plan("b", entry("set", 20))),
        (plan("a", entry("set", 20, "Centro")), plan("b", entry("set", 30, "Norte"))),
        (plan("a", entry("set", 20)), plan("b", entry("set", 30), start=LATER)),
        (plan("a", entry("set", 20)), plan("b", entry("scale", 2))),
    ],
)
def test_policies_that_do_not_contradict_each_other_combine(policies):
    check_policies(town(*policies))


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        (
            (plan("a", entry("scale", 11)),),
            r"benches\.count must lie in \[0, 100\].*after all policies, got 110",
        ),
        (
            (plan("a", entry("set", 20, "Nortte")),),
            r"policy 'a': no settlement 'Nortte'; did you mean 'Norte'\?",
        ),
        ((plan("a"), plan("a", start=LATER)), "policy 'a' is named twice"),
    ],
)
def test_policies_that_cannot_be_are_refused(policies, message):
    with pytest.raises(InputError, match=message):
        check_policies(town(*policies))
