"""Further tables of effects: their worlds can be run, and each number stands beside what it should."""

import csv
import dataclasses
import itertools
import tomllib
from pathlib import Path

import pytest

from experiments.dev.examinations import contrast_tables as tables
from experiments.validation.experiment_runs import QUICK, policies_as_files
from model.engine.errors import InputError
from scenarios import load


@pytest.mark.thorough
@pytest.mark.parametrize("name", tables.ENTRIES)
def test_every_world_of_a_table_can_be_loaded_at_both_sites(name: str, tmp_path: Path) -> None:
    table = tables.table_of(name)
    assert {tables.MEASURES[one].name for one in table.entry["measures"]} == set(table.entry["measures"])
    for site in tables.SITES:
        for case in table.cases[:3] + table.cases[-2:]:
            for words in (case.arm, case.base):
                load(site, policies=policies_as_files(words, table.texts, tmp_path))


def test_ends_are_those_that_are_stated_and_lie_around_the_number() -> None:
    ends = tables.ends_of(["deterrence", "problems", "chief.work*"])
    assert ends["problems.upkeep_bar"] == (120.0, 1900.0)
    assert ends["problems.presence"] == (0.0, 0.05)
    assert ends["deterrence.visit_theft"] == (0.0, 1.0)
    assert set(ends) >= {"chief.work", "chief.work_unserved"}
    assert not {"chief.visits", "deterrence.post_vehicles", "problems.effect", "problems.posted"} & set(ends)
    scenario = load("villa_canales")
    for name, (low, high) in ends.items():
        group, _, key = name.partition(".")
        assert low <= getattr(scenario[group], key) <= high, name
        assert low < high


def test_a_case_of_an_assumed_number_has_it_on_both_sides() -> None:
    table = tables.table_of("assumed")
    first, *others = table.cases
    assert (first.arm, first.base) == (("mopsic_full",), ())
    assert all(case.arm == ("mopsic_full", *case.base) for case in others)
    assert set(table.texts) == {name for case in others for name in case.base}
    assert len(set(table.texts.values())) == len(table.texts)
    together = tables.table_of("assumed_together")
    low, high = (tomllib.loads(text)["set"] for text in together.texts.values())
    assert low.keys() == high.keys() == tables.ends_of(together.entry["groups"]).keys()


def test_channels_are_added_one_after_another_on_both_sides() -> None:
    table = tables.table_of("one_after_another")
    added, policies = table.entry["added"], table.entry["policies"]
    lacking = [tomllib.loads(text)["set"].keys() for text in table.texts.values()]
    assert len(table.cases) == (len(added) + 1) * len(policies)
    assert lacking[0] == {key for channel in added for key in channel["without"]}
    assert all(fewer < more for more, fewer in itertools.pairwise(lacking))
    assert all(case.arm == (*case.base, policies[k % len(policies)]) for k, case in enumerate(table.cases))
    assert not any(case.base for case in table.cases[-len(policies) :])  # at last nothing is lacking


@pytest.mark.thorough
def test_a_table_runs_with_every_case_and_a_rerun_simulates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = dataclasses.replace(QUICK, seeds=1)
    rows = tables.show_contrasts("soldiers", tmp_path, size, ("villa_canales",), tmp_path / "runs")
    with (tmp_path / "soldiers.csv").open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(rows) == 5 * len(tables.ENTRIES["soldiers"]["measures"])
    arms = [float(row["arm"]) for row in read if row["measure"] == "crimes_occurred"]
    assert arms[0] > arms[-1]  # soldiers who weigh as much as police keep crimes away
    text = (tmp_path / "soldiers.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 160
    monkeypatch.setattr("experiments.validation.experiment_runs.run_and_store", None)
    tables.show_contrasts("soldiers", tmp_path / "again", size, ("villa_canales",), tmp_path / "runs")
    assert (tmp_path / "again" / "soldiers.txt").read_text(encoding="utf-8") == text


def test_the_difference_of_two_scales_has_the_errors_of_both() -> None:
    row = {"scale": 0.25, "effect": 1.0, "low": 0.0, "high": 2.0, "delta": 0.5, "twins": 12}
    (found,) = tables.differences([row], [row | {"scale": 1.0, "effect": 4.0, "low": 4.0 - 0.75, "high": 4.75}])
    assert (found["effect"], found["low"], found["high"]) == (3.0, 1.75, 4.25)
    assert (found["scale"], found["base"], found["arm"]) == ("difference", 1.0, 4.0)
    assert tables.compare_with_delta(found) == "more than 0.5"


def test_a_table_nobody_knows_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no table 'soldier'.*soldiers"):
        tables.table_of("soldier")
