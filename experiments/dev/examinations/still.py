"""Gate of the status quo: does it stand still over ten years once everything that changes for a reason is off?

Off are population change, the ageing of residents, and the political calendar with its national series. Criteria,
custody, crime, trust, service and knowledge of problems are compared between years 1, 3 and 10.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.comparison.over_draws import rival_accounts
from experiments.dev.examinations.tables import Row, head_of, rows_by_columns, write_table
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.parameter_draws import read_draws
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table
from experiments.execution.runs import DAYS_OF_YEAR, RunGroup
from experiments.statistics.annual_aggregation import MONTHS, Expression
from experiments.statistics.paired_effects import error_of
from experiments.storage.run_spec import RunSpec, values_of
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.plausible_draws import file_of_kind
from model.engine.calendar import SHIFTS
from model.engine.fingerprint import fingerprint
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import build_town
from scenarios import accounts

YEARS = 10
COMPARED_YEARS = (1, 3, YEARS)
OFF = (
    "population_change.arrivals=0",
    "population_change.infants=0",
    "population_change.mortality=0",
    "population_change.departures=0",
    "mechanisms.political_calendar=false",
)
"""Settings that switch off what changes for a reason; ageing is stopped by `run_without_ageing`."""
RELATIVE_LIMIT, CRITERION_LIMIT = 0.05, 0.02
"""Largest change between two years: a share of the first, and points of a criterion (0 to 1)."""
ERRORS_PER_LIMIT = 3.0
"""The error of a change must be below the limit divided by this, or more runs are needed."""
PRESENT, DRAWS = "present", "draws"
"""Worlds beside the rival accounts: the present values, and draws of everything assumed."""
RUNS_UNDER_ACCOUNTS = 3
LABEL_WIDTH, NUMBER_WIDTH, CHANGE_WIDTH = 22, 9, 15


@dataclass(frozen=True)
class Quantity:
    """A yearly quantity that must stand still; its limit is a share of it unless ``criterion``."""

    name: str
    title: str
    expression: Expression
    criterion: bool = False

    @property
    def limit(self) -> float:
        """Largest change."""
        return CRITERION_LIMIT if self.criterion else RELATIVE_LIMIT


QUANTITIES = (
    *(Quantity(f"c{k}", f"criterion {k}", Expression(mean=f"c{k}"), True) for k in range(1, 5)),
    Quantity("held", "offenders held", Expression(mean="offenders_held")),
    Quantity("prevented", "crimes prevented", Expression(sum=("prevented",))),
    Quantity("crimes", "crimes per head", Expression(sum=("crimes_occurred",), per_mean="residents")),
    Quantity("trust", "trust", Expression(mean="trust_mean")),
    Quantity(
        "unserved",
        "calls unserved, share",
        Expression(sum=("calls_unserved",), per=("calls", "unserved_line")),
    ),
    Quantity("known", "problems known, share", Expression(mean="problems_known")),
)


def yearly_values(group: RunGroup[str], tell: ReportProgress) -> pd.DataFrame:
    """Return each quantity of `QUANTITIES` (columns) in every year (rows) of a run."""
    (spec,) = group.specs
    years = round(spec.reported_shifts / SHIFTS / DAYS_OF_YEAR)
    months = measures_table(run_without_ageing(spec.scenario, spec.seed, years, tell), spec).to_pandas()
    of_years = [months.iloc[MONTHS * k : MONTHS * (k + 1)] for k in range(years)]
    return pd.DataFrame([{one.name: one.expression.of(year) for one in QUANTITIES} for year in of_years])


def run_without_ageing(scenario: Scenario, seed: int, years: int, tell: ReportProgress) -> TrustModel:
    """Simulate a town for some years after its warm-up, in which nobody grows older; return its world."""
    town = build_town(scenario)
    people = town.people.copy()
    read_only = people.view()
    read_only.flags.writeable = False  # kernels are compiled for read-only tables of the town
    world = TrustModel(scenario, rng=seed, town=dataclasses.replace(town, people=read_only))
    for _ in range(365 * years + years // 4 + 1):
        people["born"] += 1
        world.run_for(SHIFTS)
        tell(SHIFTS)
    return world


def change_between(quantity: Quantity, first: np.ndarray, last: np.ndarray) -> tuple[float, float]:
    """Return the change of a quantity and its standard error over runs; relative to ``first`` unless a criterion."""
    change, error = float((last - first).mean()), error_of(last - first)
    base = 1.0 if quantity.criterion else float(first.mean())
    if base == 0.0:
        return (math.inf, math.inf) if change else (0.0, 0.0)
    return change / base, error / abs(base)


def row_of(site: str, quantity: Quantity, runs: Sequence[pd.DataFrame], compared: Sequence[int]) -> Row:
    """Return the means of one quantity in the compared years, its changes between them, and the verdict."""
    by_year = {year: np.array([run[quantity.name].iloc[year - 1] for run in runs]) for year in compared}
    row: Row = {"site": site, "measure": quantity.name, "runs": len(runs), "limit": quantity.limit}
    row |= {f"year_{year}": float(values.mean()) for year, values in by_year.items()}
    stands, enough = True, True
    for first, last in itertools.pairwise(compared):
        change, error = change_between(quantity, by_year[first], by_year[last])
        row |= {f"change_{first}_{last}": change, f"error_{first}_{last}": error}
        stands, enough = stands and abs(change) <= quantity.limit, enough and error <= quantity.limit / ERRORS_PER_LIMIT
    return row | {"stands": stands, "enough_runs": enough, "code": fingerprint()}


def specs_of_status_quo(site: str, size: ExperimentSize, years: int) -> tuple[RunSpec, ...]:
    """Return the runs of a site at the present values, without what changes for a reason."""
    return plan_runs(site, sets=[*size.sets, *OFF], years=years, replicates=size.seeds)


def specs_of_worlds(site: str, size: ExperimentSize, years: int) -> Iterator[tuple[str, RunSpec]]:
    """Yield the name of a world and one of its runs: draws of everything assumed, then each rival account."""
    specs = specs_of_status_quo(site, size, years)
    for draw, spec in zip(read_draws(file_of_kind(f"plausible:{size.seeds}")), specs, strict=True):
        yield DRAWS, spec.with_values({**draw.values, **values_of(OFF)})
    for name in rival_accounts():
        for spec in specs[:RUNS_UNDER_ACCOUNTS]:
            yield name, spec.with_values({**accounts.read(name), **values_of(OFF)})


def table_rows(worlds: Sequence[tuple[str, str, RunSpec]], workers: int, years: int) -> list[Row]:
    """Run (site, world, run) and return a row for each quantity of each world."""
    compared = tuple(sorted({year for year in COMPARED_YEARS if year < years} | {years}))
    groups = [RunGroup((spec,), f"{site} {world}") for site, world, spec in worlds]
    tables: dict[str, list[pd.DataFrame]] = {group.label: [] for group in groups}
    for group, table in run_jobs(groups, yearly_values, workers, "still").all_pairs:
        tables[group.label].append(table)
    keys = dict.fromkeys((site, world) for site, world, _ in worlds)
    return [
        {"site": site, "world": world, **row_of(site, quantity, tables[f"{site} {world}"], compared)}
        for site, world in keys
        for quantity in QUANTITIES
    ]


def lines_of(rows: Sequence[Row], name: str = "still", shows: Callable[[Row], bool] = bool) -> Iterator[str]:
    """Yield the rows to be shown as text, in lines of at most 80 columns, under the head of a table."""
    yield from head_of(name, runs=rows[0]["runs"])
    years = [name for name in rows[0] if name.startswith("year_")]
    changes = [name for name in rows[0] if name.startswith("change_")]
    named = {one.name: one for one in QUANTITIES}
    for (site, world), shown in rows_by_columns(rows, "site", "world").items():
        heading = "".join(name.replace("_", " ").rjust(NUMBER_WIDTH) for name in years)
        heading += "".join(name.removeprefix("change_").replace("_", "-").rjust(CHANGE_WIDTH) for name in changes)
        yield f"\n{site}".ljust(LABEL_WIDTH + 1) + heading
        if world != PRESENT:
            yield f"{world}: {sum(row['stands'] for row in shown)} of/de {len(shown)}"
        yield from (line_of(row, named[row["measure"]], years, changes) for row in shown if shows(row))
    yield f"\n{sum(row['stands'] for row in rows)} of/de {len(rows)}"


def line_of(row: Mapping[str, float], quantity: Quantity, years: Sequence[str], changes: Sequence[str]) -> str:
    """Return the line of one quantity."""
    numbers = "".join(f"{row[name]:.4g}".rjust(NUMBER_WIDTH) for name in years)
    unit, sign = (1.0, "") if quantity.criterion else (100.0, "%")
    for name in changes:
        error = row[name.replace("change_", "error_")]
        digits = 3 if quantity.criterion else 1
        cell = f"{unit * row[name]:+.{digits}f}{sign} ±{unit * error:.{digits}f}"
        numbers += cell.rjust(CHANGE_WIDTH)
    mark = ("" if row["stands"] else " *") + ("" if row["enough_runs"] else " ?")
    return f"  {quantity.title}".ljust(LABEL_WIDTH) + numbers + mark


def show_still(folder: Path, size: ExperimentSize, years: int = YEARS) -> bool:
    """Run both sites; print and write the table; return whether every quantity stands still."""
    worlds = [(site, PRESENT, spec) for site in SITES for spec in specs_of_status_quo(site, size, years)]
    rows = table_rows(worlds, size.workers, years)
    print(write_table(folder, "still", rows, [name for name in rows[0] if name != "world"], lines_of(rows)))
    return all(row["stands"] for row in rows)


def show_still_worlds(folder: Path, size: ExperimentSize, years: int = YEARS) -> None:
    """Run both sites over draws and under rival accounts; print and write the draws, and what moves under accounts."""
    worlds = [(site, *world) for site in SITES for world in specs_of_worlds(site, size, years)]
    rows = table_rows(worlds, size.workers, years)
    lines = lines_of(rows, "still_worlds", lambda row: row["world"] == DRAWS or not row["stands"])
    print(write_table(folder, "still_worlds", rows, list(rows[0]), lines))
