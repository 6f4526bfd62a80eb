"""Finished jobs as files, each of which is whole and true or not counted, until the folder that they are for is whole.

A file is named after its job and the digest of its bytes; it holds the tables of the job and a text of JSON.
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
from experiments.storage.progress import say
from experiments.storage.result_tables import COLUMNS, parquet_bytes, table_in
from experiments.storage.results_folder import PARTS
from experiments.storage.run_identity import digest_of
from experiments.storage.run_store import is_intact, named_by_digest
from experiments.storage.writing import make_folder, write_whole
from model.engine.errors import InputError
from scenarios.files import parse_json

ABOUT = "about.json"
NOT_WHOLE = (
    InputError,
    LookupError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    pa.ArrowException,
)
"""Errors to which a file leads that was not packed here: its job is done again."""

type Tables = Mapping[str, pa.Table]
type Part = tuple[dict[str, Any], dict[str, pa.Table]]
"""Facts about a finished job, and its tables by name."""


@dataclass(frozen=True)
class JobCache[J: SizedJob, R]:
    """The finished jobs of a folder: how each is taken apart and put together, and whether it still counts."""

    folder: Path
    apart: Callable[[R], tuple[Mapping[str, Any], Tables]]
    together: Callable[[J, Mapping[str, Any], Tables], R]
    """Raises `LookupError` or `ValueError` where the tables are not those of the job."""
    about: Any
    """Schema of what is known of a finished job."""
    counts: Callable[[J, Mapping[str, Any]], bool] = lambda _, about: True

    @property
    def place(self) -> Path:
        """Folder of the files."""
        return self.folder / PARTS

    def put(self, job: J, result: R) -> None:
        """Bring a finished job to the disk."""
        content = pack_job(*self.apart(result))
        make_folder(self.place)
        write_whole(self.place / named_by_digest(file_label(job.key), content, ".zip"), content)

    def found(self, jobs: Sequence[J]) -> dict[str, R]:
        """Return what is finished of some jobs, by their keys; what is not whole is left alone, and done again."""
        files = {path.name[:16]: path for path in self.place.glob("*.zip") if is_intact(path)}
        there = {}
        for job in jobs:
            if path := files.get(file_label(job.key)):
                with contextlib.suppress(*NOT_WHOLE):
                    about, tables = unpack_job(path, self.about)
                    if self.counts(job, about):
                        there[job.key] = self.together(job, about, tables)
        return there


def run_unfinished[J: SizedJob, R](
    jobs: Sequence[J], function: JobFunction[J, R], workers: int, title: str, cache: JobCache[J, R]
) -> JobResults[J, R]:
    """Run the jobs that are not in the cache yet; each is on the disk as soon as it is finished."""
    there = cache.found(jobs)
    if there:
        say(f"{len(there)} of {len(jobs)} were finished before, in {cache.folder}")
    missing = [job for job in jobs if job.key not in there]
    outcome = run_jobs(missing, function, workers, title, cache.put) if missing else JobResults()
    done = there | {job.key: result for job, result in outcome.finished}
    outcome.finished = [(job, done[job.key]) for job in jobs if job.key in done]
    return outcome


def file_label(key: str) -> str:
    """Return what stands for a job in the name of its file."""
    return digest_of(key.encode())


def pack_job(about: Mapping[str, Any], tables: Tables) -> bytes:
    """Return what is known of a job, and its tables, as the bytes of one file."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr(ABOUT, json.dumps(dict(about)))
        for name, table in tables.items():
            file.writestr(name, parquet_bytes(table))
    return sink.getvalue()


def unpack_job(path: Path, about: Any) -> Part:
    """Return what a file holds; raise one of `NOT_WHOLE` if it is not as it was packed."""
    with zipfile.ZipFile(path) as file:
        members = file.infolist()
        if any(one.compress_type != zipfile.ZIP_STORED for one in members):
            raise ValueError("members are never compressed, so that none is larger than its file")
        if sum(one.file_size for one in members) > path.stat().st_size:
            raise ValueError("members overlap")
        tables = {}
        for name in (one for one in file.namelist() if one != ABOUT):
            kind = name.rpartition("/")[2]
            tables[name] = table_in(file.read(name), path, COLUMNS.get(kind, ()), kind)
        return check_types(parse_json(file.read(ABOUT).decode(), str(path)), str(path), about), tables
