"""The command `sweep`: run a study from its file and print the command that plots its results."""

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from experiments.execution.confined_levers import note_confined_levers
from experiments.execution.interruption import Interruption, report_interruption
from experiments.execution.local_workers import Executor, LocalExecutor, SchedulerLost
from experiments.execution.run_job import FailedRun, FinishedRun, try_run
from experiments.execution.warm_starts import warm_up_key, with_shared_warm_ups
from experiments.narrative.messages import figure_message
from experiments.storage.disk_space import check_disk_space, size_of_sweep
from experiments.storage.folder_lock import locked
from experiments.storage.manifest import leftover_files
from experiments.storage.progress import Progress, announce_compiling, print_note, report_slow
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import Store
from experiments.storage.writing import Unwritable, write_error_text
from experiments.studies import quarantine
from experiments.studies import study_folder as place
from experiments.studies.study import Study, find_study, read_study
from experiments.studies.study_engine import Engine, SweepOutcome
from experiments.studies.study_jobs import confirm_size, confirm_time, count_of, jobs_of, shared_scenario
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text
from model.engine.errors import WorkStopped
from model.engine.scenario import TOWN_GROUPS, Scenario

DONE, FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True)
class StudyWorkers:
    """Workers of a study: local processes, or a Dask cluster."""

    workers: int = 1
    dask: str | None = None
    agreed: bool = False
    """True if any amount of work is confirmed in advance."""

    def confirmed(self, study: Study, runs: int) -> Self:
        """Return these workers, after a question if a study means very many runs."""
        return replace(self, agreed=confirm_size(study, runs, self.workers, self.agreed))


def sweep(name: str, study_workers: StudyWorkers, out: Path | None, fresh: bool, wording: FigureTexts) -> int:
    """Run the missing runs of a study, print the folder of results in a language, and return the exit code."""
    study = read_study(find_study(name))
    target = place.folder_for(study, out)
    study_workers = study_workers.confirmed(study, count_of(study))
    with report_slow(console_text("label.planning", name=study.name)):
        jobs = jobs_of(study)
    for line in overridden_factors(study):
        print_note(line)
    note_confined_levers(policy_scenarios(study))
    with locked(target):
        if fresh:
            place.clear(target)
        place.check_same(target, study)
        code = compute_missing(study, jobs, target, study_workers, command=shlex.join(["confianza", "sweep", name]))
    if code != INTERRUPTED:
        print(figure_message("run.swept", wording, place=target, runs=len(jobs), folder=shlex.quote(str(target))))
    return code


def overridden_factors(study: Study) -> Iterator[str]:
    """Yield a warning for each varied parameter that a policy of the study sets."""
    for scenario in policy_scenarios(study):
        for policy in scenario.policies:
            for entry in policy.entries:
                if entry.how == "set" and entry.parameter in study.factors.names:
                    about = {"site": scenario.name, "policy": policy.name, "parameter": entry.parameter}
                    yield console_text("sweep.overridden", **about)


def policy_scenarios(study: Study) -> Iterator[Scenario]:
    """Yield each scenario of a study with each of its combinations of policies."""
    for source in study.scenarios:
        for policies in study.policies:
            yield shared_scenario(study, source, policies)


def compute_missing(
    study: Study, jobs: Sequence[RunSpec], target: Path, study_workers: StudyWorkers, **more: Any
) -> int:
    """Compute the missing runs of a folder, which must be locked; return the exit code."""
    for path in leftover_files(target):
        path.unlink()
    place.write_manifest(target, study, runs=len(jobs), finished=None, **more)
    place.write_plan(target, jobs)
    store = Store(target, place.policies_of(jobs)).open()
    for file in store.rejected:
        print_note(console_text("sweep.rejected", file=file, folder=target))
    missing = [job for job in jobs if job.run not in store.finished]
    finished = len(jobs) - len(missing)
    planned = {"title": study.title, "n": len(jobs), "years": study.years, "finished": finished}
    print_note(console_text("sweep.planned_and_finished" if finished else "sweep.planned", **planned))
    check_disk_space({"--out": (target, size_of_sweep(missing))})
    if not study_workers.agreed:
        confirm_time(study, missing, study_workers.workers)
    begun = time.monotonic()
    try:
        outcome = run_jobs_of_study(missing, store, study_workers) if missing else SweepOutcome()
    except (OSError, Unwritable) as reason:
        raise Unwritable(
            f"{write_error_text(reason)}; {finished_in_words(store, jobs)}; start again then, and only what is missing"
            " is computed"
        ) from None
    except SchedulerLost as reason:
        raise WorkStopped(
            f"{reason}; {finished_in_words(store, jobs)}; start again with another --dask, or without it to go on here,"
            " and only what is missing is computed"
        ) from None
    finished = sum(job.run in store.finished for job in jobs)
    seconds = round(time.monotonic() - begun, 3)
    more |= {"runs": len(jobs), "finished": finished, "seconds": seconds, "failed": outcome.failed}
    place.write_manifest(target, study, **more)
    place.write_crate(target, study)
    return report_outcome(outcome, target, finished, len(jobs))


def run_jobs_of_study(missing: list[RunSpec], store: Store, study_workers: StudyWorkers) -> SweepOutcome:
    """Run jobs in an order that groups them by town and warm-up."""
    with Interruption() as interruption:
        executor, order = executor_and_order(study_workers, interruption, len(missing))
        each, label = max(missing[0].shifts, 1), console_text("label.sweeping")
        progress = Progress(label, each * len(missing), len(missing), word=console_text("progress.safe"))
        jobs = with_shared_warm_ups(missing)
        return Engine(executor, store, progress, each, interruption).run(sorted(jobs, key=order))


def executor_and_order(
    study_workers: StudyWorkers, interruption: Interruption, runs: int
) -> tuple[Executor[RunSpec, FinishedRun | FailedRun], Callable[[RunSpec], tuple[str, str]]]:
    """Return the executor, and the sort key of the jobs to submit."""
    if study_workers.dask is not None:
        from experiments.execution.dask_executor import DaskExecutor

        return DaskExecutor(study_workers.dask), lambda job: (job.source, warm_up_key(job))
    announce_compiling()
    executor = LocalExecutor(min(study_workers.workers, runs), try_run)
    executor.prepare(lambda: interruption.received)
    return executor, lambda job: (town_of(job), warm_up_key(job))


def town_of(job: RunSpec) -> str:
    """Return a key of the town of a job, so that jobs of the same town run together and share it."""
    shaping = [one for one in job.overrides if one[0].partition(".")[0] in TOWN_GROUPS]
    return repr((job.source, sorted(shaping)))


def finished_in_words(store: Store, jobs: Sequence[RunSpec]) -> str:
    """Return a clause with the number of runs on disk."""
    return f"{len(store.finished)} of {len(jobs)} runs are safe in {store.folder}"


def report_outcome(outcome: SweepOutcome, target: Path, finished: int, runs: int) -> int:
    """Report the outcome; return the exit code."""
    counts: dict[str, Any] = {"n": finished, "all": runs, "folder": target}
    if outcome.interrupted:
        report_interruption(console_text("interrupted.sweep", **counts))
        return INTERRUPTED
    if outcome.failed:
        path = quarantine.path_of(target, outcome.failed[0])
        counts |= {"n": len(outcome.failed), "command": quarantine.command(path)}
        print_note(console_text("sweep.failed", **counts))
        return FAILED
    print_note(console_text("sweep.safe", **counts))
    return DONE
