"""Test of stationarity: is trust constant in a closed town without calendar, migration and ageing?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.trust_accounts import LAW_VARIATIONS, LAWS, Law, parameters_of_law
from experiments.validation.experiment import SITES, Estimate, estimate
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.study_tables import Row, format_interval, head_of, interval_columns, table_line, write_table
from model.engine.calendar import SHIFTS
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.simulation.start import INTERCEPT, MAX_INTERCEPT
from model.town.town import build_town
from model.world.month import GROUPS
from scenarios import load

WORLD = "closed_town"
MEASURES = ("trust", "fairness", "effectiveness", "fear")
ADULT_GROUP = list(GROUPS).index("adults")
YEARS, MAX_DRIFT = 10, 0.5
"""Simulated years, and the largest drift (points of 100) of a stationary town."""
WIDTHS = 70, 22
"""Widths of labels and numbers (characters)."""


@dataclass(frozen=True)
class ClosedTown:
    """One run of a closed town under one law of trust; unless ``solved``, nobody has experience at its start."""

    site: str
    law: Law
    seed: int
    years: int
    scale: float
    solved: bool = True

    @property
    def key(self) -> str:
        """Unique name among all jobs."""
        return f"{self.site}, {self.law}, {self.seed}, {self.solved}"

    @property
    def shifts(self) -> int:
        """Number of simulated shifts."""
        return SHIFTS * 365 * self.years


def run_closed_town(job: ClosedTown, tell: ReportProgress) -> dict[str, Any]:
    """Return the yearly means of adults (points of 100) in a closed town without ageing."""
    settings = {"population.scale": job.scale, **parameters_of_law(job.law)}
    scenario = load(job.site, set=settings | ({} if job.solved else {"calendar.warm_up": 0}), policies=[WORLD])
    world = run_without_ageing(scenario, job.seed, job.years, tell)
    months = world.group_months()
    adults = months[months["group"] == ADULT_GROUP][: 12 * job.years]
    means = {measure: 100.0 * adults[measure].reshape(job.years, 12).mean(axis=1) for measure in MEASURES}
    return means | {"solved": abs(float(world.state[INTERCEPT][0])) < MAX_INTERCEPT}


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


def drift(runs: Sequence[Mapping[str, Any]], measure: str) -> Estimate:
    """Return the mean of the last three years minus that of the first three (points of 100), over seeds.

    Single years and seeds differ by public cases, cliques and officers, which occur at random.
    """
    return estimate([float(run[measure][-3:].mean() - run[measure][:3].mean()) for run in runs])


def describe_law(law: Law) -> str:
    """Return a description of a law of trust."""
    return f"memory {law.memory_years:g} y, bad x {law.asymmetry:g}" + (
        f", {LAW_VARIATIONS[law.also].en}" if law.also else ""
    )


def rows_of(size: ExperimentSize, years: int) -> list[Row]:
    """Run closed towns under every law of trust; return the drift of each mean."""
    cases = [(site, law, True) for site in SITES for law in LAWS] + [(site, Law(), False) for site in SITES]
    jobs = [
        ClosedTown(site, law, 1 + seed, years, size.scale, solved)
        for site, law, solved in cases
        for seed in range(size.seeds)
    ]
    results_by_case: dict[tuple[str, Law, bool], list[dict[str, Any]]] = {}
    for job, means in run_jobs(jobs, run_closed_town, size.workers, "closed towns").all_pairs:
        results_by_case.setdefault((job.site, job.law, job.solved), []).append(means)
    return [row_of(*case, runs) for case, runs in results_by_case.items()]


def row_of(site: str, law: Law, solved: bool, runs: Sequence[Mapping[str, Any]]) -> Row:
    """Return the drift of each mean under one law with its interval, and whether the town is stationary."""
    label = describe_law(law) if solved else "centre, but the start is not solved"
    row: Row = {"site": site, "law": label, "seeds": len(runs), "solved": solved and all(run["solved"] for run in runs)}
    for measure in MEASURES:
        row |= interval_columns(measure, drift(runs, measure))
    return row | {"stands": all(abs(row[measure]) <= MAX_DRIFT for measure in MEASURES)}


def format_closed(rows: Sequence[Row], years: int) -> Iterator[str]:
    """Yield the table as text."""
    yield from head_of("closed", years=years, seeds=rows[0]["seeds"])
    yield table_line("", MEASURES, *WIDTHS)
    for row in rows:
        drifts = (format_interval(row, measure, 2) for measure in MEASURES)
        marks = ("" if row["solved"] else "  not solved") + ("" if row["stands"] else "  moves")
        yield table_line(f"{row['site']}, {row['law']}", drifts, *WIDTHS) + marks


def show_closed(folder: Path, size: ExperimentSize, years: int = YEARS) -> list[Row]:
    """Run closed towns; print, write and return the drift of each mean."""
    rows = rows_of(size, years)
    print(write_table(folder, "closed", rows, list(rows[0]), format_closed(rows, years)))
    return rows
