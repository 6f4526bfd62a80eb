"""Build the tables of `confianza reproduce` from the pairs of its runs."""

from collections.abc import Mapping

import pandas as pd

from experiments.reproduce import effects
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.loop import loop_table
from experiments.reproduce.plan import EVERYTHING, HEAVY_HAND
from experiments.reproduce.regions import regions_table
from experiments.reproduce.screening import screening_table
from experiments.reproduce.surfaces import (
    Surface,
    SurfaceKey,
    checks_table,
    dependence_table,
    doses_table,
    errors_table,
    grid_table,
)


def tables_of(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface]
) -> dict[str, pd.DataFrame]:
    """Return all tables by name, those of results first."""
    plan = design.plan
    answer = effects.effects_table(plan, pairs)
    return {
        "answer": answer,
        "surfaces": grid_table(plan, surfaces),
        "dependence": dependence_table(plan, surfaces),
        "criteria": answer[answer["measure"].isin(effects.CRITERIA)],
        "regions": regions_table(design, pairs),
        "paradox": effects.paradox_table(pairs),
        "doses": doses_table(plan, surfaces),
        "remedy": answer[answer["measure"].isin(effects.REMEDY_MEASURES)],
        "heavy_hand": answer[(answer["arm"] == HEAVY_HAND) & answer["measure"].isin(effects.HEAVY_HAND_MEASURES)],
        "loop": loop_table(plan, pairs),
        "accounts": effects.accounts_table(plan, pairs),
        "together": effects.together_table(plan, pairs),
        "errors": errors_table(surfaces),
        "checks": checks_table(surfaces),
        "numbers": screening_table(design, pairs),
        "pairs_of_paradox": paradox_pairs(pairs),
        "design": design_table(design),
    }


def paradox_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects on crimes and complaints of all pairs with everything, at the horizon of most pairs."""
    selected = effects.complaints_and_crime(pairs)
    selected = selected[selected["arm"] == EVERYTHING]
    return selected[selected["years"] == selected["years"].value_counts().sort_index().iloc[::-1].idxmax()]


def design_table(design: ReproduceDesign) -> pd.DataFrame:
    """Return a row for every block: draw, seed, account, years, arms, and number of drawn parameters."""
    rows = [
        {
            "site": block.site, "kind": block.kind, "draw": block.draw, "seed": block.seed, "account": block.account,
            "years": block.years, "arms": " ".join(block.arms), "numbers": len(design.ranges),
        }
        for block in design.blocks
    ]  # fmt: skip
    return pd.DataFrame(rows)
