"""The page on other tools: every example runs as it stands, and its answer makes sense."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from confianza import read
from experiments.cli import app as cli
from experiments.dev.documents.page_outputs import blocks_of

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "do" / "clients.md").read_text(encoding="utf-8")
SHARED, RANGES, *EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ADDED = ("ema_workbench", "pyabc", "optuna", "polars", "duckdb")
"""Tools that the project does not install: uv adds them for one command."""
TOOLS = ("mesa", "solara", "SALib", "dask", *ADDED, "read", "pyogrio")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def tool_of(script: str) -> str:
    """Return the tool that an example is about: the first that it imports."""
    return next(name for name in re.findall(r"\b(\w+)", script) if name in TOOLS)


SCRIPTS = {tool_of(script): script for script in EXAMPLES}
SHOWN = {one.code: one.output for one in blocks_of(PAGE)}
"""What the page shows below each program."""


def versions() -> dict[str, str]:
    """Return the version with which the page says that a tool was tried."""
    sections = [f"## {part}" for part in PAGE.split("\n## ")]
    found = {
        re.match(r"## (\w+)", part)[1].lower(): stated[1]  # type: ignore[index]
        for part in sections
        if (stated := re.search(r"Tried with ([\d.]+\d)", part))
    }
    return found | {name.lower(): version for name, version in re.findall(r"^(\w+), tried with ([\d.]+\d)", PAGE, re.M)}


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
    if name in ADDED and find_spec(name):  # whoever has it tries the own version
        return (sys.executable,)
    uv = ("uv", "run", "--locked", "--project", str(ROOT), "--with", pinned, "python")
    there = started(folder, f"import {name}", *uv)
    if there.returncode:
        pytest.skip(f"{pinned} cannot be had here: {there.stderr.splitlines()[-1]}")
    return uv


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shared module and the results that some examples read."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "quick_town.py").write_text(SHARED, encoding="utf-8")
    commands = re.findall(r"^confianza (.*)$", PAGE, re.MULTILINE)
    assert [words.split()[0] for words in commands] == ["run", "export"]
    with contextlib.chdir(folder):
        assert [cli.run_program(shlex.split(words)) for words in commands] == [0, 0]
    return folder


# Sense of the answers; each check takes the numbers of the answer, its text and the folder


def check_mesa(numbers: list[float], _: str, __: Path) -> None:
    supported, usual = numbers
    assert supported > usual > 0


def check_solara(numbers: list[float], _: str, __: Path) -> None:
    few, every = numbers
    assert 0 < few < every < 100


def check_salib(numbers: list[float], answer: str, _: Path) -> None:
    assert "contacts.fair" in answer  # the range of the others is worth less than a tenth of a point
    assert numbers[0] > 0


def check_dask(numbers: list[float], _: str, __: Path) -> None:
    least, greatest, spread = numbers
    assert 0 < least <= greatest
    assert greatest - least < spread  # pairs share random numbers, towns of different seeds do not


def check_ema_workbench(numbers: list[float], _: str, __: Path) -> None:
    more, scenarios = numbers
    assert more == scenarios == 3


def check_pyabc(numbers: list[float], _: str, __: Path) -> None:
    mean, error, truth, low, high = numbers
    prior_error = (high - low) / 12**0.5
    assert abs(mean - truth) < prior_error / 2
    assert error < prior_error / 2


def check_optuna(numbers: list[float], _: str, __: Path) -> None:
    start, best, accompaniment, _trip = numbers
    assert best > start > 0
    assert accompaniment > 0


def check_read(numbers: list[float], _: str, folder: Path) -> None:
    months = read(folder / "corrida")
    trust = [100 * months.loc[months["month"] == end(months["month"]), "trust_mean"].mean() for end in (min, max)]
    assert numbers == pytest.approx(trust, abs=0.006)


def check_polars(numbers: list[float], _: str, folder: Path) -> None:
    months = read(folder / "corrida")
    told, occurred = months["crimes_told"].sum(), months["crimes_occurred"].sum()
    assert 0 < told < occurred
    assert numbers == pytest.approx([told, occurred, 100 * told / occurred], abs=0.06)


def check_duckdb(numbers: list[float], answer: str, folder: Path) -> None:
    causes = read(folder / "corrida", table="ledger").groupby("cause")["change"].sum()
    assert f" {causes.idxmin()}, " in answer
    assert numbers[-1] == pytest.approx(causes.min(), abs=0.006)


def check_pyogrio(numbers: list[float], _: str, folder: Path) -> None:
    cells = read(folder / "corrida", table="cells")
    last = cells[cells["month"] == cells["month"].max()]
    assert numbers == [(last["visits"] > 0).sum(), len(last)]
    assert 0 < numbers[0] < numbers[1]


CHECKS: dict[str, Callable[[list[float], str, Path], None]] = {
    "mesa": check_mesa,
    "solara": check_solara,
    "SALib": check_salib,
    "dask": check_dask,
    "ema_workbench": check_ema_workbench,
    "pyabc": check_pyabc,
    "optuna": check_optuna,
    "read": check_read,
    "polars": check_polars,
    "duckdb": check_duckdb,
    "pyogrio": check_pyogrio,
}


def check_answer(tool: str, printed: str, folder: Path) -> None:
    """Check that an example prints the line that the page shows, and that the line makes sense."""
    (answer,) = printed.strip().splitlines()
    assert SHOWN[SCRIPTS[tool]].strip() == answer
    head, _, told = answer.partition(": ")
    assert head
    CHECKS[tool]([float(number) for number in NUMBER.findall(told)], answer, folder)


@pytest.mark.parametrize("tool", [one for one in SCRIPTS if one not in (*ADDED, "dask")])
def test_an_example_for_an_installed_tool_gives_an_answer_that_makes_sense(
    tool: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    monkeypatch.syspath_prepend(desk)
    exec(compile(SCRIPTS[tool], "script.py", "exec"), {"__name__": "__main__"})
    check_answer(tool, capsys.readouterr().out, desk)


def test_the_page_of_ones_own_draws_the_grid_anew_after_steps(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ipywidgets
    import solara
    from ipywidgets.widgets.widget import _instances
    from mesa.visualization.utils import force_update

    def pictures() -> set[bytes]:
        return {bytes(one.value) for one in list(_instances.values()) if isinstance(one, ipywidgets.Image)}

    monkeypatch.syspath_prepend(desk)
    page: dict[str, Any] = {"__name__": "my_page"}
    exec(compile(SCRIPTS["solara"], "my_page.py", "exec"), page)
    _, rendered = solara.render(page["Page"], handle_error=False)
    first = pictures()
    page["world"].value.run_for(3 * 40)
    force_update()
    assert len(first) == len(pictures()) == 2
    assert not first & pictures()
    rendered.close()


def test_the_ranges_are_those_of_the_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    exec(RANGES, {})
    chosen, levers, behaviour = (int(number) for number in re.findall(r"\d+", capsys.readouterr().out))
    assert chosen == 3
    assert levers > 50
    assert behaviour > 200


def test_an_example_that_starts_workers_gives_an_answer_that_makes_sense(desk: Path) -> None:
    done = started(desk, SCRIPTS["dask"], sys.executable)
    assert done.returncode == 0, done.stderr
    check_answer("dask", done.stdout, desk)


@pytest.mark.slow
@pytest.mark.parametrize("tool", ADDED)
def test_an_example_for_another_tool_gives_an_answer_that_makes_sense(tool: str, desk: Path) -> None:
    done = started(desk, SCRIPTS[tool], *with_added(desk, f"{tool}=={versions()[tool]}", tool))
    assert done.returncode == 0, done.stderr
    check_answer(tool, done.stdout, desk)


@pytest.mark.slow
def test_the_next_mesa_gives_the_same_results(desk: Path) -> None:
    script = "import mesa; from quick_town import simulate; print(mesa.__version__.split('.')[0], simulate({}))"
    own, other = (
        started(desk, script, *start).stdout.split(maxsplit=1)
        for start in ((sys.executable,), with_added(desk, "mesa[network]==4.0.0a0", "mesa"))
    )
    assert (own[0], other[0]) == ("3", "4")
    assert own[1] == other[1]


def test_every_example_has_its_check_and_every_added_tool_its_version() -> None:
    assert list(SCRIPTS) == [*CHECKS]
    assert len(SCRIPTS) == len(EXAMPLES)
    assert set(versions()) == set(ADDED)


def test_ranges_of_all_levers_can_be_asked_for_at_once() -> None:
    from model.engine.parameters import all_parameters
    from scenarios import bounds

    stated = {name: (about.low, about.high) for name, _, about in all_parameters() if about.role == "lever"}
    assert bounds("*", role="lever") == stated
    assert set(bounds("trust", "hearsay")) > {"trust.memory_years", "hearsay.weight"}


def test_a_range_that_does_not_exist_is_one_line() -> None:
    from model.engine.errors import InputError
    from scenarios import bounds

    with pytest.raises(InputError, match=r"did you mean 'trust.memory_years'"):
        bounds("trust.memory_year")
