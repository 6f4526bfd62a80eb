"""Screen all drawn parameters: their correlations with effects over draws, compared with chance."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce.design import CHECKS, DRAWS, LONG, ReproduceDesign
from experiments.reproduce.plan import HEAVY_HAND, SITES
from experiments.reproduce.runs import rows_where, with_effects
from experiments.studies.assumed_effects import correlations, null_correlation, predicted_share

MIN_LISTED = 3
"""Least number of parameters listed for each effect, even if their correlations may be chance."""
MIN_DRAWS = 8
"""Least number of draws for a screening."""
COLUMNS = ("site", "arm", "years", "measure", "draws", "parameter", "r", "null_r", "beyond", "predicted")


def screening_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the drawn parameters that correlate most with the effects of packages in full.

    ``r`` is the correlation over draws of a parameter, scaled to its range, with the effect, both less their mean
    under the same account. ``beyond`` is 1 if ``|r|`` is larger than ``null_r``, which chance alone exceeds in 5 % of
    such designs. ``predicted`` is the share of the variance that parameters beyond chance predict in draws that were
    not used to select them.
    """
    single = pairs[pairs["kind"].isin((DRAWS, LONG, CHECKS))]
    rows: list[dict[str, Any]] = []
    for site in SITES:
        for measure in design.plan.emulated:
            measure_pairs = rows_where(single, site=site, years=design.size.years, measure=measure)
            for arm in (*design.plan.packages, HEAVY_HAND):
                key_values = {"site": site, "arm": arm, "years": design.size.years, "measure": measure}
                rows += (key_values | row for row in rows_of_effect(design, measure_pairs[measure_pairs["arm"] == arm]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rows_of_effect(design: ReproduceDesign, pairs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the parameters beyond chance for the effect of one package, and at least the `MIN_LISTED` strongest."""
    pairs = with_effects(pairs).dropna(subset="effect")
    if len(pairs) < MIN_DRAWS:
        return
    accounts, seed, names = pairs["account"].to_numpy(), design.plan.seed, tuple(design.ranges)
    effects = within_groups(pairs["effect"].to_numpy()[:, None], accounts)[:, 0]
    points = within_groups(design.cube[pairs["draw"].to_numpy()], accounts)
    r, null_r = correlations(points, effects), null_correlation(points, effects, seed)
    predicted = predicted_share(points, effects, null_r, seed)
    for place, number in enumerate(np.argsort(-np.abs(r))):
        beyond = abs(r[number]) > null_r
        if not beyond and place >= MIN_LISTED:
            return
        yield {
            "draws": len(pairs), "parameter": names[number], "r": float(r[number]), "null_r": null_r,
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
