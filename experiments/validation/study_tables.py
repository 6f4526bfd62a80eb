"""Tables of a study: its rows as CSV and as text, written together, and numbers with their intervals."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from experiments.storage.run_folder import write_whole
from experiments.validation.experiment import SITES, Estimate

Row = dict[str, Any]


def write_table(out: Path, name: str, rows: Sequence[Row], columns: Sequence[str], lines: Iterable[str]) -> str:
    """Write one table as CSV and as text; return the text."""
    text = "\n".join(lines)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / f"{name}.csv", format_csv(rows, columns).encode())
    write_whole(out / f"{name}.txt", f"{text}\n".encode())
    return text


def write_sites(
    out: Path,
    name: str,
    columns: Sequence[str],
    of_site: Callable[[str], Iterable[Row]],
    lines: Callable[[list[Row]], Iterable[str]],
) -> list[Row]:
    """Take the rows of both sites, write each site as it is done, print and return them all."""
    rows: list[Row] = []
    for site in SITES:
        rows += of_site(site)
        text = write_table(out, name, rows, columns, lines(rows))
    print(text)
    return rows


def format_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Return rows as CSV, always the same bytes for the same rows."""
    sink = io.StringIO()
    writer = csv.DictWriter(sink, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: format_cell(row[key]) for key in columns} for row in rows)
    return sink.getvalue()


def format_cell(value: Any) -> Any:
    """Return a value as it stands in the file: numbers with six digits, nothing for what is not known.

    >>> format_cell(1 / 3), format_cell(math.nan), format_cell("x")
    ('0.333333', '', 'x')
    """
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.6g}"


def interval_columns(name: str, found: Estimate) -> Row:
    """Return a mean and the ends of its interval as three columns of a row."""
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def format_interval(row: Row, name: str, digits: int) -> str:
    """Return a signed number of a row with its interval, as far as they are known."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value == "" or math.isnan(value):
        return "-"
    return f"{value:+.{digits}f}" + ("" if math.isnan(low) else f" [{low:+.{digits}f}, {high:+.{digits}f}]")
