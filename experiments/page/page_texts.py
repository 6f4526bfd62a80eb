"""Texts of the page, by key and language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILES = tuple(Path(__file__).parent / name for name in ("texts.toml", "decision.toml"))
"""Texts of the panels and of the decision view; a part stands in one of them."""


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """Return every text: part, key, language."""
    return {part: some for file in FILES for part, some in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def say(language: str, name: str, **values: Any) -> str:
    """Return the text of ``part.key`` in a language, with values put in.

    >>> say("es", "page.play"), say("en", "speed.1")
    ('Iniciar', '1 day a second')
    """
    part, _, key = name.partition(".")
    text = texts()[part][key][language]
    return text.format(**values) if values else text


def capital(words: str) -> str:
    """Return words as they begin a line."""
    return words[:1].upper() + words[1:]


def known(name: str) -> bool:
    """Tell whether there is a text of this name."""
    part, _, key = name.partition(".")
    return key in texts().get(part, {})
