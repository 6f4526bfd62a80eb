"""A sweep that is killed at random moments, in its workers or as a whole, ends with the same bytes as any other."""

import random
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from stub_runs import write_study
from systems import needs_linux

from experiments.storage.run_store import Store
from experiments.studies.kill_trial import KillNotSurvived, Sweep, sweep_with_kill, sweep_without_kill, trial

pytestmark = [pytest.mark.thorough, needs_linux]
STUBS = [str(Path(__file__).parents[2] / "support" / "stub_driver.py")]


def test_a_killed_sweep_ends_with_the_same_bytes(tmp_path):
    study = write_study(tmp_path / "study.toml", seeds=20)
    expected, seconds = sweep_without_kill(study, tmp_path / "whole", STUBS)
    assert expected.count(b"\n") == 1 + 12 * 80
    rng = random.Random(1)
    for number, kind in enumerate(("worker", "coordinator")):
        out = tmp_path / f"{kind}{number}"
        begin, after = partial(Sweep, study, out, STUBS), rng.uniform(0.3, 0.9) * seconds
        assert sweep_with_kill(begin, kind, after, rng)[0] == expected


def test_a_trial_notices_a_sweep_that_does_not_survive(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.studies.kill_trial.sweep_without_kill", lambda *_: (b"a table", 0.1))
    monkeypatch.setattr("experiments.studies.kill_trial.sweep_with_kill", lambda *_: (b"another table", True))
    with pytest.raises(KillNotSurvived, match="other bytes after a worker was killed"):
        list(trial(1, 1, tmp_path, STUBS))


@pytest.mark.parametrize("sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_interrupted_sweep_keeps_what_was_finished_and_goes_on(tmp_path, sent):
    study = write_study(tmp_path / "study.toml", seeds=60)
    sweep = Sweep(study, tmp_path / "out", STUBS)
    while sweep.runs_reported_safe() == 0:
        time.sleep(0.05)
    sweep.kill_coordinator(0.0, sent)
    assert sweep.process.returncode == 128 + sent
    assert "interrupted" in sweep.messages.read_text()
    assert "Traceback" not in sweep.messages.read_text()
    kept = Store(sweep.out).open().finished
    assert 0 < len(kept) < 240
    again = Sweep(study, tmp_path / "out", STUBS)
    assert again.end() == 0
    assert f"{len(kept)} of them finished before" in again.messages.read_text()
    assert len(Store(sweep.out).open().finished) == 240


@pytest.mark.slow
def test_sixty_random_kills_with_stubs_change_no_byte(tmp_path, record_property):
    record_property("cases", 60)
    assert list(trial(60, 2, tmp_path, STUBS))[-1].startswith("60 kills, 60 times the same bytes")


@pytest.mark.slow
def test_random_kills_of_worlds_change_no_byte(tmp_path, record_property):
    record_property("cases", 6)
    assert list(trial(6, 20, tmp_path))[-1].startswith("6 kills, 6 times the same bytes")
