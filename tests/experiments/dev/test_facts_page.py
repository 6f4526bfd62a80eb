"""The page on a year's numbers: counts and rows of the record, a reason for each number outside and for no other."""

import re
from collections.abc import Sequence

import pytest

from experiments.dev.documents import corroboration
from experiments.dev.documents.corroboration import FACTS, FACTS_TABLE, HELD_OUT, SCORECARD_TABLE, has_failed, is_inside
from experiments.dev.documents.render import Row, recorded_table
from experiments.validation.experiment import SITES

ROWS = recorded_table(FACTS_TABLE)
FAILED = [row for row in recorded_table(SCORECARD_TABLE, role=HELD_OUT) if has_failed(row)]
REASONS = [(site, one["name"]) for one in FACTS["reason"] for site in one["sites"]]
CODES = re.compile(r"[A-Z]\d\d(-[A-Z]\d\d)?(, |$)|Poisson")


def key(row: Row) -> tuple[str, str]:
    return row["site"], row["name"].strip()


def needed(rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Return the numbers that must have a reason: those outside their range, and those that fail in the scorecard."""
    return {key(row) for row in rows if not is_inside(row)} | {key(row) for row in FAILED}


def allowed(rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Return the numbers that may have a reason: those, and all within one standard error of an end of the range."""
    near = {
        key(row)
        for row in rows
        if min(abs(float(row["mean"]) - float(row[end])) for end in ("low", "high")) <= float(row["error"])
        and float(row["error"]) > 0.0
    }
    return needed(rows) | near


def test_every_number_outside_has_one_reason_and_no_number_inside_has() -> None:
    assert sorted(needed(ROWS) - {*REASONS}) == []
    assert sorted({*REASONS} - allowed(ROWS)) == []
    assert sorted(REASONS) == sorted({*REASONS})


def test_a_number_inside_needs_no_reason_and_may_have_one_only_near_an_end() -> None:
    row = {"site": "villa_canales", "name": "  made up", "low": "2", "high": "9", "error": "0.5"}
    one = ("villa_canales", "made up")
    for mean, inside, must, may in (
        ("9.1", "False", True, True),
        ("8.6", "True", False, True),
        ("8", "True", False, False),
    ):
        rows = [row | {"mean": mean, "inside": inside}]
        assert (one in needed(rows), one in allowed(rows)) == (must, may)


@pytest.mark.parametrize("one", FACTS["reason"], ids=lambda one: one["name"])
def test_a_reason_is_short_and_in_both_languages(one: dict[str, str]) -> None:
    assert set(one) == {"name", "sites", "en", "es"}
    assert set(one["sites"]) <= set(SITES)
    for language in ("en", "es"):
        assert 5 <= len(one[language].split()) <= 60
        assert one[language].endswith((".", ")."))


@pytest.mark.parametrize(("language", "of"), [("en", "of"), ("es", "de")])
def test_the_page_begins_with_the_counts_and_lists_every_number(language: str, of: str) -> None:
    page = corroboration.facts_page(language)
    first = page.split("\n\n")[1]
    for site in SITES:
        inside = [is_inside(row) for row in ROWS if row["site"] == site]
        assert f"{sum(inside)} {of} {len(inside)}" in first
    outside, *all_of = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    assert outside.count("\n* **") == sum(not is_inside(row) for row in ROWS)
    assert len(all_of) == len(SITES)
    listed = [line for text in all_of for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    parts = {(row["site"], row["part"]) for row in ROWS}
    assert len(listed) == len(ROWS) + len(parts)
    assert sum("**" in line for line in listed) == outside.count("\n* **")
    assert FACTS[language]["unexplained"] not in page


def test_a_part_of_a_number_bears_the_name_of_the_whole_where_it_stands_alone() -> None:
    (row,) = (one for one in ROWS if key(one) == ("villa_canales", "of robbery, %"))
    assert corroboration.full_name(row, ROWS, "en") == "complaints cleared, %: of robbery, %"
    assert corroboration.full_name(row, ROWS, "es") == "denuncias esclarecidas, %: de robo, %"


def test_what_a_range_rests_on_is_told_in_spanish_unless_it_is_codes_alone() -> None:
    texts = {row["evidence"] for row in ROWS if CODES.sub("", row["evidence"])}
    assert sorted(texts - {*FACTS["evidence_es"]}) == []
    assert {row["role"] for row in ROWS} <= {*FACTS["en"]["roles"]} == {*FACTS["es"]["roles"]}
