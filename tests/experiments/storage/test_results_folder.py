"""A folder belongs to one identity: it is found ready, goes on, or stays as it is; nothing is overwritten unasked."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.execution import executor, job_cache
from experiments.storage import results_folder
from experiments.storage.folder_lock import locked
from experiments.storage.reading import csv_of
from experiments.words.dictionary import data_dictionary

SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
RUN = ("run", "baseline", *SMALL)
TWINS = ("compare", "status_quo", "resources_only", "--scenario", "baseline", *SMALL, "--replicates", "2")
BOTH = pytest.mark.parametrize("words", [RUN, TWINS], ids=["run", "compare"])
pytestmark = pytest.mark.usefixtures("no_picture", "headlines_only")
NEVER = RuntimeError("this must not be computed")


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def idle(monkeypatch):
    """Return a function after which nothing may be computed any more."""

    def stop() -> None:
        def refuse(*_: object) -> None:
            raise NEVER

        for module in (executor, job_cache):
            monkeypatch.setattr(module, "run_jobs", refuse)

    return stop


def done(*words: object) -> None:
    assert cli.run_program([str(word) for word in words]) == 0


def refused(capsys, *words: object) -> str:
    capsys.readouterr()
    assert cli.run_program([str(word) for word in words]) == 2
    told: str = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


def left(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix == ".parquet")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def folders() -> list[str]:
    return sorted(path.name for path in Path("results").iterdir())


@pytest.mark.thorough
@BOTH
def test_what_is_asked_for_again_is_found_ready(words, idle, capsys):
    done(*words)
    first = capsys.readouterr().out.splitlines()
    kept = {path: path.stat().st_mtime_ns for path in Path("results").rglob("*")}
    idle()
    done(*words)
    again = capsys.readouterr().out.splitlines()
    assert again[:-1] == first[:-1]
    assert again[-1].startswith("Found ready in results/")
    assert {path: path.stat().st_mtime_ns for path in Path("results").rglob("*")} == kept


@pytest.mark.thorough
@BOTH
def test_something_else_gets_a_folder_of_its_own(words, capsys):
    changes = (
        *(("--set", "trust.memory_years=5"), ("--start", "2017-02-01")),
        *(("--years", "0.12"), ("--replicates", "3")),
    )[:: 3 if words is TWINS else 1]
    done(*words)
    (name,) = folders()
    place, before = Path("results") / name, left(Path("results") / name)
    others: list[str] = []
    for more in changes:
        capsys.readouterr()
        done(*words, *more)
        (other,) = {*folders()} - {name, *others}
        assert other.startswith(f"{name}-")
        assert left(place) == before != left(Path("results") / other)
        assert f"results/{name} holds another" in capsys.readouterr().err
        others.append(other)
    for more in ((), *changes):
        done(*words, *more)
    assert folders() == sorted([name, *others])
    assert capsys.readouterr().out.count("Found ready in") == 1 + len(changes)
    shutil.rmtree(place)
    for more in changes:
        done(*words, *more)
    assert folders() == sorted(others)


@pytest.mark.thorough
@BOTH
def test_a_named_folder_of_another_identity_is_refused_unless_it_is_begun_anew(words, capsys):
    done(*words, "--out", "mine")
    before, others = left(Path("mine")), (*words, "--set", "trust.memory_years=5", "--out", "mine")
    told = refused(capsys, *others)
    assert "--out mine holds another" in told
    assert "choose another folder, or begin anew with --fresh" in told
    assert left(Path("mine")) == before
    Path("mine/notes.txt").write_text("mine")
    done(*others, "--fresh")
    assert left(Path("mine")) != before
    assert Path("mine/notes.txt").read_text() == "mine"
    assert "Changed: population.scale=0.05, calendar.warm_up=0, trust.memory_years=5" in capsys.readouterr().out


@pytest.mark.thorough
def test_a_folder_of_an_older_program_is_not_overwritten(capsys):
    done(*RUN)
    path = Path("results/baseline-status_quo-1/manifest.json")
    stated = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in stated.items() if key not in ("identity", "files")}))
    before = left(path.parent)
    done(*RUN)
    assert left(path.parent) == before
    assert len(folders()) == 2


@pytest.mark.thorough
@BOTH
def test_a_folder_that_was_changed_is_not_found_ready(words, capsys):
    done(*words, "--out", "mine")
    before = left(Path("mine"))
    victim = next(Path("mine").rglob("measures.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    capsys.readouterr()
    done(*words, "--out", "mine")
    assert f"{victim} is not what was written there: computed again" in capsys.readouterr().err
    assert left(Path("mine")) == before


@pytest.mark.thorough
@BOTH
@pytest.mark.parametrize("finished", [0, 1])
def test_what_was_interrupted_goes_on_where_it_ended(words, finished, monkeypatch, capsys):
    words = (*words, "--replicates", "3", "--out", "mine")
    done(*words[:-1], "whole")
    put, count = job_cache.JobCache.store, []

    def interrupted(self, job, result):
        if len(count) == finished:
            raise KeyboardInterrupt
        count.append(job)
        put(self, job, result)

    monkeypatch.setattr(job_cache.JobCache, "store", interrupted)
    assert cli.run_program(list(words)) == 130
    monkeypatch.setattr(job_cache.JobCache, "store", put)
    assert Path("mine").exists() == bool(finished)
    assert not Path("mine.unfinished").exists()
    capsys.readouterr()
    done(*words)
    assert ("1 of 3 were finished before, in mine" in capsys.readouterr().err) == bool(finished)
    assert left(Path("mine")) == left(Path("whole"))
    assert {path.name for path in Path().iterdir()} == {"mine", "whole"}


@pytest.mark.thorough
def test_what_was_killed_is_named_as_such_and_belongs_to_its_own_command(monkeypatch, capsys):
    words = (*RUN, "--replicates", "2")
    kill = "import os; from experiments.storage import run_folder; run_folder.parquet_of = lambda _: os._exit(9)"
    program = f"{kill}; from experiments.cli import main; main()"
    assert subprocess.run([sys.executable, "-c", program, *words], stderr=subprocess.DEVNULL).returncode == 9
    assert folders() == ["baseline-status_quo-1.unfinished"]
    place = Path("results/baseline-status_quo-1")
    told = refused(capsys, "export", results_folder.unfinished_path(place), "--csv", "-")
    assert "was being written when its program was killed: give the same command again" in told
    done(*RUN)
    (own,) = set(folders()) - {f"{place.name}.unfinished"}
    assert own == f"{place.name}-{results_folder.manifest_or_empty(Path('results', own))['identity'][:8]}"
    capsys.readouterr()
    done(*words)
    assert "2 of 2 were finished before" in capsys.readouterr().err
    assert len(folders()) == 2
    assert csv_of(place)


@pytest.mark.thorough
@pytest.mark.parametrize("broken", ["cut", "changed", "foreign"])
def test_a_part_that_is_not_whole_is_computed_again(broken, monkeypatch, capsys):
    words = (*RUN, "--replicates", "2", "--out", "mine")
    done(*words[:-1], "whole")
    with monkeypatch.context() as broken_off:
        broken_off.setattr("experiments.cli.run.write_folder", lambda *_: 1 / 0)
        assert cli.run_program(list(words)) == 1
    first, second = sorted(Path("mine.unfinished/parts").iterdir())
    content = first.read_bytes()
    first.write_bytes({"cut": content[:-9], "changed": content[:-9] + b"x" * 9, "foreign": second.read_bytes()}[broken])
    capsys.readouterr()
    done(*words)
    assert "1 of 2 were finished before" in capsys.readouterr().err
    assert left(Path("mine")) == left(Path("whole"))


@BOTH
@pytest.mark.thorough
def test_two_starts_at_once_on_one_folder_are_refused(words, capsys):
    with locked(Path("mine.unfinished")):
        assert "mine.unfinished is being written by another start" in refused(capsys, *words, "--out", "mine")
    done(*words, "--out", "mine")
    assert {path.name for path in Path().iterdir()} == {"mine"}


@pytest.mark.parametrize("name", ["parts", "arms", "inputs", "lock"])
def test_no_link_is_followed_out_of_a_folder(name, capsys):
    done(*RUN, "--out", "mine")
    Path("elsewhere").mkdir()
    Path("elsewhere/thesis.txt").write_text("mine")
    Path("mine", name).symlink_to(Path("elsewhere").resolve())
    assert f"mine/{name} is a link, which is not followed" in refused(capsys, *RUN, "--out", "mine", "--fresh")
    assert Path("elsewhere/thesis.txt").exists()


@BOTH
def test_a_link_to_nowhere_is_refused_before_anything_is_computed(words, capsys, idle):
    Path("mine").symlink_to("elsewhere")
    idle()
    assert "--out mine is a link to 'elsewhere', which is not there" in refused(capsys, *words, "--out", "mine")


def test_the_present_folder_may_be_written_into(monkeypatch):
    Path("here").mkdir()
    monkeypatch.chdir("here")
    done(*RUN, "--out", ".")
    assert Path("manifest.json").is_file()
    assert [path.name for path in Path("..").iterdir()] == ["here"]


def test_states_of_other_runs_are_not_overwritten(capsys):
    done(*RUN, "--save", "states", "--out", "a")
    kept = Path("states/saved.json").read_bytes()
    assert "--save states holds states of other runs" in refused(
        capsys, *RUN, "--seed", "2", "--save", "states", "--out", "b"
    )
    assert Path("states/saved.json").read_bytes() == kept
    done(*RUN, "--save", "states", "--out", "a")
    assert "Found ready" in capsys.readouterr().out
    Path("states/seed_1/state.npz").unlink()
    done(*RUN, "--save", "states", "--out", "a")
    assert Path("states/saved.json").read_bytes() == kept
    assert Path("states/seed_1/state.npz").is_file()


def test_every_table_that_is_described_goes_when_a_folder_is_begun_anew(tmp_path):
    for name in set(data_dictionary()["tables"]) - {"plan"}:  # only sweeps have a plan
        (tmp_path / f"{name}.parquet").touch()
    assert (tmp_path / "uncertainty.parquet").exists()
    results_folder.remove_results(tmp_path, parts=True)
    assert [*tmp_path.glob("*.parquet")] == []


@pytest.mark.thorough
@BOTH
def test_a_named_folder_of_the_same_command_by_other_code_says_so(words, capsys):
    done(*words, "--out", "mine")
    manifest = json.loads(Path("mine/manifest.json").read_text())
    Path("mine/manifest.json").write_text(json.dumps(manifest | {"fingerprint": "older", "identity": "other"}))
    told = refused(capsys, *words, "--out", "mine")
    assert "mine was computed by code older, this is" in told
    assert "begin anew with --fresh" in told
