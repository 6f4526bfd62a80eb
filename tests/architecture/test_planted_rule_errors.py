"""Errors that are easily made in a mechanism or a statistic fail tests of the default run.

For a mechanism these are its own file and the smoke run, for a statistic the tests of its package, without the tests
that are marked slow or thorough.
"""

import re
import tomllib
from pathlib import Path

import pytest
from test_mechanisms_complete import TESTED_IN
from test_recipes import copy_of_the_project, edit, run

HERE = Path(__file__).parent
MECHANISMS, STATISTICS = (
    tomllib.loads((HERE / f"planted_{kind}_errors.toml").read_text(encoding="utf-8"))["error"]
    for kind in ("mechanism", "statistics")
)
DEFAULT_RUN = "not slow and not thorough"


def files_for(file: str) -> list[str]:
    """Return the tests that are named for a file: those of its mechanism and the smoke run, or those of its package."""
    top, package, name = file.removesuffix(".py").split("/")[:3]
    if top == "experiments":
        return [f"tests/experiments/{package}"]
    return [
        f"tests/model/{TESTED_IN.get(f'{package}/{name}', f'{package}/test_{name}.py')}",
        "tests/oracle/test_smoke.py",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("error", [*MECHANISMS, *STATISTICS], ids=lambda error: error["reason"])
def test_an_error_in_a_rule_is_found_by_the_default_run(error: dict[str, str], tmp_path: Path) -> None:
    tree = copy_of_the_project(tmp_path / "code")
    edit(tree, error["file"], error["before"], error["after"])
    told = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", DEFAULT_RUN, *files_for(error["file"]))
    assert told.returncode == pytest.ExitCode.TESTS_FAILED, told.stdout + told.stderr
    assert re.search(r"^FAILED tests/", told.stdout, re.MULTILINE), told.stdout


def test_the_planted_errors_stand_where_they_are_said_to_those_of_mechanisms_in_nine_packages() -> None:
    assert len({one["file"].split("/")[1] for one in MECHANISMS}) == len(MECHANISMS) == 9
    for one in [*MECHANISMS, *STATISTICS]:
        assert (HERE.parents[1] / one["file"]).read_text(encoding="utf-8").count(one["before"]) == 1, one["file"]
