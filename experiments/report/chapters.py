"""The chapters that follow page one: a question each, with one figure a municipality and at most sixty words."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from experiments.words.bilingual import Both, both

FILE = Path(__file__).with_name("chapters.toml")


@dataclass(frozen=True)
class Chapter:
    """A question, the figure that answers it, and how to read that."""

    figure: str
    question: Both
    words: Both


def chapters() -> list[Chapter]:
    """Return all chapters in their order."""
    stated = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [
        Chapter(figure, *(both(*(text[language][part] for language in ("es", "en"))) for part in ("question", "words")))
        for figure, text in stated.items()
    ]
