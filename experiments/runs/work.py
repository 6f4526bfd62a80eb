"""What a worker does: one job at a time, in a process here or on another machine."""

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.runs.jobs import Job, plan_of
from experiments.runs.towns import TOWNS
from model import fingerprint

if TYPE_CHECKING:
    from experiments.runs.seats import Tell

KEYS = ("run", "scenario", "policy", "seed", "month")


@dataclass(frozen=True)
class Done:
    """A run that has ended: tables by name, seconds for it and for its town, the code that computed it."""

    tables: dict[str, pa.Table]
    seconds: float
    code: str
    preparing: float = 0.0


@dataclass(frozen=True)
class Failed:
    """A run that raised an error."""

    error: str
    trace: str


def carry_out(job: Job, tell: "Tell") -> Done:
    """Run one job."""
    from experiments.runs.worlds import simulate  # brings Mesa and the compiler, which the coordinator does without

    start = time.perf_counter()
    plan = plan_of(job)
    town = TOWNS.of(plan.scenario)
    begun = time.perf_counter()
    tables = simulate(plan, job.seed, town, tell).tables
    seconds = time.perf_counter() - begun
    kept = {name: relabelled(tables[name], job) for name in job.point.keep}
    return Done(
        {"measures": chosen(relabelled(tables["measures"], job), job)} | kept, seconds, fingerprint(), begun - start
    )


def relabelled(table: pa.Table, job: Job) -> pa.Table:
    """Return a table with the identity of the job, which also counts the choice of measures."""
    return table.set_column(table.column_names.index("run"), "run", pa.array([job.run] * len(table), pa.string()))


def chosen(table: pa.Table, job: Job) -> pa.Table:
    """Return the measures that the study keeps; all if it names none."""
    point = job.point
    return table.select([*KEYS, *point.varied, *point.measures]) if point.measures else table


def attempt(job: Job, tell: "Tell") -> Done | Failed:
    """Run one job; what goes wrong in it comes back as text, since not every error can be sent."""
    try:
        return carry_out(job, tell)
    except Exception as reason:
        return Failed(f"{type(reason).__name__}: {reason}", traceback.format_exc())


def attempt_far(job: Job) -> Done | Failed:
    """Run one job on a cluster, where nobody listens to its progress."""
    return attempt(job, lambda _: None)
