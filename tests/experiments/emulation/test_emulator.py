"""Emulators: known functions are found again, errors are as large as told, and nothing outside is predicted."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.emulation.emulator import (
    MAX_SEARCH_POINTS,
    fit_emulator,
    grouped_errors,
    leave_one_out_errors,
    likely_kernel,
    predict_left_out,
)
from model.engine.errors import InputError

pytest.importorskip("sklearn")
RANGES = {"a": (0.0, 10.0), "b": (-1.0, 1.0), "idle": (5.0, 6.0)}
SD = 0.2


def drawn(n, seed=1):
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(low, high, n) for name, (low, high) in RANGES.items()}


def truth(inputs):
    return 0.3 * inputs["a"] + 2.0 * np.sin(2.0 * inputs["b"])


def noisy(inputs, seed=2):
    values = truth(inputs)
    return values + SD * np.random.default_rng(seed).normal(size=len(values))


@pytest.fixture(scope="module")
def emulator():
    inputs = drawn(60)
    return fit_emulator(inputs, noisy(inputs), RANGES, SD**2)


def test_a_known_function_is_found_again_within_the_error_told(emulator):
    new = drawn(400, seed=3)
    found = emulator.predict(new)
    errors = found.mean - truth(new)
    assert np.sqrt((errors**2).mean()) < SD
    assert 0.85 < (np.abs(errors) < 2.0 * found.sd).mean() <= 1.0


def test_an_input_without_effect_has_none(emulator):
    inputs = drawn(50, seed=4)
    moved = inputs | {"idle": 11.0 - inputs["idle"]}
    change = emulator.predict(moved).mean - emulator.predict(inputs).mean
    assert np.abs(change).max() < SD / 2.0


def test_points_left_out_are_predicted_as_by_a_process_that_never_saw_them(emulator):
    found = predict_left_out(emulator, range(len(emulator.values)))
    kept = np.arange(len(emulator.values)) != 7
    mean, scale = emulator.values.mean(), emulator.values.std()
    from sklearn.gaussian_process import GaussianProcessRegressor

    process = GaussianProcessRegressor(
        emulator.process.kernel_, alpha=1e-8 + SD**2 / scale**2, optimizer=None, normalize_y=False
    ).fit(emulator.points[kept], (emulator.values[kept] - mean) / scale)
    by_hand, sd = process.predict(emulator.points[7:8], return_std=True)
    assert found.mean[7] == pytest.approx(mean + scale * by_hand[0])
    assert found.sd[7] == pytest.approx(np.hypot(scale * sd[0], SD))


def test_the_share_predicted_is_near_what_random_variation_leaves(emulator):
    found = emulator.diagnostics
    assert found.accepted
    assert found.r2 == pytest.approx(found.ceiling, abs=0.03)


def test_an_emulator_that_claims_too_small_errors_is_not_accepted(emulator):
    too_sure = replace(emulator, noise=np.full(60, (SD / 10.0) ** 2))
    assert leave_one_out_errors(too_sure).p < 1e-3
    assert not leave_one_out_errors(too_sure).accepted


def test_unknown_random_variation_is_estimated():
    inputs = drawn(120)
    assert fit_emulator(inputs, noisy(inputs), RANGES).noise.mean() == pytest.approx(SD**2, rel=0.5)


@pytest.mark.thorough
def test_all_points_predict_although_lengths_are_found_from_some():
    inputs = drawn(MAX_SEARCH_POINTS + 200)
    values = noisy(inputs)
    of_all, of_some = (fit_emulator({k: v[:n] for k, v in inputs.items()}, values[:n], RANGES) for n in (500, 300))
    new = drawn(400, seed=3)
    sd_all, sd_some = (one.predict(new).sd.mean() for one in (of_all, of_some))
    assert len(of_all.points) == 500
    assert sd_all < 0.9 * sd_some
    assert np.sqrt(((of_all.predict(new).mean - truth(new)) ** 2).mean()) < SD / 3.0


@pytest.mark.thorough
def test_lengths_from_one_result_of_each_group_do_not_take_what_groups_share_for_an_effect():
    rng, groups = np.random.default_rng(6), np.repeat(np.arange(150), 4)
    inputs = {"dose": rng.random(600)} | {f"own_{k}": rng.random(150)[groups] for k in range(5)}
    values = 2.0 * inputs["dose"] + rng.normal(size=150)[groups] + SD * rng.normal(size=600)
    ranges, first = dict.fromkeys(inputs, (0.0, 1.0)), np.arange(0, 600, 4)
    mixed, single = (fit_emulator(inputs, values, ranges, found_from=some) for some in (None, first))
    assert mixed.noise.mean() < 0.3
    assert single.noise.mean() == pytest.approx(1.0 + SD**2, rel=0.3)
    assert grouped_errors(single, list(groups)).error < grouped_errors(mixed, list(groups)).error
    assert grouped_errors(single, list(groups)).within > 0.9


def test_pure_noise_is_not_predicted():
    inputs = drawn(60)
    assert fit_emulator(inputs, np.random.default_rng(5).normal(size=60), RANGES, 1.0).diagnostics.r2 < 0.15


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"a": 11.0, "b": 0.0, "idle": 5.5}, r"a must lie in \[0, 10\], where the emulator was fitted, got 11"),
        ({"a": [1.0, np.nan], "b": 0.0, "idle": 5.5}, "a must lie in"),
        ({"a": 1.0, "b": 0.0}, "needs a value of 'idle'"),
        ({"a": 1.0, "b": 0.0, "idel": 5.5}, "no input 'idel'; did you mean 'idle'"),
    ],
)
def test_nothing_outside_the_range_is_predicted(emulator, inputs, message):
    with pytest.raises(InputError, match=message):
        emulator.predict(inputs)


def test_too_few_results_and_results_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="at least 8 results"):
        fit_emulator(drawn(5), np.zeros(5), RANGES)
    with pytest.raises(InputError, match="got 1 results that are none"):
        fit_emulator(drawn(9), [*np.zeros(8), np.nan], RANGES)


def test_results_that_are_all_alike_are_no_error():
    assert fit_emulator(drawn(9), np.full(9, 3.0), RANGES, 0.0).predict({"a": 1.0, "b": 0.0, "idle": 5.5}).mean == 3.0


def test_many_inputs_share_a_length():
    rng = np.random.default_rng(1)
    assert np.ndim(likely_kernel(rng.random((30, 50)), rng.normal(size=30), np.ones(30)).k1.k2.length_scale) == 0


def test_fitting_uses_one_thread_of_linear_algebra(monkeypatch):
    from sklearn.gaussian_process import GaussianProcessRegressor
    from threadpoolctl import threadpool_info

    seen, fitted = [], GaussianProcessRegressor.fit

    def watched(self, *args):
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return fitted(self, *args)

    monkeypatch.setattr(GaussianProcessRegressor, "fit", watched)
    points = np.linspace(0.0, 1.0, 12)
    fit_emulator({"x": points}, points**2, {"x": (0.0, 1.0)}, noise=0.01)
    assert set(seen) == {1}
