"""Run jobs one after the other in this process, or in worker processes that may die.

A job whose worker dies runs once more; a job on which two workers died is an error.
"""

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from experiments.execution.compile_kernels import second_compiler
from experiments.execution.interruption import Interruption, announce_stop_command, handle_signals
from experiments.execution.local_workers import POLL_S, Executor, Job, JobFunction, LocalExecutor, WorkerDied
from experiments.execution.process import freeze_objects
from experiments.storage.progress import Progress, announce_compiling

MAX_DEATHS = 2
DEATHS_TEXT = f"died {MAX_DEATHS} times of it (killed, out of memory, or hanging)"


class SizedJob(Job, Protocol):
    """Job of known length."""

    @property
    def shifts(self) -> int:
        """Number of shifts that it simulates."""


class RepeatedWorkerDeath(Exception):
    """`MAX_DEATHS` workers died on the same job."""


@dataclass
class JobResults[J: SizedJob, R]:
    """Finished jobs with their results, in the order of submission."""

    finished: list[tuple[J, R]] = field(default_factory=list)
    interrupted: bool = False

    @property
    def results(self) -> list[R]:
        """Results of the finished jobs."""
        return [result for _, result in self.finished]

    @property
    def all_pairs(self) -> list[tuple[J, R]]:
        """All jobs with their results; raises KeyboardInterrupt if some are missing because of an interruption."""
        if self.interrupted:
            raise KeyboardInterrupt
        return self.finished

    @property
    def all_results(self) -> list[R]:
        """Results of all jobs; raises KeyboardInterrupt as `all_pairs` does."""
        return [result for _, result in self.all_pairs]


def run_jobs[J: SizedJob, R](
    jobs: Sequence[J],
    function: JobFunction[J, R],
    workers: int,
    label: str | Progress,
    store: Callable[[J, R], None] | None = None,
) -> JobResults[J, R]:
    """Run jobs; each is stored before it counts as finished, and an interruption keeps the finished ones.

    ``label`` names their progress, or is the progress of a larger work of which they are a part.
    """
    announce_compiling()
    announce_stop_command()
    order = {job.key: number for number, job in enumerate(jobs)}  # computes the keys of runs before any file can change
    results: JobResults[J, R] = JobResults()
    shifts = sum(job.shifts for job in jobs)
    progress = label if isinstance(label, Progress) else Progress(label, shifts, len(jobs))

    def on_result(job: J, result: R) -> None:
        if store is not None:
            store(job, result)
        results.finished.append((job, result))
        progress.record_stored()

    try:
        if min(workers, len(jobs)) <= 1:
            run_in_process(jobs, function, on_result, progress.update)
        else:
            results.interrupted = run_in_workers(jobs, function, min(workers, len(jobs)), on_result, progress.update)
        if progress is label:
            progress.end_part(shifts)
        elif not results.interrupted:
            progress.conclude()
    except KeyboardInterrupt:
        results.interrupted = True
    finally:
        progress.close()
    results.finished.sort(key=lambda pair: order[pair[0].key])
    return results


def run_in_process[J: SizedJob, R](
    jobs: Sequence[J],
    function: JobFunction[J, R],
    on_result: Callable[[J, R], None],
    on_progress: Callable[[int], None],
) -> None:
    """Run jobs one after the other in this process.

    ``on_result`` gets each job with its result, ``on_progress`` the number of shifts simulated so far.
    The garbage collector is off until the first job has simulated its first shifts; objects that exist by then are
    frozen.  Compiling creates millions of permanent objects; scanning them would take a tenth of a first run.
    """
    done = 0

    def report(shifts: int) -> None:
        nonlocal done
        if not gc.isenabled():
            freeze_objects()
            gc.enable()
        done += shifts
        on_progress(done)

    gc.disable()
    try:
        with second_compiler(), handle_signals():
            for job in jobs:
                on_result(job, function(job, report))
    finally:
        gc.enable()


def run_in_workers[J: SizedJob, R](
    jobs: Sequence[J],
    function: JobFunction[J, R],
    workers: int,
    on_result: Callable[[J, R], None],
    on_progress: Callable[[int], None],
) -> bool:
    """Run jobs in worker processes, as `run_in_process` does; return whether it was interrupted."""
    done = 0
    with Interruption() as interruption:
        executor: LocalExecutor[J, R] = LocalExecutor(workers, function)
        try:
            executor.prepare(lambda: interruption.received)
            for completed in as_completed(executor, jobs, lambda: interruption.received):
                for job, result in completed:
                    if isinstance(result, WorkerDied):
                        raise RepeatedWorkerDeath(f"{job.key}: the worker process {DEATHS_TEXT}")
                    on_result(job, result)
                    done += job.shifts
                on_progress(done + executor.shifts())
        finally:
            executor.stop()
            for job, result in executor.wait(0.0):
                if not isinstance(result, WorkerDied):
                    on_result(job, result)
        return interruption.received


def as_completed[J: Job, R](
    executor: Executor[J, R], jobs: Iterable[J], cancelled: Callable[[], bool]
) -> Iterator[list[tuple[J, R | WorkerDied]]]:
    """Submit jobs and yield those completed, every `POLL_S` or sooner; a job whose worker died runs once more."""
    waiting, n_submitted, deaths = deque(jobs), 0, Counter[str]()
    while (waiting or n_submitted) and not cancelled():
        while waiting and executor.free_slots() > 0:
            executor.submit(waiting.popleft())
            n_submitted += 1
        completed: list[tuple[J, R | WorkerDied]] = []
        for job, result in executor.wait(POLL_S):
            n_submitted -= 1
            if should_retry(job, result, deaths):
                waiting.appendleft(job)
            else:
                completed.append((job, result))
        yield completed


def should_retry[J: Job, R](job: J, result: R | WorkerDied, deaths: Counter[str]) -> bool:
    """Count the workers that died on a job; return whether it runs once more."""
    if not isinstance(result, WorkerDied):
        return False
    deaths[job.key] += 1
    return deaths[job.key] < MAX_DEATHS
