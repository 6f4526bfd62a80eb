"""Weights that follow from sizes of events, intercepts that follow from slopes, and draws and accounts made of both."""

import numpy as np
import pytest

from experiments.studies.factors import plausible_ranges
from experiments.validation.calibration import points_of_event, state_of
from experiments.validation.event_weights import SOLVED_PARAMETERS, clip_to_limits, weight_solver
from experiments.validation.plausible_draws import file_of_kind, plausible_draws, values_at
from experiments.validation.sizes import EVENT_BY_NAME, EVENTS
from experiments.validation.slopes import SLOPES_OF_INTERCEPT, default_of, intercepts, stored_means
from model.engine.errors import InputError
from scenarios import accounts, load

CHANGES = {"trust.memory_years": 1.5, "trust.asymmetry": 2.0, "hearsay.weight": 0.2}


@pytest.fixture(scope="module")
def solver():
    return weight_solver(0.05, 1)


def size_at(solver, name, numbers):
    return points_of_event(state_of(solver.tape, numbers), EVENT_BY_NAME[name], numbers, 3.0)


def test_events_keep_their_sizes_under_other_memories(solver):
    numbers = {**solver.numbers, **CHANGES, **solver.weights(CHANGES, {"rude": -2.0})}
    assert size_at(solver, "rude", numbers) == pytest.approx(-2.0, rel=0.02)
    for name in ("harm, severity 1", "call served", "scandal", "crisis, force met"):
        assert size_at(solver, name, numbers) == pytest.approx(EVENT_BY_NAME[name].points, rel=0.02)


def test_without_the_solution_they_would_not(solver):
    numbers = {**solver.numbers, **CHANGES}
    assert size_at(solver, "harm, severity 1", numbers) != pytest.approx(-5.0, rel=0.1)


def test_an_event_of_size_nought_has_no_weight(solver):
    found = solver.weights(CHANGES, {"abuse": 0.0, "rude": 0.0})
    assert found["contacts.weight_abuse"] == found["contacts.weight_rude"] == 0.0
    assert found["contacts.weight_bribe"] > 0.0


def test_weights_are_cut_at_what_is_valid():
    assert clip_to_limits("trust.held", 7.0) == 1.0


@pytest.mark.parametrize("intercept", SLOPES_OF_INTERCEPT)
def test_an_intercept_absorbs_a_slope_at_the_mean(intercept):
    for name, mean in SLOPES_OF_INTERCEPT[intercept].items():
        moved = intercepts({name: default_of(name) + 0.1})[intercept]
        assert moved + 0.1 * stored_means()[mean] == pytest.approx(default_of(intercept))
    assert intercepts({}) == {}


def test_a_draw_holds_weights_for_its_sizes_and_intercepts_for_its_slopes(solver):
    ranges = dict(plausible_ranges("*"))
    values = values_at(ranges, np.full(len(ranges), 0.5), solver)
    middle = EVENT_BY_NAME["rude"]
    numbers = {**solver.numbers, **values}
    assert size_at(solver, "rude", numbers) == pytest.approx((middle.low + middle.high) / 2.0, rel=0.05)
    assert set(SOLVED_PARAMETERS) <= set(values)
    drawn = {name: value for name, value in values.items() if name != "reporting.intercept"}
    assert values["reporting.intercept"] == intercepts(drawn)["reporting.intercept"]
    load("villa_canales", set=values)


def test_fitted_values_replace_those_of_the_point_and_the_rest_follows_from_them(solver):
    ranges = dict(plausible_ranges("*"))
    point, fitted = np.full(len(ranges), 0.5), {"reporting.trust": 0.7, "trust.memory_years": 1.5}
    drawn, values = values_at(ranges, point, solver), values_at(ranges, point, solver, fitted)
    assert {name: values[name] for name in fitted} == fitted
    assert values["reporting.intercept"] != drawn["reporting.intercept"]
    assert values["contacts.weight_abuse"] != drawn["contacts.weight_abuse"]
    assert values["crime.night"] == drawn["crime.night"]


@pytest.mark.parametrize("word", ["plausible:1", "plausible:1001", "plausible:", "calibrated:many", "calibrated:201"])
def test_a_number_of_draws_that_cannot_be_had_is_refused_with_the_most(word):
    most = {"plausible": 1000, "calibrated": 200}[word.partition(":")[0]]
    with pytest.raises(InputError, match=f"wants a whole number from 2 to {most}, got '{word.partition(':')[2]}'"):
        file_of_kind(word)


@pytest.mark.thorough
def test_draws_are_the_same_for_the_same_seed(solver):
    one, other = (next(plausible_draws(2, solver, seed=3)) for _ in range(2))
    assert one == other


def test_an_account_keeps_the_sizes_of_the_events_that_it_keeps(solver):
    numbers = {**solver.numbers, **accounts.read("performance_only")}
    assert size_at(solver, "call served", numbers) == pytest.approx(3.0, rel=0.05)
    assert size_at(solver, "rude", numbers) == 0.0


def test_sizes_of_events_include_the_sizes_in_use():
    assert all(one.low <= one.points <= one.high for one in EVENTS)
