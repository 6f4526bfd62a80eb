"""Texts of the page, by key and language."""

from functools import cache
from typing import Any

from experiments.words.toml_files import toml_beside


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """Return every text by part, key and language."""
    return toml_beside(__file__, "texts.toml")


def page_text(language: str, name: str, **values: Any) -> str:
    """Return the text of ``part.key`` in a language, with values inserted.

    >>> page_text("es", "map.play"), page_text("en", "decision.view_why")
    ('Mes a mes', 'Why?')
    """
    part, _, key = name.partition(".")
    text = texts()[part][key][language]
    return text.format(**values) if values else text


def capitalized(words: str) -> str:
    """Return words with a capital first letter."""
    return words[:1].upper() + words[1:]


def has_text(name: str) -> bool:
    """Tell whether there is a text of this name."""
    part, _, key = name.partition(".")
    return key in texts().get(part, {})
