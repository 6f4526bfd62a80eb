"""The chapters that follow page one: a question each, with one figure a municipality and at most sixty words."""

from dataclasses import dataclass

from experiments.words.bilingual import Both, both
from experiments.words.toml_files import toml_beside


@dataclass(frozen=True)
class Chapter:
    """A question, the figure that answers it, and how to read that."""

    figure: str
    question: Both
    words: Both


def chapters() -> list[Chapter]:
    """Return all chapters in their order."""
    stated = toml_beside(__file__)
    return [
        Chapter(figure, *(both(*(text[language][part] for language in ("es", "en"))) for part in ("question", "words")))
        for figure, text in stated.items()
    ]
