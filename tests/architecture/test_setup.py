import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from order_of_files import FIRST

ROOT = Path(__file__).parents[2]


def locked() -> set[tuple[str, str]]:
    """Return name and version of every package in uv.lock besides the project itself."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    return {(one["name"], one["version"]) for one in packages if "registry" in one["source"]}


def required() -> set[tuple[str, str]]:
    """Return name and version of every package that run.py installs where there is no uv."""
    lines = (ROOT / ".ci/requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split()[0].split("==") for line in lines if line[:1].isalpha()]
    return {(name, version) for name, version in pins}


def test_requirements_without_uv_are_those_of_the_lock_file():
    assert required() == locked(), "write them anew: the command stands at the top of .ci/requirements.txt"


def test_run_imports_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_files_that_begin_first_are_there():
    assert set(FIRST) <= {path.stem for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["--help"], 0)])
def test_run_tells_its_usage(arguments, code):
    told = subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == code
    assert "usage: python3 run.py COMMAND" in told.stderr
