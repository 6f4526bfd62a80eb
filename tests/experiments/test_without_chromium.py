"""Tests of pages on a machine without Chromium: skipped, which is said in a line; where it is required, they fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import MISSING, REQUIRED, ROOT

pytestmark = pytest.mark.thorough

SCREENS = "tests/experiments/test_screens.py"


@pytest.mark.parametrize(
    ("required", "code", "said"),
    [("", 0, f"tests of pages were skipped: {MISSING}"), ("1", 1, f"AssertionError: {MISSING}")],
    ids=["a_users_run", "required"],
)
def test_screens_are_skipped_with_a_line_or_fail(required: str, code: int, said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", SCREENS],
        cwd=ROOT,
        env=os.environ | {"PATH": str(tmp_path), REQUIRED: required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said in done.stdout
    assert done.returncode == code
    assert " passed" not in done.stdout
