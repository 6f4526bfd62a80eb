"""Effects with and without the loop trust → reporting → arrests → crime, for the same parameter draws."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.reproduce.design import LOOP
from experiments.reproduce.effects import estimate_columns, scale_at, with_verdicts
from experiments.reproduce.plan import ReproducePlan
from experiments.reproduce.runs import with_effects
from experiments.statistics.paired_effects import paired

COLUMNS = (
    *("site", "arm", "years", "cut", "measure", "n", "uncut", "cut_effect", "effect", "low", "high"),
    *("delta", "p", "adjusted", "share"),
)


def loop_table(plan: ReproducePlan, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the effects on the measures of the loop without a cut and under each account that cuts it.

    ``uncut`` and ``cut_effect`` are mean effects of a package on a measure. ``effect`` is their difference, paired by
    draw: the contribution of the link that is cut. ``share`` is ``effect`` in percent of ``uncut``.
    """
    loop_pairs = with_effects(pairs[pairs["kind"] == LOOP])
    table = pd.DataFrame(list(loop_rows(plan, loop_pairs)), columns=list(COLUMNS))
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
