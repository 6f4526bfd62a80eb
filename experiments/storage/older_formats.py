"""Tables that an earlier version wrote, brought to the present schema as they are read: none is mixed with another."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from experiments.storage.result_tables import name_column
from model.world.shift_events import CHANNELS, MOTIVES

NAMED: Mapping[str, Sequence[str]] = {"motive": MOTIVES, "told": CHANNELS}
"""Columns of incidents that held numbers in place of names before schema 3."""
KEYS = ("scenario", "policy", "seed")
"""Columns that stood beside measures alone before schema 3."""


def at_present(table: pa.Table, labels: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Return a table of runs as it would be written now; ``labels`` are the keys of each run."""
    if "run" not in table.column_names:
        return table
    for name in NAMED:
        if name in table.column_names and pa.types.is_integer(table.schema.field(name).type):
            place = table.column_names.index(name)
            table = table.set_column(place, name, name_column(table[name].to_numpy(), NAMED[name]))
    for name in KEYS if "seed" not in table.column_names else ():
        values = [labels.get(run, {}).get(name) for run in table["run"].to_pylist()]
        table = table.add_column(KEYS.index(name) + 1, name, pa.array(values))
    return table
