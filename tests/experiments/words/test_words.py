"""Everything that the model names has words in both languages, and no words are left of what is gone."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from experiments.cli.listings import lines_of, listed
from experiments.comparison.cause_effects import MEMORY, MERGED_CAUSES, POPULATION
from experiments.comparison.effects import GROUPS as IN_SENTENCES
from experiments.page import why_view
from experiments.words import catalogue, dictionary
from experiments.words.catalogue import LANGUAGES, collect_words, every_word
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED
from model.engine.errors import InputError
from model.engine.parameters import all_parameters
from model.measures.criteria import GRADES
from model.simulation.registry import CAUSES, COUNT_NAMES, MEASURES
from model.town.crime_kinds import NAMES as KINDS
from model.world.month import GROUPS
from scenarios.groups import model_levers

MECHANISMS = {
    name for path in catalogue.MODEL_FOLDER.glob("*/words.toml") for name in tomllib.loads(path.read_text("utf-8"))
}
BOOKS = ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded", "cleared", "charged")
ALIKE = {"0-1", "0-100", "%", "km", "m", "km/h"}
"""What is the same in both languages."""
LONGEST = {
    "name": 32,
    "causes": 34,
    "measures": 76,
    "kinds": 26,
    "groups": 28,
    "people": 36,
    "verdicts": 12,
    "units": 32,
    "levers": 48,
    "parameters": 92,
    "events": 72,
    "agents": 28,
    "matters": 40,
    "options": 40,
    "reasons": 48,
}
"""Letters that are shown in full: of a measure in a line of a terminal, of the others on the page and in a figure."""


def every_text() -> list[tuple[str, str, catalogue.Text]]:
    return [(part, name, text) for part, some in every_word().items() for name, text in some.items()]


def named_by_the_model() -> dict[str, set[str]]:
    """What must have words of its own, by part."""
    books = {name for name in MEASURES if any(name == f"{book}_{kind}" for book in BOOKS for kind in KINDS)}
    return {
        "name": MECHANISMS,
        "causes": set(CAUSES) - {""},
        "measures": {name for name in MEASURES if not name.endswith(".trace")} - books,
        "composed": {"trace"},
        "kinds": set(KINDS),
        "groups": set(GROUPS),
        "people": set(IN_SENTENCES),
        "verdicts": set(GRADES),
        "units": {one.unit for one in MEASURES.values()}
        | {one[2].unit for one in all_parameters()}
        | dictionary.units(),
        "levers": {name for name, _ in model_levers()},
        "parameters": {name for name, _, about in all_parameters() if about.role != "lever"},
        "agents": set(AGENT_TYPES),
        "matters": {one.name for one in CHOICES_DECLARED.values()},
        "options": {f"{one.name}.{option}" for one in CHOICES_DECLARED.values() for option in one.options},
        "reasons": {f"{one.name}.{term}" for one in CHOICES_DECLARED.values() for term in one.terms} | {"luck"},
    }


def test_everything_has_words_and_no_words_are_without_a_thing(subtests: pytest.Subtests) -> None:
    words, named = every_word(), named_by_the_model()
    for part in (part for part in catalogue.PART_NOUNS if part != "events"):
        with subtests.test(part=part):
            assert set(words[part]) == named[part]


@pytest.mark.parametrize("part", ["parameters", "levers"])
def test_the_words_of_a_parameter_stand_beside_its_number_alone(tmp_path: Path, part: str) -> None:
    assert catalogue.parameter("fear.harm", "en") == "effect of harm to oneself of severity 1 on fear"
    assert catalogue.parameter("fear.harm", "es") == "temor tras un daño propio de gravedad 1"
    assert (
        catalogue.parameter("fear.campaign", "es") == catalogue.lever("fear.campaign", "es") == "Campaña de precaución"
    )
    path = tmp_path / "words.toml"
    path.write_text(f'[fear.{part}]\nharm = {{ en = "fear", es = "temor" }}\n', encoding="utf-8")
    with pytest.raises(InputError, match=f"words of {part} stand in numbers.toml"):
        collect_words([path])


def test_events_of_a_life_are_those_of_causes() -> None:
    assert {re.sub("_(good|bad)$", "", name) for name in every_word()["events"]} <= set(CAUSES)
    for name in every_word()["events"]:
        way, _, other = name.rpartition("_")
        pair = {"good": "bad", "bad": "good"}.get(other)
        assert pair is None or f"{way}_{pair}" in every_word()["events"], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_meaning_of_its_own(language: str) -> None:
    told = [catalogue.meaning(name, language) for name in MEASURES]
    assert set(COUNT_NAMES) <= set(MEASURES)
    assert len(set(told)) == len(told), sorted({one for one in told if told.count(one) > 1})


def test_spanish_is_not_english_left_over() -> None:
    assert {name for _, name, text in every_text() if text["es"] == text["en"]} == ALIKE


def test_no_text_is_a_name_of_the_code() -> None:
    for part, name, text in every_text():
        assert not [one for one in text.values() if "_" in one or one != one.strip() or not one], (part, name)


def test_causes_and_measures_begin_small_to_stand_in_a_sentence() -> None:
    for part, name, text in every_text():
        if part in ("name", "causes", "measures", "kinds", "groups", "people"):
            small = [
                one[0].islower() or not one[0].isalpha() or re.match(r"[A-Z]\w?:|Safe|Escuelas", one)
                for one in text.values()
            ]
            assert all(small), (part, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_short_enough_to_be_shown_in_full(language: str) -> None:
    long = [
        (part, name, len(text[language]))
        for part, name, text in every_text()
        if len(text[language]) > LONGEST.get(part, 76)
    ]
    assert long == []
    assert [name for name in MEASURES if len(catalogue.meaning(name, language)) > 76] == []


def test_blanks_are_the_same_in_both_languages() -> None:
    for part, name, text in every_text():
        blanks = [{one[1] for one in string.Formatter().parse(text[language])} for language in LANGUAGES]
        assert blanks[0] == blanks[1], (part, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_measures_fits_a_terminal(language: str) -> None:
    lines = list(lines_of(listed("measures", None, None, language)))
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 * len(MEASURES)


def test_the_sums_of_the_page_are_no_causes() -> None:
    sums = {*MERGED_CAUSES.values(), POPULATION, MEMORY}
    assert all(why_view.part_name(language, name) for name in {*CAUSES, *sums} - {""} for language in LANGUAGES)
    assert sums & set(CAUSES) == {"harm"}


def test_a_missing_word_is_told_with_its_neighbour_and_the_remedy() -> None:
    with pytest.raises(InputError, match="'hearsaid'; did you mean 'hearsay'"):
        catalogue.cause("hearsaid", "en")
    with pytest.raises(InputError, match="no words for the measure 'crimes_occurred_piracy'"):
        catalogue.meaning("crimes_occurred_piracy", "es")
    with pytest.raises(InputError, match="in en and es, got 'fr'"):
        catalogue.cause("hearsay", "fr")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[here.causes]\ntalk = { en = "a", es = "b" }', "'talk' has its words in .*one/words.toml; keep one"),
        ('[here.causes]\nstop = { en = "a" }', "'stop' needs words for en and es alone"),
        ('[here.cause]\nstop = { en = "a", es = "b" }', "no part 'cause'; did you mean 'causes'"),
        ("[causes\n", "two/words.toml"),
        ('[two.name]\nen = "a"', "mechanism 'two' needs words"),
    ],
)
def test_a_file_of_words_that_is_wrong_is_refused(tmp_path: Path, text: str, told: str) -> None:
    for name, own in (("one", '[here.causes]\ntalk = { en = "talks", es = "pláticas" }\n'), ("two", text)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.toml").write_text(own, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        collect_words(sorted(tmp_path.glob("*/words.toml")))
