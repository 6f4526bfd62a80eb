"""`confianza verify`: repeat the runs behind a report or a results folder, and compare the results."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.comparison.comparison import Request
from experiments.execution.run_job import measures_to_keep
from experiments.execution.runs import run_all
from experiments.report import build
from experiments.report.compare_command import compare
from experiments.report.prices import read_prices
from experiments.storage.manifest import (
    ARMS,
    COMPARISON,
    MANIFEST,
    NOT_REPRODUCIBLE,
    RUN,
    SWEEP,
    checked_manifest,
    kind_of,
    read_manifest,
)
from experiments.storage.reading import load_table, run_folders, specs_of
from experiments.storage.result_tables import rows_of_runs
from experiments.storage.run_folder import join_runs
from experiments.storage.saved_states import check_origin
from experiments.studies.repeat import check_code as check_run
from experiments.studies.repeat import recompute, rows_of
from experiments.words.dictionary import POLICY_PREFIX
from model.engine.errors import InputError


def verify(path: Path, workers: int) -> list[str]:
    """Repeat the runs behind a report or folder; return the differences, none if all is equal."""
    return list(verify_folder(path, workers) if path.is_dir() else verify_report(path, workers))


def verify_folder(folder: Path, workers: int) -> Iterator[str]:
    """Yield the differences in a folder of a run or of a comparison."""
    stated = checked_manifest(folder)
    check_readable(folder)
    if stated.get("format") == RUN:
        again = run_again(folder, stated, workers)
        for name in tables_in(folder):
            old = load_table(folder, name)
            yield from (
                table_differences(name, old, again[name]) if name in again else [f"{name} does not come out at all"]
            )
    elif stated.get("format") == COMPARISON:
        for arm in run_folders(folder):
            if arm.is_dir():  # it may have been removed
                check_readable(arm)
        with tempfile.TemporaryDirectory() as place:
            new = compare_again(stated, Path(place) / "again", workers, folder)
            yield from unequal_tables(folder, new)
            yield from verify_arms(folder, new, workers)
    elif stated.get("format") == SWEEP:
        yield from verify_sweep(folder, workers)
    else:
        raise InputError(f"{folder} holds no run, comparison or sweep that could be run again")


def verify_arms(folder: Path, again: Path, workers: int) -> Iterator[str]:
    """Yield the differences in the stored arms of a comparison, or in the folders of runs that it compares."""
    for place in run_folders(folder):
        relative = Path(os.path.relpath(place, folder))
        if relative.parts[0] != ARMS or (place.is_dir() and not (again / relative).is_dir()):
            yield from verify_folder(place, workers)
        elif place.is_dir():
            yield from unequal_tables(place, again / relative, f"{relative.as_posix()}/")


def verify_sweep(folder: Path, workers: int) -> Iterator[str]:
    """Yield a line for each finished run of a sweep that differs when it is repeated."""
    stored = load_table(folder, "measures")
    stored = stored.select(
        [name for name in stored.column_names if not name.startswith(POLICY_PREFIX)]
    )  # added by studies
    finished = set(stored["run"].to_pylist())
    specs = []
    for run, spec in sorted(specs_of(folder).items()):
        if run in finished:
            check_run(run, spec)
            specs.append(spec)
    for spec, again in zip(specs, recompute(specs, workers, f"running {folder.name} again"[:40]), strict=True):
        if rows_of(again.select(stored.column_names)) != rows_of(rows_of_runs(stored, {spec.run})):
            yield f"run {spec.run} differs"


def verify_report(file: Path, workers: int) -> Iterator[str]:
    """Yield a line if a report differs from the one built from the repeated comparison."""
    stated = checked_manifest(file)
    with tempfile.TemporaryDirectory() as place:
        again = compare_again(stated, Path(place) / "again", workers, file.parent)
        copy_stamps(again, stated)
        prices = read_prices([f"{name}={price}" for name, price in stated.get("prices", {}).items()])
        if build(again, stated["lang"], prices) != file.read_bytes():
            yield f"{file.name} is not what comes out"


def compare_again(stated: dict[str, Any], out: Path, workers: int, beside: Path) -> Path:
    """Repeat a comparison without printing it; return its new folder."""
    if stated["interrupted"]:
        raise InputError("the comparison was interrupted, so its command does not make it: it cannot be verified")
    with contextlib.redirect_stdout(io.StringIO()):
        place, interrupted = compare(Request.read(stated["request"]), workers, out)
    if interrupted:
        raise KeyboardInterrupt
    return place


def copy_stamps(folder: Path, stated: dict[str, Any]) -> None:
    """Copy time and environment of the old results into the manifest of the new ones."""
    path = folder / MANIFEST
    fresh = dict(read_manifest(folder))
    if "schema" not in stated:
        del fresh["schema"]
    kept = {
        key: stated[key]
        for key in (*NOT_REPRODUCIBLE, "schema")
        if key in stated and key not in ("arms", "interrupted")
    }
    path.write_text(json.dumps(fresh | kept, ensure_ascii=False), encoding="utf-8")


def run_again(folder: Path, stated: dict[str, Any], workers: int) -> dict[str, pa.Table]:
    """Repeat the runs of a folder; return their tables."""
    check_origin(folder, stated)
    specs = list(specs_of(folder).values())
    found = join_runs(run_all(specs, workers, label=f"running {folder.name} again"[:40]).all_results)
    return found | {"measures": measures_to_keep(found["measures"], specs[0])}


def check_readable(folder: Path) -> None:
    """Raise InputError if a table of a folder cannot be read, before hours of computing."""
    for name in ["measures"] if kind_of(folder) == SWEEP else tables_in(folder):
        load_table(folder, name)


def tables_in(folder: Path) -> list[str]:
    """Return the names of the tables in a folder."""
    return sorted(path.stem for path in folder.glob("*.parquet"))


def unequal_tables(old: Path, new: Path, prefix: str = "") -> Iterator[str]:
    """Yield a line for each table of a folder that differs in the second folder."""
    for name in tables_in(old):
        yield from table_differences(prefix + name, load_table(old, name), load_table(new, name))


def table_differences(name: str, old: pa.Table, new: pa.Table) -> Iterator[str]:
    """Yield a line that names the columns in which two tables differ, if they do."""
    if old.column_names != new.column_names or old.num_rows != new.num_rows:
        yield f"{name} has other columns or rows"
        return
    columns = [column for column in old.column_names if not old[column].equals(new[column])]
    if columns:
        yield f"{name} differs in {', '.join(columns[:5])}{' and more' if len(columns) > 5 else ''}"
