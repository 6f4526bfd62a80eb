"""Cache of finished jobs until their results folder is complete: files with a valid digest; others are ignored.

The name of a file contains digests of the job's key and of its bytes; it holds the tables of the job and a JSON text.
"""

import contextlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.execution.executor import JobResults, SizedJob, run_jobs
from experiments.execution.local_workers import JobFunction
from experiments.storage.manifest_schema import check_types
from experiments.storage.progress import Progress, print_note
from experiments.storage.result_tables import REQUIRED_COLUMNS, parquet_bytes, parse_parquet
from experiments.storage.results_folder import PARTS
from experiments.storage.run_identity import digest_of
from experiments.storage.run_store import is_intact, named_by_digest
from experiments.storage.writing import make_folder, write_atomically
from experiments.words.console import console_text
from model.engine.errors import InputError
from scenarios.files import parse_json

FACTS_FILE = "about.json"
INVALID_FILE_ERRORS = (
    InputError,
    LookupError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    pa.ArrowException,
)
"""Errors of reading a file that `pack_job` did not write; its job is run again."""

type Tables = Mapping[str, pa.Table]
"""Tables of a job by name."""


@dataclass(frozen=True)
class JobCache[J: SizedJob, R]:
    """Finished jobs of a folder, and functions that split and restore their results."""

    folder: Path
    split: Callable[[R], tuple[Mapping[str, Any], Tables]]
    restore: Callable[[J, Mapping[str, Any], Tables], R]
    """Raises `LookupError` or `ValueError` if the facts or tables are not those of the job."""
    facts_schema: Any
    """Schema of the facts about a finished job."""

    @property
    def parts_folder(self) -> Path:
        """Folder of the files."""
        return self.folder / PARTS

    def store(self, job: J, result: R) -> None:
        """Write a finished job to disk."""
        content = pack_job(*self.split(result))
        make_folder(self.parts_folder)
        write_atomically(self.parts_folder / named_by_digest(file_label(job.key), content, ".zip"), content)

    def load_results(self, jobs: Sequence[J]) -> dict[str, R]:
        """Return the results of finished jobs by key; invalid files are not removed, and their jobs are left out."""
        files = {path.name[:16]: path for path in self.parts_folder.glob("*.zip") if is_intact(path)}
        results = {}
        for job in jobs:
            if path := files.get(file_label(job.key)):
                with contextlib.suppress(*INVALID_FILE_ERRORS):
                    facts, tables = unpack_job(path, self.facts_schema)
                    results[job.key] = self.restore(job, facts, tables)
        return results


def run_unfinished[J: SizedJob, R](
    jobs: Sequence[J], function: JobFunction[J, R], workers: int, title: str | Progress, cache: JobCache[J, R]
) -> JobResults[J, R]:
    """Run the jobs that are not in the cache, and store each as soon as it is finished; return all results.

    ``title`` is that of their progress, or the progress of a larger work (`run_jobs`).
    """
    cached = cache.load_results(jobs)
    if cached and isinstance(title, Progress):
        title.skip_part(sum(job.shifts for job in jobs if job.key in cached), len(cached))
    elif cached:
        print_note(console_text("progress.before", n=len(cached), all=len(jobs), folder=cache.folder))
    missing = [job for job in jobs if job.key not in cached]
    outcome = run_jobs(missing, function, workers, title, cache.store) if missing else JobResults()
    results = cached | {job.key: result for job, result in outcome.finished}
    outcome.finished = [(job, results[job.key]) for job in jobs if job.key in results]
    return outcome


def file_label(key: str) -> str:
    """Return the digest of the key of a job, for the name of its file."""
    return digest_of(key.encode())


def pack_job(facts: Mapping[str, Any], tables: Tables) -> bytes:
    """Return the facts about a job and its tables as the bytes of a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(FACTS_FILE, json.dumps(dict(facts)))
        for name, table in tables.items():
            file.writestr(name, parquet_bytes(table))
    return buffer.getvalue()


def unpack_job(path: Path, facts_schema: Any) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """Return the facts and tables in a file; raise one of `INVALID_FILE_ERRORS` if `pack_job` did not write it."""
    with zipfile.ZipFile(path) as file:
        members = file.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("members are never compressed, so that none is larger than its file")
        if sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("members overlap")
        tables = {}
        for name in (member for member in file.namelist() if member != FACTS_FILE):
            kind = name.rpartition("/")[2]
            tables[name] = parse_parquet(file.read(name), path, REQUIRED_COLUMNS.get(kind, ()), kind)
        return check_types(parse_json(file.read(FACTS_FILE).decode(), str(path)), str(path), facts_schema), tables
