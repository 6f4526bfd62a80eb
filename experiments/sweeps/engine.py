"""The coordinator: hands out jobs, takes results, writes them, and loses nothing when it is interrupted."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from experiments.runs.pool import LOOK_EVERY, MOST_DEATHS, Interruption
from experiments.runs.progress import Progress
from experiments.runs.seats import Crew, Died, Returned
from experiments.runs.spec import RunSpec
from experiments.runs.work import Done, Failed
from experiments.sweeps import quarantine
from experiments.sweeps.store import Store
from model import fingerprint
from model.errors import InputError

Result = Done | Failed | Died | Returned


@dataclass
class Outcome:
    """How a sweep went: runs that failed, and whether it was interrupted."""

    failed: list[str] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class Engine:
    """One sweep under way."""

    crew: Crew[RunSpec, Done | Failed]
    store: Store
    progress: Progress
    each: int
    """Shifts that one run simulates."""
    interruption: Interruption
    outcome: Outcome = field(default_factory=Outcome)
    deaths: Counter[str] = field(default_factory=Counter)

    def run(self, jobs: Iterable[RunSpec]) -> Outcome:
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
                self.show()
            self.outcome.interrupted = self.interruption.came
        finally:
            self.crew.stop()
            for job, result in self.crew.wait(0.0):
                if isinstance(result, Done):
                    self.take(job, result)
            self.finish(self.store.flush())
            self.progress.close()
        return self.outcome

    def take(self, job: RunSpec, result: Result) -> RunSpec | None:
        """Take what became of a job; return it if it is to be tried again."""
        if isinstance(result, Returned):
            return job
        if isinstance(result, Died):
            self.deaths[job.run] += 1
            if self.deaths[job.run] < MOST_DEATHS:
                return job
            text = f"the worker process died {MOST_DEATHS} times of this run (killed, out of memory, or hanging)"
            result = Failed(text, text)
        if isinstance(result, Failed) and result.ends_all:
            raise InputError(result.error)
        if isinstance(result, Failed):
            path = quarantine.put(self.store.folder, job, result.error, result.trace)
            self.outcome.failed.append(job.run)
            self.progress.failed(f"run {job.run} failed ({result.error}); to repeat it: {quarantine.command(path)}")
            return None
        if result.code != fingerprint():
            raise InputError(f"a worker has other code ({result.code}) than this program ({fingerprint()})")
        self.progress.ran(result.seconds, self.crew.lanes())
        self.finish(self.store.add(job.run, result.tables))
        return None

    def finish(self, runs: list[str]) -> None:
        """Take note of runs that are now safe on the disk."""
        for run in runs:
            quarantine.let_out(self.store.folder, run)
        self.progress.ended(len(runs))

    def show(self) -> None:
        """Say how far it is, if it is time to."""
        whole = (self.progress.computed + self.progress.lost) * self.each
        self.progress.reach(whole + min(self.crew.shifts(), self.crew.lanes() * self.each))
