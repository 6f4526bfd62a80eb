"""State of a visitor's page: choice, finished worlds, language."""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from experiments.comparison.decision_outcomes import PairedOutcome, Twins, all_outcome_effects
from experiments.comparison.policy_choice import MAX_PAIRS, Choice
from experiments.comparison.sign_stability import laws_row
from experiments.comparison.twin_results import WorldResult, paired_results
from experiments.narrative.number_format import format_number
from experiments.page import sites
from experiments.page.page_texts import capital, page_text
from model.engine.scenario import Scenario

type Span = tuple[str, str]
"""Text with its style: bold, benefit (b), harm (h) or empty."""
LEAST_POINTS = 0.1
"""Smallest change of a level (points) that is stated as a number."""


@dataclass(frozen=True)
class PageState:
    """A choice with its finished worlds: ``base`` as today, ``arm`` with measures, ``faults`` of those that failed."""

    choice: Choice
    scenario: Scenario
    language: str
    base: tuple[WorldResult, ...] = ()
    arm: tuple[WorldResult, ...] = ()
    faults: tuple[str, ...] = ()
    twins_asked: int = MAX_PAIRS

    def text(self, name: str, **values: object) -> str:
        """Return a text in the language of the visitor."""
        return page_text(self.language, name, **values)

    @cached_property
    def twins(self) -> list[Twins]:
        """Pairs of finished worlds."""
        return paired_results(self.base, self.arm)

    @cached_property
    def paired_outcomes(self) -> tuple[PairedOutcome, ...]:
        """Effect on every outcome, estimated from the pairs; empty before the first pair."""
        if not self.twins:
            return ()
        return all_outcome_effects(self.twins, lambda one: laws_row(self.choice, one.name), self.over_draws)

    @cached_property
    def over_draws(self) -> Mapping[str, Any]:
        """Results over draws of the assumptions by measure; empty without a folder that has this choice."""
        known = sites.opening.draws
        return known.get(self.choice.key_of_draws(self.scenario), {}) if known else {}

    @property
    def moved(self) -> bool:
        """Tell if any measure is moved."""
        return bool(self.choice.chosen)

    @property
    def communal(self) -> bool:
        """Tell if the boards of the municipality are a jurisdiction with its own law."""
        return bool(self.scenario["boards"].communal)

    @property
    def done(self) -> int:
        """Number of finished pairs, or without measures of finished worlds as today."""
        return len(self.twins) if self.moved else len(self.base)

    @property
    def running(self) -> bool:
        """Tell if worlds are still being simulated."""
        return self.done + len(self.faults) < self.twins_asked

    @property
    def begins(self) -> datetime.date:
        """Date from which the measures apply."""
        return self.choice.begins or self.scenario.start

    @property
    def years(self) -> str:
        """Horizon in words."""
        n = self.choice.years
        return self.text("decision.years_one") if n == 1 else self.text("decision.years_many", n=n)

    def points(self, value: float) -> str:
        """Return the size of a change in points; one that would be rounded to 0 is stated as below `LEAST_POINTS`."""
        small = abs(value) < LEAST_POINTS / 2
        return self.text(f"decision.{'least_' * small}points", n=number(LEAST_POINTS if small else abs(value), 1))


def number(value: float, digits: int = 0, sign: str = "") -> str:
    """Format a number as 1,234.5 with a true minus sign; nan as a dash.

    >>> number(-1234.56, 1), number(float("nan")), signed(0.66, 1), signed(0.0)
    ('−1,234.6', '–', '+0.7', '0')
    """
    return "–" if math.isnan(value) else format_number(value, digits, sign)


signed = partial(number, sign="+")
"""Format a change with its sign."""


def digits_of(value: float, level: bool = False) -> int:
    """Return the decimals of a size: one for a level or a count below 3, else none.

    >>> digits_of(410.2), digits_of(2.4), digits_of(0.7, level=True)
    (0, 1, 1)
    """
    return 1 if level or abs(value) < 3.0 else 0


def spans(parts: list[Span]) -> list[list[str]]:
    """Return spans without empty ones, as lists; the first begins with a capital."""
    found = [[words, kind] for words, kind in parts if words]
    if found:
        found[0][0] = capital(found[0][0])
    return found
