"""Windows and macOS: our files ask for nothing that only Linux has, and say in which letters they read and write."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STUDY = """scenarios = ["baseline"]
policies = [["status_quo"]]
seeds = 4
years = 0.1
warm_up = 0
[set]
"population.scale" = 0.05
"""
SMALL = ["--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25"]


PROGRAMS = ("run", "Popen", "call", "check_call", "check_output")
"""Calls that start a program."""


def sources() -> list[Path]:
    return [
        path
        for name in ("model", "scenarios", "experiments", "confianza")
        for path in sorted((ROOT / name).rglob("*.py"))
    ]


def unsaid(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of calls that read or write text, or speak with a program, in letters that they do not say."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        stated = {word.arg for word in node.keywords}
        speaks = name in PROGRAMS and stated & {"text", "universal_newlines"}
        if "encoding" not in stated and (asks_for_text(name, node) or speaks):
            yield node.lineno


def asks_for_text(name: str, call: ast.Call) -> bool:
    """Tell whether a call opens a file as text."""
    if name in ("read_text", "write_text"):
        return isinstance(call.func, ast.Attribute)  # of a path, and not a reader of our own
    modes = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [one.value for one in modes if isinstance(one, ast.Constant) and str(one.value).strip("rwax+t") == ""]
    return name == "open" and bool(modes)


def test_every_file_says_its_letters() -> None:
    """Modules of one system are banned in `pyproject.toml`."""
    lines = {path: list(unsaid(ast.parse(path.read_text(encoding="utf-8")))) for path in (*sources(), ROOT / "run.py")}
    assert {str(path.relative_to(ROOT)): found for path, found in lines.items() if found} == {}


@pytest.mark.parametrize(
    "code",
    ["p.read_text()", "p.write_text('a')", "p.open('w')", "open(p, 'r')", "run(a, text=True)", "open(p, mode='a')"],
)
def test_letters_that_are_not_said_are_noticed(code: str) -> None:
    assert list(unsaid(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["p.open('rb')", "store.open()", "open(p, 'w', encoding='utf-8')", "run(a)"])
def test_letters_that_need_not_be_said_are_left_alone(code: str) -> None:
    assert list(unsaid(ast.parse(code))) == []


def elsewhere(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as if Unix's own modules and calls were not there."""
    program = "from experiments.cli import main\nif __name__ == '__main__': main()"
    paths = os.pathsep.join([str(ROOT / "tests" / "support" / "elsewhere"), str(ROOT)])
    env = os.environ | {"PYTHONPATH": paths, "PYTHONWARNDEFAULTENCODING": "1", "COLUMNS": "80"}
    told = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in told.stderr, told.stderr
    return told


def test_what_is_hidden_is_not_there(tmp_path: Path) -> None:
    """The commands below prove nothing if it were."""
    (tmp_path / "experiments").mkdir()
    code = """
import os, signal, sys, multiprocessing
for name in ("fork", "killpg", "sched_getaffinity"): assert not hasattr(os, name), name
assert not hasattr(signal, "pthread_sigmask")
assert multiprocessing.get_start_method() == "spawn"
module = type(sys)("experiments.tried")
module.__file__ = FILE
for line in ("import fcntl", "import resource"):
    try: exec(line, module.__dict__)
    except ModuleNotFoundError: continue
    raise SystemExit(line)
try: exec(compile("open(FILE)", FILE, "exec"), {"FILE": FILE, "__name__": "experiments.tried"})
except EncodingWarning: raise SystemExit(0)
raise SystemExit("opened")
""".replace("FILE", repr(str(ROOT / "experiments" / "__init__.py")))
    env = os.environ | {"PYTHONPATH": str(ROOT / "tests" / "support" / "elsewhere"), "PYTHONWARNDEFAULTENCODING": "1"}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.slow
def test_a_run_with_spawned_workers(tmp_path: Path) -> None:
    there = elsewhere(tmp_path, "run", "villa_canales", *SMALL, "--replicates", "2", "--workers", "2", "--out", "out")
    assert there.returncode == 0, there.stderr
    alone = elsewhere(tmp_path, "run", "villa_canales", *SMALL, "--replicates", "2", "--out", "alone")
    assert alone.returncode == 0, alone.stderr
    tables = [sorted((tmp_path / name).rglob("*.parquet")) for name in ("out", "alone")]
    assert len(tables[0]) > 3
    assert [path.read_bytes() for path in tables[0]] == [path.read_bytes() for path in tables[1]]


@pytest.mark.slow
def test_a_sweep_with_spawned_workers_and_its_table(tmp_path: Path) -> None:
    study = tmp_path / "pequeño.toml"
    study.write_text(STUDY, encoding="utf-8")
    swept = elsewhere(tmp_path, "sweep", str(study), "--workers", "2", "--out", "año")
    assert swept.returncode == 0, swept.stderr
    assert elsewhere(tmp_path, "export", "año", "--csv", "año.csv").returncode == 0
    assert (tmp_path / "año.csv").read_bytes().count(b"\r") == 0


@pytest.mark.slow
def test_twins_their_report_and_what_else_there_is(tmp_path: Path) -> None:
    asked = ("compare", "status_quo", "resources_only", "--scenario", "villa_canales", *SMALL, "--replicates", "2")
    for words in (
        (*asked, "--workers", "2", "--out", "twins", "--report", "informe.html", "--lang", "both"),
        ("compare", "twins", "--figures", "figures"),
        ("verify", "informe.html"),
        ("doctor",),
        ("scenarios",),
        ("policies",),
        ("parameters",),
        ("measures", "--lang", "es"),
    ):
        told = elsewhere(tmp_path, *words)
        assert told.returncode == 0, (words, told.stderr)


def test_the_public_checks_run_on_three_systems() -> None:
    stated = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = stated["jobs"]["test"]
    assert {name.partition("-")[0] for name in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    assert job["runs-on"] == "${{ matrix.os }}"


def test_the_bytes_of_the_code_are_the_same_on_every_system() -> None:
    """Or manifests would name another code on Windows, and sweeps could not go on there."""
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert not [path for path in sources() if b"\r" in path.read_bytes()]
