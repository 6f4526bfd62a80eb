"""One pool for all that is run: jobs one after the other in this process, or on seats whose workers may die.

A worker that dies is replaced and its job tried once more; who takes two workers along is poison and is said so.
"""

import gc
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, Self

from experiments.execution.gc_control import set_aside
from experiments.execution.local_workers import LOOK_EVERY, Crew, Died, Doing, Job, LocalCrew, Returned
from experiments.storage.progress import Progress, announce_compiling, say

MOST_DEATHS = 2
DIED_OF_IT = f"died {MOST_DEATHS} times of it (killed, out of memory, or hanging)"
SIGNALS = [one for one in signal.valid_signals() if getattr(one, "name", "") in ("SIGINT", "SIGTERM", "SIGHUP")]


class Sized(Job, Protocol):
    """A job that says how many shifts it simulates."""

    @property
    def shifts(self) -> int:
        """Shifts from its beginning to its end."""


class Poison(Exception):
    """A job of which two workers died."""


@dataclass
class Outcome[J: Sized, R]:
    """What came out of jobs, in their order, and whether an interruption came first."""

    finished: list[tuple[J, R]] = field(default_factory=list)
    interrupted: bool = False

    @property
    def results(self) -> list[R]:
        """What came out of the jobs that were finished."""
        return [result for _, result in self.finished]

    @property
    def whole(self) -> list[R]:
        """What came out of all jobs; an interruption goes on to whoever asked for them."""
        if self.interrupted:
            raise KeyboardInterrupt
        return self.results


@dataclass
class Taking[J: Sized, R]:
    """How what is finished is taken: put away first, then counted."""

    outcome: Outcome[J, R]
    put: Callable[[J, R], None]

    def take(self, job: J, result: R) -> None:
        """Take a finished job."""
        self.put(job, result)
        self.outcome.finished.append((job, result))


@cache
def tell_how_to_stop() -> None:
    """Say once how this program is stopped where Ctrl-C does not reach it, as under nohup or in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        say(f"Ctrl-C is not heard here; to stop and keep what is finished: kill {os.getpid()}")


class Interruption:
    """Remembers Ctrl-C, SIGTERM or a lost connection, so that no result is dropped half way."""

    came = False

    def __enter__(self) -> Self:
        self.before: dict[int, Any] = {}
        tell_how_to_stop()
        if threading.current_thread() is threading.main_thread():
            heard = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
            self.before = {one: signal.signal(one, self.note) for one in heard}
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self.before.items():
            signal.signal(one, handler)

    def note(self, *_: object) -> None:
        """Take note of the signal."""
        self.came = True


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and a lost connection end what is done in this process as Ctrl-C does: what is finished is kept."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        heard = [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_DFL]
        before = {one: signal.signal(one, signal.default_int_handler) for one in heard}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def nowhere(_: object, __: object) -> None:
    """Keep a finished job in memory alone."""


def carry_out[J: Sized, R](
    jobs: Sequence[J], doing: Doing[J, R], workers: int, label: str, put: Callable[[J, R], None] = nowhere
) -> Outcome[J, R]:
    """Carry out jobs; each is put away as soon as it is finished, and an interruption keeps what is."""
    announce_compiling()
    tell_how_to_stop()
    order = {job.key: number for number, job in enumerate(jobs)}  # keys of runs are taken before any file can change
    outcome: Outcome[J, R] = Outcome()
    progress = Progress(label, sum(job.shifts for job in jobs), len(jobs))
    try:
        if min(workers, len(jobs)) <= 1:
            here(jobs, doing, progress, Taking(outcome, put))
        else:
            seated(jobs, doing, min(workers, len(jobs)), progress, Taking(outcome, put))
        if not outcome.interrupted:
            progress.conclude()
    except KeyboardInterrupt:
        outcome.interrupted = True
    finally:
        progress.close()
    outcome.finished.sort(key=lambda one: order[one[0].key])
    return outcome


def here[J: Sized, R](jobs: Sequence[J], doing: Doing[J, R], progress: Progress, taking: Taking[J, R]) -> None:
    """Carry out one job after the other in this process.

    Until the first has lived its first shifts, garbage is not looked for, and what is there by then is set aside:
    nearly all that compiling makes stays, and to look through it again and again takes a tenth of a first run.
    """
    done = 0

    def tell(shifts: int) -> None:
        nonlocal done
        if not gc.isenabled():
            set_aside()
            gc.enable()
        done += shifts
        progress.reach(done)

    gc.disable()
    try:
        with ended_like_ctrl_c():
            for job in jobs:
                taking.take(job, doing(job, tell))
                progress.ended()
    finally:
        gc.enable()


def seated[J: Sized, R](
    jobs: Sequence[J], doing: Doing[J, R], workers: int, progress: Progress, taking: Taking[J, R]
) -> None:
    """Share the jobs among worker processes."""
    with Interruption() as interruption:
        crew: LocalCrew[J, R] = LocalCrew(workers, doing)
        done = 0
        try:
            crew.prepare(lambda: interruption.came)
            for ended in turns(crew, jobs, lambda: interruption.came):
                for job, result in ended:
                    if isinstance(result, Died):
                        raise Poison(f"{job.key}: the worker process {DIED_OF_IT}")
                    taking.take(job, result)
                    progress.ended()
                    done += job.shifts
                progress.reach(done + crew.shifts())
        finally:
            crew.stop()
            for job, late in crew.wait(0.0):
                if not isinstance(late, Died | Returned):
                    taking.take(job, late)
        taking.outcome.interrupted = interruption.came


def turns[J: Job, R](
    crew: Crew[J, R], jobs: Iterable[J], given_up: Callable[[], bool]
) -> Iterator[list[tuple[J, R | Died]]]:
    """Hand out jobs and yield, turn by turn, what becomes of them; one of which a worker died is tried once more."""
    waiting, out, deaths = deque(jobs), 0, Counter[str]()
    while (waiting or out) and not given_up():
        while waiting and crew.room() > 0:
            crew.give(waiting.popleft())
            out += 1
        ended: list[tuple[J, R | Died]] = []
        for job, result in crew.wait(LOOK_EVERY):
            out -= 1
            deaths[job.key] += isinstance(result, Died)
            if isinstance(result, Returned) or (isinstance(result, Died) and deaths[job.key] < MOST_DEATHS):
                waiting.appendleft(job)
            else:
                ended.append((job, result))
        yield ended
