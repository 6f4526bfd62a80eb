"""Batches of runs as Parquet files that are whole and true, or are not counted.

A file is named after its number, or its job, and the digest of its bytes.  What is cut short, altered or foreign does
not fit its name; a batch that repeats a run is not counted either.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.words.dictionary import CHANGE, policy, told
from model.engine.errors import InputError, suggest_nearest

MEASURES = "measures"
KEEPS = ("cells", "impressions", "incidents")
TIME = pa.timestamp("ms")
"""The type of months and days, which every reader of tables knows."""
RUNS, BESIDE = b"confianza.runs", b"confianza.beside"
DIGITS = 24
STATUS_QUO = "status_quo"
"""The policy that changes nothing."""
KEYS = ("run", "scenario", "policy", "seed", "month")
EFFECTS = {
    "text": ("site", "base_site", "base_arm", "against", "why_unpaired", "section", "measure", "how"),
    "whole numbers": ("n", "rose", "fell", "same"),
    "numbers": ("base", "base_error", "arm", "arm_error", "effect", "error", "low", "high", "smallest"),
    "true or false": ("paired",),
}
COLUMNS = {"measures": KEYS, "effects": tuple(name for names in EFFECTS.values() for name in names)}
"""Columns without which a table cannot be read, by its name."""
HOLDS: dict[str, Callable[[pa.DataType], bool]] = {
    "text": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "whole numbers": lambda kind: pa.types.is_integer(kind),
    "numbers": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind),
    "true or false": lambda kind: pa.types.is_boolean(kind),
    "dates": lambda kind: pa.types.is_timestamp(kind),
}
KINDS = {
    **dict.fromkeys(("run", "scenario", "policy", "command", "point"), "text"),
    **{"seed": "whole numbers", "month": "dates"},
    **{name: what for what, names in EFFECTS.items() for name in names},
}
"""What columns hold."""


@dataclass(frozen=True)
class Batch:
    """One file of finished runs, with the names of the files that hold their other tables."""

    path: Path
    runs: tuple[str, ...]
    beside: dict[str, str]

    def file(self, name: str) -> Path:
        """Return the file that holds one table of its runs."""
        return self.path if name == MEASURES else self.path.parent.parent / name / self.beside[name]


def name_of(number: int, content: bytes) -> str:
    """Return the name of a batch."""
    return named_by_digest(f"{number:06d}", content, ".parquet")


def named_by_digest(stem: str, content: bytes, ending: str) -> str:
    """Return the name of a file, which tells whether its content is what was written."""
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:DIGITS]}{ending}"


def is_true(path: Path) -> bool:
    """Tell whether a file holds the very bytes that its name promises."""
    stem = path.name.partition("-")[0]
    return path.is_file() and path.name == named_by_digest(stem, path.read_bytes(), path.suffix)


def read_batch(path: Path) -> Batch | None:
    """Return the batch of a file, or None if it is not one."""
    if not path.name.partition("-")[0].isdecimal() or not is_true(path):
        return None
    try:
        stated = pq.read_schema(path).metadata or {}
        runs, beside = (json.loads(stated[one]) for one in (RUNS, BESIDE))
    except (KeyError, ValueError, RecursionError, OSError, pa.ArrowException):
        return None
    if not isinstance(beside, dict) or not isinstance(runs, list):
        return None
    if not all(isinstance(one, str) for one in (*runs, *beside.values())):
        return None
    batch = Batch(path, tuple(runs), beside)
    return batch if all(name in KEEPS and is_true(batch.file(name)) for name in batch.beside) else None


def read_parquet(path: Path, keys: Sequence[str] = ()) -> pa.Table:
    """Return a table, or raise one line that says why it cannot be read or which of its columns is not what it says."""
    try:
        table = pq.read_table(path, partitioning=None)
        table.validate(full=True)
    except (OSError, ValueError, pa.ArrowException):
        raise InputError(f"{path} is not readable as Parquet") from None
    table = with_timestamps(table)
    check_keys(table, path, keys)
    return table


def with_timestamps(table: pa.Table) -> pa.Table:
    """Return a table of any schema with its days as points in time, as they are since schema 3."""
    kinds = [field.with_type(TIME) if pa.types.is_date(field.type) else field for field in table.schema]
    return table.cast(pa.schema(kinds, table.schema.metadata))


def named(codes: np.ndarray, names: Sequence[str]) -> pa.Array:
    """Return a column of names in place of codes; below 0 is none."""
    return pa.array([None if code < 0 else names[code] for code in codes.tolist()], pa.string())


def check_keys(table: pa.Table, path: Path, keys: Sequence[str]) -> None:
    """Raise if a table lacks a column that says which run a row belongs to, or holds something else in it."""
    for name in keys:
        if table.column_names.count(name) != 1:
            raise InputError(f"{path} has no column '{name}'{suggest_nearest(name, table.column_names)}")
        what, kind = KINDS[name], table.schema.field(name).type
        if not HOLDS[what](kind) or (what != "numbers" and table[name].null_count):
            raise InputError(
                f"{path}: column '{name}' must hold {what}, got {kind} with {table[name].null_count} empty"
            )


def parts_of(policy: str) -> list[str]:
    """Return the policies in a combination as it stands in tables.

    >>> parts_of("mopsic_full+resources_only"), parts_of("status_quo")
    (['mopsic_full', 'resources_only'], [])
    """
    return [] if policy == STATUS_QUO else policy.split("+")


def with_changes(table: pa.Table, policies: Collection[str]) -> pa.Table:
    """Return a table with a column for each policy of a study, true where a run has it, behind keys and months."""
    plain = without_changes(table)
    place = len([name for name in plain.column_names if name in KEYS])
    for number, name in enumerate(policies):
        has = [name in parts_of(own) for own in plain["policy"].to_pylist()]
        field = pa.field(CHANGE + name, pa.bool_(), metadata=told(policy(name)))
        plain = plain.add_column(place + number, field, pa.array(has, pa.bool_()))
    return plain


def without_changes(table: pa.Table) -> pa.Table:
    """Return a table without its columns of policies."""
    return table.drop_columns([name for name in table.column_names if name.startswith(CHANGE)])


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


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Return tables one below the other; a column that is empty in some takes the type it has in others."""
    return pa.concat_tables(tables, promote_options="permissive")


def only(table: pa.Table, runs: Collection[str]) -> pa.Table:
    """Return the rows of some runs."""
    return table.filter(pc.is_in(table["run"], value_set=pa.array(sorted(runs), pa.string())))


def stored(folder: Path, runs: Collection[str] | None = None, name: str = MEASURES) -> pa.Table | None:
    """Return a table of all finished runs (or of some of them), or None if there is none."""
    files = [batch.file(name) for _, batch in batches(folder) if batch and (name == MEASURES or name in batch.beside)]
    if not files:
        return None
    table = together([read_parquet(file, ("run",)) for file in files])
    return table if runs is None else only(table, runs)
