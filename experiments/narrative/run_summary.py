"""The printed table at the end of a run, for people who know the subject and not the program."""

import math
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.narrative.number_format import rounded
from experiments.statistics.annual_aggregation import MONTHS, Expression, by_run, values, years_of
from experiments.statistics.paired_effects import error_of
from experiments.storage.run_spec import RunSpec
from experiments.words import catalogue
from model.town.crime_kinds import NAMES

FILE = Path(__file__).with_name("run_summary.toml")
WIDTH, LABEL, CHANGE = 80, 31, 15
MOST_YEARS = 3
AT_DEFAULTS = """
At the default values of what nobody has measured: no finding on its own.
--draws plausible:20 tells how far these numbers go under other values."""
APART = ("homicide", "domestic_violence")
"""Kinds that have no line among the others: the first has its own, the second has none."""


@dataclass(frozen=True)
class SummaryLine:
    """One line of the table; without an expression it is a heading."""

    label: str
    expression: Expression | None = None
    digits: int = 0


def read_lines() -> Iterator[SummaryLine]:
    """Yield the lines that the file of the table states; one that stands for kinds of crime becomes a line for each."""
    for stated in tomllib.loads(FILE.read_text(encoding="utf-8"))["lines"]:
        if "each_kind" in stated:
            for kind in (kind for kind in NAMES if kind not in APART):
                yield SummaryLine(f"  {catalogue.kind(kind, 'en')}", Expression(sum=(f"{stated['each_kind']}_{kind}",)))
        else:
            label, digits = stated.pop("label"), stated.pop("digits", 0)
            read: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in stated.items()
            }
            yield SummaryLine(label, Expression(**read) if read else None, digits)


LINES = tuple(read_lines())


def summary(spec: RunSpec, measures: pd.DataFrame) -> str:
    """Return the table of a run as plain text."""
    place = spec.scenario.title.get("en", spec.scenario.name)
    heading = [f"{place}, {spec.policy}, {spec.begins} to {spec.until}"[:WIDTH], seeds_of(measures)]
    heading += changed(dict(spec.overrides))
    if measures.empty:
        return "\n".join([*heading, "", "No full month lies within this run, so there is nothing to show."])
    runs = by_run(measures)
    columns = columns_of(runs)
    width = min(20, (WIDTH - LABEL - CHANGE) // len(columns))
    rows = [row(line, runs, columns, width) for line in LINES]
    return "\n".join([*heading, *note(runs[0]), "", header(runs[0], columns, width), *rows, AT_DEFAULTS])


def changed(settings: Mapping[str, Any]) -> list[str]:
    """Return lines that name every changed setting.

    >>> changed({"trust.fast_days": "9", "mechanisms.fear": "false"}), changed({})
    (['Changed: trust.fast_days=9, mechanisms.fear=false'], [])
    """
    if not settings:
        return []
    return textwrap.wrap("Changed: " + ", ".join(f"{key}={text}" for key, text in settings.items()), WIDTH)


def seeds_of(measures: pd.DataFrame) -> str:
    """Return in words which seeds were run."""
    seeds = sorted(set(measures["seed"]))
    if len(seeds) < 2:
        return "1 run" + "".join(f", seed {seed}" for seed in seeds)
    return f"{len(seeds)} runs, seeds {seeds[0]} to {seeds[-1]}: mean ± Monte Carlo error"


def note(run: pd.DataFrame) -> list[str]:
    """Return remarks on the columns, if there are any."""
    months = len(run)
    if months < MONTHS:
        return [f"Only {months} full month{'s' * (months > 1)}: counts are scaled to a year."]
    beyond = months % MONTHS
    return [f"Months beyond the last full year, in no column: {beyond}."] if beyond else []


def columns_of(runs: Sequence[pd.DataFrame]) -> list[int]:
    """Return the years to show, by number: all of a short single run, else the first and the last."""
    years = len(years_of(runs[0]))
    return list(range(years)) if years <= MOST_YEARS and len(runs) == 1 else sorted({0, years - 1})


def header(run: pd.DataFrame, columns: Sequence[int], width: int) -> str:
    """Return the line above the numbers."""
    years = years_of(run)
    names = "".join(label_of(years[column]).rjust(width) for column in columns)
    return " " * LABEL + names + "change".rjust(CHANGE) * (len(columns) > 1)


def label_of(months: pd.DataFrame) -> str:
    """Return the name of a column: the calendar year, or the month in which a year begins."""
    first = months["month"].iloc[0]
    return f"{first:%Y}" if first.month == 1 and len(months) == MONTHS else f"from {first:%Y-%m}"


def row(line: SummaryLine, runs: Sequence[pd.DataFrame], columns: Sequence[int], width: int) -> str:
    """Return one line of the table."""
    if line.expression is None:
        return f"\n{line.label}"
    found = [values(line.expression, runs, column) for column in columns]
    cells = "".join(with_error(numbers, line.digits).rjust(width) for numbers in found)
    last = change(found[0], found[-1], line.digits).rjust(CHANGE) if len(columns) > 1 else ""
    return f"  {line.label}".ljust(LABEL) + cells + last


def change(first: Sequence[float], last: Sequence[float], digits: int) -> str:
    """Return by how much a number has moved, run by run.

    >>> change([1.0], [1.04], 1), change([1.0, 2.0], [0.5, 1.7], 1)
    ('0.0', '-0.4±0.1')
    """
    return with_error([end - begin for begin, end in zip(first, last, strict=True)], digits, "+")


def with_error(numbers: Sequence[float], digits: int, sign: str = "") -> str:
    """Return the mean of the runs in which a number is known, with its Monte Carlo error where there are several.

    >>> with_error([1.0, 2.0], 1), with_error([float("nan")], 1), with_error([1234.0], 0)
    ('1.5±0.5', '-', '1,234')
    """
    known = [number for number in numbers if not math.isnan(number)]
    if not known:
        return "-"
    text = rounded(sum(known) / len(known), digits, sign)
    return f"{text}±{error_of(np.array(known)):,.{digits}f}" if len(known) > 1 else text
