"""The store of a sweep: what counts as finished is whole, true, and there once."""

import errno
import os
import subprocess
import sys
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.storage.folder_lock import locked
from experiments.storage.run_store import MAX_PENDING_RUNS, MAX_PENDING_S, Store, stored_table
from experiments.storage.writing import Unwritable
from model.engine.errors import InputError


def table(run, rows=3):
    return {"measures": pa.table({"run": [run] * rows, "month": range(rows), "x": [0.5] * rows})}


def filled(folder, runs):
    store = Store(folder).open()
    for run in runs:
        store.add(run, table(run))
    store.flush()
    return store


def test_a_run_is_finished_only_when_its_batch_is_in_place(tmp_path):
    store = Store(tmp_path).open()
    told = [store.add(f"{k:016x}", table(f"{k:016x}")) for k in range(MAX_PENDING_RUNS)]
    assert told[:-1] == [[]] * (MAX_PENDING_RUNS - 1)
    assert len(told[-1]) == MAX_PENDING_RUNS == len(store.finished)
    assert Store(tmp_path).open().finished == store.finished


def test_a_run_does_not_wait_long_to_be_written(tmp_path):
    now = [0.0]
    store = Store(tmp_path, clock=lambda: now[0]).open()
    now[0] = 5.0
    store.add("a", table("a"))
    now[0] += MAX_PENDING_S - 0.1
    assert store.tick() == []
    now[0] += 0.2
    assert store.tick() == ["a"]


def test_a_run_without_a_full_month_is_finished_too(tmp_path):
    store = Store(tmp_path).open()
    store.add("a", table("a", rows=0))
    store.flush()
    assert Store(tmp_path).open().finished == {"a"}


def test_columns_that_hold_nothing_in_some_runs_are_kept(tmp_path):
    store = Store(tmp_path).open()
    store.add("a", {"measures": pa.table({"run": ["a"], "x": pa.array([None], pa.null())})})
    store.add("b", {"measures": pa.table({"run": ["b"], "x": [1.5]})})
    store.flush()
    assert stored_table(tmp_path)["x"].to_pylist() == [None, 1.5]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_file_that_was_cut_or_altered_never_counts(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("store")
    filled(folder, ["a", "b"])
    filled(folder, ["c"])
    path = data.draw(st.sampled_from(sorted((folder / "measures").iterdir())))
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.booleans())
    path.write_bytes(content[:at] if cut else content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    store = Store(folder).open()
    assert len(store.rejected) == 1
    assert store.finished in ({"a", "b"}, {"c"})
    assert set(stored_table(folder)["run"].to_pylist()) == store.finished


def test_foreign_and_repeated_files_are_moved_aside(tmp_path):
    filled(tmp_path, ["a", "b"])
    (tmp_path / "measures" / "notes.parquet").write_bytes(b"mine")
    filled(tmp_path / "other", ["b", "c"])
    for path in (tmp_path / "other" / "measures").iterdir():
        path.rename(tmp_path / "measures" / path.name)
    store = Store(tmp_path).open()
    assert store.finished in ({"a", "b"}, {"b", "c"})
    assert len(store.rejected) == 2
    assert (tmp_path / "rejected" / "notes.parquet").read_bytes() == b"mine"


def test_what_a_killed_process_left_half_written_goes(tmp_path):
    store = filled(tmp_path, ["a"])
    half = tmp_path / "measures" / ".000002-abc.parquet.77"
    half.write_bytes(b"PAR1")
    assert Store(tmp_path).open().finished == store.finished
    assert not half.exists()


def test_a_run_counts_only_with_all_its_tables(tmp_path):
    store = Store(tmp_path).open()
    store.add("a", table("a") | {"incidents": pa.table({"run": ["a"]})})
    store.flush()
    assert Store(tmp_path).open().finished == {"a"}
    next((tmp_path / "incidents").iterdir()).unlink()
    assert Store(tmp_path).open().finished == set()


def test_a_table_whose_measures_were_never_written_is_moved_aside(tmp_path):
    store = Store(tmp_path).open()
    store.add("a", table("a") | {"incidents": pa.table({"run": ["a"]})})
    store.flush()
    next((tmp_path / "measures").iterdir()).unlink()
    again = Store(tmp_path).open()
    assert again.finished == set()
    assert len(again.rejected) == 1


def test_a_full_disk_loses_nothing_that_was_finished(tmp_path, monkeypatch):
    store = filled(tmp_path, ["a", "b"])
    store.add("c", table("c"))

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unwritable, match="No space left"):
        store.flush()
    assert store.finished == {"a", "b"}
    monkeypatch.undo()
    again = Store(tmp_path).open()
    assert again.finished == {"a", "b"}
    assert again.rejected == []
    assert [path.name for path in (tmp_path / "measures").iterdir() if path.name.startswith(".")] == []


HOLD = "import sys, time; from pathlib import Path; from experiments.storage.folder_lock import locked\n"


def holder(folder, more=""):
    program = f"{HOLD}with locked(Path({str(folder)!r})):\n {more}print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_two_at_once_are_refused_and_one_after_a_kill_never_is(tmp_path):
    process = holder(tmp_path)
    with pytest.raises(InputError, match="another start"), locked(tmp_path):
        raise AssertionError("held twice")
    process.kill()
    process.wait()
    process.stdout.close()
    with locked(tmp_path):
        pass


def test_a_worker_that_outlives_its_coordinator_does_not_hold_the_lock(tmp_path):
    child = (
        "import multiprocessing as m; c = m.get_context('spawn').Process(target=time.sleep, args=(60,)); c.start(); "
    )
    process = holder(
        tmp_path, child + "print(c.pid, file=open('pid', 'w')); ".replace("'pid'", repr(str(tmp_path / "pid")))
    )
    time.sleep(0.5)
    process.kill()
    process.wait()
    process.stdout.close()
    with locked(tmp_path):
        pass
    orphan = int((tmp_path / "pid").read_text())
    os.kill(orphan, 9)
