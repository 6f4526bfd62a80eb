"""The page on mediation: its sentence, all parts of the record, and italics where a sign is not known."""

from pathlib import Path

import pytest

from experiments.dev.documents import mediation_page
from experiments.dev.documents.answer import NO_BREAK, SITES
from experiments.dev.documents.criteria_sentences import MEDIATION_TABLE
from experiments.dev.documents.facts_page import Row, recorded_table
from experiments.dev.documents.mediation_page import ENTRIES, effect_text, largest_channel, number_text
from experiments.dev.examinations.mediation import ALL, ARMS, CHANNELS_OF_TRUST, CUTS, PRACTICES

ROWS = recorded_table(MEDIATION_TABLE)
YEARS = {row["year"] for row in ROWS}


def row(effect: str, low: str, high: str, outcome: str = "trust") -> Row:
    return {"outcome": outcome, "effect": effect, "effect_low": low, "effect_high": high}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_begins_with_the_effects_on_trust_and_lists_every_practice_way_and_year(language: str) -> None:
    page = mediation_page.mediation_page(language)
    first = page.split("\n\n")[1]
    last = max(YEARS, key=int)
    for one in ROWS:
        if (one["practice"], one["year"], one["outcome"], one["channel"]) == (ALL, last, "trust", ""):
            assert effect_text(one, language) in first
    listed = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    parts = len(CHANNELS_OF_TRUST) + len(("nation", "rest", "sum")) + len(CUTS) + len(YEARS)
    assert len(listed) == len(SITES) * (2 + len(PRACTICES)) + parts + len(("trust", "cut", "years"))


def test_a_changed_table_changes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = mediation_page.mediation_page("en")
    changed = tmp_path / "mediation.csv"
    old = next(
        one for one in ROWS if (one["year"], one["practice"], one["outcome"]) == (max(YEARS, key=int), ALL, "trust")
    )
    text = MEDIATION_TABLE.read_text(encoding="utf-8")
    changed.write_text(text.replace(f",{old['effect']},", ",7.5,"), encoding="utf-8")
    monkeypatch.setattr(mediation_page, "MEDIATION_TABLE", changed)
    assert "+7.50" not in page
    assert "+7.50" in mediation_page.mediation_page("en").split("\n\n")[1]


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
    assert {*ENTRIES["practice"]} == {*PRACTICES, ALL} <= {*ARMS}
    assert {*ENTRIES["channel"]} == {*CHANNELS_OF_TRUST, *CUTS, "nation", "rest"}
    assert all({*one} == {"en", "es"} for kind in ("practice", "channel") for one in ENTRIES[kind].values())
