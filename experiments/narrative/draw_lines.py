"""Levels and contrasts over draws of what is assumed, as text."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from experiments.comparison.headline_measures import BY_NAME
from experiments.narrative.number_format import rounded
from model.simulation.registry import MEASURES

WIDTH, NAMES, CELL, ENDS = 80, 25, 8, 18
SPREADS = ("sd_random", "sd_town", "sd_assumed", "sd_account")


def level_lines(table: Any, draws: int) -> Iterator[str]:
    """Yield the levels of a run over draws, or that there are too few of them."""
    if table.empty:
        yield f"\n{draws} draws are too few: nothing can be told from fewer than four"
        return
    yield ""
    yield from textwrap.wrap(
        f"Over {draws} draws of what is assumed, with other towns, seeds and accounts: mean; 95 % of runs; standard"
        " deviations from random variation, town, assumed parameters and account",
        WIDTH,
    )
    heads = ("random", "town", "param.", "acct.")
    yield f"{'':{NAMES}}{'mean':>{CELL}}{'95 %':>{ENDS}}" + "".join(f"{one:>7}" for one in heads)
    for row in table.itertuples():
        one = BY_NAME[row.measure]
        ends = f"{rounded(row.low, one.digits)} to {rounded(row.high, one.digits)}"
        spreads = "".join(f"{rounded(getattr(row, name), one.digits):>7}" for name in SPREADS)
        yield f"{one.en:{NAMES}}{rounded(row.mean, one.digits):>{CELL}}{ends:>{ENDS}}{spreads}"


def contrast_lines(table: Any, draws: int, measures: Sequence[str]) -> Iterator[str]:
    """Yield the contrasts of a study over draws in some measures, each in the unit of the measure."""
    shown = table[table["measure"].isin(measures)] if len(table) else table
    if not len(shown):
        yield f"{draws} draws are too few: nothing can be told from fewer than four"
        return
    yield from textwrap.wrap(
        f"Over {draws} draws of what is assumed, with other towns, seeds and accounts: mean; 95 % of runs; share of"
        " draws above 0; whether the direction is known",
        WIDTH,
    )
    for (site, measure), rows in shown.groupby(["site", "measure"], sort=False):
        yield f"\n{site}, {measure} [{MEASURES[measure].unit}]"
        for row in rows.itertuples():
            yield f"  {row.against}"[:WIDTH]
            ends = f"{row.low:.3g} to {row.high:.3g}"
            against = f", not under {row.against_accounts}" if row.against_accounts else ""
            told = f"{row.mean:+.3g}; {ends}; {row.share_up:.0%}; {row.sign}{against}"
            yield from textwrap.wrap(told, WIDTH, initial_indent="      ", subsequent_indent="      ")
