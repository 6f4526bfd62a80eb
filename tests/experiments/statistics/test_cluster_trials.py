"""Trials of places: sizes of tests, coverage and bias with an invented effect, exact tests, and detectable effects."""

import itertools

import numpy as np
import pytest

from experiments.statistics.cluster_trials import (
    ESTIMATORS,
    Estimator,
    detectable_effect,
    least_p,
    power_of,
    randomisation_interval,
    randomisation_p,
    rate_ratio,
    trial_estimates,
)

SURVEYS, PERSONS = 2000, 50


def surveyed(places: int, effect: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means before and after of places that differ, and an assignment; the same in all surveys."""
    rng = np.random.default_rng(seed)
    level = 40.0 + 3.0 * rng.standard_normal((SURVEYS, places))
    before, after = (level + 33.0 / np.sqrt(PERSONS) * rng.standard_normal((SURVEYS, places)) for _ in range(2))
    treated = np.zeros(places, bool)
    treated[rng.permutation(places)[: places // 2]] = True
    return before, after + effect * treated, treated


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("places", [24, 48])
def test_without_an_effect_one_survey_in_twenty_rejects(estimator: Estimator, places: int) -> None:
    found = trial_estimates(*surveyed(places, 0.0), estimator)
    assert (found.p < 0.05).mean() == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_an_invented_effect_comes_back(estimator: Estimator) -> None:
    found = trial_estimates(*surveyed(24, 5.0), estimator)
    assert found.effects.mean() == pytest.approx(5.0, abs=0.1)
    assert ((found.low <= 5.0) & (found.high >= 5.0)).mean() == pytest.approx(0.95, abs=0.02)
    assert (found.p < 0.05).mean() == pytest.approx(power_of(5.0, found.effects.std(ddof=1), 21), abs=0.03)


def test_fewer_than_ten_places_an_arm_are_tested_exactly() -> None:
    before, after, treated = surveyed(8, 0.0)
    found = trial_estimates(before[:200], after[:200], treated, "after")
    assert (found.p < 0.05).mean() <= 0.09
    for survey in range(5):
        values, hits, assignments = after[survey].tolist(), 0, list(itertools.combinations(range(8), 4))
        own = abs(difference(values, np.flatnonzero(treated).tolist()))
        hits = sum(abs(difference(values, list(one))) >= own - 1e-9 for one in assignments)
        assert found.p[survey] == pytest.approx(hits / len(assignments))


def difference(values: list[float], assignment: list[int]) -> float:
    """The difference of means of an assignment, written out."""
    rest = [number for number in range(len(values)) if number not in assignment]
    return sum(values[one] for one in assignment) / len(assignment) - sum(values[one] for one in rest) / len(rest)


def test_exact_tests_never_reject_too_often_over_all_assignments() -> None:
    """Over all assignments of the same data exactly the share of p-values at most alpha is at most alpha."""
    values = np.random.default_rng(3).standard_normal(6)
    p = []
    for assignment in itertools.combinations(range(6), 3):
        treated = np.isin(np.arange(6), assignment)
        p.append(float(trial_estimates(values[None], values[None], treated, "after").p[0]))
    for alpha in (0.1, 0.2, 0.5):
        assert np.mean(np.array(p) <= alpha + 1e-9) <= alpha + 1e-9


def test_three_stations_allow_no_test() -> None:
    assert least_p(np.array([True, False, False])) > 0.3
    assert least_p(np.array([True, True, False, False, False])) == pytest.approx(0.1)
    assert least_p(np.arange(48) < 24) < 1e-12


def test_hc2_equals_a_single_regression_written_out() -> None:
    before, after, treated = surveyed(24, 2.0)
    found = trial_estimates(before[:1], after[:1], treated, "ancova")
    design = np.column_stack([np.ones(24), treated, before[0] - before[0].mean()])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ after[0]
    residuals, hat = after[0] - design @ beta, np.diag(design @ inverse @ design.T)
    meat = (design * (residuals**2 / (1.0 - hat))[:, None]).T @ design
    assert found.effects[0] == pytest.approx(beta[1])
    assert found.errors[0] == pytest.approx(np.sqrt((inverse @ meat @ inverse)[1, 1]))


def test_the_detectable_effect_falls_with_places_and_is_found_in_eighty_of_a_hundred() -> None:
    effects = []
    for places in (24, 48):
        sd = float(trial_estimates(*surveyed(places, 0.0), "after").effects.std())
        effects.append(detectable_effect(sd, places - 2))
        assert power_of(effects[-1], sd, places - 2) == pytest.approx(0.8, abs=0.01)
    assert effects[1] < effects[0]


def counts_of(rng: np.random.Generator, effect: float, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return counts before and after of places of which a few have most, with rates that change by themselves."""
    rates = np.exp(rng.normal(3.0, 1.2, len(treated)))
    changed = rates * np.exp(rng.normal(0.0, 0.3, len(treated))) * np.where(treated, effect, 1.0)
    return rng.poisson(rates).astype(float), rng.poisson(changed).astype(float)


def test_without_an_effect_one_record_in_twenty_rejects_even_if_a_few_places_have_most_crimes() -> None:
    rng = np.random.default_rng(5)
    rejected = []
    for _ in range(1000):
        treated = rng.permutation(24) < 12
        found = rate_ratio(*counts_of(rng, 1.0, treated), treated)
        rejected.append(abs(found.log_ratio) > found.reach)
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.02)


def test_a_change_of_rates_comes_back_and_its_interval_holds_it() -> None:
    rng, treated = np.random.default_rng(6), np.arange(24) < 12
    found = [rate_ratio(*counts_of(rng, 0.5, treated), treated) for _ in range(400)]
    logs, reach = np.array([one.log_ratio for one in found]), np.array([one.reach for one in found])
    assert logs.mean() == pytest.approx(np.log(0.5), abs=0.05)
    assert (np.abs(logs - np.log(0.5)) <= reach).mean() == pytest.approx(0.95, abs=0.03)


def test_the_assignments_of_four_places_tell_no_change_of_rates() -> None:
    counts = np.array([100.0, 90.0, 80.0, 110.0])
    found = rate_ratio(counts, counts * np.array([0.5, 0.5, 1.0, 1.0]), np.array([True, True, False, False]))
    assert abs(found.log_ratio) <= found.reach


def test_exact_intervals_hold_the_effects_that_the_test_does_not_reject() -> None:
    rng = np.random.default_rng(5)
    treated = np.arange(12) < 5
    before = rng.normal(0.0, 2.0, (40, 12))
    after = 0.5 * before + rng.normal(0.0, 1.0, (40, 12)) + 5.0 * treated
    for covariate, most_wide in ((None, 0.0), (before, 0.2)):
        low, high = randomisation_interval(after, treated, covariate)
        assert ((low < 5.0) & (5.0 < high)).mean() > 0.85
        for end, outside in ((low, -1e-6), (high, 1e-6)):
            just_outside = randomisation_p(after - (end + outside)[:, None] * treated, treated, covariate)
            just_inside = randomisation_p(after - (end - outside)[:, None] * treated, treated, covariate)
            assert (just_outside < 0.05).all()
            assert (just_inside < 0.05).mean() <= most_wide


def test_intervals_of_four_places_have_no_ends() -> None:
    low, high = randomisation_interval(np.array([[1.0, 2.0, 4.0, 3.0]]), np.array([True, True, False, False]), None)
    assert (low, high) == (-np.inf, np.inf)
