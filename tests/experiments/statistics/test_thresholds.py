"""Thresholds: which rule a measure follows, and delta and floor computed by hand."""

import math

import pytest

from experiments.statistics.thresholds import (
    CRITERION,
    FEWEST_HOMICIDES,
    Scale,
    Threshold,
    are_too_few,
    larger_size,
    monthly_scale,
)


@pytest.mark.parametrize(
    ("measure", "unit", "threshold"),
    [
        ("trust_mean", "0-1", (0.005, 0.00125)),
        ("trust_mean", "0-100", (0.5, 0.125)),
        ("c1", "0-1", (0.05, 0.0125)),
        ("accountability", "0-100", (5.0, 1.25)),
        ("told_share", "share", (0.01, 0.0025)),
        ("told_share", "%", (1.0, 0.25)),
        ("wait", "minutes", (1.0, 0.25)),
        ("wait", "hours", (0.4, 0.1)),  # 2 % of 20
        ("residents", "people", (0.4, 0.1)),
        ("crimes_occurred", "crimes", (0.4, 0.1)),  # 240 a year
        ("homicides", "deaths", (0.4, 0.1)),
    ],
)
def test_a_monthly_measure_follows_the_rule_of_its_name_then_of_its_unit(measure, unit, threshold) -> None:
    assert monthly_scale(measure, unit).threshold(20.0, 10.0) == pytest.approx(threshold)
    own = monthly_scale(measure, unit, 0.3).threshold(20.0, 10.0)
    assert own == pytest.approx((0.3, 0.3 * threshold[1] / threshold[0]))


def test_a_rare_monthly_count_has_the_thresholds_of_its_year() -> None:
    assert monthly_scale("homicides", "deaths").threshold(0.5, 1.0) == pytest.approx((0.05, 0.5 / 12.0))
    assert monthly_scale("homicides", "deaths").threshold(1.0, 8.0) == pytest.approx((0.4, 0.1))
    assert Scale("counts", per_year=12.0, years=2.0).threshold(1.0, 1.0) == pytest.approx((0.05, 0.5 / 24.0))
    assert Scale("counts", per_year=0.5, years=2.0).threshold(4.0, 4.0) == pytest.approx((1.0, 0.5))
    assert monthly_scale("homicides", "deaths").kind == "counts"


def test_a_threshold_set_before_the_run_takes_the_place_of_the_rule() -> None:
    assert Scale("counts", delta=50.0).threshold(5000.0, 4000.0) == pytest.approx((50.0, 12.5))
    assert Scale("counts", years=2.0, delta=0.2).threshold(10.0, 8.0) == pytest.approx((0.2, 0.25))
    assert Scale("points", delta=0.0).threshold(40.0, 41.0) == (0.0, 0.0)


def test_a_count_is_rare_below_a_hundred_a_year_on_both_sides() -> None:
    assert Scale("counts").is_rare(99.9, 0.0)
    assert not Scale("counts").is_rare(0.0, 100.0)
    assert Scale("counts", per_year=12.0).is_rare(8.0, 8.0)
    assert not Scale("counts", per_year=12.0).is_rare(8.0, 9.0)
    assert not Scale("amounts").is_rare(1.0, 1.0)


def test_the_larger_side_is_that_of_the_larger_size() -> None:
    assert (larger_size(-5.0, 3.0), larger_size(2.0, -1.0), larger_size(math.nan, 4.0), larger_size(4.0, math.nan)) == (
        5.0,
        2.0,
        4.0,
        4.0,
    )
    assert larger_size(math.nan, math.nan) == 0.0
    assert Scale("amounts").threshold(-50.0, 10.0) == pytest.approx((1.0, 0.25))


def test_nothing_is_known_of_a_measure_without_a_scale() -> None:
    assert math.isnan(Threshold().delta)
    assert Threshold().floor == 0.0


def test_a_criterion_responds_from_its_threshold_on_and_stands_within_its_error() -> None:
    assert [CRITERION.responds(change) for change in (0.029, 0.03, -0.03)] == [False, True, False]
    assert CRITERION.is_unchanged(0.02, 0.001)
    assert not CRITERION.is_unchanged(0.021, 0.001)
    assert CRITERION.is_unchanged(0.021, 0.0105)
    assert CRITERION.is_unchanged(math.nan, 0.0)


def test_homicides_alone_can_be_too_few_for_a_statement() -> None:
    below, enough = FEWEST_HOMICIDES - 0.01, FEWEST_HOMICIDES
    assert are_too_few("homicides", below)
    assert not are_too_few("homicides", enough)
    assert not are_too_few("crimes_occurred", below)
