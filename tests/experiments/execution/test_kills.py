"""SIGKILL of a worker or of the whole program, at every moment that has a name: what is left is the same bytes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from stub_runs import write_study
from systems import needs_linux
from test_runs import alive

from experiments.cli import app as cli
from experiments.storage.manifest import leftover_files
from experiments.storage.reading import csv_of
from experiments.storage.results_folder import unfinished_path
from model.engine.errors import InputError

pytestmark = [pytest.mark.thorough, needs_linux]
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
ASKED = {
    "run": ("run", "baseline", *SMALL, "--replicates", "3"),
    "compare": ("compare", "status_quo", "reporting_support", "--scenario", "baseline", *SMALL, "--replicates", "3"),
    "sweep": ("sweep",),
}
EVERYWHERE = (
    *("worker, starting", "worker, amid", "worker, done", "worker, telling"),
    *("parent, giving", "parent, taking"),
)
WRITING = {
    "run": (
        "written out*/manifest.json",
        "writing parts/*",
        "writing out*/ledger.parquet",
        "writing out*/manifest.json",
    ),
    "compare": ("writing baseline-status_quo/cells.parquet", "writing parts/*", "written out*/effects.parquet"),
    "sweep": ("writing out/plan.parquet", "writing measures/*"),
}
KILLS = [(what, moment) for what in ASKED for moment in (*EVERYWHERE, *WRITING[what])]
QUICK = ("run", "writing out*/ledger.parquet")

type Left = dict[str, bytes]


def left(out: Path) -> Left:
    """Return the bytes of all tables in a folder of results; of a sweep, those of its export."""
    if (out / "plan.parquet").is_file():
        return {"export": csv_of(out)}
    tables = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.parquet")}
    return tables | {f"{path.parent.name}.csv": csv_of(path.parent) for path in out.rglob("measures.parquet")}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """Return a function that returns the words of a command."""
    study = write_study(tmp_path_factory.mktemp("study") / "study.toml", vary='"trust.fast_days" = [4.0]')
    return lambda what: [*ASKED[what], *([str(study)] if what == "sweep" else [])]


@pytest.fixture(scope="module")
def start(asked: Callable[[str], list[str]]) -> Callable[[str, Path, str], int]:
    """Return a function that starts a command, which is killed at a moment, and returns its exit code."""

    def started(what: str, out: Path, moment: str) -> int:
        workers = "1" if moment.startswith("writ") and what != "sweep" else "2"
        words = [sys.executable, "tests/support/killed.py", *asked(what), "--workers", workers, "--out", str(out)]
        told = {"KILLED": moment, "MARK": str(out.parent / "mark")}
        with (out.parent / "messages.txt").open("a") as messages:
            process = subprocess.Popen(
                words, env=os.environ | told, stdout=messages, stderr=messages, start_new_session=True
            )
            code = process.wait(timeout=300.0)
        deadline = time.monotonic() + 20.0
        while alive(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(process.pid), "a worker outlived its parent"
        return code

    return started


@pytest.fixture(scope="module")
def whole(asked: Callable[[str], list[str]], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Left]:
    """Return a function that returns what a command leaves that nobody disturbs."""

    @cache
    def undisturbed(what: str) -> Left:
        out = tmp_path_factory.mktemp(what) / "out"
        assert cli.run_program([*asked(what), "--out", str(out)]) == 0
        return left(out)

    return undisturbed


@pytest.mark.parametrize(
    ("what", "moment"), [pytest.param(*one, marks=() if one == QUICK else pytest.mark.slow) for one in KILLS]
)
def test_what_was_killed_leaves_the_same_bytes(start, whole, what, moment, tmp_path):
    out = tmp_path / "out"
    code = start(what, out, moment)
    assert (tmp_path / "mark").exists(), "nobody was killed"
    assert code == (0 if moment.startswith("worker") else -signal.SIGKILL)
    if code:
        for folder in (out, unfinished_path(out)):
            if what != "sweep" and (folder / "manifest.json").exists() and moment != "written out*/manifest.json":
                check_refused(folder)
        assert start(what, out, moment) == 0
    assert left(out) == whole(what)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "mark", "messages.txt"}
    assert [path for folder in (out, *out.rglob("*/")) for path in leftover_files(folder)] == []


def check_refused(out: Path) -> None:
    """Check that what was half written is not read, and that one line says so."""
    with pytest.raises(InputError, match="was killed: give the same command again") as wrong:
        csv_of(out)
    assert "\n" not in str(wrong.value)
