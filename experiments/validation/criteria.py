"""Criteria in paired runs: compared with the paper, by their responses, and over ranges of assumed parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.criteria_effects import criteria_lines, mean_scores
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.parameter_draws import read_draws
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import simulate
from experiments.execution.runs import RunGroup
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import CRITERION
from experiments.storage.run_spec import values_of
from experiments.validation.experiment import BASE, SITES, Experiment
from experiments.validation.experiment_runs import RUNS, ExperimentSize, policy_file_text, run_worlds
from experiments.validation.paper_statements import statement_lines
from experiments.validation.plausible_draws import file_of_kind
from experiments.validation.study_tables import write_table
from experiments.words.toml_files import toml_beside
from model.engine.fingerprint import fingerprint
from model.measures.criteria import CRITERIA, GRADES, grade_index
from model.town.town import build_town

STATED_WORLDS: dict[str, dict[str, Any]] = toml_beside(__file__)
WORLDS: dict[str, dict[str, Any]] = STATED_WORLDS["worlds"]
"""Worlds by name: label, and changes from the first day after the common warm-up on."""
RANGES: dict[str, list[float]] = STATED_WORLDS["ranges"]
"""Low and high end of each assumed parameter that may affect criteria."""
YEARS = 3.0
PAIRS = 12
GAMING = ("forms", "routes", "responses", "empty", "no")
MAY_LOWER = {"pressure", *GAMING}
COLUMNS = ("site", "world", "en", "years", "criterion", "level", "change", "low", "high", "twins", "code")
type Table = Mapping[str, np.ndarray]
"""Scores of each criterion by seed."""
type Ends = Mapping[tuple[str, float], Table]
"""Scores of each criterion by parameter and value, at one site."""


def show_criteria(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo and all worlds at both sites; write and print their criteria."""
    months = {site: run_criteria(site, WORLDS, years, size, runs) for site in SITES}
    tables = {
        site: {name: table_of(world_months) for name, world_months in worlds.items()} for site, worlds in months.items()
    }
    anchors = plan_runs(SITES[0])[0].scenario.anchors
    lines = [
        *criteria_lines({site: mean_scores(worlds[BASE], anchors) for site, worlds in months.items()}),
        *paper_lines({site: worlds[BASE] for site, worlds in tables.items()}),
        *statement_lines(
            {
                "present values": {site: worlds[BASE] for site, worlds in months.items()},
                "draws of all that is assumed": {site: months_over_draws(site, years, size) for site in SITES},
            },
            min(years, size.max_years),
        ),
        *response_lines(tables, years, size.seeds),
    ]
    rows = [row for site in SITES for row in rows_of(site, tables[site], WORLDS, years)]
    print(write_table(out, "criteria", rows, COLUMNS, lines))


def run_criteria(
    site: str, worlds: Mapping[str, Mapping[str, Any]], years: float, size: ExperimentSize, runs: Path
) -> dict[str, pd.DataFrame]:
    """Run the status quo and other worlds at one site; return the months of each world over all seeds."""
    texts = {f"criteria_{name}": policy_file_text(world["set"]) for name, world in worlds.items() if "set" in world}
    items = {
        name: (*world.get("policies", ()), *([f"criteria_{name}"] if "set" in world else []))
        for name, world in worlds.items()
    }
    experiment = Experiment(f"criteria of {site}", site=site, worlds=items, years=years)
    twins = run_worlds(experiment, size, runs, texts)
    return {name: pd.concat([tables[name].months for tables in twins], ignore_index=True) for name in (BASE, *worlds)}


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
    site: str, tables: Mapping[str, Table], worlds: Mapping[str, Mapping[str, Any]], years: float
) -> Iterator[dict[str, Any]]:
    """Yield level and change of every criterion in every world of a site."""
    about = {"site": site, "years": years, "code": fingerprint()}
    for world, table in tables.items():
        for name in CRITERIA:
            effect = paired(tables[BASE][name].tolist(), table[name].tolist())
            change = {key: getattr(effect, key) for key in ("low", "high")} | {"change": effect.effect}
            label = "status quo" if world == BASE else worlds[world]["told"]
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
        for name, stated in STATED_WORLDS["paper"].items():
            value = mean_of(base[site][name])
            grade = "null" if math.isnan(value) else GRADES[grade_index(value)]
            yield f"  {site:15}{name:5}{value:6.2f}  here {grade:12} paper {stated[k]}"


def change_and_error(base: Table, world: Table, name: str) -> tuple[float, float]:
    """Return the mean change of a criterion over paired runs, and its standard error."""
    n = len(world[name])
    effect = paired(base[name][:n].tolist(), world[name].tolist())
    return effect.effect, effect.error


def response_lines(tables: Mapping[str, Mapping[str, Table]], years: float, seeds: int) -> Iterator[str]:
    """Yield the changes of each criterion in worlds that should move it, that should not, and under gaming."""

    def response_line(key: str, name: str, expected: bool, sign: float = 1.0) -> str:
        changes = [change_and_error(tables[site][BASE], tables[site][key], name) for site in SITES]
        marked = ((*one, " " if responds_as_expected(*one, expected, sign, key) else "*") for one in changes)
        label = f"{WORLDS[key]['told']:28}"
        return label + "".join(f"{c:+.3f} ±{error:.3f}{mark}".rjust(18) for c, error, mark in marked)

    yield ""
    yield f"Answers after {years:g} years, {seeds} twins: change ± error in both sites; * not as it should be"
    for name in CRITERIA:
        for expected, heading in ((True, "should"), (False, "should_not")):
            yield f"{name} {'should move' if expected else 'should not'}"
            for world in STATED_WORLDS[heading][name]:
                yield f"  {response_line(world.lstrip('-'), name, expected, -1.0 if world.startswith('-') else 1.0)}"
    yield "Gaming on every criterion"
    for key in GAMING:
        for name in CRITERIA:
            yield f"  {name[:4]} {response_line(key, name, False)}"


def responds_as_expected(change: float, error: float, expected: bool, sign: float, key: str) -> bool:
    """Return whether a criterion moves as it should, or stays within chance; worlds in `MAY_LOWER` may lower it."""
    if expected:
        return CRITERION.responds(sign * change)
    return CRITERION.is_unchanged(change if key in MAY_LOWER else abs(change), error)


def show_ranges(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> None:
    """Run the status quo of both sites with each parameter at either end; write and print the span of the criteria."""
    ends = {f"{name.replace('.', '_')}_{value:g}": (name, value) for name, both in RANGES.items() for value in both}
    worlds = {world: changed_world(*end) for world, end in ends.items()}
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for site in SITES:
        tables = {name: table_of(months) for name, months in run_criteria(site, worlds, years, size, runs).items()}
        by_end = {end: tables[world] for world, end in ends.items()}
        lines += range_lines(site, tables[BASE], by_end, years, size.seeds)
        rows += rows_of(site, tables, worlds, years)
        text = write_table(out, "criteria_ranges", rows, COLUMNS, lines)
    print(text)


def changed_world(name: str, value: float) -> dict[str, Any]:
    """Return the status quo with one parameter changed from the first day after the common warm-up on."""
    return {"told": f"{name} = {value:g}", "set": {name: value}}


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
