"""The doctor: one screen, right about a machine that is well, and about one that is not."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from experiments.cli import app as cli
from experiments.setup import doctor, tiny_run

REMEDY = "a rule changed: give the reason in `confianza doctor --store REASON`"


@pytest.fixture(scope="module")
def computed() -> dict[str, float | None]:
    """Return the figures of a tiny run of this code."""
    return tiny_run.compute_figures()


@pytest.fixture
def screen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, computed: Any) -> Any:
    """Return a function that calls the doctor and returns exit code and screen, the tiny run being done already."""
    monkeypatch.setattr(tiny_run, "compute_figures", lambda: computed)

    def look() -> tuple[int, str]:
        code = cli.run_program(["doctor"])
        told = capsys.readouterr().out
        assert len(told.splitlines()) <= 24
        assert all(len(one) <= 80 for one in told.splitlines())
        assert told.isascii()
        return code, told

    return look


def test_a_tiny_run_gives_the_figures_on_record(computed: dict[str, float | None]) -> None:
    recorded = tiny_run.read_record()["figures"]
    assert len([one for one in recorded.values() if one]) > 250
    assert tiny_run.differing_figures(computed, recorded) == [], REMEDY


def test_a_machine_that_is_well_is_code_0(screen: Any) -> None:
    code, told = screen()
    assert code == 0
    assert "All is well" in told
    assert told.count(doctor.GOOD) == 10


def test_a_figure_off_by_a_billionth_is_code_1(screen: Any, monkeypatch: Any, computed: Any) -> None:
    name = "trust_mean in month 2"
    moved = {name: computed[name] * (1.0 + 3e-9)}
    monkeypatch.setattr(tiny_run, "compute_figures", lambda: computed | moved)
    code, told = screen()
    assert code == 1
    assert f"NO  tiny run   1 of {len(computed)} figures" in told
    assert name in " ".join(told.split())
    monkeypatch.setattr(tiny_run, "compute_figures", lambda: computed | {name: computed[name] * (1.0 + 1e-12)})
    assert screen()[0] == 0


def lacking(name: str) -> Any:
    def version(asked: str) -> str:
        if asked == name:
            raise PackageNotFoundError(name)
        return real(asked)

    real = doctor.version
    return version


@pytest.mark.parametrize(
    ("asked", "given", "told"),
    [
        ("version", lacking("shapely"), "shapely is missing"),
        ("version", lambda name: "0.1", "numba 0.1 (needs <0.69,>=0.62)"),
        ("writable", lambda folder: False, "nothing can be written in"),
        ("DISK_GB", 1e9, "GB free in"),
        ("CACHE_GB", 1e9, "MB of compiled rules"),
        ("MEMORY_GB", 1e9, "GB free"),
    ],
)
def test_what_is_not_well_is_said_with_its_remedy_and_code_1(
    screen: Any, monkeypatch: pytest.MonkeyPatch, asked: str, given: Any, told: str
) -> None:
    monkeypatch.setattr(doctor, asked, given)
    code, shown = screen()
    assert code == 1
    assert told in " ".join(shown.split())
    assert "What to do\n  " in shown


def test_a_limit_of_stored_starts_that_is_no_number_is_a_finding(screen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFIANZA_STARTS_MB", "2 GB")
    code, told = screen()
    assert code == 1
    assert "starts: unset CONFIANZA_STARTS_MB, or set it to a whole number of MB" in " ".join(told.split())


def test_a_run_that_fails_is_a_finding_like_others(screen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ImportError("no module named 'mesa'")

    monkeypatch.setattr(tiny_run, "compute_figures", broken)
    code, told = screen()
    assert code == 1
    assert "NO  tiny run   ImportError: no module named 'mesa'" in told


def test_figures_are_put_on_record_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, computed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "figures.json"
    monkeypatch.setattr(tiny_run, "RECORD", path)
    monkeypatch.setattr(tiny_run, "compute_figures", lambda: computed)
    assert cli.run_program(["doctor"]) == 1
    assert "no figures on record" in capsys.readouterr().out
    assert cli.run_program(["doctor", "--store", "tried out"]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["reason"] == "tried out"
    assert cli.run_program(["doctor"]) == 0
