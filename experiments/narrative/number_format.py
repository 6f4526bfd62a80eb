"""Numbers of a report: each is read from one cell of a table of the results and names that cell."""

import datetime
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from experiments.comparison.ceiling_effects import ceiling, ceiling_after
from experiments.comparison.effect_verdicts import judged_anew
from experiments.comparison.headline_measures import Headline
from experiments.execution.twin_runs import DAYS_OF_YEAR
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import tables

TABLES = (
    *("effects", "criteria", "verdicts", "memory", "alone", "draws", "drawn"),
    *("decided", "horizons", "uncertainty", "accounts"),
)
THOUSANDS = 20_000.0
"""Numbers from here on are told in thousands where columns are narrow."""
NOTHING = Markup('<span class="none">–</span>')


class Numbers:
    """Tables of a comparison, and the only way for their numbers into a report."""

    def __init__(self, folder: Path) -> None:
        self.manifest: dict[str, Any] = read_manifest(folder)
        years = years_of(self.manifest)
        self.tables = {name: judged_anew(read_optional(folder, name), years) for name in TABLES}
        self.tables["ceiling"] = ceiling_after(ceiling(), years)
        self.known_places: dict[tuple[str, tuple[str, ...]], dict[tuple[object, ...], list[int]]] = {}

    def rows(self, table: str, **where: object) -> pd.DataFrame:
        """Return the rows of a table in which columns have these values; their numbers stay those of the table."""
        return self.tables[table].take(self.places(table, tuple(where)).get(tuple(where.values()), []))

    def row(self, table: str, **where: object) -> Any:
        """Return the first row of a table in which columns have these values, None if there is none."""
        found = self.places(table, tuple(where)).get(tuple(where.values()))
        return self.tables[table].iloc[found[0]] if found else None

    def places(self, table: str, columns: tuple[str, ...]) -> dict[tuple[object, ...], list[int]]:
        """Return where the rows of a table stand, by the values of some columns: none if it lacks one of these.

        A report asks for thousands of rows, so each table is searched once.
        """
        if (table, columns) not in self.known_places:
            rows, found = self.tables[table], self.known_places.setdefault((table, columns), {})
            if set(columns) <= set(rows):
                for place, values in enumerate(zip(*(rows[column] for column in columns), strict=True)):
                    found.setdefault(values, []).append(place)
        return self.known_places[table, columns]

    def show(self, table: str, row: Any, column: str, digits: int = 0, sign: str = "", scale: float = 1.0) -> Markup:
        """Return the number of one cell with its place and form (``effects:12:low:2+``); a dash for what is none."""
        value: Any = self.tables[table].at[row, column]
        if value is None or math.isnan(value):
            return NOTHING
        text = written(float(value) * scale, digits, sign)
        form = f"{digits}{sign}" + (f"*{scale:g}" if scale != 1.0 else "")
        return Markup('<data value="{}:{}:{}:{}">{}</data>').format(table, row, column, form, text)

    def stated(self, key: str) -> Markup:
        """Return an entry of the manifest, or the length of one that is a list, with its key."""
        value = self.manifest[key]
        value = len(value) if isinstance(value, list) else value
        return Markup('<data value="manifest:{}">{}</data>').format(key, value)


def years_of(manifest: Mapping[str, Any]) -> float:
    """Return the years that the runs of a comparison report."""
    begins, until = (datetime.date.fromisoformat(manifest[key]) for key in ("begins", "until"))
    return (until - begins).days / DAYS_OF_YEAR


def read_optional(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a folder, empty if it was not made."""
    empty = pd.DataFrame({"site": [], "against": []})
    return tables(folder, name).to_pandas() if (folder / f"{name}.parquet").is_file() else empty


def rounded(value: float, digits: int, sign: str = "") -> str:
    """Return a number with comma for thousands and point for decimals; what is rounded to nothing has no sign.

    >>> rounded(1234.56, 1), rounded(-0.04, 1, "+"), rounded(0.6, 0, "+")
    ('1,234.6', '0.0', '+1')
    """
    value = round(value, digits) + 0.0
    return f"{value:{sign if value else ''},.{digits}f}"


def written(value: float, digits: int, sign: str = "") -> str:
    """Return a number as readers of a report see it, with a true minus.

    >>> written(1234.56, 1), written(0.04, 1, "+"), written(-0.6, 0, "+")
    ('1,234.6', '0.0', '−1')
    """
    return rounded(value, digits, sign).replace("-", "−")


def with_error(value: float, error: float, headline: Headline, sign: str = "") -> str:
    """Return a number with its Monte Carlo error.

    >>> from experiments.comparison.headline_measures import BY_NAME
    >>> with_error(1.234, 0.05, BY_NAME["trust_mean"], "+")
    '+1.23±0.05'
    """
    return f"{number(value, headline.digits, sign)}±{number(error, headline.digits)}"


def number(value: float, digits: int, sign: str = "") -> str:
    """Return a number, a dash for what is none."""
    if math.isnan(value):
        return "-"
    if abs(value) >= THOUSANDS:
        return f"{value / 1000.0:{sign},.0f}k"
    return rounded(value, digits, sign)
