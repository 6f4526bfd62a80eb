"""Tasks of a comparison, one after the other or shared by worker processes; an interruption keeps what is finished."""

import concurrent.futures
import multiprocessing
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.runs.plan import Plan
from experiments.runs.pool import (
    Interruption,
    Stopped,
    announce_compiling,
    compile_model,
    end_with_parent,
    signs,
    succeeded,
)
from experiments.runs.progress import Progress
from experiments.runs.side_by_side import Task, TwinRuns, live, shifts_for
from model.town import Town, build_town

LOOK_EVERY = 0.2

Blocks = Sequence[Sequence[Plan]]


@dataclass
class Outcome:
    """What came out of the tasks, in their order, and whether Ctrl-C came first."""

    lived: list[TwinRuns] = field(default_factory=list)
    interrupted: bool = False


def carry_out(tasks: Sequence[Task], blocks: Blocks, workers: int, label: str) -> Outcome:
    """Carry out all tasks."""
    announce_compiling()
    progress = Progress(label, sum(shifts_for(task, blocks[task.block]) for task in tasks))
    result = Outcome()
    work = here if min(workers, len(tasks)) == 1 else in_pool
    try:
        work(tasks, blocks, min(workers, len(tasks)), progress, result)
    except KeyboardInterrupt:
        result.interrupted = True
    finally:
        progress.close()
    order = {task: number for number, task in enumerate(tasks)}
    result.lived.sort(key=lambda one: order[one.task])
    return result


def here(tasks: Sequence[Task], blocks: Blocks, workers: int, progress: Progress, result: Outcome) -> None:
    """Carry out one task after the other in this process."""
    done = 0

    def tell(shifts: int) -> None:
        nonlocal done
        done += shifts
        progress.reach(done)

    towns = Towns(blocks)
    for task in tasks:
        result.lived.append(live(task, blocks[task.block], towns.of(task.block), tell))


def in_pool(tasks: Sequence[Task], blocks: Blocks, workers: int, progress: Progress, result: Outcome) -> None:
    """Share the tasks among worker processes."""
    compile_model()
    context = multiprocessing.get_context("spawn")
    with signs(context) as (done, stop):
        pool = concurrent.futures.ProcessPoolExecutor(
            workers, mp_context=context, initializer=start_worker, initargs=(blocks, done, stop)
        )
        with pool, Interruption() as interruption:
            futures = submit(pool, tasks)
            try:
                collect(futures, done, progress, interruption)
            except BaseException:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            finally:
                result.lived[:] = [one.result() for one in futures if succeeded(one)]


def submit(pool: concurrent.futures.Executor, tasks: Sequence[Task]) -> list[concurrent.futures.Future[TwinRuns]]:
    """Hand all tasks to the workers, which are started meanwhile with interruptions held back for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(work, task) for task in tasks]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def collect(
    futures: Sequence[concurrent.futures.Future[TwinRuns]], done: Any, progress: Progress, interruption: Interruption
) -> None:
    """Wait for all tasks, tell the progress, and raise what a task raised."""
    waiting = set(futures)
    while waiting:
        interruption.check()
        ended, waiting = concurrent.futures.wait(waiting, LOOK_EVERY, return_when=concurrent.futures.FIRST_COMPLETED)
        for one in ended:
            one.result()
        progress.reach(done.value)


class Towns:
    """The town of the block that is being worked on; tasks come block by block, so one is enough."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.block = -1
        self.town: Town | None = None

    def of(self, block: int) -> Town:
        """Return the town of a block."""
        if self.town is None or block != self.block:
            self.block, self.town = block, build_town(self.blocks[block][0].scenario)
        return self.town


# In a worker


class Worker:
    """What a worker process knows."""

    def __init__(self, blocks: Blocks, done: Any, stop: Any) -> None:
        self.blocks, self.done, self.stop = blocks, done, stop
        self.towns = Towns(blocks)

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


def work(task: Task) -> TwinRuns:
    """Carry out one task in a worker."""
    _worker.tell(0)
    return live(task, _worker.blocks[task.block], _worker.towns.of(task.block), _worker.tell)
