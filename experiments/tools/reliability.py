"""Run the reliability tests (hostile inputs, full disks, signals, kills) and write a table of cases and failures.

    python -m experiments.tools.reliability
    python -m experiments.tools.reliability kills signals

Each row is a group of tests, slow ones included.  A test that tries many inputs counts each of them as a case.  The
named groups replace their rows in the recorded table; a row states the fingerprint of the tested code.  The group
`bits` has a row for each version of Python.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.storage.manifest import machine_text
from experiments.storage.progress import print_note
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "results" / "reference" / "reliability.txt"
PAGE_TESTS = ("page/test_door.py", "page/test_sockets.py", "page/test_background.py", "page/test_crowd.py")
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "inputs": ("fuzzed files and words of commands", ("cli/test_fuzz.py",)),
    "strangers": (
        "files and folders from strangers",
        ("storage/test_hostile.py", "storage/test_verify.py", "storage/test_sizes.py"),
    ),
    "states": ("saved states with wrong content", ("../model/simulation/test_state_check.py",)),
    "disks": ("full disks, other users, clocks", ("storage/test_disks.py", "storage/test_room.py")),
    "kills": ("killed workers and coordinators", ("execution/test_kills.py", "execution/test_sweep_kills.py")),
    "signals": ("Ctrl-C, SIGTERM, lost connection", ("execution/test_interruption.py",)),
    "memory": ("memory of long sweeps", ("execution/test_sweep_memory.py", "execution/test_sweep_engine.py")),
    "clusters": ("lost schedulers, keys, wheels", ("execution/test_sweep_cluster.py", "tools/test_bundle.py")),
    "towns": ("small towns with their report", ("report/test_small_towns.py",)),
    "page": ("sockets and messages of the page", PAGE_TESTS),
    "bits": (
        f"same bits on Python {sys.version_info.major}.{sys.version_info.minor}",
        ("../bits/test_digests.py", "../model/simulation/test_world.py"),
    ),
}
"""Groups of tests by name: a description, and test files relative to `tests/experiments`.

The digests were recorded with one version of Python; one of the tests of a world runs without compiled code.
"""
READER_FILES = (
    *("scenarios/*.py", "model/simulation/state_*.py", "model/simulation/checkpoint.py"),
    *("experiments/cli/*.py", "experiments/execution/job_cache.py", "experiments/execution/run_requests.py"),
    *("experiments/storage/*.py", "experiments/studies/study*.py", "experiments/validation/against.py"),
)
"""Code that reads input from users; the table states the share of its lines that the fuzzed inputs cover."""


@dataclass(frozen=True)
class GroupResult:
    """Result of a group: cases, failed and skipped ones, seconds, % of lines covered, measurements as text."""

    cases: int
    failed: int
    skipped: int
    seconds: float
    reached: float | None = None
    measured: tuple[str, ...] = ()


def run_tests(files: Sequence[Path], readers: bool = False) -> GroupResult:
    """Run some test files, slow tests included; return the result, with the coverage of `READER_FILES` if requested."""
    with tempfile.TemporaryDirectory() as place:
        report, coverage = Path(place) / "found.xml", Path(place) / "lines.json"
        words = ["pytest", "-q", "-n0", "-m", "slow or not slow", "-ojunit_family=xunit1", f"--junitxml={report}"]
        measured = ["coverage", "run", f"--data-file={place}/lines", f"--include={','.join(READER_FILES)}"]
        coverage_command = [*measured, "-m"] if readers else []
        run_module(*coverage_command, *words, *map(str, files))
        if not report.is_file():
            raise InputError(f"the tests could not be run: {', '.join(map(str, files))}")
        result = result_of(ET.parse(report).getroot())
        if readers:
            run_module("coverage", "json", "-q", f"--data-file={place}/lines", "-o", str(coverage))
            share = json.loads(coverage.read_text(encoding="utf-8"))["totals"]["percent_covered"]
            result = replace(result, reached=share)
        return result


def run_module(module: str, *words: str) -> None:
    """Run a Python module in the folder of the project and discard its output; coverage uses its fast core."""
    environment = os.environ | {"COVERAGE_CORE": "sysmon"}
    subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)


def result_of(report: ET.Element) -> GroupResult:
    """Return the totals of a pytest report; a test may state its cases, failures and measurements as properties.

    Failed tests are listed among the measurements.  Of the seconds that programs took to end after a signal, the
    longest is reported.
    """
    cases = failed = skipped = 0
    measured: list[str] = []
    ended: list[float] = []
    for test in report.iter("testcase"):
        properties = {str(one.get("name")): str(one.get("value")) for one in test.iter("property")}
        stated = {name: int(properties[name]) for name in ("cases", "failed") if name in properties}
        measured += [properties["measured"]] if "measured" in properties else []
        ended += [float(properties["ended"])] if "ended" in properties else []
        reasons = [reason for kind in ("failure", "error") if (reason := test.find(kind)) is not None]
        skipped += test.find("skipped") is not None
        cases += stated.get("cases", int(test.find("skipped") is None))
        failed += max(stated.get("failed", 0), bool(reasons))
        measured += [f"FAILED {test.get('name')}: {one.get('message', '').partition('\n')[0]}" for one in reasons[:1]]
    measured += [f"ended {max(ended):.1f} s after their signal at the latest"] if ended else []
    seconds = sum(float(one.get("time", "0")) for one in report.iter("testsuite"))
    return GroupResult(cases, failed, skipped, seconds, measured=tuple(measured))


def rows_of(results: dict[str, GroupResult]) -> dict[str, str]:
    """Return a row for each group, by its description.

    >>> list(rows_of({"disks": GroupResult(20, 0, 2, 90.0)}).values())[0][:76]
    'full disks, other users, clocks             20       0        2     1.5     '
    """
    return {
        GROUPS[name][0]: f"{GROUPS[name][0]:36}{one.cases:10,}{one.failed:8}{one.skipped:9}{one.seconds / 60:8.1f}"
        f"{'' if one.reached is None else f'{one.reached:.0f} %':>9}  {fingerprint()}"
        + "".join(f"\n  {line}" for line in one.measured)
        for name, one in results.items()
    }


def rows_in(table: str) -> dict[str, str]:
    """Return the rows of a table by description, each with the lines of measurements below it."""
    rows: dict[str, str] = {}
    about = ""
    for line in table.splitlines()[2:]:
        if line.startswith("  "):
            rows[about] += f"\n{line}"
        else:
            about = line[:36].strip()
            rows[about] = line
    return rows


def table_of(results: dict[str, GroupResult], before: str = "") -> str:
    """Return the table with the new rows, and the rows of an older table that they do not replace."""
    heading = f"{'what was tried':36}{'cases':>10}{'failed':>8}{'skipped':>9}{'minutes':>8}{'reached':>9}  code"
    rows = rows_in(before) | rows_of(results)
    lines = [rows[about] for about in dict.fromkeys([about for about, _ in GROUPS.values()] + [*rows]) if about in rows]
    place = f"{machine_text()}; reached: lines of the code that reads"
    return "\n".join([place, heading, *lines]) + "\n"


def main(words: Sequence[str]) -> int:
    """Run the named groups, or all; print the table and record it."""
    parser = argparse.ArgumentParser(description="Try how reliable the program is, and write the table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(GROUPS))
    names = parser.parse_args(words).names or list(GROUPS)
    for name in names:
        if name not in GROUPS:
            parser.error(f"nothing is tried under '{name}': {', '.join(GROUPS)}{suggest_nearest(name, GROUPS)}")
    results = {}
    for name in names:
        print_note(f"trying {GROUPS[name][0]}")
        results[name] = run_tests(
            [ROOT / "tests/experiments" / file for file in GROUPS[name][1]], readers=name == "inputs"
        )
        before = RECORD.read_text(encoding="utf-8") if RECORD.is_file() else ""
        write_atomically(RECORD, table_of(results, before).encode())
    print(RECORD.read_text(encoding="utf-8"), end="")
    return int(any(one.failed for one in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
