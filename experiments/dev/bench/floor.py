"""`bench --floor`: compare a decade in bare loops with the recorded figure; warn or fail if it is slower."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from experiments.dev.bench.bare_loop import WorkCounts
from experiments.dev.bench.breakdown import break_down
from experiments.dev.bench.fresh import SITE, measure_in_fresh_process
from experiments.storage.manifest import machine
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

RECORD = Path(__file__).parents[3] / "results" / "reference" / "floor.json"
WARNING_RATIO, FAILURE_RATIO = 1.2, 1.5
"""Multiples of the recorded figure from which the check warns, and from which it fails."""
REPETITIONS = 3
DECADE_YEARS, QUARTER_SHIFTS = 10.0, 279
"""Years over which events are counted, and shifts over which draws are (three months include quarterly plans)."""


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
    """Measure and compare with the record, or store a new record if a reason is given; return whether it passes."""
    if reason is not None:
        return store_record(reason)
    record = read_record()
    measurement = median_measurement(WorkCounts(**record["work"]))
    print(figure_line(measurement), flush=True)
    print(f"on record: {record['figure']:.2f}, of code {record['fingerprint']} ({record['reason']})")
    passed, warning = compare_with_record(measurement["figure"], record["figure"])
    if warning:
        print_note(f"confianza: {warning}")
    return passed


def median_measurement(work: WorkCounts) -> dict[str, Any]:
    """Return the measurement with the median figure of `REPETITIONS`, each in a fresh process."""
    measurements = [measure_in_fresh_process("loops", json.dumps(asdict(work))) for _ in range(REPETITIONS)]
    return sorted(measurements, key=lambda one: one["figure"])[REPETITIONS // 2]


def figure_line(measurement: dict[str, Any]) -> str:
    """Return a measurement as one line of text."""
    return (
        f"a decade of {SITE}: {measurement['figure']:.2f} bare loops"
        f" ({measurement['decade']:.2f} s over {measurement['loop']:.2f} s)"
    )


def read_record() -> dict[str, Any]:
    """Return the record: the figure, and the work of its bare loop."""
    if not RECORD.is_file():
        raise InputError(f"bench --floor: no figure on record in {RECORD}; store one with --store REASON")
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record


def store_record(reason: str) -> bool:
    """Count the work of a decade and measure the decade by it; write both to the record with the reason."""
    if not reason.strip():
        raise InputError("bench --store must give the reason in words, got ''")
    print_note("counting the work of a decade, then measuring it; about six minutes")
    work = break_down(DECADE_YEARS, QUARTER_SHIFTS).work()
    measurement = median_measurement(work)
    record = {
        "reason": reason,
        "figure": round(measurement["figure"], 3),
        "decade_seconds": round(measurement["decade"], 3),
        "loop_seconds": round(measurement["loop"], 3),
        "fingerprint": fingerprint(),
        "machine": machine(),
        "work": asdict(work),
    }
    write_atomically(RECORD, json_of(record))
    print(f"{figure_line(measurement)}\nwritten to {RECORD}")
    return True
