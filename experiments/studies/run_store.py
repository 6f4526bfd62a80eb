"""The store of a sweep: finished runs are written in batches; what must not be counted is moved aside.

Only the coordinator writes.  A run counts as finished when the file that holds it has its name, on the disk.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from experiments.storage.run_batches import BESIDE, KEEPS, MEASURES, RUNS, batches, name_of, together, with_changes
from experiments.storage.run_folder import parquet_of, write_whole

REJECTED = "rejected"
MOST_RUNS, LONGEST_S = 32, 10.0


@dataclass
class Store:
    """The finished runs of a folder, and those that wait to be written."""

    folder: Path
    policies: Sequence[str] = ()
    """Those of the study: each has a column in every table."""
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
            used.update(map(batch.file, batch.beside))
            self.number = max(self.number, int(path.name.partition("-")[0]))
        for beside in (path for name in KEEPS for path in (self.folder / name).glob("*.parquet")):
            if beside not in used:
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
        table = with_changes(together([tables[name] for _, tables in self.pending]), self.policies)
        content = parquet_of(table.replace_schema_metadata((table.schema.metadata or {}) | stated))
        target = self.folder / name / name_of(self.number, content)
        target.parent.mkdir(exist_ok=True)
        write_whole(target, content)
        return target.name
