"""Effects of packages and of heavy hand over seeds, towns, parameter draws and accounts; each block is one pair."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.design import DRAWS, LONG, SETTING_PREFIX
from experiments.reproduce.plan import ADOPTION, EVERYTHING, HEAVY_HAND, MEASURES, PARTS, ReproducePlan
from experiments.reproduce.runs import SIDE_COLUMNS, rows_in, with_effects
from experiments.statistics.over_assumed import Reals, chances, interval_reach, nine_in_ten, weighted_mean
from experiments.statistics.paired_effects import Effect, Value, paired
from experiments.statistics.thresholds import Scale, are_too_few
from experiments.statistics.verdicts import MIN_RUNS, corrected, judge, verdict_over_worlds
from scenarios import accounts

RARE, FEW = "rare", "few"
"""Verdicts where events are too rare, or worlds too few, for shares."""
KEYS = ("site", "arm", "years")
WORLD_COLUMNS = (
    *(*KEYS, "measure", "n", "base", "arm_mean", "effect", "low", "high"),
    *("band_low", "band_high", "up", "nothing", "down", "word", "delta"),
)
EQUAL: Mapping[str, float] = dict.fromkeys(accounts.names(), 1.0)
"""Equal weights of all accounts."""
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
    """Return the mean effect in some pairs of one measure, each with the same weight, and its interval."""
    base, arm = sides_of(pairs)
    estimate = paired(base, arm, scale=MEASURES[measure].scale(float(years)))
    return {"measure": measure} | estimate_columns(estimate, "base", "arm_mean")


def world_row(pairs: pd.DataFrame, measure: str, years: int, weights: Mapping[str, float]) -> dict[str, Any]:
    """Return the effect over worlds, each pair with the weight of its account.

    ``low`` and ``high`` are the interval of the mean, ``band_low`` and ``band_high`` the band of nine in ten worlds.
    """
    delta = paired(*sides_of(pairs), scale=MEASURES[measure].scale(float(years))).delta
    tops, pers = (pairs[list(columns)].to_numpy(np.float64) for columns in zip(*SIDE_COLUMNS, strict=True))
    known = (pers != 0.0).all(axis=1)
    levels, weight = (tops[known] / pers[known]).T, weights_of_pairs(pairs, weights)[known]
    effects = levels[1] - levels[0]
    base, arm, effect = (weighted_mean(values, weight) for values in (*levels, effects))
    reach = interval_reach(effects, weight)
    band_low, band_high = nine_in_ten(effects, weight)
    row = {
        "measure": measure, "n": len(effects), "base": base, "arm_mean": arm, "effect": effect,
        "low": effect - reach, "high": effect + reach, "band_low": band_low, "band_high": band_high,
        **chances(effects, weight, delta), "delta": delta,
    }  # fmt: skip
    return row | {"word": word_of_row(row)}


def weights_of_pairs(pairs: pd.DataFrame, weights: Mapping[str, float]) -> Reals:
    """Return the weight of the account of each pair."""
    return np.array([weights[account] for account in pairs["account"]], np.float64)


def word_of_row(row: Mapping[str, Any]) -> str:
    """Return the verdict on a row: by shares of worlds, or why there is none."""
    if are_too_few(row["measure"], row["base"]):
        return RARE
    return FEW if row["n"] < MIN_RUNS else verdict_over_worlds(row["up"], row["nothing"], row["down"])


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


def effects_table(pairs: pd.DataFrame, measures: Sequence[str], weights: Mapping[str, float]) -> pd.DataFrame:
    """Return a row for every site, package, horizon and measure, over all accounts with their weights."""
    return pd.DataFrame(list(world_rows(of_packages(pairs), measures, weights)), columns=list(WORLD_COLUMNS))


def world_rows(pairs: pd.DataFrame, measures: Sequence[str], weights: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield the effects over worlds of every site, arm, horizon and measure."""
    groups: Any = pairs[pairs["measure"].isin(measures)].groupby([*KEYS, "measure"], sort=False)
    for (site, arm, years, measure), group in groups:
        keys = dict(zip(KEYS, (site, arm, years), strict=True))
        yield keys | world_row(group, measure, int(years), weights)


def accounts_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects of everything, adoption and heavy hand under each account, at the longest common horizon."""
    compared = main_pairs(pairs)
    years = compared.groupby("kind")["years"].max().min()
    compared = compared[(compared["years"] == years) & compared["arm"].isin([EVERYTHING, ADOPTION, HEAVY_HAND])]
    rows = list(effect_rows(compared, ("site", "arm", "account", "years"), plan.emulated))
    return with_verdicts(pd.DataFrame(rows), list(KEYS))


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
