"""Texts of the page of a town: both languages, plain words, short sentences, and none that nobody reads."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from readability import flesch, inflesz

from experiments.comparison.decision_measures import measures
from experiments.reproduce.plan import plan
from experiments.town_page.town_page import FOLDER, TEXTS, page_script
from experiments.words.bilingual import LANGUAGES
from experiments.words.toml_files import toml_beside
from scenarios import accounts

TEXT_FILE = toml_beside(str(FOLDER / "town_page.py"), TEXTS)
FORBIDDEN = re.compile(r"momios|log-|\bodds\b|B − A|--|\bp =|emulad|emulat|seed|semilla", re.IGNORECASE)
"""Words that must not appear on the page."""
FIRST_SCREEN = (
    *("question", "start", "trust_is", "no_harm", "foot", "cantones", "estimated_from", "run_in", "too_few_for"),
    *("details", "wrong_address", "more_harms"),
)
"""Sentences of the first screen, besides those of harms."""
PARTS = {
    "en": {"word": "rises or hardly changes", "range": "0 to 1 points", "names": "long visits", "n": "9"},
    "es": {"word": "sube o casi no cambia", "range": "de 0 a 1 puntos", "names": "visitas largas", "n": "9"},
}
EASY = {"en": (flesch, 50.0), "es": (inflesz, 60.0)}
"""Measure and least value of readability, by language."""


def pairs_in(texts: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the texts in both languages, with their keys."""
    if "en" in texts or "es" in texts:
        yield path, texts
        return
    for key, inner in texts.items():
        yield from pairs_in(inner, f"{path}.{key}" if path else key)


@pytest.mark.parametrize(("key", "text"), list(pairs_in(TEXT_FILE)))
def test_every_text_has_both_languages_the_same_parts_and_plain_words(key: str, text: dict[str, Any]) -> None:
    assert set(text) == set(LANGUAGES)
    lists = [one if isinstance(one, list) else [one] for one in text.values()]
    assert len({len(one) for one in lists}) == 1
    for one, other in zip(*lists, strict=True):
        assert sorted(re.findall(r"{\w+}", one)) == sorted(re.findall(r"{\w+}", other)), key
        assert not FORBIDDEN.search(one + other)


def test_no_text_is_idle() -> None:
    source = page_script() + (FOLDER / "town.html.j2").read_text() + (FOLDER / "town_data.py").read_text()
    idle = [key for key in TEXT_FILE if not re.search(rf"\b{key}\b", source)]
    assert idle == []


def test_what_the_plan_has_is_named() -> None:
    levers = {lever.name: len(lever.steps) for lever in measures()}
    assert {name: len(steps["en"]) for name, steps in TEXT_FILE["steps"].items()} == levers
    assert set(levers) == set(TEXT_FILE["lever"]) <= set(TEXT_FILE["meaning"])
    assert set(accounts.names()) == set(TEXT_FILE["account"])
    named = {*TEXT_FILE["measure"], *TEXT_FILE["criterion"], *TEXT_FILE["given"]}
    assert set(plan().emulated) == named
    assert TEXT_FILE["given"].keys() == TEXT_FILE["won"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_the_first_screen_are_easy_to_read(language: str) -> None:
    sentences = [TEXT_FILE["with"][language] + TEXT_FILE[key][language] for key in ("trust_is", "trust_unknown")]
    sentences += [TEXT_FILE[key][language] for key in FIRST_SCREEN]
    sentences += [text[language].rstrip("; ") + "." for text in TEXT_FILE["harm"].values()]
    filled = [re.sub(r"{(\w+)}", lambda found: PARTS[language].get(found[1], "9"), one) for one in sentences]
    measure, least = EASY[language]
    value = measure(" ".join(filled))
    assert value >= least, f"{language}: {value:.0f}"
    hard = [f"{measure(one):.0f}: {one}" for one in filled if measure(one) < least - 25.0]
    assert hard == []
