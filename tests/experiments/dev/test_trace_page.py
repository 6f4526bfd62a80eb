"""The TRACE document: eight elements, numbers of tables on record, and tests and files that exist."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from experiments.dev.documents import corroboration
from experiments.dev.documents.declared import described_sources
from experiments.dev.documents.render import RECORD, TEMPLATES
from experiments.dev.documents.site import LINK, ROOT, pages

PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")
TEXT = (TEMPLATES / "trace.en.j2").read_text(encoding="utf-8")
ELEMENTS = (
    *("problem formulation", "model description", "data evaluation", "conceptual model evaluation"),
    *("implementation verification", "model output verification", "model analysis", "model output corroboration"),
)
"""Elements of a TRACE document (Grimm et al. 2014), in order."""


def page() -> str:
    return corroboration.trace_page(described_sources())


def test_the_page_has_the_eight_elements_in_order_and_begins_with_a_count() -> None:
    assert re.findall(r"^## \d (.+)$", page(), re.MULTILINE) == [name.capitalize() for name in ELEMENTS]
    assert re.match(r"Of the \d+ findings", page().split("\n\n")[1])


def test_no_number_of_the_texts_is_typed_but_names_thresholds_and_years() -> None:
    _, first, _about, *elements = TEXT.split("\n\n")
    texts = LINK.sub("]", re.sub(r"^## \d ", "", "\n".join([first, *elements]), flags=re.MULTILINE))
    assert sorted({*re.findall(r"(?<![\w{])\d+", texts)}) == ["15", "2", "2014", "48"]


def test_every_number_is_used() -> None:
    assert {*PLACEHOLDER.findall(TEXT)} == {*corroboration.trace_numbers(described_sources())}


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
    wanted = corroboration.trace_numbers(described_sources())[name]
    shutil.copytree(RECORD, tmp_path / "record", ignore=lambda folder, names: [one for one in names if "." not in one])
    changed = tmp_path / "record" / table
    changed.write_text(changed.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    monkeypatch.setattr(corroboration, "RECORD", tmp_path / "record")
    now = corroboration.trace_numbers(described_sources())[name]
    assert int(now) == int(wanted) - 1


def test_the_counts_of_mutants_are_those_of_the_record() -> None:
    text = (RECORD / "mutants.txt").read_text(encoding="utf-8")
    lines = Counter(line.split(": seed")[0] for line in text.splitlines() if ": seed" in line)
    counts = corroboration.verification_counts()
    assert counts["modules"] == len(lines)
    assert 0 < counts["killed"] <= counts["mutants"] <= 50 * counts["modules"]
