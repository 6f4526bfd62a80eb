"""The TRACE document: eight elements, numbers of tables on record, and tests and files that exist."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from experiments.dev.documents import trace_page
from experiments.dev.documents.site import LINK, ROOT, evidence_rows, pages
from experiments.dev.documents.trace_page import ELEMENTS, RECORD, TEXTS

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def page() -> str:
    return trace_page.trace_page(evidence_rows())


def test_the_page_has_the_eight_elements_in_order_and_begins_with_a_count() -> None:
    assert re.findall(r"^## \d (.+)$", page(), re.MULTILINE) == [name.capitalize() for name in ELEMENTS]
    assert {*TEXTS["element"]} == {*ELEMENTS}
    assert re.match(r"Of the \d+ findings", page().split("\n\n")[1])


def test_no_number_of_the_texts_is_typed_but_names_thresholds_and_years() -> None:
    texts = LINK.sub("]", " ".join((TEXTS["first"], *TEXTS["element"].values())))
    assert sorted({*re.findall(r"(?<![\w{])\d+", texts)}) == ["15", "2", "2014", "48"]


def test_every_number_is_used() -> None:
    texts = " ".join((TEXTS["first"], TEXTS["about"], TEXTS["older"], *TEXTS["element"].values()))
    assert {*PLACEHOLDER.findall(texts)} == {*trace_page.numbers(evidence_rows())}


def test_the_tests_that_are_named_and_the_files_that_are_linked_exist() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", page())
    assert len(named) > 4
    assert [path for path in named if not (ROOT / path).exists()] == []
    generated = {place for place, _ in pages()}
    for link in LINK.finditer(page()):
        place = (ROOT / "docs" / "understand" / link[1]).resolve()
        assert place.exists() or place.relative_to(ROOT / "docs").as_posix() in generated, link[1]


@pytest.mark.parametrize(
    ("table", "before", "after", "name"),
    [
        ("patterns.csv", ",held out,", ",input,", "patterns"),
        ("audit.csv", ",True,", ",False,", "carried"),
        ("coverage.csv", ",8,", ",9,", "cells"),
    ],
)
def test_a_changed_table_changes_the_numbers(
    table: str, before: str, after: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = trace_page.numbers(evidence_rows())[name]
    shutil.copytree(RECORD, tmp_path / "record", ignore=lambda folder, names: [one for one in names if "." not in one])
    changed = tmp_path / "record" / table
    changed.write_text(changed.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    monkeypatch.setattr(trace_page, "RECORD", tmp_path / "record")
    now = trace_page.numbers(evidence_rows())[name]
    assert int(now) == int(wanted) - 1


def test_the_counts_of_mutants_are_those_of_the_record() -> None:
    text = (RECORD / "mutants.txt").read_text(encoding="utf-8")
    lines = Counter(line.split(": seed")[0] for line in text.splitlines() if ": seed" in line)
    counts = trace_page.verification_counts()
    assert counts["modules"] == len(lines)
    assert 0 < counts["killed"] <= counts["mutants"] <= 50 * counts["modules"]
