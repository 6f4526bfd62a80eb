"""Coordinator of a sweep: submit jobs and write their results; an interruption loses none of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from experiments.execution.executor import DEATHS_TEXT, as_completed
from experiments.execution.interruption import Interruption
from experiments.execution.local_workers import Executor, WorkerDied
from experiments.execution.run_job import FailedRun, FinishedRun
from experiments.storage.progress import Progress
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import Store
from experiments.studies import quarantine
from experiments.words.console import console_text
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint


@dataclass
class SweepOutcome:
    """Outcome of a sweep: runs that failed, and whether it was interrupted."""

    failed: list[str] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class Engine:
    """A sweep in progress."""

    executor: Executor[RunSpec, FinishedRun | FailedRun]
    store: Store
    progress: Progress
    shifts_per_run: int
    """Shifts that one run simulates."""
    interruption: Interruption
    outcome: SweepOutcome = field(default_factory=SweepOutcome)

    def run(self, jobs: Iterable[RunSpec]) -> SweepOutcome:
        """Run all jobs, or those that end before an interruption."""
        try:
            for ended in as_completed(self.executor, jobs, lambda: self.interruption.received):
                for job, result in ended:
                    self.store_result(job, result)
                self.mark_finished(self.store.tick())
                self.report_progress()
            self.outcome.interrupted = self.interruption.received
        finally:
            self.executor.stop()
            for job, late in self.executor.wait(0.0):
                if isinstance(late, FinishedRun):
                    self.store_result(job, late)
            self.mark_finished(self.store.flush())
            self.progress.conclude()
        return self.outcome

    def store_result(self, job: RunSpec, result: FinishedRun | FailedRun | WorkerDied) -> None:
        """Store the result of a job, or put a failed one into quarantine; raise InputError if no run can go on."""
        if isinstance(result, WorkerDied):
            text = f"the worker process {DEATHS_TEXT}"
            result = FailedRun(text, text)
        if isinstance(result, FailedRun) and result.ends_all:
            raise InputError(result.error)
        if isinstance(result, FailedRun):
            path = quarantine.add_run(self.store.folder, job, result.error, result.trace)
            self.outcome.failed.append(job.run)
            command = quarantine.command(path)
            text = console_text("sweep.failed_run", run=job.run, error=result.error, command=command)
            self.progress.record_failed(text)
            return
        if result.code != fingerprint():
            raise InputError(f"a worker has other code ({result.code}) than this program ({fingerprint()})")
        self.progress.record_computed(result.seconds, self.executor.worker_count())
        self.mark_finished(self.store.add(job.run, result.tables))

    def mark_finished(self, runs: list[str]) -> None:
        """Remove runs from quarantine that are now safe on disk, and count them."""
        for run in runs:
            quarantine.remove_run(self.store.folder, run)
        self.progress.record_stored(len(runs))

    def report_progress(self) -> None:
        """Report the progress if it is due."""
        whole = (self.progress.n_computed + self.progress.n_failed) * self.shifts_per_run
        self.progress.update(whole + min(self.executor.shifts(), self.executor.worker_count() * self.shifts_per_run))
