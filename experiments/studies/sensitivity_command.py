"""The command `sensitivity`: plan a design, run it as a sweep, analyse it with regard to random variation."""

import math
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.execution.executor import as_completed
from experiments.execution.interruption import Interruption, report_interruption
from experiments.execution.local_workers import Executor
from experiments.execution.run_job import FailedRun, FinishedRun
from experiments.execution.run_requests import date_after
from experiments.statistics.noise_share import VarianceComponents, variance_components
from experiments.storage.folder_lock import locked
from experiments.storage.manifest import SWEEP, kind_of, read_manifest
from experiments.storage.progress import print_note
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import stored_table
from experiments.storage.writing import frame_as_csv, write_atomically
from experiments.studies import study_folder as place
from experiments.studies.assumed_effects import AssumedEffect, assumed_effect, write_effects
from experiments.studies.confirmation import CONFIRMED_FILE as CONFIRMED
from experiments.studies.confirmation import confirm, confirmed_lines, last_year
from experiments.studies.run_budget import DesignSize, PilotResult, check_factors, plan_design
from experiments.studies.sensitivity_indices import INDICES_FILE, analyse_measure, indices_csv, text_of
from experiments.studies.sensitivity_methods import DRAWS, Method, Problem, method_named
from experiments.studies.study import Study, find_study, read_study
from experiments.studies.study_jobs import distinct_runs, runs_by_point, shared_scenario
from experiments.studies.sweep_command import INTERRUPTED, StudyWorkers, compute_missing, executor_and_order
from model.engine.calendar import first_of_month, month_of, tick_of
from model.engine.errors import InputError


def sensitivity(
    name: str, method_name: str, budget: str | None, study_workers: StudyWorkers, out: Path | None, fresh: bool
) -> int:
    """Run the missing runs of a sensitivity analysis and analyse it; return the exit code."""
    study, method = read_study(find_study(name)), method_named(method_name)
    problem = problem_of(study, method)
    check_runs_answer(study, method)
    target = place.folder_for(study, out or Path("results") / f"{study.name}-{method.name}")
    with locked(target):
        if fresh:
            place.clear(target)
        place.check_same(target, study)
        size, stated = agreed_design(study, method, problem, budget, study_workers, target)
        print_note(stated)
        study_workers = study_workers.confirmed(study, size.runs(method, problem) * study.arms)
        if budget:
            study_workers = replace(study_workers, agreed=True)  # the time was asked for
        points = method.sample(problem, size.blocks)
        rows = runs_by_point(study, size.seeds, points)
        jobs = distinct_runs(rows)
        agreement = {"method": method.name, "budget": budget, "blocks": size.blocks, "seeds": list(size.seeds)}
        words = ["confianza", "sensitivity", name, "--method", method.name, *(["--budget", budget] if budget else [])]
        code = compute_missing(study, jobs, target, study_workers, sensitivity=agreement, command=shlex.join(words))
        if code == INTERRUPTED:
            return code
        if method.name == DRAWS:
            effects = analyse_effects(study, problem, points, rows, target)
            return INTERRUPTED if run_confirmation(study, effects, target, study_workers) else code
        analyse_indices(study, method, problem, points, rows, target)
    return code


def problem_of(study: Study, method: Method) -> Problem:
    """Return the factors of a study, grouped by mechanism if the study says so."""
    if study.factors.grids:
        raise InputError(
            f"{study.name}: a sensitivity analysis varies ranges, '{next(iter(study.factors.grids))}' is a list"
        )
    names = tuple(study.factors.ranges)
    together = study.sensitivity.by == "mechanism" and method.name != "pawn"
    groups = tuple(name.partition(".")[0] for name in names) if together else names
    problem = Problem(names, groups, seed=study.design.seed or 1)
    if len(problem.group_names) < 2:
        raise InputError(
            f"{study.name}: a sensitivity analysis needs at least 2 factors, got {len(problem.group_names)}"
        )
    return problem


def check_runs_answer(study: Study, method: Method) -> None:
    """Raise InputError if the runs of a study could not answer: no full month, or no policy to compare."""
    if method.name == DRAWS and len(study.policies) < 2:
        raise InputError(
            f"{study.name}: --method {DRAWS} compares policies with the first one, got 1: name at least 2 in policies"
        )
    for source in study.scenarios:
        start = shared_scenario(study, source, study.policies[0]).start
        first_month = month_of(tick_of(start)) + (start.day > 1)
        if date_after(start, study.years) < first_of_month(first_month + 1):
            raise InputError(
                f"{study.name}: years must span a full month from {start}, got {study.years:g}: measures are monthly;"
                " give more years"
            )


def agreed_design(
    study: Study, method: Method, problem: Problem, budget: str | None, study_workers: StudyWorkers, target: Path
) -> tuple[DesignSize, str]:
    """Return the size of the design, that of an analysis begun in the folder or a new one, and a sentence on it."""
    is_sweep = kind_of(target) == SWEEP
    stated = read_manifest(target).get("sensitivity") if is_sweep else None
    if stated is not None and (stated["method"], stated["budget"]) == (method.name, budget):
        size = DesignSize(stated["blocks"], tuple(stated["seeds"]))
        return size, f"going on with {target}: {size.runs(method, problem):,} runs"
    if stated is not None or is_sweep:
        raise InputError(f"{target} holds another analysis; choose another folder with --out, or begin with --fresh")
    stated = DesignSize(study.design.points, study.seeds)
    if method.power_of_two and stated.blocks & (stated.blocks - 1):
        raise InputError(f"{study.name}: design.points must be a power of 2 for {method.name}, got {stated.blocks}")
    clocked = partial(pilot, study, method, problem, study_workers)
    check_factors(method, problem, stated, clocked)
    return plan_design(method, problem, stated, budget, clocked, study.arms)


def pilot(
    study: Study,
    method: Method,
    problem: Problem,
    study_workers: StudyWorkers,
    n_points: int,
    n_seeds: int,
    limit: float,
) -> PilotResult:
    """Run some distant points of the design with some seeds; return the time per run and the random variation."""
    begun = time.monotonic()
    design = method.sample(problem, method.min_blocks)
    chosen = design[np.linspace(0, len(design) - 1, n_points).astype(int)]
    rows = runs_by_point(study, study.seeds[:n_seeds], chosen)[:n_points]
    jobs = distinct_runs(rows)
    print_note(f"a pilot of {'' if limit == math.inf else 'at most '}{len(jobs)} runs")
    with Interruption() as interruption:
        executor, _ = executor_and_order(study_workers, interruption, len(jobs))
        try:
            results = pilot_results(executor, jobs, lambda: interruption.received, limit)
            parallel = executor.worker_count()  # a cluster is asked while it is connected
        finally:
            executor.stop()
    seconds = [one.seconds + one.town_seconds for one in results.values()]
    warm = seconds[parallel:] or seconds  # the first run of a worker loads compiled kernels
    return PilotResult(float(np.mean(warm)), parallel, time.monotonic() - begun, noise_by_measure(study, rows, results))


def pilot_results(
    executor: Executor[RunSpec, FinishedRun | FailedRun],
    jobs: list[RunSpec],
    given_up: Callable[[], bool],
    limit: float = math.inf,
) -> dict[str, FinishedRun]:
    """Return the results of a pilot; failed runs are left out, unless all fail.

    After the limit (seconds) it stops, as soon as every worker can have finished a run without loading kernels.
    """
    results, failed, begun = dict[str, FinishedRun](), "", time.monotonic()
    for ended in as_completed(executor, jobs, given_up):
        for job, result in ended:
            if isinstance(result, FinishedRun):
                results[job.run] = result
            elif isinstance(result, FailedRun) and result.ends_all:
                raise InputError(result.error)
            else:
                failed = result.error if isinstance(result, FailedRun) else "its worker died"
        if len(results) > executor.worker_count() and time.monotonic() - begun > limit:
            break
    if given_up():
        raise KeyboardInterrupt
    if not results:
        raise InputError(f"every run of the pilot failed: {failed}")
    return results


def noise_by_measure(
    study: Study, rows: list[list[RunSpec]], results: dict[str, FinishedRun]
) -> dict[str, VarianceComponents]:
    """Return the variance components of each measure in a pilot, over points with a value in every run."""
    months = pd.concat([one.tables["measures"].to_pandas() for one in results.values()])
    components = {}
    for measure in study.sensitivity.measures:
        outcomes = points_by_seeds(rows, last_year_values(months, measure))
        noise = variance_components(outcomes[np.isfinite(outcomes).all(axis=1)])
        if noise is not None:
            components[measure] = noise
    return components


def analyse_indices(
    study: Study, method: Method, problem: Problem, points: np.ndarray, rows: list[list[RunSpec]], target: Path
) -> None:
    """Analyse the results; write and print the indices."""
    months = months_of(study, rows, target)
    if months is None:
        return
    values = {measure: last_year_values(months, measure) for measure in study.sensitivity.measures}
    findings = [
        analyse_measure(arm, measure, method, problem, points, points_by_seeds(arm_rows, own))
        for arm, arm_rows in rows_by_arm(rows, len(points))
        for measure, own in values.items()
    ]
    write_atomically(target / INDICES_FILE, indices_csv(findings))
    print("\n\n".join(text_of(finding) for finding in findings))
    print(f"\n{method.main}: {method.meaning}. Written to {target}/{INDICES_FILE}.")
    print(f"To plot them: confianza export {shlex.quote(str(target))} --figures {shlex.quote(str(target))}")


def months_of(study: Study, rows: list[list[RunSpec]], target: Path) -> pd.DataFrame | None:
    """Return the months of all runs in the analysed measures; None, with a message, if there are none."""
    table = stored_table(target, {job.run for row in rows for job in row})
    if table is None or not len(table):
        print_note("confianza: no run has a full month, so there is nothing to analyse")
        return None
    return table.select(["run", "month", *study.sensitivity.measures]).to_pandas()


def analyse_effects(
    study: Study, problem: Problem, points: np.ndarray, rows: list[list[RunSpec]], target: Path
) -> list[AssumedEffect]:
    """Compute the effect of each policy against the first one, draw by draw; write, print and return them."""
    months = months_of(study, rows, target)
    if months is None:
        return []
    effects: list[AssumedEffect] = []
    for measure in study.sensitivity.measures:
        values, bases = last_year_values(months, measure), dict[str, np.ndarray]()
        for arm, arm_rows in rows_by_arm(rows, len(points)):
            own = points_by_seeds(arm_rows, values)
            base = bases.setdefault(arm[0], own)
            if own is not base and (found := assumed_effect(arm, measure, problem, points, own - base)):
                effects.append(found)
    effects.sort(key=lambda one: one.arm)  # stable: measures stay in the order of the study
    write_effects(effects, target)
    return effects


def rows_by_arm(rows: list[list[RunSpec]], n_points: int) -> Iterator[tuple[tuple[str, str], list[list[RunSpec]]]]:
    """Yield scenario and policy of each arm, and its runs by point."""
    for begin in range(0, len(rows), n_points):
        yield (rows[begin][0].scenario.name, rows[begin][0].policy), rows[begin : begin + n_points]


def run_confirmation(study: Study, effects: Sequence[AssumedEffect], target: Path, study_workers: StudyWorkers) -> bool:
    """Confirm the parameters found with new seeds; write and print it; return whether it was interrupted."""
    table, interrupted = confirm(study, effects, target, study_workers.workers)
    if interrupted:
        report_interruption("start again to go on with the confirmation")
        return True
    write_atomically(target / CONFIRMED, frame_as_csv(table))
    print("\n".join(confirmed_lines(table)))
    return False


def last_year_values(months: pd.DataFrame, measure: str) -> dict[str, float]:
    """Return a measure of each run over its last twelve months: summed if it is a count, else the mean."""
    return {str(run): last_year(one, measure) for run, one in months.groupby("run")}


def points_by_seeds(rows: list[list[RunSpec]], values: dict[str, float]) -> np.ndarray:
    """Return values as points × seeds; NaN for a run without a value."""
    return np.array([[values.get(job.run, np.nan) for job in row] for row in rows], float)
