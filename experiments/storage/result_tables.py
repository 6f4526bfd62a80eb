"""Tables of results: their keys, what columns must hold, and how they are read, joined and chosen from."""

from collections.abc import Callable, Collection, Sequence
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
"""Kinds of values by column."""


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


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """Return tables one below the other; a column that is empty in some takes the type it has in others."""
    return pa.concat_tables(tables, promote_options="permissive")


def only(table: pa.Table, runs: Collection[str]) -> pa.Table:
    """Return the rows of some runs."""
    return table.filter(pc.is_in(table["run"], value_set=pa.array(sorted(runs), pa.string())))
