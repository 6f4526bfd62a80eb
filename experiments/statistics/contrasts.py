"""Estimate the effects of a sweep's factors: differences between twins that are equal in all other factors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.statistics.paired_effects import Effect, paired
from experiments.statistics.thresholds import Scale

SCENARIO, POLICY, SEED = "scenario", "policy", "seed"
INTERACTION = "together, beyond the sum"
MOST_LEVELS = 12


@dataclass(frozen=True)
class Contrast:
    """Effect of one level of a factor against its first, in one scenario, with all other factors equal."""

    scenario: str
    factor: str
    level: object
    against: object
    effect: Effect


def contrasts(runs: pd.DataFrame, factors: Sequence[str], measure: str, scale: Scale) -> Iterator[Contrast]:
    """Yield the effects of all levels of all factors on a measure, then the interactions of two policies."""
    for _, scenario_runs in runs.groupby(SCENARIO, sort=False):
        for factor in factors:
            if factor != SCENARIO and scenario_runs[factor].nunique() <= MOST_LEVELS:
                yield from factor_contrasts(scenario_runs, factors, factor, measure, scale)
        if POLICY in factors:
            yield from policy_interactions(scenario_runs, factors, measure, scale)


def factor_contrasts(
    runs: pd.DataFrame, factors: Sequence[str], factor: str, measure: str, scale: Scale
) -> Iterator[Contrast]:
    """Yield the effects of the levels of one factor against the first, in one scenario."""
    scenario = str(runs[SCENARIO].iloc[0])
    wide = levels_by_seed(runs, factors, factor, measure)
    first, *others = runs[factor].unique()
    for level in others:
        effect = effect_between(wide, [first], [level], scale)
        if effect and effect.n:
            yield Contrast(scenario, factor, level, first, effect)


def levels_by_seed(runs: pd.DataFrame, factors: Sequence[str], factor: str, measure: str) -> pd.DataFrame:
    """Return a measure with a column for each level, and a row for each seed and combination of other factors."""
    others = [name for name in factors if name not in (factor, SCENARIO)]
    return runs.pivot_table(index=[SEED, *others], columns=factor, values=measure, observed=True)


def effect_between(wide: pd.DataFrame, less: Sequence[object], more: Sequence[object], scale: Scale) -> Effect | None:
    """Return the effect between two sums of levels, over rows in which all are known; None if a level was never run."""
    if not {*less, *more} <= set(wide):
        return None
    known = wide[[*less, *more]].dropna()
    sides = (list(known[[*levels]].sum(axis=1).groupby(SEED).mean()) for levels in (less, more))
    return paired(*sides, scale=scale)


def parts_of(policy: str, first: str) -> frozenset[str]:
    """Return the policies in a combination; the first one of the study counts as none.

    >>> sorted(parts_of("a+b", "status_quo")), parts_of("status_quo", "status_quo")
    (['a', 'b'], frozenset())
    """
    return frozenset() if policy == first else frozenset(policy.split("+"))


def policy_interactions(runs: pd.DataFrame, factors: Sequence[str], measure: str, scale: Scale) -> Iterator[Contrast]:
    """Yield the interactions of pairs of policies in one scenario: joint effect less the single effects."""
    scenario = str(runs[SCENARIO].iloc[0])
    wide = levels_by_seed(runs, factors, POLICY, measure)
    first = runs[POLICY].iloc[0]
    named = {parts_of(name, first): name for name in runs[POLICY].unique()}
    for parts, both in named.items():
        if len(parts) != 2:
            continue
        alone = [named.get(frozenset([name])) for name in sorted(parts)]
        effect = effect_between(wide, alone, [both, first], scale)
        if effect and effect.n:
            yield Contrast(scenario, INTERACTION, both, first, effect)


@dataclass(frozen=True)
class Grid:
    """Effects by two factors, their standard errors, and whether each interval excludes zero (1) or not (0)."""

    effect: pd.DataFrame
    error: pd.DataFrame
    settled: pd.DataFrame


def grid_of(cells: Mapping[tuple[Any, Any], Effect]) -> Grid:
    """Return effects, by row and column, as a grid."""
    rows = [(y, x, one.effect, one.error, float(one.settled)) for (y, x), one in cells.items()]
    table = pd.DataFrame(rows, columns=["y", "x", "effect", "error", "settled"])
    return Grid(*(table.pivot(index="y", columns="x", values=name) for name in ("effect", "error", "settled")))


def grid_effects(
    runs: pd.DataFrame, grids: Sequence[str], pair: tuple[str, str], policy: str, measure: str, scale: Scale
) -> Grid:
    """Return the effect of a policy against the first at every pair of levels of two factors (rows, columns)."""
    first = runs[POLICY].iloc[0]
    cells = {}
    for (y, x), cell_runs in runs.groupby(list(pair)):
        wide = levels_by_seed(cell_runs, [*grids, POLICY], POLICY, measure)
        if effect := effect_between(wide, [first], [policy], scale):
            cells[y, x] = effect
    return grid_of(cells)
