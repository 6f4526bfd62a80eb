"""List the withdrawn conclusions of version 0.2, each with the recorded figures that replaced it."""

import re
from functools import cache
from pathlib import Path

from experiments.dev.documents import markdown
from experiments.dev.documents.answer import YEAR, Rows, effect_with_interval, recorded_rows
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest

RESULTS = Path(__file__).parents[3] / "results" / "reference"
TABLES = {
    "headline": ("headline/current.csv", ("site", "world", "measure")),
    "soldiers": ("soldiers.csv", ("site", "en", "measure")),
    "participation": ("participation.csv", ("site", "en", "measure")),
    "criteria": ("criteria.csv", ("site", "world", "criterion")),
}
"""File of each table, and the key columns of a row of the third year."""
YEAR_COLUMN = {"headline": "year"}
FIGURE = re.compile(r"\{(\w+) \| ([^}]+)\}")
HEAD = ("0.2 said", "on record now", "why")


def withdrawn_table() -> str:
    """Return the withdrawn conclusions as a table in Markdown."""
    rows = [[with_figures(one[key]) for key in ("said", "now", "why")] for one in conclusions()]
    return markdown.table(HEAD, rows) + "\n"


def conclusions() -> list[dict[str, str]]:
    """Return the texts of all conclusions."""
    found: list[dict[str, str]] = toml_beside(__file__)["conclusion"]
    return found


def with_figures(text: str) -> str:
    """Return a text with its references ``{table | key | …}`` replaced by figures."""
    return FIGURE.sub(lambda named: figure(named[1], tuple(named[2].split(" | "))), text)


def figure(name: str, key: tuple[str, ...]) -> str:
    """Return a figure of a table: an effect with its interval, or the level of a criterion (0-100)."""
    if name not in TABLES:
        raise InputError(f"no table {name!r} of figures{suggest_nearest(name, TABLES)}")
    rows = rows_of(name)
    if key not in rows:
        known = {" | ".join(one) for one in rows}
        row_name = " | ".join(key)
        raise InputError(f"no row {row_name!r} in {TABLES[name][0]}{suggest_nearest(row_name, known)}")
    row = rows[key]
    return f"{100 * float(row['level']):.0f}" if name == "criteria" else effect_with_interval(row, "to")


@cache
def rows_of(name: str) -> Rows:
    """Return the rows of the third year of a recorded table, by their key columns."""
    file, columns = TABLES[name]
    return recorded_rows(RESULTS / file, columns, **{YEAR_COLUMN.get(name, "years"): YEAR})
