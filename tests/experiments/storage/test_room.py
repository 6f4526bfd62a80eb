"""Before computing, not after: places that cannot be written into, full disks, and a cache that cannot be kept."""

import errno
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from systems import needs_linux
from test_results_folder import RUN, TWINS, done, left, refused

from experiments.cli import app as cli
from experiments.cli.compare import ComparisonOutput
from experiments.comparison.comparison import Request
from experiments.execution.run_requests import plan_runs
from experiments.storage import disk_space
from model.engine.errors import InputError

pytestmark = pytest.mark.thorough

PROGRAM = [sys.executable, "-c", "from experiments.cli import main; main()"]
BOTH = pytest.mark.parametrize("words", [RUN, TWINS], ids=["run", "compare"])


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def never(monkeypatch):
    """Let nothing be computed."""
    for name in ("execution.runs.run_unfinished", "comparison.comparison.run_missing_groups"):
        monkeypatch.setattr(f"experiments.{name}", lambda *_: pytest.fail("this was computed before it was refused"))


@BOTH
def test_a_place_that_is_a_file_is_told_before_anything_is_computed(words, never, capsys):
    Path("file").touch()
    assert "--out file is a file, not a folder" in refused(capsys, *words, "--out", "file")
    assert "--out file/x: file is a file" in refused(capsys, *words, "--out", "file/x").replace(f"{Path.cwd()}/", "")


@BOTH
def test_a_disk_without_room_is_told_before_anything_is_computed(words, never, capsys, monkeypatch):
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000))
    told = refused(capsys, *words, "--out", "out")
    assert "--out out: about " in told
    assert "10 kB are free: make room or choose another folder" in told
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("option", ["--report", "--figures"])
def test_places_of_what_is_shown_are_looked_at_first(option, never, capsys, monkeypatch):
    monkeypatch.setattr(disk_space, "check_writable", closed)
    assert f"{option} " in refused(capsys, *TWINS, option, "shown.svg")


def closed(named: str, _: Path) -> None:
    raise InputError(f"{named}: nothing can be written")


def test_a_file_of_somebody_else_is_never_replaced_by_a_report(never, capsys):
    Path("thesis.html").write_text("mine")
    for more in ([], ["--fresh"]):
        told = refused(capsys, *TWINS, "--report", "thesis.html", *more)
        assert "--report thesis.html is there and is no report of this program" in told
    assert Path("thesis.html").read_text() == "mine"


def test_a_report_of_another_comparison_is_replaced_only_if_asked(never, capsys):
    stated = json.dumps({"command": "confianza compare status_quo heavy_hand"})
    Path("a.html").write_text(f'<script type="application/json" id="manifest">{stated}</script>')
    told = refused(capsys, *TWINS, "--report", "a.html")
    assert "--report a.html holds the report of another comparison (confianza compare status_quo heavy_hand)" in told
    shown = ComparisonOutput(Path("a.html"), None, "es")
    shown.check(Request(arms=("status_quo", "resources_only")), None, fresh=True)
    shown.check(Request(arms=("status_quo", "heavy_hand")), None, fresh=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a function that returns the tables which a command of two replicates leaves where there is room."""

    @cache
    def undisturbed(words):
        out = tmp_path_factory.mktemp("whole") / "mine"
        done(*words, "--replicates", "2", "--out", out)
        return left(out)

    return undisturbed


READ_ONLY = [pytest.param(errno.EROFS, after, marks=() if after == 1 else pytest.mark.slow) for after in (0, 1, 3, 5)]
"""The same error with another number: once by default."""


@BOTH
@pytest.mark.parametrize(("code", "after"), [*((errno.ENOSPC, after) for after in (0, 1, 3, 5)), *READ_ONLY])
def test_a_disk_that_fills_up_keeps_what_was_finished_and_goes_on(words, code, after, whole, monkeypatch, capsys):
    expected = whole(words)
    words = (*words, "--replicates", "2", "--out", "mine")
    put, count = os.fsync, []

    def full(handle: int) -> None:
        count.append(handle)
        if len(count) > 2 * after + 2:
            raise OSError(code, os.strerror(code))
        put(handle)

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        capsys.readouterr()
        assert cli.run_program(list(words)) == 2
        told = capsys.readouterr().err.splitlines()
    assert "Traceback" not in "".join(told)
    assert os.strerror(code) in told[-1]
    assert f"what was finished ({min(after, 2)}) is safe in mine.unfinished" in told[-1]
    done(*words)
    assert left(Path("mine")) == expected
    assert {path.name for path in Path().iterdir()} == {"mine"}


@needs_linux
def test_a_file_that_may_grow_no_further_is_a_full_disk(tmp_path):
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
    program = [sys.executable, "-c", f"{limit} from experiments.cli import main; main()"]
    ended = subprocess.run([*program, *RUN, "--out", "mine"], capture_output=True, text=True)
    assert ended.returncode == 2, ended.stderr
    told = ended.stderr.splitlines()[-1]
    assert told.startswith("confianza: mine.unfinished/parts/")
    assert "cannot be written: the disk is full (File too large); what was finished (0) is safe" in told
    assert not Path("mine").exists()


def test_planned_bytes_are_not_fewer_than_those_that_are_written_and_not_ten_times_as_many(tmp_path):
    words = ["baseline", "--set", "population.scale=0.25", "--years", "1", "--keep", "incidents,cells"]
    done("run", *words, "--save", "states", "--out", "mine")
    specs = plan_runs("baseline", sets=["population.scale=0.25"], years=1, keep="incidents,cells")
    written = 2 * sum(map(len, left(Path("mine")).values()))
    state = Path("states/seed_1/state.npz").stat().st_size
    assert written < disk_space.size_of_runs(specs) < 10 * written
    assert state < disk_space.size_of_states(specs) < 10 * state


@pytest.mark.parametrize("variable", ["CONFIANZA_CACHE", "XDG_CACHE_HOME", "HOME"])
def test_a_cache_that_cannot_be_written_is_told_in_one_line_and_replaced_by_a_private_one(variable):
    Path("file").touch()
    surroundings = {key: value for key, value in os.environ.items() if not key.endswith("CACHE_HOME")}
    surroundings.pop("CONFIANZA_CACHE", None)
    surroundings |= {variable: str(Path("file").resolve())}
    look = "import model; from model.engine.fingerprint import cache_folder; folder = cache_folder().parent.parent;"
    look += "print(oct(folder.stat().st_mode & 0o777), folder)"
    told = subprocess.run([sys.executable, "-c", look], env=surroundings, capture_output=True, text=True, check=True)
    rights, place = told.stdout.split()
    assert rights == "0o700"
    assert not Path(place).exists()
    ended = subprocess.run(
        [*PROGRAM, "list", "scenarios"], env=surroundings, capture_output=True, text=True, check=True
    )
    (line,) = ended.stderr.splitlines()
    assert line.startswith("confianza: nothing can be kept in ")
    assert "compiling into a temporary folder" in line
