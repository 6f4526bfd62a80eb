"""Speed and memory beside the goals, every number measured in a fresh process."""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.storage.manifest import machine
from experiments.storage.progress import say
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_whole
from experiments.tools.bench import whole_run
from experiments.tools.bench.breakdown import break_down, loop_lines, table
from experiments.tools.bench.fresh import SITE, clock
from experiments.tools.bench.stopwatch import timed
from model.engine.fingerprint import fingerprint

LABEL = 42
DECADE = 10.0
NOISY = "the machine is too busy"
PART_YEARS = 2
CREDIBLE = 2.2
"""Two workers cannot bring more than twice the runs; a gain beyond this is noise."""


@dataclass(frozen=True)
class Result:
    """One number, with its goal if it has one; ``at_most`` tells on which side of it to be."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    note: str = ""

    @property
    def reached(self) -> bool:
        """True if the goal, if there is one, is reached."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal


@dataclass(frozen=True)
class BenchSize:
    """Length of the measurements."""

    years: float
    pairs: int
    twin_shifts: int
    runs: int
    run_years: float
    draw_shifts: int


FULL = BenchSize(years=DECADE, pairs=3, twin_shifts=60, runs=4, run_years=3.0, draw_shifts=279)
QUICK = BenchSize(years=2.0, pairs=1, twin_shifts=15, runs=4, run_years=1.0, draw_shifts=93)
"""Draws are counted over three months, so that a quarter's plans are made; quickly over one."""


def measure(json_file: Path | None, quick: bool) -> None:
    """Measure everything, print it beside the goals, and write it as JSON if asked to."""
    size = QUICK if quick else FULL
    results = []
    print(heading(quick), flush=True)
    for result in every_result(size):
        print(line(result), flush=True)
        results.append(result)
    found = break_down(size.years, size.draw_shifts)
    loop = clock("loops", json.dumps(asdict(found.work())))
    results.append(Result("a decade in bare loops", loop["figure"], "loops"))
    parts = clock("parts", str(PART_YEARS))
    whole = whole_run.lines(parts, found.work(), loop["nanoseconds"], loop["loop"])
    print("\n".join([line(results[-1]), "", *loop_lines(found.work(), loop), "", *whole, "", *table(found)]))
    stated = {
        "machine": machine(),
        "fingerprint": fingerprint(),
        "quick": quick,
        "results": [asdict(one) | {"value": json_number(one.value), "reached": one.reached} for one in results],
        "breakdown": asdict(found),
        "bare_loop": {"work": asdict(found.work()), **loop},
        "parts": parts,
    }
    if json_file is not None:
        write_whole(json_file, json_of(stated))


def heading(quick: bool) -> str:
    """Return the lines above the table."""
    stated = machine()
    roughly = ", quick and rough" if quick else ""
    place = f"{stated['system']} {stated['processor']}, {stated['cores']} cores, code {fingerprint()}{roughly}"
    return f"{place}\n{'':{LABEL}}{'measured':>16}{'goal':>16}"


def line(result: Result) -> str:
    """Return one line of the table."""
    if math.isnan(result.value):
        return f"{result.name:{LABEL}}{'not available':>16}   {result.note}"
    measured, goal = f"{three_digits(result.value)} {result.unit}", "-"
    if result.goal is not None:
        goal = f"{'<=' if result.at_most else '>='} {three_digits(result.goal)} {result.unit}"
    return f"{result.name:{LABEL}}{measured:>16}{goal:>16}{'' if result.reached else '  MISS'}"


def three_digits(value: float) -> str:
    """Return a number with about three digits.

    >>> three_digits(0.123), three_digits(3.0), three_digits(1234.5)
    ('0.12', '3', '1,234')
    """
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def every_result(size: BenchSize) -> Iterator[Result]:
    """Yield the numbers one after the other; compile first, so that only the one of compiling is cold."""
    say("measuring; a full bench takes several minutes")
    clock("compiling")
    yield Result("confianza --help", median(help_seconds, 3), "s", 0.5)
    yield Result("imports of the model", median(lambda: clock("imports")["seconds"], 3), "s", 1.5)
    yield Result("compiling into an empty cache", cold_seconds(), "s", 30.0)
    yield Result("building the town", median(lambda: clock("town")["seconds"], 3), "s", 3.0)
    plain = [span(size, "plain")]
    yield from site(size, plain)
    yield from against_twin(size, plain)
    yield from workers(size)


def median(measured: Callable[[], float], times: int) -> float:
    """Return the median of some measurements."""
    return statistics.median(measured() for _ in range(times))


def help_seconds() -> float:
    """Return the seconds that `confianza --help` takes."""
    words = [sys.executable, "-c", "from experiments.cli import main; main()", "--help"]
    return timed(lambda: subprocess.run(words, stdout=subprocess.DEVNULL, check=True))


def cold_seconds() -> float:
    """Return the seconds that compiling takes on a fresh machine, beyond those of the same small run."""
    warm = clock("compiling")["seconds"]
    with tempfile.TemporaryDirectory() as folder:
        return float(clock("compiling", cache=folder)["seconds"] - warm)


def span(size: BenchSize, variant: str) -> dict[str, Any]:
    """Return time and memory of the years of one variant of the site."""
    return clock("span", str(size.years), variant)


def site(size: BenchSize, plain: list[dict[str, Any]]) -> Iterator[Result]:
    """Yield the cost of more residents and of more police, each in turn with the plain site, then of a plain decade."""
    for name, variant, goal in (
        ("twice the census, same police", "census", 1.3),
        ("twice the couples", "couples", 2.1),
    ):
        ratios = []
        for _ in range(size.pairs):
            plain.append(span(size, "plain"))
            ratios.append(span(size, variant)["seconds"] / plain[-1]["seconds"])
        yield Result(name, statistics.median(ratios), "times", goal)
    seconds = statistics.median(one["seconds"] for one in plain) * DECADE / size.years
    yield Result(f"a decade of {SITE}", seconds, "s", 3.0)
    yield Result("  its peak memory", max(one["megabytes"] for one in plain), "MB", 400.0)


def against_twin(size: BenchSize, plain: list[dict[str, Any]]) -> Iterator[Result]:
    """Yield how much longer the slow reference model takes: for the same small town, and for a resident and shift.

    The second extrapolates it in proportion to residents and shifts; that model is never run for a whole site.
    """
    name = "slow twin, by resident-shift of the site"
    stated = clock("twin", str(size.twin_shifts))
    if "missing" in stated:
        yield Result(name, math.nan, "times", 1000.0, at_most=False, note=stated["missing"])
        return
    yield Result("slow twin, same small town", stated["slow"] / stated["fast"], "times")
    slow = stated["slow"] / stated["resident_shifts"]
    seconds = statistics.median(one["seconds"] for one in plain)
    fast = seconds / (plain[0]["residents"] * size.years * 1095)
    yield Result(name, slow / fast, "times", 1000.0, at_most=False)


def workers(size: BenchSize) -> Iterator[Result]:
    """Yield what a second worker brings, by the runs that are added: start-up does not count."""
    turns = [(added(size, 1), added(size, 2)) for _ in range(size.pairs)]
    one, two = (statistics.median(seconds) for seconds in zip(*turns, strict=True))
    credible = 0.0 < one <= CREDIBLE * two
    gain = one / two if credible else math.nan
    yield Result("two workers against one", gain, "times", 1.8, at_most=False, note=NOISY)
    thousand = two / (size.runs * size.run_years) * 1000.0 / 60.0 if credible else math.nan
    yield Result("1,000 years of it with two workers", thousand, "min", 30.0, note=NOISY)


def added(size: BenchSize, count: int) -> float:
    """Return the seconds of as many runs again, so that what is done once falls out; noise may make it negative."""
    words = str(size.run_years), str(count)
    few, many = (clock("replicates", str(runs), *words)["seconds"] for runs in (size.runs, 2 * size.runs))
    return float(many - few)


def json_number(value: float) -> float | None:
    """Return a number for JSON, which has no word for one that is not known."""
    return None if math.isnan(value) else value
