"""Read tables and runs of results folders, one or many; all other modules read them through this one."""

import datetime
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from experiments.storage.manifest import ARMS, COMPARISON, MANIFEST, SWEEP, kind_of, read_manifest
from experiments.storage.progress import print_note
from experiments.storage.result_tables import (
    REQUIRED_COLUMNS,
    check_columns,
    concatenate_tables,
    name_column,
    read_parquet,
    rows_of_runs,
    split_policies,
    with_policy_columns,
)
from experiments.storage.run_spec import RunSpec, overrides_of, read_specs
from experiments.storage.run_store import stored_table, stored_tables
from experiments.storage.saved_states import DESCRIPTION_FILE
from experiments.storage.writing import csv_bytes
from experiments.words.console import console_text
from experiments.words.dictionary import POLICY_PREFIX
from model.engine.errors import InputError, suggest_nearest
from model.world.shift_events import CHANNELS, MOTIVES

if TYPE_CHECKING:
    import pandas as pd

PLAN = "plan.parquet"
PLAN_KEYS, SPECIFICATION_COLUMNS = ("run", "scenario", "policy", "seed"), ("command", "point")
"""Columns of every plan, and those that specify a run: ``command``, or ``point`` in plans of older versions."""

CODED_COLUMNS: Mapping[str, Sequence[str]] = {"motive": MOTIVES, "told": CHANNELS}
"""Columns of incidents that held codes before schema 3, and the names by code."""
LABELS = ("scenario", "policy", "seed")
"""Columns that only the table of measures had before schema 3."""


def reference_file(package: str, name: str) -> Path:
    """Return the path of a reference result: in a wheel in the package's ``data``, else in ``results/reference``."""
    experiments = Path(__file__).parents[1]
    packed = experiments / package / "data" / name
    return packed if packed.is_file() else experiments.parent / "results" / "reference" / name


def load_table(folders: Path | Sequence[Path], name: str, runs: Collection[str] | None = None) -> pa.Table:
    """Return one table of one or many folders, concatenated; of a sweep, that of its finished runs."""
    places = [folders] if isinstance(folders, Path) else list(folders)
    readers = [read_sweep_table if kind_of(place) == SWEEP else read_folder_table for place in places]
    parts = [read_table(place, name, runs) for read_table, place in zip(readers, places, strict=True)]
    return parts[0] if len(parts) == 1 else concatenate_tables(parts)


def read(*folders: str | Path, table: str = "measures") -> "pd.DataFrame":
    """Return one table of all runs in some folders of `run`, `sweep` or `compare`, each run once.

    Parameters
    ----------
    *folders
        Folders of results, at least one.
    table
        Name of the table: ``"measures"``, ``"ledger"``, ``"cells"`` and others of the data dictionary.

    Returns
    -------
    DataFrame
        Rows of all runs with ``run``, ``scenario``, ``policy`` and ``seed``; units as in the data dictionary.

    Raises
    ------
    InputError
        If a folder or table is missing, damaged or unfinished.

    Examples
    --------
    >>> try:
    ...     months = read("no_such_folder")  # else: months.groupby("policy")["trust_mean"].mean()
    ... except InputError as error:
    ...     print(error)
    no folder 'no_such_folder'
    """
    if not folders:
        raise InputError("read needs at least one folder of results")
    for folder in folders:
        if not isinstance(folder, str | Path):
            raise InputError(f"read takes folders of results, got {folder!r}: name each, as in read('results/sweep')")
    parts: list[pa.Table] = []
    seen: set[str] = set()
    for place in (place for folder in folders for place in folders_of_table(Path(folder), table)):
        rows = load_table(place, table)
        if "run" in rows.column_names:
            rows = rows_of_runs(rows, set(rows["run"].to_pylist()) - seen)
            seen.update(rows["run"].to_pylist())
        parts.append(rows)
    return concatenate_tables(parts).to_pandas()


def folders_of_table(folder: Path, table: str) -> list[Path]:
    """Return the folders that hold a table: the folder itself, or those of a comparison's arms."""
    return [folder] if (folder / f"{table}.parquet").is_file() else run_folders(folder)


def read_folder_table(folder: Path, name: str, runs: Collection[str] | None) -> pa.Table:
    """Return a table that a folder holds as one file."""
    path = folder / f"{name}.parquet"
    if not folder.is_dir():
        raise InputError(f"no folder '{folder}'")
    manifest = read_manifest(folder) if (folder / MANIFEST).is_file() else {}
    runs_by_seed = manifest.get("runs", {})
    if not isinstance(runs_by_seed, Mapping):
        raise InputError(f"{folder / MANIFEST}: runs must be a table by seed, got {runs_by_seed!r}")
    labels = {
        run: {"scenario": manifest["scenario"], "policy": manifest["policy"], "seed": int(seed)}
        for seed, run in runs_by_seed.items()
    }
    if not path.is_file():
        there = {path.stem for path in folder.glob("*.parquet")}
        raise InputError(f"{folder} holds no {path.name}{other_tables(name, there)}")
    table = convert_to_present(read_parquet(path, REQUIRED_COLUMNS.get(name, ()), name), labels)
    return table if runs is None else rows_of_runs(table, runs)


def other_tables(name: str, tables: Collection[str]) -> str:
    """Return the end of a message on a missing table: the nearest name, and all tables that are there."""
    nearest = suggest_nearest(name, tables)
    return f"{nearest or '.'} Its tables: {', '.join(sorted(tables))}" if tables else nearest


def convert_to_present(table: pa.Table, labels: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Return a table of runs, also of an earlier schema, in the present one; ``labels`` are key columns by run."""
    if "run" not in table.column_names:
        return table
    for name in CODED_COLUMNS:
        if name in table.column_names and pa.types.is_integer(table.schema.field(name).type):
            place = table.column_names.index(name)
            table = table.set_column(place, name, name_column(table[name].to_numpy(), CODED_COLUMNS[name]))
    for name in LABELS if "seed" not in table.column_names else ():
        values = [labels.get(run, {}).get(name) for run in table["run"].to_pylist()]
        table = table.add_column(LABELS.index(name) + 1, name, pa.array(values))
    return table


def read_sweep_table(folder: Path, name: str, runs: Collection[str] | None) -> pa.Table:
    """Return a table of the finished runs in the plan of a sweep; print a message if runs are missing."""
    read_manifest(folder)
    plan = read_plan(folder)
    planned = {row["run"]: row for row in plan.select(PLAN_KEYS).to_pylist()}
    table = stored_table(folder, set(planned) if runs is None else planned.keys() & set(runs), name)
    if table is None:
        if tables := stored_tables(folder):
            raise InputError(f"{folder} holds no table '{name}'{other_tables(name, tables)}")
        raise InputError(f"{folder} holds no finished run yet")
    table = convert_to_present(table, planned)
    check_columns(table, folder / name, REQUIRED_COLUMNS.get(name, ()), name)
    policies = dict.fromkeys(part for name in plan["policy"].unique().to_pylist() for part in split_policies(name))
    table = with_policy_columns(table, policies)  # the study may have got more since some runs were stored
    n_stored = len(table["run"].unique())
    if runs is None and n_stored < len(planned):
        print_note(console_text("note.missing_runs", n=n_stored, all=len(planned), folder=folder))
    return table


def read_plan(folder: Path) -> pa.Table:
    """Return the plan of a sweep: one row per run of its study."""
    if not (folder / PLAN).is_file():
        raise InputError(f"{folder} holds no readable {PLAN}; start the sweep again")
    plan = read_parquet(folder / PLAN, PLAN_KEYS)
    check_columns(plan, folder / PLAN, [name for name in SPECIFICATION_COLUMNS if name in plan.column_names])
    return plan


def varied_columns(folder: Path) -> list[str]:
    """Return the names of the columns that a sweep varies: scenario and policy first, then parameters."""
    plan = read_plan(folder)
    parameters = [name for name in plan.column_names if "." in name and not name.startswith(POLICY_PREFIX)]
    return [name for name in ("scenario", "policy", *parameters) if len(plan[name].unique()) > 1]


def stored_measures(folder: Path) -> list[str]:
    """Return the names of the measures that a sweep stores."""
    from model.simulation.registry import MEASURES

    stored = list(dict.fromkeys(read_manifest(folder)["measures"] or MEASURES))
    for name in stored:
        if name not in MEASURES:
            raise InputError(f"{folder}: its manifest names no measure with '{name}'{suggest_nearest(name, MEASURES)}")
    return stored


def means_of_runs(folder: Path, columns: list[str]) -> "pd.DataFrame":
    """Return one row per finished run: its labels, and the mean of each column over the last twelve months."""
    plan = read_plan(folder).to_pandas()
    measured = load_table(folder, "measures")
    for name in columns:
        if name not in measured.column_names:
            raise InputError(f"{folder}: its measures have no '{name}'{suggest_nearest(name, measured.column_names)}")
    table = measured.select(["run", "month", *columns]).to_pandas()
    last = table.sort_values(["run", "month"]).groupby("run").tail(12)
    with np.errstate(over="ignore"):  # a foreign table may hold values near the largest float
        means = last.groupby("run")[columns].mean()
    return plan.merge(means.reset_index(), on="run")


def specs_of(folder: Path) -> dict[str, RunSpec]:
    """Return the specifications of a folder's runs by identity; of a comparison, those of its arms."""
    manifest, kind = read_manifest(folder), kind_of(folder)
    if kind == SWEEP:
        return {row["run"]: planned_spec(folder, row) for row in read_plan(folder).to_pylist()}
    if kind == COMPARISON:
        return {run: spec for place in run_folders(folder) for run, spec in specs_of(place).items()}
    origin = manifest.get("went_on_from") or {}
    if "command" in manifest and (
        not manifest.get("branched_from") or (Path(origin.get("folder", "")) / DESCRIPTION_FILE).is_file()
    ):
        specs = read_specs(manifest["command"])
    else:
        specs = tuple(spec_from_fields(folder / MANIFEST, manifest, seed) for seed in manifest.get("seeds", ()))
    runs = manifest.get("runs", {})
    return {runs[str(spec.seed)]: spec for spec in specs if str(spec.seed) in runs}


def run_folders(folder: Path) -> list[Path]:
    """Return the folders that hold the runs: the folder itself, or those of a comparison's arms.

    Raise unless all arms lie in the folder `arms` of the comparison, or all lie outside of the comparison.
    """
    if kind_of(folder) != COMPARISON:
        return [folder]
    places = {arm["folder"]: folder / arm["folder"] for arm in read_manifest(folder)["arms"]}
    inside = any(place.resolve().is_relative_to(folder.resolve()) for place in places.values())
    for name, place in places.items():
        if kind_of(place) == COMPARISON:  # perhaps the folder itself, an endless recursion
            raise InputError(f"{folder / MANIFEST}: an arm must be a run or a sweep, '{place}' is a comparison")
        if inside and place.resolve().parent != (folder / ARMS).resolve():
            raise InputError(f"{folder / MANIFEST}: an arm must lie in {folder / ARMS}, got '{name}'")
    return list(places.values())


def planned_spec(folder: Path, row: Mapping[str, Any]) -> RunSpec:
    """Return the specification of the run in a row of a plan."""
    if "command" in row:
        return RunSpec.read(row["command"])
    point = json.loads(row.get("point", "{}"))
    fields = point | {"varied": dict(point.get("sets", ())), "settings": {"start": point.get("start")}}
    return spec_from_fields(folder / PLAN, fields, row["seed"])


def spec_from_fields(file: Path, fields: Mapping[str, Any], seed: int) -> RunSpec:
    """Return the specification of a run from single fields, for older files and where saved states are missing."""
    try:
        start = fields["settings"]["start"]
        return RunSpec(
            source=fields["source"],
            policies=tuple(fields["policies"]),
            overrides=overrides_of(fields["varied"]),
            varied=tuple(fields["varied"]),
            start=datetime.date.fromisoformat(start) if start else None,
            until=datetime.date.fromisoformat(fields["until"]),
            seed=seed,
            keep=tuple(fields["keep"]),
            measures=tuple(fields.get("measures", ())),
        )
    except KeyError as missing:
        raise InputError(f"{file} does not say {missing}: make the folder anew") from None


SORT_COLUMNS = ("scenario", "policy", "seed", "run", "month")
ROWS_PER_CHUNK = 2000


def csv_of(folder: Path) -> bytes:
    """Return the measures of a results folder as CSV, sorted by `SORT_COLUMNS`; of a comparison, the effects on all."""
    if kind_of(folder) == COMPARISON:
        return table_as_csv(load_table(folder, "all_effects"))
    table = load_table(folder, "measures")
    for name in SORT_COLUMNS:
        if name not in table.column_names:
            raise InputError(f"{folder}: its measures have no column '{name}'")
    return table_as_csv(table.sort_by([(name, "ascending") for name in SORT_COLUMNS]))


def table_as_csv(table: pa.Table) -> bytes:
    """Return a table as CSV: shortest exact numbers, empty cells for null."""
    return csv_bytes(table.column_names, text_rows(table))


def text_rows(table: pa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table as text."""
    for rows in table.to_batches(
        max_chunksize=ROWS_PER_CHUNK
    ):  # a long sweep would not fit into memory as Python objects
        columns = [[cell_text(value) for value in column.to_pylist()] for column in rows.columns]
        yield from zip(*columns, strict=True)


def cell_text(value: Any) -> str:
    """Format one value for the CSV file.

    >>> cell_text(3.0), cell_text(0.1), cell_text(None), cell_text(datetime.datetime(2017, 2, 1))
    ('3', '0.1', '', '2017-02-01')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value.date() if isinstance(value, datetime.datetime) else value)
