"""Effects and their intervals: known answers of scipy, ratios of sums, floors, draws × seeds."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from experiments.statistics.paired_effects import (
    crossed,
    error_of,
    interval,
    linearised,
    mean_interval,
    p_value,
    paired,
    smallest_effect,
    t_quantile,
    two_way_error,
    unpaired,
    variance_ratio,
    welch_freedom,
)
from experiments.statistics.thresholds import Scale, Threshold

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


def test_two_kinds_of_runs_that_differ_in_spread_and_number_have_the_freedom_of_welch() -> None:
    assert welch_freedom([1.0, 1.0], [5, 5]) == pytest.approx(8.0)
    assert welch_freedom([3.0, 1.0], [4, 11]) == pytest.approx(160.0 / 31.0)  # 1 / (0.75² / 3 + 0.25² / 10)
    assert welch_freedom([0.0, 0.0], [4, 11]) == welch_freedom([math.nan, 1.0], [4, 11]) == 13.0
    with pytest.raises(ValueError, match="argument 2 is longer"):
        welch_freedom([1.0], [4, 11])


def test_the_interval_of_independent_runs_has_the_floor_of_the_smaller_side() -> None:
    scale = Scale("counts", years=1.0)
    one = unpaired([4999.0, 5001.0] * 8, [5200.0, 5200.0, 5200.0, 5200.01], scale=scale)
    error = 26.0 / math.sqrt(4.0)
    assert (one.delta, one.floor) == pytest.approx((0.02 * one.arm, 0.005 * one.arm))
    freedom = stats.ttest_ind([5200.0, 5200.0, 5200.0, 5200.01], [4999.0, 5001.0] * 8, equal_var=False).df
    assert one.high - one.effect == pytest.approx(stats.t.ppf(0.975, freedom) * error, rel=1e-6)
    assert one.smallest == pytest.approx(sum(stats.t.ppf([0.975, 0.8], freedom)) * error, rel=1e-6)
    assert unpaired([5300.0, 5300.0], [5000.0, 5000.0], scale=scale).delta == pytest.approx(106.0)


def test_independent_runs_are_no_pairs() -> None:
    one = unpaired([1.0, 2.0, math.nan, 5.0], [(1.0, 2.0), (0.0, 0.0), (3.0, 4.0), (2.0, 1.0), (math.nan, 1.0)])
    assert (one.n, one.undefined, one.rose, one.fell, one.same, one.variance_ratio) == (3, 3, 0, 0, 0, 1.0)
    assert (one.base, one.arm) == pytest.approx((8.0 / 3.0, 6.0 / 7.0))
    assert (one.base_error, one.arm_error) == pytest.approx(
        (stats.sem([1.0, 2.0, 5.0]), error_of(linearised(np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 1.0]]))))
    )
    assert math.isnan(one.delta)
    assert one.floor == 0.0


def test_the_smallest_effect_of_pairs_is_seen_with_the_power_it_names() -> None:
    size = smallest_effect(1.0, 12)
    seen = stats.ttest_1samp(np.random.default_rng(3).normal(size, 1.0, (4000, 12)), 0.0, axis=1).pvalue < 0.05
    assert 0.77 < seen.mean() < 0.83


def test_the_smallest_effect_follows_from_the_quantiles_of_student() -> None:
    for n, power in ((2, 0.8), (10, 0.8), (10, 0.95)):
        known = (stats.t.ppf(0.975, n - 1) + stats.t.ppf(power, n - 1)) * 3.0 / math.sqrt(n)
        assert smallest_effect(3.0, n, power) == pytest.approx(known)
    assert smallest_effect(3.0, 10, freedom=4.0) == pytest.approx(
        sum(stats.t.ppf([0.975, 0.8], 4)) * 3.0 / math.sqrt(10)
    )
    assert all(map(math.isnan, (smallest_effect(1.0, 1), smallest_effect(0.0, 10), smallest_effect(math.nan, 10))))
    assert paired(list(BASE), list(ARM)).smallest == pytest.approx(smallest_effect(float((ARM - BASE).std(ddof=1)), 12))


def test_a_p_value_is_two_sided_and_unknown_without_freedom() -> None:
    assert p_value(-2.0, 1.0, 7) == p_value(2.0, 1.0, 7) == pytest.approx(2.0 * stats.t.sf(2.0, 7))
    assert p_value(1.0, 2.0, 0.5) == pytest.approx(2.0 * stats.t.sf(0.5, 0.5))
    assert (p_value(0.1, 0.0, 7), p_value(0.0, 0.0, 7)) == (0.0, 1.0)
    assert math.isnan(p_value(1.0, 1.0, 0))
    assert math.isnan(t_quantile(0))
    assert t_quantile(0.5) == pytest.approx(stats.t.ppf(0.975, 0.5))
    assert t_quantile(7, 0.9) == pytest.approx(stats.t.ppf(0.95, 7))


def test_pairs_lower_the_variance_by_what_they_have_in_common() -> None:
    known = (BASE.var(ddof=1) + ARM.var(ddof=1)) / (ARM - BASE).var(ddof=1)
    assert paired(list(BASE), list(ARM)).variance_ratio == pytest.approx(known)


def test_differences_of_rounding_are_none() -> None:
    one = paired([0.3, 0.3, 0.3, -0.3], [0.1 + 0.2, 0.3 + 1e-9, 0.3 - 1e-9, -0.1 - 0.2])
    assert (one.rose, one.fell, one.same) == (1, 1, 2)
    assert paired([0.3, 0.6], [0.1 + 0.2, 0.2 + 0.4]).effect == 0.0


def test_an_effect_is_settled_if_its_interval_leaves_one_sign() -> None:
    one = paired(list(BASE), list(ARM))
    for low, high, settled in ((0.1, 0.2, True), (-0.2, -0.1, True), (0.0, 0.2, False), (-0.2, 0.0, False)):
        assert dataclasses.replace(one, low=low, high=high).settled is settled


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


def test_numbers_stay_as_they_are_and_ratios_are_laid_round_the_ratio_of_sums() -> None:
    numbers = np.array([1e17, 0.1, -0.3])
    assert linearised(np.column_stack([numbers, np.ones(3)])).tolist() == numbers.tolist()
    # a ratio of 1, a mean denominator of 2: 1 + (1 - 2) / 2, 1 + (4 - 3) / 2, 1 + (1 - 1) / 2
    assert linearised(np.array([[1.0, 2.0], [4.0, 3.0], [1.0, 1.0]])).tolist() == [0.5, 1.5, 1.0]
    assert linearised(np.empty((0, 2))).tolist() == []


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
    assert paired([(1.0, 0.0), (1.0, 2.0)], [1.0, (1.0, 0.5)]).n == 1


def test_nothing_is_known_of_one_run_or_of_none() -> None:
    for one in (paired([1.0], [2.0]), paired([], [])):
        assert math.isnan(one.low)
        assert math.isnan(one.p)
        assert not one.settled
        assert math.isnan(one.smallest)
    one = paired([], [])
    assert all(map(math.isnan, (one.effect, one.base, one.arm, one.base_error, one.error, one.variance_ratio)))
    one = unpaired([1.0, 2.0, 3.0], [2.0])
    assert (one.n, one.effect, one.paired) == (1, 0.0, False)
    assert math.isnan(unpaired([], [1.0, 2.0]).error)
    ends = interval(1.0, 0.5, 1, Threshold(), freedom=3.0)
    assert all(math.isnan(ends[name]) for name in ("low", "high", "p", "smallest"))
    assert all(map(math.isnan, (one.arm_error, one.error, one.low, one.high, one.p)))


def test_the_error_over_draws_and_seeds_counts_the_residual_once() -> None:
    rng = np.random.default_rng(11)
    means, errors = [], []
    for _ in range(3000):
        table = 0.5 * rng.normal(size=(6, 1)) + 0.3 * rng.normal(size=(1, 6)) + rng.normal(size=(6, 6))
        means.append(table.mean())
        errors.append(two_way_error(table) ** 2)
    true = 0.25 / 6 + 0.09 / 6 + 1.0 / 36
    assert np.var(means) == pytest.approx(true, rel=0.08)
    assert np.mean(errors) == pytest.approx(true, rel=0.08)


def test_the_error_over_draws_and_seeds_is_that_of_the_two_way_table() -> None:
    # by hand: mean squares 9 of rows, 4 of columns, 1 of the residual, over four cells
    assert two_way_error(np.array([[1.0, 2.0], [3.0, 6.0]])) == pytest.approx(math.sqrt((9.0 + 4.0 - 1.0) / 4.0))
    # rows 12, columns 8, residual 2, over six cells
    assert two_way_error(np.array([[1.0, 2.0, 6.0], [3.0, 6.0, 6.0]])) == pytest.approx(math.sqrt(12.0 / 6.0))
    assert two_way_error(np.array([[0.0, 1.0], [1.0, 0.0]])) == 0.0
    for shape in ((1, 5), (5, 1)):
        assert math.isnan(two_way_error(np.ones(shape)))


@pytest.mark.parametrize("shape", [(3, 16), (16, 3)])
def test_the_floor_over_draws_and_seeds_is_that_of_the_shorter_side(shape: tuple[int, int]) -> None:
    base = np.random.default_rng(6).normal(40.0, 1.0, shape)
    one = crossed(base, base + 0.2, scale=Scale("points"))
    error = 0.125 / math.sqrt(3.0)
    assert one.error == pytest.approx(0.0, abs=1e-9)
    assert (one.low, one.high) == pytest.approx(
        (0.2 - stats.t.ppf(0.975, 2) * error, 0.2 + stats.t.ppf(0.975, 2) * error)
    )
    assert one.p == one.adjusted == pytest.approx(2.0 * stats.t.sf(0.2 / error, 2))
    assert one.smallest == pytest.approx(sum(stats.t.ppf([0.975, 0.8], 2)) * error)
    assert (one.delta, one.floor, one.n, one.rose) == (0.5, 0.125, 48, 48)
    assert (one.base_error, one.arm_error) == pytest.approx((two_way_error(base), two_way_error(base)))


def test_an_effect_over_draws_and_seeds_has_the_freedom_of_the_shorter_side() -> None:
    rng = np.random.default_rng(5)
    base, arm = rng.normal(size=(4, 7)), rng.normal(1.0, 1.0, (4, 7))
    one = crossed(base, arm)
    assert one.effect == pytest.approx((arm - base).mean())
    assert one.error == pytest.approx(two_way_error(arm - base))
    assert one.high - one.effect == pytest.approx(stats.t.ppf(0.975, 3) * one.error)
    assert (one.base_error, one.arm_error) == pytest.approx((two_way_error(base), two_way_error(arm)))
    assert (one.base, one.arm) == pytest.approx((base.mean(), arm.mean()))
    assert math.isnan(one.delta)


def test_the_interval_of_a_mean_is_scipys() -> None:
    ends = stats.ttest_1samp(BASE, 0.0).confidence_interval(0.95)
    assert mean_interval([*BASE, math.nan]) == pytest.approx((BASE.mean(), ends.low, ends.high))
    ends = stats.ttest_1samp(BASE[:2], 0.0).confidence_interval(0.95)
    assert mean_interval(list(BASE[:2])) == pytest.approx((BASE[:2].mean(), ends.low, ends.high))
    assert mean_interval([3.0, math.nan]) == pytest.approx((3.0, math.nan, math.nan), nan_ok=True)
    assert all(map(math.isnan, mean_interval([])))


def test_the_ratio_of_variances_has_no_end_where_pairs_leave_no_variance() -> None:
    assert variance_ratio(2.0, 0.5) == 4.0
    assert variance_ratio(0.5, 0.0) == math.inf
    assert math.isnan(variance_ratio(0.0, 0.0))
