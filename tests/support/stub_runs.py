"""Runs that take no time, in the place of worlds: what the engine and the store do is tested with thousands of them."""

import dataclasses
import os
import signal
import struct
import sys
import time
from pathlib import Path

import pyarrow as pa
from pebble.pool.process import Acknowledgement

from experiments.execution.interruption import Interruption
from experiments.execution.local_workers import LocalExecutor
from experiments.execution.run_job import FinishedRun, try_run
from experiments.storage.folder_lock import locked
from experiments.storage.progress import Progress
from experiments.storage.result_tables import TIMESTAMP
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import Store
from experiments.studies.study import read_study
from experiments.studies.study_engine import Engine, SweepOutcome
from experiments.studies.study_jobs import jobs_of
from experiments.words.dictionary import DictionaryColumn, field_metadata, with_meanings
from model.engine.fingerprint import fingerprint

WORDS = DictionaryColumn("trust in the police, mean", "confianza en la policía, media", "0-1")
TRUST = pa.field("trust_mean", pa.float64(), metadata=field_metadata(WORDS))
"""The one measure; what the model says of it would bring its compiler, which takes longest of all to load."""
STUDY = """
scenarios = ["baseline"]
policies = [["status_quo"], ["reporting_support"]]
seeds = {seeds}
years = 0.1
warm_up = 0
{more}
[set]
"population.scale" = 0.05
[vary]
{vary}
"""


def write_study(path: Path, seeds: object = 3, vary: str = '"trust.fast_days" = [4.0, 8.0]', more: str = "") -> Path:
    path.write_text(STUDY.format(seeds=seeds, vary=vary, more=more), encoding="utf-8")
    return path


def jobs_in(path: Path) -> list[RunSpec]:
    return jobs_of(read_study(path))


def tables(job: RunSpec) -> dict[str, pa.Table]:
    """Return twelve months that follow from the identity of the run."""
    months = pa.array(range(17_167, 17_167 + 12 * 31, 31), pa.int32()).cast(pa.date32()).cast(TIMESTAMP)
    values = [(int(job.run, 16) >> k) / 2.0**64 for k in range(12)]
    columns = {"run": [job.run] * 12, "scenario": ["baseline"] * 12, "policy": ["+".join(job.policies)] * 12}
    keys = with_meanings(pa.table(columns | {"seed": [job.seed] * 12, "month": months}), "measures")
    return {"measures": keys.append_column(TRUST, [values])}


def steady(job: RunSpec, tell: object) -> FinishedRun:
    return FinishedRun(tables(job), 0.001, fingerprint())


def slow(job: RunSpec, tell: object) -> FinishedRun:
    time.sleep(0.02)
    return steady(job, tell)


def failing(job: RunSpec, tell: object) -> object:
    """Fail with seed 2, in the way in which runs fail."""
    if job.seed == 2:
        return try_run(dataclasses.replace(job, town="", seed=-1), lambda _: None)
    return steady(job, tell)


def deadly(job: RunSpec, tell: object) -> FinishedRun:
    """Take the process along with seed 2."""
    if job.seed == 2:
        os._exit(9)
    return steady(job, tell)


def hanging(job: RunSpec, tell: object) -> FinishedRun:
    """Never end with seed 2."""
    if job.seed == 2:
        time.sleep(600.0)
    return steady(job, tell)


def mortal(job: RunSpec, tell: object) -> FinishedRun:
    """Take the process along with seed 2, the first time only."""
    mark = Path(os.environ["MORTAL"]) / job.run
    if job.seed == 2 and not mark.exists():
        mark.touch()
        os._exit(9)
    return steady(job, tell)


def stuttering(job: RunSpec, tell: object) -> FinishedRun:
    """Be killed half-way through telling a result with seed 2, the first time only."""
    mark = Path(os.environ["MORTAL"]) / job.run
    if job.seed == 2 and not mark.exists():
        mark.touch()
        tell_half()
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(job, tell)


def taking(job: RunSpec, tell: object) -> FinishedRun:
    """Be killed, the first time only, while the job after one with seed 2 is taken: it holds the lock of the pipe."""
    mark = Path(os.environ["MORTAL"]) / "taking"
    if job.seed == 2 and not mark.exists():
        mark.touch()
        Acknowledgement.__init__ = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    else:
        time.sleep(0.2)  # the other worker is at a job meanwhile
    return steady(job, tell)


def tell_half() -> None:
    """Begin to tell a result, as a worker does: it holds the lock of the pipe meanwhile."""
    caller = sys._getframe()
    while "channel" not in caller.f_locals:
        caller = caller.f_back  # type: ignore[assignment]
    channel = caller.f_locals["channel"]
    if channel.mutex.writer_mutex is not None:  # Windows has none
        channel.mutex.writer_mutex.acquire()
    header = struct.pack("!i", 1_000_000)
    os.write(channel.writer.fileno(), header + b"the first words of many")


def quarantined(folder: Path) -> list[Path]:
    """Return the files of all runs in quarantine."""
    return sorted((folder / "quarantine").glob("*.json"))


def sweep(folder: Path, jobs: list[RunSpec], doing: object = steady, workers: int = 2) -> tuple[SweepOutcome, Store]:
    """Carry out jobs with a stub."""
    with locked(folder), Interruption() as interruption:
        store = Store(folder).open()
        missing = [job for job in jobs if job.run not in store.finished]
        executor = LocalExecutor(workers, doing)  # type: ignore[arg-type]
        progress = Progress("sweeping", len(missing), len(missing), word="runs safe on disk")
        return Engine(executor, store, progress, 1, interruption).run(missing), store
