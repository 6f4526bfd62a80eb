"""The store of a sweep: batches of runs as Parquet files that are whole and true, or are not counted.

A file is named after its number and the digest of its bytes.  What is cut short, altered or foreign does not fit
its name and is moved aside; so is a batch that repeats a run.  Only the coordinator writes.  A run counts as
finished when the file that holds it has its name, on the disk.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runs.folder import parquet_of, write_whole

MEASURES, REJECTED = "measures", "rejected"
RUNS, BESIDE = b"confianza.runs", b"confianza.beside"
MOST_RUNS, LONGEST_S = 32, 10.0
DIGITS = 24


@dataclass(frozen=True)
class Batch:
    """One file of finished runs, with the names of the files that hold their other tables."""

    path: Path
    runs: tuple[str, ...]
    beside: dict[str, str]
    columns: tuple[str, ...]


def name_of(number: int, content: bytes) -> str:
    """Return the name of a file, which tells whether its content is what was written."""
    return f"{number:06d}-{hashlib.sha256(content).hexdigest()[:DIGITS]}.parquet"


def is_true(path: Path) -> bool:
    """Tell whether a file holds the very bytes that its name promises."""
    number = path.name.partition("-")[0]
    return number.isdigit() and path.is_file() and path.name == name_of(int(number), path.read_bytes())


def read_batch(path: Path) -> Batch | None:
    """Return the batch of a file, or None if it is not one."""
    if not is_true(path):
        return None
    try:
        schema = pq.read_schema(path)
        stated = schema.metadata or {}
        batch = Batch(path, tuple(json.loads(stated[RUNS])), json.loads(stated[BESIDE]), tuple(schema.names))
    except (KeyError, ValueError, pa.ArrowException):
        return None
    whole = all(is_true(path.parent.parent / name / file) for name, file in batch.beside.items())
    return batch if whole else None


def batches(folder: Path) -> Iterator[tuple[Path, Batch | None]]:
    """Yield every file of a store in order, with its batch, or None where it must not be counted."""
    seen: set[str] = set()
    for path in sorted((folder / MEASURES).glob("*")):
        batch = None if path.name.startswith(".") else read_batch(path)
        if batch is not None and seen & set(batch.runs):
            batch = None
        if batch is not None:
            seen.update(batch.runs)
        yield path, batch


@dataclass
class Store:
    """The finished runs of a folder, and those that wait to be written."""

    folder: Path
    clock: Callable[[], float] = time.monotonic
    finished: set[str] = field(default_factory=set)
    rejected: list[str] = field(default_factory=list)
    pending: list[tuple[str, dict[str, pa.Table]]] = field(default_factory=list)
    number: int = 0
    since: float = 0.0

    def open(self) -> "Store":
        """Count what is there, and move aside what must not be counted."""
        (self.folder / MEASURES).mkdir(parents=True, exist_ok=True)
        used: set[Path] = set()
        for path, batch in batches(self.folder):
            if batch is None:
                self.reject(path)
                continue
            self.finished.update(batch.runs)
            used.update(self.folder / name / file for name, file in batch.beside.items())
            self.number = max(self.number, int(path.name.partition("-")[0]))
        for beside in self.folder.glob("*/*.parquet"):
            if beside.parent.name not in (MEASURES, REJECTED) and beside not in used:
                self.reject(beside)
        return self

    def reject(self, path: Path) -> None:
        """Move a file out of the way; half files that a killed process left are of no use and go."""
        if path.name.startswith("."):
            path.unlink()
            return
        target = self.folder / REJECTED / path.name
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        self.rejected.append(path.name)

    def add(self, run: str, tables: dict[str, pa.Table]) -> list[str]:
        """Take a run; return the runs that have become finished by it, often none yet."""
        if not self.pending:
            self.since = self.clock()
        self.pending.append((run, tables))
        return self.flush() if len(self.pending) >= MOST_RUNS else []

    def tick(self) -> list[str]:
        """Write what has waited long enough; return the runs that have become finished."""
        return self.flush() if self.pending and self.clock() - self.since >= LONGEST_S else []

    def flush(self) -> list[str]:
        """Write all that waits as one batch; return the runs that have become finished."""
        if not self.pending:
            return []
        runs = [run for run, _ in self.pending]
        self.number += 1
        beside = {name: self.write(name, {}) for name in self.pending[0][1] if name != MEASURES}
        stated = {RUNS: json.dumps(runs).encode(), BESIDE: json.dumps(beside).encode()}
        self.write(MEASURES, stated)
        self.finished.update(runs)
        self.pending.clear()
        return runs

    def write(self, name: str, stated: dict[bytes, bytes]) -> str:
        """Write one table of the runs that wait; return the name of its file."""
        table = together([tables[name] for _, tables in self.pending])
        content = parquet_of(table.replace_schema_metadata(stated))
        target = self.folder / name / name_of(self.number, content)
        target.parent.mkdir(exist_ok=True)
        write_whole(target, content)
        return target.name


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Return tables one below the other; a column that is empty in some takes the type it has in others."""
    return pa.concat_tables(tables, promote_options="permissive")


def read_measures(folder: Path, runs: set[str] | None = None) -> pa.Table | None:
    """Return the measures of all finished runs (or of some of them), or None if there is none."""
    tables = [pq.read_table(batch.path, partitioning=None) for _, batch in batches(folder) if batch is not None]
    if not tables:
        return None
    table = together(tables).replace_schema_metadata(None)
    if runs is None:
        return table
    return table.filter(pa.compute.is_in(table["run"], value_set=pa.array(sorted(runs), pa.string())))
