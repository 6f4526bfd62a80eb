"""The page on what to measure first begins with its sentence, and shows the list on record or the form of its lines."""

from pathlib import Path

import pytest

from experiments.dev.documents import voi_page
from experiments.dev.documents.site import ROOT
from experiments.reproduce.plan import SITES
from experiments.voi.expected_value import ALL, GROUP, QUESTION, VALUE_COLUMNS
from experiments.voi.questions import questions

PAGES = {"en": "do/measure_first.md", "es": "es/que_medir.md"}
FIRST, SECOND = questions()[0].name, questions()[1].name


def record(folder: Path, *rows: tuple[str, str, str, float, float]) -> None:
    """Write a table of expected values with rows of municipality, kind, name, value and error."""
    lines = [",".join(VALUE_COLUMNS)]
    lines += [f"{site},3,{kind},{name},{value},{error},0,{value / 2},99" for site, kind, name, value, error in rows]
    (folder / "expected_value.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(voi_page, "RECORD", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", PAGES)
def test_the_page_begins_with_the_sentence(language: str) -> None:
    text = (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")
    assert f"voi_{language}.md" in text.split("\n\n")[1]
    assert f"voi_list_{language}.md" in text


def test_the_sentence_names_what_is_worth_most_and_is_told_from_chance(folder: Path) -> None:
    here, there = SITES
    record(
        folder, (here, ALL, "", 1.0, 0.0), (here, QUESTION, FIRST, 0.5, 0.4), (here, QUESTION, SECOND, 0.25, 0.1),
        (there, ALL, "", 1.0, 0.0), (there, GROUP, FIRST, 0.001, 0.0),
    )  # fmt: skip
    told = voi_page.voi_sentence("en")
    assert questions()[1].text.text("en") in told
    assert questions()[0].text.text("en") not in told, "it is not told from chance"
    assert "(0.25, 12 % of knowing everything)" in told
    assert "in Totonicapán, nothing that a study could find out." in told


@pytest.mark.parametrize("language", PAGES)
def test_without_a_record_no_number_of_runs_is_told(language: str, folder: Path) -> None:
    assert not any(sign.isdigit() for sign in voi_page.voi_sentence(language))
    form = voi_page.voi_list(language)
    assert "V (± E), S %" in form
    assert questions()[0].text.text(language) in form


def test_the_list_on_record_is_shown_without_its_title(folder: Path) -> None:
    (folder / "measure_first.es.md").write_text("# Título\n\n1. Algo: vale 0.3.\n", encoding="utf-8")
    assert voi_page.voi_list("es") == "1. Algo: vale 0.3.\n"
