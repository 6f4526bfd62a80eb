"""Effects over draws of assumed parameters: what matters is found, and what cannot matter is not."""

import csv
import io

import numpy as np
import pytest

from experiments.studies.assumed_effects import assumed_effect, dependence_csv, effects_csv, format_effects
from experiments.studies.factors import Range, ranges_of
from experiments.studies.sensitivity_methods import Problem
from experiments.studies.study import find_study, read_study
from model.engine.errors import InputError
from model.engine.plausible import plausible_range
from scenarios.groups import find_parameter

NAMES = tuple(f"p.x{n}" for n in range(40))
PROBLEM = Problem(NAMES, NAMES, seed=3)
ARM = ("villa_canales", "mopsic_full")


def drawn(n: int, seeds: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a design and random variation of standard deviation 1."""
    rng = np.random.default_rng(5)
    return rng.random((n, len(NAMES))), rng.normal(size=(n, seeds))


def test_a_parameter_that_makes_the_effect_is_found_and_no_other() -> None:
    points, noise = drawn(200)
    found = assumed_effect(ARM, "trust_mean", PROBLEM, points, 10.0 * points[:, [7]] + noise)
    assert found is not None
    assert found.strongest[0][0] == "p.x7"
    assert found.found == 1
    assert found.share_up > 0.9
    assert found.sd_assumed == pytest.approx(10.0 / 12.0**0.5, rel=0.1)
    assert found.sd_random == pytest.approx(1.0, rel=0.15)


def test_nothing_is_found_where_nothing_matters() -> None:
    times = 0
    for shift in range(40):
        points, noise = drawn(50)
        found = assumed_effect(ARM, "trust_mean", PROBLEM, np.roll(points, shift, axis=0), noise)
        assert found is not None
        times += found.found > 0
    assert times <= 6  # two of forty expected


def test_draws_without_a_value_are_left_out_and_too_few_give_no_effect() -> None:
    points, noise = drawn(10)
    noise[4, 0] = np.nan
    found = assumed_effect(ARM, "c4", PROBLEM, points, noise)
    assert found is not None
    assert found.draws == 9
    assert assumed_effect(ARM, "c4", PROBLEM, points[:2], noise[:2]) is None


def test_tables_hold_every_effect_and_every_parameter_and_lines_are_short() -> None:
    points, noise = drawn(20)
    found = assumed_effect(ARM, "crimes_occurred", PROBLEM, points, 1e4 * points[:, [0]] + noise)
    assert found is not None
    (row,) = csv.DictReader(io.StringIO(effects_csv([found]).decode()))
    assert float(row["mean"]) == pytest.approx(found.mean, rel=1e-5)
    rows = list(csv.DictReader(io.StringIO(dependence_csv([found]).decode())))
    assert [one["parameter"] for one in rows][:1] == ["p.x0"]
    assert len(rows) == len(NAMES)
    assert max(map(len, format_effects([found]))) <= 80


def test_every_plausible_range_holds_its_default_and_lies_within_what_is_valid() -> None:
    ranges = dict(ranges_of("*", "plausible"))
    assert len(ranges) > 600
    for name, span in ranges.items():
        group, key = find_parameter(name)
        spec, default = group.parameter_specs()[key], getattr(group(), key)
        assert spec.low <= span.low <= default <= span.high <= spec.high, name
        assert spec.role == "behaviour", name
        assert plausible_range(default, spec) is not None


def test_plausible_values_of_a_range_on_each_scale() -> None:
    assert Range(low=0.2, high=0.8, scale="logit").value(0.5) == pytest.approx(0.5)
    assert Range(low=-4.0, high=-1.0, scale="log").value(0.5) == pytest.approx(-2.0)
    assert dict(ranges_of("trust.asymmetry", "plausible")) == {"trust.asymmetry": Range(low=1.0, high=5.0)}
    with pytest.raises(InputError, match="nobody has measured"):
        dict(ranges_of("roster.couples", "plausible"))


def test_the_study_of_everything_varies_what_is_assumed_and_sets_policies_beside_the_status_quo() -> None:
    study = read_study(find_study("everything"))
    assert study.policies[0] == ("status_quo",)
    assert len(study.seeds) >= 2
    assert set(study.factors.ranges) == set(dict(ranges_of("*", "plausible")))


def test_what_is_found_predicts_other_draws_up_to_the_ceiling():
    rng = np.random.default_rng(3)
    points = rng.random((200, len(PROBLEM.names)))
    noise = rng.normal(size=(200, 2))
    found = assumed_effect(ARM, "trust_mean", PROBLEM, points, 10.0 * points[:, [7]] + noise)
    assert found.ceiling > 0.9
    assert found.r2 == pytest.approx(found.ceiling, abs=0.06)


def test_chance_predicts_nothing():
    rng = np.random.default_rng(4)
    points = rng.random((60, len(PROBLEM.names)))
    assert assumed_effect(ARM, "c4", PROBLEM, points, rng.normal(size=(60, 2))).r2 < 0.05
