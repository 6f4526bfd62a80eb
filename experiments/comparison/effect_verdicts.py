"""What follows from a comparison: the verdict on an effect, words for the four criteria, whether effects are known."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.arms import Arm
from experiments.comparison.breakeven import crossed, verdict
from experiments.comparison.criteria_effects import DRAWS, mean_scores, over_seeds, words
from experiments.statistics.hodges_lehmann import FEWEST
from model.engine.scenario import CriterionAnchor


@dataclass(frozen=True)
class EffectStatement:
    """A verdict as everybody reads it: its sign, and its words in Spanish and in English."""

    sign: str
    es: str
    en: str


VERDICTS = {
    "rises": EffectStatement("▲", "sube", "rises"),
    "falls": EffectStatement("▼", "baja", "falls"),
    "open": EffectStatement("≈", "no se distingue del azar", "cannot be told from luck"),
    "alike": EffectStatement("=", "igual en todos", "alike in all"),
    "unknown": EffectStatement("?", "no se sabe", "not known"),
    "few": EffectStatement("…", "muy pocos mundos gemelos", "too few twin worlds"),
    "missing": EffectStatement("–", "sin dato", "no data"),
}
MIN_SEEDS = 2
TOLD = ("rises", "falls", "alike")
"""Verdicts that say what happens."""


def judge(effect: Any, known: bool | None = None) -> str:
    """Return the verdict on an effect, a row of the table or None; ``known`` is what the laws of trust say of it.

    Ranks decide, so that one odd twin does not; no verdict is given on fewer worlds than ranks need.
    """
    if effect is None or effect.typical != effect.typical:
        return "missing"
    if effect.n < FEWEST:
        return "few"
    if effect.same == effect.n:
        return "alike"
    if not (effect.typical_low > 0.0 or effect.typical_high < 0.0):
        return "open"
    if known is False:
        return "unknown"
    return "rises" if effect.typical > 0.0 else "falls"


def sign_known(laws: Any) -> bool | None:
    """Return whether an effect has one sign under all laws of trust, by its row of verdicts; None where none were run.

    A lone seed in each says nothing of them.
    """
    if laws is None or laws["n"] < MIN_SEEDS:
        return None
    return bool(laws["low"] > 0.0 or laws["high"] < 0.0 or laws["none"] == laws["cells"])


def with_typical(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of effects with what is typical, which folders of earlier versions do not hold: there the mean."""
    if "effect" not in table or "typical" in table:
        return table
    return table.assign(typical=table["effect"], typical_low=table["low"], typical_high=table["high"])


def criteria_table(arms: Sequence[Arm]) -> pd.DataFrame:
    """Return, by arm and criterion, the word that most draws of anchors and weights give, and every word's share."""
    rows: list[dict[str, Any]] = []
    for arm in arms:
        anchors = [CriterionAnchor(**one) for one in arm.base["anchors"]]
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
