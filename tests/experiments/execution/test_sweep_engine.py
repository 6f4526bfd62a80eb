"""The coordinator of a sweep: nothing is lost, doubled or blamed on the wrong run."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import stub_runs
from stub_runs import jobs_in, quarantined, sweep, write_study
from systems import needs_linux, needs_signals

from experiments.execution.run_job import try_run
from experiments.execution.runs import run_all
from experiments.storage.run_store import stored_table
from experiments.studies import quarantine
from model.engine.errors import InputError

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    study = write_study(tmp_path_factory.mktemp("study") / "tiny.toml", vary='"trust.fast_days" = [4.0]')
    return [job for job in jobs_in(study) if job.policies == ("status_quo",)]


def rows(folder):
    table = stored_table(folder)
    return table.sort_by([("run", "ascending"), ("month", "ascending")])


def test_every_run_is_there_once_however_many_workers(tmp_path, jobs):
    for workers in (1, 2):
        outcome, store = sweep(tmp_path / str(workers), jobs, workers=workers)
        assert not outcome.failed
        assert store.finished == {job.run for job in jobs}
    assert rows(tmp_path / "1").equals(rows(tmp_path / "2"))
    assert len(rows(tmp_path / "1")) == 12 * len(jobs)


def test_a_run_that_fails_is_in_quarantine_and_the_others_go_on(tmp_path, jobs):
    outcome, store = sweep(tmp_path, jobs, stub_runs.failing, workers=1)
    bad = {job.run for job in jobs if job.seed == 2}
    assert set(outcome.failed) == bad
    assert store.finished == {job.run for job in jobs} - bad
    for path in quarantined(tmp_path):
        run, spec = quarantine.read(path)
        told = json.loads(path.read_text(encoding="utf-8"))
        assert run == spec.run == path.stem
        assert any(job.command == spec.command for job in jobs)
        assert "rng must be a whole number" in told["error"]
        assert any("Traceback" in line for line in told["traceback"])
        assert told["repeat"] == f"confianza verify {path}"


def test_a_run_that_kills_its_worker_twice_is_in_quarantine_and_no_other(tmp_path, jobs):
    outcome, store = sweep(tmp_path, jobs, stub_runs.deadly, workers=1)
    bad = {job.run for job in jobs if job.seed == 2}
    assert set(outcome.failed) == bad
    assert store.finished == {job.run for job in jobs} - bad
    told = json.loads(quarantined(tmp_path)[0].read_text(encoding="utf-8"))
    assert "died 2 times" in told["error"]


def test_a_run_that_never_ends_is_in_quarantine_and_no_other(tmp_path, jobs, monkeypatch):
    monkeypatch.setattr("experiments.execution.local_workers.HANG_TIMEOUT_S", 5.0)
    outcome, store = sweep(tmp_path, jobs, stub_runs.hanging, workers=1)
    bad = {job.run for job in jobs if job.seed == 2}
    assert set(outcome.failed) == bad
    assert store.finished == {job.run for job in jobs} - bad
    assert "hanging" in json.loads(quarantined(tmp_path)[0].read_text(encoding="utf-8"))["error"]


def test_a_run_whose_worker_was_killed_once_is_tried_again(tmp_path, jobs, monkeypatch):
    monkeypatch.setenv("MORTAL", str(tmp_path))
    outcome, store = sweep(tmp_path / "sweep", jobs, stub_runs.mortal, workers=1)
    assert not outcome.failed
    assert store.finished == {job.run for job in jobs}


@needs_signals
@pytest.mark.parametrize(("stub", "workers"), [(stub_runs.stuttering, 1), (stub_runs.taking, 2)])
def test_a_worker_killed_with_the_pipe_in_use_does_not_hold_up_the_sweep(tmp_path, jobs, monkeypatch, stub, workers):
    monkeypatch.setenv("MORTAL", str(tmp_path))
    give_up = threading.Timer(60.0, os.kill, (os.getpid(), signal.SIGTERM))
    give_up.start()
    outcome, store = sweep(tmp_path / "sweep", jobs, stub, workers)
    give_up.cancel()
    assert not outcome.failed
    assert store.finished == {job.run for job in jobs}


def test_a_second_start_computes_only_what_is_missing_and_empties_the_quarantine(tmp_path, jobs):
    sweep(tmp_path, jobs, stub_runs.failing, workers=1)
    before = {path.name for path in (tmp_path / "measures").iterdir()}
    outcome, store = sweep(tmp_path, jobs, workers=1)
    assert store.finished == {job.run for job in jobs}
    assert not outcome.failed
    assert quarantined(tmp_path) == []
    assert before < {path.name for path in (tmp_path / "measures").iterdir()}
    assert len(rows(tmp_path)) == 12 * len(jobs)


FLAT = """
import re, sys
from pathlib import Path
import stub_runs
if __name__ == "__main__":
    jobs = stub_runs.jobs_in(Path(sys.argv[1]))
    outcome, store = stub_runs.sweep(Path(sys.argv[2]), jobs, workers=1)
    assert len(store.finished) == len(jobs)
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print(len(jobs), int(peak[1]) / 1024)
"""


def peak(folder: Path, seeds: int) -> tuple[int, float]:
    """Return the number of runs and the megabytes that the coordinator had at most."""
    folder.mkdir()
    study = write_study(folder / "study.toml", seeds=seeds)
    (folder / "flat.py").write_text(FLAT)
    path = os.pathsep.join([str(Path(stub_runs.__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    words = [sys.executable, str(folder / "flat.py"), str(study), str(folder / "out")]
    told = subprocess.run(words, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": path})
    runs, megabytes = told.stdout.split()
    return int(runs), float(megabytes)


@pytest.mark.slow
@needs_linux
def test_memory_stays_flat_over_ten_thousand_runs(tmp_path):
    few, little = peak(tmp_path / "few", 100)
    many, much = peak(tmp_path / "many", 2500)
    print(f"{few} runs: {little:.0f} MB at most, {many} runs: {much:.0f} MB at most")
    assert (few, many) == (400, 10_000)
    assert little > 50.0
    assert much - little < 40.0


def test_a_file_that_changes_while_a_sweep_runs_ends_it_in_one_line(tmp_path):
    site, study = tmp_path / "site.toml", write_study(tmp_path / "study.toml", seeds=3)
    site.write_text('extends = "baseline"\n', encoding="utf-8")
    study.write_text(study.read_text(encoding="utf-8").replace('"baseline"', '"site.toml"'), encoding="utf-8")
    jobs = jobs_in(study)
    site.write_text('extends = "baseline"\n[trust]\nharm = 1.0\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"site\.toml or of its policies has changed since the start") as wrong:
        sweep(tmp_path / "out", jobs, try_run, workers=1)
    assert "\n" not in str(wrong.value)
    assert stored_table(tmp_path / "out") is None
    assert not quarantined(tmp_path / "out")
    with pytest.raises(InputError, match="has changed"):
        run_all(jobs[:2], workers=2)
