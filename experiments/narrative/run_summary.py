"""Table printed at the end of a run, for readers who know the subject but not the program."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.narrative.draw_lines import labelled_row
from experiments.narrative.messages import LINE_WIDTH, figure_message, message_lines
from experiments.narrative.number_format import round_number
from experiments.statistics.annual_aggregation import MONTHS, Expression, runs_in_seed_order, yearly_values, years_of
from experiments.statistics.paired_effects import error_of
from experiments.storage.run_spec import RunSpec
from experiments.words import catalogue
from experiments.words.bilingual import FigureTexts
from experiments.words.toml_files import toml_beside
from model.town.crime_kinds import NAMES

LABEL_WIDTH, CHANGE_WIDTH = 31, 15
MAX_YEARS = 3
UNLISTED_KINDS = ("homicide", "domestic_violence")
"""Kinds without a line in the list of kinds: the first has its own line, the second has none."""


@dataclass(frozen=True)
class SummaryLine:
    """One line of the table with its label by language; a heading if it has no expression."""

    label: Mapping[str, str]
    expression: Expression | None = None
    digits: int = 0


def read_lines() -> Iterator[SummaryLine]:
    """Yield the lines stated in the TOML file of the table; ``each_kind`` becomes one line for each kind of crime."""
    for entry in toml_beside(__file__)["lines"]:
        if "each_kind" in entry:
            for kind in (kind for kind in NAMES if kind not in UNLISTED_KINDS):
                label = {language: f"  {catalogue.kind(kind, language)}" for language in catalogue.LANGUAGES}
                yield SummaryLine(label, Expression(sum=(f"{entry['each_kind']}_{kind}",)))
        else:
            label, digits = entry.pop("label"), entry.pop("digits", 0)
            yield SummaryLine(label, Expression.read(entry) if entry else None, digits)


SUMMARY_LINES = tuple(read_lines())


def summary_table(spec: RunSpec, measures: pd.DataFrame, wording: FigureTexts) -> str:
    """Return the table of a run as plain text in a language."""
    place = spec.scenario.title.get(wording.language, spec.scenario.name)
    title = figure_message(
        "run.heading", wording, place=place, policy=spec.policy, begins=spec.begins, until=spec.until
    )
    heading = [title[:LINE_WIDTH], seeds_of(measures, wording), *changed_settings(dict(spec.overrides), wording)]
    if measures.empty:
        return "\n".join([*heading, "", figure_message("run.no_month", wording)])
    runs = runs_in_seed_order(measures)
    columns = columns_of(runs)
    width = min(20, (LINE_WIDTH - LABEL_WIDTH - CHANGE_WIDTH) // len(columns))
    rows = [text for line in SUMMARY_LINES for text in table_row(line, runs, columns, width, wording)]
    defaults = ["", *message_lines("run.at_defaults", wording), figure_message("run.other_values", wording)]
    return "\n".join(
        [
            *heading,
            *column_notes(runs[0], wording),
            "",
            column_headings(runs[0], columns, width, wording),
            *rows,
            *defaults,
        ]
    )


def changed_settings(settings: Mapping[str, Any], wording: FigureTexts) -> list[str]:
    """Return the changed settings as wrapped lines.

    >>> changed_settings({"trust.fast_days": "9", "mechanisms.fear": "false"}, FigureTexts("en"))
    ['Changed: trust.fast_days=9, mechanisms.fear=false']
    """
    if not settings:
        return []
    text = ", ".join(f"{key}={value}" for key, value in settings.items())
    return message_lines("comparison.changed", wording, settings=text)


def seeds_of(measures: pd.DataFrame, wording: FigureTexts) -> str:
    """Return the seeds of the runs as text."""
    seeds = sorted(set(measures["seed"]))
    if not seeds:
        return figure_message("run.no_run", wording)
    if len(seeds) == 1:
        return figure_message("run.seed", wording, seed=seeds[0])
    return figure_message("run.seeds", wording, n=len(seeds), first=seeds[0], last=seeds[-1])


def column_notes(run: pd.DataFrame, wording: FigureTexts) -> list[str]:
    """Return notes on incomplete years, if any."""
    months = len(run)
    if months < MONTHS:
        return [figure_message("run.one_month" if months == 1 else "run.few_months", wording, n=months)]
    beyond = months % MONTHS
    return [figure_message("run.beyond", wording, n=beyond)] if beyond else []


def columns_of(runs: Sequence[pd.DataFrame]) -> list[int]:
    """Return the indices of the years to show: all of a short single run, else the first and the last."""
    years = len(years_of(runs[0]))
    return list(range(years)) if years <= MAX_YEARS and len(runs) == 1 else sorted({0, years - 1})


def column_headings(run: pd.DataFrame, columns: Sequence[int], width: int, wording: FigureTexts) -> str:
    """Return the line of column headings."""
    years = years_of(run)
    names = "".join(column_label(years[column], wording).rjust(width) for column in columns)
    return " " * LABEL_WIDTH + names + figure_message("run.change", wording).rjust(CHANGE_WIDTH) * (len(columns) > 1)


def column_label(months: pd.DataFrame, wording: FigureTexts) -> str:
    """Return the heading of a column: the calendar year, or the month in which a year begins."""
    first = months["month"].iloc[0]
    whole = first.month == 1 and len(months) == MONTHS
    return f"{first:%Y}" if whole else figure_message("run.from", wording, month=f"{first:%Y-%m}")


def table_row(
    line: SummaryLine, runs: Sequence[pd.DataFrame], columns: Sequence[int], width: int, wording: FigureTexts
) -> Iterator[str]:
    """Yield one line of the table, with a line of its own for a label that exceeds its column."""
    label = line.label[wording.language]
    if line.expression is None:
        yield f"\n{label}"
        return
    found = [yearly_values(line.expression, runs, column) for column in columns]
    cells = "".join(mean_with_error(numbers, line.digits).rjust(width) for numbers in found)
    last = change_text(found[0], found[-1], line.digits).rjust(CHANGE_WIDTH) if len(columns) > 1 else ""
    yield from labelled_row(f"  {label}", LABEL_WIDTH, cells + last)


def change_text(first: Sequence[float], last: Sequence[float], digits: int) -> str:
    """Format the change of a number, averaged over runs.

    >>> change_text([1.0], [1.04], 1), change_text([1.0, 2.0], [0.5, 1.7], 1)
    ('0.0', '-0.4±0.1')
    """
    return mean_with_error([end - begin for begin, end in zip(first, last, strict=True)], digits, "+")


def mean_with_error(numbers: Sequence[float], digits: int, sign: str = "") -> str:
    """Format the mean over runs with a known number, with its Monte Carlo error if there are several.

    >>> mean_with_error([1.0, 2.0], 1), mean_with_error([float("nan")], 1), mean_with_error([1234.0], 0)
    ('1.5±0.5', '-', '1,234')
    """
    known = [number for number in numbers if not math.isnan(number)]
    if not known:
        return "-"
    text = round_number(sum(known) / len(known), digits, sign)
    return f"{text}±{error_of(np.array(known)):,.{digits}f}" if len(known) > 1 else text
