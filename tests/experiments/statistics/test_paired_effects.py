"""Effects and their intervals: known answers of scipy, ratios of sums, floors, draws × seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.paired_effects import (
    crossed,
    error_of,
    linearised,
    mean_interval,
    paired,
    smallest,
    two_way_error,
    unpaired,
    variance_ratio,
)
from experiments.statistics.thresholds import Scale

RUNS = np.random.default_rng(7)
BASE = RUNS.normal(40.0, 2.0, 12)
ARM = BASE + RUNS.normal(0.8, 1.0, 12)


def test_a_paired_effect_is_scipys_paired_t_test() -> None:
    one, known = paired(list(BASE), list(ARM)), stats.ttest_rel(ARM, BASE)
    ends = known.confidence_interval(0.95)
    assert one.effect == pytest.approx((ARM - BASE).mean())
    assert one.error == pytest.approx(stats.sem(ARM - BASE))
    assert (one.low, one.high) == pytest.approx((ends.low, ends.high))
    assert one.p == one.adjusted == pytest.approx(known.pvalue)
    assert (one.base, one.base_error) == pytest.approx((BASE.mean(), stats.sem(BASE)))
    assert (one.arm, one.arm_error) == pytest.approx((ARM.mean(), stats.sem(ARM)))
    assert (one.rose, one.fell, one.same) == ((ARM > BASE).sum(), (ARM < BASE).sum(), 0)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_an_unpaired_effect_is_scipys_welch_test(n: int) -> None:
    one, known = unpaired(list(BASE), list(ARM[:n])), stats.ttest_ind(ARM[:n], BASE, equal_var=False)
    ends = known.confidence_interval(0.95)
    assert one.effect == pytest.approx(ARM[:n].mean() - BASE.mean())
    assert (one.low, one.high) == pytest.approx((ends.low, ends.high))
    assert one.p == pytest.approx(known.pvalue)
    assert one.n == min(n, len(BASE))
    assert not one.paired


def test_the_smallest_effect_of_independent_runs_is_in_the_unit_of_the_effect() -> None:
    one, freedom = unpaired(list(BASE), list(ARM)), stats.ttest_ind(ARM, BASE, equal_var=False).df
    assert one.smallest == pytest.approx((stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom)) * one.error)


def test_the_smallest_effect_of_pairs_is_seen_with_the_power_it_names() -> None:
    size = smallest(1.0, 12)
    seen = stats.ttest_1samp(np.random.default_rng(3).normal(size, 1.0, (4000, 12)), 0.0, axis=1).pvalue < 0.05
    assert 0.77 < seen.mean() < 0.83


def test_an_interval_has_at_least_the_spread_of_the_floor() -> None:
    scale = Scale("points")
    quiet = paired([40.0] * 9, [40.0] * 8 + [40.001], scale=scale)
    reach = stats.t.ppf(0.975, 8) * 0.125 / 3.0
    assert (quiet.low, quiet.high) == pytest.approx((quiet.effect - reach, quiet.effect + reach))
    assert quiet.floor == 0.125
    assert quiet.error < 0.001
    loud = paired(list(BASE), list(ARM), scale=scale)
    assert (loud.low, loud.high) == pytest.approx(stats.ttest_rel(ARM, BASE).confidence_interval(0.95))


def test_runs_that_are_all_alike_have_an_interval_of_the_floor_and_no_certainty() -> None:
    one = paired([2.0] * 8, [2.0] * 8, scale=Scale("counts", years=1.0))
    assert one.low < 0.0 < one.high
    assert (one.p, one.same) == (1.0, 8)
    assert not one.settled


def test_shares_are_ratios_of_sums_with_the_spread_of_a_ratio() -> None:
    tops, bottoms = np.array([1.0, 9.0, 20.0, 2.0]), np.array([10.0, 30.0, 50.0, 40.0])
    values = linearised(np.column_stack([tops, bottoms]))
    ratio = tops.sum() / bottoms.sum()
    assert values.mean() == pytest.approx(ratio)
    cochran = math.sqrt(((tops - ratio * bottoms) ** 2).sum() / 3.0 / 4.0) / bottoms.mean()
    assert error_of(values) == pytest.approx(cochran)
    one = paired(*([(times * top, down) for top, down in zip(tops, bottoms, strict=True)] for times in (1.0, 2.0)))
    assert (one.base, one.effect) == pytest.approx((ratio, ratio))
    assert one.rose == 4


def test_pairs_without_a_value_on_one_side_are_left_out_and_counted() -> None:
    base = [(1.0, 2.0), (0.0, 0.0), (3.0, 4.0), (math.nan, 1.0)]
    arm = [(2.0, 2.0), (1.0, 1.0), (3.0, 4.0), (1.0, 1.0)]
    one = paired(base, arm)
    assert (one.n, one.undefined, one.rose, one.same) == (2, 2, 1, 1)
    assert one.base == pytest.approx(4.0 / 6.0)
    assert unpaired([1.0, 2.0, math.nan], [1.0, 3.0]).undefined == 1


def test_nothing_is_known_of_one_run_or_of_none() -> None:
    for one in (paired([1.0], [2.0]), paired([], [])):
        assert math.isnan(one.low)
        assert math.isnan(one.p)
        assert not one.settled


def test_the_error_over_draws_and_seeds_counts_the_residual_once() -> None:
    luck = np.random.default_rng(11)
    means, errors = [], []
    for _ in range(3000):
        table = 0.5 * luck.normal(size=(6, 1)) + 0.3 * luck.normal(size=(1, 6)) + luck.normal(size=(6, 6))
        means.append(table.mean())
        errors.append(two_way_error(table) ** 2)
    true = 0.25 / 6 + 0.09 / 6 + 1.0 / 36
    assert np.var(means) == pytest.approx(true, rel=0.08)
    assert np.mean(errors) == pytest.approx(true, rel=0.08)


def test_an_effect_over_draws_and_seeds_has_the_freedom_of_the_shorter_side() -> None:
    luck = np.random.default_rng(5)
    base, arm = luck.normal(size=(4, 7)), luck.normal(1.0, 1.0, (4, 7))
    one = crossed(base, arm)
    assert one.effect == pytest.approx((arm - base).mean())
    assert one.error == pytest.approx(two_way_error(arm - base))
    assert one.high - one.effect == pytest.approx(stats.t.ppf(0.975, 3) * one.error)
    assert math.isnan(two_way_error(base[:1]))


def test_the_interval_of_a_mean_is_scipys() -> None:
    ends = stats.ttest_1samp(BASE, 0.0).confidence_interval(0.95)
    assert mean_interval([*BASE, math.nan]) == pytest.approx((BASE.mean(), ends.low, ends.high))


def test_the_ratio_of_variances_has_no_end_where_pairs_leave_no_variance() -> None:
    assert variance_ratio(2.0, 0.5) == 4.0
    assert math.isinf(variance_ratio(2.0, 0.0))
    assert math.isnan(variance_ratio(0.0, 0.0))
