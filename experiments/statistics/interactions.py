"""Estimate main effects and interactions of two and three changes: factorial contrasts between twins.

The main effect of a change is the mean, over all combinations of the other changes, of the world with it less its twin
without it.  The interaction of two changes is the difference in the effect of one due to the other; that of three, the
difference in this interaction due to the third.  None is halved: each is in the unit of its measure.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.statistics.contrasts import MOST_LEVELS, POLICY, SCENARIO, SEED
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.statistics.verdicts import corrected, direction, judge
from experiments.words.dictionary import POLICY_PREFIX

MAX_ORDER = 3
TIMES_SIGN = " × "
EFFECT_FIELDS = ("error", "low", "high", "p", "adjusted", "delta", "floor", "smallest", "n", "rose", "fell", "same")


@dataclass(frozen=True)
class Change:
    """Change of a factor from its first level to another one."""

    factor: str
    level: Any
    against: Any

    @property
    def name(self) -> str:
        """Name of the change in tables.

        >>> Change("policy.mopsic_full", True, False).name, Change("trust.harm", 0.5, 0.1).name
        ('mopsic_full', 'trust.harm=0.5')
        """
        if self.factor.startswith(POLICY_PREFIX):
            return self.factor.removeprefix(POLICY_PREFIX)
        return f"{self.factor}={self.level:g}" if isinstance(self.level, float) else f"{self.factor}={self.level}"


def factors_of(runs: pd.DataFrame, varied: Sequence[str]) -> list[str]:
    """Return the columns of the factors with several levels: policies (with or without) and parameters."""
    policies = [name for name in map(str, runs.columns) if name.startswith(POLICY_PREFIX)]
    return [name for name in (*policies, *varied) if name not in (SCENARIO, POLICY) and runs[name].nunique() > 1]


def changes_of(runs: pd.DataFrame, factors: Sequence[str]) -> list[Change]:
    """Return the changes to every level of the factors that have at most `MOST_LEVELS`."""
    levels = {name: list(runs[name].unique()) for name in factors if runs[name].nunique() <= MOST_LEVELS}
    return [Change(name, level, first) for name, (first, *others) in levels.items() for level in others]


def sets_of_changes(runs: pd.DataFrame, factors: Sequence[str]) -> Iterator[tuple[Change, ...]]:
    """Yield every set of one to three changes of different factors."""
    for order in range(1, MAX_ORDER + 1):
        for changes in itertools.combinations(changes_of(runs, factors), order):
            if len({one.factor for one in changes}) == order:
                yield changes


def interactions(runs: pd.DataFrame, varied: Sequence[str], scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Return a row for every scenario, set of one to three changes and measure that has a scale, with its verdict.

    P-values are corrected among all rows with as many changes (decisions/0027). ``status_quo`` is the mean of the runs
    in which every factor has its first level.
    """
    rows = [
        row
        for scenario, scenario_runs in runs.groupby(SCENARIO, sort=False)
        for row in scenario_rows(scenario_runs, str(scenario), factors_of(scenario_runs, varied), scales)
    ]
    if not rows:
        return pd.DataFrame()
    table = corrected(pd.DataFrame(rows), ["order"])
    verdicts = [judge(row) for row in table.rename(columns={"estimate": "effect"}).itertuples()]
    return table.assign(verdict=verdicts, settled=[direction(one) != 0 for one in verdicts])


def scenario_rows(
    runs: pd.DataFrame, scenario: str, factors: Sequence[str], scales: Mapping[str, Scale]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one scenario."""
    first = runs[(runs[list(factors)] == runs[list(factors)].iloc[0]).all(axis=1)]
    for changes in sets_of_changes(runs, factors):
        where = {"scenario": scenario, "order": len(changes), "change": TIMES_SIGN.join(one.name for one in changes)}
        for row in contrast_rows(runs, factors, changes, scales):
            yield where | row | {"status_quo": float(first[row["measure"]].mean())}


def contrast_rows(
    runs: pd.DataFrame, factors: Sequence[str], changes: Sequence[Change], scales: Mapping[str, Scale]
) -> Iterator[dict[str, Any]]:
    """Yield the contrast of some changes in every measure that has otherwise equal worlds with and without them."""
    less, more = sides_of(runs, changes, factors, list(scales))
    others = less.index.names[1:]
    both = less.notna() & more.notna()
    for measure, scale in scales.items():
        known = both.index[both[measure]]
        by_seed = [side.loc[known, measure].groupby(level=SEED).mean() for side in (less, more)]
        effect = paired(*(list(side) for side in by_seed), scale=scale)
        if effect.n:
            worlds = len(known.to_frame()[others].drop_duplicates()) if others else 1
            kept = {name: getattr(effect, name) for name in EFFECT_FIELDS}
            yield {"measure": measure, "estimate": effect.effect, "combinations": worlds} | kept


def sides_of(
    runs: pd.DataFrame, changes: Sequence[Change], factors: Sequence[str], measures: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the two sums whose difference is the contrast, a row for each seed and combination of other factors."""
    changed = [one.factor for one in changes]
    alike = [SEED, *(name for name in factors if name not in changed)]
    sums: dict[bool, Any] = {}
    for present in itertools.product((False, True), repeat=len(changes)):
        corner = runs
        for one, is_made in zip(changes, present, strict=True):
            corner = corner[corner[one.factor] == (one.level if is_made else one.against)]
        values = corner.groupby(alike)[list(measures)].mean()
        positive = present.count(False) % 2 == 0
        sums[positive] = sums[positive] + values if positive in sums else values
    less, more = sums[False], sums[True]
    index = less.index.intersection(more.index)
    return less.loc[index], more.loc[index]
