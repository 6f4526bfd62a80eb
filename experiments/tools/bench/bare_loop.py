"""A decade in units of a bare loop: one that reads, writes, draws and takes exponentials as often, and nothing else.

The loop tells a slow machine from slow code: the decade and the loop are measured in turn, year by year.

Events, draws and exponentials are counted (`phases`); only how often an event reaches for a resident is assumed, in
the table below.
"""

import math
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

YEARS = 10

REACHES: Mapping[str, tuple[float, float]] = {
    # by event: rows of residents read and written, wherever they lie.  Only residents count: every other table (cells,
    # couples, officers, a page of the daybook) is small enough to stay near.
    "impressions": (3.0, 1.0),  # whose ties they are told along, then mind and settlement of who learns; the mind
    "contacts": (3.0, 1.0),  # the list of who is here, person and mind; when they last met
    "candidates": (3.0, 0.0),  # place, person and mind: most come to nothing
    "incidents": (2.0, 1.0),  # who tells, with what trust; when they were harmed
    "calls": (1.0, 0.0),  # who called
    "outside": (1.0, 1.0),  # harmed outside: person, when
    "payments": (1.0, 0.0),  # who pays
    "births": (2.0, 1.0),  # mother and child; the child's mind
    "natural_deaths": (2.0, 1.0),  # person and mind; gone
}


@dataclass(frozen=True)
class WorkCounts:
    """Work of a decade: numbers of reads, writes, draws, exponentials and passes."""

    rows: int
    row_bytes: int
    reads: int
    writes: int
    draws: int
    exponentials: int
    passes: int
    """Times that all residents are gone through in their order: once a month."""

    def share(self, part: float) -> "WorkCounts":
        """Return this share of the work on the same residents."""
        return replace(self, **{kind: round(part * getattr(self, kind)) for kind in LOOPS})


def work_of(counts: Mapping[str, float], draws: float, exponentials: float, rows: int, row_bytes: int) -> WorkCounts:
    """Return the work of a decade in which so many events of each kind happen."""
    reads, writes = (sum(n * REACHES[kind][side] for kind, n in counts.items() if kind in REACHES) for side in (0, 1))
    return WorkCounts(rows, row_bytes, round(reads), round(writes), round(draws), round(exponentials), 12 * YEARS)


BARE = stream_id("bare loop")
YEAR = 1095
LINE = 8
"""Numbers of eight bytes that the machine brings near at once."""


@kernel
def place_of(k: Any, rows: Any) -> Any:
    """Some row, far from that of k - 1, for a few instructions."""
    mixed = (k * 2654435761) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 13)) * rows) >> 32


@kernel
def read(minds: Any, times: Any) -> Any:
    """Read rows that lie all over the memory."""
    total = 0.0
    for k in range(times):
        i = place_of(k, minds.shape[0])
        for column in range(0, minds.shape[1], LINE):
            total += minds[i, column]
    return total


@kernel
def write(minds: Any, times: Any) -> Any:
    """Write into rows that lie all over the memory."""
    for k in range(times):
        minds[place_of(k, minds.shape[0]), 0] = k
    return 0.0


@kernel
def draw(minds: Any, times: Any) -> Any:
    """Draw the random numbers."""
    total = 0.0
    for k in range(times):
        total += keyed_uniform(1, BARE, k, k, 0)
    return total


@kernel
def exponentiate(minds: Any, times: Any) -> Any:
    """Take exponentials."""
    total = 0.0
    for k in range(times):
        total += math.exp(-1e-9 * k)
    return total


@kernel
def pass_over(minds: Any, times: Any) -> Any:
    """Go through all rows in their order, read and write each."""
    for k in range(times):
        for i in range(minds.shape[0]):
            for column in range(0, minds.shape[1], LINE):
                minds[i, column] += k
    return 0.0


LOOPS = {"reads": read, "writes": write, "draws": draw, "exponentials": exponentiate, "passes": pass_over}


def bare_loop(work: WorkCounts, minds: np.ndarray) -> dict[str, float]:
    """Do the work; return the seconds of each kind."""
    seconds = {}
    for kind, loop in LOOPS.items():
        begun = time.process_time()
        loop(minds, getattr(work, kind))
        seconds[kind] = time.process_time() - begun
    return seconds


def minds_for(work: WorkCounts) -> np.ndarray:
    """Return a table with as many rows of as many bytes as the residents have."""
    return np.ones((work.rows, work.row_bytes // 8))


def in_turn(world: "TrustModel", work: WorkCounts) -> dict[str, Any]:
    """Return how many bare loops a decade takes, and the nanoseconds of each kind of work in the loop.

    Both are measured year by year in turn, so that noise falls on both.  The first year, which loads kernels, is not
    clocked.  Time is that of the processor at work on this process.
    """
    yearly, minds = work.share(1.0 / YEARS), minds_for(work)
    world.run_for(YEAR)
    bare_loop(yearly, minds)
    years, loops = [], []
    for _ in range(YEARS - 1):
        begun = time.process_time()
        world.run_for(YEAR)
        years.append(time.process_time() - begun)
        loops.append(bare_loop(yearly, minds))
    each = {kind: statistics.median(loop[kind] for loop in loops) for kind in LOOPS}
    return {
        "figure": statistics.median(year / sum(loop.values()) for year, loop in zip(years, loops, strict=True)),
        "decade": YEARS * statistics.median(years),
        "loop": YEARS * sum(each.values()),
        "nanoseconds": {kind: 1e9 * seconds / max(1, getattr(yearly, kind)) for kind, seconds in each.items()},
    }
