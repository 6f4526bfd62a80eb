"""Try what strangers, disks, signals and kills do to the program, and write the table: cases, failures, minutes.

    python -m experiments.tools.reliability
    python -m experiments.tools.reliability kills signals

Each row is a part of the tests with its slow ones.  A test that tries many inputs counts each of them as a case.
"""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.storage.manifest import machine
from experiments.storage.progress import say
from experiments.storage.writing import write_whole
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "results" / "reference" / "reliability.txt"
TRIED: dict[str, tuple[str, tuple[str, ...]]] = {
    "inputs": ("fuzzed files and words of commands", ("cli/test_fuzz.py",)),
    "strangers": ("files and folders from strangers", ("storage/test_hostile.py", "storage/test_verify.py")),
    "states": ("saved states with wrong content", ("../model/simulation/test_state_check.py",)),
    "disks": ("full disks, other users, clocks", ("storage/test_disks.py", "storage/test_room.py")),
    "kills": ("killed workers and coordinators", ("execution/test_kills.py", "execution/test_sweep_kills.py")),
    "signals": ("Ctrl-C, SIGTERM, lost connection", ("execution/test_interruption.py",)),
    "towns": ("small towns with their report", ("report/test_small_towns.py",)),
    "page": ("sockets and messages of the page", ("page/test_door.py", "page/test_crowd.py")),
}
"""What is tried, by name: its description, and files of tests of `experiments`."""


@dataclass(frozen=True)
class Trial:
    """Result of one row: cases, failed ones, those that this machine does not allow, seconds."""

    cases: int
    failed: int
    skipped: int
    seconds: float


def tried(files: Sequence[Path]) -> Trial:
    """Run some files of tests, slow ones included; return what came of them."""
    with tempfile.TemporaryDirectory() as place:
        found = Path(place) / "found.xml"
        words = ["-q", "-n", "0", "-m", "slow or not slow", "-o", "junit_family=xunit1", f"--junitxml={found}"]
        subprocess.run([sys.executable, "-m", "pytest", *words, *map(str, files)], cwd=ROOT, stdout=subprocess.DEVNULL)
        if not found.is_file():
            raise InputError(f"the tests could not be run: {', '.join(map(str, files))}")
        return trial_of(ET.parse(found).getroot())


def trial_of(report: ET.Element) -> Trial:
    """Return the sums of a report of pytest; a test may state its cases and failures as properties."""
    cases = failed = skipped = 0
    for test in report.iter("testcase"):
        stated = {str(one.get("name")): int(one.get("value", "0")) for one in test.iter("property")}
        broken = any(test.find(kind) is not None for kind in ("failure", "error"))
        skipped += test.find("skipped") is not None
        cases += stated.get("cases", int(test.find("skipped") is None))
        failed += max(stated.get("failed", 0), int(broken))
    return Trial(cases, failed, skipped, sum(float(one.get("time", "0")) for one in report.iter("testsuite")))


def table_of(trials: dict[str, Trial]) -> str:
    """Return the table, with the machine and the code on which it was tried.

    >>> print(table_of({"disks": Trial(20, 0, 2, 90.0)}).splitlines()[2])
    full disks, other users, clocks             20       0        2     1.5
    """
    stated = machine()
    heading = f"{'what was tried':36}{'cases':>10}{'failed':>8}{'skipped':>9}{'minutes':>8}"
    rows = [
        f"{TRIED[name][0]:36}{one.cases:10,}{one.failed:8}{one.skipped:9}{one.seconds / 60:8.1f}"
        for name, one in trials.items()
    ]
    place = f"{stated['system']} {stated['processor']}, {stated['cores']} cores, code {fingerprint()}"
    return "\n".join([place, heading, *rows]) + "\n"


def main(words: Sequence[str]) -> int:
    """Try what is named, or everything; print the table, and put a whole one on record."""
    parser = argparse.ArgumentParser(description="Try how reliable the program is, and write the table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TRIED))
    names = parser.parse_args(words).names or list(TRIED)
    for name in names:
        if name not in TRIED:
            parser.error(f"nothing is tried under '{name}': {', '.join(TRIED)}{suggest_nearest(name, TRIED)}")
    trials = {}
    for name in names:
        files = [path for file in TRIED[name][1] if (path := ROOT / "tests/experiments" / file).is_file()]
        if files:
            say(f"trying {TRIED[name][0]}")
            trials[name] = tried(files)
    print(table_of(trials), end="")
    if len(names) == len(TRIED):
        write_whole(RECORD, table_of(trials).encode())
    return int(any(one.failed for one in trials.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
