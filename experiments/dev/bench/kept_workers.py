"""Measure paired runs as the page makes them: in persistent worker processes that cache towns, with stored warm-ups."""

import multiprocessing
from collections.abc import Sequence
from functools import partial

from experiments.comparison.comparison import Request, arms_of
from experiments.comparison.decision_outcomes import COLUMNS_NEEDED
from experiments.comparison.policy_choice import FIXED_TOWN, MAX_PAIRS
from experiments.comparison.twin_results import SharedOutcomes, TwinJob, WorldResult, run_twin_job
from experiments.dev.bench.fresh import SITE, timed
from experiments.execution.executor import as_completed
from experiments.execution.local_workers import LocalExecutor
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_spec import RunSpec

WORKERS = 2
POLICY = "mopsic_full"


def seconds_of_pairs(years: float) -> float:
    """Return the seconds of all worlds with a policy, after their status quo twins ran in the same workers."""
    request = Request(
        arms=(STATUS_QUO, POLICY), scenarios=(SITE,), sets=(FIXED_TOWN,), years=years, replicates=MAX_PAIRS
    )
    today, changed = (arm.specs for arm in arms_of(request)[0])
    turns = multiprocessing.get_context("spawn").RawArray("q", MAX_PAIRS)
    function = partial(run_twin_job, turns, SharedOutcomes(MAX_PAIRS, tuple(sorted(COLUMNS_NEEDED))))
    executor: LocalExecutor[TwinJob, WorldResult | str | None] = LocalExecutor(WORKERS, function)
    try:
        executor.prepare(lambda: False)
        run_worlds(executor, today)
        return timed(lambda: run_worlds(executor, changed))
    finally:
        executor.stop()


def run_worlds(executor: LocalExecutor[TwinJob, WorldResult | str | None], specs: Sequence[RunSpec]) -> None:
    """Simulate worlds in parallel; raise RuntimeError if one fails."""
    jobs = [TwinJob(spec, place, 0, COLUMNS_NEEDED) for place, spec in enumerate(specs)]
    for completed in as_completed(executor, jobs, lambda: False):
        for job, result in completed:
            if not isinstance(result, WorldResult):
                raise RuntimeError(f"the world of seed {job.spec.seed} failed: {result}")
