"""The levers of the page, taken from the parameters of the model: the important ones first, then all others."""

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from experiments.page.page_texts import say
from experiments.words import catalogue
from model.engine.parameters import ParameterSpec
from scenarios.groups import declared_groups, model_levers

TABLE = tomllib.loads(Path(__file__).with_name("levers.toml").read_text(encoding="utf-8"))
FIRST, GROUPS = tuple(TABLE["first"]), TABLE["groups"]
LOG_ODDS = "log-odds"


@dataclass(frozen=True)
class Lever:
    """A parameter that a policy may set, with what is known of it."""

    name: str
    about: ParameterSpec
    whole: bool

    @property
    def step(self) -> float:
        """The smallest move of its slider."""
        return 1.0 if self.whole else (self.about.high - self.about.low) / 100.0

    def title(self, language: str) -> str:
        """Return its name."""
        return catalogue.lever(self.name, language)

    def unit(self, language: str) -> str:
        """Return its unit."""
        return catalogue.unit(self.about.unit, language)

    def shown(self, value: float, language: str) -> str:
        """Return a value as it stands beside the slider, with its unit; shares in per cent, log-odds as odds.

        >>> from model.engine.parameters import ParameterSpec
        >>> specs = [ParameterSpec("", unit, 0.0, 1.0, "", "lever", None) for unit in ("share", "log-odds an hour")]
        >>> [Lever("a.b", spec, False).shown(0.4, "en") for spec in specs]
        ['40 %', 'odds × 1.5 an hour']
        """
        if self.about.unit == "share":
            return f"{100.0 * value:.3g} %"
        if self.about.unit.startswith(LOG_ODDS):
            of_what = self.unit(language).removeprefix(catalogue.unit(LOG_ODDS, language))
            return say(language, "levers.odds", n=f"{math.exp(value):.2g}") + of_what
        return f"{value:.3g} {self.unit(language)}"

    def tip(self, language: str, value: float) -> str:
        """Return value, range and source in one line."""
        ends = {"low": self.about.low, "value": value, "high": self.about.high}
        stated = {name: self.shown(number, language) for name, number in ends.items()}
        return say(language, "levers.tip", source=source(language, self.about.source), **stated)


def source(language: str, stated: str) -> str:
    """Return a source: identifiers of evidence as they are, with "assumed" in the language.

    >>> source("es", "E05; assumed"), source("es", "U06")
    ('E05; supuesto', 'U06')
    """
    if language == "en":
        return stated
    known_words = {"assumed": "source.assumed", "orders of magnitude": "source.orders"}
    parts = [part.strip() for part in stated.replace(":", ";").split(";")]
    named = (say(language, known_words[part]) if part in known_words else identifiers(part) for part in parts)
    return "; ".join(word for word in named if word is not None)


def identifiers(part: str) -> str | None:
    """Return a part of a source that is made of identifiers of evidence alone, which need no translation."""
    words = part.replace(",", " ").split()
    return part if all(word[:1].isupper() and word[1:].replace("-", "").isdigit() for word in words) else None


def levers() -> dict[str, list[Lever]]:
    """Return all levers of the model below the headings of the page, important ones first."""
    known_groups = declared_groups()
    found: dict[str, list[Lever]] = {heading: [] for heading in GROUPS}
    for name, about in model_levers():
        group, _, key = name.partition(".")
        heading = next((heading for heading, groups in GROUPS.items() if group in groups), "other")
        found[heading].append(Lever(name, about, known_groups[group].kind(key) is int))
    rank = {name: number for number, name in enumerate(FIRST)}
    return {heading: sorted(some, key=lambda one: rank.get(one.name, 99)) for heading, some in found.items() if some}
