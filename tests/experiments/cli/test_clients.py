"""The page on other tools: every block runs as it stands, under the tools that are there."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.cli import app as cli

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "do" / "clients.md").read_text(encoding="utf-8")
SHARED, *SCRIPTS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MAIN = 'if __name__ == "__main__":'
BROUGHT = ("ema_workbench", "pyabc", "optuna", "polars", "duckdb")
"""Tools that the project does not bring: uv adds them for one command."""


def tools(script: str) -> set[str]:
    """Return the tools of a script that the project does not bring."""
    return set(re.findall(r"^(?:from|import) (\w+)", script, re.MULTILINE)) & set(BROUGHT)


def versions() -> dict[str, str]:
    """Return the version with which the page says that a tool was tried."""
    said = re.findall(r"^(?:## )?(\w+)(?:\n\nT|, t)ried with ([\d.]+\d)", PAGE, re.MULTILINE)
    return {name.lower(): version for name, version in said}


def started(folder: Path, script: str, *before: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the page in a folder, as its reader does."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    return subprocess.run(
        [*before, "script.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def with_added(folder: Path, pinned: str, name: str) -> tuple[str, ...]:
    """Return how Python starts with one package added for one command, if it can be had here."""
    uv = ("uv", "run", "--locked", "--project", str(ROOT), "--with", pinned, "python")
    there = started(folder, f"import {name}", *uv)
    if there.returncode:
        pytest.skip(f"{pinned} cannot be had here: {there.stderr.splitlines()[-1]}")
    return uv


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shared script and the results that others read."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "lived.py").write_text(SHARED, encoding="utf-8")
    commands = re.findall(r"^confianza (.*)$", PAGE, re.MULTILINE)
    assert [words.split()[0] for words in commands] == ["run", "export"]
    with contextlib.chdir(folder):
        assert [cli.code_of(shlex.split(words)) for words in commands] == [0, 0]
    return folder


@pytest.mark.parametrize("script", [one for one in SCRIPTS if not tools(one) and MAIN not in one])
def test_a_script_for_what_the_project_brings_runs_as_it_stands(
    script: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    monkeypatch.syspath_prepend(desk)
    exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out


def test_a_script_that_starts_workers_runs_as_it_stands(desk: Path) -> None:
    (script,) = [one for one in SCRIPTS if MAIN in one]
    told = started(desk, script, sys.executable)
    assert told.returncode == 0, told.stderr
    assert told.stdout


@pytest.mark.slow
@pytest.mark.parametrize("tool", BROUGHT)
def test_a_script_for_another_tool_runs_as_it_stands_with_the_version_named(tool: str, desk: Path) -> None:
    (script,) = [one for one in SCRIPTS if tool in tools(one)]
    pinned = f"{tool}=={versions()[tool]}"
    told = started(desk, script, *with_added(desk, pinned, tool))
    assert told.returncode == 0, told.stderr
    assert told.stdout


@pytest.mark.slow
def test_the_model_lives_the_same_life_under_the_next_mesa(desk: Path) -> None:
    script = "import mesa; from lived import lived; print(mesa.__version__.split('.')[0], lived({}))"
    own, other = (
        started(desk, script, *start).stdout.split(maxsplit=1)
        for start in ((sys.executable,), with_added(desk, "mesa[network]==4.0.0a0", "mesa"))
    )
    assert (own[0], other[0]) == ("3", "4")
    assert own[1] == other[1]


def test_the_page_names_the_version_of_every_tool_that_the_project_does_not_bring() -> None:
    assert set(versions()) == set(BROUGHT) == {tool for script in SCRIPTS for tool in tools(script)}
    assert not [tool for tool in BROUGHT if tool in SHARED]


def test_ranges_of_all_levers_can_be_asked_for_at_once() -> None:
    from model.engine.parameters import all_parameters
    from scenarios import bounds

    stated = {name: (about.low, about.high) for name, _, about in all_parameters() if about.role == "lever"}
    assert bounds("*", role="lever") == stated
    assert set(bounds("trust", "hearsay")) > {"trust.memory_years", "hearsay.weight"}


def test_a_range_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    from model.engine.errors import InputError
    from scenarios import bounds

    with pytest.raises(InputError, match=r"did you mean 'trust.memory_years'"):
        bounds("trust.memory_year")
