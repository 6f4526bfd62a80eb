"""Outcomes of a decision from paired runs: effects, verdicts as in `compare`, and monthly values of both worlds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_rows import criteria_columns
from experiments.comparison.effect_verdicts import sign_over_laws, verdict_of
from experiments.comparison.headline_measures import BY_NAME, Headline, worse_direction
from experiments.comparison.practice_effects import COSTS
from experiments.comparison.twin_results import WorldResult
from experiments.execution.runs import NOTABLE_DIFFERENCE
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import corrected_together, direction, holm, judge

SMALLEST_MAP_DIFFERENCE = 0.2
"""Points of 100 below which the map shows no difference."""

type Twins = tuple[WorldResult, WorldResult]
"""Worlds of one seed: as today, and with the measures."""


@dataclass(frozen=True)
class DecisionOutcome:
    """One outcome shown for a decision: a headline measure with options of its display.

    ``share`` names the headline measure that states it in per cent; ``ceiling`` is its column in the table of extreme
    scenarios, in points, per cent or, with ``for_100_000``, cases for 100,000 residents.
    """

    headline: Headline
    harm: bool = False
    share: str = ""
    ceiling: str = ""
    for_100_000: bool = False

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
    DecisionOutcome(BY_NAME["trust_mean"], ceiling="trust"),
    DecisionOutcome(BY_NAME["crimes_occurred"], ceiling="crimes"),
    DecisionOutcome(BY_NAME["crimes_told"], share="told_share"),
    DecisionOutcome(BY_NAME["homicides"], ceiling="homicides"),
    *(
        DecisionOutcome(BY_NAME[name], harm=True, ceiling=name, for_100_000=True)
        for name in ("wrongful_detentions", "women_without_remedy", "refused")
    ),
)
TRUST = OUTCOMES[0]
SMALLEST_COSTS = {
    **{"training_days": 1.0, "litres": 20.0, "hours_patrol": 20.0},
    **{"visits_foot": 20.0, "calls_unserved": 2.0, "meetings": 0.5},
}
"""Amounts per month below which a cost is not reported."""
COST_MEASURES = tuple(one for one in COSTS if one.name in SMALLEST_COSTS)
"""Costs of measures, in countable units."""
SHARE_HEADLINES = tuple(BY_NAME[one.share] for one in OUTCOMES if one.share)
COLUMNS_NEEDED = frozenset({"residents", "protocols_offered", "protocols_agreed"}).union(
    criteria_columns(),
    *(one.read.columns for one in (*(outcome.headline for outcome in OUTCOMES), *SHARE_HEADLINES, *COST_MEASURES)),
)
"""Monthly measures kept of a world; the model has ten times as many."""


@dataclass(frozen=True)
class PairedOutcome:
    """An outcome in both worlds of each pair, averaged over pairs.

    ``signs`` are the signs of the effect by pair, ``a`` and ``b`` the mean monthly values of both worlds; ``low`` and
    ``high`` add the extreme differences of single pairs to ``a``. ``laws`` is its row over other laws of trust,
    ``draws`` its row over draws of the assumed parameters; None if not computed.
    """

    outcome: DecisionOutcome
    effect: Effect
    signs: tuple[int, ...]
    a: np.ndarray
    b: np.ndarray
    low: np.ndarray
    high: np.ndarray
    laws: Any = None
    draws: Any = None

    @property
    def verdict(self) -> str:
        """Verdict of the paired runs, qualified by draws and by other laws of trust; `rare` for few homicides."""
        if are_too_few(self.outcome.name, self.effect.base):
            return "rare"
        return verdict_of(self.effect, self.under_laws, self.draws)

    @property
    def under_laws(self) -> str | None:
        """Result under other laws of trust (`sign_over_laws`); open if all give the opposite sign of these pairs."""
        sign = sign_over_laws(self.laws)
        opposite = "down" if self.effect.effect > 0.0 else "up"
        return "open" if sign == "known" and self.laws[opposite] else sign

    @property
    def withheld(self) -> bool:
        """True if draws or other laws of trust overrule the verdict of the paired runs, or reverse its sign."""
        if self.verdict in ("assumed", "rare"):
            return self.verdict == "assumed"
        return self.under_laws == "turns" or (self.under_laws == "open" and direction(judge(self.effect)) != 0)

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


def paired_outcome(
    outcome: DecisionOutcome, twins: Sequence[Twins], laws: Any = None, draws: Any = None
) -> PairedOutcome:
    """Return an outcome of paired worlds."""
    a, b = (np.array([outcome.months(pair[side]) for pair in twins]) for side in (0, 1))
    base = a.mean(axis=0)
    low, high = base + (b - a).min(axis=0), base + (b - a).max(axis=0)
    each = [effect_on(outcome.headline, [pair]) for pair in twins]
    signs = tuple(one.rose - one.fell for one in each)
    effect = effect_on(outcome.headline, twins)
    return PairedOutcome(outcome, effect, signs, base, b.mean(axis=0), low, high, laws, draws)


def all_outcome_effects(
    twins: Sequence[Twins], laws: Callable[[DecisionOutcome], Any], draws: Mapping[str, Any]
) -> tuple[PairedOutcome, ...]:
    """Return all outcomes of paired worlds, with p-values corrected together (Holm)."""
    every = [paired_outcome(one, twins, laws(one), draws.get(one.name)) for one in OUTCOMES]
    effects = corrected_together([one.effect for one in every], holm)
    return tuple(replace(one, effect=effect) for one, effect in zip(every, effects, strict=True))


def mean_months(outcome: DecisionOutcome, results: Sequence[WorldResult]) -> np.ndarray:
    """Return the monthly values of an outcome, averaged over worlds."""
    return np.array([outcome.months(result) for result in results]).mean(axis=0)


def shares_with_changed_trust(twins: Sequence[Twins]) -> tuple[float, float]:
    """Return the percentages of residents whose trust rises and falls by more than a point, averaged over pairs."""
    more, less = [], []
    for a, b in twins:
        n = min(len(a.people), len(b.people))
        difference = b.people[:n] - a.people[:n]
        difference = difference[~np.isnan(difference)]
        more.append(100.0 * float((difference > NOTABLE_DIFFERENCE).mean()))
        less.append(100.0 * float((difference < -NOTABLE_DIFFERENCE).mean()))
    return float(np.mean(more)), float(np.mean(less))


def trust_difference_by_cell(twins: Sequence[Twins]) -> np.ndarray:
    """Return the difference of trust (points of 100) by month and cell, averaged over pairs; nan where nobody lives."""
    return 100.0 * np.mean([b.cells - a.cells for a, b in twins], axis=0, dtype=float)


def shares_of_hundred(outcome: DecisionOutcome, twins: Sequence[Twins]) -> tuple[float, float]:
    """Return an outcome in per cent in both worlds; nan if it has no share."""
    if not outcome.share:
        return math.nan, math.nan
    effect = effect_on(BY_NAME[outcome.share], twins)
    return effect.base, effect.arm
