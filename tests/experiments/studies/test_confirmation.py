"""Confirmation of what effects depend on: new seeds, both ends, and nothing of a parameter that cannot matter."""

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.execution.runs import CompareLabel, DrawLabel, GroupResults, RunGroup
from experiments.statistics.verdicts import MIN_RUNS
from experiments.storage.run_folder import StoredRun
from experiments.storage.writing import frame_as_csv
from experiments.studies.assumed_effects import AssumedEffect
from experiments.studies.confirmation import (
    ENDS,
    MAX_PARAMETERS,
    candidates,
    confirm,
    confirmed_lines,
    contrasts,
    groups_of,
    new_seeds,
)
from experiments.studies.run_budget import DesignSize, PilotResult, plan_design
from experiments.studies.sensitivity_methods import METHODS, Problem
from experiments.studies.study import read_study

STUDY = """
scenarios = ["totonicapan"]
policies = [["status_quo"], ["mopsic_full"]]
seeds = [1, 2]
years = 0.1
warm_up = 0
measures = ["trust_mean", "crimes_occurred"]
[set]
"population.scale" = 0.05
"mechanisms.fear" = false
[vary]
"fear.memory" = { low = 0.4, high = 1.5 }
"trust.fast" = { low = 0.1, high = 0.9 }
[sensitivity]
measures = ["trust_mean", "crimes_occurred"]
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(STUDY, encoding="utf-8")
    return read_study(path)


def effect(measure, correlation, line=0.3):
    return AssumedEffect(
        ("totonicapan", "mopsic_full"), measure, 20, 2, 1.0, 0.0, 2.0, 0.5, 0.5, 0.9, correlation, line, 0.1, 0.5
    )


def lived(spec_pairs, number, end, gap):
    """Return finished runs in which the policy changes trust by ``gap``."""
    runs = [
        StoredRun(1, "", {"measures": pa.table({
            "month": pd.date_range("2017-01-01", periods=2, freq="MS"),
            "trust_mean": [0.4 + k * gap] * 2, "crimes_occurred": [10.0] * 2,
        })}, 0.0)
        for k in range(2)
    ]  # fmt: skip
    return GroupResults(RunGroup(tuple(spec_pairs), CompareLabel(0, "draw", draw=DrawLabel(number, "", end))), runs)


def test_candidates_are_those_beyond_chance_the_largest_first_and_few():
    found = candidates([
        effect("trust_mean", {"a": 0.5, "b": -0.9, "c": 0.1}), effect("homicides", {"c": 0.2, "d": 0.31}, line=0.25),
    ])  # fmt: skip
    assert found == ["b", "a", "d"]
    many = [effect("c1", {f"x{k}{n}": 0.9 for n in range(9)}) for k in range(4)]
    assert len(candidates(many)) == MAX_PARAMETERS
    assert candidates([effect("c1", {"a": 0.1})]) == []


def test_every_parameter_is_tried_at_both_ends_with_seeds_that_the_design_did_not_have(study):
    groups = groups_of(study, ["trust.fast"])
    assert len(groups) == len(ENDS) * MIN_RUNS
    assert not {group.specs[0].seed for group in groups} & set(study.seeds)
    assert {dict(group.specs[1].overrides)["trust.fast"] for group in groups} == {"0.116", "0.884"}
    assert all("fear.memory" not in dict(group.specs[0].overrides) for group in groups)
    assert {group.specs[1].policy for group in groups} == {"mopsic_full"}
    assert len({group.key for group in groups}) == len(groups)


def test_an_effect_that_differs_between_the_ends_is_confirmed_and_no_other(study):
    specs = {group.specs[0].seed: group.specs for group in groups_of(study, ["trust.fast"])}
    rng = np.random.default_rng(1)
    done = [
        lived(specs[seed], number, end, 0.02 * (number == 1) * end + 0.001 * rng.normal())
        for number in (1, 2) for end in (0, 1) for seed in new_seeds(study)
    ]  # fmt: skip
    table = contrasts(study, ["trust.fast", "fear.memory"], done)
    verdicts = {(row.parameter, row.measure): row.verdict for row in table.itertuples()}
    assert verdicts["trust.fast", "trust_mean"] == "rises"
    assert verdicts["fear.memory", "trust_mean"] in ("nothing", "open")
    assert verdicts["trust.fast", "crimes_occurred"] in ("nothing", "open")
    text = list(confirmed_lines(table))
    assert max(map(len, text)) <= 80
    assert any(line.startswith("  trust_mean: trust.fast ") for line in text)
    assert f"  not confirmed: {len(table) - 1} of {len(table)} pairs of a parameter and a measure" in text
    assert frame_as_csv(table).count(b"\n") == len(table) + 1


@pytest.mark.thorough
def test_a_parameter_of_a_mechanism_that_is_off_changes_nothing(study, tmp_path):
    found = [effect("trust_mean", {"fear.memory": 0.9})]
    few = dataclasses.replace(study, seeds=(1,))
    table, interrupted = confirm(few, found, tmp_path, 1)
    assert not interrupted
    assert list(table["at_low"]) == list(table["at_high"])
    assert not set(table["verdict"]) & {"rises", "falls", "rises_little", "falls_little"}
    assert confirm(few, [], tmp_path, 1)[0].empty
    assert any("nothing to confirm" in line for line in confirmed_lines(confirm(few, [], tmp_path, 1)[0]))


def test_a_budget_is_shared_by_all_arms():
    problem = Problem(("a", "b"), ("a", "b"))
    one, six = (
        plan_design(METHODS["morris"], problem, DesignSize(10, (1, 2)), "2h", lambda *_: PilotResult(2.0, 2), arms)[
            0
        ].blocks
        for arms in (1, 6)
    )
    assert one == pytest.approx(6 * six, rel=0.05)
