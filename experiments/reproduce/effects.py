"""Effects of packages and of heavy hand over seeds, towns, parameter draws and accounts; each block is one pair."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from experiments.comparison.headline_measures import BY_NAME
from experiments.reproduce.design import DRAWS, LONG
from experiments.reproduce.plan import HEAVY_HAND, POINT, ReproducePlan
from experiments.reproduce.runs import SIDES, differences, rows_in
from experiments.statistics.paired_effects import Value, paired
from experiments.statistics.thresholds import Scale, are_too_few
from experiments.statistics.verdicts import corrected, judge

BAND = 0.05, 0.95
"""Quantiles of the band that contains nine in ten pairs."""
COLUMNS = (
    *("site", "arm", "account", "years", "measure", "n", "base", "arm_mean", "effect", "low", "high"),
    *("band_low", "band_high", "share_up", "delta", "p", "adjusted", "verdict"),
)
ALL = "all"
"""Value of the column `account` for effects over all accounts with equal weights."""
REMEDY = ("domestic_without_remedy", "women_without_remedy", "men_without_remedy", "refused")
COSTS = (
    *("trust_mean", "fairness_mean", "fear_mean", "detentions", "wrongful_detentions", "homicides", "extortions"),
    *("crimes_occurred", "complaints_filed", "refused", "domestic_without_remedy"),
)
CRITERIA = ("c1", "c2", "c3", "c4")


def sides_of(pairs: pd.DataFrame) -> tuple[list[Value], list[Value]]:
    """Return the values of both sides of some pairs: numbers, or numerators with denominators."""
    sides = (zip(pairs[top], pairs[per], strict=True) for top, per in SIDES)
    base, arm = ([value if per == 1.0 else (value, per) for value, per in side] for side in sides)
    return base, arm


def effect_row(pairs: pd.DataFrame, measure: str, years: int) -> dict[str, Any]:
    """Return the effect in some pairs of one measure: mean, interval, and the band of nine in ten pairs."""
    base, arm = sides_of(pairs)
    found = paired(base, arm, scale=BY_NAME[measure].scale(float(years)))
    each = differences(pairs).dropna()
    low, high = each.quantile(list(BAND)) if len(each) else (float("nan"),) * 2
    return {
        "measure": measure, "n": found.n, "base": found.base, "arm_mean": found.arm, "effect": found.effect,
        "low": found.low, "high": found.high, "band_low": low, "band_high": high,
        "share_up": float((each > 0.0).mean()) if len(each) else float("nan"),
        "delta": found.delta, "p": found.p, "adjusted": found.adjusted,
    }  # fmt: skip


def scale_at(pairs: pd.DataFrame, measure: str, years: int) -> Scale:
    """Return the scale for differences between effects; its delta is that at the mean level of the measure."""
    own = pairs[(pairs["measure"] == measure) & (pairs["years"] == years)]
    scale = BY_NAME[measure].scale(float(years))
    return replace(scale, delta=scale.threshold(*(float((own[top] / own[per]).mean()) for top, per in SIDES)).delta)


def with_verdicts(table: pd.DataFrame, families: Sequence[str]) -> pd.DataFrame:
    """Return a table of effects with p-values corrected within each family (decisions/0027), and verdicts.

    The verdict is "rare" where there are too few homicides for a statement on a policy.
    """
    if table.empty:
        return table.assign(verdict=[])
    table = corrected(table, families)
    return table.assign(verdict=[verdict_on(row) for row in rows_in(table)])


def verdict_on(row: Any) -> str:
    """Return the verdict on a row of a table; tables of differences between effects have no base."""
    return "rare" if are_too_few(row.measure, getattr(row, "base", math.nan)) else judge(row)


def main_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of kinds `DRAWS` and `LONG`, which represent all accounts equally.

    Pairs of the loop repeat draws under few accounts; those of the checks are reserved to test emulators.
    """
    return pairs[pairs["kind"].isin([DRAWS, LONG])]


def effects_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for every site, arm, horizon and measure, over all accounts."""
    rows = list(effect_rows(main_pairs(pairs), ("site", "arm", "years"), plan.told))
    table = pd.DataFrame([row | {"account": ALL} for row in rows if not row["arm"].startswith(POINT)])
    return with_verdicts(table, ["site", "arm", "years"])[list(COLUMNS)]


def accounts_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects of everything, adoption and heavy hand under each account, at the longest common horizon."""
    own = main_pairs(pairs)
    years = own.groupby("kind")["years"].max().min()
    own = own[(own["years"] == years) & own["arm"].isin(["everything", "adoption", HEAVY_HAND])]
    rows = list(effect_rows(own, ("site", "arm", "account", "years"), plan.emulated))
    return with_verdicts(pd.DataFrame(rows), ["site", "arm", "years"])[list(COLUMNS)]


def effect_rows(pairs: pd.DataFrame, keys: tuple[str, ...], measures: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the effects of every group of pairs."""
    groups: Any = pairs[pairs["measure"].isin(measures)].groupby([*keys, "measure"], sort=False)
    for names, own in groups:
        where = dict(zip(keys, names, strict=False))
        yield where | effect_row(own, names[-1], int(own["years"].iloc[0]))


def together_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the interaction of the factors: effect of all together less the sum of single effects, paired by block.

    ``sum`` is the sum of the effects of the factors alone, ``effect`` the effect of everything less this sum.
    """
    own = pairs[(pairs["kind"] == DRAWS) & pairs["measure"].isin(plan.emulated)]
    own = own.assign(effect=differences(own))
    rows = []
    groups: Any = own.groupby(["site", "years", "measure"], sort=False)
    for (site, years, measure), some in groups:
        wide = some.pivot_table("effect", ["draw", "account"], "arm")
        wide = wide.reindex(columns=list(plan.packages)).dropna()
        everything, *alone = plan.packages
        base, arm = wide[alone].sum(axis=1), wide[everything]
        found = paired(list(base), list(arm), scale=scale_at(some, measure, years))
        rows.append(
            {
                "site": site, "years": years, "measure": measure, "n": found.n, "sum": found.base,
                "everything": found.arm, "effect": found.effect, "low": found.low, "high": found.high,
                "delta": found.delta, "p": found.p, "adjusted": found.adjusted,
            }
        )  # fmt: skip
    return with_verdicts(pd.DataFrame(rows), ["site", "years"])


def complaints_and_crime(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects on crimes and on complaints in every pair, by site, arm and horizon."""
    own = main_pairs(pairs)
    own = own[own["measure"].isin(["crimes_occurred", "complaints_filed"]) & ~own["arm"].str.startswith(POINT)]
    keys = ["site", "arm", "years", "draw", "account"]
    wide = own.assign(effect=differences(own)).pivot_table("effect", keys, "measure", sort=False)
    return wide.dropna().reset_index()


def paradox_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the share of pairs in which complaints rise although crime falls, by site, arm and horizon.

    ``other`` is the share in which complaints fall although crime rises, ``n`` the number of pairs.
    """
    wide = complaints_and_crime(pairs)
    signs = wide.assign(
        paradox=(wide["crimes_occurred"] < 0.0) & (wide["complaints_filed"] > 0.0),
        other=(wide["crimes_occurred"] > 0.0) & (wide["complaints_filed"] < 0.0),
    )
    by_arm = signs.groupby(["site", "arm", "years"], sort=False)[["paradox", "other"]]
    return by_arm.mean().assign(n=by_arm.size()).reset_index()
