"""Workers on this machine: one process a seat, so that it is known which run a process died of."""

import concurrent.futures
import contextlib
import gc
import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Protocol

from experiments.execution.compile_kernels import compile_first
from experiments.execution.gc_control import look_seldom, set_aside
from model.engine.errors import WorkStopped

LOOK_EVERY = 0.2
PATIENCE_S = 1200.0
"""Seconds without a simulated month, or an ended job, after which a worker is taken to hang and is killed."""
PARENT_DIED = 70
AHEAD = 2
"""Jobs that a seat holds at most: one runs and one waits, so that no worker idles while a batch is written."""


class Job(Protocol):
    """Something to be done by a worker, which can be sent to another process."""

    @property
    def key(self) -> str:
        """What tells it from every other."""


@dataclass(frozen=True)
class Died:
    """The worker that was at a job died of it, or was killed while at it."""


@dataclass(frozen=True)
class Returned:
    """A job comes back untouched, since the worker died before it was its turn."""


class SchedulerGone(WorkStopped):
    """Whoever hands jobs to workers elsewhere is not there any more."""


class NeverBegun(BrokenProcessPool):
    """The worker had died before the job was handed to it."""


type Tell = Callable[[int], None]
"""Takes the number of shifts that have just been simulated; may raise to stop."""
type Doing[J: Job, R] = Callable[[J, Tell], R]
"""What a worker does with a job."""


class Crew[J: Job, R](Protocol):
    """Whoever carries out jobs."""

    def lanes(self) -> int:
        """Return how many jobs are carried out at the same time."""

    def room(self) -> int:
        """Return how many more jobs can be given."""

    def give(self, job: J) -> None:
        """Hand over a job."""

    def wait(self, seconds: float) -> list[tuple[J, R | Died | Returned]]:
        """Wait for results, not longer than so many seconds."""

    def shifts(self) -> int:
        """Return how many shifts of jobs that are not finished have been simulated."""

    def stop(self) -> None:
        """Give up what is not finished, and end."""


@dataclass
class Seat[J: Job]:
    """A place for one worker process, with its jobs in order."""

    number: int
    pool: concurrent.futures.ProcessPoolExecutor
    jobs: deque[J] = field(default_factory=deque)
    mark: tuple[str, int] = ("", 0)
    since: float = 0.0

    def hangs(self, shifts: int, now: float) -> bool:
        """Tell whether its first job has not moved for too long."""
        mark = (self.jobs[0].key if self.jobs else "", shifts)
        if mark != self.mark or not self.jobs:
            self.mark, self.since = mark, now
        return now - self.since > PATIENCE_S

    def processes(self) -> list[Any]:
        """Return the worker process, once there is one."""
        return list((self.pool._processes or {}).values())

    def kill(self) -> None:
        """Kill the worker, and wait until it is gone."""
        for process in self.processes():
            process.kill()
            process.join()

    def silence(self) -> None:
        """Close the worker's end of the line, so that whoever listens to it hears the end."""
        stated: Any = self.pool._result_queue
        if stated is not None:
            stated._writer.close()


class LocalCrew[J: Job, R]:
    """Worker processes on this machine; one that dies is replaced."""

    def __init__(self, workers: int, doing: Doing[J, R]) -> None:
        self.context = multiprocessing.get_context("spawn")
        # without a lock, which a worker that is killed would keep for ever
        self.done = self.context.RawArray("q", workers)
        self.doing = doing
        self.results: queue.SimpleQueue[tuple[Seat[J], Any, J, Any]] = queue.SimpleQueue()
        self.seats: list[Seat[J]] = [Seat(number, self.pool(number)) for number in range(workers)]

    def pool(self, number: int) -> concurrent.futures.ProcessPoolExecutor:
        """Return a pool of one process for a seat."""
        return concurrent.futures.ProcessPoolExecutor(
            1, mp_context=self.context, initializer=take_seat, initargs=(number, self.done, self.doing)
        )

    def prepare(self, given_up: Callable[[], bool]) -> frozenset[str]:
        """Let the first worker compile, so that not all do it; return what towns are built from."""
        stated = started(self.seats[0].pool, compile_first)
        while not given_up():
            if concurrent.futures.wait([stated], LOOK_EVERY).done:
                return frozenset() if stated.exception() else stated.result()
        return frozenset()

    def lanes(self) -> int:
        """Return how many jobs are carried out at the same time."""
        return len(self.seats)

    def room(self) -> int:
        """Return how many more jobs can be given."""
        return sum(AHEAD - len(seat.jobs) for seat in self.seats)

    def give(self, job: J) -> None:
        """Hand a job to the seat that has the fewest."""
        seat = min(self.seats, key=lambda seat: len(seat.jobs))
        pool = seat.pool
        seat.jobs.append(job)
        future = started(pool, run_one, job)
        future.add_done_callback(lambda ended: self.results.put((seat, pool, job, ended)))

    def wait(self, seconds: float) -> list[tuple[J, R | Died | Returned]]:
        """Wait for results."""
        self.kill_who_hangs()
        self.hear_who_died()
        return [one for ended in awaited(self.results, seconds) for one in self.taken(*ended)]

    def kill_who_hangs(self) -> None:
        """Kill workers that do not get on; their job is tried once more, like any whose worker died."""
        for seat in self.seats:
            if seat.hangs(self.done[seat.number], time.monotonic()):
                seat.since = time.monotonic()
                seat.kill()

    def hear_who_died(self) -> None:
        """End what a worker that died began to say; its pool would wait for the rest for ever."""
        for seat in self.seats:
            if seat.processes() and not any(process.is_alive() for process in seat.processes()):
                seat.silence()

    def taken(self, seat: Seat[J], pool: Any, job: J, ended: Any) -> list[tuple[J, R | Died | Returned]]:
        """Return the result of a job, and of those that a dead worker takes with it."""
        if pool is not seat.pool or ended.cancelled():
            return []  # the job came back when its worker died, or is given up
        reason = ended.exception()
        if reason is None:
            seat.jobs.remove(job)
            self.done[seat.number] = 0
            return [(job, ended.result())]
        if not isinstance(reason, BrokenProcessPool):
            raise reason
        died_of_it = seat.jobs[0] != job or not isinstance(reason, NeverBegun)
        return self.replaced(seat, died_of_it)

    def replaced(self, seat: Seat[J], died_of_it: bool) -> list[tuple[J, R | Died | Returned]]:
        """Put a new worker in the place of one that died, maybe of its first job; the other jobs come back."""
        lost = list(seat.jobs)
        seat.jobs.clear()
        seat.pool.shutdown(wait=False, cancel_futures=True)
        seat.pool = self.pool(seat.number)
        self.done[seat.number] = 0
        return [(job, Died() if died_of_it and job is lost[0] else Returned()) for job in lost]

    def shifts(self) -> int:
        """Return how many shifts of jobs that are not finished have been simulated."""
        return sum(self.done)

    def stop(self) -> None:
        """Give up what is not finished, and end the workers: what they have not told is lost in any case."""
        for seat in self.seats:
            seat.kill()
            seat.silence()
            seat.pool.shutdown(wait=True, cancel_futures=True)


def awaited[T](results: queue.SimpleQueue[T], seconds: float) -> Iterator[T]:
    """Wait for results, not longer than so many seconds, and yield all that are there then."""
    with contextlib.suppress(queue.Empty):
        yield results.get(timeout=max(seconds, 1e-3))
        while True:
            yield results.get_nowait()


def started(pool: concurrent.futures.Executor, task: Callable[..., Any], *parts: Any) -> Any:
    """Hand a task to a pool; a worker that is started by it never hears Ctrl-C, its coordinator does."""
    with deaf():
        try:
            return pool.submit(task, *parts)
        except BrokenProcessPool as reason:
            broken: concurrent.futures.Future[Any] = concurrent.futures.Future()
            broken.set_exception(NeverBegun(str(reason)))
            return broken


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Let processes that are started meanwhile not hear Ctrl-C; on Windows they do not from their seat on."""
    if sys.platform == "win32" or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In a worker


@dataclass
class Sitting:
    """What a worker process knows."""

    number: int
    done: Any
    doing: Doing[Any, Any]
    begun: int = 0
    """Jobs begun so far."""

    def begin(self) -> None:
        """Begin a job; what the first has left, nearly all that compiling makes, is never looked through again."""
        if self.begun == 1:
            gc.collect()
            set_aside()
        self.begun += 1
        self.done[self.number] = 0

    def tell(self, shifts: int) -> None:
        """Count shifts."""
        self.done[self.number] += shifts


_sitting: Sitting


def take_seat(*parts: Any) -> None:
    """Prepare a worker process, which ends when its parent does."""
    global _sitting
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    look_seldom()
    threading.Thread(target=end_with_parent, daemon=True).start()
    _sitting = Sitting(*parts)


def end_with_parent() -> None:
    """Wait until the parent process has died, then end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(PARENT_DIED)


def run_one(job: Job) -> Any:
    """Carry out one job."""
    _sitting.begin()
    return _sitting.doing(job, _sitting.tell)
