"""Format levels, effects and contrasts over draws of the assumed parameters as text in one language.

The sentences are in `messages.toml` under ``over_draws``; lines have at most 80 columns.
"""

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from experiments.comparison.headline_measures import BY_NAME, PRIMARY_MEASURES
from experiments.narrative.labels import change_label, headline_name, title_label
from experiments.narrative.messages import LINE_WIDTH, figure_message, message_lines
from experiments.narrative.number_format import compact_number, round_number, with_error
from experiments.words.bilingual import FigureTexts
from experiments.words.catalogue import unit
from model.simulation.registry import MEASURES
from scenarios import accounts

NAME_WIDTH, CELL_WIDTH, INTERVAL_WIDTH, ACCOUNT_WIDTH, MEASURE_WIDTH = 25, 8, 18, 28, 13
SPREADS = ("sd_random", "sd_town", "sd_assumed", "sd_account")
SHOWN = (*PRIMARY_MEASURES, "fear_mean", "crimes_occurred", "homicides", "told_share", "c1", "c2", "c3", "c4")
"""Measures in the printed table of effects; the file has all."""
SHOWN_BY_ACCOUNT = ("trust_mean", "crimes_occurred", "c1", "c3")
"""Measures in the printed table of accounts; the file has all."""


def level_lines(table: Any, draws: int, wording: FigureTexts) -> Iterator[str]:
    """Yield the levels of a run over draws, or a note that there are too few draws."""
    yield ""
    if table.empty:
        yield figure_message("over_draws.few", wording, n=draws)
        return
    yield from message_lines("over_draws.levels", wording, n=draws)
    yield draws_heading(wording, (CELL_WIDTH, INTERVAL_WIDTH, 7, 7, 7, 7))
    for row in table.itertuples():
        headline = BY_NAME[row.measure]
        low, high = round_number(row.low, headline.digits), round_number(row.high, headline.digits)
        ends = figure_message("over_draws.ends", wording, low=low, high=high)
        spreads = "".join(f"{round_number(getattr(row, name), headline.digits):>7}" for name in SPREADS)
        yield from labelled_row(
            wording.of(headline.label),
            NAME_WIDTH,
            f"{round_number(row.mean, headline.digits):>{CELL_WIDTH}}{ends:>{INTERVAL_WIDTH}}{spreads}",
        )


def labelled_row(label: str, width: int, cells: str) -> Iterator[str]:
    """Yield a line of a table, with a line of its own for a label that exceeds its column."""
    if len(label) > width:
        yield label
        label = ""
    yield f"{label:<{width}}{cells}"


def draws_heading(wording: FigureTexts, widths: Sequence[int]) -> str:
    """Return the table heading: mean, range, and as many other columns as there are widths."""
    names = [figure_message(f"over_draws.head.{name}", wording) for name in ("mean", *SPREADS, "share_up")]
    cells = [names[0], "95 %", *names[1:]][: len(widths)]
    return " " * NAME_WIDTH + "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def contrast_lines(table: Any, draws: int, measures: Sequence[str], wording: FigureTexts) -> Iterator[str]:
    """Yield the contrasts of a study over draws for some measures, each in the unit of the measure."""
    shown = table[table["measure"].isin(measures)] if len(table) else table
    if not len(shown):
        yield figure_message("over_draws.few", wording, n=draws)
        return
    yield from message_lines("over_draws.contrasts", wording, n=draws)
    for (site, measure), rows in shown.groupby(["site", "measure"], sort=False):
        yield f"\n{title_label(site, wording)}, {measure} [{unit(MEASURES[measure].unit, wording.language)}]"
        for row in rows.itertuples():
            change = change_label(row.against, wording)
            yield from textwrap.wrap(change, LINE_WIDTH, initial_indent="  ", subsequent_indent="  ")
            ends = figure_message("over_draws.ends", wording, low=f"{row.low:.3g}", high=f"{row.high:.3g}")
            sign = ", ".join([figure_message(f"over_draws.sign.{row.sign}", wording), *opposing_accounts(row, wording)])
            text = f"{row.mean:+.3g}; {ends}; {row.share_up:.0%}; {sign}"
            yield from textwrap.wrap(text, LINE_WIDTH, initial_indent="      ", subsequent_indent="      ")


def opposing_accounts(row: Any, wording: FigureTexts) -> list[str]:
    """Return a note on the accounts under which an effect has the opposite sign, if any."""
    if not row.against_accounts:
        return []
    titles = ", ".join(account_title(name, wording) for name in row.against_accounts.split(", "))
    return [figure_message("over_draws.not_under", wording, accounts=titles)]


def account_title(name: str, wording: FigureTexts) -> str:
    """Return the title of an account, or its name if it is not built in."""
    title = accounts.names().get(name, {"es": name, "en": name})
    return wording(title["es"], title["en"])


def effect_lines(rows: Any, wording: FigureTexts) -> Iterator[str]:
    """Yield the uncertainty of effects by source, and the known directions; nothing without draws."""
    if rows.empty:
        return
    yield ""
    yield from message_lines("over_draws.effects", wording, n=rows["draws"].max())
    yield draws_heading(wording, (CELL_WIDTH, 15, 7, 7, 7, 6, 5))
    shown = rows[rows["measure"].isin(SHOWN)]
    for row in shown.itertuples():
        headline = BY_NAME[row.measure]
        ends = f"{compact_number(row.low, headline.digits)}..{compact_number(row.high, headline.digits)}"
        spreads = [compact_number(getattr(row, name), max(headline.digits, 1)) for name in SPREADS]
        cells = "".join(f"{cell:>7}" for cell in spreads[:3]) + f"{spreads[3]:>6}{row.share_up:>5.0%}"
        mean = f"{compact_number(row.mean, headline.digits, '+'):>{CELL_WIDTH}}"
        yield from labelled_row(wording.of(headline.label), NAME_WIDTH, f"{mean}{ends:>15}{cells}")
    for sign, signed in shown.groupby("sign", sort=False):
        names = [
            " ".join([wording.of(headline.label), *(f"({note})" for note in opposing_accounts(row, wording))])
            for row in signed.itertuples()
            for headline in (BY_NAME[row.measure],)
        ]
        text = f"{figure_message(f'over_draws.direction.{sign}', wording)}: {', '.join(names)}"
        yield from textwrap.wrap(text, LINE_WIDTH, subsequent_indent="    ")


def account_lines(rows: Any, wording: FigureTexts) -> Iterator[str]:
    """Yield the effects under every account, over the draws that all accounts have."""
    if rows.empty:
        return
    yield ""
    yield figure_message("over_draws.accounts", wording, n=rows["draws"].max())
    known = [name for name in SHOWN_BY_ACCOUNT if name in set(rows["measure"])]
    yield from account_headings([headline_name(name, wording) for name in known])
    for account, effects in rows.groupby("account", sort=False):
        by_measure = {row.measure: row for row in effects.itertuples()}
        cells = [with_error(by_measure[one].effect, by_measure[one].error, BY_NAME[one], "+") for one in known]
        yield from labelled_row(
            account_title(str(account), wording), ACCOUNT_WIDTH, "".join(cell.rjust(MEASURE_WIDTH) for cell in cells)
        )


def account_headings(names: Sequence[str]) -> Iterator[str]:
    """Yield the column headings of accounts, wrapped and aligned at the bottom.

    >>> [line.split() for line in account_headings(["crimes that occurred", "C1"])]
    [['crimes', 'that'], ['occurred', 'C1']]
    """
    wrapped = [reversed(textwrap.wrap(name, MEASURE_WIDTH - 1)) for name in names]
    lines = list(itertools.zip_longest(*wrapped, fillvalue=""))
    yield from (" " * ACCOUNT_WIDTH + "".join(part.rjust(MEASURE_WIDTH) for part in line) for line in reversed(lines))
