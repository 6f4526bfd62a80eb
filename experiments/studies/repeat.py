"""`verify RUN`: find a run by its identity, command or quarantine file, and compute it again."""

import dataclasses
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.execution import run_job
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.narrative.run_summary import summary_table
from experiments.storage.manifest import SWEEP, kind_of, read_manifest
from experiments.storage.progress import print_note
from experiments.storage.reading import load_table, run_folders, specs_of
from experiments.storage.result_tables import without_policy_columns
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import stored_table
from experiments.storage.saved_states import FilesChanged, check_origin
from experiments.studies import quarantine
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

IDENTITY = re.compile(r"[0-9a-f]{16}")
RESULTS = Path("results")

type FoundRun = tuple[str, RunSpec, pa.Table | None, bool]
"""Identity under which a run is stored, its specification, its stored measures, and whether a sweep would store it."""


def find_run(word: str, within: Path | None) -> FoundRun:
    """Return the run named by ``word`` in a folder or any in `RESULTS`, with its measures if it has finished."""
    if word.endswith(".json"):
        return *quarantine.read(Path(word)), None, True
    named = RunSpec.read(word).run if word.startswith("confianza ") else word
    if not IDENTITY.fullmatch(named):
        raise InputError(
            f"a run is named by 16 hexadecimal digits, its command, or its file in quarantine/, got '{word}'"
        )
    folders = [within] if within else sorted(path.parent for path in RESULTS.glob("*/manifest.json"))
    for folder in folders:
        try:
            if one := run_in_folder(folder, named):
                return one
        except FilesChanged:
            raise
        except InputError as reason:
            if within:
                raise
            print_note(f"not looked into: {reason}")
    if named != word and within is None:
        return named, RunSpec.read(word), None, False
    where = str(within) if within else f"any folder in {RESULTS}/; name its folder with --in"
    raise InputError(f"no run '{word}' in {where}")


def run_in_folder(folder: Path, run: str) -> FoundRun | None:
    """Return a run if it belongs to a folder, else None."""
    for place in filter(Path.is_dir, run_folders(folder)):
        if spec := specs_of(place).get(run):
            check_origin(place, read_manifest(place))
            return run, spec, months_of(place, run), kind_of(place) == SWEEP
    return None


def months_of(folder: Path, run: str) -> pa.Table | None:
    """Return the stored measures of a run, if it has finished."""
    if kind_of(folder) != SWEEP:
        return load_table(folder, "measures", {run})
    table = stored_table(folder, {run})
    return table if table is not None and len(table) else None


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
