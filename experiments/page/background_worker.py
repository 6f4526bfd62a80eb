"""Run the twin worlds of the decision view in worker processes that are kept between requests.

Imports, towns and compiled code are then loaded when a visitor moves a measure. Finished worlds are kept, too, so that
an earlier choice is shown at once. Requests run one after the other; a later one of the same visitor replaces it.
"""

import contextlib
import itertools
import multiprocessing
import os
import queue
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from experiments.comparison.decision_outcomes import MEASURED, OUTCOMES
from experiments.comparison.outcome_lines import Lines
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import Life, TwinJob, carry_out
from experiments.execution.executor import as_completed
from experiments.execution.local_workers import POLL_S, LocalExecutor, WorkerDied
from experiments.page import sites
from experiments.storage.run_spec import RunSpec

WORKERS = min(2, os.cpu_count() or 1)
SEATS = 64
"""Number of visitors with a request counter of their own, more than are ever connected."""
WATCHED = tuple(sorted({name for one in OUTCOMES for name in one.columns}))
"""Columns of the first world that are sent month by month."""
MOST_KEPT = 96
"""Number of worlds kept, of about 1 MB each."""

OnWorld = Callable[[Life | str, str], None]
"""Takes a finished world, or the reason of its failure, and its run."""
OnMonths = Callable[[pd.DataFrame, str], None]
"""Takes the months of the first world so far, and its run."""


@dataclass
class TwinRequest:
    """Runs that a visitor waits for."""

    seat: int
    turn: int
    specs: Sequence[RunSpec]
    on_world: OnWorld
    on_months: OnMonths


class BackgroundWorker:
    """Worker processes, and the thread that submits the requests of visitors to them."""

    def __init__(self, folder: Path, workers: int = WORKERS) -> None:
        self.folder, self.workers = folder, workers
        self.requests: queue.SimpleQueue[TwinRequest | None] = queue.SimpleQueue()
        self.kept: OrderedDict[str, Life] = OrderedDict()
        self.numbers = itertools.count()
        self.turns = multiprocessing.get_context("spawn").RawArray("q", SEATS)
        self.lines = Lines(SEATS, WATCHED)
        self.closed = False
        self.thread = threading.Thread(target=self.serve, name="confianza twins", daemon=True)

    def take_seat(self) -> int:
        """Return the number of a new visitor's request counter."""
        return next(self.numbers) % SEATS

    def ask(
        self, seat: int, specs: Sequence[RunSpec], on_world: OnWorld, on_months: OnMonths = lambda *_: None
    ) -> None:
        """Simulate worlds for a visitor; unfinished runs of an earlier request are given up.

        The months of the first of them are sent while it runs.
        """
        self.turns[seat] += 1
        for spec in specs:
            if spec.run in self.kept:
                on_world(self.kept[spec.run], spec.run)
        missing = [spec for spec in specs if spec.run not in self.kept]
        if missing:
            self.requests.put(TwinRequest(seat, self.turns[seat], missing, on_world, on_months))

    def give_up(self, seat: int) -> None:
        """Abandon the request of a visitor who has left."""
        self.turns[seat] += 1

    def warm_up(self, scenario: str) -> None:
        """Simulate the worlds as today for the first visitor; then compile here, for the views of one world."""
        specs = runs_of(Choice(scenario), self.folder)[0]
        lived: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.ask(self.take_seat(), specs, lambda life, _: lived.put(life))
        for _ in specs:
            lived.get()
        sites.begin(scenario, specs[0].seed)

    def close(self) -> None:
        """Stop the thread and the workers."""
        self.closed = True
        self.requests.put(None)
        self.thread.join()

    def serve(self) -> None:
        """Run requests, one after the other."""
        function = partial(carry_out, self.turns, self.lines)
        executor: LocalExecutor[TwinJob, Life | str | None] = LocalExecutor(self.workers, function)
        try:
            executor.prepare(lambda: self.closed)
            while (asked := self.requests.get()) is not None and not self.closed:
                self.run_request(executor, asked)
        finally:
            executor.stop()

    def run_request(self, executor: LocalExecutor[TwinJob, Life | str | None], asked: TwinRequest) -> None:
        """Simulate the worlds of one request, unless the visitor asks for others meanwhile."""

        def given_up() -> bool:
            return self.closed or self.turns[asked.seat] > asked.turn

        first = asked.specs[0].run
        warm = self.folder / "warm"
        jobs = [TwinJob(spec, asked.seat, asked.turn, warm, MEASURED, spec.run == first) for spec in asked.specs]
        drawn = 0
        for ended in as_completed(executor, jobs, given_up):
            for job, result in ended:
                if isinstance(result, Life):
                    self.kept[job.spec.run] = result
                    while len(self.kept) > MOST_KEPT:
                        self.kept.popitem(last=False)
                if result is not None and self.turns[asked.seat] == asked.turn:
                    asked.on_world(str(result) if isinstance(result, WorkerDied) else result, job.spec.run)
            months = self.lines.read(asked.seat, asked.turn)
            if len(months) > drawn and first not in self.kept and not given_up():
                drawn = len(months)
                asked.on_months(months, first)
        while executor.tasks:  # abandoned ones end by themselves
            executor.wait(POLL_S)


running: list[BackgroundWorker] = []
"""Workers of all decision views, the latest last."""


@contextlib.contextmanager
def in_background(workers: int = WORKERS) -> Iterator[BackgroundWorker]:
    """Keep workers for all decision views until the block ends, with a folder for warm-ups that goes with them."""
    with tempfile.TemporaryDirectory(prefix="confianza-") as folder:
        one = BackgroundWorker(Path(folder), workers)
        running.append(one)
        one.thread.start()
        try:
            yield one
        finally:
            running.remove(one)
            one.close()
