"""The runs of a study: one for each seed and combination of scenarios, policies, grids and points of its design."""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.execution.run_requests import date_after
from experiments.storage.progress import format_duration
from experiments.storage.run_spec import OWN_TOWN, TOWN_SEED, RunSpec, overrides_of, scenario_with, with_start_dates
from experiments.studies.study import Design, Study
from model.engine.calendar import YEAR
from model.engine.errors import InputError
from model.engine.scenario import Scenario

MAX_UNCONFIRMED_RUNS, MAX_RUNS = 10_000, 1_000_000
"""Runs of a study above which confirmation is needed, and above which even listing them takes too long."""
MAX_UNCONFIRMED_S = 3600.0
"""Estimated seconds of work above which confirmation is needed."""
PACE_S = 2.5e-6
"""Approximate seconds per resident and year on one core (results/reference/bench.txt)."""


def confirm_size(study: Study, runs: int, parallel: int, agreed: bool) -> bool:
    """Ask before very many runs are planned, with number and time; return whether any amount of work is agreed to."""
    if runs <= MAX_UNCONFIRMED_RUNS or agreed:
        return agreed
    scenario = shared_scenario(study, study.scenarios[0], study.policies[0])
    residents = scenario["population"].total * scenario["population"].scale
    seconds = runs * residents * (study.years + scenario["calendar"].warm_up) * PACE_S / parallel
    question = f"{study.name} means {runs:,} runs, about {format_duration(seconds)} with {parallel} at a time"
    if runs > MAX_RUNS:
        raise InputError(f"{question}; a study may have at most {MAX_RUNS:,}: shorten its lists or its design")
    ask(question)
    return True


def confirm_time(study: Study, missing: Sequence[RunSpec], parallel: int) -> None:
    """Ask before the missing runs of a study take more than an hour, by their residents and years."""
    seconds = sum(map(seconds_of, missing)) / parallel
    if seconds > MAX_UNCONFIRMED_S:
        duration = format_duration(seconds)
        ask(f"{study.name}: {len(missing):,} runs to compute, about {duration} with {parallel} at a time")


def seconds_of(job: RunSpec) -> float:
    """Estimate the seconds of a run on one core from its residents and years, warm-up included."""
    population = job.shared["population"]
    return float(population.total * population.scale * job.shifts / YEAR * PACE_S)


def ask(question: str) -> None:
    """Ask whether to go on; raise InputError if not, or if nobody is at a terminal."""
    if not sys.stdin.isatty():
        raise InputError(f"{question}: give --yes if that is what you mean")
    if input(f"{question}. Go on? [y/N] ").strip().lower() not in ("y", "yes", "s", "sí", "si"):
        raise InputError(f"{question}: not begun")


def count_of(study: Study) -> int:
    """Return the number of runs of a study without creating them; equal rows count twice."""
    lists = [study.scenarios, study.policies, study.seeds, *study.factors.grids.values()]
    return math.prod(map(len, lists)) * (study.design.points if study.factors.ranges else 1)


def jobs_of(study: Study, points: np.ndarray | None = None) -> list[RunSpec]:
    """Return the runs of a study in its own order; equal rows are one run."""
    return distinct_runs(runs_by_point(study, study.seeds, points))


def runs_by_point(study: Study, seeds: Sequence[int], points: np.ndarray | None = None) -> list[list[RunSpec]]:
    """Return the runs of each point of a study, seed by seed."""
    return [[point.with_seed(seed) for seed in seeds] for point in points_of(study, points)]


def distinct_runs(rows: Sequence[Sequence[RunSpec]]) -> list[RunSpec]:
    """Return all runs, of which equal ones are listed once."""
    return list({job.run: job for row in rows for job in row}.values())


def points_of(study: Study, points: np.ndarray | None = None) -> Iterator[RunSpec]:
    """Yield a run for each point of a study."""
    for source in study.scenarios:
        for policies in study.policies:
            for values in varied_values(study, points):
                scenario = shared_scenario(study, source, policies)
                yield RunSpec(
                    source=source,
                    policies=with_start_dates(policies, scenario, scenario.start),
                    overrides=overrides_of(dict(study.sets) | dict(values)),
                    varied=tuple(values),
                    start=study.start,
                    until=date_after(scenario.start, study.years),
                    seed=study.seeds[0],
                    keep=study.keep,
                    measures=study.measures,
                    town="" if TOWN_SEED in values or TOWN_SEED in study.sets else OWN_TOWN,
                )


def shared_scenario(study: Study, source: str, policies: tuple[str, ...]) -> Scenario:
    """Return the scenario that is common to points with the same policies."""
    return scenario_with(source, policies, overrides_of(study.sets), study.start)


def design_points(design: Design, n_ranges: int) -> np.ndarray:
    """Return the points of a design in the unit cube (points × ranges), determined by its seed."""
    from scipy.stats import qmc  # takes half a second, only needed for ranges

    kind = {"lhs": qmc.LatinHypercube, "sobol": qmc.Sobol}[design.kind]
    return kind(d=n_ranges, rng=np.random.default_rng(design.seed)).random(design.points)


def varied_values(study: Study, points: np.ndarray | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the varied values: grids combined with the points of the design, or with given points."""
    ranges = study.factors.ranges
    if points is None:
        points = design_points(study.design, len(ranges)) if ranges else np.zeros((1, 0))
    for grid in study.factors.grid_points():
        for point in points:
            yield grid | {name: ranges[name].value(float(share)) for name, share in zip(ranges, point, strict=True)}
