"""The command `trial`: the same bytes however it is run, its folder, its draft, and sentences from its tables."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import app as cli
from experiments.cli.trial import RESULT_FILES
from experiments.storage.results_folder import PARTS
from experiments.trial.design import find_design, read_design
from scenarios import load

LOTTERIES = 4


def call(*words: object) -> int:
    return cli.run_program(["trial", *map(str, words)])


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "lock"}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built-in trial of a small town."""
    folder = tmp_path_factory.mktemp("trial") / "one"
    assert call("small_town", "--out", folder) == 0
    return folder


@pytest.mark.thorough
def test_all_files_are_written_and_name_no_place(done: Path) -> None:
    files = written(done)
    assert set(files) == {*RESULT_FILES, "trial.txt"}
    tables = {name: pd.read_csv(done / name) for name in files if name.endswith(".csv")}
    assert len(tables["levers.csv"]) == 4
    assert tables["levers.csv"]["confined"].all()
    assert set(tables["truth.csv"]["inquiry"]) == {"whole", "direct", "spillover", "contrast"}
    assert set(tables["diagnosis.csv"]["persons"]) == {10, 20}
    names = {one.name for one in load("totonicapan").settlements} - {"Totonicapán"}
    text = "\n".join(content.decode() for name, content in files.items() if name.endswith((".csv", ".md")))
    assert not [name for name in names if name in text]
    assert "48 Cantones" in files["trial.en.md"].decode()
    assert "anuencia" in files["trial.es.md"].decode()


@pytest.mark.thorough
def test_numbers_in_the_sentences_are_in_the_tables(done: Path) -> None:
    diagnosis = pd.read_csv(done / "diagnosis.csv")
    text = (done / "trial.en.md").read_text(encoding="utf-8")
    assert f"smallest p-value is {diagnosis['least_p'].iloc[0]:.3f}" in text
    for answers in diagnosis["answers"].unique():
        assert f"about {answers:,.0f} interviews" in text


@pytest.mark.thorough
def test_a_trial_that_lost_parts_goes_on_to_the_same_bytes(
    done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again"
    shutil.copytree(done, again)
    parts = sorted((again / PARTS).glob("*.zip"))
    assert len(parts) == LOTTERIES
    parts[1].unlink()
    parts[2].write_bytes(b"torn")
    assert call("small_town", "--out", again) == 0
    assert written(again) == written(done)
    other = tmp_path / "mine.toml"
    other.write_text(find_design("small_town").read_text(encoding="utf-8").replace("[6]", "[3]"), encoding="utf-8")
    assert call(other, "--out", again) == 2
    assert "holds another trial" in capsys.readouterr().err


@pytest.mark.slow
def test_two_workers_and_a_killed_start_give_the_same_bytes(done: Path, tmp_path: Path) -> None:
    assert call("small_town", "--workers", 2, "--out", tmp_path / "two") == 0
    assert written(tmp_path / "two") == written(done)
    killed = tmp_path / "killed"
    command = [sys.executable, "-c", "from confianza import main; main()", "trial", "small_town", "--out", str(killed)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    while process.poll() is None and not list((killed / PARTS).glob("*.zip")):
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert len(list((killed / PARTS).glob("*.zip"))) < LOTTERIES
    assert call("small_town", "--out", killed) == 0
    assert written(killed) == written(done)


def test_a_draft_is_a_design_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run_program(["new", "trial", "mine"]) == 0
    design = read_design(Path("mine.toml"))
    assert (design.site, design.unit, design.survey.persons) == ("villa_canales", "settlement", (20, 50, 100))
    assert cli.run_program(["new", "trial", "small_town"]) == 2
