"""Result tables: their keys and column types; functions to read, check, join and filter them."""

import io
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.words.dictionary import POLICY_PREFIX, field_metadata, policy_column, unit_in
from model.engine.errors import InputError, suggest_nearest

MAX_VALUES, MAX_BYTES = 2**28, 2**30
"""Largest number of values of a file (2 GB in memory), and of bytes of its decompressed pages, or of its texts."""
MAX_FOOTER_ENTRIES = 2**18
"""Longest list in a footer, such as the columns of all row groups."""
PREFIX_ENCODING = "DELTA_BYTE_ARRAY"
"""Encoding of texts by their common prefix with the previous one: few bytes may expand to many."""
MEASURES = "measures"
OPTIONAL_TABLES = ("cells", "impressions", "incidents", "ledger", "origins")
"""Optional tables, which a study or `--keep` can request."""
RUN_TABLES = ("measures", "settlements", "groups", "cells", "ledger", "origins", "decisions")
"""Tables of every run."""
TIMESTAMP = pa.timestamp("ms")
"""Type of months and days; all readers of Parquet support it."""
STATUS_QUO = "status_quo"
"""Name of the policy without changes."""
RUN_KEYS = ("run", "scenario", "policy", "seed", "month")
EFFECT_COLUMNS = {
    "text": ("site", "base_site", "base_arm", "against", "why_unpaired", "section", "measure", "how"),
    "whole numbers": ("n", "rose", "fell", "same"),
    "numbers": ("base", "base_error", "arm", "arm_error", "effect", "error", "low", "high", "smallest"),
    "true or false": ("paired",),
}
REQUIRED_COLUMNS = {
    "measures": RUN_KEYS,
    "effects": tuple(name for names in EFFECT_COLUMNS.values() for name in names),
    "cells": ("run", "month", "cell"),
    "settlements": ("run", "month", "settlement"),
}
"""Required columns by table."""
TYPE_CHECKS: dict[str, Callable[[pa.DataType], bool]] = {
    "text": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "whole numbers": lambda kind: pa.types.is_integer(kind),
    "numbers": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind),
    "true or false": lambda kind: pa.types.is_boolean(kind),
    "dates": lambda kind: pa.types.is_timestamp(kind),
    "text, numbers or dates": lambda kind: any(TYPE_CHECKS[one](kind) for one in ("text", "numbers", "dates")),
}
VALUE_KINDS = {
    **dict.fromkeys(("run", "scenario", "policy", "command", "point", "settlement"), "text"),
    **{"seed": "whole numbers", "cell": "whole numbers", "month": "dates"},
}
"""Kind of values by column, in all tables."""
KINDS_OF_EFFECTS = VALUE_KINDS | {name: what for what, names in EFFECT_COLUMNS.items() for name in names}
KINDS_OF_PAIRS = {
    **dict.fromkeys(("site", "kind", "account", "arm", "measure"), "text"),
    **dict.fromkeys(("draw", "seed", "years"), "whole numbers"),
    **dict.fromkeys(("base", "base_per", "arm_value", "arm_per"), "numbers"),
}
KINDS_OF_LEVELS = {
    **dict.fromkeys(("site", "account", "target"), "text"),
    **dict.fromkeys(("draw", "round"), "whole numbers"),
    **dict.fromkeys(("step", "value", "implausibility"), "numbers"),
}
KINDS_BY_TABLE = {
    "effects": KINDS_OF_EFFECTS,
    "all_effects": KINDS_OF_EFFECTS,
    "pairs": KINDS_OF_PAIRS,
    "levels": KINDS_OF_LEVELS,
}
"""Kind of values by column, for tables with further columns."""


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def read_parquet(path: Path, keys: Sequence[str] = (), name: str = "") -> pa.Table:
    """Return the table of a Parquet file; raise if it is unreadable, or a column is missing or of a wrong kind."""
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is no ordinary file")
    try:
        content = path.read_bytes()
    except (OSError, MemoryError):
        raise InputError(f"{path} is not readable as Parquet") from None
    return parse_parquet(content, path, keys, name)


def parse_parquet(content: bytes, path: Path, keys: Sequence[str] = (), name: str = "") -> pa.Table:
    """Parse the bytes of a Parquet file; sizes and columns are checked before memory is allocated."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content), thrift_container_size_limit=MAX_FOOTER_ENTRIES)
        check_sizes(file.metadata, path)
        check_columns(with_timestamps(file.schema_arrow.empty_table()), path, keys, name)
        table = with_timestamps(read_with_text_limit(content, file.schema_arrow, path))
    except (OSError, ValueError, LookupError, RecursionError, pa.ArrowException):
        raise InputError(f"{path} is not readable as Parquet") from None
    check_columns(table, path, keys, name)
    return table


def check_sizes(metadata: pq.FileMetaData, path: Path) -> None:
    """Raise if a file holds too many values or bytes by its footer; a forged footer may state less than there is."""
    values = unpacked = 0
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            values += max(column.num_values, group.num_rows)
            unpacked += column.total_uncompressed_size
            if PREFIX_ENCODING in column.encodings:
                raise ValueError("texts must stand in full")
    for number, most, unit in ((values, MAX_VALUES, "values"), (unpacked, MAX_BYTES, "bytes once unpacked")):
        if number > most:
            raise InputError(f"{path} must have at most {most:,} {unit}, got {number:,}")


def read_with_text_limit(content: bytes, schema: pa.Schema, path: Path) -> pa.Table:
    """Return a table; texts are read dictionary-encoded and expanded only if their total length is allowed."""
    texts = [field.name for field in schema if TYPE_CHECKS["text"](field.type)]
    table = pq.read_table(pa.BufferReader(content), read_dictionary=texts, partitioning=None)
    table.validate(full=True)
    length = sum(text_bytes(chunk) for column in table.columns for chunk in column.chunks)
    if length > MAX_BYTES:
        raise InputError(f"{path} must have texts of at most {MAX_BYTES:,} bytes, got {length:,}")
    return table.cast(schema)


def text_bytes(texts: pa.Array) -> int:
    """Return the bytes of dictionary-encoded texts once expanded; 0 for other columns."""
    if not pa.types.is_dictionary(texts.type):
        return 0
    return pc.sum(pc.binary_length(texts.dictionary).take(texts.indices)).as_py() or 0


def with_timestamps(table: pa.Table) -> pa.Table:
    """Convert dates to timestamps, which all days are since schema 3."""
    kinds = [field.with_type(TIMESTAMP) if pa.types.is_date(field.type) else field for field in table.schema]
    return table.cast(pa.schema(kinds, table.schema.metadata))


def name_column(codes: np.ndarray, names: Sequence[str]) -> pa.Array:
    """Convert codes to a column of names; negative codes become null."""
    return pa.array([None if code < 0 else names[code] for code in codes.tolist()], pa.string())


def check_columns(table: pa.Table, path: Path, keys: Sequence[str], name: str = "") -> None:
    """Raise if a table lacks a key column, or a column holds values of a wrong kind."""
    kinds = KINDS_BY_TABLE.get(name, VALUE_KINDS)
    for key in keys:
        if table.column_names.count(key) != 1:
            raise InputError(f"{path} has no column '{key}'{suggest_nearest(key, table.column_names)}")
        if kinds[key] != "numbers" and table[key].null_count:
            raise InputError(f"{path}: column '{key}' must hold {kinds[key]}, got {table[key].null_count} empty")
    for field in table.schema:
        kind = "numbers" if unit_in(name, field.name) else "text, numbers or dates"
        if name or field.name in keys:
            kind = kinds.get(field.name, kind)
        if not (TYPE_CHECKS[kind](field.type) or (pa.types.is_null(field.type) and field.name not in keys)):
            raise InputError(f"{path}: column '{field.name}' must hold {kind}, got {field.type}")
        if TYPE_CHECKS["dates"](field.type) and not are_dates(table[field.name]):
            raise InputError(f"{path}: column '{field.name}' must hold dates of the years 1 to 9999")


def are_dates(points: pa.ChunkedArray) -> bool:
    """Return whether all timestamps are within the range of dates in Python."""
    try:
        pc.min_max(points).as_py()
    except (OverflowError, ValueError):
        return False
    return True


def split_policies(policy_column: str) -> list[str]:
    """Split a combination of policies, as tables name it, into its policies.

    >>> split_policies("mopsic_full+resources_only"), split_policies("status_quo")
    (['mopsic_full', 'resources_only'], [])
    """
    return [] if policy_column == STATUS_QUO else policy_column.split("+")


def with_policy_columns(table: pa.Table, policies: Collection[str]) -> pa.Table:
    """Return a table with a boolean column per policy of a study, true for runs that have it, behind the keys."""
    plain = without_policy_columns(table)
    place = len([name for name in plain.column_names if name in RUN_KEYS])
    for number, name in enumerate(policies):
        flags = [name in split_policies(combination) for combination in plain["policy"].to_pylist()]
        field = pa.field(POLICY_PREFIX + name, pa.bool_(), metadata=field_metadata(policy_column(name)))
        plain = plain.add_column(place + number, field, pa.array(flags, pa.bool_()))
    return plain


def without_policy_columns(table: pa.Table) -> pa.Table:
    """Return a table without its policy columns."""
    return table.drop_columns([name for name in table.column_names if name.startswith(POLICY_PREFIX)])


def concatenate_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Concatenate tables; a column that is null in some takes the type that it has in others."""
    return pa.concat_tables(tables, promote_options="permissive")


def rows_of_runs(table: pa.Table, runs: Collection[str]) -> pa.Table:
    """Return the rows of the given runs."""
    return table.filter(pc.is_in(table["run"], value_set=pa.array(sorted(runs), pa.string())))
