"""Costs of packages: officers' hours by use, fuel, training, visits and calls given up, and hours for each gain."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.effects import BAND_QUANTILES, effect_row, main_pairs, of_packages
from experiments.reproduce.plan import ReproducePlan
from experiments.reproduce.runs import with_effects
from model.police.minutes import MINUTE_USES

HOURS = tuple(f"hours_{use}" for use in MINUTE_USES)
"""Officers' hours a month by use; their sum is `ALL_HOURS`."""
ALL_HOURS = "hours_all"
PLANNED = tuple(f"hours_{use}" for use in ("meetings", "requests", "problems", "visits", "talks"))
"""Hours of work with communities; what they take from other uses is their cost."""
GAINS = {"point_of_trust": ("trust_mean", 1.0), "hundred_crimes_fewer": ("crimes_occurred", -100.0)}
"""Units of gain by name: the measure, and the effect on it that counts as one."""
HOURS_A_YEAR = 12.0
"""Yearly hours of an hour a month."""
TOLD_CHANCE = 0.9
"""Share of worlds in which an effect must have the direction of a gain for its cost to be told."""
KEYS = ("site", "arm", "years")
RATIO_COLUMNS = (*KEYS, "gain", "n", "hours", "low", "high")


def costs_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the change of each cost by site, arm and horizon: mean, interval and the band of nine in ten pairs.

    The hours by use add up to `ALL_HOURS`: a use that gains takes from others, or hours are added.
    """
    columns = ["n", "base", "arm_mean", "effect", "low", "high", "band_low", "band_high"]
    rows = []
    groups: Any = of_packages(main_pairs(pairs))
    groups = groups[groups["measure"].isin(plan.costs)].groupby([*KEYS, "measure"], sort=False)
    for (site, arm, years, measure), group in groups:
        row = effect_row(group, measure, int(years))
        rows.append(
            dict(zip(KEYS, (site, arm, years), strict=True)) | {"measure": measure} | {c: row[c] for c in columns}
        )
    return pd.DataFrame(rows, columns=[*KEYS, "measure", *columns])


def cost_of_gains(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the hours of work with communities for each unit of gain, with the band of nine in ten pairs.

    A package has a row for a gain only if the effect has its direction in at least nine of ten pairs.
    """
    measures = [*PLANNED, *(measure for measure, _ in GAINS.values())]
    wanted = with_effects(of_packages(main_pairs(pairs)))
    wanted = wanted[wanted["measure"].isin(measures)]
    wide = wanted.pivot_table("effect", [*KEYS, "draw", "account"], "measure", sort=False).reset_index()
    rows: list[dict[str, Any]] = []
    groups: Any = wide.groupby(list(KEYS), sort=False)
    for keys, group in groups:
        rows += (dict(zip(KEYS, keys, strict=True)) | row for row in gain_rows(group, measures))
    return pd.DataFrame(rows, columns=list(RATIO_COLUMNS))


def gain_rows(effects: pd.DataFrame, measures: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the cost of each gain in some pairs (columns of effects by measure)."""
    if not set(measures) <= set(effects):
        return
    hours = HOURS_A_YEAR * effects[list(PLANNED)].sum(axis=1)
    for gain, (measure, unit) in GAINS.items():
        gained = effects[measure] / unit
        if (gained > 0.0).mean() < TOLD_CHANCE or hours.mean() <= 0.0:
            continue
        ratios = (hours / gained.where(gained > 0.0)).dropna()
        low, high = np.quantile(ratios, BAND_QUANTILES)
        yield {"gain": gain, "n": len(effects), "hours": hours.mean() / gained.mean(), "low": low, "high": high}
