"""The command `repeat`: one run once more, in this process, where its error or its numbers can be looked at."""

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
from experiments.storage.progress import say
from experiments.storage.reading import places_of, specs_of, tables
from experiments.storage.result_tables import without_changes
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import stored_table
from experiments.storage.saved_states import FilesChanged, check_went_on
from experiments.studies import quarantine
from experiments.words.bilingual import Tongue
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

SAME, FAULT = 0, 1
IDENTITY = re.compile(r"[0-9a-f]{16}")
RESULTS = Path("results")

Found = tuple[str, RunSpec, pa.Table | None]
"""The identity under which a run is known, what it is asked to be, and its stored measures."""


def repeat(word: str, within: Path | None) -> int:
    """Compute a run again and compare it with what is stored; return the exit code."""
    run, spec, stored = find_run(word, within)
    check_code(run, spec)
    try:
        (measures,) = once_more([spec], 1, f"run {run}")
    except FilesChanged:
        raise
    except Exception:
        traceback.print_exc(file=sys.stderr)
        say(f"confianza: run {run} fails again, as the lines above say")
        return FAULT
    print(summary_table(spec, measures.to_pandas(), Tongue("en")))
    return compare_with_stored(measures, stored)


def find_run(word: str, within: Path | None) -> Found:
    """Return the run that is meant, with its stored measures if it has finished."""
    if word.endswith(".json"):
        return *quarantine.read(Path(word)), None
    named = RunSpec.read(word).run if word.startswith("confianza ") else word
    if not IDENTITY.fullmatch(named):
        raise InputError(
            f"a run is named by 16 hexadecimal digits, its command, or its file in quarantine/, got '{word}'"
        )
    folders = [within] if within else sorted(path.parent for path in RESULTS.glob("*/manifest.json"))
    for folder in folders:
        try:
            if one := found_in(folder, named):
                return one
        except FilesChanged:
            raise
        except InputError as reason:
            if within:
                raise
            say(f"not looked into: {reason}")
    if named != word and within is None:
        return named, RunSpec.read(word), None
    where = str(within) if within else f"any folder in {RESULTS}/; name its folder with --in"
    raise InputError(f"no run '{word}' in {where}")


def found_in(folder: Path, run: str) -> Found | None:
    """Return a run of a folder, if it is one of its runs."""
    for place in filter(Path.is_dir, places_of(folder)):
        if spec := specs_of(place).get(run):
            check_went_on(place, read_manifest(place))
            return run, spec, months_of(place, run)
    return None


def months_of(folder: Path, run: str) -> pa.Table | None:
    """Return the stored measures of a run, if it has finished."""
    if kind_of(folder) != SWEEP:
        return tables(folder, "measures", {run})
    table = stored_table(folder, {run})
    return table if table is not None and len(table) else None


def check_code(run: str, spec: RunSpec) -> None:
    """Raise if a run cannot be repeated, since the code or the files that it was read from have changed."""
    if spec.run != run:
        raise InputError(
            f"run {run} is now {spec.run}: the code (this is {fingerprint()}), the scenario or a policy has changed"
        )


def once_more(specs: Sequence[RunSpec], workers: int, label: str) -> list[pa.Table]:
    """Return all measures of some runs, computed anew."""
    return run_jobs(specs, measures_of_run, workers, label).whole


def measures_of_run(spec: RunSpec, tell: ReportProgress) -> pa.Table:
    """Return all measures of one run under the identity that it has, which may be that of a run of some."""
    spec.check_files()
    measures = run_job.run_one(dataclasses.replace(spec, measures=()), tell).tables["measures"]
    return measures.set_column(0, "run", pa.array([spec.run] * len(measures), pa.string()))


def compare_with_stored(measures: pa.Table, stored: pa.Table | None) -> int:
    """Say whether the numbers are those that are stored; return the exit code."""
    if stored is None:
        say("the run has finished; it was not stored before: start the sweep again to store it")
        return SAME
    kept = without_changes(stored)
    names: list[Any] = kept.column_names
    if rows_of(measures.select(names)) == rows_of(kept):
        say("every number is the same as stored")
        return SAME
    say("confianza: the numbers differ from those stored, though code and settings are the same")
    return FAULT


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table in order of months, so that tables can be compared."""
    return table.sort_by("month").to_pylist()
