"""Criteria in paired runs: compared with the paper, by their responses, and over ranges of assumed parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import criteria_lines, mean_scores
from experiments.dev.examinations.tables import TABLES, StudyWorld, changes_text, worlds_of, write_table
from experiments.dev.examinations.worlds import run_table
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.parameter_draws import read_draws
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import simulate
from experiments.execution.runs import RunGroup
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import CRITERION
from experiments.storage.run_spec import values_of
from experiments.validation.experiment import BASE, SITES
from experiments.validation.experiment_runs import RUNS, ExperimentSize
from experiments.validation.paper_statements import PAPER_GRADES, statement_lines
from experiments.validation.plausible_draws import file_of_kind
from model.engine.fingerprint import fingerprint
from model.measures.criteria import CRITERIA, GRADES, grade_index
from model.town.town import build_town

CRITERIA_TABLE: Mapping[str, Any] = TABLES["criteria"]
ENDS: Mapping[str, Sequence[float]] = TABLES["ranges"]["ends"]
"""Low and high end of each assumed parameter that may affect criteria."""
type Table = Mapping[str, np.ndarray]
"""Scores of each criterion by seed."""
type Ends = Mapping[tuple[str, float], Table]
"""Scores of each criterion by parameter and value, at one site."""


def show_criteria(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo and all worlds at both sites; write and print their criteria."""
    worlds = worlds_of("criteria")
    months = {site: run_months("criteria", site, worlds, size, years, runs) for site in SITES}
    tables = {
        site: {name: table_of(world_months) for name, world_months in of_site.items()}
        for site, of_site in months.items()
    }
    anchors = plan_runs(SITES[0])[0].scenario.anchors
    lines = [
        *criteria_lines({site: mean_scores(of_site[BASE], anchors) for site, of_site in months.items()}),
        *paper_lines({site: of_site[BASE] for site, of_site in tables.items()}),
        *statement_lines(
            {
                "present values": {site: of_site[BASE] for site, of_site in months.items()},
                "draws of all that is assumed": {site: months_over_draws(site, years, size) for site in SITES},
            },
            min(years, size.max_years),
        ),
        *response_lines(tables, worlds, years, size.seeds),
    ]
    rows = [row for site in SITES for row in rows_of(site, tables[site], worlds, years)]
    print(write_table(out, "criteria", rows, CRITERIA_TABLE["columns"], lines))


def run_months(
    name: str, site: str, worlds: Mapping[str, StudyWorld], size: ExperimentSize, years: float, runs: Path
) -> dict[str, pd.DataFrame]:
    """Run the status quo and other worlds at one site; return the months of each world over all seeds."""
    twins = run_table(name, site, worlds, size, years, runs)
    return {
        world: pd.concat([tables[world].months for tables in twins], ignore_index=True) for world in (BASE, *worlds)
    }


def months_over_draws(site: str, years: float, size: ExperimentSize) -> pd.DataFrame:
    """Run the status quo of a site once in each draw of everything assumed; return the months, draws as seeds."""
    specs = plan_runs(site, sets=[*size.sets], years=min(years, size.max_years), replicates=size.seeds)
    draws = read_draws(file_of_kind(f"plausible:{size.seeds}"))
    groups = [
        RunGroup((spec.with_values({**draw.values, **values_of(size.sets)}),), f"{site} {number}")
        for number, (draw, spec) in enumerate(zip(draws, specs, strict=True))
    ]
    tables = run_jobs(groups, months_of_run, size.workers, "criteria").all_pairs
    return pd.concat([table.assign(seed=int(group.label.split()[-1])) for group, table in tables])


def months_of_run(group: RunGroup[str], tell: ReportProgress) -> pd.DataFrame:
    """Return the months of a run."""
    (spec,) = group.specs
    return simulate(spec, build_town(spec.scenario), tell, all_tables=False).tables["measures"].to_pandas()


def rows_of(
    site: str, tables: Mapping[str, Table], worlds: Mapping[str, StudyWorld], years: float
) -> Iterator[dict[str, Any]]:
    """Yield level and change of every criterion in every world of a site."""
    about = {"site": site, "years": years, "code": fingerprint()}
    for world, table in tables.items():
        for name in CRITERIA:
            effect = paired(tables[BASE][name].tolist(), table[name].tolist())
            change = {key: getattr(effect, key) for key in ("low", "high")} | {"change": effect.effect}
            label = "status quo" if world == BASE else worlds[world].en
            row = about | {"world": world, "en": label, "criterion": name}
            yield row | {"level": mean_of(table[name]), "twins": len(table[name])} | change


def table_of(months: pd.DataFrame) -> Table:
    """Return each criterion at the end of every run, in order of seed."""
    last = months.sort_values("month").groupby("seed", sort=True).tail(1).sort_values("seed")
    return {name: last[name].to_numpy() for name in CRITERIA}


def mean_of(values: np.ndarray) -> float:
    """Return the mean over the seeds with a score, NaN if no seed has one."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def paper_lines(base: Mapping[str, Table]) -> Iterator[str]:
    """Yield the criteria with the words of the paper, which are labels."""
    yield ""
    yield "Beside the words of the paper (2017-18), which set no number; at the stated anchors"
    for k, site in enumerate(SITES):
        for name, stated in PAPER_GRADES.items():
            value = mean_of(base[site][name])
            grade = "null" if math.isnan(value) else GRADES[grade_index(value)]
            yield f"  {site:15}{name:5}{value:6.2f}  here {grade:12} paper {stated[k]}"


def change_and_error(base: Table, world: Table, name: str) -> tuple[float, float]:
    """Return the mean change of a criterion over paired runs, and its standard error."""
    n = len(world[name])
    effect = paired(base[name][:n].tolist(), world[name].tolist())
    return effect.effect, effect.error


def response_lines(
    tables: Mapping[str, Mapping[str, Table]], worlds: Mapping[str, StudyWorld], years: float, seeds: int
) -> Iterator[str]:
    """Yield the changes of each criterion in worlds that should move it, that should not, and under gaming."""

    def response_line(key: str, name: str, expected: bool, sign: float = 1.0) -> str:
        changes = [change_and_error(tables[site][BASE], tables[site][key], name) for site in SITES]
        marked = ((*one, " " if responds_as_expected(*one, expected, sign, key) else "*") for one in changes)
        label = f"{worlds[key].en:28}"
        return label + "".join(f"{c:+.3f} ±{error:.3f}{mark}".rjust(18) for c, error, mark in marked)

    yield ""
    yield f"Answers after {years:g} years, {seeds} twins: change ± error in both sites; * not as it should be"
    for name in CRITERIA:
        for expected, heading in ((True, "should"), (False, "should_not")):
            yield f"{name} {'should move' if expected else 'should not'}"
            for world in CRITERIA_TABLE[heading][name]:
                yield f"  {response_line(world.lstrip('-'), name, expected, -1.0 if world.startswith('-') else 1.0)}"
    yield "Gaming on every criterion"
    for key in CRITERIA_TABLE["gaming"]:
        for name in CRITERIA:
            yield f"  {name[:4]} {response_line(key, name, False)}"


def responds_as_expected(change: float, error: float, expected: bool, sign: float, key: str) -> bool:
    """Return whether a criterion moves as it should, or stays within chance; worlds of ``may_lower`` may lower it."""
    if expected:
        return CRITERION.responds(sign * change)
    return CRITERION.is_unchanged(change if key in CRITERIA_TABLE["may_lower"] else abs(change), error)


def show_ranges(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo of both sites with each parameter at either end; write and print the span of the criteria."""
    ends = {f"{name.replace('.', '_')}_{value:g}": (name, value) for name, both in ENDS.items() for value in both}
    worlds = {world: world_at_end(world, *end) for world, end in ends.items()}
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for site in SITES:
        months = run_months("ranges", site, worlds, size, years, runs)
        tables = {name: table_of(of_world) for name, of_world in months.items()}
        by_end = {end: tables[world] for world, end in ends.items()}
        lines += range_lines(site, tables[BASE], by_end, years, size.seeds)
        rows += rows_of(site, tables, worlds, years)
        text = write_table(out, "criteria_ranges", rows, TABLES["ranges"]["columns"], lines)
    print(text)


def world_at_end(world: str, name: str, value: float) -> StudyWorld:
    """Return the status quo with one parameter changed from the first day after the common warm-up on."""
    return StudyWorld(f"{name} = {value:g}", "", (f"ranges_{world}",), changes_text({"set": {name: value}}))


def range_lines(site: str, base: Table, ends: Ends, years: float, seeds: int) -> Iterator[str]:
    """Yield the span of each criterion at one site, with the grades and the parameters at its ends."""
    yield f"{site}: criteria after {years:g} years over the ranges of what is assumed, one number at a time,"
    yield f"from the first day on, {seeds} twins: status quo, lowest and highest mean, what leads there; every change"
    for name in CRITERIA:
        means = {key: mean_of(table[name]) for key, table in ends.items()}
        known = {key: value for key, value in means.items() if not math.isnan(value)}
        current = mean_of(base[name])
        if not known or math.isnan(current):
            yield f"  {name:15} null: too few events"
            continue
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        span = " to ".join(
            f"{known[key]:.2f} {GRADES[grade_index(known[key])]} ({key[0]} {key[1]:g})" for key in (low, high)
        )
        yield f"  {name:15}{current:.2f} {GRADES[grade_index(current)]}: {span}"
    yield "".join(["  ", "change ± error".ljust(32), *(name.rjust(16) for name in CRITERIA)])
    for (parameter, value), table in ends.items():
        cells = (change_and_error(base, table, name) for name in CRITERIA)
        yield f"  {f'{parameter} {value:g}':32}" + "".join(
            ("-" if math.isnan(change) else f"{change:+.3f} ±{error:.3f}").rjust(16) for change, error in cells
        )
    yield ""
