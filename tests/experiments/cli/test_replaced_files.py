"""Files that are there: no command replaces one without `--fresh`, and what it writes ends as its kind does."""

import inspect
import json
import shutil
import typing
from collections.abc import Sequence
from pathlib import Path

import pytest
from invented_pairs import folder_of_pairs, invented_pairs
from stub_runs import write_study

from experiments.classroom.assignment import Assignment
from experiments.cli import app as cli
from experiments.dev import __main__ as maintainers
from experiments.dev.examinations import command as validate
from experiments.reproduce.design import design_of

SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
COMPARE = ("compare", "status_quo", "reporting_support", *SMALL, "--replicates", "1")
MINE = b"all my work"
READ = {
    *("run from_", "run draws", "compare draws", "check against", "export folder", "verify what", "view draws"),
    *("bench against", "calibrate against", "answer source", "answer trial", "sweep draws", "verify within"),
}
"""Parameters that name what is read."""
FILES: dict[str, tuple[tuple[str, ...], str]] = {
    "compare report": ((*COMPARE, "--report"), "mine.html"),
    "export csv": (("export", "run", "--csv"), "mine.csv"),
    "export gpkg": (("export", "run", "--gpkg"), "mine.gpkg"),
    "export geojson": (("export", "run", "--geojson"), "mine.geojson"),
    "bench json": (("bench", "--quick", "--json"), "mine.json"),
    "bench growth": (("bench", "--quick", "--growth"), "mine.svg"),
    "export figures": (("export", "sweep", "--measures", "trust_mean", "--figures"), "mine.svg"),
    "sweep figure": (("sweep", "sweep", "--contrasts", "--measures", "trust_mean", "--figure"), "mine.svg"),
}
"""Parameters that name a file to write: the command before its name, and a name."""
FOLDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "run save": (("run", "baseline", *SMALL, "--out", "other", "--save"), ("saved.json",)),
    "run out": (("run", "baseline", *SMALL, "--out"), ("measures.parquet", "summary.png")),
    "compare out": ((*COMPARE, "--out"), ("effects.parquet",)),
    "compare figures": ((*COMPARE, "--figures"), ("villa_canales-trust.png", "villa_canales-criteria-es.svg")),
    "view materials": (("view", "--materials"), ("guide_es.html", "handouts_es.html", "teacher_es.html")),
    "view collect": (("view", "--collect"), ("work.csv",)),
    "validate out": (("validate", "ceiling", "--quick", "--out"), ("ceiling.csv", "ceiling.txt", "ceiling.png")),
    "calibrate out": (("calibrate", "--scale", "0.05", "--out"), ("posterior.csv", "draws.csv")),
    "sweep out": (("sweep", "study.toml", "--out"), ("plan.parquet", "manifest.json")),
    "sensitivity out": (("sensitivity", "screening", "--out"), ("indices.csv", "manifest.json")),
    "answer out": (("answer", "--size", "trial", "--out"), ("page/villa_canales.html", "tables/effects.csv")),
    "answer out value": (
        ("answer", "--only", "value", "--from", "answer", "--out"),
        ("expected_value.csv", "measure_first.es.md"),
    ),
    "trial out": (("trial", "small_town", "--out"), ("diagnosis.csv", "trial.es.md")),
    "answer out pages": (
        ("answer", "--only", "pages", "--from", "answer", "--out"),
        ("villa_canales.html", "totonicapan.html"),
    ),
    "bundle folder": (("bundle",), ("requirements.txt", "LEAME.txt")),
}
"""Parameters that name a folder to write into: the command before its name, and names of files that it writes."""
ONE_FILE = [pytest.param(name, file, id=f"{name} {file}") for name, (_, files) in FOLDERS.items() for file in files]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run, a sweep and the study of this."""
    place = tmp_path_factory.mktemp("made")
    study = write_study(place / "study.toml", seeds=2, vary="", more='measures = ["trust_mean"]')
    run = ["run", "villa_canales", *SMALL, "--keep", "cells", "--out", str(place / "run")]
    assert cli.run_program(run) == 0
    folder_of_pairs(place / "answer", invented_pairs(design_of("quick"), 9, 0))
    assert cli.run_program(["sweep", str(study), "--out", str(place / "sweep")]) == 0
    return place


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of the folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def run_program(words: Sequence[str]) -> int:
    """Run a command of the program, or one for maintainers."""
    known = {str(one.callback.__name__) for one in maintainers.app.registered_commands if one.callback}
    return cli.run_program(list(words), maintainers.app if words[0] in known else cli.app)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the one line by which a command is refused."""
    assert run_program(words) == 2
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line.startswith("confianza: ")]
    assert (out, len(lines)) == ("", 1), out + err
    return lines[0]


def student(exercise: int = 1) -> str:
    """Return the work of a student, as the classroom saves it."""
    task = vars(Assignment(exercise=exercise)) | {"student": "Ana"}
    return json.dumps({"task": task | {"levers": {}, "off": [], "claims": []}, "months": "month\n2017-01\n"})


def test_every_parameter_that_names_a_place_is_read_or_tested_here():
    places = set()
    for command in (*cli.app.registered_commands, *maintainers.app.registered_commands):
        assert command.callback is not None
        for name, parameter in inspect.signature(command.callback).parameters.items():
            kind, told, *_ = typing.get_args(parameter.annotation)
            if "Path" in str(kind) or any(word in str(told.metavar) for word in ("FILE", "DIR", "FOLDER")):
                places.add(f"{command.callback.__name__} {name}")
    assert places == READ | {" ".join(name.split()[:2]) for name in (*FILES, *FOLDERS)}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_there_stays_unless_fresh_is_given(name, capsys):
    words, file = FILES[name]
    Path(file).write_bytes(MINE)
    told = refused(capsys, *words, file)
    assert file in told
    assert "is there" in told
    assert Path(file).read_bytes() == MINE
    if name in ("export csv", "export geojson", "sweep figure"):
        assert cli.run_program([*words, file, "--fresh"]) == 0
        written = Path(file).read_bytes()
        assert written != MINE
        assert cli.run_program([*words, file]) == 0  # the same once more replaces nothing
        assert Path(file).read_bytes() == written


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FILES)
def test_a_file_must_end_as_its_kind_does(name, capsys):
    words, file = FILES[name]
    told = refused(capsys, *words, "README.md")
    assert "README.md" in told
    assert Path(file).suffix in told
    assert not Path("README.md").exists()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("name", "file"), ONE_FILE)
def test_a_foreign_file_in_a_folder_stays(name, file, capsys):
    words, _ = FOLDERS[name]
    mine = Path("mine") / file
    mine.parent.mkdir(parents=True)
    mine.write_bytes(MINE)
    if name == "view collect":
        Path("mine/confianza-1.json").write_text(student(), encoding="utf-8")
    fresh = ("--fresh",) if name in ("run out", "answer out", "sweep out", "sensitivity out") else ()
    for more in ((), fresh):
        assert "mine" in refused(capsys, *words, "mine", *more)
        assert mine.read_bytes() == MINE


@pytest.mark.usefixtures("here")
def test_only_a_table_goes_to_standard_output(capsys):
    for option in ("--gpkg", "--geojson"):
        assert f"{option} - must end in" in refused(capsys, "export", "run", option, "-")


@pytest.mark.usefixtures("here")
def test_a_draft_replaces_nothing(capsys):
    Path("mine.toml").write_bytes(MINE)
    assert "mine.toml is there already" in refused(capsys, "new", "policy", "mine")
    assert Path("mine.toml").read_bytes() == MINE


def test_every_table_on_record_of_an_examination_is_known_by_its_first_columns():
    folder = Path(__file__).parents[3] / "results" / "reference"
    record = {path.stem: path for path in (*folder.glob("*.csv"), *folder.glob("headline/*.csv"))}
    headers = [one for tables in validate.TABLE_HEADERS.values() for one in tables.items() if one[0] in record]
    assert len(headers) > 10
    for name, header in headers:
        assert record[name].read_text(encoding="utf-8").startswith(header), name
