"""Test of crash safety: kill a small command repeatedly; it must always produce the same bytes.

    python -m experiments.studies.kill_trial --kills 60
    python -m experiments.studies.kill_trial --kills 60 --what run compare sweep

Each kill is SIGKILL, at a random moment, of a worker or of the coordinator in turn; a killed coordinator is started
again. Use it to test a machine, a file system or a cluster's scratch disk before a week of computing.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import psutil

from experiments.storage.manifest import MANIFEST, read_manifest
from experiments.storage.progress import format_duration
from experiments.storage.reading import csv_of
from experiments.storage.results_folder import PARTS, unfinished_path
from experiments.storage.run_store import Store, is_intact

PROGRAM = ("-c", "from experiments.cli import main\nif __name__ == '__main__': main()")
KILLED_PROCESSES = ("worker", "coordinator")
SAFE_RUNS = re.compile(r"(\d+) of \d+ (?:runs safe|done)")
SMALL_RUN = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1", "--replicates", "40")
COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "baseline", *SMALL_RUN),
    "compare": ("compare", "status_quo", "reporting_support", "--scenario", "baseline", *SMALL_RUN),
    "sweep": ("sweep",),
}
TIMEOUT_S = 600.0
KILL_SIGNAL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows, SIGTERM also ends a process at once
STUDY = """
scenarios = ["baseline"]
policies = [["status_quo"], ["reporting_support"]]
seeds = 20
years = 0.1
warm_up = 0
[set]
"population.scale" = 0.05
[vary]
"trust.fast_days" = [4.0, 8.0]
"""


class KillNotSurvived(Exception):
    """Raised if a command does not survive a kill."""


class Sweep:
    """A sweep, or another command with many runs, as a process of its own with two workers."""

    def __init__(self, study: Path, out: Path, program: Sequence[str] = PROGRAM, what: str = "sweep") -> None:
        out.parent.mkdir(parents=True, exist_ok=True)
        self.out, self.messages, self.what = out, out.with_suffix(".txt"), what
        words = [*COMMANDS[what], *([str(study)] if what == "sweep" else []), "--workers", "2", "--out", str(out)]
        with self.messages.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, *words], stderr=log, stdout=subprocess.DEVNULL, start_new_session=True
            )

    def end(self) -> int:
        """Wait for the process to end; return its exit code."""
        return self.process.wait(timeout=TIMEOUT_S)

    def finish(self) -> bytes:
        """Wait for success; return the table of a sweep as CSV, else all Parquet files.

        Raises `KillNotSurvived` on failure.
        """
        if code := self.end():
            raise KillNotSurvived(f"exit code {code}: {self.messages.read_text(encoding='utf-8').strip()}")
        if self.what == "sweep":
            return csv_of(self.out)
        files = sorted(self.out.rglob("*.parquet"))
        return b"".join(path.relative_to(self.out).as_posix().encode() + path.read_bytes() for path in files)

    def runs_on_disk(self) -> int:
        """Return the number of runs, or pairs of runs, on disk."""
        if self.what == "sweep":
            return len(Store(self.out).open().finished)
        if (self.out / MANIFEST).is_file():
            return len(read_manifest(self.out)["seeds"])
        return sum(map(is_intact, (unfinished_path(self.out) / PARTS).glob("*.zip")))

    def workers(self) -> list[int]:
        """Return the identifiers of its worker processes."""
        process_ids = []
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                with contextlib.suppress(psutil.Error):
                    if any("spawn_main" in word for word in child.cmdline()):
                        process_ids.append(child.pid)
        return process_ids

    def runs_reported_safe(self) -> int:
        """Return the number of runs that it has reported as safe."""
        return max(map(int, SAFE_RUNS.findall(self.messages.read_text(encoding="utf-8"))), default=0)

    def wait_for_workers(self) -> list[int]:
        """Wait until workers have started, or the process has ended; return the workers' identifiers."""
        while self.process.poll() is None:
            if found := self.workers():
                return found
            time.sleep(0.01)
        return []

    def kill_worker(self, after: float, rng: random.Random) -> bool:
        """Kill one worker, ``after`` seconds from the first start of a worker; return whether there was one."""
        self.wait_for_workers()
        time.sleep(after)
        try:
            os.kill(rng.choice(self.wait_for_workers()), KILL_SIGNAL)
        except (IndexError, ProcessLookupError):
            return False
        return True

    def kill_coordinator(self, after: float, sent: signal.Signals = KILL_SIGNAL) -> bool:
        """Kill the coordinator; return whether it still ran; raise `KillNotSurvived` if reported runs are lost."""
        self.wait_for_workers()
        time.sleep(after)
        ran = self.process.poll() is None
        self.process.send_signal(sent)
        self.end()
        if (kept := self.runs_on_disk()) < self.runs_reported_safe():
            raise KillNotSurvived(f"{self.runs_reported_safe()} runs were told to be safe, {kept} are there")
        return ran


def sweep_without_kill(
    study: Path, out: Path, program: Sequence[str] = PROGRAM, what: str = "sweep"
) -> tuple[bytes, float]:
    """Return the table of an undisturbed sweep, and the seconds during which it had workers."""
    sweep = Sweep(study, out, program, what)
    sweep.wait_for_workers()
    begun = time.monotonic()
    return sweep.finish(), time.monotonic() - begun


def sweep_with_kill(begin: Callable[[], Sweep], kind: str, after: float, rng: random.Random) -> tuple[bytes, bool]:
    """Return the table of a sweep that was killed once, and whether the kill came before its end."""
    sweep = begin()
    if kind == "worker":
        hit = sweep.kill_worker(after, rng)
        return sweep.finish(), hit
    hit = sweep.kill_coordinator(after)
    return begin().finish(), hit


def trial(kills: int, seed: int, folder: Path, program: Sequence[str] = PROGRAM, what: str = "sweep") -> Iterator[str]:
    """Kill sweeps until ``kills`` of them were hit; yield a line for each; raise `KillNotSurvived` if one is not."""
    rng, study, hits, late = random.Random(seed), folder / "study.toml", 0, 0
    study.write_text(STUDY, encoding="utf-8")
    expected, seconds = sweep_without_kill(study, folder / f"whole-{what}", program, what)
    yield f"{what}, undisturbed: {len(expected):,} bytes after {seconds:.1f} s with workers"
    while hits < kills:
        kind, moment = KILLED_PROCESSES[hits % len(KILLED_PROCESSES)], rng.uniform(0.0, 1.0) * seconds
        out = folder / f"{what}-{hits + late:04d}"
        table, hit = sweep_with_kill(partial(Sweep, study, out, program, what), kind, moment, rng)
        if table != expected:
            raise KillNotSurvived(f"other bytes after a {kind} was killed at {moment:.2f} s; see {out}")
        if unfinished_path(out).exists():
            raise KillNotSurvived(f"{unfinished_path(out)} was left behind")
        shutil.rmtree(out)
        hits, late = hits + hit, late + (not hit)
        if hit:
            yield f"{hits:>4} of {kills}: {kind} killed after {moment:.2f} s of {seconds:.2f} s: the same bytes"
    yield f"{kills} kills, {kills} times the same bytes; {late} more came too late to hit, with the same bytes"


def main() -> None:
    """Run the test; exit code 1 if a command does not survive."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.studies.kill_trial", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--what", nargs="+", choices=COMMANDS, default=["sweep"], help="commands that share the kills")
    parser.add_argument("--within", type=Path, help="the folder on whose disk it is held [default: a temporary one]")
    options = parser.parse_args()
    if sys.platform != "linux":
        parser.error("workers to be killed are found on Linux only")
    if options.kills < 1 or (options.within and not options.within.is_dir()):
        parser.error("--kills must be at least 1, and --within a folder")
    folder, started = Path(tempfile.mkdtemp(prefix="trial-", dir=options.within)), time.monotonic()
    try:
        for number, command in enumerate(options.what, start=1):
            kills = options.kills * number // len(options.what) - options.kills * (number - 1) // len(options.what)
            for line in trial(kills, options.seed, folder, what=command):
                print(line, flush=True)
    except KillNotSurvived as reason:
        sys.exit(f"not survived: {reason}")
    print(f"in {format_duration(time.monotonic() - started)}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
