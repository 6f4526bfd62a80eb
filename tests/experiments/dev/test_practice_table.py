"""The table of practices: its worlds are what their names say."""

from pathlib import Path

import pytest

from experiments.dev.examinations import practice
from experiments.validation.experiment_runs import policies_as_files
from scenarios import load


@pytest.mark.parametrize(
    ("world", "parameter", "expected"),
    [
        ("full_no_turnover", "adoption.permanence", 1.0),
        ("full_no_turnover", "practices.reshuffle", 0.0),
        ("full_follow_quarter", "practices.follow_most", 0.25),
        ("full_rotation_3", "practices.reshuffle", 1.0 - (2.0 / 3.0) ** 12),
        ("full_rotation_48", "practices.keeping", 0.0),
        ("full_rotation_48", "practices.reshuffle", 1.0 - (47.0 / 48.0) ** 12),
    ],
)
def test_a_world_made_for_the_table_turns_what_its_name_says(
    world: str, parameter: str, expected: float, tmp_path: Path
) -> None:
    scenario = load("totonicapan", policies=policies_as_files([world], practice.POLICY_TEXTS, tmp_path))
    group, name = parameter.split(".")
    value = getattr(scenario[group], name)
    for how in ("set", "scale", "add"):
        for policy in scenario.policies:
            for entry in policy.entries:
                if entry.parameter == parameter and entry.how == how:
                    value = {"set": entry.value, "scale": value * entry.value, "add": value + entry.value}[how]
    assert value == pytest.approx(expected)
