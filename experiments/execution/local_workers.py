"""Run jobs in worker processes on this machine; report which job a worker died on."""

import concurrent.futures
import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Protocol

from pebble import ProcessExpired, ProcessPool

from experiments.execution.compile_kernels import compile_from_end, compile_model
from experiments.execution.process import collect_garbage_rarely, end_with_parent, freeze_objects
from experiments.storage.progress import compiled_before
from model.engine.errors import WorkStopped

POLL_S = 0.2
HANG_TIMEOUT_S = 1200.0
"""Seconds without a simulated month after which a job is taken to hang and its worker is killed."""
DEAD_WORKER_TIMEOUT_S, LOCK_TIMEOUT_S = 1.0, 5.0
"""Seconds after which a job of a dead worker is taken to be lost, and a lock to be held by a dead worker."""
JOBS_PER_WORKER = 2
"""Jobs submitted per worker: one runs, one waits in the pipe, so that no worker idles while a batch is written."""


class Job(Protocol):
    """Unit of work; can be pickled."""

    @property
    def key(self) -> str:
        """Unique name."""


@dataclass(frozen=True)
class WorkerDied:
    """Result of a job whose worker process died or was killed."""


class SchedulerLost(WorkStopped):
    """The connection to a remote scheduler is lost."""


type ReportProgress = Callable[[int], None]
"""Takes the number of shifts simulated since the last call; may raise to stop the job."""
type JobFunction[J: Job, R] = Callable[[J, ReportProgress], R]
"""Runs a job and returns its result."""


class Executor[J: Job, R](Protocol):
    """Interface to workers, on this machine or on a cluster."""

    def worker_count(self) -> int:
        """Return the number of jobs that run at the same time."""

    def free_slots(self) -> int:
        """Return the number of jobs that can be submitted now."""

    def submit(self, job: J) -> None:
        """Submit a job."""

    def wait(self, seconds: float) -> list[tuple[J, R | WorkerDied]]:
        """Return the jobs that have ended, after waiting at most `seconds` for the first."""

    def shifts(self) -> int:
        """Return the number of shifts simulated by unfinished jobs."""

    def stop(self) -> None:
        """Abandon unfinished jobs and end."""


@dataclass
class SubmittedJob[J: Job]:
    """Job with its future, the shifts it has simulated, and the time of its last progress (s, monotonic)."""

    job: J
    future: Future[Any] = field(default_factory=Future)
    shifts: int = 0
    last_progress: float = field(default_factory=time.monotonic)

    def idle_seconds(self, shifts: int) -> float:
        """Return the seconds for which the job has run without progress."""
        if shifts != self.shifts or not self.future.running():
            self.shifts, self.last_progress = shifts, time.monotonic()
        return time.monotonic() - self.last_progress

    def is_lost(self) -> bool:
        """Return whether the pool broke before the job had ended."""
        if not self.future.done():
            return True
        return not self.future.cancelled() and isinstance(self.future.exception(), BrokenProcessPool)


class LocalExecutor[J: Job, R]:
    """Worker processes on this machine; one that dies is replaced."""

    def __init__(self, workers: int, function: JobFunction[J, R]) -> None:
        self.workers, self.function = workers, function
        self.slots = range(JOBS_PER_WORKER * workers)
        self.context: Any = multiprocessing.get_context("spawn")  # its type on Windows is not one that pebble declares
        # Without locks, since a killed worker would never release them.
        self.pids = self.context.RawArray("q", len(self.slots))
        self.shifts_done = self.context.RawArray("q", len(self.slots))
        self.tasks: dict[int, SubmittedJob[J]] = {}
        self.ended_futures: queue.SimpleQueue[tuple[int, Future[Any]]] = queue.SimpleQueue()
        self.pool = self.new_pool()
        self.known_workers = set(self.manager.workers)

    def new_pool(self) -> ProcessPool:
        """Start a pool of worker processes, which do not receive Ctrl-C."""
        state = (self.pids, self.shifts_done, self.function)
        pool = ProcessPool(self.workers, initializer=initialise_worker, initargs=state, context=self.context)
        try:
            with block_sigint():
                _ = pool.active  # starts it
        except BrokenProcessPool as error:
            cause = getattr(error.__cause__, "strerror", None) or error.__cause__
            raise WorkStopped(f"no worker process could be started: {cause}") from error
        return pool

    def prepare(self, cancelled: Callable[[], bool]) -> None:
        """Compile the model in one worker, or two."""
        future = self.pool.schedule(compile_model)
        if self.workers > 1 and not compiled_before():
            self.pool.schedule(compile_from_end)
        while self.pool.active and not cancelled():
            if concurrent.futures.wait([future], POLL_S).done:
                return

    def worker_count(self) -> int:
        """Return the number of jobs that run at the same time."""
        return self.workers

    def free_slots(self) -> int:
        """Return the number of jobs that can be submitted now."""
        return len(self.slots) - len(self.tasks)

    def submit(self, job: J) -> None:
        """Submit a job."""
        self.check_workers()
        self.start(next(slot for slot in self.slots if slot not in self.tasks), job)

    def start(self, slot: int, job: J) -> None:
        """Give a job to the pool; if that is broken, the job waits until the pool is replaced."""
        self.pids[slot] = self.shifts_done[slot] = 0
        task = self.tasks[slot] = SubmittedJob(job)
        with contextlib.suppress(RuntimeError):
            task.future = self.pool.schedule(run_job, (slot, job))
            task.future.add_done_callback(lambda future: self.ended_futures.put((slot, future)))

    def wait(self, seconds: float) -> list[tuple[J, R | WorkerDied]]:
        """Return the jobs that have ended, after waiting at most `seconds` for the first."""
        if seconds > 0.0:
            self.check_workers()
        return [
            result for slot, future in drain_queue(self.ended_futures, seconds) for result in self.collect(slot, future)
        ]

    def check_workers(self) -> None:
        """Replace a broken or blocked pool; cancel jobs that hang or whose worker died unnoticed by the pool."""
        if not self.pool.active:
            self.replace_pool(blame_first=True)
        elif self.known_workers - set(self.manager.workers) and self.is_blocked():
            self.replace_pool()
        self.known_workers = set(self.manager.workers)
        for slot, task in self.tasks.items():
            timeout = HANG_TIMEOUT_S if self.pids[slot] in {0, *self.known_workers} else DEAD_WORKER_TIMEOUT_S
            if task.idle_seconds(self.shifts_done[slot]) > timeout:
                task.future.cancel()

    def collect(self, slot: int, future: Future[Any]) -> list[tuple[J, R | WorkerDied]]:
        """Return the job of a slot with its result; nothing if it was, or will be, given to another pool."""
        task = self.tasks.get(slot)
        if task is None or task.future is not future or task.is_lost():
            return []
        del self.tasks[slot]
        died = future.cancelled() or isinstance(future.exception(), ProcessExpired)
        return [(task.job, WorkerDied() if died else future.result())]

    @property
    def manager(self) -> Any:
        """Processes and pipes of the pool."""
        return self.pool._pool_manager.worker_manager

    def is_blocked(self) -> bool:
        """Return whether a dead worker holds the lock of the pipes, since it was killed while it used them."""
        with self.manager.workers_channel.lock(timeout=LOCK_TIMEOUT_S) as free:
            return not free

    def replace_pool(self, blame_first: bool = False) -> None:
        """Start another pool and give it all lost jobs, or report that a worker died on the first of them.

        A pool breaks if a worker dies while no job is known to run. Jobs begin in order: the first must be the cause.
        """
        self.stop()
        self.pool = self.new_pool()
        lost = [(slot, task) for slot, task in self.tasks.items() if task.is_lost()]
        if blame_first and lost:
            slot, task = lost.pop(0)
            task.future = Future()
            task.future.cancel()
            self.ended_futures.put((slot, task.future))
        for slot, task in lost:
            del self.tasks[slot]
            self.start(slot, task.job)

    def shifts(self) -> int:
        """Return the number of shifts simulated by unfinished jobs."""
        return sum(self.shifts_done[slot] for slot in self.tasks)

    def stop(self) -> None:
        """Abandon unfinished jobs and kill the workers.

        A job that had not begun is lost, whatever the pool reports: if it was being sent, that is a TypeError.
        """
        lost = [task for task in self.tasks.values() if not (task.future.running() or task.future.done())]
        abandoned = [task.future for task in lost]
        for task in lost:
            task.future = Future()
        self.pool.stop()
        for process in list(self.manager.workers.values()):
            process.kill()
        self.pool.join()
        for future in abandoned:
            release_frames(future)


def release_frames(future: Future[Any]) -> None:
    """Clear the frames of a sending error; if their buffer is freed as part of a cycle, it prints a BufferError."""
    error = future.exception() if future.done() else None
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__


def drain_queue[T](results: queue.SimpleQueue[T], seconds: float) -> Iterator[T]:
    """Yield what a queue holds, after waiting at most `seconds` for the first item."""
    with contextlib.suppress(queue.Empty):
        yield results.get(timeout=max(seconds, 1e-3))
        while True:
            yield results.get_nowait()


@contextlib.contextmanager
def block_sigint() -> Iterator[None]:
    """Block Ctrl-C in threads and processes started meanwhile; on Windows workers ignore it from their start on."""
    if sys.platform == "win32" or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)


@dataclass
class WorkerState:
    """State of a worker process: its job function, and its progress by slot in shared memory."""

    pids: Any
    shifts_done: Any
    function: JobFunction[Any, Any]
    slot: int = 0
    n_jobs: int = 0

    def begin(self, slot: int) -> None:
        """Begin a job; before the second one, freeze all objects that remain, so that they are never scanned."""
        if self.n_jobs == 1:
            gc.collect()
            freeze_objects()
        self.n_jobs += 1
        self.slot = slot
        self.pids[slot] = os.getpid()

    def report(self, shifts: int) -> None:
        """Count simulated shifts."""
        self.shifts_done[self.slot] += shifts


_state: WorkerState


def initialise_worker(*state: Any) -> None:
    """Prepare a worker process, which ends with its parent."""
    global _state
    collect_garbage_rarely()
    end_with_parent()
    _state = WorkerState(*state)


def run_job(slot: int, job: Job) -> Any:
    """Run one job and return its result."""
    _state.begin(slot)
    return _state.function(job, _state.report)
