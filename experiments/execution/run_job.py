"""Do the work of a worker: one job at a time, in a process here or on another machine."""

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.execution.shared_towns import town_for
from experiments.storage.result_tables import KEYS
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import FilesChanged
from model.engine.fingerprint import fingerprint

if TYPE_CHECKING:
    from experiments.execution.local_workers import ReportProgress


@dataclass(frozen=True)
class Done:
    """A run that has ended: tables by name, seconds for it and for its town, the code that computed it."""

    tables: dict[str, pa.Table]
    seconds: float
    code: str
    preparing: float = 0.0


@dataclass(frozen=True)
class Failed:
    """A run that raised an error; one that tells of the others, too, ends all."""

    error: str
    trace: str
    ends_all: bool = False


def run_one(spec: RunSpec, tell: "ReportProgress") -> Done:
    """Carry out one run."""
    from experiments.execution.run_tables import simulate  # brings the compiler, which the coordinator does without

    start = time.perf_counter()
    town = town_for(spec)
    begun = time.perf_counter()
    tables = simulate(spec, town, tell, measured=spec.measures).tables
    seconds = time.perf_counter() - begun
    kept = {name: tables[name] for name in spec.keep}
    return Done({"measures": measures_to_keep(tables["measures"], spec)} | kept, seconds, fingerprint(), begun - start)


def measures_to_keep(table: pa.Table, spec: RunSpec) -> pa.Table:
    """Return the measures that are to be kept; all if none is named."""
    return table.select([*KEYS, *spec.varied, *spec.measures]) if spec.measures else table


def try_run(spec: RunSpec, tell: "ReportProgress") -> Done | Failed:
    """Carry out one run; what goes wrong in it comes back as text, since not every error can be sent."""
    try:
        return run_one(spec, tell)
    except FilesChanged as reason:
        return Failed(str(reason), traceback.format_exc(), ends_all=True)
    except Exception as reason:
        return Failed(f"{type(reason).__name__}: {reason}", traceback.format_exc())


def try_run_on_cluster(spec: RunSpec) -> Done | Failed:
    """Carry out one run on a cluster, where nobody listens to its progress."""
    return try_run(spec, lambda _: None)
