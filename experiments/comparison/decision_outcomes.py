"""Outcomes of a decision from paired runs: effects, verdicts as in `compare`, and monthly values of both worlds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_rows import criteria_columns
from experiments.comparison.effect_verdicts import verdict_of
from experiments.comparison.headline_measures import BY_NAME, Headline, worse_direction
from experiments.comparison.twin_results import WorldResult
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import corrected_together, direction, holm

SMALLEST_MAP_DIFFERENCE = 0.2
"""Points of 100 below which the map shows no difference."""

type Twins = tuple[WorldResult, WorldResult]
"""Worlds of one seed: as today, and with the measures."""


@dataclass(frozen=True)
class DecisionOutcome:
    """One outcome shown for a decision: a headline measure, and whether it is a harm."""

    headline: Headline
    harm: bool = False

    @property
    def name(self) -> str:
        """Name of its headline measure."""
        return self.headline.name

    @property
    def worse(self) -> int:
        """Direction in which it is worse: 1 for more, -1 for less, 0 for neither."""
        return worse_direction(self.name)

    @property
    def level(self) -> bool:
        """True if it is a level (0-100) rather than a count."""
        return self.headline.how == "recent"

    @property
    def columns(self) -> list[str]:
        """Monthly measures whose sum it is."""
        read = self.headline.read
        return [read.recent] if self.level else list(read.sum)

    def in_months(self, months: pd.DataFrame) -> np.ndarray:
        """Return its monthly values from a table of months."""
        return (self.headline.read.scale if self.level else 1.0) * months[self.columns].sum(axis=1).to_numpy(float)

    def months(self, result: WorldResult) -> np.ndarray:
        """Return its monthly values in one world, cached."""
        if self.name not in result.outcome_cache:
            result.outcome_cache[self.name] = self.in_months(result.months)
        return result.outcome_cache[self.name]


OUTCOMES = (
    DecisionOutcome(BY_NAME["trust_mean"]),
    DecisionOutcome(BY_NAME["crimes_occurred"]),
    DecisionOutcome(BY_NAME["crimes_told"]),
    DecisionOutcome(BY_NAME["homicides"]),
    *(DecisionOutcome(BY_NAME[name], harm=True) for name in ("wrongful_detentions", "women_without_remedy", "refused")),
)
TRUST = OUTCOMES[0]
COLUMNS_NEEDED = frozenset({"residents", "protocols_offered", "protocols_agreed"}).union(
    criteria_columns(), *(outcome.headline.read.columns for outcome in OUTCOMES)
)
"""Monthly measures kept of a world; the model has ten times as many."""


@dataclass(frozen=True)
class PairedOutcome:
    """The effect on an outcome in paired worlds.

    ``draws`` is its row over draws of the assumed parameters; None if not computed.
    """

    outcome: DecisionOutcome
    effect: Effect
    draws: Any = None

    @property
    def verdict(self) -> str:
        """Verdict of the paired runs, qualified by draws; `rare` for few homicides."""
        if are_too_few(self.outcome.name, self.effect.base):
            return "rare"
        return verdict_of(self.effect, None, self.draws)

    @property
    def withheld(self) -> bool:
        """True if draws of the assumed parameters overrule the verdict of the paired runs."""
        return self.verdict == "assumed"

    @property
    def harmful(self) -> bool:
        """True if the outcome becomes worse, by its verdict."""
        return direction(self.verdict) == self.outcome.worse != 0

    @property
    def colour(self) -> str:
        """Name of a colour: harm, change or none; reports have no good direction."""
        if self.harmful:
            return "harm"
        return "b" if self.verdict in ("rises", "falls") and self.outcome.worse else "null"


def headline_value(headline: Headline, result: WorldResult) -> Value:
    """Return a headline measure of a world, cached."""
    if headline.name not in result.headline_cache:
        result.headline_cache[headline.name] = headline.value(result.months)
    return result.headline_cache[headline.name]


def effect_on(headline: Headline, twins: Sequence[Twins]) -> Effect:
    """Return the effect on a headline measure between paired worlds."""
    years = len(twins[0][0].months) / MONTHS
    return paired(
        *([headline_value(headline, pair[side]) for pair in twins] for side in (0, 1)), scale=headline.scale(years)
    )


def all_outcome_effects(twins: Sequence[Twins], draws: Mapping[str, Any]) -> tuple[PairedOutcome, ...]:
    """Return all outcomes of paired worlds, with p-values corrected together (Holm)."""
    effects = corrected_together([effect_on(one.headline, twins) for one in OUTCOMES], holm)
    return tuple(PairedOutcome(one, effect, draws.get(one.name)) for one, effect in zip(OUTCOMES, effects, strict=True))


def trust_difference_by_cell(twins: Sequence[Twins]) -> np.ndarray:
    """Return the difference of trust (points of 100) by month and cell, averaged over pairs; nan where nobody lives."""
    return 100.0 * np.mean([b.cells - a.cells for a, b in twins], axis=0, dtype=float)
