"""Descriptions of the columns of settlements and facilities, in both languages."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.places import FACILITY_COLUMNS, SETTLEMENT_COLUMNS, PlaceColumn

COLUMN_TEXTS_FILE = Path(__file__).with_name("columns.toml")
PLACE_TABLES = {"settlements": ("settlement", SETTLEMENT_COLUMNS), "facilities": ("facility", FACILITY_COLUMNS)}
"""Name of one row, the key of its texts, and the columns of each table."""


@dataclass(frozen=True)
class ColumnText:
    """Description of a column: meaning and unit by language, allowed values, default."""

    name: str
    about: Mapping[str, str]
    unit: Mapping[str, str]
    range: str
    default: str
    optional: bool


def column_texts(table: str) -> Iterator[ColumnText]:
    """Yield the description of every column of `settlements` or `facilities`."""
    one, columns = PLACE_TABLES[table]
    words = tomllib.loads(COLUMN_TEXTS_FILE.read_text(encoding="utf-8"))[one]
    for name, column in columns.items():
        yield ColumnText(
            name,
            words[name],
            words[name].get("unit", {}),
            column_range(column),
            column_default(column),
            column.optional,
        )


def column_range(column: PlaceColumn) -> str:
    """Return the allowed values of a column as text.

    >>> columns = PlaceColumn(float, -90.0, 90.0), PlaceColumn(int), PlaceColumn(str, words=("dirt", "path"))
    >>> [column_range(column) for column in columns]
    ['-90 … 90', '≥ 0', '"dirt", "path"']
    """
    if column.words:
        return ", ".join(f'"{word}"' for word in column.words)
    if column.kind in (str, bool):
        return "true, false" if column.kind is bool else '"…"'
    return f"≥ {column.low:g}" if math.isinf(column.high) else f"{column.low:g} … {column.high:g}"


def column_default(column: PlaceColumn) -> str:
    """Return the default of a column as text; empty where a file must state the value.

    >>> column_default(PlaceColumn(bool, default=False)), column_default(PlaceColumn(float))
    ('false', '')
    """
    if column.default is None:
        return ""
    return str(column.default).lower() if column.kind is bool else f"{column.default}"
