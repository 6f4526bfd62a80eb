"""Run each measurement in a fresh process, so that none benefits from the caches of another."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

SITE = "villa_canales"
"""Municipality in which speed is measured."""
SHIFTS_PER_YEAR = 1095
FIRST_SHIFTS = 93
"""Shifts of the first month, which loads kernels; it is simulated before timing starts."""


def run_python(
    *words: str, env: Mapping[str, str], failure: Callable[[str], Exception], cwd: Path | None = None
) -> dict[str, Any]:
    """Return the JSON in the last line that a Python process prints; raise ``failure(errors)`` if it fails."""
    finished = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False
    )
    if finished.returncode:
        raise failure(finished.stderr)
    result: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return result


def measure_in_fresh_process(*words: str, cache: str | None = None) -> dict[str, Any]:
    """Return the result of one measurement of `stopwatch` in a fresh process."""
    env = {**os.environ, **({"CONFIANZA_CACHE": cache} if cache else {})}
    result = run_python(
        *("-m", "experiments.dev.bench.stopwatch", *words),
        env=env,
        failure=lambda errors: RuntimeError(f"measuring {' '.join(words)} failed:\n{errors}"),
    )
    if result["fingerprint"] != fingerprint():
        raise InputError("the code of the model changed while it was measured; start the bench again")
    return result


def seconds_added(runs: int, years: float, workers: int) -> float:
    """Return the seconds of 2 × ``runs`` less those of ``runs``, without start-up; noise may make it negative."""
    few, many = (
        measure_in_fresh_process("replicates", str(n), str(years), str(workers))["seconds"] for n in (runs, 2 * runs)
    )
    return float(many - few)


def timed(work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds for doing some work ``times`` times."""
    begun = clock()
    for _ in range(times):
        work()
    return clock() - begun


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of this process for some work."""
    return timed(work, clock=time.process_time)
