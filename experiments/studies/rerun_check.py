"""The command `repeat`: compute one run again in this process, to inspect its error or its numbers."""

import dataclasses
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from experiments.execution import run_job
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.narrative.run_summary import summary_table
from experiments.storage.progress import print_note
from experiments.storage.result_tables import without_policy_columns
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import FilesChanged
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

SAME, FAULT = 0, 1


def repeat(run: str, spec: RunSpec, stored: pa.Table | None, swept: bool) -> int:
    """Compute a run again and compare it with the stored numbers, if any; return the exit code.

    ``swept`` is True for a run of a sweep, which stores it when it is started again.
    """
    check_code(run, spec)
    try:
        (measures,) = recompute([spec], 1, f"run {run}")
    except FilesChanged:
        raise
    except Exception:
        traceback.print_exc(file=sys.stderr)
        print_note(f"confianza: run {run} fails again, as the lines above say")
        return FAULT
    print(summary_table(spec, measures.to_pandas(), FigureTexts("en")))
    return compare_with_stored(measures, stored, swept)


def check_code(run: str, spec: RunSpec) -> None:
    """Raise InputError if a run cannot be repeated because its code or its input files have changed."""
    if spec.run != run:
        raise InputError(
            f"run {run} is now {spec.run}: the code (this is {fingerprint()}), the scenario or a policy has changed"
        )


def recompute(specs: Sequence[RunSpec], workers: int, label: str) -> list[pa.Table]:
    """Return all measures of some runs, computed anew."""
    return run_jobs(specs, measures_of_run, workers, label).all_results


def measures_of_run(spec: RunSpec, tell: ReportProgress) -> pa.Table:
    """Return all measures of one run under its own identity, even if its specification selects some measures."""
    spec.check_files()
    measures = run_job.run_one(dataclasses.replace(spec, measures=()), tell).tables["measures"]
    return measures.set_column(0, "run", pa.array([spec.run] * len(measures), pa.string()))


def compare_with_stored(measures: pa.Table, stored: pa.Table | None, swept: bool) -> int:
    """Report whether the numbers equal the stored ones; return the exit code."""
    if stored is None:
        print_note(
            "the run has finished; it was not stored before"
            + (": start the sweep again to store it" if swept else ", so there is nothing to compare it with")
        )
        return SAME
    kept = without_policy_columns(stored)
    names: list[Any] = kept.column_names
    if rows_of(measures.select(names)) == rows_of(kept):
        print_note("every number is the same as stored")
        return SAME
    print_note("confianza: the numbers differ from those stored, though code and settings are the same")
    return FAULT


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table in order of months, for comparison."""
    return table.sort_by("month").to_pylist()
