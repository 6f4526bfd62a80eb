"""All runs of a plan: in this process, or in worker processes that end with it."""

import concurrent.futures
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any, Self

from experiments.runs.plan import Plan, shifts_of
from experiments.runs.progress import Progress, announce_compiling
from experiments.runs.worlds import Finished, simulate
from model.calendar import YEAR
from model.model import TrustModel
from model.town import Town, build_town
from scenarios import load

LOOK_EVERY = 0.2
PARENT_DIED = 70


class Stopped(Exception):
    """The coordinator was interrupted; an unfinished run is given up."""


@dataclass
class Outcome:
    """The runs that were finished, in order of their seeds."""

    finished: list[Finished] = field(default_factory=list)
    interrupted: bool = False

    def ordered(self) -> "Outcome":
        """Return the same with the runs in the order of their seeds."""
        return Outcome(sorted(self.finished, key=lambda one: one.seed), self.interrupted)


def run_all(plan: Plan, workers: int = 1, save: Path | None = None, label: str = "running") -> Outcome:
    """Run every seed of a plan; an interruption keeps what was finished."""
    announce_compiling()
    progress = Progress(label, shifts_of(plan) * len(plan.seeds))
    outcome = Outcome()
    run = run_here if min(workers, len(plan.seeds)) == 1 else run_in_pool
    try:
        run(plan, min(workers, len(plan.seeds)), save, progress, outcome)
    except KeyboardInterrupt:
        outcome.interrupted = True
    finally:
        progress.close()
    return outcome.ordered()


def run_here(plan: Plan, workers: int, save: Path | None, progress: Progress, outcome: Outcome) -> None:
    """Run one seed after the other in this process."""
    done = 0

    def tell(shifts: int) -> None:
        nonlocal done
        done += shifts
        progress.reach(done)

    town = build_town(plan.scenario)
    for seed in plan.seeds:
        outcome.finished.append(simulate(plan, seed, town, tell, save))


def run_in_pool(plan: Plan, workers: int, save: Path | None, progress: Progress, outcome: Outcome) -> None:
    """Run the seeds in worker processes; compile first, so that they do not all do it."""
    compile_model()
    context = multiprocessing.get_context("spawn")
    with signs(context) as (done, stop):
        pool = concurrent.futures.ProcessPoolExecutor(
            workers, mp_context=context, initializer=start_worker, initargs=(plan, save, done, stop)
        )
        with pool, Interruption() as interruption:
            futures = submit(pool, plan)
            try:
                collect(futures, done, progress, outcome, interruption)
            except BaseException:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                outcome.finished[:] = [one.result() for one in futures if succeeded(one)]
                raise


@contextmanager
def signs(context: SpawnContext) -> Iterator[tuple[Any, Any]]:
    """Give the count of shifts done and the sign to stop, both shared with workers."""
    yield context.Value("q", 0), context.Event()


def compile_model() -> None:
    """Compile every pass of the model by letting a small town live for a year, soldiers and prisons included."""
    scenario = load("baseline", policies=["heavy_hand"], set={"population.scale": 0.05, "calendar.warm_up": 0})
    TrustModel(scenario, rng=1).run_for(YEAR)


def submit(pool: concurrent.futures.Executor, plan: Plan) -> list[concurrent.futures.Future[Finished]]:
    """Hand all seeds to the workers, which are started meanwhile with interruptions held back for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(work, seed) for seed in plan.seeds]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Interruption:
    """Remembers Ctrl-C instead of raising, which would leave locks of the waiting futures closed for good."""

    came = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self.before)

    def note(self, *_: object) -> None:
        """Take note of the signal."""
        self.came = True

    def check(self) -> None:
        """Raise if Ctrl-C was pressed since."""
        if self.came:
            raise KeyboardInterrupt


def collect(
    futures: list[concurrent.futures.Future[Finished]],
    done: Any,
    progress: Progress,
    outcome: Outcome,
    interruption: Interruption,
) -> None:
    """Wait for all runs and tell the progress."""
    waiting = set(futures)
    while waiting:
        interruption.check()
        ended, waiting = concurrent.futures.wait(waiting, LOOK_EVERY, return_when=concurrent.futures.FIRST_COMPLETED)
        outcome.finished.extend(one.result() for one in ended)
        progress.reach(done.value)


def succeeded(future: concurrent.futures.Future[Any]) -> bool:
    """Tell whether a run was finished."""
    return future.done() and not future.cancelled() and future.exception() is None


# In a worker


@dataclass
class Worker:
    """What a worker process knows; it builds the town once, for its first run."""

    plan: Plan
    save: Path | None
    done: Any
    stop: Any

    @cached_property
    def town(self) -> Town:
        """The town of the plan."""
        return build_town(self.plan.scenario)

    def tell(self, shifts: int) -> None:
        """Count shifts, and give up if the coordinator was interrupted."""
        with self.done.get_lock():
            self.done.value += shifts
        if self.stop.is_set():
            raise Stopped


_worker: Worker


def start_worker(*parts: Any) -> None:
    """Prepare a worker process, which ends when its parent does."""
    global _worker
    threading.Thread(target=end_with_parent, daemon=True).start()
    _worker = Worker(*parts)


def work(seed: int) -> Finished:
    """Run one seed in a worker."""
    _worker.tell(0)
    return simulate(_worker.plan, seed, _worker.town, _worker.tell, _worker.save)


def end_with_parent() -> None:
    """Wait until the parent process has died, then end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(PARENT_DIED)
