"""Compute yearly values from monthly measures: sums, shares of sums and means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Expression:
    """Rule that computes one number from monthly columns.

    It is the mean of a column over all months (``mean``) or the last twelve (``recent``), its value in the last month
    (``last``), or the sum of columns over a year. ``per`` or ``per_mean`` divide the sum by the sum or mean of others.
    """

    mean: str = ""
    recent: str = ""
    last: str = ""
    sum: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    per_mean: str = ""
    scale: float = 1.0

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "Expression":
        """Return the rule in an entry of a TOML file."""
        fields: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in entry.items()}
        return cls(**fields)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the rule reads."""
        return tuple(name for name in (self.mean, self.recent, self.last, *self.sum, *self.per, self.per_mean) if name)

    @property
    def is_count(self) -> bool:
        """True if it counts events of the whole municipality."""
        return bool(self.sum) and not self.per and not self.per_mean

    def of(self, months: pd.DataFrame) -> float:
        """Return the number for these months of one run; counts are scaled to a year."""
        if self.mean:
            return self.scale * float(months[self.mean].mean())
        if self.recent:
            return self.scale * float(months[self.recent].tail(MONTHS).mean())
        if self.last:
            return self.scale * float(months[self.last].iloc[-1])
        if self.per:
            numerator, denominator = self.ratio(months)
            return numerator / denominator if denominator else float("nan")
        yearly = float(months[list(self.sum)].to_numpy().sum()) * MONTHS / len(months)
        return self.scale * (yearly / float(months[self.per_mean].mean()) if self.per_mean else yearly)

    def ratio(self, months: pd.DataFrame) -> tuple[float, float]:
        """Return numerator and denominator of a share for these months of one run."""
        numerator, denominator = (float(months[list(some)].to_numpy().sum()) for some in (self.sum, self.per))
        return self.scale * numerator, denominator


def years_of(run: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the full years (twelve months each) of one run; if there is none, its months as they are."""
    ordered = run.sort_values("month")
    full = [ordered.iloc[k : k + MONTHS] for k in range(0, len(ordered) - MONTHS + 1, MONTHS)]
    return full or [ordered]


def runs_in_seed_order(measures: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the months of every run, in order of seeds."""
    return [run for _, run in measures.groupby("seed", sort=True)]


def yearly_values(expression: Expression, runs: Sequence[pd.DataFrame], year: int) -> list[float]:
    """Return the number in one year (0 the first, -1 the last) of every run."""
    return [expression.of(years_of(run)[year]) for run in runs]
