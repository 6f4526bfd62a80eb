"""Errors that are easily made in a mechanism fail the tests that its author runs: its own file and the smoke run."""

import re
import tomllib
from pathlib import Path

import pytest
from test_mechanisms_complete import TESTED_IN
from test_recipes import copy_of_the_project, edit, run

LIST = Path(__file__).with_name("planted_mechanism_errors.toml")
ERRORS = tomllib.loads(LIST.read_text(encoding="utf-8"))["error"]


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS, ids=[one["file"].split("/")[2] for one in ERRORS])
def test_an_error_in_a_mechanism_is_found_by_its_tests_and_the_smoke_run(error: dict[str, str], tmp_path: Path) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    edit(tree, error["file"], error["before"], error["after"])
    package, name = error["file"].split("/")[1:3]
    tests = TESTED_IN.get(f"{package}/{name}", f"{package}/test_{name}.py")
    told = run(tree, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/model/{tests}")
    assert told.returncode == pytest.ExitCode.TESTS_FAILED, told.stdout + told.stderr
    assert re.search(r"^FAILED tests/", told.stdout, re.MULTILINE), told.stdout


def test_the_planted_errors_stand_where_they_are_said_to_and_in_nine_packages() -> None:
    root = LIST.parents[2]
    assert len({one["file"].split("/")[1] for one in ERRORS}) == len(ERRORS) == 9
    for one in ERRORS:
        assert (root / one["file"]).read_text(encoding="utf-8").count(one["before"]) == 1, one["file"]
