"""What follows from a comparison's tables: words for the four criteria, and whether effects are known."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.arms import Arm
from experiments.compare.breakeven import crossed, verdict
from experiments.compare.criteria import DRAWS, mean_scores, over_seeds, words
from model.scenario import Anchor


def criteria_table(arms: Sequence[Arm]) -> pd.DataFrame:
    """Return, by arm and criterion, the word that most draws of anchors and weights give, and every word's share."""
    rows: list[dict[str, Any]] = []
    for arm in arms:
        anchors = [Anchor(**one) for one in arm.base["anchors"]]
        measures = arm.table("measures")
        if not anchors or f"{anchors[0].part}.trace" not in measures or measures.empty:
            continue
        for criterion, scores in mean_scores(measures, anchors).items():
            mean, given = over_seeds(scores), words(scores)
            if np.isnan(mean).all():
                continue
            low, high = np.quantile(mean, (0.05, 0.95))
            row = {"site": arm.scenario, "arm": arm.name, "criterion": criterion, "draws": DRAWS}
            numbers = {"score": mean.mean(), "low": low, "high": high}
            rows.append(row | numbers | {"word": max(given, key=lambda word: given[word])} | given)
    return pd.DataFrame(rows)


def verdicts_table(memory: pd.DataFrame) -> pd.DataFrame:
    """Return, by arm and measure, what the laws of trust say, and along memory or asymmetry how far effects vary."""
    if memory.empty:
        return pd.DataFrame()
    rows: list[dict[str, Any]] = []
    for (site, against, measure), grid in memory.groupby(["site", "against", "measure"], sort=False):
        one = verdict(grid)
        # how far the effect moves along one axis of the grid, the other averaged out
        spans = {name: np.ptp(crossed(grid).groupby(name)["effect"].mean()) for name in ("memory_years", "asymmetry")}
        rows.append(
            {"site": site, "against": against, "measure": measure, "known": one.known, "n": int(grid["n"].max())}
            | dataclasses.asdict(one)
            | {"span_memory": spans["memory_years"], "span_asymmetry": spans["asymmetry"]}
        )
    return pd.DataFrame(rows)
