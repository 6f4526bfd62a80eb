"""Annual orders of magnitude: of the built-in municipalities, or from a file beside the user's scenario."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.statistics.annual_aggregation import Expression
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest
from scenarios.files import read_toml

OWN_ENDING = ".orders.toml"
"""Ending of the name of a user's file of orders of magnitude, beside the scenario file."""
EXPRESSION_KEYS = ("mean", "last", "sum", "per", "per_mean", "scale")
BAND_ENDS = ("low", "central", "high")
OWN_ROW_KEYS = ("name", "band", "evidence")
NO_NOTE: dict[str, Any] = {"note": "", "note_es": ""}
"""Notes refer to the bands of the built-in municipalities."""

Band = tuple[float, float, float]
"""Low, central and high."""


@dataclass(frozen=True)
class Order:
    """One quantity with its band at each site; without ``expression`` it is not modelled."""

    part: str
    part_es: str
    name: str
    name_es: str
    evidence: str
    expression: Expression | None
    bands: dict[str, Band]
    digits: int = 0
    note: str = ""
    note_es: str = ""
    year: int = 0
    """Year to which the band refers; 0 if to none in particular."""

    def years(self, years: Sequence[pd.DataFrame]) -> Sequence[pd.DataFrame]:
        """Return the years to which the band refers; all, if none of them is that year."""
        own = [year for year in years if year["month"].iloc[0].year == self.year]
        return own or years


def orders() -> list[Order]:
    """Return all orders of magnitude, in order of the file."""
    parts = part_names()
    return [order_of(row | {"part_es": parts[row["part"]]}) for row in toml_beside(__file__)["row"]]


def part_names() -> dict[str, str]:
    """Return the Spanish name of each part of the table, in its order."""
    names: dict[str, str] = toml_beside(__file__)["parts"]
    return names


def order_of(row: dict[str, Any]) -> Order:
    """Return the order of magnitude of one row of the file."""
    stated = {key: row[key] for key in EXPRESSION_KEYS if key in row}
    known = ("part", "part_es", "name", "name_es", "evidence", "digits", "note", "note_es", "year")
    return Order(
        **{key: row[key] for key in known if key in row},
        expression=Expression.read(stated) if set(stated) & {"mean", "last", "sum"} else None,
        bands={key: tuple(band) for key, band in row.items() if key not in (*EXPRESSION_KEYS, *known)},
    )


def orders_for(source: str, site: str) -> list[Order]:
    """Return the orders of magnitude with bands for a scenario, else all that the model counts, without bands."""
    path = Path(source).with_suffix(OWN_ENDING)
    if source.endswith(".toml") and path.is_file():
        return own_orders(path, site)
    counted = [dataclasses.replace(order, **NO_NOTE, bands={}) for order in orders() if order.expression]
    return [order for order in orders() if site in order.bands] or counted


def own_orders(path: Path, site: str) -> list[Order]:
    """Return the orders of magnitude of a user's file; raise InputError if it is invalid.

    Rows are named as `confianza check` prints them, in either language.
    """
    counted = [order for order in orders() if order.expression]
    file, known = str(path), {name.strip(): order for order in counted for name in (order.name, order.name_es)}
    table = read_toml(path, file)
    rows = table.get("row", [])
    if set(table) - {"row"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{file}: must consist of [[row]] tables with {', '.join(OWN_ROW_KEYS)}")
    result = []
    for row in rows:
        name = row.get("name")
        if name not in known:
            raise InputError(f"{file}: no row '{name}' in a check{suggest_nearest(str(name), known)}")
        for key in row:
            if key not in OWN_ROW_KEYS:
                raise InputError(f"{file}: row '{name}': no key '{key}'{suggest_nearest(key, OWN_ROW_KEYS)}")
        band, evidence = band_of(file, row), str(row.get("evidence", ""))
        result.append(dataclasses.replace(known[name], **NO_NOTE, bands={site: band}, evidence=evidence, year=0))
    return result


def band_of(file: str, row: dict[str, Any]) -> Band:
    """Return the band of a row; raise InputError unless it is three ascending numbers."""
    band = row.get("band")
    if not isinstance(band, list) or [type(end) in (int, float) for end in band] != [True] * len(BAND_ENDS):
        raise InputError(f"{file}: row '{row['name']}': band must be [{', '.join(BAND_ENDS)}], got {band!r}")
    low, central, high = (float(number) for number in band)
    if not low <= central <= high:
        raise InputError(f"{file}: row '{row['name']}': band must rise from low to high, got {band!r}")
    return low, central, high
