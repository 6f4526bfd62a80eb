"""Tell from twins the outcomes that people care about: effects, verdicts by the rule of `compare`, months of both."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_rows import columns_read as criteria_columns
from experiments.comparison.effect_verdicts import laws_say, verdict_of
from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.comparison.practice_effects import COSTS
from experiments.comparison.twin_results import WorldResult
from experiments.execution.twin_runs import NOTABLE
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.thresholds import are_too_few
from experiments.statistics.verdicts import corrected_together, direction, holm, judge

FLOOR = 0.2
"""Points of 100 below which the map shows no difference."""

type Twins = tuple[WorldResult, WorldResult]
"""The world as today and the one with the measures, of one seed."""


@dataclass(frozen=True)
class DecisionOutcome:
    """One thing that people care about: the headline that it is, and how it is told.

    ``worse`` is 1 where more of it is a harm; ``share`` is the headline that says it as so many of a hundred;
    ``ceiling`` is the column of the ceiling in which its ends stand, in points, per cent or ``for_100_000``.
    """

    headline: Headline
    worse: int = 0
    harm: bool = False
    share: str = ""
    ceiling: str = ""
    for_100_000: bool = False

    @property
    def name(self) -> str:
        """Name of its headline."""
        return self.headline.name

    @property
    def level(self) -> bool:
        """True if it is a level of a hundred, and no count."""
        return self.headline.how == "recent"

    @property
    def columns(self) -> list[str]:
        """The measures whose sum it is in a month."""
        read = self.headline.read
        return [read.recent] if self.level else list(read.sum)

    def in_months(self, months: pd.DataFrame) -> np.ndarray:
        """Return it month by month."""
        return (self.headline.read.scale if self.level else 1.0) * months[self.columns].sum(axis=1).to_numpy(float)

    def months(self, result: WorldResult) -> np.ndarray:
        """Return it month by month in one world, which is read once."""
        if self.name not in result.drawn:
            result.drawn[self.name] = self.in_months(result.months)
        return result.drawn[self.name]


OUTCOMES = (
    DecisionOutcome(BY_NAME["trust_mean"], worse=-1, ceiling="trust"),
    DecisionOutcome(BY_NAME["crimes_occurred"], worse=1, ceiling="crimes"),
    DecisionOutcome(BY_NAME["crimes_told"], share="told_share"),
    DecisionOutcome(BY_NAME["homicides"], worse=1, ceiling="homicides"),
    *(
        DecisionOutcome(BY_NAME[name], worse=1, harm=True, ceiling=name, for_100_000=True)
        for name in ("wrongful_detentions", "women_without_remedy", "refused")
    ),
)
TRUST = OUTCOMES[0]
BILL = tuple(one for one in COSTS if one.name in ("training_days", "litres", "hours_patrol", "meetings"))
"""Costs of measures, in units that can be counted."""
SHARES = tuple(BY_NAME[one.share] for one in OUTCOMES if one.share)
MEASURED = frozenset({"residents", "protocols_offered", "protocols_agreed"}).union(
    criteria_columns(),
    *(one.read.columns for one in (*(outcome.headline for outcome in OUTCOMES), *SHARES, *BILL)),
)
"""All that is shown of the months of a world, of which there are ten times as many measures."""


@dataclass(frozen=True)
class PairedOutcome:
    """An outcome in both worlds: effect, signs twin by twin, months of the mean worlds, and the band of differences.

    ``laws`` is what other laws of trust say of it, ``draws`` its row over draws of what is assumed; None where nobody
    has asked.
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
        """Verdict of the twins, as far as it holds over draws and under every law of trust; of few homicides none."""
        if are_too_few(self.outcome.name, self.effect.base):
            return "rare"
        return verdict_of(self.effect, self.under_laws, self.draws)

    @property
    def under_laws(self) -> str | None:
        """Verdict of other laws of trust (`laws_say`); open if all leave the other sign than these twins."""
        said = laws_say(self.laws)
        other = "down" if self.effect.effect > 0.0 else "up"
        return "open" if said == "known" and self.laws[other] else said

    @property
    def withheld(self) -> bool:
        """True if draws or other laws of trust take back what these paired runs say, or turn its sign."""
        if self.verdict in ("assumed", "rare"):
            return self.verdict == "assumed"
        return self.under_laws == "turns" or (self.under_laws == "open" and direction(judge(self.effect)) != 0)

    @property
    def harmful(self) -> bool:
        """True if the outcome surely becomes worse."""
        return direction(self.verdict) == self.outcome.worse != 0

    @property
    def colour(self) -> str:
        """Colour: a harm that grows, a move, or nothing; reports have no good direction."""
        if self.harmful:
            return "harm"
        return "b" if self.verdict in ("rises", "falls") and self.outcome.worse else "null"


def headline_value(headline: Headline, result: WorldResult) -> Value:
    """Return a headline of a world, which is read once."""
    if headline.name not in result.told:
        result.told[headline.name] = headline.value(result.months)
    return result.told[headline.name]


def effect_on(headline: Headline, twins: Sequence[Twins]) -> Effect:
    """Return the effect on a headline between twins."""
    years = len(twins[0][0].months) / MONTHS
    return paired(
        *([headline_value(headline, pair[side]) for pair in twins] for side in (0, 1)), scale=headline.scale(years)
    )


def paired_outcome(
    outcome: DecisionOutcome, twins: Sequence[Twins], laws: Any = None, draws: Any = None
) -> PairedOutcome:
    """Return an outcome as twins tell it; the band is the mean of A with the least and greatest difference."""
    a, b = (np.array([outcome.months(pair[side]) for pair in twins]) for side in (0, 1))
    base = a.mean(axis=0)
    low, high = base + (b - a).min(axis=0), base + (b - a).max(axis=0)
    each = [effect_on(outcome.headline, [pair]) for pair in twins]
    signs = tuple(one.rose - one.fell for one in each)
    effect = effect_on(outcome.headline, twins)
    return PairedOutcome(outcome, effect, signs, base, b.mean(axis=0), low, high, laws, draws)


def all_found(
    twins: Sequence[Twins], laws: Callable[[DecisionOutcome], Any], draws: Mapping[str, Any]
) -> tuple[PairedOutcome, ...]:
    """Return all outcomes as paired runs tell them; p-values are corrected among them (Holm)."""
    every = [paired_outcome(one, twins, laws(one), draws.get(one.name)) for one in OUTCOMES]
    effects = corrected_together([one.effect for one in every], holm)
    return tuple(replace(one, effect=effect) for one, effect in zip(every, effects, strict=True))


def mean_months(outcome: DecisionOutcome, results: Sequence[WorldResult]) -> np.ndarray:
    """Return an outcome month by month in the mean world."""
    return np.array([outcome.months(result) for result in results]).mean(axis=0)


def moved_people(twins: Sequence[Twins]) -> tuple[float, float]:
    """Return of a hundred residents how many trust more by a point at least, and how many less, in the mean twin."""
    more, less = [], []
    for a, b in twins:
        n = min(len(a.people), len(b.people))
        gap = b.people[:n] - a.people[:n]
        gap = gap[~np.isnan(gap)]
        more.append(100.0 * float((gap > NOTABLE).mean()))
        less.append(100.0 * float((gap < -NOTABLE).mean()))
    return float(np.mean(more)), float(np.mean(less))


def by_cell(twins: Sequence[Twins]) -> np.ndarray:
    """Return by how many points trust differs by month and cell, in the mean of twins; nan where nobody lives."""
    return 100.0 * np.mean([b.cells - a.cells for a, b in twins], axis=0, dtype=float)


def shares_of_hundred(outcome: DecisionOutcome, twins: Sequence[Twins]) -> tuple[float, float]:
    """Return what an outcome is of a hundred in both worlds; nan where it is no share."""
    if not outcome.share:
        return math.nan, math.nan
    effect = effect_on(BY_NAME[outcome.share], twins)
    return effect.base, effect.arm
