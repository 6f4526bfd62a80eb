"""Towns and worlds at their start are stored: equal results, a size limit, and damage that does no harm."""

import dataclasses
import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from experiments.execution import shared_towns, start_store
from experiments.execution.run_job import run_one
from experiments.execution.runs import run_in_shared_town
from experiments.execution.start_store import MB, clear_store, entry_folder, read_entry, stored_files, write_entry
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from model.simulation.state_file import STATE_FILE
from model.simulation.town_file import read_town, write_town
from model.town.town import build_town

SPEC = RunSpec(
    source="totonicapan",
    policies=("mopsic_full",),
    overrides=(("population.scale", "0.05"), ("calendar.warm_up", "1")),
    until=datetime.date(2017, 3, 1),
)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a store of this test."""
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "100")
    monkeypatch.setattr(start_store, "starts_folder", lambda: tmp_path / "starts")
    monkeypatch.setattr(start_store, "RESERVE_MB", 0)
    return tmp_path / "starts"


def tables_of_new_process(spec: RunSpec) -> dict[str, pa.Table]:
    """Return the tables of a run without what this process has cached."""
    shared_towns.TOWNS.entries.clear()
    start_store._checked.clear()
    return run_in_shared_town(spec, lambda _: None).tables


def test_results_are_the_same_with_a_stored_start_and_without(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "0")
    without = tables_of_new_process(SPEC)
    assert not store.exists()
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "100")
    first, second = tables_of_new_process(SPEC), tables_of_new_process(SPEC)
    assert len(stored_files()) == 2
    for tables in (first, second):
        assert all(table.equals(without[name]) for name, table in tables.items())


def test_a_stored_start_is_read_and_not_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables_of_new_process(SPEC)

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("simulated once more")

    monkeypatch.setattr("model.simulation.model.TrustModel.__init__", refused)
    monkeypatch.setattr("model.town.town.build_town", refused)
    after = tables_of_new_process(dataclasses.replace(SPEC, policies=()))
    assert after["measures"].num_rows == before["measures"].num_rows


@pytest.mark.parametrize("other", [SPEC.with_seed(2), SPEC.with_values({"trust.fast_days": 9})])
def test_what_acts_before_the_start_has_a_start_of_its_own(other: RunSpec) -> None:
    tables_of_new_process(SPEC)
    tables_of_new_process(other)
    assert len(stored_files()) == 3  # they share the town


def test_draws_and_studies_store_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_one(SPEC, lambda _: None)
    monkeypatch.setattr(start_store, "MOST_OVERRIDES", 1)
    tables_of_new_process(SPEC)
    assert not store.exists()


def test_a_town_from_a_file_equals_the_one_that_was_written(tmp_path: Path) -> None:
    for source in ("villa_canales", "totonicapan"):
        town = build_town(dataclasses.replace(SPEC, source=source, policies=()).scenario)
        write_town(tmp_path, town)
        again = read_town(tmp_path)
        for name, table in vars(town).items():
            found = getattr(again, name)
            if isinstance(table, np.ndarray):
                assert (found.dtype, found.tobytes()) == (table.dtype, table.tobytes())
                assert not found.flags.writeable
            else:
                assert found == table


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:999] + b"x" + data[1000:], lambda _: b""]
)
def test_a_damaged_entry_is_made_anew(damage: Callable[[bytes], bytes]) -> None:
    before = tables_of_new_process(SPEC)
    kept = {path: path.read_bytes() for _, _, path in stored_files()}
    for path, data in kept.items():
        path.write_bytes(damage(data))
    after = tables_of_new_process(SPEC)
    assert all(table.equals(before[name]) for name, table in after.items())
    assert {path: path.read_bytes() for _, _, path in stored_files()} == kept


def write_number(folder: Path, size: int = MB) -> None:
    """Write a file of a size as an entry."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STATE_FILE).write_bytes(bytes(size))


def test_above_the_limit_the_entries_not_used_for_longest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "3")
    for age, key in enumerate("abc"):
        write_entry(key, write_number)
        os.utime(entry_folder(key) / STATE_FILE, (100 + age, 100 + age))
    assert read_entry("a", lambda folder, _: folder) == entry_folder("a")  # used now
    write_entry("d", write_number)
    assert {path.parent for _, _, path in stored_files()} == {entry_folder(key) for key in "acd"}
    assert not entry_folder("b").exists()


def test_an_unfinished_file_goes_after_an_hour() -> None:
    write_entry("a", write_number)
    left = entry_folder("b") / f".{STATE_FILE}.99"
    write_number(left.parent)
    (left.parent / STATE_FILE).rename(left)
    write_entry("a", write_number)
    assert left.exists()
    os.utime(left, (time.time() - 2 * start_store.ABANDONED_S,) * 2)
    write_entry("a", write_number)
    assert not left.parent.exists()


def test_clearing_removes_the_files_of_the_store_alone(store: Path) -> None:
    write_entry("a", write_number)
    (store / "notes.txt").write_text("mine")
    (store / "other").mkdir()
    (store / "other" / STATE_FILE).write_text("mine")
    assert clear_store() == MB
    assert {path.name for path in store.rglob("*")} == {"notes.txt", "other", STATE_FILE}


def test_where_nothing_can_be_written_runs_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.simulation.state_file.np.savez", full)
    assert tables_of_new_process(SPEC)["measures"].num_rows == 2
    assert stored_files() == []


def test_with_a_limit_of_0_nothing_is_stored_or_read(monkeypatch: pytest.MonkeyPatch) -> None:
    write_entry("a", write_number)
    assert read_entry("a", lambda folder, _: folder) is not None
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "0")
    assert read_entry("a", lambda folder, _: folder) is None
    write_entry("b", write_number)
    assert len(stored_files()) == 1


def test_a_nearly_full_disk_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_store, "RESERVE_MB", 10**9)
    write_entry("a", write_number)
    assert stored_files() == []


def test_a_limit_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(start_store.LIMIT_VARIABLE, "2 GB")
    with pytest.raises(InputError, match="whole number of MB, such as 2000, or 0; got '2 GB'"):
        write_entry("a", write_number)


RUN = "import sys; from experiments.cli.app import run_program; sys.exit(run_program(sys.argv[1:]))"
WORDS = (
    "run",
    "totonicapan",
    "--set",
    "population.scale=0.05",
    "--set",
    "calendar.warm_up=1",
    "--until",
    "2017-02-01",
)


def started(folder: Path, out: str) -> "subprocess.Popen[bytes]":
    """Start a run in a process with a store of this test, in the shared cache of kernels."""
    cache = folder / "cache"
    cache.mkdir(exist_ok=True)
    link = cache / "confianza"
    if not link.exists():
        link.mkdir()
        (link / start_store.cache_folder().name).symlink_to(start_store.cache_folder())
    env = os.environ | {"CONFIANZA_CACHE": str(cache)}
    words = (*WORDS, "--out", str(folder / out))
    return subprocess.Popen([sys.executable, "-c", RUN, *words], env=env, stdout=subprocess.DEVNULL)


@pytest.mark.thorough
def test_two_processes_at_once_store_the_same_start(tmp_path: Path) -> None:
    processes = [started(tmp_path, f"out{k}") for k in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    tables = [next((tmp_path / f"out{k}").rglob("measures.parquet")).read_bytes() for k in range(2)]
    assert tables[0] == tables[1]
    assert len(list((tmp_path / "cache").glob("confianza/starts/*/" + STATE_FILE))) == 2


@pytest.mark.slow
def test_a_kill_at_any_point_leaves_a_store_that_serves(tmp_path: Path) -> None:
    began = time.monotonic()
    assert started(tmp_path, "whole").wait() == 0
    seconds = time.monotonic() - began
    expected = next((tmp_path / "whole").rglob("measures.parquet")).read_bytes()
    for point in range(20):
        for path in (tmp_path / "cache").glob(f"confianza/starts/*/*{STATE_FILE}*"):
            path.unlink()
        process = started(tmp_path, "killed")
        time.sleep(seconds * point / 20)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert started(tmp_path, f"after{point}").wait() == 0
        assert next((tmp_path / f"after{point}").rglob("measures.parquet")).read_bytes() == expected
