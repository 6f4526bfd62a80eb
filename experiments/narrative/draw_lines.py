"""Format levels, effects and contrasts over draws of the assumed parameters as text in one language.

The sentences are in `messages.toml` under ``over_draws``; lines have at most 80 columns.
"""

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from experiments.comparison.headline_measures import BY_NAME, STATED
from experiments.narrative.labels import change_words, headline_name, title_words
from experiments.narrative.messages import said
from experiments.narrative.number_format import number, rounded, with_error
from experiments.words.bilingual import Tongue
from experiments.words.catalogue import unit
from model.simulation.registry import MEASURES
from scenarios import accounts

WIDTH, NAMES, CELL, ENDS, ACCOUNT, COLUMN = 80, 25, 8, 18, 28, 13
SPREADS = ("sd_random", "sd_town", "sd_assumed", "sd_account")
SHOWN = (*STATED, "fear_mean", "crimes_occurred", "homicides", "told_share", "c1", "c2", "c3", "c4")
"""Measures in the printed table of effects; the file has all."""
SHOWN_BY_ACCOUNT = ("trust_mean", "crimes_occurred", "c1", "c3")
"""Measures in the printed table of accounts; the file has all."""


def level_lines(table: Any, draws: int, tongue: Tongue) -> Iterator[str]:
    """Yield the levels of a run over draws, or a note that there are too few draws."""
    yield ""
    if table.empty:
        yield said("over_draws.few", tongue, n=draws)
        return
    yield from textwrap.wrap(said("over_draws.levels", tongue, n=draws), WIDTH)
    yield head_of_draws(tongue, (CELL, ENDS, 7, 7, 7, 7))
    for row in table.itertuples():
        headline = BY_NAME[row.measure]
        low, high = rounded(row.low, headline.digits), rounded(row.high, headline.digits)
        ends = said("over_draws.ends", tongue, low=low, high=high)
        spreads = "".join(f"{rounded(getattr(row, name), headline.digits):>7}" for name in SPREADS)
        yield from labelled(
            tongue.of(headline.label), NAMES, f"{rounded(row.mean, headline.digits):>{CELL}}{ends:>{ENDS}}{spreads}"
        )


def labelled(label: str, width: int, cells: str) -> Iterator[str]:
    """Yield a line of a table, with a line of its own for a label that exceeds its column."""
    if len(label) > width:
        yield label
        label = ""
    yield f"{label:<{width}}{cells}"


def head_of_draws(tongue: Tongue, widths: Sequence[int]) -> str:
    """Return the table heading: mean, range, and as many other columns as there are widths."""
    names = [said(f"over_draws.head.{name}", tongue) for name in ("mean", *SPREADS, "share_up")]
    cells = [names[0], "95 %", *names[1:]][: len(widths)]
    return " " * NAMES + "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def contrast_lines(table: Any, draws: int, measures: Sequence[str], tongue: Tongue) -> Iterator[str]:
    """Yield the contrasts of a study over draws for some measures, each in the unit of the measure."""
    shown = table[table["measure"].isin(measures)] if len(table) else table
    if not len(shown):
        yield said("over_draws.few", tongue, n=draws)
        return
    yield from textwrap.wrap(said("over_draws.contrasts", tongue, n=draws), WIDTH)
    for (site, measure), rows in shown.groupby(["site", "measure"], sort=False):
        yield f"\n{title_words(site, tongue)}, {measure} [{unit(MEASURES[measure].unit, tongue.language)}]"
        for row in rows.itertuples():
            change = change_words(row.against, tongue)
            yield from textwrap.wrap(change, WIDTH, initial_indent="  ", subsequent_indent="  ")
            ends = said("over_draws.ends", tongue, low=f"{row.low:.3g}", high=f"{row.high:.3g}")
            sign = ", ".join([said(f"over_draws.sign.{row.sign}", tongue), *opposing_accounts(row, tongue)])
            text = f"{row.mean:+.3g}; {ends}; {row.share_up:.0%}; {sign}"
            yield from textwrap.wrap(text, WIDTH, initial_indent="      ", subsequent_indent="      ")


def opposing_accounts(row: Any, tongue: Tongue) -> list[str]:
    """Return a note on the accounts under which an effect has the opposite sign, if any."""
    if not row.against_accounts:
        return []
    titles = ", ".join(account_title(name, tongue) for name in row.against_accounts.split(", "))
    return [said("over_draws.not_under", tongue, accounts=titles)]


def account_title(name: str, tongue: Tongue) -> str:
    """Return the title of an account, or its name if it is not built in."""
    title = accounts.names().get(name, {"es": name, "en": name})
    return tongue(title["es"], title["en"])


def effect_lines(rows: Any, tongue: Tongue) -> Iterator[str]:
    """Yield the uncertainty of effects by source, and the known directions; nothing without draws."""
    if rows.empty:
        return
    yield ""
    yield from textwrap.wrap(said("over_draws.effects", tongue, n=rows["draws"].max()), WIDTH)
    yield head_of_draws(tongue, (CELL, 15, 7, 7, 7, 6, 5))
    shown = rows[rows["measure"].isin(SHOWN)]
    for row in shown.itertuples():
        headline = BY_NAME[row.measure]
        ends = f"{number(row.low, headline.digits)}..{number(row.high, headline.digits)}"
        spreads = [number(getattr(row, name), max(headline.digits, 1)) for name in SPREADS]
        cells = "".join(f"{cell:>7}" for cell in spreads[:3]) + f"{spreads[3]:>6}{row.share_up:>5.0%}"
        mean = f"{number(row.mean, headline.digits, '+'):>{CELL}}"
        yield from labelled(tongue.of(headline.label), NAMES, f"{mean}{ends:>15}{cells}")
    for sign, own in shown.groupby("sign", sort=False):
        names = [
            " ".join([tongue.of(headline.label), *(f"({note})" for note in opposing_accounts(row, tongue))])
            for row in own.itertuples()
            for headline in (BY_NAME[row.measure],)
        ]
        text = f"{said(f'over_draws.direction.{sign}', tongue)}: {', '.join(names)}"
        yield from textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def account_lines(rows: Any, tongue: Tongue) -> Iterator[str]:
    """Yield the effects under every account, over the draws that all accounts have."""
    if rows.empty:
        return
    yield ""
    yield said("over_draws.accounts", tongue, n=rows["draws"].max())
    known = [name for name in SHOWN_BY_ACCOUNT if name in set(rows["measure"])]
    yield from column_heads([headline_name(name, tongue) for name in known])
    for account, own in rows.groupby("account", sort=False):
        by_measure = {row.measure: row for row in own.itertuples()}
        cells = [with_error(by_measure[one].effect, by_measure[one].error, BY_NAME[one], "+") for one in known]
        yield from labelled(account_title(str(account), tongue), ACCOUNT, "".join(cell.rjust(COLUMN) for cell in cells))


def column_heads(names: Sequence[str]) -> Iterator[str]:
    """Yield the column headings of accounts, wrapped and aligned at the bottom.

    >>> [line.split() for line in column_heads(["crimes that occurred", "C1"])]
    [['crimes', 'that'], ['occurred', 'C1']]
    """
    wrapped = [reversed(textwrap.wrap(name, COLUMN - 1)) for name in names]
    lines = list(itertools.zip_longest(*wrapped, fillvalue=""))
    yield from (" " * ACCOUNT + "".join(part.rjust(COLUMN) for part in line) for line in reversed(lines))
