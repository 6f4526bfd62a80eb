"""Worker processes on this machine when their pool is stopped, or cannot begin."""

import errno
import time
from dataclasses import dataclass
from typing import Any

import pytest

from experiments.execution.local_workers import LocalExecutor, ReportProgress
from model.engine.errors import WorkStopped

pytestmark = pytest.mark.thorough


@dataclass(frozen=True)
class LargeJob:
    """Job that takes a time (s); of a million bytes, more than the pipe to the workers holds."""

    key: str
    seconds: float
    content: bytes = bytes(1_000_000)


def wait_and_name(job: LargeJob, _report: ReportProgress) -> str:
    time.sleep(job.seconds)
    return job.key


def begun_with_another_in_the_pipe() -> LocalExecutor[LargeJob, str]:
    """Return an executor whose one worker is busy while half of the next job is in the pipe."""
    executor: LocalExecutor[LargeJob, str] = LocalExecutor(1, wait_and_name)
    for job in (LargeJob("first", 60.0), LargeJob("second", 0.0)):
        executor.submit(job)
    while not executor.tasks[0].future.running():
        time.sleep(0.1)
    time.sleep(0.5)
    return executor


def test_a_pool_that_is_stopped_while_a_job_is_sent_to_it_reports_nothing_of_that_job() -> None:
    executor = begun_with_another_in_the_pipe()
    executor.stop()
    assert executor.wait(0.0) == []


def test_a_job_that_was_being_sent_to_a_replaced_pool_runs_in_the_new_one() -> None:
    executor = begun_with_another_in_the_pipe()
    executor.replace_pool(blame_first=True)
    ended: list[Any] = []
    while len(ended) < 2:
        ended += [(job.key, result) for job, result in executor.wait(1.0)]
    executor.stop()
    assert ("second", "second") in ended


def test_workers_that_cannot_be_started_end_the_work_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("pebble.pool.process.launch_process", refuse)
    with pytest.raises(WorkStopped, match="no worker process could be started: Cannot allocate memory"):
        LocalExecutor(1, wait_and_name)
