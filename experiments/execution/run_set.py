"""Run several seeds in this process or in workers."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from experiments.execution.executor import JobResults, run_jobs
from experiments.execution.job_cache import JobCache, Tables, run_unfinished
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import restored_run, simulate
from experiments.execution.shared_towns import town_for
from experiments.storage.manifest_schema import RunPart
from experiments.storage.run_folder import StoredRun
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import digest_of_state
from experiments.words.console import console_text

type Runs = JobResults[RunSpec, StoredRun]
"""Finished runs, in the order of their specifications."""


def run_all(specs: Sequence[RunSpec], workers: int = 1, label: str = "") -> Runs:
    """Simulate runs; an interruption keeps the finished ones."""
    return run_jobs(specs, run_in_shared_town, workers, label or console_text("label.running"))


def run_missing(specs: Sequence[RunSpec], workers: int, label: str, folder: Path, save: Path | None) -> Runs:
    """Simulate the runs of which ``folder`` holds no part; save the final states in ``save``, if given."""
    parts = JobCache(folder, partial(part_of_run, save=save), partial(run_of_part, save=save), RunPart)
    return run_unfinished(specs, partial(run_in_shared_town, save=save), workers, label, parts)


def run_in_shared_town(spec: RunSpec, report: ReportProgress, save: Path | None = None) -> StoredRun:
    """Simulate one run in a town that other runs may share."""
    return simulate(spec, town_for(spec), report, save)


def part_of_run(run: StoredRun, save: Path | None) -> tuple[dict[str, Any], Tables]:
    """Return the facts and tables of a finished run; the facts include the digest of its saved state, if any."""
    state_digest = digest_of_state(save, run.seed) if save else ""
    return {"ceiling_hits": run.ceiling_hits, "state": state_digest}, run.tables


def run_of_part(spec: RunSpec, facts: Mapping[str, Any], tables: Tables, save: Path | None = None) -> StoredRun:
    """Restore a finished run from its part; if states are saved, that of the run must exist, unchanged."""
    if save is not None:
        digest = digest_of_state(save, spec.seed)
        if not digest or facts["state"] != digest:
            raise ValueError("the saved state of the run is missing or has changed")
    return restored_run(spec, tables, facts["ceiling_hits"])
