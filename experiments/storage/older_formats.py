"""Convert tables of earlier versions to the present schema when they are read, so that schemas are never mixed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from experiments.storage.result_tables import name_column
from model.world.shift_events import CHANNELS, MOTIVES

CODED_COLUMNS: Mapping[str, Sequence[str]] = {"motive": MOTIVES, "told": CHANNELS}
"""Columns of incidents that held codes before schema 3, and the names by code."""
KEYS = ("scenario", "policy", "seed")
"""Columns that only the table of measures had before schema 3."""


def convert_to_present(table: pa.Table, labels: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Return a table of runs in the present schema; ``labels`` are the key columns of each run."""
    if "run" not in table.column_names:
        return table
    for name in CODED_COLUMNS:
        if name in table.column_names and pa.types.is_integer(table.schema.field(name).type):
            place = table.column_names.index(name)
            table = table.set_column(place, name, name_column(table[name].to_numpy(), CODED_COLUMNS[name]))
    for name in KEYS if "seed" not in table.column_names else ():
        values = [labels.get(run, {}).get(name) for run in table["run"].to_pylist()]
        table = table.add_column(KEYS.index(name) + 1, name, pa.array(values))
    return table
