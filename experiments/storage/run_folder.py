"""Write the folder of a run: tables, figure and manifest; no file is left incomplete."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.storage.manifest import MANIFEST, RUN, provenance
from experiments.storage.result_tables import concatenate_tables, parquet_bytes
from experiments.storage.run_identity import settings_of
from experiments.storage.run_spec import RunSpec, command_of
from experiments.storage.saved_states import DESCRIPTION_FILE, digest_of_state
from experiments.storage.writing import make_folder, write_atomically
from experiments.words.dictionary import with_dictionary


@dataclass(frozen=True)
class StoredRun:
    """Finished run with its tables by name."""

    seed: int
    run: str
    tables: dict[str, pa.Table]
    ceiling_hits: float

    @property
    def months(self) -> Any:
        """Monthly measures as a pandas DataFrame, sorted by month."""
        return self.tables["measures"].to_pandas().sort_values("month")


def join_runs(finished: "list[StoredRun]") -> dict[str, pa.Table]:
    """Concatenate the tables of all runs."""
    return {name: concatenate_tables([one.tables[name] for one in finished]) for name in finished[0].tables}


def parquet_of(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file that contains the data dictionary."""
    return parquet_bytes(with_dictionary(table))


def parquet_files(tables: dict[str, pa.Table]) -> dict[str, bytes]:
    """Return tables as Parquet files by file name."""
    return {f"{name}.parquet": parquet_of(table) for name, table in tables.items()}


def write_with_manifest(folder: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Write all files of a run or comparison; the manifest comes last, since it marks the folder as complete."""
    make_folder(folder)
    for name, content in files.items():
        write_atomically(folder / name, content)
    write_atomically(folder / MANIFEST, json_of(manifest))


def json_of(value: Any) -> bytes:
    """Return a value as the bytes of an indented JSON file; other types, such as dates, become text."""
    return (json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n").encode()


def run_manifest(
    specs: Sequence[RunSpec], finished: "list[StoredRun]", seconds: float, interrupted: bool
) -> dict[str, Any]:
    """Return the manifest of runs that differ only in their seeds, which suffices to repeat them."""
    first, saved = specs[0], specs[0].saved
    parents, states = (saved["runs"], saved["states"]) if saved else ({}, {})
    origin = {
        "folder": first.branch,
        "states": {str(one.seed): states[one.seed] for one in specs if one.seed in states},
    }
    return {
        "format": RUN,
        "command": command_of(specs),
        "scenario": first.scenario.name,
        "source": first.source,
        "policy": first.policy,
        "policies": list(first.dated_policies),
        "varied": first.columns,
        "begins": first.begins.isoformat(),
        "until": first.until.isoformat(),
        "keep": list(first.keep),
        "measures": list(first.measures),
        "seeds": [one.seed for one in finished],
        "seeds_planned": [one.seed for one in specs],
        "interrupted": interrupted,
        "runs": {str(one.seed): one.run for one in finished},
        "branched_from": {str(one.seed): parents[one.seed] for one in specs if one.seed in parents},
        "went_on_from": origin if states else None,
        "ceiling_hits": {str(one.seed): one.ceiling_hits for one in finished},
        "settings": first.settings,
        **({"town": first.town} if first.town else {}),
        **provenance(),
        "seconds": round(seconds, 3),
    }


def write_saved(folder: Path, specs: Sequence[RunSpec]) -> None:
    """Write the description of saved states into their folder."""
    description = {
        "settings": settings_of(dataclasses.replace(specs[0].scenario, policies=())),
        "policies": specs[0].dated_policies,
        "until": specs[0].until.isoformat(),
        "runs": {one.seed: one.run for one in specs},
        "states": {one.seed: digest_of_state(folder, one.seed) for one in specs},
    }
    write_atomically(folder / DESCRIPTION_FILE, json_of(description))
