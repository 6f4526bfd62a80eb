"""Compare years of the status quo with known or assumed orders of magnitude."""

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from experiments.execution.runs import run_all
from experiments.narrative.messages import figure_message
from experiments.statistics.annual_aggregation import runs_in_seed_order, years_of
from experiments.statistics.paired_effects import error_of as standard_error
from experiments.statistics.paired_effects import mean
from experiments.storage.run_folder import join_runs
from experiments.storage.run_spec import RunSpec
from experiments.validation.orders import OWN_ENDING, Band, Order, orders_for
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text

LINE_WIDTH, NUMBER_WIDTH, NARROW_WIDTH = 80, 8, 7
LABEL_WIDTHS = {"en": 38, "es": 35}
"""Width of the label of a row (characters) by language; the verdict takes the rest of the line."""


def show_check(specs: Sequence[RunSpec], workers: int, language: str = "en") -> None:
    """Run the status quo and print its comparison with the scenario's orders of magnitude."""
    rows = orders_for(specs[0].source, specs[0].scenario.name)
    show_comparison(specs, workers, lambda site, measures: check_lines(rows, site, measures, language))


def show_comparison(
    specs: Sequence[RunSpec], workers: int, lines: Callable[[str, pd.DataFrame], Iterable[str]]
) -> None:
    """Run the status quo and print the result of ``lines`` for its site and months."""
    site = specs[0].scenario.name
    outcome = run_all(specs, workers, label=console_text("label.status_quo", site=site))
    if outcome.finished:
        print("\n".join(lines(site, join_runs(outcome.results)["measures"].to_pandas())))
    if outcome.interrupted:
        raise KeyboardInterrupt


def check_lines(rows: Sequence[Order], site: str, measures: pd.DataFrame, language: str = "en") -> Iterator[str]:
    """Yield the lines of the comparison in a language."""
    say = FigureTexts(language)
    runs = runs_in_seed_order(measures)
    years = [year for run in runs for year in years_of(run)]
    yield figure_message("check.title", say, site=site, years=len(years), runs=len(runs))
    yield figure_message("check.error", say)
    heading = "".join(
        say(*word).rjust(NUMBER_WIDTH) for word in (("bajo", "low"), ("medio", "central"), ("alto", "high"))
    )
    yield " " * LABEL_WIDTHS[language] + say("corrida", "run").rjust(NARROW_WIDTH) + "±".rjust(NARROW_WIDTH) + heading
    part = ""
    verdicts: list[bool] = []
    for order in rows:
        if part != (part := order.part):
            yield f"\n{say(order.part_es, part)}"
        line, inside = row_line(order, order.bands.get(site), years, say)
        yield line
        verdicts += [] if inside is None else [inside]
    missing = [order for order in rows if order.expression is None]
    compared = [order for order in rows if order.expression is not None and site in order.bands]
    yield from note_lines(figure_message("check.remarks", say), [order for order in compared if order.note], say)
    yield from note_lines(figure_message("check.not_counted", say), missing, say)
    total = {"inside": sum(verdicts), "compared": len(verdicts), "missing": len(missing)}
    unknown = textwrap.fill(figure_message("check.nothing_known", say, site=site, ending=OWN_ENDING), LINE_WIDTH)
    yield "\n" + (figure_message("check.total", say, **total) if verdicts else unknown)


def row_line(
    order: Order, band: Band | None, years: Sequence[pd.DataFrame], say: FigureTexts
) -> tuple[str, bool | None]:
    """Return the line of one order of magnitude, and whether it lies inside its band; None if they are not compared."""
    label = f"  {say(order.name_es, order.name)}".ljust(LABEL_WIDTHS[say.language])
    limits = "".join(number_cell(number, order.digits) for number in band or [math.nan] * 3)
    if order.expression is None:
        return label + "-".rjust(NARROW_WIDTH) + " " * NARROW_WIDTH + limits, None
    values = [number for year in order.years(years) if not math.isnan(number := order.expression.of(year))]
    value = mean(np.asarray(values))
    numbers = number_cell(value, order.digits, NARROW_WIDTH) + format_error(values, order.digits).rjust(NARROW_WIDTH)
    if band is None:
        return label + numbers + limits, None
    inside = band[0] <= value <= band[2]
    return label + numbers + limits + verdict(inside, say), inside


def verdict(inside: bool, say: FigureTexts) -> str:
    """Return the last column of a line: inside or outside the band.

    >>> verdict(True, FigureTexts("en")), verdict(False, FigureTexts("es"))
    ('  in', '  FUERA')
    """
    return say(" dentro", "  in") if inside else say("  FUERA", " OUT")


def format_error(numbers: Sequence[float], digits: int) -> str:
    """Return the standard error of the mean as text, empty for a single number.

    >>> format_error([1.0, 3.0], 1), format_error([1.0], 1)
    ('±1.0', '')
    """
    return f"±{standard_error(np.asarray(numbers)):,.{digits}f}" if len(numbers) > 1 else ""


def number_cell(number: float, digits: int, width: int = NUMBER_WIDTH) -> str:
    """Return a number right-aligned in its column, `-` for NaN.

    >>> number_cell(4200.0, 0), number_cell(0.1, 1)
    ('   4,200', '     0.1')
    """
    return ("-" if math.isnan(number) else f"{number:,.{digits}f}").rjust(width)


def note_lines(heading: str, rows: Sequence[Order], say: FigureTexts) -> Iterator[str]:
    """Yield a heading and the notes on some rows."""
    if rows:
        yield f"\n{heading}"
    for order in rows:
        text = f"{say(order.name_es, order.name).strip()}: {say(order.note_es, order.note)}"
        yield textwrap.fill(text, LINE_WIDTH, initial_indent="  ", subsequent_indent="      ")
