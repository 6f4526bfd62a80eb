"""Verdicts: one rule from effects to words, with corrections for many rows and for several laws of trust."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.comparison.effect_verdicts import sign_over_laws, with_verdict_columns
from experiments.comparison.headline_measures import PRIMARY_MEASURES
from experiments.figures.page_one import OUTCOMES
from experiments.statistics.paired_effects import paired, smallest_effect, t_quantile, unpaired
from experiments.statistics.power import MAX_PAIRS, SPREAD_FACTOR, NoPlan, pairs_needed, planned_spread
from experiments.statistics.rare_counts import MIN_DIFFERENT_PAIRS, rare_count
from experiments.statistics.thresholds import Scale, monthly_scale, threshold_rules
from experiments.statistics.verdicts import (
    ALPHA,
    CONCLUSIVE,
    INTERIM_LEVEL,
    MIN_RUNS,
    SAMPLE_SIZES,
    VERDICTS,
    WORLDS_RULES,
    benjamini_hochberg,
    corrected,
    corrected_together,
    direction,
    holm,
    is_settled,
    judge,
    sign_under_laws,
    verdict_over_worlds,
)
from experiments.words.bilingual import LANGUAGES

MAX_CELL = 7
"""Letters of a cell beside an effect: longer ones make a line of the printed table longer than 80."""
OF_PAIRS = ("rises", "rises_little", "nothing", "falls_little", "falls", "open", "few", "missing")
"""Verdicts that the printed table has."""
WIDE, LITTLE = [1.0, 2, 3, 4, 5, 6, 7, 8], [0.30, 0.31, 0.29, 0.30, 0.28, 0.32, 0.30, 0.30]


def effect_of(gaps, kind="points"):
    return paired([40.0] * len(gaps), [40.0 + gap for gap in gaps], scale=Scale(kind))


@pytest.mark.parametrize(
    ("gaps", "laws", "verdict"),
    [
        (WIDE, None, "rises"),
        ([-one for one in WIDE], "known", "falls"),
        (LITTLE, None, "rises_little"),
        ([-one for one in LITTLE], None, "falls_little"),
        ([0.0] * 8, None, "nothing"),
        ([0.02, -0.02] * 4, None, "nothing"),
        ([1.0, -2, 3, -4, 5, -6, 7, -8], None, "open"),
        (WIDE, "open", "open"),
        (WIDE, "turns", "turns"),
        (WIDE, "assumed", "assumed"),
        ([0.0] * 8, "open", "open"),
        (WIDE[: MIN_RUNS - 1], None, "few"),
        ([1.0], None, "few"),
        ([math.nan] * 8, None, "missing"),
    ],
)
def test_every_verdict_has_its_case(gaps, laws, verdict) -> None:
    one = effect_of(gaps)
    assert judge(one, laws) == verdict
    assert judge(pd.Series(dataclasses.asdict(one)), laws) == verdict
    assert judge(None) == "missing"


def test_an_effect_is_practically_nothing_only_if_its_whole_interval_lies_within_delta() -> None:
    one = effect_of([0.02, -0.02] * 4)
    assert judge(dataclasses.replace(one, delta=one.high * 1.001)) == "nothing"
    assert judge(dataclasses.replace(one, delta=one.high * 0.999)) == "open"


@pytest.mark.parametrize(
    ("low", "high", "adjusted", "laws", "verdict"),
    [
        (-0.5, 0.5, 0.9, None, "nothing"),
        (-0.501, 0.5, 0.9, None, "open"),
        (-0.5, 0.501, 0.9, None, "open"),
        (-0.5, 0.5, 0.9, "open", "open"),
        (0.0, 0.6, 0.01, None, "open"),
        (0.001, 0.6, ALPHA, None, "rises"),
        (0.001, 0.5, 0.01, None, "rises_little"),
        (0.001, 0.501, 0.01, "known", "rises"),
        (-0.5, -0.001, 0.01, None, "falls_little"),
        (-0.6, 0.0, 0.01, None, "open"),
        (-0.6, -0.001, ALPHA, None, "falls"),
        (0.001, 0.5, 0.01, "open", "open"),
        (0.001, 0.5, 0.06, None, "nothing"),
        (0.001, 0.6, 0.06, None, "open"),
        (0.001, 0.6, math.nan, None, "open"),
        (-0.5, 0.5, 0.9, "turns", "turns"),
    ],
)
def test_a_limit_on_a_threshold_is_within_it_and_one_on_zero_has_no_sign(low, high, adjusted, laws, verdict) -> None:
    one = dataclasses.replace(effect_of(WIDE), effect=(low + high) / 2.0, low=low, high=high, adjusted=adjusted)
    assert judge(dataclasses.replace(one, delta=0.5), laws) == verdict
    assert judge(dataclasses.replace(one, delta=0.5, n=MIN_RUNS - 1), laws) == "few"
    assert judge(dataclasses.replace(one, delta=math.nan, effect=math.nan), laws) == "missing"


def test_nothing_is_practically_nothing_where_no_threshold_is_known() -> None:
    one = dataclasses.replace(effect_of(WIDE), delta=math.nan)
    assert judge(one) == "rises"
    assert judge(dataclasses.replace(one, low=-0.001, high=0.001, adjusted=0.9)) == "open"


def test_a_row_that_does_not_survive_the_correction_is_open() -> None:
    assert judge(dataclasses.replace(effect_of(WIDE), adjusted=0.051)) == "open"
    assert judge(dataclasses.replace(effect_of(WIDE), adjusted=0.05)) == "rises"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_words_of_its_own_in_both_languages(language: str) -> None:
    assert len({getattr(one, language) for one in VERDICTS.values()}) == len(VERDICTS)
    assert all(0 < len(one.cell[language]) <= MAX_CELL for name, one in VERDICTS.items() if name in OF_PAIRS)
    assert all(set(one.label) == set(one.cell) == set(LANGUAGES) for one in VERDICTS.values())


def test_verdicts_have_the_direction_of_their_words() -> None:
    assert set(CONCLUSIVE) < set(VERDICTS)
    ways = {
        "rises": 1,
        "rises_little": 1,
        "falls": -1,
        "falls_little": -1,
        "nothing": 0,
        "open": 0,
        "turns": 0,
        "assumed": 0,
    }
    assert {name: direction(name) for name in ways} == ways


def test_rules_of_worlds_name_verdicts_and_the_last_one_always_holds() -> None:
    assert {rule.verdict for rule in WORLDS_RULES} <= set(VERDICTS)
    assert not WORLDS_RULES[-1].reached
    assert not WORLDS_RULES[-1].missed
    nothing_known = (math.nan,) * 3
    assert verdict_over_worlds(*nothing_known) == "unknown"
    assert verdict_over_worlds(0.05, 0.85, 0.1) == "unknown"
    assert verdict_over_worlds(0.04, 0.86, 0.1) == "falls_or_nothing"
    assert verdict_over_worlds(0.0, 0.9, 0.1) == "nothing"


def test_corrections_are_those_of_the_books() -> None:
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]
    ranked = [value * len(p) / rank for rank, value in enumerate(p, start=1)]
    stepped = [min(ranked[k:]) for k in range(len(p))]
    assert benjamini_hochberg(p) == pytest.approx(stepped)
    assert benjamini_hochberg([p[1], math.nan, p[0]])[[0, 2]] == pytest.approx([0.008, 0.002])
    assert math.isnan(benjamini_hochberg([math.nan])[0])
    assert holm([0.01, 0.04, 0.03, math.nan])[:3] == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_families_are_corrected_one_by_one() -> None:
    table = pd.DataFrame({"section": ["a", "b", "a"], "p": [0.04, 0.04, 0.9]}, index=[7, 3, 5])
    assert corrected(table, ["section"])["adjusted"].tolist() == pytest.approx([0.08, 0.04, 0.9])


def test_rows_without_a_p_value_or_a_family_are_corrected_among_the_others() -> None:
    families = {"section": ["a", None, "a", None, "a"], "site": ["x", "x", "x", "x", "y"]}
    table = pd.DataFrame(families | {"p": [0.03, 0.02, math.nan, 0.04, 0.01]}, index=[9, 7, 5, 3, 1])
    own = corrected(table, ["section", "site"])["adjusted"]
    assert own.dtype == float
    assert own.to_dict() == pytest.approx({9: 0.03, 7: 0.04, 5: math.nan, 3: 0.04, 1: 0.01}, nan_ok=True)
    assert corrected(pd.DataFrame(), ["section"]).empty


def test_p_values_are_at_most_one_and_unknown_ones_stay_unknown() -> None:
    assert holm([0.01, math.nan, 0.6, 0.02]) == pytest.approx([0.03, math.nan, 0.6, 0.04], nan_ok=True)
    assert holm([0.6, 0.7, 0.5]) == pytest.approx([1.0, 1.0, 1.0])
    assert list(holm([1, 0])) == [1.0, 0.0]
    assert len(holm([])) == len(benjamini_hochberg([])) == 0
    for correction in (holm, benjamini_hochberg):
        assert np.isnan(correction([math.nan, math.nan])).all()
        assert correction([math.nan, 0.04]) == pytest.approx([math.nan, 0.04], nan_ok=True)


def test_where_nothing_acts_hardly_any_family_has_a_false_discovery() -> None:
    rng = np.random.default_rng(2)
    p = stats.ttest_1samp(rng.normal(size=(400, 30, 8)), 0.0, axis=2).pvalue
    assert np.mean([(benjamini_hochberg(row) <= 0.05).any() for row in p]) < 0.08
    assert np.mean([(holm(row) <= 0.05).any() for row in p]) < 0.08
    assert np.mean([(row <= 0.05).any() for row in p]) > 0.5


def test_a_sign_is_known_only_if_every_law_leaves_it() -> None:
    assert sign_under_laws([1.0, 2.0, 0.5], [0.01, 0.05, 0.04]) == "known"
    assert sign_under_laws([1.0, 2.0, 0.5], [0.01, 0.05, 0.06]) == "open"
    assert sign_under_laws([-1.0, -2.0], [0.01, 0.01]) == "known"
    assert sign_under_laws([1.0, -2.0], [0.01, 0.01]) == "turns"
    assert sign_under_laws([1.0, -2.0], [0.01, 0.03]) == "open"
    assert sign_under_laws([1.0, 2.0], [ALPHA, ALPHA]) == "known"
    assert sign_under_laws([1.0, -2.0, 3.0], [ALPHA / 3.0, ALPHA / 3.0, 0.9]) == "turns"
    assert sign_under_laws([1.0, -2.0, 3.0], [ALPHA / 3.0, ALPHA / 2.9, 0.9]) == "open"
    assert sign_under_laws([1.0, 0.0], [0.01, 0.01]) == "open"
    assert sign_under_laws([-1.0, -2.0], [0.01, 0.9]) == "open"
    assert sign_under_laws([2.0, -2.0], [0.9, 0.9]) == "open"


def test_laws_say_nothing_with_too_few_runs_of_each() -> None:
    row = {"n": MIN_RUNS, "up": 2, "down": 0, "cells": 2, "sign": "known"}
    assert sign_over_laws(row) == "known"
    assert sign_over_laws(row | {"n": MIN_RUNS - 1}) is None
    assert sign_over_laws(None) is None
    old = {key: value for key, value in row.items() if key != "sign"}
    assert [sign_over_laws(old | more) for more in ({}, {"up": 1}, {"up": 1, "down": 1})] == ["known", "open", "turns"]


def test_thresholds_follow_from_the_file() -> None:
    assert Scale("counts").threshold(5000.0, 5200.0).delta == pytest.approx(104.0)
    rare = Scale("counts", years=2.0)
    assert rare.threshold(40.0, 30.0) == pytest.approx((2.0, 0.5))
    assert rare.threshold(0.0, 0.0) == pytest.approx((0.5, 0.25))
    assert rare.is_rare(99.0, 10.0)
    assert not rare.is_rare(10.0, 100.0)
    assert Scale("counts", per_year=12.0).threshold(1.0, 1.0).delta == pytest.approx(0.05)
    assert Scale("points_at_end").threshold(40.0, 40.0) == pytest.approx((0.5, 0.25))
    assert Scale("points", delta=2.0).threshold(40.0, 40.0) == pytest.approx((2.0, 0.5))
    assert monthly_scale("told_share", "share").threshold(0.2, 0.2) == pytest.approx((0.01, 0.0025))
    assert all(rule.en and rule.es for rule in threshold_rules().values())


def test_rare_counts_are_events_with_exact_limits() -> None:
    one = rare_count(paired([1.0, 0, 0, 0, 0, 0, 0, 0.5], [1.0, 0, 0.5, 0, 0, 0, 0, 0]), years=2.0)
    assert one is not None
    assert one[:3] == (3, 3, 2)
    known = stats.binomtest(2, 8).proportion_ci(0.95, "exact")
    assert one[3:] == pytest.approx((100 * known.low, 100 * known.high))
    assert rare_count(paired([0.0] * 8, [1.0] * 8), years=2.0) is None
    same = rare_count(paired([2.0], [2.0]), years=1.0)
    assert same == pytest.approx((2, 2, 0, 0.0, 97.5))


def test_a_count_is_told_as_events_while_few_pairs_differ() -> None:
    for differ, told in ((MIN_DIFFERENT_PAIRS - 1, True), (MIN_DIFFERENT_PAIRS, False)):
        ups, downs = differ - 2, 2
        arm = [1.0] * ups + [-1.0] * downs + [0.0] * (10 - differ)
        one = rare_count(paired([0.0] * 10, arm), years=1.0)
        assert (one is not None) is told
        if one is not None:
            known = stats.binomtest(differ, 10).proportion_ci(0.95, "exact")
            assert one == pytest.approx((0, ups - downs, differ, 100.0 * known.low, 100.0 * known.high))
    assert rare_count(unpaired([0.0] * 8, [1.0] * 8), years=1.0) is None
    assert rare_count(paired([], []), years=1.0) is None


def test_a_plan_takes_the_spread_of_a_pilot_with_caution() -> None:
    assert planned_spread(1.0, 0.1) == SPREAD_FACTOR
    assert planned_spread(0.01, 0.125) == 0.125
    n = pairs_needed(1.0, 0.5)
    power = stats.nct.sf(stats.t.ppf(0.975, n - 1), n - 1, 0.5 * math.sqrt(n))
    assert 0.78 < power < 0.83


def test_a_plan_is_the_least_number_of_pairs_that_shows_the_effect() -> None:
    for spread, size, power in ((1.0, 0.5, 0.8), (2.0, 0.5, 0.8), (1.0, 0.5, 0.95)):
        n = pairs_needed(spread, size, power)
        assert smallest_effect(spread, n, power) <= size < smallest_effect(spread, n - 1, power)
    assert pairs_needed(1.0, 100.0) == MIN_RUNS  # fewer would get no verdict
    assert judge(paired([0.0] * MIN_RUNS, [100.0] * MIN_RUNS, scale=Scale("points"))) == "rises"
    assert judge(paired([0.0] * (MIN_RUNS - 1), [100.0] * (MIN_RUNS - 1), scale=Scale("points"))) == "few"
    assert pairs_needed(1.0, smallest_effect(1.0, 17)) == 17
    least = smallest_effect(1.0, MAX_PAIRS)
    assert pairs_needed(1.0, least) == MAX_PAIRS
    with pytest.raises(NoPlan, match=r"^--plan 0\.00280159: more than 1,000,000 twins would be needed$") as raised:
        pairs_needed(1.0, least * (1.0 - 1e-9))
    assert raised.value.kind == "many"


def test_what_cannot_be_planned_is_told() -> None:
    with pytest.raises(
        NoPlan, match=r"^--plan needs a pilot of at least 2 twin worlds: give --replicates 2 or more$"
    ) as raised:
        pairs_needed(math.nan, 1.0)
    assert raised.value.kind == "pilot"
    with pytest.raises(
        NoPlan, match=r"^--plan 0\.25: no pair of the pilot's twins differs, so no number of twins can be planned$"
    ) as raised:
        pairs_needed(0.0, 0.25)
    assert raised.value.kind == "alike"


def test_looks_at_doublings_err_in_one_of_twenty_together() -> None:
    gaps = np.random.default_rng(4).normal(size=(4000, SAMPLE_SIZES[-1]))
    p = np.array([stats.ttest_1samp(gaps[:, :n], 0.0, axis=1).pvalue for n in SAMPLE_SIZES])
    assert 0.035 < (p <= INTERIM_LEVEL).any(axis=0).mean() < 0.065
    assert (p <= 0.05).any(axis=0).mean() > 0.1


def test_tables_of_earlier_versions_are_judged_by_the_same_rule() -> None:
    one = paired([40.0] * 8, [40.0 + gap for gap in WIDE])
    new = ("delta", "floor", "p", "adjusted", "undefined")
    kept = {name: value for name, value in dataclasses.asdict(one).items() if name not in new}
    table = pd.DataFrame([kept | {"measure": "trust_mean", "section": "headline"}])
    row = with_verdict_columns(table, 3.0).iloc[0]
    assert (row["delta"], row["floor"], row["p"]) == pytest.approx((0.5, 0.125, one.p))
    assert judge(row) == "rises"
    assert with_verdict_columns(with_verdict_columns(table, 3.0), 3.0).equals(with_verdict_columns(table, 3.0))


@pytest.mark.parametrize("correct", [benjamini_hochberg, holm])
def test_effects_are_corrected_together_and_otherwise_as_they_were(correct) -> None:
    effects = [effect_of(gaps) for gaps in (WIDE, [1.0, -2, 3, -4, 5, -6, 7, -8], [1.0, 2, 3, -4, 5, 6, 7, 8])]
    found = corrected_together(effects, correct)
    assert [one.adjusted for one in found] == pytest.approx(correct([one.p for one in effects]))
    assert [dataclasses.replace(one, adjusted=one.p) for one in found] == effects


def test_what_page_one_states_is_corrected_as_such() -> None:
    assert {one.measure for one in OUTCOMES} == set(PRIMARY_MEASURES)


def test_sampling_may_stop_once_told_at_the_level_of_a_look_or_surely_nothing() -> None:
    assert is_settled(effect_of(WIDE))
    assert not is_settled(effect_of([1.0, -2, 3, -4, 5, -6, 7, -8]))
    one = effect_of([0.02, -0.02] * 4)
    reach = stats.t.ppf(1.0 - INTERIM_LEVEL / 2.0, 7) * 0.125 / math.sqrt(8.0)
    assert is_settled(dataclasses.replace(one, delta=reach * 1.001))
    assert not is_settled(dataclasses.replace(one, delta=reach * 0.999))
    at_the_end = t_quantile(7, 1.0 - INTERIM_LEVEL) * max(one.error, one.floor / math.sqrt(8.0)) + abs(one.effect)
    assert is_settled(dataclasses.replace(one, delta=at_the_end))
    assert not is_settled(dataclasses.replace(effect_of(WIDE), p=0.03, delta=0.1))
    assert not is_settled(effect_of([math.nan] * 8))


@pytest.mark.parametrize(("effect", "error", "floor"), [(0.3, 0.2, 0.1), (-0.3, 0.2, 0.1), (-0.3, 0.01, 0.8)])
def test_sampling_may_stop_if_the_interval_of_the_level_lies_within_delta(effect, error, floor) -> None:
    one = dataclasses.replace(effect_of([0.0] * 16), effect=effect, error=error, floor=floor, p=0.5)
    for level in (INTERIM_LEVEL, 0.1):
        far = 0.3 + float(stats.t.ppf(1.0 - level / 2.0, 15)) * max(error, floor / 4.0)
        for delta, settled in ((far * 1.000001, True), (far * 0.999999, False), (math.nan, False)):
            assert is_settled(dataclasses.replace(one, delta=delta), level) is settled
            assert level != INTERIM_LEVEL or is_settled(dataclasses.replace(one, delta=delta)) is settled
    assert is_settled(dataclasses.replace(one, p=INTERIM_LEVEL, delta=0.0))
    assert not is_settled(dataclasses.replace(one, p=INTERIM_LEVEL + 1e-9, delta=0.0))
