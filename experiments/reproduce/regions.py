"""Find regions of levers, assumptions and accounts in which effects differ, on one part of the draws, and test them.

A regression tree (Breiman et al., Classification and Regression Trees, 1984) splits the inputs where the effect differs
most.  Each leaf is a region.  Its verdict follows from draws to which the tree was not fitted, by the rule for all
effects (decisions/0027).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.headline_measures import worse_direction
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.effects import effect_row, main_pairs, with_verdicts
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import rows_in, rows_where, with_effects
from experiments.reproduce.surfaces import inputs_table, lever_pairs
from experiments.statistics.verdicts import MIN_RUNS, direction

TEST_SHARE = 0.5
"""Share of the draws on which regions are tested."""
MAX_REGIONS = 5
"""Largest number of regions of a site and measure."""
WORKS, LITTLE, HARMS, NOTHING, OPEN = OUTCOMES = "works", "little", "harms", "nothing", "open"
"""Outcomes in a region: better, better by too little to matter, worse, no practical effect, not known."""


def regions_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each region of each site and measure, at the horizon of most runs.

    ``rule`` gives the limits of the region in inputs (0-1), ``share`` the share of the test runs in it; each block
    counts once in a region, by the mean of its runs there. ``outcome`` is one of `OUTCOMES`.
    """
    moved = lever_pairs(main_pairs(pairs))
    rows = [
        row | {"site": site}
        for site in SITES
        for measure in design.plan.regions
        for row in region_rows(design, rows_where(moved, site=site, years=design.size.years, measure=measure), measure)
    ]
    table = with_verdicts(pd.DataFrame(rows), ["site"])
    return table.assign(outcome=[outcome_of(row) for row in rows_in(table)]) if len(table) else table


def region_rows(design: ReproduceDesign, pairs: pd.DataFrame, measure: str) -> Iterator[dict[str, Any]]:
    """Yield the regions of one site and measure."""
    from sklearn.tree import DecisionTreeRegressor  # takes a second to import

    pairs = with_effects(pairs).dropna(subset="effect")
    is_tested = pairs["draw"].isin(tested_draws(design, pairs))
    fitted = pairs[~is_tested]
    if len(fitted) < 2 * MIN_RUNS:
        return
    inputs = inputs_table(design, pairs)
    tree = DecisionTreeRegressor(
        max_leaf_nodes=MAX_REGIONS, min_samples_leaf=max(MIN_RUNS, len(fitted) // 10), random_state=design.plan.seed
    ).fit(inputs[~is_tested].to_numpy(), fitted["effect"])
    leaves = tree.apply(inputs[is_tested].to_numpy())
    for leaf, rule in rules_of(tree, list(inputs.columns)).items():
        leaf_pairs = pairs[is_tested][leaves == leaf]
        if len(leaf_pairs):
            row = effect_row(by_block(leaf_pairs), measure, design.size.years)
            fitted_effect = float(tree.tree_.value[leaf].item())
            yield row | {
                "years": design.size.years,
                "rule": rule,
                "share": len(leaf_pairs) / is_tested.sum(),
                "grown": fitted_effect,
            }


def tested_draws(design: ReproduceDesign, pairs: pd.DataFrame) -> np.ndarray:
    """Return the draws on which regions are tested: a random share, the same for all measures."""
    draws = np.unique(pairs["draw"])
    rng = np.random.default_rng(design.plan.seed)
    return rng.permutation(draws)[: round(TEST_SHARE * len(draws))]


def by_block(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return one pair for each block: the mean of its runs in a region, which share the status quo."""
    columns = ["base", "base_per", "arm_value", "arm_per"]
    return pairs.groupby(["draw", "account"], as_index=False)[columns].mean()


def rules_of(tree: Any, names: list[str]) -> dict[int, str]:
    """Return the rule of each leaf: the tightest limits of each input on its path."""
    rules: dict[int, str] = {}

    def follow(node: int, limits: dict[str, tuple[float, float]]) -> None:
        left, right = int(tree.tree_.children_left[node]), int(tree.tree_.children_right[node])
        if left < 0:
            rules[node] = "; ".join(f"{name} {low:.2f}-{high:.2f}" for name, (low, high) in limits.items())
            return
        name, cut = names[tree.tree_.feature[node]], float(tree.tree_.threshold[node])
        low, high = limits.get(name, (0.0, 1.0))
        follow(left, limits | {name: (low, cut)})
        follow(right, limits | {name: (cut, high)})

    follow(0, {})
    return rules


def outcome_of(row: Any) -> str:
    """Return the outcome of a region from the verdict on its test runs."""
    if row.verdict == "nothing":
        return NOTHING
    desirability = -direction(row.verdict) * worse_direction(row.measure)
    works = LITTLE if row.verdict.endswith("_little") else WORKS
    return {1: works, -1: HARMS, 0: OPEN}[desirability]
