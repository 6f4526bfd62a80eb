"""Numbers of a report: each is read from one cell of a results table and marked with that cell."""

import datetime
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from experiments.comparison.effect_verdicts import with_verdict_columns
from experiments.comparison.headline_measures import Headline
from experiments.comparison.outcome_bounds import ceiling_table, scenarios_after
from experiments.execution.runs import DAYS_OF_YEAR
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table

TABLES = (
    *("effects", "criteria", "verdicts", "memory", "alone", "draws", "drawn"),
    *("decided", "horizons", "uncertainty", "accounts"),
)
THOUSANDS = 20_000.0
"""Numbers from here on are shown in thousands in narrow columns."""
MISSING = Markup('<span class="none">–</span>')


class Numbers:
    """Tables of a comparison, and the only source of numbers in a report."""

    def __init__(self, folder: Path) -> None:
        self.manifest: dict[str, Any] = read_manifest(folder)
        years = reported_years(self.manifest)
        self.tables = {name: with_verdict_columns(read_optional(folder, name), years) for name in TABLES}
        self.tables["ceiling"] = scenarios_after(ceiling_table(), years)
        self.row_places: dict[tuple[str, tuple[str, ...]], dict[tuple[object, ...], list[int]]] = {}

    def rows(self, table: str, **where: object) -> pd.DataFrame:
        """Return the rows of a table in which columns have these values, with their original row numbers."""
        return self.tables[table].take(self.places(table, tuple(where)).get(tuple(where.values()), []))

    def row(self, table: str, **where: object) -> Any:
        """Return the first row of a table in which columns have these values, or None."""
        found = self.places(table, tuple(where)).get(tuple(where.values()))
        return self.tables[table].iloc[found[0]] if found else None

    def places(self, table: str, columns: tuple[str, ...]) -> dict[tuple[object, ...], list[int]]:
        """Return the positions of a table's rows by the values of some columns; empty if a column is missing.

        The index is cached, since a report looks up thousands of rows.
        """
        if (table, columns) not in self.row_places:
            rows, found = self.tables[table], self.row_places.setdefault((table, columns), {})
            if set(columns) <= set(rows):
                for place, values in enumerate(zip(*(rows[column] for column in columns), strict=True)):
                    found.setdefault(values, []).append(place)
        return self.row_places[table, columns]

    def show(self, table: str, row: Any, column: str, digits: int = 0, sign: str = "", scale: float = 1.0) -> Markup:
        """Return the number of one cell with its place and format (``effects:12:low:2+``), or a dash if missing."""
        value: Any = self.tables[table].at[row, column]
        if value is None or math.isnan(value):
            return MISSING
        text = format_number(float(value) * scale, digits, sign)
        form = f"{digits}{sign}" + (f"*{scale:g}" if scale != 1.0 else "")
        return Markup('<data value="{}:{}:{}:{}">{}</data>').format(table, row, column, form, text)

    def manifest_entry(self, key: str) -> Markup:
        """Return an entry of the manifest, or the length of a list, marked with its key."""
        value = self.manifest[key]
        value = len(value) if isinstance(value, list) else value
        return Markup('<data value="manifest:{}">{}</data>').format(key, value)


def reported_years(manifest: Mapping[str, Any]) -> float:
    """Return the length in years of the period that a comparison reports."""
    begins, until = (datetime.date.fromisoformat(manifest[key]) for key in ("begins", "until"))
    return (until - begins).days / DAYS_OF_YEAR


def read_optional(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a folder; empty if the file is missing."""
    empty = pd.DataFrame({"site": [], "against": []})
    return load_table(folder, name).to_pandas() if (folder / f"{name}.parquet").is_file() else empty


def round_number(value: float, digits: int, sign: str = "") -> str:
    """Format a number with comma for thousands and point for decimals; a rounded 0 has no sign.

    >>> round_number(1234.56, 1), round_number(-0.04, 1, "+"), round_number(0.6, 0, "+")
    ('1,234.6', '0.0', '+1')
    """
    value = round(value, digits) + 0.0
    return f"{value:{sign if value else ''},.{digits}f}"


def format_number(value: float, digits: int, sign: str = "") -> str:
    """Format a number for readers of a report, with a true minus.

    >>> format_number(1234.56, 1), format_number(0.04, 1, "+"), format_number(-0.6, 0, "+")
    ('1,234.6', '0.0', '−1')
    """
    return round_number(value, digits, sign).replace("-", "−")


def with_error(value: float, error: float, headline: Headline, sign: str = "") -> str:
    """Format a number with its Monte Carlo error.

    >>> from experiments.comparison.headline_measures import BY_NAME
    >>> with_error(1.234, 0.05, BY_NAME["trust_mean"], "+")
    '+1.23±0.05'
    """
    return f"{compact_number(value, headline.digits, sign)}±{compact_number(error, headline.digits)}"


def compact_number(value: float, digits: int, sign: str = "") -> str:
    """Format a number, in thousands from `THOUSANDS` on; a dash if missing."""
    if math.isnan(value):
        return "-"
    if abs(value) >= THOUSANDS:
        return f"{value / 1000.0:{sign},.0f}k"
    return round_number(value, digits, sign)
