"""Effects on every monthly measure, for exploration beyond the headline measures."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from experiments.comparison.effects import Pair, row_of
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.thresholds import monthly_scale
from experiments.statistics.verdicts import corrected
from experiments.words.dictionary import measure_column

SECTION, RULE = "all", f"mean of the last {MONTHS} months"


def monthly_effects_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms and each monthly measure that both have, in the measure's own unit."""
    return corrected(pd.DataFrame([row for pair in pairs for row in rows_of(pair)]), ["section"])


def rows_of(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield one row for each monthly measure of a pair of arms."""
    base, arm = (last_months(side.table("measures")) for side in (pair.base, pair.arm))
    for name in [str(name) for name in base.columns.intersection(arm.columns)]:
        entry = measure_column(name)
        labels = {"unit": entry.unit, "meaning_en": entry.en, "meaning_es": entry.es}
        values: Any = (side[name].to_dict() for side in (base, arm))
        effect = pair.effect(*values, scale=monthly_scale(name, entry.unit))
        yield row_of(pair, SECTION, name, RULE, effect) | labels


def last_months(months: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of every measure over the last twelve months of each run, by seed."""
    from model.simulation.registry import MEASURES

    last = months.sort_values("month").groupby("seed").tail(MONTHS)
    return last.groupby("seed")[[name for name in MEASURES if name in months]].mean()
