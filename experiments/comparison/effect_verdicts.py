"""Verdicts on effects over laws of trust and parameter draws, and the table of the four criteria in words."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.arms import Arm
from experiments.comparison.criteria_effects import DRAWS, grade_shares, mean_scores, over_seeds
from experiments.comparison.effects import EVENTS, corrected_effects, scale_of
from experiments.statistics.over_assumed import nine_in_ten
from experiments.statistics.paired_effects import interval
from experiments.statistics.thresholds import Threshold
from experiments.statistics.verdicts import ALPHA, MIN_RUNS, direction, judge, sign_under_laws
from model.engine.scenario import CriterionAnchor

NO_EVENTS = dict.fromkeys(EVENTS, math.nan)
MAX_SIZE_RATIO = 3.0
"""Ratio of the limits of intervals over all laws of trust above which an effect varies in size."""


@dataclass(frozen=True)
class LawVerdict:
    """Verdict on one measure over the laws of trust that Guatemalan data cannot tell apart, with counts by result.

    ``cells`` is the number of laws. ``up`` and ``down`` count significant effects, ``open`` all others, and ``none``
    intervals within delta. ``low`` and ``high`` are the extreme limits of the intervals; ``sign`` is known, turns or
    open (`sign_under_laws`).
    """

    cells: int
    up: int
    down: int
    none: int
    open: int
    low: float
    high: float
    sign: str

    @property
    def varies(self) -> bool:
        """True if the sign is not known, or the limits of the intervals differ more than threefold in size."""
        least, most = sorted((abs(self.low), abs(self.high)))
        return self.sign != "known" or most > MAX_SIZE_RATIO * least

    @property
    def known(self) -> bool:
        """True if all laws agree on the sign and roughly on the size, or all effects are negligible."""
        return self.none == self.cells or (self.sign == "known" and not self.varies)


def crossed_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the grid of memory and asymmetry: rows in which nothing else changes, all in older tables."""
    return laws[laws["also"] == ""] if "also" in laws else laws


def corner_laws(laws: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which something besides memory and asymmetry differs from the central law."""
    return laws.drop(crossed_laws(laws).index)


def verdict_over_laws(grid: pd.DataFrame) -> LawVerdict:
    """Return the verdict on one measure of one arm from its rows under all laws."""
    effect, settled = grid["effect"], grid["p"] <= ALPHA
    inside = (grid["low"] >= -grid["delta"]) & (grid["high"] <= grid["delta"])
    up, down = (int((settled & beyond).sum()) for beyond in (effect > 0.0, effect < 0.0))
    return LawVerdict(
        cells=len(grid),
        up=up,
        down=down,
        none=int(inside.sum()),
        open=len(grid) - up - down,
        low=float(grid["low"].min()),
        high=float(grid["high"].max()),
        sign=sign_under_laws(list(effect), list(grid["p"])),
    )


def sign_over_laws(laws: Any) -> str | None:
    """Return the sign of an effect over all laws of trust, from its row of verdicts: known, turns or open.

    None if no laws were run, or too few runs of each (`MIN_RUNS`).
    """
    if laws is None or laws["n"] < MIN_RUNS:
        return None
    if "sign" in laws:
        return str(laws["sign"])
    if max(laws["up"], laws["down"]) == laws["cells"]:
        return "known"
    return "turns" if laws["up"] and laws["down"] else "open"


def agreement_over_draws(over_draws: Any, effect: Any) -> str | None:
    """Return ``known`` if draws of the assumed parameters and rival accounts agree with the sign of an effect.

    Else ``assumed``; None without draws, or with too few of them.

    Parameters
    ----------
    over_draws
        Row of the table of uncertainty, or None.
    effect
        Row of the effect at the default parameters, or None.
    """
    if over_draws is None or effect is None or over_draws["sign"] == "few":
        return None
    agrees = over_draws["mean"] * effect["effect"] >= 0.0
    return "known" if over_draws["sign"] == "known" and agrees else "assumed"


def verdict_of(effect: Any, laws: str | None, over_draws: Any) -> str:
    """Return the verdict on an effect, qualified by draws of the assumed parameters and by laws of trust.

    Draws only qualify effects that paired runs distinguish from chance.

    Parameters
    ----------
    effect
        The effect at the default parameters, or None.
    laws
        Sign over laws of trust (`sign_over_laws`).
    over_draws
        Row of the table of uncertainty, or None.
    """
    if direction(judge(effect)) and agreement_over_draws(over_draws, {"effect": effect.effect}) == "assumed":
        return judge(effect, "assumed")
    return judge(effect, laws)


def with_verdict_columns(table: pd.DataFrame, years: float) -> pd.DataFrame:
    """Add intervals, p-values and thresholds to a table of effects written by an earlier version.

    Means and standard errors are kept; a table that has thresholds is returned as it is.
    """
    if not {"effect", "base"} <= set(table) or "delta" in table:
        return table
    rows = []
    for row in table.to_dict("records"):
        scale = scale_of(row.get("section", "headline"), row["measure"], years)
        if scale and row.get("how") == "last" and scale.kind == "points":
            scale = replace(scale, kind="points_at_end")
        limits = scale.threshold(row["base"], row["arm"]) if scale else Threshold()
        rows.append(row | interval(row["effect"], row["error"], row["n"], limits) | {"undefined": 0} | NO_EVENTS)
    return corrected_effects(pd.DataFrame(rows))


def criteria_table(arms: Sequence[Arm]) -> pd.DataFrame:
    """Return the most frequent grade of each criterion by arm over draws, and the share of every grade."""
    rows: list[dict[str, Any]] = []
    for arm in arms:
        anchors = [CriterionAnchor(**one) for one in arm.base["anchors"]]
        measures = arm.table("measures")
        if not anchors or f"{anchors[0].part}.trace" not in measures or measures.empty:
            continue
        for criterion, scores in mean_scores(measures, anchors).items():
            mean, shares = over_seeds(scores), grade_shares(scores)
            if np.isnan(mean).all():
                continue
            low, high = nine_in_ten(mean)
            row = {"site": arm.scenario, "arm": arm.name, "criterion": criterion, "draws": DRAWS}
            numbers = {"score": mean.mean(), "low": low, "high": high}
            rows.append(row | numbers | {"word": max(shares, key=lambda word: shares[word])} | shares)
    return pd.DataFrame(rows)


def verdicts_table(memory: pd.DataFrame) -> pd.DataFrame:
    """Return the verdict over laws of trust by arm and measure, and the effect's range along each axis of the grid."""
    if memory.empty:
        return pd.DataFrame()
    rows: list[dict[str, Any]] = []
    for (site, against, measure), grid in memory.groupby(["site", "against", "measure"], sort=False):
        result = verdict_over_laws(grid)
        # range of the effect along one axis of the grid, averaged over the other
        spans = {
            f"span_{name}": np.ptp(crossed_laws(grid).groupby(column)["effect"].mean())
            for name, column in (("memory", "memory_years"), ("asymmetry", "asymmetry"))
        }
        place = {"site": site, "against": against, "measure": measure, "known": result.known, "n": int(grid["n"].max())}
        rows.append(place | dataclasses.asdict(result) | spans)
    return pd.DataFrame(rows)
