"""The folder of a sweep: manifest, plan of all runs, store, quarantine."""

import dataclasses
import datetime
import json
import platform
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runs.folder import MANIFEST, VERSIONS, commit, machine, parquet_of, read_manifest, write_whole
from experiments.runs.spec import RunSpec
from experiments.sweeps.lock import LOCK
from experiments.sweeps.store import MEASURES, REJECTED
from experiments.sweeps.study import Study
from model import fingerprint
from model.errors import InputError

FORMAT = "confianza sweep 1"
PLAN = "plan.parquet"


def folder_for(study: Study, out: Path | None) -> Path:
    """Return the folder of a study, after checking that nothing foreign would be mixed up with it."""
    folder = out or Path("results") / study.name
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder} is a file, not a folder")
    there = set(folder.iterdir()) - {folder / LOCK} - set(half_written(folder)) if folder.is_dir() else set()
    if there and not is_sweep(folder):
        raise InputError(f"--out {folder} holds something else than a sweep; choose another folder")
    return folder


def half_written(folder: Path) -> list[Path]:
    """Return the files that a start left half written when it was killed."""
    return [path for name in (MANIFEST, PLAN) for path in folder.glob(f".{name}.*")]


def is_sweep(folder: Path) -> bool:
    """Tell whether a folder holds a sweep."""
    try:
        return bool(read_manifest(folder)["format"] == FORMAT)
    except (InputError, KeyError, TypeError):
        return False


def check_same(folder: Path, study: Study) -> None:
    """Raise if what a folder holds cannot be continued: other code, or other columns."""
    if not is_sweep(folder):
        return
    stated = read_manifest(folder)
    if stated["fingerprint"] != fingerprint():
        raise InputError(
            f"{folder} was computed by code {stated['fingerprint']}, this is {fingerprint()}: go on with that code,"
            " choose another folder with --out, or begin anew with --fresh"
        )
    for key, now in (("varied", study.factors.names), ("measures", study.measures), ("keep", study.keep)):
        if stated[key] != list(now):
            raise InputError(
                f"{folder} holds a study with other columns ({key}: {', '.join(stated[key]) or 'none'}; this has"
                f" {', '.join(now) or 'none'}): choose another folder with --out, or begin anew with --fresh"
            )


def clear(folder: Path) -> None:
    """Remove a sweep from its folder, the manifest last; what is not part of it stays."""
    if not is_sweep(folder):
        return
    kept = read_manifest(folder)["keep"]
    for name in (MEASURES, REJECTED, "quarantine", *kept):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in (*folder.glob("*.png"), folder / PLAN, folder / "indices.csv", folder / MANIFEST):
        path.unlink(missing_ok=True)


def write_plan(folder: Path, jobs: Sequence[RunSpec]) -> None:
    """Write down every run of the study, so that the folder explains itself."""
    rows = [job.labels | {"command": job.command} for job in jobs]
    write_whole(folder / PLAN, parquet_of(pa.Table.from_pylist(rows)))


def read_plan(folder: Path) -> pa.Table:
    """Return every run of the study that a folder belongs to."""
    try:
        return pq.read_table(folder / PLAN)
    except (OSError, pa.ArrowException):
        raise InputError(f"{folder} holds no readable {PLAN}; start the sweep again") from None


def specs_in(folder: Path) -> dict[str, RunSpec]:
    """Return every run of the study that a folder belongs to, by its identity."""
    plan = read_plan(folder)
    if "command" not in plan.column_names:
        raise InputError(f"{folder / PLAN}: a plan must hold the column 'command': start the sweep again")
    return dict(zip(plan["run"].to_pylist(), map(RunSpec.read, plan["command"].to_pylist()), strict=True))


def write_manifest(folder: Path, study: Study, **more: Any) -> None:
    """Write down what the study is and how far it has come."""
    stated = {
        "format": FORMAT,
        "study": dataclasses.asdict(study),
        "varied": list(study.factors.names),
        "measures": list(study.measures),
        "keep": list(study.keep),
        "fingerprint": fingerprint(),
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
        "commit": commit(),
        "machine": machine(),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    text = json.dumps(stated | more, indent=1, ensure_ascii=False, default=str) + "\n"
    write_whole(folder / MANIFEST, text.encode())
