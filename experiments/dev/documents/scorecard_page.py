"""Write the page of the site that says which held-out patterns and numbers hold, from the recorded scorecard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.dev.documents.answer import SITES, typographic
from experiments.dev.documents.facts_page import (
    FACTS_TABLE,
    Row,
    full_name,
    plain_number,
    reason,
    recorded_table,
)
from experiments.dev.documents.markdown import table
from experiments.words.toml_files import toml_beside

ENTRIES = toml_beside(__file__)
PATTERNS_TABLE, SCORECARD_TABLE = (FACTS_TABLE.with_name(name) for name in ("patterns.csv", "scorecard.csv"))
HELD_OUT = "held out"


def scorecard_page(language: str) -> str:
    """Return the page: how many held-out patterns hold, why others fail, all of them, and the held-out numbers."""
    say, patterns, numbers = ENTRIES[language], held_out(PATTERNS_TABLE), held_out(SCORECARD_TABLE)
    sections = [
        f"# {say['title']}",
        say["first"].format(hold=count_holding(patterns), all=len(patterns)),
        say["about"],
        f"## {say['failing']}",
        *failing_sections(patterns, language),
        f"## {say['patterns']}",
        table(say["head"].split(" | "), (pattern_cells(row, language) for row in patterns)),
        f"## {say['numbers']}",
        say["of_numbers"].format(hold=count_holding(numbers), all=len(numbers)),
        *number_sections(numbers, language),
        say["rest"],
    ]
    return "\n\n".join(sections) + "\n"


def held_out(path: Path) -> list[dict[str, str]]:
    """Return the rows of a recorded table to which nothing was fitted and which the model was not given."""
    return [row for row in recorded_table(path) if row["role"] == HELD_OUT]


def has_failed(row: Row) -> bool:
    """Return whether a row of the scorecard fails."""
    return row["failed"] == "True"


def count_holding(rows: Sequence[Row]) -> int:
    """Return how many rows do not fail."""
    return sum(not has_failed(row) for row in rows)


def failing_sections(rows: Sequence[Row], language: str) -> list[str]:
    """Return a heading, the patterns and the reason for each reason why patterns fail."""
    failing = list(filter(has_failed, rows))
    sections = [ENTRIES[language]["some" if failing else "none"]]
    for name in dict.fromkeys(entry(row).get("reason", "unknown") for row in failing):
        why, towns = ENTRIES["reason"][name], dict[str, list[str]]()
        for row in failing:
            if entry(row).get("reason", "unknown") == name:
                towns.setdefault(f"{row['id']}: {statement(row, language)}", []).append(place(row))
        lines = [f"* {said} ({', '.join(where)})".removesuffix(" ()") for said, where in towns.items()]
        sections += [f"### {why['title'][language]}", "\n".join(lines), why[language].strip()]
    return sections


def entry(row: Row) -> dict[str, Any]:
    """Return the Spanish statement of a pattern and the name of the reason why it fails, as far as they are known."""
    found = (one for one in ENTRIES["pattern"] if (one["id"], one["says"]) == (row["id"], row["says"]))
    return next(found, {})


def statement(row: Row, language: str) -> str:
    """Return the statement of a pattern in a language."""
    return row["says"] if language == "en" else entry(row).get(language, row["says"])


def place(row: Row) -> str:
    """Return the name of the town of a row, or "" for a statement on both."""
    return SITES.get(row["site"], "")


def verdict(row: Row, language: str) -> str:
    """Return in a language whether a row holds or fails."""
    return ENTRIES[language]["fails" if has_failed(row) else "holds"]


def pattern_cells(row: Row, language: str) -> list[str]:
    """Return the cells of a pattern."""
    share, needed = (f"{100.0 * float(row[key]):.0f}" for key in ("holding", "share"))
    return [row["id"], statement(row, language), place(row), verdict(row, language), f"{share} ({needed})"]


def number_sections(rows: Sequence[Row], language: str) -> list[str]:
    """Return a table of numbers with the distance of the model from the measurement, and why some fail."""
    names = number_names(language)
    cells, lines = [], []
    for row in rows:
        town, name = place(row), names[row["name"]]
        distance = typographic(f"{float(row['z']):+.1f}")
        numbers = plain_number(row["measured"]), f"{float(row['model']):,.1f}", distance
        cells.append([name, town, verdict(row, language), *numbers])
        if has_failed(row):
            lines.append(f"* **{name}** ({town}): {reason(row['site'], row['name'], language)}")
    return [table(ENTRIES[language]["numbers_head"].split(" | "), cells), *(["\n".join(lines)] if lines else [])]


def number_names(language: str) -> dict[str, str]:
    """Return the full name of every number of a year in a language, by its name in the scorecard."""
    rows = recorded_table(FACTS_TABLE)
    return {row["name"].strip(): full_name(row, rows, language) for row in rows}
