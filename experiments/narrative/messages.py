"""Catalogue of sentences about results: messages by key, in both languages."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from experiments.words.bilingual import LANGUAGES, Both, Tongue, both, listed
from experiments.words.toml_files import toml_beside

EMPTY = both("", "")


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


def message(key: str, **parts: object) -> Both:
    """Return a message in both languages, formatted with its parts.

    >>> message("short.effect", label=both("temor", "fear"), effect="+2").en
    Markup('fear (+2)')
    """
    texts = messages()[key]
    return both(texts["es"], texts["en"], **parts)


def said(key: str, tongue: Tongue, **parts: object) -> str:
    """Return a message in the language of a figure, which records the text in the other language."""
    return tongue.of(message(key, **parts))


def worded(part: str, name: str, tongue: Tongue) -> str:
    """Return the message for a name, or the name if there is no message."""
    return said(f"{part}.{name}", tongue) if f"{part}.{name}" in messages() else tongue(name, name)


def enumerated(key: str, parts: list[Both], **more: object) -> list[Both]:
    """Return a list with one message formatted with listed parts; empty if there are no parts."""
    return [message(key, names=listed(parts), **more)] if parts else []
