"""Effects with and without the loop trust → reporting → arrests → crime, for the same parameter draws."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.reproduce.design import LOOP
from experiments.reproduce.effects import scale_at, with_verdicts
from experiments.reproduce.plan import ReproducePlan
from experiments.reproduce.runs import differences
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
    own = pairs[pairs["kind"] == LOOP]
    own = own.assign(effect=differences(own))
    table = pd.DataFrame(list(loop_rows(plan, own)), columns=list(COLUMNS))
    return with_verdicts(table, ["site", "arm", "cut"])


def loop_rows(plan: ReproducePlan, pairs: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table at the last horizon."""
    last = pairs[pairs["years"] == pairs["years"].max()]
    for (site, arm), of_arm in last.groupby(["site", "arm"], sort=False):
        for measure in plan.loop.links:
            by_account = of_arm[of_arm["measure"] == measure].pivot_table("effect", "draw", "account")
            for cut in [name for name in plan.loop.cuts if name in by_account]:
                both = by_account.reindex(columns=[plan.loop.uncut, cut]).dropna()
                sides = [list(both[name]) for name in (cut, plan.loop.uncut)]
                years = int(last["years"].iloc[0])
                found = paired(*sides, scale=scale_at(of_arm, measure, years))
                yield {
                    "site": site, "arm": arm, "years": years, "cut": cut, "measure": measure, "n": found.n,
                    "uncut": found.arm, "cut_effect": found.base, "effect": found.effect, "low": found.low,
                    "high": found.high, "delta": found.delta, "p": found.p, "adjusted": found.adjusted,
                    "share": 100.0 * found.effect / found.arm if found.arm else float("nan"),
                }  # fmt: skip
