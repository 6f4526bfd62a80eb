"""Text of a comparison: the same numbers in both languages, in at most 80 columns, nothing of the other language."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from experiments.comparison.comparison import EffectSize
from experiments.narrative.answers import draws_warning
from experiments.narrative.comparison_text import comparison_lines, pair_heading, rare_lines
from experiments.narrative.messages import messages
from experiments.narrative.report_reading import Site
from experiments.words.bilingual import FigureTexts

STORED = Path(__file__).parents[2] / "support" / "compared_towns"
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?k?")
WIDTH = 80
pytestmark = pytest.mark.skipif(not STORED.is_dir(), reason="a copy without results")


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    return {language: list(comparison_lines(STORED, EffectSize(size=0.5), language)) for language in ("en", "es")}


def test_a_comparison_has_the_same_numbers_in_both_languages(told: dict[str, list[str]]) -> None:
    english, spanish = (sorted(NUMBER.findall(" ".join(told[language]))) for language in ("en", "es"))
    assert len(english) > 1000
    assert english == spanish


def test_no_line_is_wider_than_a_terminal(told: dict[str, list[str]]) -> None:
    assert {language: max(map(len, some)) for language, some in told.items()} == {"en": WIDTH, "es": WIDTH}


def test_columns_of_a_comparison_do_not_touch(told: dict[str, list[str]]) -> None:
    assert [line for lines in told.values() for line in lines if re.search(r"±\S*±", line)] == []


def test_a_comparison_in_spanish_holds_no_english(told: dict[str, list[str]]) -> None:
    words = re.compile(r"\b(the|of|and|with|trust in|against|paired|runs|effect|interval|crimes|rises|under)\b")
    assert [line for line in told["es"] if words.search(line)] == []
    assert sum(bool(words.search(line)) for line in told["en"]) > 50


@pytest.mark.parametrize(
    ("language", "begin"), [("en", "No plan for trust in the police: to see"), ("es", "Sin plan para ")]
)
def test_a_plan_that_cannot_be_made_is_told_in_the_language_of_the_text(language: str, begin: str) -> None:
    told = " ".join(comparison_lines(STORED, EffectSize(size=1e-9), language))
    assert begin in told
    assert ("No plan for" in told) == (language == "en")


@pytest.mark.parametrize(
    ("language", "n", "differ", "told"),
    [
        ("en", 1, 1, ["1 paired run;", "in the one run,", "1 pair differs"]),
        ("en", 8, 2, ["8 paired runs;", "in all 8 runs,", "2 pairs differ"]),
        ("es", 1, 1, ["1 par;", "en la única corrida,", "difiere 1 par "]),
        ("es", 8, 2, ["8 pares;", "en las 8 corridas,", "difieren 2 pares "]),
    ],
)
def test_one_pair_is_told_in_the_singular(language: str, n: int, differ: int, told: list[str]) -> None:
    say = FigureTexts(language)
    rows = pd.DataFrame({"paired": [True], "n": [n], "why_unpaired": [""], "measure": ["homicides"]})
    rows = rows.assign(events_base=3.0, events_arm=2.0, differ=float(differ), differ_low=1.0, differ_high=9.0)
    manifest = {"begins": "2017-01-01", "until": "2018-01-01", "arms": []}
    text = " ".join([*pair_heading("a", "b", rows, manifest, say), *rare_lines(rows, say)])
    assert [part for part in told if part not in text] == []


def test_texts_of_the_terminal_have_the_same_values_in_both_languages() -> None:
    parts = ("run.", "check.", "against.", "comparison.", "over_draws.")
    values = {
        key: [set(re.findall(r"{\w+}", text[one])) for one in ("en", "es")]
        for key, text in messages().items()
        if key.startswith(parts)
    }
    assert len(values) > 60
    assert [key for key, (english, spanish) in values.items() if english != spanish] == []


@pytest.mark.parametrize(
    ("row", "told"), [(None, "Assumed values not varied"), ({"sign": "few"}, "Too few draws of the assumed values")]
)
def test_page_one_tells_no_draws_from_too_few(row: dict[str, str] | None, told: str) -> None:
    site = SimpleNamespace(others=["arm"], draws_row=lambda *_: row)
    assert draws_warning(cast(Site, site)).text("en").startswith(told)
