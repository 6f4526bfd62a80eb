"""Words for all names of the model, in English and Spanish, from the TOML files beside its code.

Those of parameters and the titles of levers stand in `numbers.toml`, all others in `words.toml`.  No word is part of a
fingerprint: after a correction nothing is recompiled and a sweep can go on.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from experiments.words.bilingual import BilingualText, bilingual
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import all_parameters
from scenarios.groups import import_declaring_modules, model_levers

LANGUAGES = ("en", "es")
MODEL_FOLDER = Path(__file__).parent.parent.parent / "model"
WORDS_FILE = "words.toml"
PART_NOUNS = {
    "name": "mechanism",
    "causes": "cause of the ledger",
    "measures": "measure",
    "composed": "composed measure",
    "kinds": "kind of crime",
    "groups": "group of residents",
    "people": "group of residents in a sentence",
    "verdicts": "verdict on a criterion",
    "units": "unit",
    "levers": "lever",
    "parameters": "parameter",
    "events": "event of a life",
    "agents": "kind of agent that decides",
    "matters": "matter of a decision",
    "options": "option of a decision",
    "reasons": "reason of a decision",
}
"""Parts of the words, with the singular of each in messages."""
PARTS_OF_NUMBERS = ("levers", "parameters")
"""Parts whose words stand in `numbers.toml`."""

Text = Mapping[str, str]
"""A text by language."""


@cache
def every_word() -> Mapping[str, Mapping[str, Text]]:
    """Return all words beside the code of the model, by part, name and language."""
    import_declaring_modules()
    return collect_words(sorted(MODEL_FOLDER.rglob(WORDS_FILE))) | {
        "levers": {name: about.words for name, about in model_levers()},
        "parameters": {name: about.words for name, _, about in all_parameters() if about.role != "lever"},
    }


def collect_words(paths: Iterable[Path]) -> dict[str, dict[str, Text]]:
    """Return the words of some files; raise if one is defined twice or lacks a language."""
    found: dict[str, dict[str, Text]] = {part: {} for part in PART_NOUNS}
    where: dict[tuple[str, str], Path] = {}
    for path in paths:
        for part, name, text in read_words(path):
            if (part, name) in where:
                raise InputError(
                    f"{path}: the {PART_NOUNS[part]} '{name}' has its words in {where[part, name]}; keep one"
                )
            if not isinstance(text, dict) or set(text) != set(LANGUAGES):
                raise InputError(
                    f"{path}: the {PART_NOUNS[part]} '{name}' needs words for {' and '.join(LANGUAGES)} alone"
                )
            found[part][name], where[part, name] = text, path
    return found


def read_words(path: Path) -> list[tuple[str, str, Any]]:
    """Return part, name and text of all words of a file.

    The file of a package has a table for each mechanism, which has the parts; that of the model has the parts itself.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: {error}") from None
    known = [part for part in PART_NOUNS if part not in PARTS_OF_NUMBERS]
    found: list[tuple[str, str, Any]] = []
    for owner, parts in ({"": tables} if path.parent == MODEL_FOLDER else tables).items():
        for part, words in parts.items():
            if part in PARTS_OF_NUMBERS:
                raise InputError(f"{path}: words of {part} stand in numbers.toml, on the line of each: move them there")
            if part not in known:
                raise InputError(f"{path}: words have no part '{part}'{suggest_nearest(part, known)}")
            own = {owner: words} if owner and part == "name" else words
            found += [(part, name, text) for name, text in own.items()]
    return found


def find_words(part: str, name: str, language: str) -> str:
    """Return the words for one name; raise an `InputError` if they are missing.

    >>> cause("bribe", "es"), mechanism("hearsay", "es")
    ('mordidas pedidas', 'rumores')
    """
    if language not in LANGUAGES:
        raise InputError(f"words are in {' and '.join(LANGUAGES)}, got '{language}'")
    some = every_word()[part]
    if name not in some:
        raise InputError(
            f"no words for the {PART_NOUNS[part]} '{name}'{suggest_nearest(name, some)}: say them in a TOML of model/"
        )
    return some[name][language]


def meaning(measure: str, language: str) -> str:
    """Return the meaning of a monthly column.

    >>> meaning("bribes", "es"), meaning("complaints_filed_vehicle_theft", "en")
    ('mordidas pedidas', 'formal complaints at the prosecutor: theft of a vehicle')
    >>> meaning("c1.team.trace", "en")
    'C1: shifts led by who has been there half a year (trace, without anchors)'
    """
    if measure in every_word()["measures"]:
        return find_words("measures", measure, language)
    part, _, last = measure.rpartition(".")
    if last == "trace":
        return find_words("composed", last, language).format(part=meaning(part, language))
    for one in every_word()["kinds"]:
        book = measure.removesuffix(f"_{one}")
        if book != measure and book in every_word()["measures"]:
            return f"{meaning(book, language)}: {kind(one, language)}"
    return find_words("measures", measure, language)


cause = partial(find_words, "causes")
"""Names a cause of the ledger."""
mechanism = partial(find_words, "name")
"""Gives the short title of a mechanism."""
kind = partial(find_words, "kinds")
"""Names a kind of crime."""
group = partial(find_words, "groups")
"""Names a group of residents, as a label."""
people = partial(find_words, "people")
"""Names a group of residents, as it stands in a sentence."""
verdict = partial(find_words, "verdicts")
"""Gives the paper's word for a criterion."""
unit = partial(find_words, "units")
"""Names a unit of measures and levers."""
lever = partial(find_words, "levers")
"""Gives the title of a lever by its dotted name."""


def parameter(name: str, language: str) -> str:
    """Return the meaning of a parameter by its dotted name; of a lever, its title.

    >>> parameter("plant.share_women", "es"), parameter("contacts.fair", "es")
    ('mujeres entre los agentes', 'Trato justo')
    """
    return find_words("levers" if name in every_word()["levers"] else "parameters", name, language)


def event(name: str, language: str) -> str | None:
    """Return the sentence in a life story for an event that changed trust; None if it has none."""
    return find_words("events", name, language) if name in every_word()["events"] else None


def bilingual_words(words: Callable[[str, str], str], name: str) -> BilingualText:
    """Return the words that a function of this module gives in Spanish and in English.

    >>> bilingual_words(group, "women")
    BilingualText(es=Markup('mujeres'), en=Markup('women'))
    """
    return bilingual(words(name, "es"), words(name, "en"))
