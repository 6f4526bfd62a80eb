"""Run the twin worlds of the page in worker processes that are kept between requests.

Imports, towns and compiled code are then already loaded when a visitor moves a measure. Finished worlds are kept, too,
so that an earlier choice is shown at once. A world requested by several visitors runs once.

Visitors share the workers by start-time fair queuing, where each world counts as one. The next world is for the visitor
with the lowest start number, which then grows by one. A later visitor begins at the start number of the last world, so
that a first twin never waits for the second twins of others, nor for all eight twins of one visitor.
"""

import contextlib
import itertools
import multiprocessing
import os
import pickle
import queue
import tempfile
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

import pandas as pd

from experiments.comparison.decision_outcomes import COLUMNS_NEEDED, OUTCOMES
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import SharedOutcomes, TwinJob, WorldResult, run_twin_job
from experiments.execution.executor import should_retry
from experiments.execution.local_workers import POLL_S, LocalExecutor, WorkerDied
from experiments.page import sites
from experiments.reproduce.plan import MEASURES, plan
from experiments.storage.run_spec import RunSpec

MAX_KEPT = 96
"""Number of worlds kept, of about 1 MB each."""


class KeptWorlds:
    """Finished worlds by run; the oldest are deleted first. No other server uses the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: OrderedDict[str, Path] = OrderedDict()
        self.shown: WeakValueDictionary[str, WorldResult] = WeakValueDictionary()
        self.lock = threading.Lock()

    def add(self, result: WorldResult) -> None:
        """Write a world to a file, and delete the oldest beyond `MAX_KEPT`."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / result.run
        path.write_bytes(pickle.dumps(result))
        with self.lock:
            self.shown[result.run] = result
            self.files[result.run] = path
            while len(self.files) > MAX_KEPT:
                self.files.popitem(last=False)[1].unlink()

    def get(self, run: str) -> WorldResult | None:
        """Return a world, the same object for all users; None if it is not kept."""
        with self.lock:
            result = self.shown.get(run)
            if result is None and run in self.files:
                result = self.shown[run] = pickle.loads(self.files[run].read_bytes())
            return result


WORKERS = min(2, os.cpu_count() or 1)
N_SLOTS = 64
"""Slots in shared memory for worlds that are simulated at the same time, more than there are ever workers."""
STREAMED_COLUMNS = tuple(sorted({name for outcome in OUTCOMES for name in outcome.columns}))
"""Columns of the first world that are sent by month."""
WORLD_COLUMNS = COLUMNS_NEEDED.union(*(MEASURES[name].read.columns for name in plan().emulated))
"""Monthly measures that are kept of a world: those of the views, and those of the page of a town."""
OnWorld = Callable[[WorldResult | str, str], None]
"""Callback for a finished world, or the reason of its failure, and its run."""
OnMonths = Callable[[pd.DataFrame, str], None]
"""Callback for the months of the first world so far, and its run."""


@dataclass
class TwinRequest:
    """Runs requested by a visitor, in order of priority."""

    specs: dict[str, RunSpec]
    on_world: OnWorld
    on_months: OnMonths
    first_run: str
    """Run whose months are sent while it is simulated."""
    start_number: int = 0
    """Start number: the visitor with the lowest gets the next world; ties go to the earliest request."""
    n_months_sent: int = 0
    """Months of the first run that have been sent."""


class BackgroundWorker:
    """Worker processes, and the thread that schedules the worlds of all visitors."""

    def __init__(self, folder: Path, workers: int = WORKERS) -> None:
        self.folder, self.workers = folder, workers
        self.requests: dict[int, TwinRequest] = {}
        self.jobs: dict[str, TwinJob] = {}
        self.kept_worlds = KeptWorlds(self.folder / "kept")
        self.worker_deaths = Counter[str]()
        self.last_start = 0
        """Start number of the latest scheduled world."""
        self.client_numbers, self.job_numbers = itertools.count(), itertools.count(1)
        self.turns = multiprocessing.get_context("spawn").RawArray("q", N_SLOTS)
        self.outcome_lines = SharedOutcomes(N_SLOTS, STREAMED_COLUMNS)
        self.lock, self.wake_up = threading.Lock(), threading.Event()
        self.closed = False
        self.thread = threading.Thread(target=self.serve, name="confianza twins", daemon=True)

    def start(self) -> None:
        """Start the workers, unless they run already."""
        with self.lock:
            if self.thread.ident is None:
                self.thread.start()

    def register_client(self) -> int:
        """Return a number for a new visitor."""
        return next(self.client_numbers)

    def request_worlds(
        self, client: int, specs: Sequence[RunSpec], on_world: OnWorld, on_months: OnMonths = lambda *_: None
    ) -> None:
        """Simulate worlds for a visitor, replacing an earlier request; send the months of the first while it runs."""
        kept = {spec.run: world for spec in specs if (world := self.kept_worlds.get(spec.run))}
        missing = {spec.run: spec for spec in specs if spec.run not in kept}
        with self.lock:
            # Keeps the start number of the earlier request, so that frequent changes neither gain nor lose a turn.
            earlier = self.requests.get(client)
            start = max(self.last_start, earlier.start_number if earlier else 0)
            if missing:
                self.requests[client] = TwinRequest(missing, on_world, on_months, next(iter(missing)), start)
            else:
                self.requests.pop(client, None)
            self.cancel_unwanted()
        for run, world in kept.items():
            on_world(world, run)
        self.wake_up.set()

    def cancel_request(self, client: int) -> None:
        """Cancel the request of a visitor who has left."""
        with self.lock:
            self.requests.pop(client, None)
            self.cancel_unwanted()

    def cancel_unwanted(self) -> None:
        """Cancel the worlds that no request needs any more."""
        wanted = {run for request in self.requests.values() for run in request.specs}
        for run in set(self.jobs) - wanted:
            job = self.jobs.pop(run)
            self.turns[job.place] = job.turn + 1

    def warm_up(self, scenario: str) -> None:
        """Simulate the worlds as today for the first visitor; then build the town that maps show."""
        specs = runs_of(Choice(scenario), self.folder)[0]
        finished: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.request_worlds(self.register_client(), specs, lambda world, _: finished.put(world))
        for _ in specs:
            finished.get()
        sites.load_municipality(scenario)

    def close(self) -> None:
        """Stop the thread and the workers."""
        self.closed = True
        self.wake_up.set()
        if self.thread.ident is not None:
            self.thread.join()

    def serve(self) -> None:
        """Submit worlds to the workers and deliver results; a world is submitted only when a worker is free."""
        function = partial(run_twin_job, self.turns, self.outcome_lines)
        executor: LocalExecutor[TwinJob, WorldResult | str | None] = LocalExecutor(self.workers, function)
        try:
            executor.prepare(lambda: self.closed)
            while not self.closed:
                while len(executor.tasks) < self.workers and (job := self.next_job()):
                    executor.submit(job)
                if executor.tasks:
                    self.collect(executor)
                    self.send_months()
                else:
                    self.wake_up.wait()
                    self.wake_up.clear()
        finally:
            executor.stop()

    def next_job(self) -> TwinJob | None:
        """Return the next world in fair order; None if all requested worlds are being simulated."""
        with self.lock:
            for request in sorted(self.requests.values(), key=lambda request: request.start_number):
                for run, spec in request.specs.items():
                    if run not in self.jobs:
                        self.last_start = request.start_number
                        request.start_number += 1
                        return self.new_job(spec)
        return None

    def new_job(self, spec: RunSpec) -> TwinJob:
        """Return a job with its own slot in shared memory."""
        number = next(self.job_numbers)
        job = TwinJob(spec, number % N_SLOTS, number, WORLD_COLUMNS)
        self.turns[job.place] = number
        self.jobs[spec.run] = job
        return job

    def collect(self, executor: LocalExecutor[TwinJob, WorldResult | str | None]) -> None:
        """Deliver finished worlds; run a world again if its worker died."""
        for job, result in executor.wait(POLL_S):
            if should_retry(job, result, self.worker_deaths):
                executor.submit(job)
            elif result is not None:
                self.deliver(job, str(result) if isinstance(result, WorkerDied) else result)

    def deliver(self, job: TwinJob, result: WorldResult | str) -> None:
        """Keep a finished world and deliver it, or the reason of its failure, to all requests that wait for it."""
        run = job.spec.run
        if isinstance(result, WorldResult):
            self.kept_worlds.add(result)
        with self.lock:
            if self.jobs.get(run) is not job:
                return
            del self.jobs[run]
            waiting = [request for request in self.requests.values() if request.specs.pop(run, None)]
            for client in [client for client, request in self.requests.items() if not request.specs]:
                del self.requests[client]
        for request in waiting:
            request.on_world(result, run)

    def send_months(self) -> None:
        """Send the months simulated so far of the first world of each visitor."""
        with self.lock:
            watched = [
                (request, self.jobs[request.first_run])
                for request in self.requests.values()
                if request.first_run in self.jobs
            ]
        for request, job in watched:
            months = self.outcome_lines.read(job.place, job.turn)
            if len(months) > request.n_months_sent:
                request.n_months_sent = len(months)
                request.on_months(months, request.first_run)


background_workers: list[BackgroundWorker] = []
"""Workers of all pages, the latest last."""


@contextlib.contextmanager
def in_background(workers: int = WORKERS, at_once: bool = True) -> Iterator[BackgroundWorker]:
    """Keep workers, and a temporary folder for policies, for all visitors until the block ends.

    They start ``at_once``, or when they are first needed.
    """
    with tempfile.TemporaryDirectory(prefix="confianza-") as folder:
        worker = BackgroundWorker(Path(folder), workers)
        background_workers.append(worker)
        if at_once:
            worker.start()
        try:
            yield worker
        finally:
            background_workers.remove(worker)
            worker.close()
