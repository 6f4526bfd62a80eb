"""Texts of the page, by key and language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("texts.toml")


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """Return every text: part, key, language."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def say(language: str, name: str, **values: Any) -> str:
    """Return the text of ``part.key`` in a language, with values put in.

    >>> say("es", "decision.play"), say("en", "decision.view_why")
    ('Mes a mes', 'Why?')
    """
    part, _, key = name.partition(".")
    text = texts()[part][key][language]
    return text.format(**values) if values else text


def capital(words: str) -> str:
    """Return words as they begin a line."""
    return words[:1].upper() + words[1:]


def has_text(name: str) -> bool:
    """Tell whether there is a text of this name."""
    part, _, key = name.partition(".")
    return key in texts().get(part, {})
