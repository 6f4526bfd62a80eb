"""The one rule by which an effect is told: ranks decide, from six twins on."""

import dataclasses
import itertools

import numpy as np
import pytest

from experiments.comparison.effect_verdicts import TOLD, VERDICTS, judge, sign_known
from experiments.statistics.hodges_lehmann import FEWEST, cut_off, middle
from experiments.statistics.paired_effects import paired

NOUGHT = [0.0] * 8


def effect_of(gaps):
    return paired([0.0] * len(gaps), list(gaps))


def test_one_odd_twin_of_eight_does_not_turn_what_is_told():
    one = effect_of([0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, -2.0])
    assert one.effect < 0.0 < one.typical < 0.15
    assert one.low < 0.0 < one.high
    assert judge(effect_of([0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 9.0])) == "rises"
    assert judge(effect_of([0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, -0.1])) == "rises"


@pytest.mark.parametrize(
    ("gaps", "known", "verdict"),
    [
        ([1.0, 2, 3, 4, 5, 6, 7, 8], None, "rises"),
        ([-1.0, -2, -3, -4, -5, -6, -7, -8], True, "falls"),
        ([1.0, -2, 3, -4, 5, -6, 7, -8], None, "open"),
        ([1.0, -2, 3, -4, 5, -6, 7, -8], False, "open"),
        (NOUGHT, None, "alike"),
        ([1.0, 2, 3, 4, 5, 6, 7, 8], False, "unknown"),
        ([1.0, 2, 3, 4, 5], None, "few"),
        ([1.0], None, "few"),
        ([float("nan")] * 8, None, "missing"),
    ],
)
def test_every_verdict_has_its_case(gaps, known, verdict):
    assert judge(effect_of(gaps), known) == verdict
    assert judge(None) == "missing"


def test_a_row_of_a_table_is_judged_like_the_effect():
    import pandas as pd

    one = effect_of([1.0, 2, 3, 4, 5, 6, 7, 8])
    assert judge(pd.Series(dataclasses.asdict(one))) == judge(one) == "rises"


@pytest.mark.parametrize("n", [6, 8, 11])
def test_the_interval_by_ranks_misses_nothing_in_at_most_one_of_twenty_assignments_of_signs(n):
    sizes = np.arange(1.0, n + 1.0)
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=n)))
    missed = sum(low > 0.0 or high < 0.0 for _, low, high in (middle(sizes * one, 0.95) for one in signs))
    assert 0.02 < missed / len(signs) <= 0.05


def test_below_the_fewest_no_interval_by_ranks_can_leave_one_sign():
    assert cut_off(FEWEST - 1, 0.95) < 0 <= cut_off(FEWEST, 0.95)


def test_every_verdict_has_a_sign_of_its_own_and_words_in_both_languages():
    assert len({one.sign for one in VERDICTS.values()}) == len(VERDICTS)
    assert all(one.es and one.en and one.es != one.en for one in VERDICTS.values())
    assert set(TOLD) < set(VERDICTS)


@pytest.mark.parametrize(
    ("n", "low", "high", "known"),
    [(3, 0.1, 2.0, True), (3, -0.1, 2.0, False), (3, 0.0, 0.0, False), (1, 0.1, 2.0, None)],
)
def test_a_sign_is_known_where_no_law_of_trust_gives_the_other_and_seeds_are_more_than_one(n, low, high, known):
    assert sign_known({"n": n, "low": low, "high": high, "none": 0, "cells": 20}) is known
    assert sign_known(None) is None
