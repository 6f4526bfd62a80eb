"""Effects of paired runs after 1, 3 and 10 years of one comparison, mainly on the measures of page one of a report."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from experiments.comparison.effects import Pair, corrected_effects, months_by_seed, row_of
from experiments.comparison.headline_measures import BY_NAME, PRIMARY_MEASURES
from experiments.statistics.annual_aggregation import MONTHS

HORIZONS = (1, 3, 10)
"""Years after which effects are reported, if a comparison reaches at least two of them."""
REPORTED_MEASURES = (PRIMARY_MEASURES[0], "crimes_occurred", *PRIMARY_MEASURES[1:3], "homicides", *PRIMARY_MEASURES[3:])
"""Reported measures: those of page one, all crimes and homicides."""


def horizons_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms with paired runs, horizon and measure; none if there is one horizon."""
    rows = [row for pair in pairs if not pair.why_unpaired for row in horizon_rows(pair)]
    return corrected_effects(pd.DataFrame(rows)) if rows else pd.DataFrame()


def horizon_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the effects of a pair by horizon: means over the last year before it, counts over all years up to it."""
    sides = [side.table("measures") for side in (pair.base, pair.arm)]
    simulated = min((int(n) for months in sides for n in months.groupby("seed").size()), default=0)
    # by months, since years of 365 days are too short
    reached = [years for years in HORIZONS if MONTHS * years <= simulated]
    for years in reached if len(reached) > 1 else ():
        base, arm = (months_until(months, years) for months in sides)
        runs = months_by_seed(base), months_by_seed(arm)
        for headline in (BY_NAME[name] for name in REPORTED_MEASURES):
            if headline.is_in(base) and headline.is_in(arm):
                effect = pair.headline_effect(headline, *runs, years)
                yield row_of(pair, f"year {years}", headline.name, headline.how, effect) | {"years": years}


def months_until(months: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the months of every run up to a horizon."""
    number = months.sort_values("month").groupby("seed").cumcount()
    return months.loc[number[number < MONTHS * years].sort_index().index]
