"""The parts of the effect on trust by cause: they sum to it, for every place, time and way of telling."""

from pathlib import Path

import numpy as np
import pytest

from experiments.comparison.cause_effects import (
    CAUSE_NAMES,
    FORGETTING,
    MEMORY,
    MERGED_CAUSES,
    NATION,
    POPULATION,
    PlaceAndMonth,
    cause_effects,
    causes_since_start,
    change_since_start,
    contributions,
    monthly_contribution,
    monthly_trust,
    total_effect,
)
from experiments.comparison.decision_measures import changed_measures
from experiments.comparison.decision_outcomes import COLUMNS_NEEDED, TRUST
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import WorldResult, simulate_world

type Pairs = list[tuple[WorldResult, WorldResult]]
SMALL = ("population.scale=0.05",)
PLACES = [PlaceAndMonth(), PlaceAndMonth(month=5), PlaceAndMonth(0), PlaceAndMonth(1, 7)]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Return two pairs of worlds of a year, after a year of warm-up."""
    folder: Path = tmp_path_factory.mktemp("pairs")
    choice = Choice("villa_canales", changed_measures({"heavy_hand": 2, "visits": 2}), years=1, sets=SMALL)
    arms = runs_of(choice, folder)
    sides = ([simulate_world(spec, COLUMNS_NEEDED, lambda _: None) for spec in arm[:2]] for arm in arms)
    return list(zip(*sides, strict=True))


@pytest.mark.thorough
@pytest.mark.parametrize("net", [True, False], ids=["net", "gross"])
@pytest.mark.parametrize("where", PLACES, ids=str)
def test_all_parts_sum_to_the_trust_of_a_world_and_to_the_effect(pairs: Pairs, where: PlaceAndMonth, net: bool) -> None:
    for pair in pairs:
        for result in pair:
            assert sum(contributions(result, where, net).values()) == pytest.approx(
                monthly_trust(result, where)[where.month_slice].mean()
            )
    parts = cause_effects(pairs, where, net)
    total = total_effect(pairs, where).effect
    assert total
    assert sum(part.effect.effect for part in parts) == pytest.approx(total, abs=1e-5)


@pytest.mark.parametrize("net", [True, False], ids=["net", "gross"])
@pytest.mark.parametrize("where", PLACES, ids=str)
def test_all_parts_of_one_world_sum_to_its_change_since_the_start(
    pairs: Pairs, where: PlaceAndMonth, net: bool
) -> None:
    results = [base for base, _ in pairs]
    change = change_since_start(results, where)
    assert change.base == pytest.approx(np.mean([100.0 * trust_at_start(result, where) for result in results]))
    assert change.arm == pytest.approx(
        np.mean([monthly_trust(result, where)[where.month_slice].mean() for result in results])
    )
    parts = causes_since_start(results, where, net)
    assert sum(part.effect.effect for part in parts) == pytest.approx(change.effect, abs=1e-5)
    assert {part.name for part in parts if part.effect.base} == {POPULATION}


def trust_at_start(result: WorldResult, where: PlaceAndMonth) -> float:
    """Return mean trust (0-1) at the start."""
    residents, trust = result.places[:, 0] if where.settlement is None else result.places[:, 0, [where.settlement]]
    return float(trust.sum() / residents.sum())


def test_the_whole_is_the_headline_of_the_decision(pairs: Pairs) -> None:
    gaps = [TRUST.headline.of(arm.months) - TRUST.headline.of(base.months) for base, arm in pairs]
    assert total_effect(pairs, PlaceAndMonth()).effect == pytest.approx(np.mean(gaps), abs=1e-9)


def test_a_settlement_does_not_tell_who_called_or_paid(pairs: Pairs) -> None:
    names = {part.name for part in cause_effects(pairs, PlaceAndMonth(0))}
    assert not names & (set(MERGED_CAUSES) - set(MERGED_CAUSES.values()))
    assert {MEMORY, POPULATION, NATION} <= names
    everywhere = {part.name for part in cause_effects(pairs, PlaceAndMonth())}
    assert everywhere == {*CAUSE_NAMES, MEMORY, POPULATION} - {*FORGETTING, "arrival", "departure", "death"}


def test_the_mood_of_the_country_moves_both_worlds_alike_and_at_once(pairs: Pairs) -> None:
    for base, arm in pairs:
        moods = [monthly_contribution(result, NATION, PlaceAndMonth()) for result in (base, arm)]
        assert np.allclose(*moods, atol=0.05)
        assert np.abs(moods[0]).max() > 0.1


def test_forgetting_that_is_of_no_cause_is_not_memory_from_before(tmp_path: Path) -> None:
    """Without a year before the start there is nothing to forget at first; the part is there nevertheless."""
    choice = Choice("villa_canales", changed_measures({"heavy_hand": 2}), years=1, sets=(*SMALL, "calendar.warm_up=0"))
    arms = runs_of(choice, tmp_path)
    base, arm = (simulate_world(specs[0], COLUMNS_NEEDED, lambda _: None) for specs in arms)
    rest = next(part for part in cause_effects([(base, arm)], PlaceAndMonth()) if part.name == MEMORY)
    assert abs(rest.effect.effect) > 1e-4
