"""Patterns of the evidence: test statements on levels, contrasts, trends and effects in runs.

A model's forecast of a pattern is the share of its runs in which the pattern holds. It is compared with an uninformed
forecast: a uniform distribution over the scale, or 0.5 for a direction.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from experiments.statistics.annual_aggregation import Expression
from experiments.statistics.forecast_scores import WANTED_SHARE, brier_score, does_hold, skill_score
from experiments.validation.experiment import SITES
from experiments.validation.paper_statements import FIELDWORK, scores_of_window, shares
from experiments.validation.targets import Role
from experiments.words.toml_files import toml_beside

ENTRIES: dict[str, Any] = toml_beside(__file__)
NOT_TESTED: dict[str, str] = ENTRIES["not_tested"]
"""Reason why a row of the evidence is not tested, by its id."""
UNCHANGED, HISTORY = "as it is", "history"
EVEN_CHANCE = 0.5
SHARED_FIELDS = ("id", "site", "role", "says", "chance", "share", "low", "high")
"""Attributes that a pattern and its score have in common."""
type Runs = Mapping[tuple[str, str, int], pd.DataFrame]
"""Monthly columns by site, world and seed."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A statement that holds in a run or not; `patterns.toml` describes its fields."""

    id: str
    says: str
    role: Role
    site: str
    value: Expression
    world: str = UNCHANGED
    window: str = "fieldwork"
    against: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    by: Literal["difference", "ratio"] = "difference"
    beyond: str = ""
    above: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    scale: tuple[float, float] | None = None
    share: float = WANTED_SHARE
    pooled: bool = False

    @property
    def chance(self) -> float:
        """Probability that it holds under the uninformed forecast."""
        if self.above:
            return 1.0 / (1.0 + len(self.above))
        if self.scale is None:
            return EVEN_CHANCE
        low, high = self.scale
        return (min(self.high, high) - max(self.low, low)) / (high - low)

    def holds(self, number: float) -> bool:
        """Return whether it holds for a number; False for NaN."""
        return self.low < number < self.high

    def numbers(self, runs: Runs) -> np.ndarray:
        """Return its number in each run, or over all runs together if ``pooled``."""
        seeds = sorted(months_by_seed(runs, self.site, self.world))
        batches = [seeds] if self.pooled else [[seed] for seed in seeds]
        return np.array([self.number(runs, batch) for batch in batches], float)

    def number(self, runs: Runs, seeds: Sequence[int]) -> float:
        """Return its number over some runs together."""
        if self.above:
            others = (dataclasses.replace(self, value=Expression(sum=(name,))) for name in self.above)
            return self.side(runs, seeds) - max(other.side(runs, seeds) for other in others)
        if not self.against:
            return self.side(runs, seeds)
        contrast = self.contrast(runs, seeds)
        return contrast - dataclasses.replace(self, site=self.beyond).contrast(runs, seeds) if self.beyond else contrast

    def contrast(self, runs: Runs, seeds: Sequence[int]) -> float:
        """Return the difference or ratio between its own side and that of ``against``."""
        value, reference = (pattern.side(runs, seeds) for pattern in (self, dataclasses.replace(self, **self.against)))
        if self.by == "difference":
            return value - reference
        return value / reference if reference else math.copysign(math.inf, value) if value else math.nan

    def side(self, runs: Runs, seeds: Sequence[int]) -> float:
        """Return its value at its site, world and window over the months of some runs; NaN without months."""
        months = pd.concat([in_window(runs[self.site, self.world, seed], self.window) for seed in seeds])
        return self.value.of(months) if len(months) else math.nan


@dataclass(frozen=True, kw_only=True)
class PatternScore:
    """Score of a pattern, or of a criterion of the paper, and of the uninformed forecast.

    ``model`` is the mean of its numbers over runs, ``holding`` the share of runs in which it holds, ``share`` the
    required share, ``chance`` the share under the uninformed forecast.
    """

    id: str
    site: str
    role: Role
    says: str
    holding: float
    chance: float
    share: float = WANTED_SHARE
    low: float = -math.inf
    high: float = math.inf
    model: float = math.nan

    @property
    def failed(self) -> bool:
        """True if it holds in too few runs."""
        return not does_hold(self.holding, self.share)

    @property
    def trivial_failed(self) -> bool:
        """True if the uninformed forecast expects it in too few runs."""
        return not does_hold(self.chance, self.share)

    @property
    def skill(self) -> float:
        """Skill score: 1 if it holds in all runs, 0 if the uninformed forecast is as good."""
        return skill_score(brier_score(self.holding), brier_score(self.chance))


def patterns() -> Iterator[Pattern]:
    """Yield every pattern at each site that it names."""
    for entry in ENTRIES["pattern"]:
        row: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
        row["value"] = Expression.read(row["value"])
        if "value" in (against := dict(row.get("against", {}))):
            against["value"] = Expression.read(against["value"])
        for site in row.pop("sites", SITES):
            yield Pattern(**{**row, "against": against, "site": site})


def months_by_seed(runs: Runs, site: str, world: str) -> dict[int, pd.DataFrame]:
    """Return the months of every run of a site and world by seed."""
    return {seed: months for (*place, seed), months in runs.items() if place == [site, world]}


def in_window(months: pd.DataFrame, window: str) -> pd.DataFrame:
    """Return the months of a window, in order."""
    ordered = months.sort_values("month")
    when = pd.to_datetime(ordered["month"])
    if window == "run":
        return ordered
    return ordered[when.between(*FIELDWORK) if window == "fieldwork" else when.dt.year == int(window)]


def pattern_scores(runs: Runs) -> Iterator[PatternScore]:
    """Yield the score of every pattern, then of every criterion of the paper."""
    for pattern in patterns():
        numbers = pattern.numbers(runs)
        known = numbers[np.isfinite(numbers)]
        yield PatternScore(
            **{name: getattr(pattern, name) for name in SHARED_FIELDS},
            holding=float(np.mean([pattern.holds(number) for number in numbers])) if len(numbers) else 0.0,
            model=float(known.mean()) if len(known) else math.nan,
        )
    yield from criteria_scores(runs)


def criteria_scores(runs: Runs) -> Iterator[PatternScore]:
    """Yield the score of every statement of the paper about its criteria, in the months of the field work."""
    scores = []
    for site in SITES:
        runs_of_site = months_by_seed(runs, site, UNCHANGED).items()
        months = pd.concat([months.assign(seed=seed) for seed, months in runs_of_site])
        scores.append(scores_of_window(months))
    holding = shares(*scores)
    for row in ENTRIES["criterion"]:
        yield PatternScore(**row, site="both", role="held out", holding=holding[row["id"]])
