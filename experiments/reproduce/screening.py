"""Screening of all drawn numbers: their correlations with effects over draws, beside what chance gives."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.design import CHECKS, DRAWS, LONG, ReproduceDesign
from experiments.reproduce.plan import HEAVY_HAND, SITES
from experiments.reproduce.runs import differences
from experiments.reproduce.surfaces import rows_of
from experiments.studies.assumed_effects import correlations, null_line, predicted_share

SHOWN = 3
"""Numbers that are told of each effect, although they may be chance."""
FEWEST = 8
"""Draws below which nothing is told."""
COLUMNS = ("site", "arm", "years", "measure", "draws", "parameter", "r", "null_r", "beyond", "predicted")


def numbers_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the drawn numbers with which the effects of packages in full go together most.

    ``r`` is the correlation over draws of a number, on the scale of its range, with the effect, both less their mean
    under the same account. ``beyond`` is 1 if it is larger than ``null_r``, which chance alone exceeds in 5 % of such
    designs. ``predicted`` is the share of the variance that the numbers beyond chance predict in draws that did not
    choose them.
    """
    single = pairs[pairs["kind"].isin((DRAWS, LONG, CHECKS))]
    rows: list[dict[str, Any]] = []
    for site in SITES:
        for measure in design.plan.emulated:
            own = rows_of(single, site, design.size.years, measure)
            for arm in (*design.plan.packages, HEAVY_HAND):
                where = {"site": site, "arm": arm, "years": design.size.years, "measure": measure}
                rows += (where | row for row in rows_of_effect(design, own[own["arm"] == arm]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rows_of_effect(design: ReproduceDesign, pairs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the numbers that stand beyond chance, and at least the strongest, for the effect of one package."""
    pairs = pairs.assign(effect=differences(pairs)).dropna(subset="effect")
    if len(pairs) < FEWEST:
        return
    accounts, seed, names = pairs["account"].to_numpy(), design.plan.seed, tuple(design.ranges)
    effects = within_groups(pairs["effect"].to_numpy()[:, None], accounts)[:, 0]
    points = within_groups(design.cube[pairs["draw"].to_numpy()], accounts)
    found, line = correlations(points, effects), null_line(points, effects, seed)
    predicted = predicted_share(points, effects, line, seed)
    for place, number in enumerate(np.argsort(-np.abs(found))):
        beyond = abs(found[number]) > line
        if not beyond and place >= SHOWN:
            return
        yield {
            "draws": len(pairs), "parameter": names[number], "r": float(found[number]), "null_r": line,
            "beyond": int(beyond), "predicted": predicted,
        }  # fmt: skip


def within_groups(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return values (rows × columns) less the mean of their group.

    >>> within_groups(np.array([[1.0], [3.0], [9.0]]), np.array(["a", "a", "b"]))[:, 0].tolist()
    [-1.0, 1.0, 0.0]
    """
    _, place = np.unique(groups, return_inverse=True)
    means = np.stack([values[place == group].mean(axis=0) for group in range(place.max() + 1)])
    return values - means[place]
