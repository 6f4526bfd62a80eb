"""The whole run has every slow test in one group, and goes on after an interruption or a failure."""

import re
from pathlib import Path

from whole_run import GROUPS, RECORD, ROOT, Outcome, read_outcomes, record_text, run_groups


def test_every_file_with_a_slow_test_is_in_one_group() -> None:
    slow = {name: options for name, options in GROUPS.items() if "slow" in options}
    for path in (ROOT / "tests").rglob("test_*.py"):
        if re.search(r"mark\.slow", path.read_text(encoding="utf-8")):
            homes = [name for name, options in slow.items() if any(ROOT / one in path.parents for one in options[2:])]
            assert len(homes) == 1, f"{path.relative_to(ROOT)} is in {homes}"


def test_what_passed_is_not_run_again_and_what_failed_is(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(
        "def test_once(record_property):\n open('ran', 'x').close()\n record_property('n', 1)\n"
    )
    (tmp_path / "bad.py").write_text("import os\ndef test_mended(): assert os.path.exists('mended')\n")
    (tmp_path / RECORD.relative_to(ROOT)).parent.mkdir(parents=True)
    groups = {name: ("-c", "/dev/null", "-W", "error", "--rootdir", ".", f"{name}.py") for name in ("good", "bad")}
    contents = {"good": "one", "bad": "one"}
    first = run_groups(groups, contents, "abc", root=tmp_path)
    assert [(one.passed, one.failed) for one in first.values()] == [(1, 0), (0, 1)]
    (tmp_path / "mended").touch()
    second = run_groups(groups, contents, "abc", root=tmp_path)
    assert [(one.passed, one.failed) for one in second.values()] == [(1, 0), (1, 0)]
    third = run_groups(groups, contents | {"good": "changed"}, "abc", root=tmp_path)
    assert [(one.passed, one.failed) for one in third.values()] == [(0, 1), (1, 0)]
    assert [*run_groups(groups, contents | {"bad": "changed"}, "abc", root=tmp_path, only=["bad"])] == ["bad"]
    assert [*read_outcomes(tmp_path / RECORD.relative_to(ROOT))] == ["good", "bad"], "the record keeps what did not run"


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    found = {"slow: model": Outcome(17, 1, 0, 16.7, "81d5f285", "-"), "default run": Outcome(3725, 0, 1, 5.2, "a", "b")}
    path = tmp_path / "tests.txt"
    path.write_text(record_text(found), encoding="utf-8")
    assert read_outcomes(path) == found


def test_the_record_names_groups_that_exist_and_no_failure() -> None:
    outcomes = read_outcomes(RECORD)
    assert {*outcomes} <= {*GROUPS}
    assert not [name for name, one in outcomes.items() if one.failed or not one.passed]
