"""Folder of a sweep: manifest, plan of all runs, run store and quarantine."""

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.storage.folder_lock import LOCK, check_no_links
from experiments.storage.manifest import (
    MANIFEST,
    SWEEP,
    check_goes_on,
    checked_output_folder,
    kind_of,
    provenance,
    read_manifest,
)
from experiments.storage.reading import PLAN
from experiments.storage.result_tables import MEASURES, OPTIONAL_TABLES, split_policies, with_policy_columns
from experiments.storage.run_crate import CRATE, crate_of
from experiments.storage.run_folder import json_of, parquet_of
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import REJECTED
from experiments.storage.writing import write_atomically
from experiments.studies.quarantine import QUARANTINE
from experiments.studies.study import Study
from experiments.words.dictionary import with_meanings
from model.engine.errors import InputError

CONFIRMED_FOLDER, OVER_DRAWS_FOLDER = "confirmed", "over_draws"
"""Subfolders of confirmation runs, and of runs over draws of assumed parameters."""
CONTRASTS_FILE = "contrasts_over_draws.csv"
SUBFOLDERS = (MEASURES, REJECTED, QUARANTINE, CONFIRMED_FOLDER, OVER_DRAWS_FOLDER, *OPTIONAL_TABLES)
"""Subfolders that a sweep creates, whatever a manifest says; none of them may be a link to another place."""

FIGURE_PREFIXES = ("forest", "effects", "heat_map", "policies_in_pairs", "effect_map", "tornado", "morris", "contrasts")
"""Prefixes of the names of figures that are drawn into the folder."""


def folder_for(study: Study, out: Path | None) -> Path:
    """Return the folder of a study; raise InputError if it holds files of something else."""
    folder = checked_output_folder(out or Path("results") / study.name, SWEEP, allowed_file=LOCK)
    check_no_links(folder, *SUBFOLDERS, LOCK)
    return folder


def check_same(folder: Path, study: Study) -> None:
    """Raise InputError if a folder cannot be continued: another schema, other code, or other columns."""
    if kind_of(folder) != SWEEP:
        return
    check_goes_on(folder)
    stated = read_manifest(folder)
    for key, now in (("varied", study.factors.names), ("measures", study.measures), ("keep", study.keep)):
        if stated[key] != list(now):
            raise InputError(
                f"{folder} holds a study with other columns ({key}: {', '.join(stated[key]) or 'none'}; this has"
                f" {', '.join(now) or 'none'}): choose another folder with --out, or begin anew with --fresh"
            )


def clear(folder: Path) -> None:
    """Remove a sweep from its folder, the manifest last; files that are not part of it stay."""
    if kind_of(folder) != SWEEP:
        return
    for name in SUBFOLDERS:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    pictures = [path for path in folder.glob("*.png") if path.name.startswith(FIGURE_PREFIXES)]
    answers = [
        folder / f"contrasts{ending}" for ending in (".parquet", ".csv", ".tex", "_origins.csv", "_over_draws.csv")
    ]
    for path in (*pictures, *answers, folder / PLAN, folder / CRATE, folder / "indices.csv", folder / MANIFEST):
        path.unlink(missing_ok=True)


def write_plan(folder: Path, jobs: Sequence[RunSpec]) -> None:
    """Write the table of all runs of the study, so that the folder is self-describing."""
    rows = [job.labels | {"command": job.command} for job in jobs]
    plan = with_policy_columns(pa.Table.from_pylist(rows), policies_of(jobs))
    write_atomically(folder / PLAN, parquet_of(with_meanings(plan, "plan")))


def policies_of(jobs: Sequence[RunSpec]) -> list[str]:
    """Return the policies of runs, each once, in the order of the study."""
    named = dict.fromkeys(job.policies for job in jobs)
    first = {policies: next(job for job in jobs if job.policies == policies) for policies in named}
    return list(dict.fromkeys(name for job in first.values() for name in split_policies(job.policy)))


def write_manifest(folder: Path, study: Study, **more: Any) -> None:
    """Write the manifest: the study, its progress and its provenance."""
    stated = {
        "format": SWEEP,
        "study": dataclasses.asdict(study),
        "varied": list(study.factors.names),
        "measures": list(study.measures),
        "keep": list(study.keep),
        **provenance(),
    }
    write_atomically(folder / MANIFEST, json_of(stated | more))


def write_crate(folder: Path, study: Study) -> None:
    """Write the RO-Crate metadata of the files of a sweep."""
    crate = crate_of(
        folder,
        read_manifest(folder),
        "Runs of a study of Guatemalan municipalities: scenarios, policies, values and seeds",
        f"confianza sweep {study.name}",
        f"{study.title}: seeds {list(study.seeds)}, {study.years:g} years",
    )
    write_atomically(folder / CRATE, crate)
