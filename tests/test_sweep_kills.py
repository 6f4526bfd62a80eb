"""A sweep that is killed at random moments, in its workers or as a whole, ends with the same bytes as any other."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stub_runs import write_study

from experiments import cli
from experiments.sweeps.store import Store

TESTS = Path(__file__).parent
STUBS = [str(TESTS / "stub_driver.py")]
WORLDS = ["-c", "from experiments.cli import main\nif __name__ == '__main__': main()"]
SAFE = re.compile(r"(\d+) of \d+ runs safe")


class Sweep:
    """A sweep in a process of its own."""

    def __init__(self, program: list[str], study: Path, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.told = out, out.with_suffix(".txt")
        words = ["sweep", str(study), "--workers", "2", "--out", str(out)]
        with self.told.open("w") as told:
            self.process = subprocess.Popen(
                [sys.executable, *program, *words], stderr=told, stdout=subprocess.DEVNULL, start_new_session=True
            )

    def end(self) -> int:
        return self.process.wait(timeout=600)

    def workers(self) -> list[int]:
        """Return the processes that it has spawned to compute."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def safe(self) -> int:
        """Return how many runs it has told to be safe."""
        return max(map(int, SAFE.findall(self.told.read_text())), default=0)

    def wait_for_workers(self) -> list[int]:
        while self.process.poll() is None:
            if found := self.workers():
                return found
            time.sleep(0.01)
        return []


def exported(out: Path) -> bytes:
    target = out.with_suffix(".csv")
    assert cli.code_of(["export", str(out), "--csv", str(target)]) == 0
    return target.read_bytes()


def undisturbed(program: list[str], study: Path, out: Path) -> tuple[bytes, float]:
    begun = time.monotonic()
    sweep = Sweep(program, study, out)
    sweep.wait_for_workers()
    started = time.monotonic()
    assert sweep.end() == 0, sweep.told.read_text()
    assert started - begun > 0.0
    return exported(out), time.monotonic() - started


def kill_worker(sweep: Sweep, after: float, luck: random.Random) -> None:
    """Kill one worker at some moment; the sweep goes on by itself."""
    sweep.wait_for_workers()
    time.sleep(after)
    if found := sweep.wait_for_workers():
        try:
            os.kill(luck.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return


def kill_coordinator(sweep: Sweep, after: float, sent: signal.Signals = signal.SIGKILL) -> None:
    """Kill the coordinator at some moment; what it had told to be safe is there, and nobody holds the lock."""
    sweep.wait_for_workers()
    time.sleep(after)
    sweep.process.send_signal(sent)
    sweep.end()
    assert len(Store(sweep.out).open().finished) >= sweep.safe()


def survive(program: list[str], study: Path, out: Path, kind: str, after: float, luck: random.Random) -> bytes:
    sweep = Sweep(program, study, out)
    if kind == "worker":
        kill_worker(sweep, after, luck)
    else:
        kill_coordinator(sweep, after)
        sweep = Sweep(program, study, out)
    assert sweep.end() == 0, sweep.told.read_text()
    return exported(out)


def test_a_killed_sweep_ends_with_the_same_bytes(tmp_path):
    study = write_study(tmp_path / "study.toml", seeds=40)
    expected, seconds = undisturbed(STUBS, study, tmp_path / "whole")
    assert expected.count(b"\n") == 1 + 12 * 160
    luck = random.Random(1)
    for number, kind in enumerate(("worker", "coordinator", "worker")):
        out = tmp_path / f"{kind}{number}"
        assert survive(STUBS, study, out, kind, luck.uniform(0.3, 0.9) * seconds, luck) == expected


@pytest.mark.parametrize("sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_interrupted_sweep_keeps_what_was_finished_and_goes_on(tmp_path, sent):
    study = write_study(tmp_path / "study.toml", seeds=60)
    sweep = Sweep(STUBS, study, tmp_path / "out")
    while sweep.safe() == 0:
        time.sleep(0.05)
    kill_coordinator(sweep, 0.0, sent)
    assert sweep.process.returncode == 130
    assert "interrupted" in sweep.told.read_text()
    assert "Traceback" not in sweep.told.read_text()
    kept = Store(sweep.out).open().finished
    assert 0 < len(kept) < 240
    again = Sweep(STUBS, study, tmp_path / "out")
    assert again.end() == 0
    assert f"{len(kept)} of them finished before" in again.told.read_text()
    assert len(Store(sweep.out).open().finished) == 240


@pytest.mark.slow
def test_sixty_random_kills_of_worlds_change_no_byte(tmp_path):
    study = write_study(tmp_path / "study.toml", seeds=20)
    expected, seconds = undisturbed(WORLDS, study, tmp_path / "whole")
    assert expected.count(b"\n") == 1 + 80
    luck = random.Random(20)
    for number in range(60):
        kind = ("worker", "coordinator")[number % 2]
        moment = luck.uniform(0.0, 1.0) * seconds
        assert survive(WORLDS, study, tmp_path / str(number), kind, moment, luck) == expected, (kind, moment)
        print(f"{number + 1}: {kind} killed after {moment:.1f} s of {seconds:.1f} s", flush=True)
