"""Export the full table of a results folder as CSV; repeated exports have the same bytes."""

import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.storage.manifest import COMPARISON, kind_of
from experiments.storage.reading import load_table
from experiments.storage.writing import csv_bytes
from model.engine.errors import InputError

SORT_COLUMNS = ("scenario", "policy", "seed", "run", "month")
ROWS_PER_CHUNK = 2000


def csv_of(folder: Path) -> bytes:
    """Return the measures of a results folder as CSV, sorted by `SORT_COLUMNS`; of a comparison, the effects on all."""
    if kind_of(folder) == COMPARISON:
        return table_as_csv(load_table(folder, "all_effects"))
    table = load_table(folder, "measures")
    for name in SORT_COLUMNS:
        if name not in table.column_names:
            raise InputError(f"{folder}: its measures have no column '{name}'")
    return table_as_csv(table.sort_by([(name, "ascending") for name in SORT_COLUMNS]))


def table_as_csv(table: pa.Table) -> bytes:
    """Return a table as CSV: shortest exact numbers, empty cells for null."""
    return csv_bytes(table.column_names, text_rows(table))


def text_rows(table: pa.Table) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table as text."""
    for rows in table.to_batches(
        max_chunksize=ROWS_PER_CHUNK
    ):  # a long sweep would not fit into memory as Python objects
        columns = [[cell_text(value) for value in column.to_pylist()] for column in rows.columns]
        yield from zip(*columns, strict=True)


def cell_text(value: Any) -> str:
    """Format one value for the CSV file.

    >>> cell_text(3.0), cell_text(0.1), cell_text(None), cell_text(datetime.datetime(2017, 2, 1))
    ('3', '0.1', '', '2017-02-01')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value.date() if isinstance(value, datetime.datetime) else value)
