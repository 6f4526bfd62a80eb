"""Effect size thresholds: the smallest effect that matters for a measure (delta), and the least spread (floor)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from experiments.statistics.annual_aggregation import MONTHS
from experiments.words.toml_files import toml_beside

type Kind = Literal["points", "points_at_end", "criteria", "shares", "minutes", "amounts", "counts"]
HALF_EVENT = 0.5
FEWEST_HOMICIDES = 10.0
"""Homicides a year below which no statement on a policy is made (Totonicapán has about 2.5)."""


def are_too_few(measure: str, base: float) -> bool:
    """Return whether a measure is homicides, with too few a year for any statement on a policy.

    >>> are_too_few("homicides", 2.5), are_too_few("homicides", 59.0), are_too_few("robberies", 2.5)
    (True, False, False)
    """
    return measure == "homicides" and base < FEWEST_HOMICIDES


class Threshold(NamedTuple):
    """Delta and floor, both in the unit of the measure; nan and 0 where no threshold is known."""

    delta: float = math.nan
    floor: float = 0.0


@dataclass(frozen=True)
class ThresholdRule:
    """Entry of `thresholds.toml`: reasons in two languages, and the numbers that determine delta and floor.

    ``delta`` is in the unit of the measure, ``share`` a part of the larger side, ``floor`` a part of delta; ``least``
    is the number a year from which a count is no longer rare.
    """

    en: str
    es: str
    delta: float = 0.0
    share: float = 0.0
    floor: float = 0.25
    least: float = 0.0
    units: Sequence[str] = ()
    measures: Sequence[str] = ()


@cache
def threshold_rules() -> Mapping[str, ThresholdRule]:
    """Return the rules by kind of measure."""
    return {kind: ThresholdRule(**one) for kind, one in toml_beside(__file__).items()}


@dataclass(frozen=True)
class Scale:
    """Scale of a measure: its kind, the factor that makes it a yearly value, and the simulated years.

    ``unit`` is the unit of the rule in that of the measure, 0.01 for points of a measure from 0 to 1. ``delta`` is the
    smallest effect that matters where it was set before the run, in the unit of the measure.
    """

    kind: Kind
    per_year: float = 1.0
    years: float = 1.0
    unit: float = 1.0
    delta: float | None = None

    def threshold(self, base: float, arm: float) -> Threshold:
        """Return delta and floor for two means.

        >>> Scale("points").threshold(40.0, 41.0)
        Threshold(delta=0.5, floor=0.125)
        >>> Scale("counts", years=2.0).threshold(5000.0, 4800.0), Scale("counts", years=2.0).threshold(6.0, 5.0)
        (Threshold(delta=100.0, floor=25.0), Threshold(delta=0.5, floor=0.25))
        """
        rare = self.is_rare(base, arm)
        rule = threshold_rules()["rare" if rare else self.kind]
        delta = self.delta
        if delta is None:
            delta = max(rule.delta * self.unit / self.per_year, rule.share * larger_size(base, arm))
        return Threshold(delta, max(rule.floor * delta, HALF_EVENT / (self.years * self.per_year) if rare else 0.0))

    def is_rare(self, base: float, arm: float) -> bool:
        """Return whether this is a count with so few events a year that random variation dominates."""
        return self.kind == "counts" and larger_size(base, arm) * self.per_year < threshold_rules()["rare"].least


class CriterionThresholds(NamedTuple):
    """Thresholds of the verdicts on the criteria of reform, whose scores go from 0 to 1.

    ``alike`` is the difference between two municipalities up to which they are alike, and beyond which they differ,
    ``close`` a narrower one over draws of anchors and weights; ``weak`` the score below which a criterion is the
    weakest; ``share`` and ``ordered`` the shares of runs in which a difference and an order of criteria must hold. A
    criterion responds to a policy if it rises by ``moved``; it is unchanged if it rises by at most ``still``, or by at
    most so many standard ``errors`` of its mean.
    """

    alike: float = 0.15
    close: float = 0.1
    weak: float = 0.3
    share: float = 0.95
    ordered: float = 0.9
    moved: float = 0.03
    still: float = 0.02
    errors: float = 2.0

    def responds(self, change: float) -> bool:
        """Return whether a change is large enough to be a response to a policy."""
        return change >= self.moved

    def is_unchanged(self, change: float, error: float) -> bool:
        """Return whether a criterion is unchanged: its change is small, within its error, or not known."""
        return math.isnan(change) or change <= max(self.still, self.errors * error)


CRITERION = CriterionThresholds()


def monthly_scale(measure: str, unit: str, delta: float | None = None) -> Scale:
    """Return the scale of a monthly measure's mean over the last twelve months, in the measure's own unit.

    >>> [monthly_scale(name, "0-1").threshold(0.4, 0.4).delta for name in ("trust_mean", "c1")]
    [0.005, 0.05]
    >>> monthly_scale("homicides", "deaths").threshold(4.0, 4.0)
    Threshold(delta=0.2, floor=0.05)
    """
    rules = threshold_rules()
    kinds: Sequence[Any] = [kind for kind, rule in rules.items() if measure in rule.measures]
    kinds = kinds or [kind for kind, rule in rules.items() if unit in rule.units] or ["counts"]
    per_year = MONTHS if kinds[0] == "counts" else 1.0
    return Scale(kinds[0], per_year, unit=0.01 if unit in ("0-1", "share") else 1.0, delta=delta)


def larger_size(base: float, arm: float) -> float:
    """Return the larger of two sizes; 0 where neither is known."""
    return max((abs(value) for value in (base, arm) if not math.isnan(value)), default=0.0)
