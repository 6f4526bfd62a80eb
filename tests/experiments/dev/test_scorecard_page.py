"""The page on held-out patterns: counts and rows of the record, and a reason for each that fails and for no other."""

from pathlib import Path

import pytest

from experiments.dev.documents import corroboration
from experiments.dev.documents.corroboration import (
    HELD_OUT,
    PATTERNS_TABLE,
    SCORECARD_TABLE,
    has_failed,
    number_names,
)
from experiments.dev.documents.render import recorded_table

README = Path(__file__).parents[3] / "README.md"
PATTERNS, NUMBERS = (recorded_table(path, role=HELD_OUT) for path in (PATTERNS_TABLE, SCORECARD_TABLE))
ENTRIES = corroboration.PATTERNS
FAILS = {"en": "| **fails** |", "es": "| **no se cumple** |"}
STATED = {(one["id"], one["says"]): one for one in ENTRIES["pattern"]}


def test_every_held_out_pattern_is_there_in_spanish_and_no_other() -> None:
    assert [*STATED] == [*dict.fromkeys((row["id"], row["says"]) for row in PATTERNS)]
    assert all(one["es"] for one in STATED.values())


def test_every_pattern_that_fails_has_a_reason_and_no_other() -> None:
    failing = {(row["id"], row["says"]) for row in PATTERNS if has_failed(row)}
    assert {key for key, one in STATED.items() if "reason" in one} == failing
    assert {one["reason"] for one in STATED.values() if "reason" in one} == {*ENTRIES["reason"]} - {"unknown"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_begins_with_the_count_and_lists_every_pattern_and_number(language: str) -> None:
    page = corroboration.scorecard_page(language)
    hold = sum(not has_failed(row) for row in PATTERNS)
    first = page.split("\n\n")[1]
    assert f"{hold} " in first
    assert f"{len(PATTERNS)} " in first
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) == len(PATTERNS) + len(NUMBERS) + 2
    assert sum(FAILS[language] in line for line in rows) == sum(map(has_failed, PATTERNS + NUMBERS))
    assert ENTRIES["reason"]["unknown"]["title"][language] not in page


def test_every_held_out_number_has_a_name_in_both_languages() -> None:
    for language in ("en", "es"):
        assert {row["name"] for row in NUMBERS} <= {*number_names(language)}


def test_a_pattern_that_fails_without_a_reason_stands_there_as_unexplained() -> None:
    row = {"id": "Z99", "says": "made up", "site": "villa_canales", "failed": "True"}
    (told,) = corroboration.failing_reasons([row], "en")
    assert told["title"] == "Without a known reason"
    assert told["statements"] == [("Z99: made up", "Villa Canales")]
    assert list(corroboration.failing_reasons([row | {"failed": "False"}], "en")) == []


def test_the_readme_says_how_many_patterns_hold() -> None:
    hold = sum(not has_failed(row) for row in PATTERNS)
    readme = " ".join(README.read_text(encoding="utf-8").split())
    assert f"Of {len(PATTERNS)} findings kept apart as a test, {hold} hold" in readme
