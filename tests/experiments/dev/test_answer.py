"""The answer in the README and on the site, its accounts, and what to measure first, from tables on record."""

import csv
import json
import re
from pathlib import Path

import pytest

from experiments.dev.documents import answer
from experiments.dev.documents.answer import ARMS, CRIMES, EVERYTHING, SITES, TRUST, YEAR
from experiments.dev.documents.render import ROOT
from experiments.reproduce.sentences import RESULTS
from experiments.voi.expected_value import ALL, GROUP, QUESTION, VALUE_COLUMNS
from experiments.voi.questions import questions
from experiments.words.catalogue import LANGUAGES
from scenarios import accounts

MARKED = "".join(f"<!-- answer {language} -->\nold\n<!-- end -->\n" for language in LANGUAGES)
SYMBOLS = re.compile("[▲▼△▽○≈]")


def table_rows(text: str) -> list[str]:
    """Return the rows of tables, without their heads."""
    return [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_row_for_each_policy_and_town_with_the_numbers_on_record(language: str) -> None:
    rows = table_rows(answer.answer_page(language))
    assert len(rows) == len(ARMS) * len(SITES)
    with answer.ANSWER_TABLE.open(encoding="utf-8", newline="") as file:
        of_year = [row for row in csv.DictReader(file) if row["years"] == YEAR]
    recorded = {(row["site"], row["arm"], row["measure"], row.get("account", "all")): row for row in of_year}
    places = [(arm, site) for arm in ARMS for site in SITES]
    for row, (arm, site) in zip(rows, places, strict=True):
        assert row.startswith(f"| {answer.arm_name(arm, language)} | {SITES[site]} | **")
        trust, crimes = (float(recorded[site, arm, one, "all"]["effect"]) for one in (TRUST, CRIMES))
        assert f"{abs(trust):.2f} (" in row
        assert f"{abs(crimes):,.0f} (" in row


def test_the_readme_is_written_between_its_marks_in_words_and_says_when_it_was_made() -> None:
    written = answer.with_answer(MARKED)
    assert "old" not in written
    assert len(table_rows(written)) == 2 * len(ARMS) + 1, "the second table has a head, too"
    assert not SYMBOLS.search(written)
    year = json.loads(answer.LOCK.read_text(encoding="utf-8"))["written"][:4]
    assert written.count(year) == 2
    assert answer.with_answer(written) == written


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"verdict": "rises"}, "**rises**, +0.46 (−0.10 to +1.22)"),
        ({"verdict": "falls_little"}, "**falls, by less than matters**, +0.46 (−0.10 to +1.22)"),
        ({"verdict": "rises", "word": "unknown"}, "**rises or falls, not known**, +0.46 (−0.10 to +1.22)"),
        ({"verdict": "rises", "word": "rises_or_nothing"}, "**rises or hardly changes**, +0.46 (−0.10 to +1.22)"),
    ],
)
def test_an_effect_has_its_word_by_shares_of_worlds_if_the_record_has_them(row: dict[str, str], told: str) -> None:
    numbers = {"measure": TRUST, "effect": "0.46", "band_low": "-0.1", "band_high": "1.22"}
    assert answer.effect_cell(numbers | row, "en") == told


def test_the_largest_effect_is_one_whose_direction_is_known() -> None:
    effects = {"adoption": ("0.9", "open"), "reporting": ("0.1", "rises"), "resources": ("-0.4", "falls")}
    effects[EVERYTHING] = ("0.7", "rises")
    rows = {
        (site, arm, TRUST): {"measure": TRUST, "effect": effect, "verdict": verdict}
        for site in SITES
        for arm, (effect, verdict) in effects.items()
    }
    found = list(answer.largest_effects(rows, "en"))
    assert found == [(town, "resources", "−0.40", "+0.70") for town in SITES.values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_account_has_its_claim_and_a_row(language: str) -> None:
    told = answer.accounts_table(language)
    for name, title in accounts.names().items():
        assert accounts.account(name).claim[language] in told
        assert f"| {title[language]} | " in told
    assert len(table_rows(told)) == len(accounts.names())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_on_record_has_sentences_and_a_figure(language: str) -> None:
    shown = re.findall(
        r"^## .+\n\n((?:\* .+\n)+)\n!\[.+\]\(\.\./\.\./(.+)\)$", answer.results_with_figures(language), re.MULTILINE
    )
    named = [figure.rpartition("/")[2].partition(".")[0] for _, figure in shown]
    assert named == [name for name in RESULTS if name != "steps"]  # the record is of the former design, without it
    assert [figure for _, figure in shown if not (ROOT / figure).is_file()] == []


def test_the_posterior_is_told_from_the_record_and_narrowest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "parameter,prior_low,prior_high,width,as_wide_as_its_prior,coverage"
    rows = ["contacts.proof,0.4,0.7,0.98,True,0.88", "reporting.fear,-0.3,1.7,0.5,False,0.92"]
    record = tmp_path / "posterior.csv"
    record.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    monkeypatch.setattr(answer, "POSTERIOR_TABLE", record)
    for language, told in (("en", "Of the 2 parameters"), ("es", "De los 2 parámetros")):
        text, *_, first, second = answer.posterior_table(language).splitlines()
        assert text.startswith(told)
        assert first.startswith("| `reporting.fear` |")
        assert first.endswith("| 50 % | 92 |")
        assert second.startswith("| `contacts.proof` |")
    assert "1 are about as uncertain" in answer.posterior_table("en")


# What to measure first

PAGES = {"en": "do/measure_first.md", "es": "es/que_medir.md"}
FIRST, SECOND = questions()[0].name, questions()[1].name


def record_worth(folder: Path, *rows: tuple[str, str, str, float, float]) -> None:
    """Write a table of worth with rows of municipality, kind, name, value and error."""
    lines = [",".join(VALUE_COLUMNS)]
    lines += [f"{site},3,{kind},{name},{value},{error},0,{value / 2},99" for site, kind, name, value, error in rows]
    (folder / "expected_value.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(answer, "VOI", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", PAGES)
def test_the_page_begins_with_the_sentence(language: str) -> None:
    text = (ROOT / "docs" / PAGES[language]).read_text(encoding="utf-8")
    assert f"voi_{language}.md" in text.split("\n\n")[1]
    assert f"voi_list_{language}.md" in text


def test_the_sentence_names_what_is_most_valuable_and_told_from_chance(folder: Path) -> None:
    here, there = SITES
    record_worth(
        folder, (here, ALL, "", 1.0, 0.0), (here, QUESTION, FIRST, 0.5, 0.4), (here, QUESTION, SECOND, 0.25, 0.1),
        (there, ALL, "", 1.0, 0.0), (there, GROUP, FIRST, 0.001, 0.0),
    )  # fmt: skip
    told = answer.measure_first("en")
    assert questions()[1].text.text("en") in told
    assert questions()[0].text.text("en") not in told, "it is not told from chance"
    assert "(0.25, 12 % of knowing everything); in Totonicapán, nothing that a study could find out." in told


@pytest.mark.parametrize("language", PAGES)
def test_without_a_record_no_number_of_runs_is_told(language: str, folder: Path) -> None:
    assert not any(sign.isdigit() for sign in answer.measure_first(language))
    form = answer.measure_list(language)
    assert "V (± E), S %" in form
    assert questions()[0].text.text(language) in form


def test_the_list_on_record_is_shown_without_its_title(folder: Path) -> None:
    (folder / "measure_first.es.md").write_text("# Título\n\n1. Algo: vale 0.3.\n", encoding="utf-8")
    assert answer.measure_list("es") == "1. Algo: vale 0.3.\n"
