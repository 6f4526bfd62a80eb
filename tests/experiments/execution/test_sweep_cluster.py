"""A sweep on a real Dask cluster over loopback, one of whose workers is killed, ends with the same bytes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from stub_runs import write_study

from experiments.cli import app as cli
from experiments.dev.bench.country import country_files
from experiments.storage.writing import write_all

ROOT = Path(__file__).parents[3]
QUIET = ["--no-dashboard"]


def started(words, tmp_path, name):
    told = tmp_path / f"{name}.txt"
    with told.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *words, *QUIET], stdout=stream, stderr=stream, cwd=tmp_path, start_new_session=True
        )
    return process, told


def read_until(pattern, told, seconds=60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := re.search(pattern, told.read_text()):
            return found
        time.sleep(0.05)
    raise AssertionError(told.read_text())


@pytest.fixture
def cluster(tmp_path):
    """Yield the address of a scheduler, and its two worker processes."""
    scheduler, told = started(
        ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"], tmp_path, "scheduler"
    )
    address = read_until(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)", told)[1]
    words = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
    workers = [started(words, tmp_path, f"worker{number}") for number in range(2)]
    for _, told in workers:
        read_until("Registered to", told)
    yield address, [process for process, _ in workers]
    for process in (*(process for process, _ in workers), scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_writes_the_same_table(tmp_path, cluster):
    address, workers = cluster
    study = write_study(tmp_path / "study.toml", seeds=30)
    tables = {}
    for name, words in (("here", ["--workers", "2"]), ("far", ["--dask", address])):
        out = tmp_path / name
        if name == "far":
            killer = threading.Thread(target=kill_in_the_middle, args=(out, workers[0]), daemon=True)
            killer.start()
        assert cli.run_program(["sweep", str(study), "--out", str(out), *words]) == 0
        target = tmp_path / f"{name}.csv"
        assert cli.run_program(["export", str(out), "--csv", str(target)]) == 0
        tables[name] = target.read_bytes()
    assert workers[0].poll() == -signal.SIGKILL
    assert tables["far"] == tables["here"]
    assert tables["here"].count(b"\n") == 1 + 120


@pytest.mark.slow
def test_many_municipalities_have_the_same_bytes_on_a_cluster_that_loses_a_worker(tmp_path, cluster):
    address, workers = cluster
    (tmp_path / "towns").mkdir()
    files = {path: text.replace("\nyears = 3", "\nyears = 0.2") for path, text in country_files(tmp_path, 12)}
    write_all({path: text.encode() for path, text in files.items()})
    tables = {}
    for name, words in (("here", ["--workers", "2"]), ("far", ["--dask", address])):
        out = tmp_path / name
        if name == "far":
            threading.Thread(target=kill_in_the_middle, args=(out, workers[0]), daemon=True).start()
        assert cli.run_program(["sweep", str(tmp_path / "country.toml"), "--yes", "--out", str(out), *words]) == 0
        target = tmp_path / f"{name}.csv"
        assert cli.run_program(["export", str(out), "--csv", str(target)]) == 0
        tables[name] = target.read_bytes()
    assert workers[0].poll() == -signal.SIGKILL
    assert tables["far"] == tables["here"]
    assert len({line.split(b",")[1] for line in tables["here"].splitlines()[1:]}) == 12


@pytest.mark.slow
def test_an_analysis_plans_its_budget_on_a_cluster(tmp_path, cluster, capsys):
    address, _ = cluster
    vary = '"trust.harm" = "stated"\n"fear.heed" = "stated"\n[sensitivity]\nmeasures = ["trust_mean"]'
    study = write_study(tmp_path / "study.toml", seeds=2, vary=vary)
    words = ["--method", "morris", "--budget", "20s", "--dask", address, "--yes", "--out", str(tmp_path / "out")]
    assert cli.run_program(["sensitivity", str(study), *words]) == 0, capsys.readouterr().err
    assert (tmp_path / "out" / "indices.csv").is_file()


def kill_in_the_middle(out, worker):
    """Kill a worker as soon as the first batch has been written."""
    while not list(out.glob("measures/*.parquet")):
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)


def test_an_address_where_nobody_answers_is_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.execution.dask_executor.CONNECT_TIMEOUT_S", 0.3)
    study = write_study(tmp_path / "study.toml", seeds=1)
    assert cli.run_program(["sweep", str(study), "--out", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:9"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert "--dask tcp://127.0.0.1:9: no scheduler answers there" in err[-1]
    assert cli.run_program(["sweep", str(study), "--out", str(tmp_path / "out"), "--dask", "nowhere"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert "--dask nowhere: no scheduler answers there" in err[-1]
    assert "Traceback" not in "".join(err)


@pytest.mark.slow
def test_a_scheduler_that_is_killed_is_one_line_and_the_sweep_goes_on_here(tmp_path, capfd):
    scheduler, told = started(
        ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"], tmp_path, "scheduler"
    )
    address = read_until(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)", told)[1]
    words = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
    worker, told = started(words, tmp_path, "worker")
    read_until("Registered to", told)
    study, out = write_study(tmp_path / "study.toml", seeds=20), tmp_path / "out"
    threading.Thread(target=kill_in_the_middle, args=(out, scheduler), daemon=True).start()
    try:
        assert cli.run_program(["sweep", str(study), "--out", str(out), "--dask", address]) == 1
    finally:
        worker.kill()
        worker.wait()
    err = capfd.readouterr().err
    assert scheduler.wait() == -signal.SIGKILL
    assert "Traceback" not in err
    assert (ends := re.search(r"scheduler at .* is gone; (\d+) of 80 runs are safe in", err.splitlines()[-1]))
    assert 0 < int(ends[1]) < 80
    assert cli.run_program(["sweep", str(study), "--out", str(out)]) == 0
    assert "80 of 80 runs are safe" in capfd.readouterr().err


SHELL = re.compile(r"```\n(openssl .*?)dask scheduler", re.DOTALL)
"""Lines of the page that make a key and name it to all parts."""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_with_tls_only_those_who_hold_a_key_reach_the_scheduler(tmp_path, monkeypatch, capfd):
    page = (ROOT / "experiments/studies/README.md").read_text(encoding="utf-8")
    (lines,) = SHELL.findall(page)
    told = subprocess.run(["bash", "-ec", f"{lines}\nenv"], cwd=tmp_path, capture_output=True, text=True, check=True)
    keys = dict(line.split("=", 1) for line in told.stdout.splitlines() if line.startswith("DASK_"))
    assert len(keys) == 8
    study, out = write_study(tmp_path / "study.toml", seeds=1), tmp_path / "out"
    monkeypatch.chdir(tmp_path)
    script = "import sys; from experiments.cli import main\nif __name__ == '__main__': main()"
    with monkeypatch.context() as held:
        for name, value in keys.items():
            held.setenv(name, value)
        words = ["distributed.cli.dask_scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", "0"]
        scheduler, said = started(words, tmp_path, "scheduler")
        address = read_until(r"Scheduler at:\s+(tls://127\.0\.0\.1:\d+)", said)[1]
        words = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
        worker, said = started(words, tmp_path, "worker")
        read_until("Registered to", said)
    sweep = [sys.executable, "-c", script, "sweep", str(study), "--out", str(out), "--dask"]
    try:
        for stranger, known, rule in (
            (address, {}, "Dask knows no key for TLS"),
            (address.replace("tls", "tcp"), {}, "no scheduler answers there"),
            (address.replace("tls", "tcp"), keys, "Dask is told to require encryption"),
        ):
            refused = subprocess.run([*sweep, stranger], env=os.environ | known, capture_output=True, text=True)
            assert refused.returncode == 2, refused.stderr
            assert refused.stderr.splitlines()[-1].startswith(f"confianza: --dask {stranger}: {rule}")
        done = subprocess.run([*sweep, address], env=os.environ | keys, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()
