"""Measure whole commands of this checkout, in turn with those of another one: CPU seconds, memory, and the numbers.

Each command is a process of its own, from the start of Python to its end, so that nothing which users wait for is left
out.  CPU seconds count the work of the process and of those that it starts, and hardly depend on what else runs.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.storage.manifest import machine, machine_text
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError

HERE = Path(__file__).resolve().parents[3]
SITE = "villa_canales"
"""Municipality in which speed is measured."""
LABEL_WIDTH = 34
OUT, MEASURES = "{out}", "measures.parquet"
"""Stands for the folder of results in a command; the table in it that both checkouts must agree on."""
ASK = "import json, model; print(json.dumps([model.__file__, model.fingerprint()]))"
"""Program that says which code runs in a folder."""
WATCH = """
import json, os, resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=sys.stderr)
seconds, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
megabytes = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps([code, seconds, used.ru_utime + used.ru_stime, megabytes]))
"""
"""Small program that starts a command and measures it: peak memory as the system tells it begins with the parent's."""


@dataclass(frozen=True)
class CommandCost:
    """Cost of a process with all that it starts: wall-clock seconds, CPU seconds, and peak memory (MB)."""

    seconds: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class BenchSize:
    """Length of the measurements: years of a run, and turns, of which the median is told."""

    years: int
    turns: int


FULL, QUICK = BenchSize(years=10, turns=5), BenchSize(years=2, turns=3)


def commands_of(size: BenchSize) -> dict[str, tuple[str, ...]]:
    """Return the measured commands by name."""
    years = ("--years", str(size.years), "--seed", "1", "--out", OUT)
    of_years = f"{size.years} years"
    return {
        "help": ("--help",),
        "a month": ("run", SITE, "--years", "0.0833", "--seed", "1", "--out", OUT),
        of_years: ("run", SITE, *years),
        f"{of_years}, everything": ("run", SITE, "--policy", "everything", *years),
        f"{of_years}, totonicapan": ("run", "totonicapan", *years),
    }


@dataclass
class Checkout:
    """Checkout of the project in a folder, whose commands run in processes of their own."""

    root: Path
    fingerprint: str = ""

    def check(self) -> None:
        """Raise InputError unless the code that runs is this checkout's and has not changed since the last call."""
        file, fingerprint = json.loads(python(("-c", ASK), self.root)[-1])
        if Path(file).resolve().parents[1] != self.root:
            raise InputError(f"--against: what runs in {self.root} is the code of {Path(file).parents[1]}")
        if self.fingerprint not in ("", fingerprint):
            raise InputError(f"--against: the code in {self.root} changed while it was measured; start the bench again")
        self.fingerprint = fingerprint

    def measure(self, words: Sequence[str], out: Path) -> CommandCost:
        """Return the cost of a command of the program, which writes its results into ``out``."""
        command = [str(out) if word == OUT else word for word in words]
        return cost_of(sys.executable, "-m", "confianza", *command, cwd=self.root)


def cost_of(*command: str, cwd: Path = HERE) -> CommandCost:
    """Return the cost of a command; raise InputError with its last line if it fails.  Works on Linux and macOS."""
    code, *numbers = json.loads(python(("-S", "-c", WATCH, *command), cwd)[-1])
    if code:
        raise InputError(f"bench: {' '.join(command[1:])} leaves with {code} in {cwd}")
    return CommandCost(*numbers)


def python(words: Sequence[str], cwd: Path) -> list[str]:
    """Return the lines that a Python process prints in a folder; raise InputError if it fails."""
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    finished = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=own, capture_output=True, encoding="utf-8", check=False
    )
    if finished.returncode:
        why = (finished.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError(f"bench: the code in {cwd} cannot be measured: {why}")
    return finished.stdout.splitlines()


@dataclass(frozen=True)
class Timing:
    """Costs of a command here and, if another checkout is measured, there; one of each for each turn."""

    name: str
    here: tuple[CommandCost, ...]
    there: tuple[CommandCost, ...] = ()
    numbers: str = ""

    @property
    def ratios(self) -> list[float]:
        """CPU seconds here over those there, for each turn."""
        return [mine.cpu / other.cpu for mine, other in zip(self.here, self.there, strict=False)]


def measure(json_file: Path | None, quick: bool, against: Path | None) -> None:
    """Measure this checkout, in turn with another one if given; print costs, and write them as JSON if asked."""
    sides = [Checkout(HERE), *([] if against is None else [checkout_in(against)])]
    size = QUICK if quick else FULL
    print_note("measuring; this takes several minutes" if not quick else "measuring")
    for side in sides:
        side.check()
    print("\n".join(heading(sides)), flush=True)
    timings = []
    for timing in timings_of(sides, size):
        print("\n".join(timing_lines(timing)), flush=True)
        timings.append(timing)
    for side in sides:
        side.check()
    content = {
        "machine": machine(),
        "checkouts": {str(side.root): side.fingerprint for side in sides},
        "timings": [asdict(timing) | {"ratios": timing.ratios} for timing in timings],
    }
    if json_file is not None:
        write_atomically(json_file, json_of(content))


def checkout_in(folder: Path) -> Checkout:
    """Return the checkout in a folder; raise InputError if there is none."""
    if not folder.is_dir():
        raise InputError(f"--against must be the folder of a checkout, got '{folder}': no such folder")
    for package in ("model", "confianza"):
        if not (folder / package / "__init__.py").is_file():
            raise InputError(f"--against must be the folder of a checkout, got '{folder}': it has no {package}/")
    return Checkout(folder.resolve())


def heading(sides: Sequence[Checkout]) -> Iterator[str]:
    """Yield the lines above the table: machine, code and folder of each checkout, and the columns."""
    yield machine_text()
    for name, side in zip(("here", "there"), sides, strict=False):
        yield f"{name + ':':9}code {side.fingerprint}{'' if side.root == HERE else f', {side.root}'}"
    yield ""
    columns = f"{'here':>10}" + (f"{'there':>10}  here over there" if len(sides) > 1 else "")
    yield f"{'CPU seconds of whole commands':{LABEL_WIDTH}}{columns}"


def timings_of(sides: Sequence[Checkout], size: BenchSize) -> Iterator[Timing]:
    """Yield the costs of each command, taken in turn, so that noise affects both checkouts."""
    for name, words in commands_of(size).items():
        with tempfile.TemporaryDirectory() as place:
            folders = [Path(place, side) for side in ("here", "there")]
            for side, folder in zip(sides, folders, strict=False):
                side.measure(words, folder / "first")  # compiles what this command needs
            turns = [
                [side.measure(words, folder / str(turn)) for side, folder in zip(sides, folders, strict=False)]
                for turn in range(size.turns)
            ]
            costs = [tuple(own) for own in zip(*turns, strict=True)]
            tables = [folder / "first" / MEASURES for folder in folders]
            numbers = compare_tables(*map(pd.read_parquet, tables)) if all(map(Path.is_file, tables)) else ""
        yield Timing(name, costs[0], costs[1] if len(costs) > 1 else (), numbers)


def timing_lines(timing: Timing) -> Iterator[str]:
    """Yield CPU seconds with the least and the greatest ratio, peak memory, and whether the numbers are the same."""
    sides = [side for side in (timing.here, timing.there) if side]
    cpu = "".join(f"{statistics.median(one.cpu for one in side):8.2f} s" for side in sides)
    ratios = timing.ratios
    spread = f"  {statistics.median(ratios):.3f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""
    yield f"{timing.name:{LABEL_WIDTH}}{cpu}{spread}"
    yield f"{'  peak memory':{LABEL_WIDTH}}" + "".join(
        f"{max(one.megabytes for one in side):7,.0f} MB" for side in sides
    )
    if timing.numbers:
        yield f"  {timing.numbers}"


def compare_tables(here: pd.DataFrame, there: pd.DataFrame) -> str:
    """Return in one line whether the common numbers of two runs are the same, and where they first differ.

    >>> run = pd.DataFrame({"month": ["2017-01"], "a": [1.0]})
    >>> compare_tables(run, run.assign(a=2.0))
    '1 of 1 columns differ, the first in 2017-01: a'
    """
    months = here["month"].astype(str)
    if len(here) != len(there) or list(months) != list(there["month"].astype(str)):
        return "other months"
    names = [str(name) for name in here.select_dtypes("number") if name in there]
    differs: Mapping[str, Any] = {
        name: (here[name] != there[name]) & ~(here[name].isna() & there[name].isna()) for name in names
    }
    first = {name: int(rows.to_numpy().argmax()) for name, rows in differs.items() if rows.any()}
    if not first:
        return f"the same numbers in {len(names)} columns"
    name = min(first, key=lambda one: first[one])
    return f"{len(first)} of {len(names)} columns differ, the first in {months[first[name]][:7]}: {name}"
