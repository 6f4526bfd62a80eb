"""Texts on standard error in the language of the present command: progress, notes, warnings; errors stay English."""

from collections.abc import Mapping
from functools import cache
from typing import ClassVar

from experiments.words.toml_files import toml_beside

DEFAULT = "en"


class Console:
    """Language of this process on standard error; the option ``--lang`` of a command sets it."""

    language: ClassVar[str] = DEFAULT


@cache
def console_texts() -> Mapping[str, Mapping[str, str]]:
    """Return the texts by dotted key and language."""
    return {f"{part}.{key}": text for part, texts in toml_beside(__file__).items() for key, text in texts.items()}


def console_text(key: str, **parts: object) -> str:
    """Return a text in the language of the console, formatted with its parts.

    >>> console_text("progress.so_far", label="drawing", time="12 s")
    'drawing: 12 s so far'
    """
    return console_texts()[key][Console.language].format(**parts)


def set_console_language(language: str | None = None) -> None:
    """Set the language of the console: Spanish for ``es``, else the default."""
    Console.language = "es" if language == "es" else DEFAULT
