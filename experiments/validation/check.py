"""A status-quo year of the model beside the orders of magnitude that are known or guessed."""

import math
import statistics
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.runs.folder import joined
from experiments.runs.runs import run_all
from experiments.runs.spec import RunSpec
from experiments.runs.yearly import Expression, by_run, years_of
from model.errors import InputError

ORDERS = Path(__file__).with_name("orders.toml")
WIDTH, LABEL, NUMBER, NARROW = 80, 38, 8, 7
COUNTED = ("mean", "last", "sum", "per", "per_mean", "scale")


@dataclass(frozen=True)
class Order:
    """One quantity with its band at each site; without ``expression`` the model does not have it yet."""

    part: str
    name: str
    evidence: str
    expression: Expression | None
    bands: dict[str, tuple[float, float, float]]
    digits: int = 0
    note: str = ""
    year: int = 0
    """The year for which the band stands, if it does for one."""

    def years(self, years: Sequence[pd.DataFrame]) -> Sequence[pd.DataFrame]:
        """Return those of these years for which the band stands; all, if none is that year."""
        own = [year for year in years if year["month"].iloc[0].year == self.year]
        return own or years


@dataclass
class Tally:
    """How many rows were inside, compared and not modelled."""

    inside: int = 0
    compared: int = 0
    missing: list[Order] = field(default_factory=list)
    notes: list[Order] = field(default_factory=list)

    def sentence(self) -> str:
        """Return the last line of the check."""
        return f"{self.inside} of {self.compared} rows inside; {len(self.missing)} not counted"


def orders() -> list[Order]:
    """Return all orders of magnitude, in order of the file."""
    return [order_of(row) for row in tomllib.loads(ORDERS.read_text(encoding="utf-8"))["row"]]


def order_of(row: dict[str, Any]) -> Order:
    """Return one row of the file."""
    stated: dict[str, Any] = {
        key: tuple(row[key]) if isinstance(row[key], list) else row[key] for key in COUNTED if key in row
    }
    known = ("part", "name", "evidence", "digits", "note", "year")
    return Order(
        **{key: row[key] for key in known if key in row},
        expression=Expression(**stated) if set(stated) & {"mean", "last", "sum"} else None,
        bands={key: tuple(band) for key, band in row.items() if key not in (*COUNTED, *known)},
    )


def show_check(specs: Sequence[RunSpec]) -> None:
    """Run the status quo and print it beside the orders of magnitude."""
    site = specs[0].scenario.name
    rows = [order for order in orders() if site in order.bands]
    if not rows:
        known = sorted({site for order in orders() for site in order.bands})
        raise InputError(f"there are no orders of magnitude for '{site}', only for {', '.join(known)}")
    outcome = run_all(specs, label=f"{site}, status quo")
    if outcome.finished:
        measures = joined(outcome.results)["measures"].to_pandas()
        print("\n".join(check_lines(rows, site, measures)))
    if outcome.interrupted:
        raise KeyboardInterrupt


def check_lines(rows: Sequence[Order], site: str, measures: pd.DataFrame) -> Iterator[str]:
    """Yield the lines of the comparison."""
    runs = by_run(measures)
    years = [year for run in runs for year in years_of(run)]
    yield f"{site}, status quo: mean of a year (years: {len(years)}, runs: {len(runs)});"
    yield "± is the standard error of that mean, over years and runs"
    heading = "".join(word.rjust(NUMBER) for word in ("low", "central", "high"))
    yield " " * LABEL + "run".rjust(NARROW) + "±".rjust(NARROW) + heading
    tally, part = Tally(), ""
    for order in rows:
        if part != (part := order.part):
            yield f"\n{part}"
        yield row_line(order, order.bands[site], years, tally)
    yield from remarks("Remarks", tally.notes)
    yield from remarks("Not counted", tally.missing)
    yield f"\n{tally.sentence()}"


def row_line(order: Order, band: tuple[float, float, float], years: Sequence[pd.DataFrame], tally: Tally) -> str:
    """Return one line and count it."""
    label = f"  {order.name}".ljust(LABEL)
    limits = "".join(shown(number, order.digits) for number in band)
    if order.expression is None:
        tally.missing.append(order)
        return label + "-".rjust(NARROW) + " " * NARROW + limits
    found = [number for year in order.years(years) if not math.isnan(number := order.expression.of(year))]
    value = statistics.fmean(found) if found else math.nan
    inside = band[0] <= value <= band[2]
    tally.compared += 1
    tally.inside += inside
    if order.note:
        tally.notes.append(order)
    numbers = shown(value, order.digits, NARROW) + error_of(found, order.digits).rjust(NARROW)
    return label + numbers + limits + ("  in" if inside else " OUT")


def error_of(numbers: Sequence[float], digits: int) -> str:
    """Return the standard error of the mean, nothing where there is one number.

    >>> error_of([1.0, 3.0], 1), error_of([1.0], 1)
    ('±1.0', '')
    """
    return f"±{statistics.stdev(numbers) / math.sqrt(len(numbers)):,.{digits}f}" if len(numbers) > 1 else ""


def shown(number: float, digits: int, width: int = NUMBER) -> str:
    """Return a number in its column.

    >>> shown(4200.0, 0), shown(0.1, 1)
    ('   4,200', '     0.1')
    """
    return ("-" if math.isnan(number) else f"{number:,.{digits}f}").rjust(width)


def remarks(heading: str, rows: Sequence[Order]) -> Iterator[str]:
    """Yield what has to be known about some rows."""
    if rows:
        yield f"\n{heading}"
    for order in rows:
        text = f"{order.name.strip()}: {order.note}"
        yield textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      ")
