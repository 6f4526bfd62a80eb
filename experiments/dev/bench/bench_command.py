"""`experiments.dev bench`: compare speed and memory with the goals; every number is measured in a fresh process."""

import json
import math
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.dev.bench import whole_run
from experiments.dev.bench.breakdown import break_down, breakdown_lines, loop_lines
from experiments.dev.bench.commands import command_seconds, first_run_seconds, question_seconds
from experiments.dev.bench.floor import check_floor
from experiments.dev.bench.fresh import SHIFTS_PER_YEAR, SITE, measure_in_fresh_process, seconds_added
from experiments.dev.bench.growth import draw_growth
from experiments.dev.bench.paired import compare_checkouts
from experiments.storage.disk_space import check_target
from experiments.storage.manifest import machine, machine_text
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

LABEL_WIDTH = 42
DECADE = 10.0
NOISY = "the machine is too busy"
PART_YEARS, ADDED_RUNS = 2, 4
"""Years of the run that is measured by part; number of runs added per measurement of workers."""
MAX_CREDIBLE_GAIN = 2.2
"""Largest credible gain by a second worker; it is at most 2, so that a larger one is noise."""


@dataclass(frozen=True)
class Result:
    """Measured number with its goal, if any; the goal is an upper limit if ``at_most``, else a lower one."""

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
    run_years: float
    draw_shifts: int
    seeds: int
    """Seeds of the study `question`."""


FULL = BenchSize(years=DECADE, pairs=3, twin_shifts=60, run_years=3.0, draw_shifts=279, seeds=8)
QUICK = BenchSize(years=2.0, pairs=1, twin_shifts=15, run_years=1.0, draw_shifts=93, seeds=1)
"""Draws are counted over three months, which include the quarterly plans; with --quick over one month."""


def bench(
    *,
    json_file: Path | None,
    quick: bool,
    against: Path | None,
    floor: bool,
    growth: Path | None,
    reason: str | None,
    fresh: bool,
) -> bool:
    """Measure in one of four ways; return False where ``floor`` finds that a decade takes longer than on record."""
    if reason is not None and not floor:
        raise InputError("--store belongs to --floor: give both")
    if floor and (against is not None or quick or json_file is not None):
        raise InputError("--floor goes with no other option than --store")
    if [floor, against is not None, growth is not None].count(True) > 1:
        raise InputError("--floor, --against and --growth are measured one at a time: give one")
    if json_file is not None:
        check_target("--json", json_file, (".json",), fresh)
    if floor:
        return check_floor(reason)
    if against is not None:
        compare_checkouts(against, json_file, quick)
    elif growth is not None:
        draw_growth(growth, json_file, quick, fresh)
    else:
        measure(json_file, quick)
    return True


def measure(json_file: Path | None, quick: bool) -> None:
    """Measure everything and print it with the goals; write it as JSON if ``json_file`` is given."""
    size = QUICK if quick else FULL
    results = []
    print(heading(quick), flush=True)
    for result in all_results(size):
        print(result_line(result), flush=True)
        results.append(result)
    breakdown = break_down(size.years, size.draw_shifts)
    work = breakdown.work()
    loop = measure_in_fresh_process("loops", json.dumps(asdict(work)))
    results.append(Result("a decade in bare loops", loop["figure"], "loops", 3.0))
    parts = measure_in_fresh_process("parts", str(PART_YEARS))
    run_lines = whole_run.run_lines(parts, work, loop["nanoseconds"], loop["loop"])
    lines = [result_line(results[-1]), "", *loop_lines(work, loop), "", *run_lines, "", *breakdown_lines(breakdown)]
    print("\n".join(lines))
    content = {
        "machine": machine(),
        "fingerprint": fingerprint(),
        "quick": quick,
        "results": [asdict(one) | {"value": json_number(one.value), "reached": one.reached} for one in results],
        "breakdown": asdict(breakdown),
        "bare_loop": {"work": asdict(work), **loop},
        "parts": parts,
    }
    if json_file is not None:
        write_atomically(json_file, json_of(content))


def heading(quick: bool) -> str:
    """Return the lines above the table."""
    roughly = ", quick and rough" if quick else ""
    place = f"{machine_text()}, code {fingerprint()}{roughly}"
    return f"{place}\n{'':{LABEL_WIDTH}}{'measured':>16}{'goal':>16}"


def result_line(result: Result) -> str:
    """Return one line of the table."""
    if math.isnan(result.value):
        return f"{result.name:{LABEL_WIDTH}}{'not available':>16}   {result.note}"
    measured, goal = f"{three_digits(result.value)} {result.unit}", "-"
    if result.goal is not None:
        goal = f"{'<=' if result.at_most else '>='} {three_digits(result.goal)} {result.unit}"
    return f"{result.name:{LABEL_WIDTH}}{measured:>16}{goal:>16}{'' if result.reached else '  MISS'}"


def three_digits(value: float) -> str:
    """Return a number with about three digits.

    >>> three_digits(0.123), three_digits(3.0), three_digits(1234.5)
    ('0.12', '3', '1,234')
    """
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def all_results(size: BenchSize) -> Iterator[Result]:
    """Yield all results in turn; compiles first, so that only the measurement of compiling has an empty cache."""
    print_note("measuring; a full bench takes several minutes")
    measure_in_fresh_process("compiling")
    yield Result("confianza --help", median(lambda: command_seconds("--help"), 3), "s", 0.5)
    imported = [measure_in_fresh_process("imports") for _ in range(3)]
    yield Result("imports of the model", statistics.median(one["seconds"] for one in imported), "s", 0.8)
    yield Result("  their memory", statistics.median(one["megabytes"] for one in imported), "MB", 240.0)
    yield Result("compiling into an empty cache", cold_seconds(), "s", 25.0)
    yield Result("the first run, with an empty cache", first_run_seconds(), "s", 40.0)
    yield Result("building the town", median(lambda: measure_in_fresh_process("town")["seconds"], 3), "s", 3.0)
    plain = [measure_span(size, "plain")]
    yield from site_results(size, plain)
    yield from twin_results(size, plain)
    yield workers_result(size)
    yield from study_results(size)


def median(measured: Callable[[], float], times: int) -> float:
    """Return the median of some measurements."""
    return statistics.median(measured() for _ in range(times))


def cold_seconds() -> float:
    """Return the seconds of compiling into an empty cache: those of a small run, less those of it compiled."""
    warm = measure_in_fresh_process("compiling")["seconds"]
    with tempfile.TemporaryDirectory() as folder:
        return float(measure_in_fresh_process("compiling", cache=folder)["seconds"] - warm)


def measure_span(size: BenchSize, variant: str) -> dict[str, Any]:
    """Return time and memory of a run of one variant of the site."""
    return measure_in_fresh_process("span", str(size.years), variant)


def site_results(size: BenchSize, plain: list[dict[str, Any]]) -> Iterator[Result]:
    """Yield the cost of more residents and of more police, measured in turn with the plain site, then of a decade."""
    census = [(plain_span(size, plain), measure_span(size, "census")) for _ in range(size.pairs)]
    yield Result("twice the census, same police", ratio_of(census), "times", 1.4)
    more = statistics.median(per_hundred_thousand(*pair) for pair in census) * DECADE / size.years
    yield Result("  100,000 residents more, a decade", more, "s", 0.8)
    couples = [(plain_span(size, plain), measure_span(size, "couples")) for _ in range(size.pairs)]
    yield Result("twice the couples", ratio_of(couples), "times", 2.1)
    seconds = statistics.median(one["seconds"] for one in plain) * DECADE / size.years
    yield Result(f"a decade of {SITE}", seconds, "s", 3.0)
    yield Result("  its peak memory", max(one["megabytes"] for one in plain), "MB", 420.0)
    everything = median(lambda: measure_span(size, "everything")["seconds"], size.pairs) * DECADE / size.years
    yield Result("  under the policy `everything`", everything, "s", 3.3)


def plain_span(size: BenchSize, plain: list[dict[str, Any]]) -> dict[str, Any]:
    """Measure the plain site once more; append the result to ``plain`` and return it."""
    plain.append(measure_span(size, "plain"))
    return plain[-1]


def ratio_of(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> float:
    """Return the median ratio of seconds, second over first, of some pairs."""
    return statistics.median(second["seconds"] / first["seconds"] for first, second in pairs)


def per_hundred_thousand(first: dict[str, Any], second: dict[str, Any]) -> float:
    """Return the seconds per 100,000 additional residents.

    >>> per_hundred_thousand({"seconds": 5.0, "residents": 150_000}, {"seconds": 8.0, "residents": 300_000})
    2.0
    """
    return float(1e5 * (second["seconds"] - first["seconds"]) / (second["residents"] - first["residents"]))


def twin_results(size: BenchSize, plain: list[dict[str, Any]]) -> Iterator[Result]:
    """Yield the time of the slow reference model over that of the model: for one small town, and by resident-shift.

    The second ratio extrapolates in proportion to residents and shifts; the reference model is never run for a whole
    site.
    """
    name = "slow twin, by resident-shift of the site"
    twin = measure_in_fresh_process("twin", str(size.twin_shifts))
    if "missing" in twin:
        yield Result(name, math.nan, "times", 1000.0, at_most=False, note=twin["missing"])
        return
    yield Result("slow twin, same small town", twin["slow"] / twin["fast"], "times")
    slow = twin["slow"] / twin["resident_shifts"]
    seconds = statistics.median(one["seconds"] for one in plain)
    fast = seconds / (plain[0]["residents"] * size.years * SHIFTS_PER_YEAR)
    yield Result(name, slow / fast, "times", 1000.0, at_most=False)


def workers_result(size: BenchSize) -> Result:
    """Return the gain by a second worker, from the time of added runs, so that start-up does not count."""
    turns = [[seconds_added(ADDED_RUNS, size.run_years, workers) for workers in (1, 2)] for _ in range(size.pairs)]
    one_worker, two_workers = (statistics.median(seconds) for seconds in zip(*turns, strict=True))
    credible = 0.0 < one_worker <= MAX_CREDIBLE_GAIN * two_workers
    gain = one_worker / two_workers if credible else math.nan
    return Result("two workers against one", gain, "times", 1.85, at_most=False, note=NOISY)


def study_results(size: BenchSize) -> Iterator[Result]:
    """Yield the time of the study `question`, start included, and of the policy worlds of eight pairs on the page."""
    seconds, runs, years = question_seconds(size.seeds)
    yield Result(f"the study `question`, {runs} runs", seconds, "s", 100.0 if size is FULL else None)
    yield Result("  1,000 municipality-years of it", seconds / years * 1000.0 / 60.0, "min", 4.0)
    yield Result(
        "  eight pairs on the page, three years", measure_in_fresh_process("pairs_on_page", "3")["seconds"], "s", 3.5
    )


def json_number(value: float) -> float | None:
    """Return a number for JSON, with None for NaN."""
    return None if math.isnan(value) else value
