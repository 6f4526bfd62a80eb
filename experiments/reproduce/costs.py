"""Costs of packages: officers' hours by use, fuel, training, visits and calls given up, and hours for each gain."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.effects import KEYS, WORLD_COLUMNS, effects_table, main_pairs, of_packages, weights_of_pairs
from experiments.reproduce.plan import ReproducePlan
from experiments.reproduce.runs import with_effects
from experiments.statistics.over_assumed import Reals, nine_in_ten, weighted_mean

PLANNED = tuple(f"hours_{use}" for use in ("meetings", "requests", "problems", "visits", "talks"))
"""Hours of work with communities; what they take from other uses is their cost."""
GAINS = {"point_of_trust": ("trust_mean", 1.0), "hundred_crimes_fewer": ("crimes_occurred", -100.0)}
"""Units of gain by name: the measure, and the effect on it that counts as one."""
HOURS_A_YEAR = 12.0
"""Yearly hours of an hour a month."""
TOLD_CHANCE = 0.9
"""Share of worlds in which an effect must have the direction of a gain for its cost to be told."""
CHANCE_COLUMNS = ("up", "nothing", "down", "word", "delta")
RATIO_COLUMNS = (*KEYS, "gain", "n", "hours", "low", "high")


def costs_table(plan: ReproducePlan, pairs: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the change of each cost by site, arm and horizon: mean, interval and the band of nine in ten worlds.

    The hours by use add up to the measure ``hours_all``: a use that gains takes from others, or hours are added.
    """
    columns = [name for name in WORLD_COLUMNS if name not in CHANCE_COLUMNS]
    return effects_table(main_pairs(pairs), plan.costs, weights)[columns]


def cost_of_gains(pairs: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the hours of work with communities for each unit of gain, with the band of nine in ten worlds.

    A package has a row for a gain only if the effect has its direction in at least nine of ten worlds.
    """
    measures = [*PLANNED, *(measure for measure, _ in GAINS.values())]
    wanted = with_effects(of_packages(main_pairs(pairs)))
    wanted = wanted[wanted["measure"].isin(measures)]
    wide = wanted.pivot_table("effect", [*KEYS, "draw", "account"], "measure", sort=False).reset_index()
    rows: list[dict[str, Any]] = []
    groups: Any = wide.groupby(list(KEYS), sort=False)
    for keys, group in groups:
        if set(measures) <= set(group):
            found = gain_rows(group, weights_of_pairs(group, weights))
            rows += (dict(zip(KEYS, keys, strict=True)) | row for row in found)
    return pd.DataFrame(rows, columns=list(RATIO_COLUMNS))


def gain_rows(effects: pd.DataFrame, weights: Reals) -> Iterator[dict[str, Any]]:
    """Yield the cost of each gain in some pairs (columns of effects by measure), with their weights."""
    hours = HOURS_A_YEAR * effects[list(PLANNED)].sum(axis=1).to_numpy(np.float64)
    mean_hours = weighted_mean(hours, weights)
    for gain, (measure, unit) in GAINS.items():
        gained = effects[measure].to_numpy(np.float64) / unit
        gains = gained > 0.0
        if not weighted_mean(gains.astype(float), weights) >= TOLD_CHANCE or mean_hours <= 0.0:
            continue
        ratios = hours[gains] / gained[gains]
        low, high = nine_in_ten(ratios, weights[gains])
        told = {"hours": mean_hours / weighted_mean(gained, weights), "low": low, "high": high}
        yield {"gain": gain, "n": len(effects)} | told
