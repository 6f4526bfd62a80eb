"""Effects in each parameter draw of a sweep, and their spread due to parameters and to chance."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from experiments.comparison.comparison_jobs import distinct_draws, draw_of
from experiments.comparison.effects import Pair, by_seed
from experiments.comparison.headline_measures import available_headlines
from experiments.statistics.paired_effects import paired


def effects_by_draw_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms, headline and draw: the drawn values and the effect over seeds."""
    return pd.DataFrame([row for pair in pairs if len(distinct_draws(pair.seeds)) > 1 for row in rows_of(pair)])


def rows_of(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the rows of one pair of arms."""
    base, arm = pair.base.table("measures"), pair.arm.table("measures")
    values = base.drop_duplicates("seed").set_index("seed")[list(pair.base.varied)]
    key = {"site": pair.arm.scenario, "against": pair.arm.name}
    for headline in available_headlines(base.columns.intersection(arm.columns)):
        sides = by_seed(base, headline.value), by_seed(arm, headline.value)
        scale = headline.scale(pair.years, pair.deltas.get(headline.name))
        for number, draw in enumerate(distinct_draws(pair.seeds), start=1):
            worlds = [world for world in pair.seeds if draw_of(world) == draw]
            effect = paired(*([side[world] for world in worlds] for side in sides), scale=scale)
            drawn_values = {str(name): value for name, value in values.loc[worlds[0]].items()}
            yield key | {"measure": headline.name, "draw": number} | dataclasses.asdict(effect) | drawn_values


def draw_summary_table(draws: pd.DataFrame, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a summary over draws for each pair of arms and headline (`summary_over_draws`)."""
    drawn = {(pair.arm.scenario, pair.arm.name): pair.base.varied for pair in pairs}
    groups: Any = draws.groupby(["site", "against", "measure"], sort=False) if len(draws) else ()
    return pd.DataFrame(
        [
            {"site": site, "against": against, "measure": measure} | summary_over_draws(rows, drawn[site, against])
            for (site, against, measure), rows in groups
        ]
    )


def summary_over_draws(rows: pd.DataFrame, parameters: Sequence[str]) -> dict[str, Any]:
    """Summarise one effect over draws: counts by sign, 5-95 % range, spread, most influential parameter.

    ``up`` and ``down`` count draws with an interval on one side of 0. ``by_parameters`` is the standard deviation of
    the estimates less their sampling variance, ``by_luck`` their mean standard error.
    """
    effect = rows["effect"]
    low, high = effect.quantile(0.05), effect.quantile(0.95)
    numbers = [name for name in parameters if pd.api.types.is_numeric_dtype(rows[name]) and rows[name].nunique() > 1]
    ranks = {name: abs(rows[name].corr(effect, method="spearman")) for name in numbers} if effect.nunique() > 1 else {}
    first = max(ranks, key=lambda name: ranks[name], default="")
    return {
        "draws": len(rows),
        "up": int((rows["low"] > 0.0).sum()),
        "down": int((rows["high"] < 0.0).sum()),
        "low": float(low),
        "high": float(high),
        "by_parameters": math.sqrt(max(0.0, effect.var() - (rows["error"] ** 2).mean())),
        "by_luck": float(rows["error"].mean()),
        "parameter": first,
        "rank_correlation": ranks.get(first, float("nan")),
    }
