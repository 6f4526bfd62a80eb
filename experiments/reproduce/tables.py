"""Build the tables of `confianza answer` from the pairs of its runs."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.reproduce import effects
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.costs import cost_of_gains, costs_table
from experiments.reproduce.coverage import coverage_table
from experiments.reproduce.design import LOOP, PRIOR, ReproduceDesign
from experiments.reproduce.effects import estimate_columns, scale_at, with_verdicts
from experiments.reproduce.levels import fits, targets_of
from experiments.reproduce.plan import EVERYTHING, HEAVY_HAND, SITES, ReproducePlan
from experiments.reproduce.regions import regions_table
from experiments.reproduce.runs import rows_where, with_effects
from experiments.reproduce.surfaces import (
    MIN_DRAWS,
    Surface,
    SurfaceKey,
    checks_table,
    dependence_table,
    errors_table,
    steps_table,
    within_groups,
)
from experiments.statistics.over_assumed import correlations, null_correlation
from experiments.statistics.paired_effects import paired
from experiments.studies.assumed_effects import predicted_share

LOOP_COLUMNS = (
    *("site", "arm", "years", "cut", "measure", "n", "uncut", "cut_effect", "effect", "low", "high"),
    *("delta", "p", "adjusted", "share"),
)


def loop_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects on the measures of the loop without a cut and under each account that cuts it.

    ``uncut`` and ``cut_effect`` are mean effects of a package on a measure. ``effect`` is their difference, paired by
    draw: the contribution of the link that is cut. ``share`` is ``effect`` in percent of ``uncut``.
    """
    loop_pairs = with_effects(pairs[pairs["kind"] == LOOP])
    table = pd.DataFrame(list(loop_rows(plan, loop_pairs)), columns=list(LOOP_COLUMNS))
    return with_verdicts(table, ["site", "arm", "cut"])


def loop_rows(plan: ReproducePlan, pairs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table at the last horizon."""
    last = pairs[pairs["years"] == pairs["years"].max()]
    for (site, arm), arm_pairs in last.groupby(["site", "arm"], sort=False):
        for measure in plan.loop.links:
            by_account = arm_pairs[arm_pairs["measure"] == measure].pivot_table("effect", "draw", "account")
            for cut in [name for name in plan.loop.cuts if name in by_account]:
                paired_effects = by_account.reindex(columns=[plan.loop.uncut, cut]).dropna()
                sides = [list(paired_effects[name]) for name in (cut, plan.loop.uncut)]
                years = int(last["years"].iloc[0])
                estimate = paired(*sides, scale=scale_at(arm_pairs, measure, years))
                key_values = {"site": site, "arm": arm, "years": years, "cut": cut, "measure": measure}
                share = 100.0 * estimate.effect / estimate.arm if estimate.arm else float("nan")
                yield key_values | estimate_columns(estimate, "cut_effect", "uncut") | {"share": share}


LEVEL_COLUMNS = (
    *("site", "solved", "target", "n", "low", "middle", "high"),
    *("measured_low", "measured", "measured_high", "fit"),
)
MIN_LISTED = 3
"""Least number of parameters listed for each effect, even if their correlations may be chance."""
SCREENING_COLUMNS = ("site", "arm", "years", "measure", "draws", "parameter", "r", "null_r", "beyond", "predicted")


def screening_table(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the drawn parameters that correlate most with the effects of packages in full.

    ``r`` is the correlation over draws of a parameter, scaled to its range, with the effect, both less their mean
    under the same account. ``beyond`` is 1 if ``|r|`` is larger than ``null_r``, which chance alone exceeds in 5 % of
    such designs. ``predicted`` is the share of the variance that parameters beyond chance predict in draws that were
    not used to select them.
    """
    single = effects.main_pairs(pairs)
    rows: list[dict[str, Any]] = []
    for site in SITES:
        for measure in design.plan.emulated:
            measure_pairs = rows_where(single, site=site, years=design.size.years, measure=measure)
            for arm in design.plan.packages:
                key_values = {"site": site, "arm": arm, "years": design.size.years, "measure": measure}
                rows += (key_values | row for row in rows_of_effect(design, measure_pairs[measure_pairs["arm"] == arm]))
    return pd.DataFrame(rows, columns=list(SCREENING_COLUMNS))


def rows_of_effect(design: ReproduceDesign, pairs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the parameters beyond chance for the effect of one package, and at least the `MIN_LISTED` strongest."""
    pairs = with_effects(pairs).dropna(subset="effect")
    if len(pairs) < MIN_DRAWS:
        return
    accounts, seed, names = pairs["account"].to_numpy(), design.plan.seed, design.names
    effects = within_groups(pairs["effect"].to_numpy()[:, None], accounts)[:, 0]
    points = within_groups(design.cube[pairs["draw"].to_numpy()], accounts)
    r, null_r = correlations(points, effects), null_correlation(points, effects, seed)
    predicted = predicted_share(points, effects, null_r, seed)
    for place, number in enumerate(np.argsort(-np.abs(r), kind="stable")):
        beyond = abs(r[number]) > null_r
        if not beyond and place >= MIN_LISTED:
            return
        yield {
            "draws": len(pairs), "parameter": names[number], "r": float(r[number]), "null_r": null_r,
            "beyond": int(beyond), "predicted": predicted,
        }  # fmt: skip


def tables_of(
    design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface]
) -> dict[str, pd.DataFrame]:
    """Return all tables by name, those of results first."""
    plan = design.plan
    main, weights = effects.main_pairs(pairs), account_weights()
    answer = effects.effects_table(main, plan.reported, weights)
    return {
        "answer": answer,
        "steps": steps_table(design, surfaces),
        "dependence": dependence_table(design, surfaces),
        "criteria": answer[answer["measure"].isin(effects.CRITERIA)],
        "regions": regions_table(design, pairs),
        "paradox": effects.paradox_table(pairs),
        "remedy": answer[answer["measure"].isin(effects.REMEDY_MEASURES)],
        "heavy_hand": answer[(answer["arm"] == HEAVY_HAND) & answer["measure"].isin(effects.HEAVY_HAND_MEASURES)],
        "loop": loop_table(plan, pairs),
        "equal": effects.effects_table(main, plan.reported, effects.EQUAL),
        "prior": effects.effects_table(pairs[pairs["kind"] == PRIOR], plan.reported, effects.EQUAL),
        "costs": costs_table(plan, pairs, weights),
        "cost_of_gains": cost_of_gains(pairs, weights),
        "levels": levels_table(design),
        "coverage": coverage_table(design, pairs),
        "accounts": effects.accounts_table(plan, pairs),
        "together": effects.together_table(plan, pairs),
        "errors": errors_table(surfaces),
        "checks": checks_table(surfaces),
        "numbers": screening_table(design, pairs),
        "pairs_of_paradox": paradox_pairs(pairs),
        "design": design_table(design),
    }


def levels_table(design: ReproduceDesign) -> pd.DataFrame:
    """Return the measured levels in the draws of each site, as they are drawn and solved.

    ``low``, ``middle`` and ``high`` are those of nine in ten draws, ``fit`` the share of draws that fit all levels.
    """
    rows = []
    for solved in (False, True) if design.solved else ():
        chosen = design.solved.chosen(solved=solved) if design.solved else {}
        for site in SITES:
            of_site = [table for place, table in chosen.items() if place[0] == site]
            both = pd.concat(of_site)
            fit = float(np.mean([fits(table) for table in of_site]))
            for target in targets_of(site):
                name = target.order.name.strip()
                band = both[both["target"] == name]["value"].quantile([0.05, 0.5, 0.95])
                rows.append((site, int(solved), name, len(of_site), *band, *target.band, fit))
    return pd.DataFrame(rows, columns=list(LEVEL_COLUMNS))


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
            "years": block.years, "arms": " ".join(block.arms), "numbers": len(design.names),
        }
        for block in design.blocks
    ]  # fmt: skip
    return pd.DataFrame(rows)
