"""Measure a decade in units of a bare loop and compare it with the figure on record; warn or fail if it is slower.

The loop does the numbers of reads, writes, draws and exponentials on record (`floor.json`), counted once for a decade.
The ratio separates slow code from a slow machine: decade and loop are measured in turn, year by year.
"""

import json
import math
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.dev.bench.paired import HERE, SITE, python
from experiments.storage.manifest import machine
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id

RECORD = HERE / "results" / "reference" / "floor.json"
WARNING_RATIO, FAILURE_RATIO = 1.2, 1.5
"""Multiples of the recorded figure from which the check warns, and from which it fails."""
REPETITIONS = 3
YEARS, SHIFTS_PER_YEAR = 10, 1095


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


def run_bare_loop(work: WorkCounts, minds: np.ndarray) -> float:
    """Do the work; return the CPU seconds that it takes."""
    begun = time.process_time()
    for kind, loop in LOOPS.items():
        loop(minds, getattr(work, kind))
    return time.process_time() - begun


def minds_for(work: WorkCounts) -> np.ndarray:
    """Return a table with the rows and bytes per row of the residents' table."""
    return np.ones((work.rows, work.row_bytes // 8))


def measure_beside_loop(work: WorkCounts) -> dict[str, float]:
    """Return the number of bare loops that a decade takes, and the CPU seconds of both.

    The first year, which loads kernels, is not measured.
    """
    from model.simulation.model import TrustModel
    from scenarios import load

    world = TrustModel(load(SITE, set={"calendar.warm_up": 0}), rng=1)
    yearly, minds = work.share(1.0 / YEARS), minds_for(work)
    world.run_for(SHIFTS_PER_YEAR)
    run_bare_loop(yearly, minds)
    years, loops = [], []
    for _ in range(YEARS - 1):
        begun = time.process_time()
        world.run_for(SHIFTS_PER_YEAR)
        years.append(time.process_time() - begun)
        loops.append(run_bare_loop(yearly, minds))
    return {
        "figure": statistics.median(year / loop for year, loop in zip(years, loops, strict=True)),
        "decade": YEARS * statistics.median(years),
        "loop": YEARS * statistics.median(loops),
    }


def compare_with_record(figure: float, recorded: float) -> tuple[bool, str]:
    """Compare a figure with the recorded one; return whether it passes, and a warning or "".

    >>> compare_with_record(4.4, 4.0), compare_with_record(5.2, 4.0)[0], compare_with_record(6.0, 4.0)[0]
    ((True, ''), True, False)
    """
    more = figure / recorded - 1.0
    if figure < WARNING_RATIO * recorded:
        return True, ""
    message = f"a decade takes {more:.0%} more bare loops than the {recorded:.2f} on record"
    if figure < FAILURE_RATIO * recorded:
        return True, f"warning: {message}"
    return False, f"{message}: too slow. If it must be, store the new figure: --floor --store REASON"


def check_floor(reason: str | None) -> bool:
    """Measure and compare with the record, or store the new figure if a reason is given; return whether it passes."""
    if reason is not None and not reason.strip():
        raise InputError("bench --store must give the reason in words, got ''")
    record = read_record()
    measured = median_measurement()
    print(
        f"a decade of {SITE}: {measured['figure']:.2f} bare loops"
        f" ({measured['decade']:.2f} s over {measured['loop']:.2f} s)",
        flush=True,
    )
    if reason is not None:
        store_record(record, measured, reason)
        return True
    print(f"on record: {record['figure']:.2f}, of code {record['fingerprint']} ({record['reason']})")
    passed, warning = compare_with_record(measured["figure"], record["figure"])
    if warning:
        print_note(f"confianza: {warning}")
    return passed


def median_measurement() -> dict[str, Any]:
    """Return the measurement with the median figure of `REPETITIONS`, each in a process of its own."""
    command = ("-m", "experiments.dev.bench.floor")
    measurements = [json.loads(python(command, HERE)[-1]) for _ in range(REPETITIONS)]
    return sorted(measurements, key=lambda one: one["figure"])[REPETITIONS // 2]


def read_record() -> dict[str, Any]:
    """Return the record: the figure, and the work of its bare loop."""
    if not RECORD.is_file():
        raise InputError(f"bench --floor: no figure on record in {RECORD}; restore this file from the repository")
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record


def store_record(record: Mapping[str, Any], measured: Mapping[str, Any], reason: str) -> None:
    """Write a new figure with its reason; the work of the loop stays, so that figures remain comparable."""
    new = {
        "reason": reason,
        "figure": round(measured["figure"], 3),
        "decade_seconds": round(measured["decade"], 3),
        "loop_seconds": round(measured["loop"], 3),
        "fingerprint": fingerprint(),
        "machine": machine(),
        "work": record["work"],
    }
    write_atomically(RECORD, json_of(new))
    print(f"written to {RECORD}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure_beside_loop(WorkCounts(**read_record()["work"]))) + "\n")
