"""The coordinator: hands out jobs, takes results, writes them, and loses nothing when it is interrupted."""

import signal
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from experiments.runs.jobs import Job
from experiments.runs.pace import Pace
from experiments.runs.seats import Crew, Died, Result, Returned
from experiments.runs.work import Done, Failed
from experiments.sweeps import quarantine
from experiments.sweeps.store import Store
from model import fingerprint
from model.errors import InputError

LOOK_EVERY = 0.2
MOST_DEATHS = 2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Remembers Ctrl-C, SIGTERM or a lost connection, so that no result is dropped half way."""

    came = False

    def __enter__(self) -> Self:
        self.before: dict[int, Any] = {}
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


@dataclass
class Outcome:
    """How a sweep went: runs that failed, and whether it was interrupted."""

    failed: list[str] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class Engine:
    """One sweep under way."""

    crew: Crew
    store: Store
    pace: Pace
    interruption: Interruption
    outcome: Outcome = field(default_factory=Outcome)
    deaths: Counter[str] = field(default_factory=Counter)

    def run(self, jobs: Iterable[Job]) -> Outcome:
        """Carry out all jobs, or as many as there is time for."""
        waiting = deque(jobs)
        out = 0
        try:
            while (waiting or out) and not self.interruption.came:
                while waiting and self.crew.room() > 0:
                    self.crew.give(waiting.popleft())
                    out += 1
                for job, result in self.crew.wait(LOOK_EVERY):
                    out -= 1
                    if again := self.take(job, result):
                        waiting.appendleft(again)
                self.finish(self.store.tick())
                self.pace.show(self.crew.shifts())
            self.outcome.interrupted = self.interruption.came
        finally:
            self.crew.stop()
            for job, result in self.crew.wait(0.0):
                if isinstance(result, Done):
                    self.take(job, result)
            self.finish(self.store.flush())
            self.pace.close()
        return self.outcome

    def take(self, job: Job, result: Result) -> Job | None:
        """Take what became of a job; return it if it is to be tried again."""
        if isinstance(result, Returned):
            return job
        if isinstance(result, Died):
            self.deaths[job.run] += 1
            if self.deaths[job.run] < MOST_DEATHS:
                return job
            text = f"the worker process died {MOST_DEATHS} times of this run (killed, out of memory, or hanging)"
            result = Failed(text, text)
        if isinstance(result, Failed):
            path = quarantine.put(self.store.folder, job, result.error, result.trace)
            self.outcome.failed.append(job.run)
            self.pace.failed(f"run {job.run} failed ({result.error}); to repeat it: {quarantine.command(path)}")
            return None
        if result.code != fingerprint():
            raise InputError(f"a worker has other code ({result.code}) than this program ({fingerprint()})")
        self.pace.ran(result.seconds)
        self.finish(self.store.add(job.run, result.tables))
        return None

    def finish(self, runs: list[str]) -> None:
        """Take note of runs that are now safe on the disk."""
        for run in runs:
            quarantine.let_out(self.store.folder, run)
        self.pace.finished(len(runs))
