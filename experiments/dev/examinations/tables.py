"""Tables of examinations: arms, measures and heads from `tables.toml`, rows as CSV and text, formatted intervals."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.storage.writing import csv_bytes, make_folder, write_atomically
from experiments.validation.experiment import BASE, SITES, Estimate, estimate
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest

Row = dict[str, Any]
TABLES = toml_beside(__file__)


class StudyWorld(NamedTuple):
    """A world of a table: label in both languages, its policies, and the text of the one generated for it, if any."""

    en: str
    es: str
    policies: tuple[str, ...]
    text: str = ""


def worlds_of(table: str) -> dict[str, StudyWorld]:
    """Return the worlds of a table by name; changed parameters become a policy of the table, the last of a world."""
    worlds = {}
    for name, entry in TABLES[table]["worlds"].items():
        text = changes_text(entry)
        policies = entry.get("policies", () if text else name.split("+"))
        own = (f"{table}_{name}",) if text else ()
        worlds[name] = StudyWorld(entry["en"], entry.get("es", ""), (*policies, *own), text)
    return worlds


def changes_text(entry: Mapping[str, Any]) -> str:
    """Return the policy file with the parameters that a world sets, scales or adds to; empty without any.

    >>> changes_text({"en": "without moves", "include": "mopsic_full", "scale": {"practices.reshuffle": 0.0}})
    'include = "mopsic_full"\\n[scale]\\n"practices.reshuffle" = 0.0\\n'
    """
    parts = [f'include = "{entry["include"]}"\n'] if "include" in entry else []
    for how in ("set", "scale", "add"):
        if how in entry:
            parts += [f"[{how}]\n", *(f'"{name}" = {value!r}\n' for name, value in entry[how].items())]
    return "".join(parts)


def policies_of(worlds: Mapping[str, StudyWorld]) -> dict[str, tuple[str, ...]]:
    """Return the policies of worlds by name, without the status quo."""
    return {name: world.policies for name, world in worlds.items() if name != BASE}


def texts_of(worlds: Mapping[str, StudyWorld]) -> dict[str, str]:
    """Return the texts of the policies generated for worlds, by name."""
    return {world.policies[-1]: world.text for world in worlds.values() if world.text}


def head_of(table: str, **values: Any) -> Iterator[str]:
    """Yield the lines above a table, with values filled in."""
    return (line.format(**values) for line in TABLES[table]["head"])


def select_named[T](known: Mapping[str, T], only: Sequence[str], message: str) -> list[T]:
    """Return all known items, or those named; raise InputError with the nearest name for an unknown one."""
    for name in only:
        if name not in known:
            raise InputError(f"{message.format(name)}{suggest_nearest(name, known)}")
    return [item for name, item in known.items() if not only or name in only]


def rows_by_columns(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    """Return rows grouped by the values of some columns, in the order of their first row."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def write_table(out: Path, name: str, rows: Sequence[Row], columns: Sequence[str], lines: Iterable[str]) -> str:
    """Write one table as CSV and as text; return the text."""
    text = write_text(out, name, lines)
    write_atomically(
        out / f"{name}.csv", csv_bytes(columns, ([format_cell(row[key]) for key in columns] for row in rows))
    )
    return text


def write_text(out: Path, name: str, lines: Iterable[str]) -> str:
    """Write lines as the text of a table; make the folder if it is missing; return the text."""
    text = "\n".join(lines)
    make_folder(out)
    write_atomically(out / f"{name}.txt", f"{text}\n".encode())
    return text


def write_sites(
    out: Path,
    name: str,
    columns: Sequence[str],
    of_site: Callable[[str], Iterable[Row]],
    lines: Callable[[list[Row]], Iterable[str]],
    sites: Sequence[str] = (),
) -> list[Row]:
    """Compute the rows of both sites, or of some; write the table after each site; print and return all rows."""
    rows: list[Row] = []
    for site in sites or SITES:
        rows += of_site(site)
        text = write_table(out, name, rows, columns, lines(rows))
    print(text)
    return rows


def format_cell(value: Any) -> Any:
    """Return a value as written to CSV: numbers with six significant digits, empty for NaN.

    >>> format_cell(1 / 3), format_cell(math.nan), format_cell("x")
    ('0.333333', '', 'x')
    """
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.6g}"


def interval_names(*names: str) -> tuple[str, ...]:
    """Return the column names of numbers and the ends of their intervals."""
    return tuple(f"{name}{end}" for name in names for end in ("", "_low", "_high"))


def interval_columns(name: str, found: Estimate) -> Row:
    """Return a mean and the ends of its interval as three columns of a row."""
    return dict(zip(interval_names(name), (found.value, found.low, found.high), strict=True))


def estimate_each(numbers_by_seed: Sequence[Mapping[str, float]]) -> Row:
    """Return the interval columns of numbers that are known seed by seed."""
    row: Row = {}
    for name in numbers_by_seed[0]:
        row |= interval_columns(name, estimate([numbers[name] for numbers in numbers_by_seed]))
    return row


def format_interval(row: Row, name: str, digits: int) -> str:
    """Return a signed number of a row with its interval, if they are known."""
    value, low, high = (row[column] for column in interval_names(name))
    if value == "" or math.isnan(value):
        return "-"
    return f"{value:+.{digits}f}" + ("" if math.isnan(low) else f" [{low:+.{digits}f}, {high:+.{digits}f}]")


def table_line(label: str, cells: Iterable[str], label_width: int, cell_width: int) -> str:
    """Return a line of a table: a label, then cells aligned to the right, each in its width (characters).

    >>> table_line("trust", ["0.4", "0.5"], 8, 5)
    'trust     0.4  0.5'
    """
    return label.ljust(label_width) + "".join(cell.rjust(cell_width) for cell in cells)


def star(row: Row) -> str:
    """Return a star if the interval of a change excludes 0."""
    return "*" if row["change_low"] > 0.0 or row["change_high"] < 0.0 else ""
