"""Catalogue of sentences about results: messages by key, in both languages."""

import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from experiments.words.bilingual import LANGUAGES, BilingualText, FigureTexts, bilingual, join_as_list
from experiments.words.toml_files import toml_beside

EMPTY = bilingual("", "")
LINE_WIDTH = 80
"""Largest number of characters in a line of printed text."""


@cache
def messages() -> Mapping[str, Mapping[str, Markup]]:
    """Return all messages by dotted key and language."""
    return dict(flatten_messages(toml_beside(__file__)))


def flatten_messages(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Markup]]]:
    """Yield the dotted key of every message in nested tables, with its texts by language."""
    for key, value in tables.items():
        if set(value) == set(LANGUAGES):
            yield prefix + key, {language: Markup(text) for language, text in value.items()}
        else:
            yield from flatten_messages(value, f"{prefix}{key}.")


def message(key: str, **parts: object) -> BilingualText:
    """Return a message in both languages, formatted with its parts.

    >>> message("short.effect", label=bilingual("temor", "fear"), effect="+2").en
    Markup('fear (+2)')
    """
    texts = messages()[key]
    return bilingual(texts["es"], texts["en"], **parts)


def figure_message(key: str, wording: FigureTexts, **parts: object) -> str:
    """Return a message in the language of a figure, which records the text in the other language."""
    return wording.of(message(key, **parts))


def message_lines(key: str, wording: FigureTexts, **parts: object) -> list[str]:
    """Return a message in one language as lines of at most `LINE_WIDTH` characters."""
    return textwrap.wrap(figure_message(key, wording, **parts), LINE_WIDTH)


def counted_message(key: str, wording: FigureTexts, n: int, **parts: object) -> str:
    """Return a message about ``n`` things in the language of a figure; of one thing its key ends in ``_of_one``."""
    return figure_message(f"{key}_of_one" if n == 1 else key, wording, n=n, **parts)


def message_or_name(part: str, name: str, wording: FigureTexts) -> str:
    """Return the message for a name, or the name if there is no message."""
    return figure_message(f"{part}.{name}", wording) if f"{part}.{name}" in messages() else wording(name, name)


def message_with_list(key: str, parts: list[BilingualText]) -> list[BilingualText]:
    """Return a list with one message formatted with listed parts; empty if there are no parts."""
    return [message(key, names=join_as_list(parts))] if parts else []
