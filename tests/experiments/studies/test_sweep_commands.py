"""`sweep`, `sensitivity`, `plot`, `repeat` and `export` as a person meets them, with small worlds."""

import dataclasses
import errno
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image
from stub_runs import quarantined, write_study

from experiments.cli import app as cli
from experiments.execution.local_workers import SchedulerLost
from experiments.storage import manifest
from experiments.storage.folder_lock import locked
from experiments.storage.progress import Progress
from experiments.storage.run_spec import RunSpec
from experiments.studies import study_folder, sweep_command
from experiments.studies.study import read_study
from experiments.studies.study_engine import SweepOutcome
from model.simulation.registry import MEASURES

BREAKS = '"trust.fast_days" = [8.0]\n"calendar.warm_up" = [0, 5]'
"""Five years of warm-up before 2002 would begin before day zero: such a run fails when it begins."""


def call(capsys, *words):
    code = cli.run_program([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("study") / "tiny.toml", seeds=2)


@pytest.fixture(scope="module")
def done(study):
    out = study.parent / "done"
    assert cli.run_program(["sweep", str(study), "--out", str(out)]) == 0
    return out


def csv(out: Path) -> bytes:
    target = out.with_suffix(".csv")
    assert cli.run_program(["export", str(out), "--csv", str(target)]) == 0
    return target.read_bytes()


@pytest.mark.thorough
def test_a_sweep_leaves_what_the_contract_says(done):
    table = pq.read_table(done / "measures")
    head = ["run", "scenario", "policy", "seed", "month", "policy.reporting_support", "trust.fast_days"]
    assert table.column_names == [*head, *MEASURES]
    assert len(table) == 8
    told = json.loads((done / "manifest.json").read_text(encoding="utf-8"))
    assert (told["runs"], told["finished"], told["varied"]) == (8, 8, ["trust.fast_days"])
    assert {"fingerprint", "versions", "commit", "machine", "study"} <= set(told)
    assert pq.read_table(done / "plan.parquet")["run"].to_pylist() == [
        job.run for job in sweep_command.jobs_of(read_study(done.parent / "tiny.toml"))
    ]


@pytest.mark.slow  # of runs that take no time: `test_sweep_engine`; of one command: `test_runs`
def test_two_workers_write_the_same_table(study, done):
    out = study.parent / "two"
    assert cli.run_program(["sweep", str(study), "--out", str(out), "--workers", "2"]) == 0
    assert csv(out) == csv(done)


@pytest.mark.thorough
def test_a_second_start_has_nothing_to_do_and_tells_how_to_plot(capsys, study, done):
    before = {path: path.stat().st_mtime_ns for path in (done / "measures").iterdir()}
    code, out, err = call(capsys, "sweep", study, "--out", done)
    assert code == 0
    assert "8 of them finished before" in err
    assert f"confianza export {done} --figures {done}" in out
    assert {path: path.stat().st_mtime_ns for path in (done / "measures").iterdir()} == before


@pytest.mark.thorough
def test_a_damaged_batch_is_computed_again(capsys, study, done):
    expected = csv(done)
    path = next((done / "measures").iterdir())
    path.write_bytes(path.read_bytes()[:-100])
    code, _, err = call(capsys, "sweep", study, "--out", done)
    assert code == 0
    assert "cut short, altered or foreign" in err
    assert csv(done) == expected


def test_a_stored_run_repeats_bit_for_bit(capsys, done):
    run = pq.read_table(done / "plan.parquet")["run"][3].as_py()
    code, out, err = call(capsys, "verify", run, "--in", done)
    assert code == 0
    assert "every number is the same as stored" in err
    assert "Trust (0-100" in out


@pytest.mark.thorough
def test_a_run_of_the_shell_repeats_too(capsys, tmp_path):
    words = ["run", "baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1"]
    assert call(capsys, *words, "--out", tmp_path / "run")[0] == 0
    run = pq.read_table(tmp_path / "run" / "measures.parquet")["run"][0].as_py()
    code, _, err = call(capsys, "verify", run, "--in", tmp_path / "run")
    assert code == 0
    assert "every number is the same as stored" in err
    drawn = (tmp_path / "run" / "summary.png").read_bytes()
    assert call(capsys, "export", tmp_path / "run", "--figures", tmp_path / "run")[1].strip() == str(
        tmp_path / "run" / "summary.png"
    )
    assert (tmp_path / "run" / "summary.png").read_bytes() == drawn
    assert (
        call(capsys, "export", tmp_path / "run", "--figures", tmp_path / "run", "--lang", "es")[1]
        .strip()
        .endswith("summary-es.png")
    )
    with Image.open(tmp_path / "run" / "summary-es.png") as picture:
        assert "confianza en la policía de" in picture.info["Title"]


def test_one_command_draws_the_figures_of_a_sweep(capsys, done):
    code, out, _ = call(capsys, "export", done, "--figures", done)
    assert code == 0
    assert [Path(line).name for line in out.split()] == ["forest.png", "effects.png", "heat_map.png"]
    assert all(Path(line).read_bytes().startswith(b"\x89PNG") for line in out.split())


@pytest.mark.thorough
def test_a_run_that_fails_is_told_with_the_command_that_repeats_it(capsys, tmp_path):
    study = write_study(tmp_path / "bad.toml", seeds=1, vary=BREAKS, more="start = 2002-01-01")
    study.write_text(study.read_text().replace("warm_up = 0\n", ""))
    code, _, err = call(capsys, "sweep", study, "--out", tmp_path / "out")
    assert code == 1
    bad = quarantined(tmp_path / "out")
    assert len(bad) == 2
    assert f"2 of 4 runs failed and are in {tmp_path / 'out'}/quarantine/" in err
    assert f"confianza verify {bad[0]}" in err
    code, _, err = call(capsys, "verify", bad[0])
    assert code == 1
    assert "InputError: start less calendar.warm_up" in err
    assert "fails again" in err.splitlines()[-1]


def test_what_is_varied_in_vain_is_told(tmp_path):
    vary = '"adoption.permanence" = [0.0, 0.5]\n"trust.fast_days" = [8.0]'
    study = read_study(write_study(tmp_path / "vain.toml", vary=vary))
    assert list(sweep_command.overridden_factors(study)) == []
    full = dataclasses.replace(study, policies=(("status_quo",), ("mopsic_full",)))
    assert list(sweep_command.overridden_factors(full)) == [
        "baseline: policy 'mopsic_full' sets adoption.permanence, which is varied only before it"
    ]


@pytest.fixture
def no_computing(monkeypatch):
    """Let a start fail if it would compute anything."""
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: pytest.fail("it computed"))


def test_what_cannot_go_on_is_refused_in_one_line(capsys, study, done, tmp_path, monkeypatch, no_computing):
    other = write_study(tmp_path / "other.toml", seeds=2, vary='"trust.memory_years" = [1.0]')
    code, _, err = call(capsys, "sweep", other, "--out", done)
    assert code == 2
    assert "varied: trust.fast_days; this has trust.memory_years" in err
    with locked(done):
        code, _, err = call(capsys, "sweep", study, "--out", done)
    assert code == 2
    assert "another start" in err
    monkeypatch.setattr(manifest, "fingerprint", lambda: "f" * 16)
    code, _, err = call(capsys, "sweep", study, "--out", done)
    assert code == 2
    assert "f" * 16 in err
    assert json.loads((done / "manifest.json").read_text())["fingerprint"] in err
    (tmp_path / "thesis.txt").write_text("mine")
    code, _, err = call(capsys, "sweep", study, "--out", tmp_path)
    assert code == 2
    assert "something else" in err


def test_a_start_that_was_killed_before_its_first_file_was_in_place_is_no_obstacle(study, tmp_path, monkeypatch):
    (tmp_path / "lock").touch()
    (tmp_path / ".manifest.json.77").write_text("{")
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: sweep_command.SweepOutcome(interrupted=True))
    assert cli.run_program(["sweep", str(study), "--out", str(tmp_path)]) == 130
    there = {"lock", "manifest.json", "measures", "plan.parquet", "ro-crate-metadata.json"}
    assert {path.name for path in tmp_path.iterdir()} == there


def test_a_full_disk_is_told_with_what_is_safe(capsys, study, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sweep_command, "run_jobs_of_study", full)
    code, _, err = call(capsys, "sweep", study, "--out", tmp_path / "out")
    assert code == 2
    assert "0 of 8 runs are safe" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Results: {out}/ (8 runs planned). To plot them: confianza export {out} --figures {out}"),
        (
            "es",
            "Resultados: {out}/ (8 corridas planificadas). Para graficarlos:"
            " confianza export {out} --figures {out} --lang es",
        ),
    ],
)
def test_where_results_are_is_told_in_the_language_asked_for(capsys, study, tmp_path, monkeypatch, language, said):
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: sweep_command.SweepOutcome())
    code, told, _ = call(capsys, "sweep", study, "--out", tmp_path / "out", "--lang", language)
    assert code == 0
    assert told == said.format(out=tmp_path / "out") + "\n"


def test_begun_anew_a_sweep_forgets_what_it_had(tmp_path, study):
    out = tmp_path / "out"
    (out / "measures").mkdir(parents=True)
    jobs: list[RunSpec] = sweep_command.jobs_of(read_study(study))
    study_folder.write_manifest(out, read_study(study))
    study_folder.write_plan(out, jobs)
    for name in ("notes.txt", "photo.png", "forest.png", "effect_map_2.png"):
        (out / name).write_text("mine, or drawn")
    study_folder.clear(out)
    assert {path.name for path in out.iterdir()} == {"notes.txt", "photo.png"}


@pytest.mark.parametrize("named", ["../../x", "/tmp/x", "../x", "notes", ".", ""])
def test_begun_anew_a_sweep_removes_nothing_that_only_its_manifest_names(tmp_path, study, monkeypatch, named):
    out = tmp_path / "results" / "out"
    for mine in (tmp_path / "x", tmp_path / "results" / "x", out / "notes"):
        mine.mkdir(parents=True)
        (mine / "thesis.txt").write_text("mine")
    study_folder.write_manifest(out, read_study(study))
    stated = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(stated | {"keep": [named]}))
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: sweep_command.SweepOutcome(interrupted=True))
    assert cli.run_program(["sweep", str(study), "--out", str(out), "--fresh"]) == 130
    assert len([*tmp_path.rglob("thesis.txt")]) == 3


@pytest.mark.parametrize("name", ["measures", "rejected", "quarantine", "incidents", "cells", "lock"])
def test_a_sweep_follows_no_link_out_of_its_folder(capsys, tmp_path, study, name):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.parquet").write_text("mine")
    out.mkdir()
    study_folder.write_manifest(out, read_study(study))
    (out / name).symlink_to(elsewhere)
    for more in ([], ["--fresh"]):
        code, _, err = call(capsys, "sweep", study, "--out", out, *more)
        assert code == 2
        assert f"{out / name} is a link, which is not followed" in err
    assert (elsewhere / "thesis.parquet").read_text() == "mine"


def test_a_sweep_leaves_folders_alone_that_it_did_not_make(tmp_path, study, monkeypatch):
    out = tmp_path / "out"
    (out / "mine").mkdir(parents=True)
    study_folder.write_manifest(out, read_study(study))
    (out / "mine" / "a.parquet").write_text("mine")
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: sweep_command.SweepOutcome(interrupted=True))
    assert cli.run_program(["sweep", str(study), "--out", str(out)]) == 130
    assert (out / "mine" / "a.parquet").is_file()


@pytest.mark.parametrize("gone", [OSError(errno.ENOSPC, "No space left on device"), SchedulerLost("nobody is there")])
def test_an_analysis_that_must_stop_concludes_nothing_and_says_what_is_safe(capsys, tmp_path, monkeypatch, gone):
    def stop(*_):
        raise gone

    monkeypatch.setattr("experiments.studies.sweep_command.run_jobs_of_study", stop)
    more = '[design]\npoints = 4\n[sensitivity]\nmeasures = ["trust_mean"]'
    vary = '"trust.harm" = { low = 0.1, high = 1.0 }\n"trust.fast" = "stated"\n'
    study = write_study(tmp_path / "s.toml", seeds=2, vary=vary + more)
    code, out, err = call(capsys, "sensitivity", study, "--out", tmp_path / "out")
    assert code == (2 if isinstance(gone, OSError) else 1)
    assert out == ""
    assert "runs are safe in" in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.thorough
def test_sensitivity_from_the_shell_goes_on_and_draws(capsys, tmp_path):
    vary = '"trust.harm" = { low = 0.1, high = 1.0 }\n"trust.fast" = "stated"\n[design]\npoints = 4'
    study = write_study(tmp_path / "s.toml", seeds=2, vary=vary, more='measures = ["trust_mean", "homicides"]')
    study.write_text(study.read_text().replace('["status_quo"], ', ""))
    code, out, err = call(capsys, "sensitivity", study, "--out", tmp_path / "out")
    assert code == 0
    assert "morris: 4 trajectories × 3 points × 2 replicates = 24 runs for 2 factors" in err
    assert "trust_mean: baseline, reporting_support" in out
    assert max(len(line) for line in out.splitlines() if str(tmp_path) not in line) <= 80
    code, again, err = call(capsys, "sensitivity", study, "--out", tmp_path / "out")
    assert code == 0
    assert "finished before" in err
    assert again == out
    code, out, _ = call(capsys, "export", tmp_path / "out", "--figures", tmp_path / "out")
    assert [Path(line).name for line in out.split()] == ["tornado.png", "morris.png"]
    code, _, err = call(capsys, "sensitivity", study, "--method", "pawn", "--out", tmp_path / "out")
    assert code == 2
    assert "another analysis" in err


TWO_RANGES = '"trust.harm" = { low = 0.1, high = 1.0 }\n"trust.fast" = "stated"\n'
ONE_POLICY = ("policies = [", 'policies = [["status_quo"]] #')


@pytest.mark.parametrize(
    ("change", "words", "named"),
    [
        (("[design]", '[sensitivity]\nmeasures = ["homicides"]\n[design]'), (), ["'homicides'", "(trust_mean, "]),
        (("[design]", "[sensitivity]\nmeasures = []\n[design]"), (), ["sensitivity.measures", "at least one", "[]"]),
        (("years = 0.1", "years = 0.05"), (), ["years", "full month", "0.05"]),
        (("years = 0.1", 'years = 0.15\nstart = "2017-01-02"'), (), ["years", "full month", "2017-01-02"]),
        (ONE_POLICY, ("--method", "draws"), ["draws", "at least 2", "got 1"]),
    ],
)
def test_what_an_analysis_cannot_answer_is_refused_before_its_first_run(
    capsys, tmp_path, monkeypatch, change, words, named
):
    monkeypatch.setattr(sweep_command, "run_jobs_of_study", lambda *_: pytest.fail("runs began"))
    vary, more = TWO_RANGES + "[design]\npoints = 4", 'measures = ["trust_mean", "told_share"]'
    study = write_study(tmp_path / "s.toml", seeds=2, vary=vary, more=more)
    study.write_text(study.read_text().replace(*change))
    code, out, err = call(capsys, "sensitivity", study, *words, "--out", tmp_path / "out")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert [word for word in named if word not in err] == []


def test_an_analysis_is_of_what_the_study_keeps_unless_it_says_otherwise(tmp_path):
    kept = 'measures = ["trust_mean", "told_share"]'
    assert read_study(write_study(tmp_path / "s.toml", more=kept)).sensitivity.measures == ("trust_mean", "told_share")
    named = write_study(tmp_path / "s.toml", vary='[sensitivity]\nmeasures = ["told_share"]', more=kept)
    assert read_study(named).sensitivity.measures == ("told_share",)


LONG_STUDY = """
scenarios = ["villa_canales"]
policies = [["status_quo"]]
seeds = {seeds}
years = {years}
"""


@pytest.mark.parametrize(
    ("seeds", "years", "asks"),
    [
        (100, 100, True),
        pytest.param(3000, 3, True, marks=pytest.mark.thorough),
        (80, 100, False),
        pytest.param(500, 3, False, marks=pytest.mark.thorough),
    ],
)
def test_work_of_more_than_an_hour_is_begun_only_if_asked_for(capsys, tmp_path, monkeypatch, seeds, years, asks):
    begun = []
    monkeypatch.setattr(
        sweep_command, "run_jobs_of_study", lambda missing, *_: begun.append(len(missing)) or SweepOutcome()
    )
    study = tmp_path / "long.toml"
    study.write_text(LONG_STUDY.format(seeds=seeds, years=years), encoding="utf-8")
    code, _, err = call(capsys, "sweep", study, "--out", tmp_path / "out")
    assert (code, begun) == ((2, []) if asks else (0, [seeds]))
    assert (f"long: {seeds:,} runs to compute, about 1 h" in err) == asks
    assert ("with 1 at a time: give --yes if that is what you mean" in err) == asks
    call(capsys, "sweep", study, "--out", tmp_path / "out", "--yes")
    assert begun[-1] == seeds


@pytest.mark.parametrize("answer", ["y", ""])
def test_at_a_terminal_long_work_is_asked_for_once(capsys, tmp_path, monkeypatch, answer):
    begun, asked = [], []
    monkeypatch.setattr(
        sweep_command, "run_jobs_of_study", lambda missing, *_: begun.append(len(missing)) or SweepOutcome()
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    study = tmp_path / "long.toml"
    study.write_text(LONG_STUDY.format(seeds=100, years=100), encoding="utf-8")
    code, _, _ = call(capsys, "sweep", study, "--out", tmp_path / "out")
    assert len(asked) == 1
    assert asked[0].endswith("Go on? [y/N] ")
    assert (code, begun) == ((0, [100]) if answer else (2, []))


class Paper:
    """A stream that is no terminal."""

    def __init__(self, live=False):
        self.text, self.live = "", live

    def isatty(self):
        return self.live

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress_is_plain_lines_off_a_terminal_and_a_bar_that_goes_on_it(monkeypatch):
    monkeypatch.delenv("TERM", raising=False)
    plain, live = Paper(), Paper(live=True)
    for stream in (plain, live):
        progress = Progress("sweeping", 10, 10, word="runs safe on disk", stream=stream)
        for done in range(1, 11):
            progress.reported_at -= 1.0
            progress.record_computed(0.5, 1)
            progress.record_stored()
            progress.update(done)
        progress.close()
    assert plain.text.count("\n") == 10
    assert "\r" not in plain.text
    assert "sweeping:  40%, 4 of 10 runs safe on disk" in plain.text
    assert "to go" in plain.text
    assert "sweeping:  40%, 4 of 10 runs safe on disk" in live.text
    up_and_cleared = "\x1b[1A\x1b[2K"
    assert live.text.endswith(up_and_cleared * 2), "bar and line are gone"
    assert "\x1b" not in plain.text
