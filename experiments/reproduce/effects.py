"""Effects of packages and of heavy hand over seeds, towns, parameter draws and accounts; each block is one pair."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from experiments.reproduce.design import DRAWS, LONG, SETTING_PREFIX
from experiments.reproduce.plan import ADOPTION, EVERYTHING, HEAVY_HAND, MEASURES, PARTS, ReproducePlan
from experiments.reproduce.runs import SIDE_COLUMNS, differences, rows_in, with_effects
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.thresholds import Scale, are_too_few
from experiments.statistics.verdicts import corrected, judge

BAND_QUANTILES = 0.05, 0.95
"""Quantiles of the band that contains nine in ten pairs."""
SURE, SOME, NEARLY_NONE = 0.9, 0.1, 0.05
"""Shares of worlds: nine in ten, one in ten, one in twenty."""
COLUMNS = (
    *("site", "arm", "account", "years", "measure", "n", "base", "arm_mean", "effect", "low", "high"),
    *("band_low", "band_high", "up", "nothing", "down", "word", "delta", "p", "adjusted", "verdict"),
)
ALL_ACCOUNTS = "all"
"""Value of the column `account` for effects over all accounts with equal weights."""
REMEDY_MEASURES = ("domestic_without_remedy", "women_without_remedy", "men_without_remedy", "refused")
HEAVY_HAND_MEASURES = (
    *("trust_mean", "fairness_mean", "fear_mean", "detentions", "wrongful_detentions", "homicides", "extortions"),
    *("crimes_occurred", "complaints_filed", "refused", "domestic_without_remedy"),
)
CRITERIA = ("c1", "c2", "c3", "c4")


def sides_of(pairs: pd.DataFrame) -> tuple[list[Value], list[Value]]:
    """Return the values of both sides of some pairs: numbers, or numerators with denominators."""
    sides = (zip(pairs[top], pairs[per], strict=True) for top, per in SIDE_COLUMNS)
    base, arm = ([value if per == 1.0 else (value, per) for value, per in side] for side in sides)
    return base, arm


def effect_row(pairs: pd.DataFrame, measure: str, years: int) -> dict[str, Any]:
    """Return the effect in some pairs of one measure: mean, interval, and the band of nine in ten pairs."""
    base, arm = sides_of(pairs)
    estimate = paired(base, arm, scale=MEASURES[measure].scale(float(years)))
    effects = differences(pairs).dropna()
    low, high = effects.quantile(list(BAND_QUANTILES)) if len(effects) else (float("nan"),) * 2
    shares = chances(effects, estimate.delta)
    return {
        "measure": measure, "n": estimate.n, "base": estimate.base, "arm_mean": estimate.arm, "effect": estimate.effect,
        "low": estimate.low, "high": estimate.high, "band_low": low, "band_high": high,
        **shares, "word": word_of(**shares), "delta": estimate.delta, "p": estimate.p, "adjusted": estimate.adjusted,
    }  # fmt: skip


def chances(effects: pd.Series, delta: float) -> dict[str, float]:
    """Return the shares of worlds in which an effect is at least delta upwards, less than it matters, and downwards.

    >>> chances(pd.Series([-1.0, 0.2, 0.5, 2.0]), 0.5)
    {'up': 0.5, 'nothing': 0.25, 'down': 0.25}
    """
    if effects.empty or math.isnan(delta):
        return dict.fromkeys(("up", "nothing", "down"), math.nan)
    up, down = float((effects >= delta).mean()), float((effects <= -delta).mean())
    return {"up": up, "nothing": float((effects.abs() < delta).mean()), "down": down}


def word_of(up: float, nothing: float, down: float) -> str:
    """Return the word for the shares of worlds in which an effect goes up, is practically nothing, and goes down.

    >>> word_of(0.95, 0.05, 0.0), word_of(0.4, 0.6, 0.0), word_of(0.2, 0.6, 0.2)
    ('rises', 'rises_or_nothing', 'unknown')
    """
    shares = {"rises": up, "nothing": nothing, "falls": down}
    for word, share in shares.items():
        if share >= SURE:
            return word
    if up >= SOME and down < NEARLY_NONE:
        return "rises_or_nothing"
    return "falls_or_nothing" if down >= SOME and up < NEARLY_NONE else "unknown"


def estimate_columns(estimate: Effect, base: str, arm: str) -> dict[str, Any]:
    """Return an estimate as columns of a table; ``base`` and ``arm`` are the names of the columns of both means."""
    return {
        "n": estimate.n, base: estimate.base, arm: estimate.arm, "effect": estimate.effect,
        "low": estimate.low, "high": estimate.high, "delta": estimate.delta,
        "p": estimate.p, "adjusted": estimate.adjusted,
    }  # fmt: skip


def scale_at(pairs: pd.DataFrame, measure: str, years: int) -> Scale:
    """Return the scale for differences between effects; its delta is that at the mean level of the measure."""
    selected = pairs[(pairs["measure"] == measure) & (pairs["years"] == years)]
    scale = MEASURES[measure].scale(float(years))
    return replace(
        scale,
        delta=scale.threshold(*(float((selected[top] / selected[per]).mean()) for top, per in SIDE_COLUMNS)).delta,
    )


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


def of_packages(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of packages, without those of steps of the levers."""
    return pairs[~pairs["arm"].str.startswith(SETTING_PREFIX)]


def effects_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for every site, package, horizon and measure, over all accounts."""
    rows = list(effect_rows(of_packages(pairs), ("site", "arm", "years"), plan.reported))
    table = pd.DataFrame([row | {"account": ALL_ACCOUNTS} for row in rows])
    return with_verdicts(table, ["site", "arm", "years"]).reindex(columns=list(COLUMNS))


def accounts_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects of everything, adoption and heavy hand under each account, at the longest common horizon."""
    compared = main_pairs(pairs)
    years = compared.groupby("kind")["years"].max().min()
    compared = compared[(compared["years"] == years) & compared["arm"].isin([EVERYTHING, ADOPTION, HEAVY_HAND])]
    rows = list(effect_rows(compared, ("site", "arm", "account", "years"), plan.emulated))
    return with_verdicts(pd.DataFrame(rows), ["site", "arm", "years"])[list(COLUMNS)]


def effect_rows(pairs: pd.DataFrame, keys: tuple[str, ...], measures: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the effects of every group of pairs."""
    groups: Any = pairs[pairs["measure"].isin(measures)].groupby([*keys, "measure"], sort=False)
    for names, group in groups:
        key_values = dict(zip(keys, names, strict=False))
        yield key_values | effect_row(group, names[-1], int(group["years"].iloc[0]))


def together_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the interaction of `PARTS`: effect of all together less the sum of single effects, paired by block.

    ``sum`` is the sum of the effects of the parts alone, ``effect`` the effect of everything less this sum.
    """
    emulated = with_effects(main_pairs(pairs[pairs["measure"].isin(plan.emulated)]))
    rows = []
    groups: Any = emulated.groupby(["site", "years", "measure"], sort=False)
    for (site, years, measure), group in groups:
        effects_by_arm = group.pivot_table("effect", ["draw", "account"], "arm")
        effects_by_arm = effects_by_arm.reindex(columns=[*PARTS, EVERYTHING]).dropna()
        base, arm = effects_by_arm[list(PARTS)].sum(axis=1), effects_by_arm[EVERYTHING]
        estimate = paired(list(base), list(arm), scale=scale_at(group, measure, years))
        key_values = {"site": site, "years": years, "measure": measure}
        rows.append(key_values | estimate_columns(estimate, "sum", EVERYTHING))
    return with_verdicts(pd.DataFrame(rows), ["site", "years"])


def complaints_and_crime(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects on crimes and on complaints in every pair, by site, arm and horizon."""
    selected = of_packages(main_pairs(pairs))
    selected = selected[selected["measure"].isin(["crimes_occurred", "complaints_filed"])]
    keys = ["site", "arm", "years", "draw", "account"]
    effects = with_effects(selected).pivot_table("effect", keys, "measure", sort=False)
    return effects.dropna().reset_index()


def paradox_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the share of pairs in which complaints rise although crime falls, by site, arm and horizon.

    ``other`` is the share in which complaints fall although crime rises, ``n`` the number of pairs.
    """
    effects = complaints_and_crime(pairs)
    signs = effects.assign(
        paradox=(effects["crimes_occurred"] < 0.0) & (effects["complaints_filed"] > 0.0),
        other=(effects["crimes_occurred"] > 0.0) & (effects["complaints_filed"] < 0.0),
    )
    by_arm = signs.groupby(["site", "arm", "years"], sort=False)[["paradox", "other"]]
    return by_arm.mean().assign(n=by_arm.size()).reset_index()
