"""Test the answer on made-up truths: each draw in turn is taken as the world, and the other draws must cover it.

The figures of the status quo of a draw play the part of what is measured. The other draws that are not implausible by
them, and the draws as they came before their levels were solved, predict the effects in this draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.emulation.history_matching import not_ruled_out
from experiments.reproduce.design import PRIOR, ReproduceDesign
from experiments.reproduce.effects import KEYS, main_pairs, of_packages
from experiments.reproduce.levels import targets_of
from experiments.reproduce.runs import with_effects
from experiments.statistics.over_assumed import Reals, nine_in_ten

MIN_DRAWS = 8
"""Least number of draws that may predict a truth."""
COLUMNS = (*KEYS, "measure", "truths", "covered", "prior_covered", "narrower")


def coverage_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return how many truths lie within the predicted band of nine in ten worlds, by site, package, year and measure.

    ``covered`` is their share under the draws that fit, ``prior_covered`` that under the draws as they came, and
    ``narrower`` the mean width of the first band over that of the second. No rows where levels are not solved.
    """
    rows: list[dict[str, Any]] = []
    wanted = with_effects(of_packages(pairs[pairs["measure"].isin(design.plan.emulated)])).dropna(subset="effect")
    names = [*KEYS, "measure"]
    drawn, main = wanted[wanted["kind"] == PRIOR], main_pairs(wanted)
    for keys, truths in main.groupby(names, sort=False) if design.levels_solved else ():
        same = (drawn[names] == list(keys)).all(axis=1)
        found = list(covered_truths(design, str(keys[0]), truths, drawn[same]))
        if found:
            means = {name: float(np.nanmean([one[name] for one in found])) for name in COLUMNS[-3:]}
            rows.append({**dict(zip(names, keys, strict=True)), "truths": len(found), **means})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def covered_truths(
    design: ReproduceDesign, site: str, truths: pd.DataFrame, prior: pd.DataFrame
) -> Iterator[Mapping[str, float]]:
    """Yield, for each truth that enough draws predict, whether both bands hold it, and the ratio of their widths."""
    places = [(site, int(draw), str(account)) for draw, account in zip(truths["draw"], truths["account"], strict=True)]
    levels = np.stack([design.levels_solved[place]["value"].to_numpy(np.float64) for place in places])
    effects = truths["effect"].to_numpy(np.float64)
    for truth in range(len(places)):
        others = fitting(site, levels, levels[truth])
        others[truth] = False
        as_drawn = prior["effect"][prior["draw"] != places[truth][1]].to_numpy(np.float64)
        if min(others.sum(), len(as_drawn)) < MIN_DRAWS:
            continue
        bands = [nine_in_ten(some) for some in (effects[others], as_drawn)]
        held = [float(low <= effects[truth] <= high) for low, high in bands]
        widths = [high - low for low, high in bands]
        yield {
            "covered": held[0], "prior_covered": held[1],
            "narrower": widths[0] / widths[1] if widths[1] > 0.0 else float("nan"),
        }  # fmt: skip


def fitting(site: str, levels: Reals, measured: Sequence[float] | Reals) -> np.ndarray:
    """Return which draws (levels: draws × targets) are not implausible if these figures were measured."""
    deviations = np.sqrt([one.target.variance for one in targets_of(site)])
    far = np.abs(levels - np.asarray(measured)) / deviations
    return not_ruled_out(np.nan_to_num(far, nan=np.inf))
