"""Measure a decade in units of a bare loop, which does the same numbers of reads, writes, draws and exponentials.

The ratio separates slow code from a slow machine: the decade and the loop are measured in turn, year by year.

Events, draws and exponentials are counted (`phases`); only the rows of residents accessed per event are assumed, in
`ROWS_PER_EVENT`.
"""

import math
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.dev.bench.fresh import SHIFTS_PER_YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

YEARS = 10

ROWS_PER_EVENT: Mapping[str, tuple[float, float]] = {
    # (rows read, rows written) per event, at random positions.  Only tables of residents count: all others (cells,
    # couples, officers, the events of a shift) are small enough to stay in the processor's cache.
    "impressions": (3.0, 1.0),  # reads ties, mind and settlement of the listener; writes the mind
    "contacts": (3.0, 1.0),  # reads the list of those present, person and mind; writes the last contact
    "candidates": (1.0, 0.0),  # most are dropped for what the town or the place allows, before the resident is read
    "incidents": (2.0, 1.0),  # reads the reporter and their trust; writes the time of harm
    "calls": (1.0, 0.0),  # reads the caller
    "outside": (1.0, 1.0),  # harmed outside the municipality: reads the person, writes the time
    "payments": (1.0, 0.0),  # reads the payer
    "births": (2.0, 1.0),  # reads mother and child; writes the child's mind
    "natural_deaths": (2.0, 1.0),  # reads person and mind; writes that the person is gone
}


@dataclass(frozen=True)
class WorkCounts:
    """Work of a decade: numbers of reads, writes, draws, exponentials and passes over all residents."""

    rows: int
    row_bytes: int
    reads: int
    writes: int
    draws: int
    exponentials: int
    passes: int
    """Sequential passes over all residents: one per month."""

    def share(self, part: float) -> "WorkCounts":
        """Return this share of the work on the same residents."""
        return replace(self, **{kind: round(part * getattr(self, kind)) for kind in LOOPS})


def work_of(counts: Mapping[str, float], draws: float, exponentials: float, rows: int, row_bytes: int) -> WorkCounts:
    """Return the work of a decade with the given counts of events by kind, draws and exponentials."""
    reads, writes = (
        sum(n * ROWS_PER_EVENT[kind][side] for kind, n in counts.items() if kind in ROWS_PER_EVENT) for side in (0, 1)
    )
    return WorkCounts(rows, row_bytes, round(reads), round(writes), round(draws), round(exponentials), 12 * YEARS)


STREAM = stream_id("bare loop")
NUMBERS_PER_CACHE_LINE = 8
"""Numbers of eight bytes in a cache line."""


@kernel
def random_row(k: Any, rows: Any) -> Any:
    """Return a pseudo-random row number for iteration ``k``, at the cost of a few instructions."""
    mixed = (k * 2654435761) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 13)) * rows) >> 32


@kernel
def read(minds: Any, times: Any) -> Any:
    """Read rows in random order."""
    total = 0.0
    for k in range(times):
        i = random_row(k, minds.shape[0])
        for column in range(0, minds.shape[1], NUMBERS_PER_CACHE_LINE):
            total += minds[i, column]
    return total


@kernel
def write(minds: Any, times: Any) -> Any:
    """Write rows in random order."""
    for k in range(times):
        minds[random_row(k, minds.shape[0]), 0] = k
    return 0.0


@kernel
def draw(minds: Any, times: Any) -> Any:
    """Draw random numbers."""
    total = 0.0
    for k in range(times):
        total += keyed_uniform(1, STREAM, k, k, 0)
    return total


@kernel
def exponentiate(minds: Any, times: Any) -> Any:
    """Compute exponentials."""
    total = 0.0
    for k in range(times):
        total += math.exp(-1e-9 * k)
    return total


@kernel
def pass_over(minds: Any, times: Any) -> Any:
    """Read and write all rows in order."""
    for k in range(times):
        for i in range(minds.shape[0]):
            for column in range(0, minds.shape[1], NUMBERS_PER_CACHE_LINE):
                minds[i, column] += k
    return 0.0


LOOPS = {"reads": read, "writes": write, "draws": draw, "exponentials": exponentiate, "passes": pass_over}


def run_bare_loop(work: WorkCounts, minds: np.ndarray) -> dict[str, float]:
    """Do the work; return the processor seconds of each kind."""
    seconds = {}
    for kind, loop in LOOPS.items():
        begun = time.process_time()
        loop(minds, getattr(work, kind))
        seconds[kind] = time.process_time() - begun
    return seconds


def minds_for(work: WorkCounts) -> np.ndarray:
    """Return a table with the rows and bytes per row of the residents' table."""
    return np.ones((work.rows, work.row_bytes // 8))


def measure_beside_loop(world: "TrustModel", work: WorkCounts) -> dict[str, Any]:
    """Return the number of bare loops that a decade takes, and the nanoseconds of each kind of work in the loop.

    Model and loop are measured in turn, year by year, so that noise affects both.  The first year, which loads
    kernels, is not measured.  Times are processor times of this process.
    """
    yearly, minds = work.share(1.0 / YEARS), minds_for(work)
    world.run_for(SHIFTS_PER_YEAR)
    run_bare_loop(yearly, minds)
    years, loops = [], []
    for _ in range(YEARS - 1):
        begun = time.process_time()
        world.run_for(SHIFTS_PER_YEAR)
        years.append(time.process_time() - begun)
        loops.append(run_bare_loop(yearly, minds))
    seconds_by_kind = {kind: statistics.median(loop[kind] for loop in loops) for kind in LOOPS}
    return {
        "figure": statistics.median(year / sum(loop.values()) for year, loop in zip(years, loops, strict=True)),
        "decade": YEARS * statistics.median(years),
        "loop": YEARS * sum(seconds_by_kind.values()),
        "nanoseconds": {
            kind: 1e9 * seconds / max(1, getattr(yearly, kind)) for kind, seconds in seconds_by_kind.items()
        },
    }
