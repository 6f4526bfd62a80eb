"""Two sentences a municipality say what the practices behind the criteria change, for whom, and by which way."""

import pytest

from experiments.dev.documents import criteria_sentences
from experiments.dev.documents.facts_page import recorded_table
from experiments.dev.examinations.mediation import ALL, CHANNELS_OF_TRUST, CUTS


def row(effect: float, half: float = 0.05) -> dict[str, str]:
    """Return a row of the table of mediation with an interval of this half width."""
    return {"effect": str(effect), "effect_low": str(effect - half), "effect_high": str(effect + half)}


ROWS = {
    **{(name, ""): row(10.0) for name in ("c1", "c2", "c3", "c4")},
    **{("trust", channel): row(effect) for channel, effect in {"": 1.0, "requests": 0.6, "contact": 0.2}.items()},
    **{("trust", "news"): row(0.3, half=0.4), ("trust", "harm"): row(0.08)},
}


def test_a_sentence_names_the_channels_that_matter_and_are_told_from_chance_largest_first() -> None:
    told = criteria_sentences.sentence(ROWS, "trust", "3", "en")
    assert "rises by 1.00 points of 100 (between 0.95 and 1.05)" in told
    assert told.index("+0.60 come from residents") < told.index("+0.20 come from people whom couples meet")
    assert "everybody" not in told, "its interval holds 0"
    assert "suffer crime" not in told, "it brings less than a tenth"


def test_an_effect_without_a_clear_channel_says_so() -> None:
    few = {key: one for key, one in ROWS.items() if key[1] in ("", "news")}
    assert criteria_sentences.sentence(few, "trust", "3", "es").endswith("por sí sola se distingue del azar.")


@pytest.mark.parametrize(
    ("effect", "told"), [(-2.0, "baja 2.0 % (entre 1.9 y 2.1)"), (0.01, "cambia 0.0 %, lo que no se distingue")]
)
def test_a_fall_and_an_open_effect_are_told_as_such(effect: float, told: str) -> None:
    rows = ROWS | {("crime", ""): row(effect, half=0.1)}
    assert told in criteria_sentences.sentence(rows, "crime", "3", "es")


def test_every_channel_has_words_in_both_languages() -> None:
    words = criteria_sentences.TEXTS["channel"]
    assert {*words} == {*CHANNELS_OF_TRUST, *CUTS}
    assert all({*one} == {"en", "es"} for one in words.values())


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_numbers_are_those_on_record(language: str) -> None:
    told = criteria_sentences.criteria_sentences(language)
    rows = [one for one in recorded_table(criteria_sentences.MEDIATION_TABLE) if one["practice"] == ALL]
    year = max((one["year"] for one in rows), key=int)
    for one in rows:
        if one["year"] == year and one["outcome"] == "trust" and not one["channel"]:
            assert f"{float(one['effect']):.2f} " in told
