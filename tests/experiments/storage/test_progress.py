"""Progress: whether the model is compiled, told by its last kernel on the disk, and how long the rest takes."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from numba.core.caching import UserProvidedCacheLocator

from experiments.execution.executor import run_jobs
from experiments.storage import progress


def test_the_model_counts_as_compiled_only_when_the_last_kernel_of_this_checkout_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "cache_folder", lambda: tmp_path)
    source = progress.PACKAGE / "engine" / "driver.py"
    own, other = tmp_path / progress.numba_folder(source), tmp_path / "engine_of_another_checkout"
    for folder in (own, other):
        folder.mkdir()
    (own / "random_streams.keyed_uniform-1.py313.1.nbc").touch()  # compiled when it is imported
    (other / "driver.run_shifts-1.py313.1.nbc").touch()
    assert not progress.compiled_before()
    kernel = own / "driver.run_shifts-1.py313.1.nbc"
    kernel.touch()
    assert progress.compiled_before()
    before = source.stat().st_mtime - 60.0
    os.utime(kernel, (before, before))  # a new checkout of the same code: Numba compares contents, not times
    assert progress.compiled_before()


def test_the_folder_of_kernels_is_that_of_numba() -> None:
    source = progress.PACKAGE / "engine" / "driver.py"
    assert progress.numba_folder(source) == UserProvidedCacheLocator.get_suitable_cache_subpath(str(source))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time (s), which a test sets."""
    now = [0.0]
    monkeypatch.setattr("experiments.storage.progress.time.monotonic", lambda: now[0])
    return now


def test_compiling_is_left_out_of_the_time_that_remains(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    told = progress.Progress("a town", 100.0)
    for now, done in ((129.0, 25.0), (130.0, 50.0), (131.0, 75.0)):  # compiled in 128 s, and a warm-up in one
        clock[0] = now
        told.update(done)
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == "a town:  25% in 129 s"
    assert second == "a town:  50% in 130 s, 2 s to go"
    assert third == "a town:  75% in 131 s, 1 s to go"


def test_several_parts_are_one_progress(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    jobs = [SimpleNamespace(key=str(k), shifts=10) for k in range(3)]
    told = progress.Progress("calibrating", 120.0, 12)

    def take_a_second(_: object, report: Callable[[int], None]) -> None:
        report(0)
        clock[0] += 1.0
        report(10)

    run_jobs(jobs, take_a_second, 1, told)
    told.skip_part(30.0, 3)  # finished before
    clock[0] += 100.0  # to fit emulators and start workers
    run_jobs(jobs, take_a_second, 1, told)
    told.leave_out(30.0, 3)
    told.conclude()
    assert capsys.readouterr().err.splitlines() == [
        "calibrating:  17%, 1 of 12 done, 1.0 runs a second, 10 s to go",
        "calibrating:  50%, 6 of 12 done, 1.0 runs a second, 6 s to go",
        "calibrating:  67%, 7 of 12 done, 1.0 runs a second, 4 s to go",
        "calibrating: 9 of 9 done in 2 min",
    ]
