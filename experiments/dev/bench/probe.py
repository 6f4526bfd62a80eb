"""Measure any checkout: the text of this file runs there, and uses public names of the model only.

The other checkout may be older than all other modules of this package, which must not be imported here.
"""

import importlib
import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import model
from scenarios import load

if TYPE_CHECKING:
    import pandas as pd

SHIFTS_PER_YEAR, FIRST_SHIFTS = 1095, 93
SEED = 1
TABLES = ("settlement", "group", "ledger", "cell")
RUN_COLUMN = "run"
"""Column that identifies run and code, and is not compared."""


def span(years: str, site: str, *policies: str) -> dict[str, float]:
    """Return time and memory of some years of a site."""
    return clock_years(
        model.TrustModel(load(site, policies=list(policies), set={"calendar.warm_up": 0}), rng=SEED), years
    )


def clock_years(world: Any, years: str) -> dict[str, float]:
    """Return wall-clock seconds, processor seconds (``at_work``) and peak memory (MB) of some years.

    The first month, which loads kernels, is not measured; seconds are scaled up to include it.
    """
    world.run_for(FIRST_SHIFTS)
    shifts = round(float(years) * SHIFTS_PER_YEAR) - FIRST_SHIFTS
    begun, begun_at_work = time.perf_counter(), time.process_time()
    world.run_for(shifts)
    scale = 1.0 + FIRST_SHIFTS / shifts
    return {
        "seconds": (time.perf_counter() - begun) * scale,
        "at_work": (time.process_time() - begun_at_work) * scale,
        "megabytes": megabytes(),
    }


def megabytes() -> float:
    """Return the peak memory of this process in MB, or NaN on Windows, which does not report it.

    On Linux the peak is read from `/proc`, since `getrusage` starts at the memory of the parent process.  macOS
    reports bytes.
    """
    status = Path("/proc/self/status")
    if status.is_file() and (peak := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        return int(peak[1]) / 2.0**10
    try:
        resource: Any = importlib.import_module("resource")
    except ImportError:
        return float("nan")
    peak_memory: float = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_memory / (2.0**20 if sys.platform == "darwin" else 2.0**10)


def numbers(years: str, site: str, policy: str, file: str) -> dict[str, float]:
    """Write every monthly number of some years into a file, each column under `table/column`."""
    world = model.TrustModel(load(site, policies=[policy]), rng=SEED)
    world.run_for(round(float(years) * SHIFTS_PER_YEAR))
    measures = world.datacollector.get_model_vars_dataframe()
    columns = {f"measures/{name}": as_numbers(measures[name]) for name in measures if name != RUN_COLUMN}
    for table in TABLES:
        rows = getattr(world, f"{table}_months")()
        columns |= {f"{table}/{name}": rows[name].astype(np.float64) for name in rows.dtype.names if name != RUN_COLUMN}
    np.savez(file, **columns)  # type: ignore[arg-type]  # its stubs take any name for an option
    return {"columns": len(columns)}


def as_numbers(column: "pd.Series[Any]") -> np.ndarray:
    """Return a column of measures as numbers: NaN for missing values, dates as months since the year 0."""
    if column.name == "month":
        return np.array([12.0 * date.year + date.month - 1 for date in column])
    import pandas as pd  # takes a third of the memory of a world, which `span` must not measure

    return pd.to_numeric(column, errors="coerce").to_numpy(np.float64)


def main(kind: str, *words: str) -> None:
    """Measure, then print the result with the folder and fingerprint of the code."""
    result = span(*words) if kind == "span" else numbers(*words)
    root = Path(str(model.__file__)).resolve().parent.parent
    print(json.dumps({**result, "root": str(root), "fingerprint": model.fingerprint()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
