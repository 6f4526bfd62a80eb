"""The slow reference model in tests/oracle and the fast model must live through the same events, one by one."""

import datetime
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from model.simulation.registry import TABLES
from model.town.town import build_town
from oracle.comparison import assert_ledger_balances, live_together
from oracle.small_towns import ASKED, DEADLY, GIVEN, TORN, merged, own_groups, seeds, small_scenario, towns
from oracle.state import FIELDS, GROWING, PER
from oracle.town import PlainTown

DECIDERS = ("cliques", "deliberation", "mayor", "chief", "seeking_help")

ELSEWHERE = {"ledger"}
"""Tables that are compared by a function of their own."""

CALM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same towns in every run; the message of a difference says enough without a search for the smallest."""


@settings(CALM, max_examples=4)
@given(town=towns, seed=seeds)
def test_the_twin_keeps_its_books_and_trust_stays_between_0_and_1(town: dict[str, Any], seed: int) -> None:
    scenario = small_scenario(**town)
    plain = PlainTown(scenario, build_town(scenario), seed)
    for _ in range(15):
        plain.step()
        # a disposition of 40 or more, which numbers from all over their ranges bring about, is trust of 1 in a float
        assert all(0.0 <= resident.trust <= 1.0 for resident in plain.residents)
        for resident in plain.residents:
            for evidence in (resident.on_fairness, resident.on_effectiveness):
                assert all(0.0 <= count < math.inf for count in evidence.columns())
    assert_ledger_balances(plain)


def test_the_twin_without_officers_arrests_nobody() -> None:
    scenario = small_scenario(officers=(0,))
    town = PlainTown(scenario, build_town(scenario), 3)
    for _ in range(15):
        town.step()
        assert sum(visit.couple is not None for visit in town.visits) == 0
        assert len(town.arrests) == 0


def test_the_twin_repeats_itself() -> None:
    scenario = small_scenario()
    tables = build_town(scenario)
    one, other = PlainTown(scenario, tables, 5), PlainTown(scenario, tables, 5)
    for _ in range(9):
        one.step()
        other.step()
        assert one.trace() == other.trace()


def test_every_table_has_a_twin_or_a_reason() -> None:
    compared = {*PER, *GROWING, *FIELDS, *ELSEWHERE}
    tables = {table.name: table.exempt.strip() for table in TABLES}
    assert sorted(compared - set(tables)) == []
    assert sorted(name for name, reason in tables.items() if name not in compared and not reason) == []
    assert sorted(name for name, reason in tables.items() if name in compared and reason) == []


@pytest.mark.thorough
@settings(CALM, max_examples=6)
@given(town=towns, seed=seeds, shifts=st.integers(12, 60))
def test_small_towns_live_the_same_events_in_both_models(town: dict[str, Any], seed: int, shifts: int) -> None:
    live_together(small_scenario(**town), seed, shifts)


@pytest.mark.slow
@settings(CALM, max_examples=200)
@given(town=towns, seed=seeds, shifts=st.integers(12, 60))
def test_two_hundred_other_towns_live_the_same_events_in_both_models(
    town: dict[str, Any], seed: int, shifts: int
) -> None:
    live_together(small_scenario(**town), seed, shifts)


def test_a_town_at_half_its_size_lives_the_same_weeks_in_both_models() -> None:
    counts = live_together(
        small_scenario(residents=1600, scale=0.5, officers=(44, 18, 9), roads=(0, 1, 2), cliques=(0, 0)), 3, 30
    )
    assert counts["visits"] > 500


def test_who_was_harmed_and_dies_in_the_same_shift_learns_nothing_any_more() -> None:
    live_together(small_scenario(residents=500, changes=DEADLY), 7, 40)


def end_of(group: str, end: str) -> dict[str, float]:
    """Return the lowest or the highest values that a group may have."""
    about = own_groups()[group].parameter_specs()
    return {name: getattr(one, end) for name, one in about.items()}


def leaning(end: str) -> dict[str, dict[str, float]]:
    """Move every strength of those who decide a tenth of the way to the lowest or the highest that it may have."""
    moved: dict[str, dict[str, float]] = {}
    for name in DECIDERS:
        group, goal = own_groups()[name], end_of(name, end)
        strengths = [
            key for key, about in group.parameter_specs().items() if about.role == "behaviour" and about.off is None
        ]
        for key in strengths:
            value = getattr(group(), key)
            moved.setdefault(name, {})[key] = type(value)(value + 0.1 * (goal[key] - value))
    return moved


@pytest.mark.parametrize("end", ["low", pytest.param("high", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "changes", [TORN, ASKED, pytest.param(GIVEN, marks=pytest.mark.slow)], ids=["torn", "asked", "given"]
)
def test_other_strengths_of_who_decides_are_the_same_in_both_models(
    changes: Mapping[str, Mapping[str, float]], end: str
) -> None:
    start = datetime.date(2015, 11, 28) if changes is GIVEN else datetime.date(2016, 12, 28)
    live_together(small_scenario(residents=250, start=start, changes=merged(leaning(end), changes)), 3, 110)


@pytest.mark.parametrize("weights", ["low", "high"])
@pytest.mark.parametrize("memory", ["low", "high"])
def test_the_ends_of_the_law_of_trust_are_the_same_in_both_models(weights: str, memory: str) -> None:
    lasts = {name: value for name, value in end_of("trust", memory).items() if name in ("memory_years", "fast_days")}
    changes = {
        "trust": end_of("trust", weights) | lasts,
        "hearsay": end_of("hearsay", weights),
        "fear": end_of("fear", weights) | {"memory": end_of("fear", memory)["memory"]},
        "contacts": {name: value for name, value in end_of("contacts", weights).items() if name.startswith("weight")},
    }
    live_together(small_scenario(residents=300, changes=changes), 5, 24)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_town_begins_alike_after_a_year_of_warm_up(share: float) -> None:
    live_together(
        small_scenario(residents=250, start=datetime.date(2018, 1, 30), wildness=(5, share), warm_up=1), 3, 60
    )


@pytest.mark.slow
@settings(CALM, max_examples=150)
@given(town=towns, seed=seeds)
def test_many_towns_live_the_same_events_over_two_month_ends(town: dict[str, Any], seed: int) -> None:
    start = town["start"].replace(day=28)
    live_together(small_scenario(**town | {"start": start}), seed, 105)
