"""Runs of a few seeds, through the one pool."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from experiments.execution.executor import JobResults, run_jobs
from experiments.execution.job_cache import JobCache, Tables, run_unfinished
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import restored, simulate
from experiments.execution.shared_towns import town_for
from experiments.storage.manifest_schema import RunPart
from experiments.storage.run_folder import Finished
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import digest_of_state

type Runs = JobResults[RunSpec, Finished]
"""Runs that were finished, in the order in which they were asked for."""


def run_all(specs: Sequence[RunSpec], workers: int = 1, label: str = "running") -> Runs:
    """Carry out runs; an interruption keeps what was finished."""
    return run_jobs(specs, partial(run_in_shared_town, save=None), workers, label)


def run_missing(specs: Sequence[RunSpec], workers: int, label: str, folder: Path, save: Path | None) -> Runs:
    """Carry out those runs that a folder does not hold as parts, each of which may leave its State in another."""
    parts = JobCache(folder, partial(part_of_run, save=save), run_of_part, RunPart, partial(is_usable_part, save=save))
    return run_unfinished(specs, partial(run_in_shared_town, save=save), workers, label, parts)


def run_in_shared_town(spec: RunSpec, tell: ReportProgress, save: Path | None) -> Finished:
    """Carry out one run in a town that may be shared."""
    return simulate(spec, town_for(spec), tell, save)


def part_of_run(run: Finished, save: Path | None) -> tuple[dict[str, Any], Tables]:
    """Return a finished run as text and tables; where its State was saved, its digest tells which that is."""
    state = digest_of_state(save, run.seed) if save else ""
    return {"ceiling_hits": run.ceiling_hits, "state": state}, run.tables


def run_of_part(spec: RunSpec, about: Mapping[str, Any], tables: Tables) -> Finished:
    """Return a finished run from what was kept of it."""
    return restored(spec, tables, about["ceiling_hits"])


def is_usable_part(spec: RunSpec, about: Mapping[str, Any], save: Path | None) -> bool:
    """Tell whether a part still counts: if its State is wanted, that must lie where it was saved."""
    return save is None or "" != about["state"] == digest_of_state(save, spec.seed)
