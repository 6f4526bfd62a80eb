"""The page on mediation: its sentence, all parts of the record, and italics where a sign is not known."""

from pathlib import Path

import pytest

from experiments.dev.documents import mediation
from experiments.dev.documents.mediation import MEDIATION_TABLE, WORDS, effect_text, largest_channel, number_text
from experiments.dev.documents.render import NO_BREAK, SITES, Row, recorded_table
from experiments.dev.examinations.mediation import ALL, ARMS, CHANNELS_OF_TRUST, CUTS, PRACTICES

ROWS = recorded_table(MEDIATION_TABLE)
YEARS = {row["year"] for row in ROWS}


def row(effect: str, low: str, high: str, outcome: str = "trust") -> Row:
    return {"outcome": outcome, "effect": effect, "effect_low": low, "effect_high": high}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_begins_with_the_effects_on_trust_and_lists_every_practice_way_and_year(language: str) -> None:
    page = mediation.mediation_page(language)
    first = page.split("\n\n")[1]
    last = max(YEARS, key=int)
    for one in ROWS:
        if (one["practice"], one["year"], one["outcome"], one["channel"]) == (ALL, last, "trust", ""):
            assert effect_text(one, language) in first
    listed = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    parts = len(CHANNELS_OF_TRUST) + len(("nation", "rest", "sum")) + len(CUTS) + len(YEARS)
    assert len(listed) == len(SITES) * (2 + len(PRACTICES)) + parts + len(("trust", "cut", "years"))


def test_a_changed_table_changes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = mediation.mediation_page("en")
    changed = tmp_path / "mediation.csv"
    last = max(YEARS, key=int)
    old = next(one for one in ROWS if (one["year"], one["practice"], one["outcome"]) == (last, ALL, "trust"))
    text = MEDIATION_TABLE.read_text(encoding="utf-8")
    changed.write_text(text.replace(f",{old['effect']},", ",7.5,"), encoding="utf-8")
    monkeypatch.setattr(mediation, "MEDIATION_TABLE", changed)
    assert "+7.50" not in page
    assert "+7.50" in mediation.mediation_page("en").split("\n\n")[1]


def test_an_effect_is_in_italics_where_its_interval_holds_zero() -> None:
    known, open_sign = row("0.416", "0.30", "0.53"), row("-0.2", "-0.5", "0.1")
    assert effect_text(known, "es").replace(NO_BREAK, " ") == "+0.42 (+0.30 a +0.53)"
    assert effect_text(open_sign, "en").replace(NO_BREAK, " ") == "*−0.20 (−0.50 to +0.10)*"
    assert [number_text(one) for one in (known, open_sign)] == ["+0.42", "*−0.20*"]


def test_the_largest_way_is_one_whose_sign_is_known() -> None:
    small = {("x", "1", ALL, "trust", channel): row("0.01", "-1", "1") for channel in CHANNELS_OF_TRUST}
    assert largest_channel(small, "x", "1") == ""
    known = {("x", "1", ALL, "trust", "news"): row("0.9", "-0.1", "1.9")}
    known |= {("x", "1", ALL, "trust", "harm"): row("-0.2", "-0.3", "-0.1")}
    assert largest_channel(small | known, "x", "1") == "harm"


def test_every_practice_and_way_has_a_name_in_both_languages() -> None:
    assert {*WORDS["practice"]} == {*PRACTICES, ALL} <= {*ARMS}
    assert {*WORDS["channel"]} == {*CHANNELS_OF_TRUST, *CUTS, "nation", "rest"}
    assert all({*one} == {"en", "es"} for kind in ("practice", "channel") for one in WORDS[kind].values())


# Sentences on the criteria


def part(effect: float, half: float = 0.05) -> Row:
    """Return a row of the table with an interval of this half width."""
    return {"effect": str(effect), "effect_low": str(effect - half), "effect_high": str(effect + half)}


PARTS = {
    **{("trust", channel): part(effect) for channel, effect in {"": 1.0, "requests": 0.6, "contact": 0.2}.items()},
    **{("trust", "news"): part(0.3, half=0.4), ("trust", "harm"): part(0.08)},
}


def test_a_sentence_names_the_channels_that_matter_and_are_told_from_chance_largest_first() -> None:
    told = mediation.outcome_data(PARTS, "trust", "en")
    assert told["effect"] == "rises by 1.00 points of 100 (between 0.95 and 1.05)"
    parts = told["parts"]
    assert parts.index("+0.60 come from residents") < parts.index("+0.20 come from people whom couples meet")
    assert "everybody" not in parts, "its interval holds 0"
    assert "suffer crime" not in parts, "it brings less than a tenth"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({("crime", ""): part(-2.0, half=0.1)}, "baja 2.0 % (entre 1.9 y 2.1)"),
        ({("crime", ""): part(0.01, half=0.1)}, "cambia 0.0 %, lo que no se distingue del azar (−0.1 a +0.1)"),
    ],
)
def test_a_fall_an_open_effect_and_no_clear_channel_are_told_as_such(
    rows: dict[tuple[str, str], Row], told: str
) -> None:
    found = mediation.outcome_data(rows, "crime", "es")
    assert found["effect"] == told
    assert found["parts"].endswith("por sí sola se distingue del azar")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sentences_are_on_every_town_with_the_numbers_on_record(language: str) -> None:
    told, last = mediation.criteria_sentences(language), max(YEARS, key=int)
    assert told.count("\n* **") + told.startswith("* **") == len(SITES)
    for one in ROWS:
        if (one["practice"], one["year"], one["outcome"], one["channel"]) == (ALL, last, "trust", ""):
            assert f"{float(one['effect']):.2f} " in told
    assert {*WORDS["reaches"]} == {*CHANNELS_OF_TRUST, *CUTS}
