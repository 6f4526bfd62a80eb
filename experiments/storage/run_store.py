"""Store of a study: batches of finished runs as complete Parquet files with a valid digest; others are ignored.

The name of a file contains its number, or its job, and the digest of its bytes, so that truncated, changed and foreign
files are detected.  A batch that repeats a run is ignored, too.  Only the coordinator writes.  A run counts as finished
once its file has its final name on disk.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.storage.manifest_schema import validator_of
from experiments.storage.result_tables import (
    MEASURES,
    OPTIONAL_TABLES,
    concatenate_tables,
    read_parquet,
    rows_of_runs,
    with_policy_columns,
)
from experiments.storage.run_folder import parquet_of
from experiments.storage.run_identity import sha256_of
from experiments.storage.writing import make_folder, write_atomically

RUNS_KEY, TABLE_FILES_KEY = b"confianza.runs", b"confianza.beside"
DIGEST_DIGITS = 24
REJECTED = "rejected"
MAX_PENDING_RUNS, MAX_PENDING_S = 32, 10.0


@dataclass(frozen=True)
class RunBatch:
    """File of the measures of finished runs, with the names of the files of their other tables."""

    path: Path
    runs: tuple[str, ...]
    table_files: dict[str, str]

    def file(self, name: str) -> Path:
        """Return the path of one table of its runs."""
        return self.path if name == MEASURES else self.path.parent.parent / name / self.table_files[name]


def batch_file_name(number: int, content: bytes) -> str:
    """Return the file name of a batch."""
    return named_by_digest(f"{number:06d}", content, ".parquet")


def named_by_digest(stem: str, content: bytes, ending: str) -> str:
    """Return a file name with the digest of the content, which later shows whether the file is intact."""
    return f"{stem}-{sha256_of(content)[:DIGEST_DIGITS]}{ending}"


def is_intact(path: Path) -> bool:
    """Return whether the content of a file matches the digest in its name."""
    stem = path.name.partition("-")[0]
    if not path.is_file():
        return False
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_DIGITS]
    return path.name == f"{stem}-{digest}{path.suffix}"


def read_batch(path: Path) -> RunBatch | None:
    """Return the batch of a file; None if the file is not an intact batch."""
    if not path.name.partition("-")[0].isdecimal() or not is_intact(path):
        return None
    try:
        metadata_of_file = pq.read_schema(path).metadata or {}
        runs = validator_of(list[str]).validate_json(metadata_of_file[RUNS_KEY])
        table_files = validator_of(dict[str, str]).validate_json(metadata_of_file[TABLE_FILES_KEY])
    except (KeyError, ValueError, RecursionError, OSError, pa.ArrowException):
        return None
    batch = RunBatch(path, tuple(runs), table_files)
    return batch if all(name in OPTIONAL_TABLES and is_intact(batch.file(name)) for name in batch.table_files) else None


def run_batches(folder: Path) -> Iterator[tuple[Path, RunBatch | None]]:
    """Yield every file of a store in order, with its batch, or None if it is invalid or repeats a run."""
    seen: set[str] = set()
    for path in sorted((folder / MEASURES).glob("*")):
        batch = None if path.name.startswith(".") else read_batch(path)
        if batch is not None and seen.isdisjoint(batch.runs):
            seen.update(batch.runs)
            yield path, batch
        else:
            yield path, None


def stored_table(folder: Path, runs: Collection[str] | None = None, name: str = MEASURES) -> pa.Table | None:
    """Return a table of all finished runs, or of ``runs`` only; None if no file has this table."""
    batches = (batch for _, batch in run_batches(folder) if batch)
    files = [batch.file(name) for batch in batches if name == MEASURES or name in batch.table_files]
    if not files:
        return None
    table = concatenate_tables([read_parquet(file, ("run",)) for file in files])
    return table if runs is None else rows_of_runs(table, runs)


def stored_tables(folder: Path) -> set[str]:
    """Return the names of the tables of finished runs; none if no run has finished."""
    return {name for _, batch in run_batches(folder) if batch for name in (MEASURES, *batch.table_files)}


@dataclass
class Store:
    """Finished runs of a folder, and pending runs that are to be written."""

    folder: Path
    policies: Sequence[str] = ()
    """Policies of the study; each has a column in every table."""
    clock: Callable[[], float] = time.monotonic
    finished: set[str] = field(default_factory=set)
    rejected: list[str] = field(default_factory=list)
    pending: list[tuple[str, dict[str, pa.Table]]] = field(default_factory=list)
    last_number: int = 0
    pending_since: float = 0.0

    def open(self) -> "Store":
        """Register the valid batches of the folder, and move all other files to `REJECTED`."""
        make_folder(self.folder / MEASURES)
        used: set[Path] = set()
        for path, batch in run_batches(self.folder):
            if batch is None:
                self.reject(path)
                continue
            self.finished.update(batch.runs)
            used.update(map(batch.file, batch.table_files))
            self.last_number = max(self.last_number, int(path.name.partition("-")[0]))
        for table_file in (path for name in OPTIONAL_TABLES for path in (self.folder / name).glob("*.parquet")):
            if table_file not in used:
                self.reject(table_file)
        return self

    def reject(self, path: Path) -> None:
        """Move a file to the folder `REJECTED`; delete temporary files of a killed process."""
        if path.name.startswith("."):
            path.unlink()
            return
        target = self.folder / REJECTED / path.name
        make_folder(target.parent)
        path.replace(target)
        self.rejected.append(path.name)

    def add(self, run: str, tables: dict[str, pa.Table]) -> list[str]:
        """Add a finished run to the pending ones; return the runs that are written, often none yet."""
        if not self.pending:
            self.pending_since = self.clock()
        self.pending.append((run, tables))
        return self.flush() if len(self.pending) >= MAX_PENDING_RUNS else []

    def tick(self) -> list[str]:
        """Write the pending runs if the first is `MAX_PENDING_S` old; return the runs that are written."""
        return self.flush() if self.pending and self.clock() - self.pending_since >= MAX_PENDING_S else []

    def flush(self) -> list[str]:
        """Write all pending runs as one batch; return them."""
        if not self.pending:
            return []
        runs = [run for run, _ in self.pending]
        self.last_number += 1
        table_files = {name: self.write(name, {}) for name in self.pending[0][1] if name != MEASURES}
        metadata = {RUNS_KEY: json.dumps(runs).encode(), TABLE_FILES_KEY: json.dumps(table_files).encode()}
        self.write(MEASURES, metadata)
        self.finished.update(runs)
        self.pending.clear()
        return runs

    def write(self, name: str, metadata: dict[bytes, bytes]) -> str:
        """Write one table of the pending runs, with ``metadata``; return the file name."""
        table = with_policy_columns(concatenate_tables([tables[name] for _, tables in self.pending]), self.policies)
        content = parquet_of(table.replace_schema_metadata((table.schema.metadata or {}) | metadata))
        target = self.folder / name / batch_file_name(self.last_number, content)
        make_folder(target.parent)
        write_atomically(target, content)
        return target.name
