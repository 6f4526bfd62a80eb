"""Names of the project that tests use are there, also in slow tests and where a test has no types.

mypy reads all tests, but of its errors only names that are missing count: tests pass stubs and wrong values on purpose.
"""

import ast
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
OWN = r'"(?:confianza|experiments|model|scenarios)\b[\w.]*"'
MISSING = re.compile(rf"error: (?:Module (?:{OWN} )?(?:has no|does not)|(?:Skipping analyzing|.* module named) {OWN})")
PLANTED = """
from model.engine.errors import InputEror
import experiments.execution.local_worker

def test() -> None:
    from experiments.execution import local_workers
    local_workers.report_slow = 1
"""


def test_every_name_of_the_project_in_a_test_is_there(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(PLANTED, encoding="utf-8")
    options = ("--explicit-package-bases", "--no-error-summary", "--exclude", "tests/architecture/recipes")
    path = os.pathsep.join(str(ROOT / one) for one in ("tests", "tests/support"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "tests", str(planted)],
        cwd=ROOT,
        env=os.environ | {"MYPYPATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.stderr
    found = [line for line in done.stdout.splitlines() if MISSING.search(line)]
    assert [line for line in found if planted.name not in line] == []
    assert [int(line.split(":")[1]) for line in found] == [2, 3, 7]


def replaced_names(source: str) -> Iterator[str]:
    """Yield the dotted names that a module gives to `monkeypatch.setattr` as text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr":
            match node.args:
                case [ast.Constant(value=str(name)), _]:
                    yield name


def test_every_name_that_a_test_replaces_is_there() -> None:
    names = {name for path in ROOT.glob("tests/**/*.py") for name in replaced_names(path.read_text(encoding="utf-8"))}
    assert len(names) > 20
    missing = []
    for name in sorted(names):
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError) as reason:
            missing.append(f"{name}: {reason}")
    assert missing == []
    with pytest.raises(AttributeError):
        pkgutil.resolve_name("experiments.execution.local_workers.report_slow")
