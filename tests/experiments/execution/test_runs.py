"""What `confianza run` leaves behind, and that it is the same whoever computed it."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from systems import listening, needs_linux, needs_signals

from experiments.cli import app as cli
from experiments.execution.run_requests import date_after, plan_runs
from experiments.storage.result_tables import RUN_KEYS
from experiments.storage.run_identity import settings_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.simulation.registry import CAUSES, MEASURES
from model.world.month import GROUPS
from scenarios import load

BARE = ("run", "baseline", "--set", "population.scale=0.25")
SMALL = (*BARE, "--years", "0.3")
TWO = ("--replicates", "2", "--set", "trust.fast_days=9")
TABLES = ("measures", "settlements", "groups", "cells", "ledger", "origins", "decisions")


def run(out, *words):
    assert cli.run_program([*SMALL, "--out", str(out), *words]) == 0
    return out


def read(folder, name="measures"):
    return pq.read_table(folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of two short replicates of a small town."""
    return run(tmp_path_factory.mktemp("run") / "two", *TWO)


@pytest.fixture(scope="module")
def pooled(tmp_path_factory):
    """Return the folder of the same replicates, lived by two workers, and the one in which they saved the states."""
    place = tmp_path_factory.mktemp("pool")
    return run(place / "two", *TWO, "--workers", "2", "--save", str(place / "state")), place / "state"


def test_a_run_writes_the_files_of_the_contract(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *(f"{table}.parquet" for table in TABLES),
        "summary.png",
        "manifest.json",
        "ro-crate-metadata.json",
    }
    assert (folder / "summary.png").read_bytes().startswith(b"\x89PNG")


def test_measures_have_a_row_per_run_and_full_month(folder):
    table = read(folder)
    varied = ["population.scale", "trust.fast_days"]
    assert table.column_names == [*RUN_KEYS, *varied, *MEASURES]
    assert table["seed"].to_pylist() == [1, 1, 1, 2, 2, 2]
    assert table["month"].to_pylist()[:3] == [datetime.datetime(2017, month, 1) for month in (1, 2, 3)]
    assert set(table["trust.fast_days"].to_pylist()) == {9.0}
    assert set(table["policy"].to_pylist()) == {"status_quo"}
    assert all(len(run) == 16 and int(run, 16) >= 0 for run in table["run"].to_pylist())


def test_a_share_of_nothing_is_null(folder):
    table = read(folder)
    for told, occurred in zip(table["clearance"].to_pylist(), table["complaints_filed"].to_pylist(), strict=True):
        assert (told is None) == (occurred == 0)


def test_settlements_groups_and_causes_are_named(folder):
    towns = {"Cabecera", "Aldea Norte", "Aldea Lejana"}
    assert set(read(folder, "settlements")["settlement"].to_pylist()) <= towns
    assert set(read(folder, "groups")["group"].to_pylist()) == set(GROUPS)
    ledger = read(folder, "ledger")
    assert ledger.column_names == [*RUN_KEYS, "settlement", "cause", "change", "forgotten"]
    assert set(ledger["cause"].to_pylist()) == set(CAUSES) - {""}


def test_cells_are_those_of_the_first_and_the_last_month(folder):
    months = {datetime.datetime(2017, 1, 1), datetime.datetime(2017, 3, 1)}
    assert set(read(folder, "cells")["month"].to_pylist()) == months


def test_the_ledger_explains_the_change_of_trust(folder):
    measures, ledger = read(folder).to_pandas(), read(folder, "ledger").to_pandas()
    total = measures.assign(trust=measures["trust_mean"] * measures["residents"])
    moved = total.groupby("run")["trust"].diff().dropna().to_numpy()
    booked = ledger.groupby(["run", "month"], sort=False)["change"].sum().groupby("run", sort=False)
    assert booked.apply(lambda months: months.iloc[1:]).to_numpy() == pytest.approx(moved, abs=1e-6)


def test_the_manifest_holds_all_that_repeats_a_run(folder):
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["seeds"] == [1, 2]
    assert told["runs"] == {"1": read(folder)["run"][0].as_py(), "2": read(folder)["run"][-1].as_py()}
    assert told["settings"]["parameters"]["trust"]["fast_days"] == 9.0
    assert told["begins"] == "2017-01-01"
    assert not told["interrupted"]
    assert {"fingerprint", "versions", "commit", "machine", "written", "seconds"} <= set(told)


@pytest.mark.thorough
def test_the_summary_can_be_read_at_80_columns(tmp_path, capsys):
    run(tmp_path / "a", "--years", "2.5", "--replicates", "2")
    out = capsys.readouterr().out
    table = out[: out.index("Written to")]
    assert max(map(len, table.splitlines())) <= 80
    for word in ("homicides per 100,000", "C4 causes", "told of what happened", "seeds 1 to 2", "2018"):
        assert word in table
    assert "beyond the last full year, in no column: 6" in table


@pytest.mark.thorough
def test_the_number_of_workers_changes_nothing(folder, pooled):
    for name in TABLES:
        assert (pooled[0] / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()


def test_another_seed_or_number_is_another_run(tmp_path):
    same = plan_runs("baseline", sets=["population.scale=0.05"], years=0.3, replicates=2)
    others = [
        plan_runs("baseline", sets=["population.scale=0.05"], years=0.4),
        plan_runs("baseline", sets=["population.scale=0.06"], years=0.3),
        plan_runs("baseline", sets=["population.scale=0.05"], years=0.3, keep="cells"),
        plan_runs("baseline", sets=["population.scale=0.05"], years=0.3, start="2017-02-01"),
    ]
    known = {spec.run for specs in (same, *others) for spec in specs}
    assert len(known) == 2 + len(others)
    assert all(len(one) == 16 for one in known)


def test_the_small_town_has_something_to_report(folder):
    for name in ("contacts", "crimes_occurred", "crimes_told", "couple_shifts"):
        assert sum(read(folder)[name].to_pylist()) > 0, name


def test_the_status_quo_is_the_same_run_as_no_policy():
    sets = ["population.scale=0.05"]
    (named,), (plain,) = (
        plan_runs("baseline", sets=sets, policies=["status_quo"]),
        plan_runs("baseline", sets=sets),
    )
    assert named.run == plain.run


def test_typed_values_and_words_for_them_are_the_same_run():
    ways = [plan_runs("baseline", sets=[f"population.scale={way}"])[0] for way in ("1", "1.0", "1e0")]
    assert len({spec.run for spec in ways}) == len({spec.command for spec in ways}) == 1


def test_what_is_kept_names_no_person_and_no_place(tmp_path):
    kept = run(tmp_path / "kept", "--keep", "incidents,cells")
    incidents = read(kept, "incidents")
    assert not {"cell", "settlement", "victim", "teller", "clique"} & set(incidents.column_names)
    assert incidents.num_rows >= sum(read(kept)["crimes_occurred"].to_pylist()) > 0
    assert len(set(read(kept, "cells")["month"].to_pylist())) == 3


def test_a_month_that_is_not_whole_is_not_reported(tmp_path):
    told = run(tmp_path / "late", "--start", "2017-01-20")
    for name in ("measures", "settlements", "groups", "ledger"):
        assert min(read(told, name)["month"].to_pylist()) == datetime.datetime(2017, 2, 1)


def test_a_run_too_short_for_a_month_says_so(tmp_path, capsys):
    short = tmp_path / "short"
    assert cli.run_program([*BARE, "--years", "0.02", "--out", str(short)]) == 0
    assert "No full month" in capsys.readouterr().out
    assert read(short).num_rows == 0


def test_settings_are_the_same_after_they_were_written_as_json():
    for name in ("baseline", "villa_canales", "totonicapan"):
        settings = settings_of(load(name, policies=["mopsic_full@2018-01-01"]))
        assert settings["timeline"]
        assert json.loads(json.dumps(settings)) == settings


@pytest.mark.thorough
def test_a_saved_run_goes_on_as_if_it_had_never_stopped(tmp_path):
    whole = run(tmp_path / "whole", "--years", "0.6")
    state = tmp_path / "state"
    first = [*BARE, "--until", "2017-04-01", "--save", str(state), "--out", str(tmp_path / "first")]
    rest = [*BARE, "--until", "2017-08-08", "--from", str(state), "--out", str(tmp_path / "rest")]
    assert cli.run_program(first) == cli.run_program(rest) == 0
    for name in TABLES:
        assert read(tmp_path / "rest", name).drop_columns("run").equals(read(whole, name).drop_columns("run"))


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("policy", "seed", "replicates", "workers"),
    [
        pytest.param("status_quo", "1", "2", "1", marks=pytest.mark.slow),
        pytest.param("reporting_support", "1", "2", "2", marks=pytest.mark.slow),
        ("resources_only", "2", "1", "1"),
    ],
)
def test_saved_replicates_go_on_with_policies_as_if_they_had_never_stopped(
    pooled, tmp_path, policy, seed, replicates, workers
):
    first, state = pooled
    ended = json.loads((first / "manifest.json").read_text(encoding="utf-8"))["until"]
    words = [*BARE, *TWO[2:], "--until", "2017-07-01", "--seed", seed, "--replicates", replicates]
    whole, rest = tmp_path / "whole", tmp_path / "rest"
    assert cli.run_program([*words, "--policy", f"{policy}@{ended}", "--out", str(whole)]) == 0
    more = ["--policy", policy, "--from", str(state), "--workers", workers, "--out", str(rest)]
    assert cli.run_program([*words, *more]) == 0
    for name in ("measures", "settlements", "groups", "ledger"):
        columns = [column for column in read(whole, name).column_names if column != "run"]
        tables = [read(folder, name).select(columns) for folder in (rest, whole)]
        assert tables[0].num_rows > 0
        assert tables[0].equals(tables[1]), name


@pytest.mark.thorough
def test_states_are_saved_into_no_folder_of_something_else_and_old_ones_are_forgotten(tmp_path, capsys):
    state = tmp_path / "state"
    short = ("run", "baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
    words = [*short, "--save", str(state), "--out", str(tmp_path / "run"), "--fresh"]
    assert cli.run_program([*words, "--replicates", "2"]) == 0
    assert cli.run_program([*words[:-1], "--seed", "2"]) == 2
    assert "holds states of other runs" in capsys.readouterr().err
    assert cli.run_program([*words, "--seed", "2"]) == 0
    assert cli.run_program([*short, "--from", str(state), "--out", str(tmp_path / "x")]) == 2
    assert "no state with seed 1 there; there are 2" in capsys.readouterr().err
    (state / "thesis.txt").write_text("mine")
    assert cli.run_program(words) == 2
    assert "holds something else than saved states (thesis.txt)" in capsys.readouterr().err
    assert (state / "saved.json").exists()


def test_a_saved_run_goes_on_only_with_its_own_settings(tmp_path, capsys):
    state = tmp_path / "state"
    run(tmp_path / "first", "--save", str(state))
    words = [*SMALL, "--from", str(state), "--out", str(tmp_path / "x")]
    assert cli.run_program([*words, "--set", "trust.fast_days=9"]) == 2
    assert cli.run_program([*words, "--seed", "5"]) == 2
    assert cli.run_program([*words, "--start", "2018-01-01"]) == 2
    told = capsys.readouterr().err.splitlines()[-3:]
    assert "other settings" in told[0]
    assert "no state with seed 5" in told[1]
    assert "--start has no meaning" in told[2]


def test_a_policy_given_at_a_branch_begins_there_at_the_earliest(tmp_path):
    state = tmp_path / "state"
    run(tmp_path / "first", "--save", str(state))
    (spec,) = plan_runs("baseline", sets=["population.scale=0.25"], policies=["status_quo@2017-01-05"], branch=state)
    assert [policy.start for policy in spec.scenario.policies] == [spec.begins]
    assert spec.begins > datetime.date(2017, 4, 1)


def test_a_folder_of_something_else_is_never_written_into(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    assert cli.run_program([*SMALL, "--out", str(tmp_path)]) == 2
    assert "something else" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.thorough
def test_a_run_replaces_another_in_its_folder_only_if_it_is_asked_to(tmp_path, capsys):
    run(tmp_path / "again", "--keep", "incidents")
    assert cli.run_program([*SMALL, "--out", str(tmp_path / "again"), "--seed", "4"]) == 2
    assert "holds another run (confianza run baseline" in capsys.readouterr().err
    assert (tmp_path / "again" / "incidents.parquet").exists()
    run(tmp_path / "again", "--seed", "4", "--fresh")
    assert set(read(tmp_path / "again")["seed"].to_pylist()) == {4}
    assert not (tmp_path / "again" / "incidents.parquet").exists()


def test_a_file_is_put_in_place_whole_or_not_at_all(tmp_path):
    write_atomically(tmp_path / "a", b"old")
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "a", "no bytes")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_without_out_the_folder_is_named_after_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.run_program([*SMALL, "--policy", "status_quo", "--seed", "3"]) == 0
    assert (tmp_path / "results" / "baseline-status_quo-3" / "manifest.json").is_file()


def test_an_export_is_the_same_bytes_every_time(folder, tmp_path, capfdbinary):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for file in (first, second):
        assert cli.run_program(["export", str(folder), "--csv", str(file)]) == 0
    assert first.read_bytes() == second.read_bytes()
    lines = first.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("run,scenario,policy,seed,month,population.scale,")
    assert [line.split(",")[3:5] for line in lines[1:3]] == [["1", "2017-01-01"], ["1", "2017-02-01"]]
    assert len(lines) == 7


def test_an_export_can_go_to_standard_output(folder, tmp_path):
    program = [sys.executable, "-c", "from experiments.cli import main; main()", "export", str(folder)]
    told = subprocess.run([*program, "--csv", "-"], capture_output=True, check=True)
    cli.run_program(["export", str(folder), "--csv", str(tmp_path / "a.csv")])
    assert told.stdout == (tmp_path / "a.csv").read_bytes()


@pytest.mark.parametrize(
    ("years", "end"),
    [(1.0, "2018-01-01"), (0.5, "2017-07-03"), (3.0, "2020-01-01"), (1 / 365.25, "2017-01-02")],
)
def test_years_end_on_a_date(years, end):
    assert date_after(datetime.date(2017, 1, 1), years) == datetime.date.fromisoformat(end)


def test_years_must_be_positive():
    with pytest.raises(InputError, match="--years must be more than 0"):
        date_after(datetime.date(2017, 1, 1), -1.0)


@pytest.mark.thorough
@needs_signals
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_an_interruption_keeps_what_was_finished(tmp_path, workers):
    out = tmp_path / "long"
    words = [*BARE, "--years", "1", "--replicates", "40", "--workers", workers, "--out", str(out)]
    process = listening(
        [sys.executable, "-c", "from experiments.cli import main; main()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    wait_for("%", process.stderr)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["interrupted"]
    assert 0 < len(told["seeds"]) < 40
    assert sorted(set(read(out)["seed"].to_pylist())) == told["seeds"]


def wait_for(word, stream):
    for line in stream:
        if word in line:
            return
    raise AssertionError(f"never read {word}")


@pytest.mark.thorough
@needs_linux
def test_workers_end_when_their_parent_is_killed(tmp_path):
    words = [*BARE, "--years", "10", "--replicates", "6", "--workers", "2", "--out", str(tmp_path / "x")]
    process = subprocess.Popen(
        [sys.executable, "-c", "from experiments.cli import main; main()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    wait_for("%", process.stderr)
    process.kill()
    process.wait()
    process.stderr.close()
    deadline = time.monotonic() + 20.0
    while alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(process.pid)


def alive(group):
    """Tell whether any process of a group still runs (a zombie does not)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, pgrp = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(pgrp) == group and state != "Z":
            return True
    return False
