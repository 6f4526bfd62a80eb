"""Run one job in a worker, on this machine or on a cluster."""

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.execution.shared_towns import town_for
from experiments.storage.result_tables import RUN_KEYS
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import FilesChanged
from model.engine.fingerprint import fingerprint

if TYPE_CHECKING:
    from experiments.execution.local_workers import ReportProgress


@dataclass(frozen=True)
class FinishedRun:
    """Finished run: tables by name, seconds for the run and for its town, fingerprint of the code."""

    tables: dict[str, pa.Table]
    seconds: float
    code: str
    town_seconds: float = 0.0


@dataclass(frozen=True)
class FailedRun:
    """Run that raised an error; ``ends_all`` if the error concerns the other runs, too."""

    error: str
    trace: str
    ends_all: bool = False


def run_one(spec: RunSpec, report: "ReportProgress") -> FinishedRun:
    """Simulate one run."""
    from experiments.execution.run_tables import simulate  # imports Numba, which the coordinator does not need

    start = time.perf_counter()
    town = town_for(spec, stored=False)  # a study has too many starts to store
    town_ready = time.perf_counter()
    tables = simulate(spec, town, report, measured=spec.measures, stored=False).tables
    seconds = time.perf_counter() - town_ready
    stored = {"measures": measures_to_keep(tables["measures"], spec)} | {name: tables[name] for name in spec.keep}
    return FinishedRun(stored, seconds, fingerprint(), town_ready - start)


def measures_to_keep(table: pa.Table, spec: RunSpec) -> pa.Table:
    """Return the columns of the measures to store; all if the run names none."""
    return table.select([*RUN_KEYS, *spec.varied, *spec.measures]) if spec.measures else table


def try_run(spec: RunSpec, report: "ReportProgress") -> FinishedRun | FailedRun:
    """Simulate one run; errors are returned as text, since not every exception can be pickled."""
    try:
        return run_one(spec, report)
    except FilesChanged as reason:
        return FailedRun(str(reason), traceback.format_exc(), ends_all=True)
    except Exception as reason:
        return FailedRun(f"{type(reason).__name__}: {reason}", traceback.format_exc())


def try_run_on_cluster(spec: RunSpec) -> FinishedRun | FailedRun:
    """Simulate one run on a cluster, without reports of its progress."""
    return try_run(spec, lambda _: None)
