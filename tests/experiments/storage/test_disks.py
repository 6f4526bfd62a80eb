"""Disks that fill in the middle of a write, folders of another user, clocks that jump: one line, nothing lost."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from stub_runs import write_study
from systems import needs_linux
from test_results_folder import RUN, SMALL, TWINS, done, left

from experiments.cli import app as cli
from experiments.storage.reading import csv_of
from experiments.storage.writing import Unwritable, write_all, write_atomically

pytestmark = pytest.mark.thorough

MAIN = "from experiments.cli import main\nif __name__ == '__main__': main()"
ROOMY = "import shutil; from collections import namedtuple\n"
ROOMY += "shutil.disk_usage = lambda _: namedtuple('Usage', 'total used free')(10**12, 0, 10**12)\n"
NOBODY = 65534
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs rights to change the user")


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from experiments.storage.writing import Unwritable, write_atomically

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for most in map(int, sys.argv[1:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        write_atomically(Path("table"), b"new" * 1000)
    except Unwritable as reason:
        assert str(reason) == "table: cannot be written: the disk is full (File too large)", reason
    else:
        sys.exit("written")
"""


@needs_linux
def test_a_write_that_fails_at_any_byte_leaves_the_old_file_alone():
    Path("table").write_bytes(b"old")
    places = [str(most) for most in (0, 1, 2, 1000, 2048, 2998, 2999)]
    subprocess.run([sys.executable, "-c", LIMITED, *places], check=True)
    assert Path("table").read_bytes() == b"old"
    assert [path.name for path in Path().iterdir()] == ["table"]


@needs_linux
def test_a_pipe_or_device_is_not_replaced_by_a_file():
    os.mkfifo("pipe")
    with pytest.raises(Unwritable, match="pipe: cannot be written: it is a folder, a pipe or a device"):
        write_atomically(Path("pipe"), b"new")
    assert Path("pipe").is_fifo()


def test_of_several_new_files_all_are_written_or_none():
    Path("taken").mkdir()
    with pytest.raises(Unwritable, match="taken: cannot be written"):
        write_all({Path("first"): b"a", Path("taken"): b"b"})
    assert [path.name for path in Path().iterdir()] == ["taken"]
    with pytest.raises(Unwritable, match="nowhere/x: cannot be written"):
        write_atomically(Path("nowhere/x"), b"a")


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Return a folder that everybody may read, with a run, a comparison and a sweep in it, and a folder of root's."""
    place = Path(tempfile.mkdtemp(prefix="confianza-disks-"))
    place.chmod(0o755)
    study = write_study(place / "study.toml", seeds=1, vary='"trust.fast_days" = [4.0]')
    done("run", "villa_canales", *SMALL, "--out", place / "run")
    done(*TWINS, "--out", place / "compare")
    done("sweep", study, "--out", place / "sweep")
    (place / "closed").mkdir()
    (place / "open").mkdir()
    (place / "open").chmod(0o777)
    yield place
    shutil.rmtree(place)


COMMANDS: dict[str, tuple[str, ...]] = {
    "run --out": (*RUN, "--out", "closed/x"),
    "run --save": (*RUN, "--save", "closed/x", "--out", "open/x"),
    "compare --out": (*TWINS, "--out", "closed/x"),
    "compare --report": (*TWINS, "--report", "closed/x.html"),
    "compare --figures": (*TWINS, "--figures", "closed/x"),
    "sweep": ("sweep", "study.toml", "--out", "closed/x"),
    "export --csv": ("export", "run", "--csv", "closed/x.csv"),
    "export --gpkg": ("export", "run", "--gpkg", "closed/x.gpkg"),
    "export --geojson": ("export", "run", "--geojson", "closed/x.geojson"),
    "plot": ("export", "run", "--figures", "run"),
    "plot --out": ("export", "sweep", "--figures", "closed/x.svg"),
}
QUICK = ("run --out", "sweep", "export --csv")
SOME = [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in COMMANDS]


def seconds_of_children() -> float:
    """Return the processor time of all processes that were started and have ended: compiling alone takes a minute."""
    spent = os.times()
    return spent.children_user + spent.children_system


@as_root
@pytest.mark.parametrize("name", SOME)
def test_a_folder_of_another_user_is_told_by_its_name_before_anything_is_computed(made, name):
    begun = seconds_of_children()
    nowhere = {"HOME": "/nonexistent", "CONFIANZA_CACHE": "/nonexistent/cache"}
    ended = subprocess.run(
        [sys.executable, "-c", MAIN, *COMMANDS[name]],
        **{"user": NOBODY, "group": NOBODY, "cwd": made, "env": os.environ | nowhere},
        capture_output=True,
        text=True,
    )
    *_, told = ended.stderr.splitlines()
    assert (ended.returncode, told.startswith("confianza: ")) == (2, True), ended.stderr
    assert ("run/summary.png" if name == "plot" else "closed") in told
    assert not list((made / "closed").iterdir())
    assert seconds_of_children() - begun < 20.0


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """Mount a disk of a size in memory; skip the test where that is not allowed."""
    disk = Path("disk").resolve()
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def whole(folder: Path) -> dict[str, bytes]:
    """Return what is the same after every failure: tables, or of a sweep its export."""
    return {"export": csv_of(folder)} if (folder / "plan.parquet").is_file() else left(folder)


FULL: dict[str, tuple[str, ...]] = {
    "mine.csv": ("export", "run", "--csv", "mine.csv"),
    "mine.geojson": ("export", "run", "--geojson", "mine.geojson"),
    "mine.gpkg": ("export", "run", "--gpkg", "mine.gpkg"),
    "mine.toml": ("new", "municipality", "mine"),
    "measures.svg": ("export", "sweep", "--figures", "measures.svg"),
}


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_is_told_by_the_name_of_the_file_and_nothing_is_left(made, name, monkeypatch, capsys):
    for kind in ("run", "sweep"):
        Path(kind).symlink_to(made / kind)
    before = sorted(Path().iterdir())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        assert cli.run_program([*FULL[name]]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == f"confianza: {name}: cannot be written: the disk is full (No space left on device)"
    assert sorted(Path().iterdir()) == before
    done(*FULL[name])


@as_root
@pytest.mark.slow
def test_states_that_find_no_room_leave_their_run_finished(capsys):
    words = (*RUN, "--save", "disk/states")
    done(*RUN, "--save", "whole", "--out", "a")
    with small_disk("100k") as disk:
        program = [sys.executable, "-c", ROOMY + MAIN, *map(str, words), "--out", "mine"]
        ended = subprocess.run(program, capture_output=True, text=True)
        assert ended.returncode == 2, ended.stderr
        assert "Traceback" not in ended.stderr
        assert "disk/states" in ended.stderr.splitlines()[-1]
        assert not list(disk.rglob("saved.json"))
        subprocess.run(["mount", "-o", "remount,size=100M", disk], check=True)
        done(*words, "--out", "mine")
        assert left(Path("mine")) == left(Path("a"))
        seed = Path("seed_1/state.npz")
        assert (disk / "states" / seed).read_bytes() == ("whole" / seed).read_bytes()


@as_root
@pytest.mark.slow
@pytest.mark.parametrize("size", ["12k", "40k", "100k", "200k", "300k"])
@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
def test_a_disk_that_fills_in_the_middle_of_a_write_keeps_what_was_finished(kind, size, capsys):
    study = write_study(Path("study.toml"), seeds=2, vary='"trust.fast_days" = [4.0]')
    words = {"run": (*RUN, "--replicates", "3"), "compare": (*TWINS, "--replicates", "3"), "sweep": ("sweep", study)}[
        kind
    ]
    done(*words, "--out", "whole")
    with small_disk(size) as disk:
        out = disk / "mine"
        program = [sys.executable, "-c", ROOMY + MAIN, *map(str, words), "--out", str(out)]
        ended = subprocess.run(program, capture_output=True, text=True)
        assert ended.returncode == 2, ended.stderr
        assert "Traceback" not in ended.stderr
        assert "No space left on device" in ended.stderr.splitlines()[-1]
        subprocess.run(["mount", "-o", "remount,size=100M", disk], check=True)
        done(*words, "--out", out)
        assert whole(out) == whole(Path("whole"))


def test_a_clock_that_jumps_changes_no_number_and_nothing_is_computed_again(monkeypatch, capsys):
    done(*RUN, "--out", "mine")
    before, now = left(Path("mine")), time.time()
    for jump in (-1e9, 1e9):
        for path in Path("mine").rglob("*"):
            os.utime(path, (now + jump, now + jump))
        monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
        capsys.readouterr()
        done(*RUN, "--out", "mine")
        assert "Found ready" in capsys.readouterr().out
        done(*RUN, "--out", "mine", "--fresh")
        assert left(Path("mine")) == before


WALL = re.compile(r"\btime\.(?:time|localtime|gmtime|ctime|strftime)\(|\.(?:now|today|utcnow)\(|from time import")


def test_nothing_but_a_manifest_reads_the_time_of_day():
    """Waiting, patience and speed go by clocks that never jump."""
    root = Path(__file__).parents[3]
    sources = [path for part in ("experiments", "model", "scenarios") for path in (root / part).rglob("*.py")]
    found = [path.relative_to(root).as_posix() for path in sources if WALL.search(path.read_text(encoding="utf-8"))]
    assert found == ["experiments/storage/manifest.py"]
