import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


WINDOWS = "mypy --platform win32 --cache-dir .mypy_cache/win32"


@pytest.mark.parametrize(
    "check",
    [
        "ruff format --check .",
        "ruff check .",
        "deptry .",
        pytest.param("mypy", marks=pytest.mark.thorough),
        pytest.param(WINDOWS, marks=pytest.mark.slow),
    ],
)
def test_the_code_passes(check):
    told = subprocess.run([sys.executable, "-m", *check.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
