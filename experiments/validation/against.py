"""Compare a user's monthly series with simulated runs of the same months."""

import csv
import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.narrative.labels import plain_number
from experiments.narrative.messages import figure_message
from experiments.storage.run_spec import RunSpec, measure_names
from experiments.validation.check import LINE_WIDTH, show_comparison, verdict
from experiments.words.bilingual import FigureTexts
from experiments.words.catalogue import meaning, unit
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import parse_date
from model.simulation.registry import MEASURES
from scenarios import load
from scenarios.files import read_text

MONTH_COLUMN = "month"
MONTH_WIDTH, NUMBER_WIDTH = 13, 11
DEFAULT_RUNS = 8
"""Default number of runs that are compared with a series."""
LIMITS = {
    **dict.fromkeys(("0-1", "0 or 1"), (0.0, 1.0)),
    **dict.fromkeys(("0-100", "%"), (0.0, 100.0)),
    "-1 to 1": (-1.0, 1.0),
    **dict.fromkeys(("points per 100", "value"), (-math.inf, math.inf)),
}
"""Least and greatest value of a measure by its unit; of any other unit, such as a count, at least 0."""
LONGEST_RUN = 1200
"""Longest run (months)."""


@dataclass(frozen=True)
class Series:
    """Monthly series of a CSV file: one column per measure, one row per month, in order of time."""

    file: str
    table: pd.DataFrame

    @property
    def last(self) -> pd.Period:
        """Last month with a value."""
        return self.table.index[-1]


def read_series(path: Path) -> Series:
    """Return the monthly series of a CSV file (separator comma or semicolon); raise InputError if it is invalid."""
    file = str(path)
    lines = read_text(path, file).splitlines()
    if not lines:
        raise InputError(f"{file}: is empty; its first line must name columns: {MONTH_COLUMN}, then measures")
    rows = list(csv.reader(lines, delimiter=";" if ";" in lines[0] else ","))
    columns = checked_columns(file, [name.strip() for name in rows[0]])
    values_by_month: dict[pd.Period, dict[str, float]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{file}, line {number}"
        if len(row) != len(columns):
            raise InputError(f"{where}: must have {len(columns)} cells as the first line has, got {len(row)}")
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=True))
        month = month_of(where, cells.pop(MONTH_COLUMN))
        if month in values_by_month:
            raise InputError(f"{where}: {MONTH_COLUMN} {month} stands twice")
        values_by_month[month] = {name: number_of(where, name, cell) for name, cell in cells.items()}
    table = pd.DataFrame.from_dict(values_by_month, orient="index").sort_index().dropna(how="all")
    if table.empty:
        raise InputError(f"{file}: says nothing of any month")
    return Series(file, table)


def checked_columns(file: str, names: list[str]) -> list[str]:
    """Return the column names; raise InputError unless they are the month and distinct measures."""
    if MONTH_COLUMN not in names:
        raise InputError(
            f"{file}: no column '{MONTH_COLUMN}'{suggest_nearest(MONTH_COLUMN, names)};"
            " it must hold months like 2018-01"
        )
    for name in names:
        if name != MONTH_COLUMN and name not in measure_names():
            raise InputError(
                f"{file}: no measure '{name}'{suggest_nearest(name, measure_names())}; see confianza list measures"
            )
        if names.count(name) > 1:
            raise InputError(f"{file}: column '{name}' stands twice")
    if len(names) == 1:
        raise InputError(f"{file}: no column but '{MONTH_COLUMN}'; name some of `confianza list measures`")
    return names


def month_of(where: str, cell: str) -> pd.Period:
    """Return the month of a cell such as 2018-01, or of a date."""
    day = parse_date(f"{where}: {MONTH_COLUMN}", f"{cell}-01" if cell.count("-") == 1 else cell)
    return pd.Period(day, freq="M")


def number_of(where: str, name: str, cell: str) -> float:
    """Return the number of a measure in a cell, NaN if it is empty; raise InputError for a value that cannot be."""
    if not cell:
        return math.nan
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(
            f"{where}: {name} must be a number like 3 or 0.5, or empty where it is not known, got '{cell}'"
        )
    low, high = LIMITS.get(MEASURES[name].unit, (0.0, math.inf))
    if not low <= number <= high:
        limits = f"lie between {low:g} and {high:g}" if high < math.inf else f"be at least {low:g}"
        raise InputError(f"{where}: {name} must {limits}, got {cell}: leave the cell empty where it is not known")
    return number


def requested_specs(
    series: Series, scenario: str, *, start: str | None, seed: int, replicates: int
) -> tuple[RunSpec, ...]:
    """Return the specifications of runs that last until the end of a series."""
    first = load(scenario, start=start).start
    after = series.last + 1
    if after.start_time.date() <= first:
        raise InputError(f"{series.file}: ends with {series.last}, before the run begins: give --start before {first}")
    if (after - pd.Period(first, freq="M")).n > LONGEST_RUN:
        raise InputError(f"{series.file}: must end within 100 years after {first}, got {series.last}")
    until = str(after.start_time.date())
    return plan_runs(scenario, start=start, until=until, seed=seed, replicates=replicates)


def show_against(series: Series, specs: Sequence[RunSpec], workers: int, language: str = "en") -> None:
    """Run the status quo and print its comparison with a series."""
    show_comparison(specs, workers, lambda site, measures: against_lines(series, site, measures, language))


def against_lines(series: Series, site: str, measures: pd.DataFrame, language: str = "en") -> Iterator[str]:
    """Yield the lines of the comparison in a language, measure by measure."""
    say = FigureTexts(language)
    simulated = measures.assign(month=pd.PeriodIndex(pd.to_datetime(measures[MONTH_COLUMN]), freq="M"))
    months = series.table.index.intersection(pd.Index(simulated[MONTH_COLUMN].unique()))
    n_runs = simulated["seed"].nunique()
    yield wrap_text(figure_message("against.title", say, site=site, file=series.file, months=len(months), runs=n_runs))
    if beyond := [str(month) for month in series.table.index if month not in months]:
        yield wrap_text(figure_message("against.beyond", say, months=", ".join(beyond)))
    for name in series.table.columns:
        given = series.table[name].loc[months].dropna()
        all_runs = simulated.pivot(index=MONTH_COLUMN, columns="seed", values=name).astype(float)
        runs = all_runs.loc[given.index].dropna(how="all")
        yield from column_lines(name, given.loc[runs.index], runs, say)
    yield "\n" + wrap_text(figure_message("against.caution", say))


def column_lines(name: str, given: pd.Series, runs: pd.DataFrame, say: FigureTexts) -> Iterator[str]:
    """Yield the lines of one measure: lowest, mean and highest run of each month, then means over months."""
    yield f"\n{name}  [{unit(MEASURES[name].unit, say.language)}]"
    yield wrap_text(meaning(name, say.language), "  ")
    if runs.empty:
        yield f"  {figure_message('against.no_month', say)}"
        return
    heading = (("dato", "given"), ("menor", "lowest"), ("media", "mean"), ("mayor", "highest"))
    yield f"  {say('mes', 'month')}".ljust(MONTH_WIDTH) + "".join(say(*word).rjust(NUMBER_WIDTH) for word in heading)
    inside = 0
    for month, value, values in zip(given.index, given, runs.to_numpy(), strict=True):
        inside += lies_inside(value, values)
        yield month_line(str(month), value, values, say)
    yield month_line(say("media", "mean"), given.mean(), runs.mean().to_numpy(), say)
    counted = figure_message("against.inside", say, inside=inside, months=len(given))
    yield wrap_text(f"{counted} {expected_share_sentence(runs.shape[1], say)}", "  ")


def expected_share_sentence(n: int, say: FigureTexts) -> str:
    """Return a sentence with the expected share of months in which a further run lies within the range of n runs.

    >>> expected_share_sentence(8, FigureTexts("en")), expected_share_sentence(1, FigureTexts("en"))
    ('One more run of the model would have at least 78 % there.', 'One run has no width: give --replicates.')
    """
    if n < 2:
        return figure_message("against.one_run", say)
    return figure_message("against.further_run", say, share=f"{100 * (n - 1) / (n + 1):.0f}")


def month_line(label: str, given: float, runs: np.ndarray, say: FigureTexts) -> str:
    """Return one line of a measure: given value, lowest, mean and highest run, and the verdict."""
    numbers = (given, np.nanmin(runs), np.nanmean(runs), np.nanmax(runs))
    cells = "".join(plain_number(number).rjust(NUMBER_WIDTH) for number in numbers)
    return f"  {label}".ljust(MONTH_WIDTH) + cells + verdict(lies_inside(given, runs), say)


def lies_inside(given: float, runs: np.ndarray) -> bool:
    """Return whether a number lies between the lowest and the highest run."""
    return bool(np.nanmin(runs) <= given <= np.nanmax(runs))


def wrap_text(text: str, indent: str = "") -> str:
    """Return a text wrapped to the width of a terminal."""
    return textwrap.fill(text, LINE_WIDTH, initial_indent=indent, subsequent_indent=indent)
