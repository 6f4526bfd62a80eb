"""Effects by origin: parts sum to the effect, and fewer stops are never told as better treatment."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from experiments.comparison import origins
from experiments.comparison.origins import (
    BELIEFS,
    KINDS,
    NATION,
    NUMBER,
    QUALITY,
    REST,
    OriginsOfYear,
    effect_parts,
    origins_of_year,
)
from experiments.narrative.effect_sentences import origin_sentence, part_keys, part_name
from experiments.words.bilingual import LANGUAGES
from model.engine.causes import CAUSES
from model.trust.events import TOLD_OF_REQUEST
from model.trust.hearsay import AT_HOME_CAUSE, HEARSAY_CAUSE

AMOUNTS = st.just(0.0) | st.floats(1e-3, 1e3)
POINTS = st.floats(-1e3, 1e3)


def account(stops: float, points: float, trust: float = 40.0) -> OriginsOfYear:
    """Return an account with stops and what these leave in every belief, and nothing else."""
    kinds = [kind for some in KINDS.values() for kind in some]
    left = {(belief, kind): points * (kind == "stop") for belief in BELIEFS for kind in kinds}
    return OriginsOfYear(
        dict.fromkeys(BELIEFS, trust + points), {kind: stops * (kind == "stop") for kind in kinds}, left, 0.0
    )


@given(st.tuples(AMOUNTS, POINTS), st.tuples(AMOUNTS, POINTS))
def test_both_parts_sum_to_the_effect_and_change_sign_with_the_sides(
    base: tuple[float, float], arm: tuple[float, float]
) -> None:
    parts, back = origins.split_effect(base, arm), origins.split_effect(arm, base)
    scale = 1.0 + abs(parts[0]) + abs(base[1]) + abs(arm[1])
    assert sum(parts) == pytest.approx(arm[1] - base[1], abs=1e-9 * scale)
    assert np.array(parts) == pytest.approx(-np.array(back), abs=1e-9 * scale)


def test_half_as_many_stops_of_the_same_kind_are_no_better_treatment() -> None:
    parts = effect_parts(account(10.0, -4.0), account(5.0, -2.0))
    assert parts["trust", "treatment", NUMBER] == pytest.approx(2.0)
    assert parts["trust", "treatment", QUALITY] == parts["trust", REST, ""] == 0.0
    better = effect_parts(account(10.0, -4.0), account(10.0, -2.0))
    assert better["trust", "treatment", QUALITY] == pytest.approx(2.0)
    assert better["trust", "treatment", NUMBER] == 0.0


def test_a_kind_that_hardly_happened_before_counts_by_its_number() -> None:
    parts = effect_parts(account(0.0002, -0.007), account(0.0262, -0.216))
    assert parts["trust", "treatment", NUMBER] == pytest.approx(-0.214, abs=0.001)
    assert parts["trust", "treatment", QUALITY] < 0.006, "many more detentions are no better treatment"


def test_parts_of_each_belief_sum_to_its_effect_whatever_is_not_traced() -> None:
    base, arm = account(10.0, -4.0), account(7.0, -5.0, trust=43.0)
    parts = effect_parts(base, arm)
    for belief in BELIEFS:
        total = sum(value for key, value in parts.items() if key[0] == belief)
        assert total == pytest.approx(arm.levels[belief] - base.levels[belief])
        assert parts[belief, REST, ""] == pytest.approx(3.0)
    assert list(parts) == [key for belief in origins.BELIEFS for key in part_keys(belief)]
    assert ("fairness", NATION, "") not in parts


def test_every_cause_of_an_event_belongs_to_one_kind() -> None:
    placed = [name for kinds in KINDS.values() for names in kinds.values() for name in names]
    assert len(placed) == len(set(placed))
    elsewhere = {"death", "arrival", "departure", "forgetting_good", "forgetting_bad", "nation"}
    heard = {CAUSES[HEARSAY_CAUSE], CAUSES[AT_HOME_CAUSE], CAUSES[TOLD_OF_REQUEST]}
    assert set(placed) == set(CAUSES.values()) - elsewhere - heard


def test_an_account_is_the_mean_of_the_last_year_for_a_resident() -> None:
    months = pd.date_range("2017-01-01", periods=14, freq="MS")
    measures = pd.DataFrame({"month": months, "residents": 200.0, "trust_mean": 0.4})
    measures = measures.assign(fairness_mean=0.5, effectiveness_mean=0.3)
    traced = pd.DataFrame({"month": months, "origin": "stop", "lasting": 100.0, "trust": np.arange(14.0)})
    traced = traced.assign(fairness=2.0, effectiveness=-2.0)
    ledger = pd.DataFrame({"month": months, "cause": "nation", "change": 1.0})
    found = origins_of_year(measures, traced, ledger)
    assert found.events["stop"] == pytest.approx(0.5)
    assert found.points["trust", "stop"] == pytest.approx(100.0 * np.arange(2.0, 14.0).mean() / 200.0)
    assert found.points["effectiveness", "stop"] == pytest.approx(-1.0)
    assert found.events["talk"] == 0.0
    assert found.nation == pytest.approx(100.0 * np.arange(3.0, 15.0).mean() / 200.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_tells_fewer_stops_from_better_treatment(language: str) -> None:
    fewer = {"es": "menos registros", "en": "fewer stops"}[language]
    better = {"es": "mejor trato", "en": "better treatment"}[language]
    for stops, points, said in ((5.0, -2.0, fewer), (10.0, -2.0, better)):
        parts = effect_parts(account(10.0, -4.0), account(stops, points))
        rows = {origins.origin_key(*key): {"effect": value} for key, value in parts.items()}
        rows["events.stop"] = {"effect": stops - 10.0}
        sentence = origin_sentence(rows, lambda row: Markup(f"{row['effect']:+.2f}"))
        assert sentence is not None
        told = str(getattr(sentence, language))
        assert f"{said}" in told
        assert "+2.00" in told
        assert ({fewer, better} - {said}).pop() not in told
    assert origin_sentence({}, lambda row: Markup()) is None


def test_every_part_has_a_name_of_its_own() -> None:
    names = [part_name(group, part) for _, group, part in part_keys()]
    assert all(one != other for one, other in pairwise(sorted(str(name.en) for name in names)))
    assert all(one != other for one, other in pairwise(sorted(str(name.es) for name in names)))
