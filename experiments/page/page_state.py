"""State of a visitor's page: choice, finished worlds, language."""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from experiments.comparison.decision_outcomes import PairedOutcome, Twins, all_outcome_effects
from experiments.comparison.policy_choice import MAX_PAIRS, Choice
from experiments.comparison.twin_results import WorldResult, paired_results
from experiments.narrative.number_format import format_number
from experiments.page import sites
from experiments.page.page_texts import capitalized, page_text
from experiments.statistics.verdicts import MIN_RUNS
from model.engine.scenario import Scenario

type Span = tuple[str, str]
"""Text with its style: bold, benefit (b), harm (h) or empty."""


@dataclass(frozen=True)
class PageState:
    """A choice with its finished worlds: ``base`` as today, ``arm`` with measures, ``faults`` of those that failed."""

    choice: Choice
    scenario: Scenario
    language: str
    base: tuple[WorldResult, ...] = ()
    arm: tuple[WorldResult, ...] = ()
    faults: tuple[str, ...] = ()

    def text(self, name: str, **values: object) -> str:
        """Return a text in the language of the visitor."""
        return page_text(self.language, name, **values)

    @cached_property
    def twins(self) -> list[Twins]:
        """Pairs of finished worlds."""
        return paired_results(self.base, self.arm)

    @cached_property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Pairs of finished worlds; without measures each world as today is paired with itself."""
        return list(self.twins) if self.has_measures else [(world, world) for world in self.base]

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides of a pair that differ: both, or without measures the first."""
        return (0, 1) if self.has_measures else (0,)

    @cached_property
    def paired_outcomes(self) -> tuple[PairedOutcome, ...]:
        """Effect on every outcome, estimated from the pairs; empty before the first pair."""
        if not self.twins:
            return ()
        return all_outcome_effects(self.twins, self.over_draws)

    @cached_property
    def over_draws(self) -> Mapping[str, Any]:
        """Results over draws of the assumptions by measure; empty without a folder that has this choice."""
        results = sites.start_options.draws
        return results.get(self.choice.draws_key(self.scenario), {}) if results else {}

    @property
    def has_measures(self) -> bool:
        """Tell if any measure is moved."""
        return bool(self.choice.chosen)

    @property
    def communal(self) -> bool:
        """Tell if the boards of the municipality are a jurisdiction with its own law."""
        return bool(self.scenario["boards"].communal)

    @property
    def n_finished(self) -> int:
        """Number of finished pairs, or without measures of finished worlds as today."""
        return len(self.pairs)

    @property
    def progress(self) -> dict[str, int]:
        """Number of finished pairs or worlds, and of all, as values of a text."""
        return {"n": self.n_finished, "all": MAX_PAIRS}

    @property
    def running(self) -> bool:
        """Tell if worlds are still being simulated."""
        return self.n_finished + len(self.faults) < MAX_PAIRS

    @property
    def has_verdicts(self) -> bool:
        """Tell if all worlds are finished and enough of them for verdicts."""
        return not self.running and self.n_finished >= MIN_RUNS

    @property
    def municipality(self) -> sites.Municipality:
        """Town and base map."""
        return sites.load_municipality(self.choice.site)

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """Names of the settlements, in the order of their numbers."""
        return self.municipality.town.settlement_names

    @property
    def begins(self) -> datetime.date:
        """Date from which the measures apply."""
        return self.choice.begins or self.scenario.start


def number(value: float, digits: int = 0, sign: str = "") -> str:
    """Format a number as 1,234.5 with a true minus sign; nan as a dash.

    >>> number(-1234.56, 1), number(float("nan")), signed(0.66, 1), signed(0.0)
    ('−1,234.6', '–', '+0.7', '0')
    """
    return "–" if math.isnan(value) else format_number(value, digits, sign)


signed = partial(number, sign="+")
"""Format a change with its sign."""


def spans(texts: list[Span]) -> list[list[str]]:
    """Return spans without empty ones, as lists; the first begins with a capital."""
    lists = [[words, kind] for words, kind in texts if words]
    if lists:
        lists[0][0] = capitalized(lists[0][0])
    return lists
