"""Files and folders from strangers: refused in one line with exit code 2, or computed again."""

import io
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stub_runs import write_study
from systems import needs_linux
from test_results_folder import RUN, SMALL, TWINS, done, left, refused

from experiments.cli import app as cli
from experiments.cli.streams import SafeStream
from experiments.execution.job_cache import FACTS_FILE, pack_job
from experiments.storage.reading import read
from experiments.storage.result_tables import parquet_bytes
from experiments.storage.run_store import named_by_digest
from model.engine.errors import InputError

TWIN_WORDS = ("compare", "status_quo", "resources_only", *SMALL, "--replicates", "2")
ESCAPE = "Town\x1b]0;forged\x07\r\nconfianza: forged"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with a run, a comparison and a sweep that were finished."""
    made = tmp_path_factory.mktemp("made")
    study = write_study(made / "study.toml", seeds=1, vary='"trust.fast_days" = [4.0]')
    for words in (
        ("run", "villa_canales", *SMALL, "--out", made / "run"),
        (*TWIN_WORDS, "--out", made / "compare"),
        ("sweep", study, "--out", made / "sweep"),
    ):
        done(*words)
    return made


@pytest.fixture
def place(made, tmp_path, monkeypatch):
    """Return a copy of the folders, which a test may spoil, as the current folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def state(folder: Path, **more: object) -> None:
    """Let a manifest say other things."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")


def replaced(path: Path, column: str, values: pa.Array) -> None:
    """Put other values into a column of a table."""
    table = pq.read_table(path)
    number = table.column_names.index(column)
    pq.write_table(table.set_column(number, column, values.take(pa.array([0] * len(table)))), path)


@pytest.mark.thorough
@pytest.mark.parametrize("folder", [".", "arms", "arms/../../compare", "../compare/measures"])
def test_arms_outside_the_folder_of_arms_are_refused(place, capsys, folder):
    arms = json.loads((place / "compare/manifest.json").read_text(encoding="utf-8"))["arms"]
    state(place / "compare", arms=[one | {"folder": folder} for one in arms])
    for words in (
        ("verify", "compare"),
        ("export", "compare", "--geojson", "a.geojson"),
        ("compare", "compare", "run"),
    ):
        assert "an arm must " in refused(capsys, *words)


@pytest.mark.thorough
def test_verify_of_a_comparison_from_folders_reads_them(place, capsys):
    arms = sorted((place / "compare/arms").iterdir())
    done("compare", *arms, "--out", place / "again")
    done("verify", place / "again")
    assert "equal" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
@pytest.mark.parametrize("version", ["0", "99"])
def test_a_folder_of_another_format_says_so_to_every_reader(place, capsys, kind, version):
    write_study(place / "study.toml")
    state(place / kind, format=f"confianza {kind} {version}")
    commands = [
        *[
            ("export", kind, "--csv", "-"),
            ("export", kind, "--geojson", "a.json"),
            ("export", kind, "--figures", kind),
            ("verify", kind),
        ],
        *[("sweep", kind, "--contrasts"), ("compare", kind), ("verify", "ab" * 8, "--in", kind)],
        *[("view", "--draws", kind), ("run", "baseline", "--out", kind), ("sweep", "study.toml", "--out", kind)],
        *[("compare", "status_quo", "mopsic_full", "--out", kind), ("sensitivity", "screening", "--out", kind)],
    ]
    for words in commands:
        told = refused(capsys, *words)
        assert f"format is 'confianza {kind} {version}', this program reads 'confianza {kind} 1'" in told, words
    with pytest.raises(InputError, match=f"this program reads 'confianza {kind} 1'"):
        read(place / kind)


@pytest.mark.parametrize("table", ["run/measures", "run/groups", "compare/effects", "compare/arms/*resources*/cells"])
def test_tables_are_read_before_runs_are_repeated(place, capsys, monkeypatch, table):
    for name in ("run_all", "compare", "recompute"):
        monkeypatch.setattr(f"experiments.report.verify.{name}", lambda *_, **__: pytest.fail("runs were repeated"))
    [file] = Path().glob(f"{table}.parquet")
    file.write_bytes(file.read_bytes()[:-100])
    told = refused(capsys, "verify", table.partition("/")[0])
    assert f"{file}" in told
    assert "not readable" in told


def test_a_manifest_of_no_known_format_names_those_that_are_known(place, capsys):
    state(place / "run", format="a web page 3")
    told = refused(capsys, "verify", "run")
    assert "format must be confianza run 1, confianza compare 1, confianza sweep 1, got 'a web page 3'" in told


@pytest.mark.parametrize(
    "changed", [{"format": "confianza run 1"}, {"format": "confianza compare 1"}, {"measures": [""]}]
)
def test_a_sweep_whose_manifest_says_what_it_is_not_ends_in_no_traceback(place, capsys, changed):
    state(place / "sweep", **changed)
    for words in (("export", "sweep", "--csv", "-"), ("export", "sweep", "--figures", "new.svg")):
        assert cli.run_program([*words]) in (0, 2)
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("key", ["title", "scenario", "policy"])
def test_no_manifest_writes_commands_to_a_terminal_or_lines_of_its_own(place, capsys, key):
    for text in (ESCAPE, "Town\nconfianza: forged", "Town\x9b31m", "Town\u202e"):
        state(place / "run", **{key: {"en": text, "es": text} if key == "title" else text})
        told = refused(capsys, "export", "run", "--figures", "run")
        assert "\nconfianza: forged" not in told
        assert not any(sign in told for sign in "\x1b\x07\r\x9b\u202e")


def test_control_characters_in_what_is_printed_are_quoted_as_git_does():
    sink = io.BytesIO()
    outlet = SafeStream(sink, encoding="utf-8")
    outlet.write("a\x1b]0;b\x07\rc\td\né\x9b\x7f\u202e\n")
    outlet.flush()
    assert sink.getvalue().decode() == "a\\033]0;b\\a\\rc\td\né\\302\\233\\177\\342\\200\\256\n"


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("compare/effects", "smallest", [[1.0]]),
        ("compare/effects", "effect", ["x"]),
        ("compare/effects", "low", [{"a": 1}]),
        ("compare/all_effects", "n", [0.5]),
        ("run/cells", "cell", [2**40]),
        ("run/cells", "cell", [-1]),
        ("run/cells", "cell", ["x"]),
        ("run/cells", "trust", ["x"]),
        ("run/cells", "month", ["x"]),
        ("run/cells", "run", ["x"]),
        ("run/settlements", "settlement", ["nowhere"]),
        ("run/settlements", "settlement", [None]),
        ("run/settlements", "residents", [[1]]),
    ],
)
def test_a_damaged_column_is_refused_in_a_line_that_names_the_table(place, capsys, table, column, values):
    replaced(place / f"{table}.parquet", column, pa.array(values))
    kind, _, name = table.partition("/")
    commands = {
        "effects": [("compare", kind), ("compare", kind, "--report", "a.html")],
        "all_effects": [("export", kind, "--csv", "a.csv")],
    }
    for words in commands.get(name, [("export", kind, "--geojson", "a.geojson"), ("export", kind, "--gpkg", "a.gpkg")]):
        assert f"{name}.parquet" in refused(capsys, *words)
    assert not {path.name for path in place.glob("a.*")}


@pytest.mark.parametrize("column", ["how", "why_unpaired", "section", "site", "base_arm", "against", "measure"])
def test_effects_with_words_of_their_own_are_refused(place, capsys, column):
    path = place / "compare/effects.parquet"
    table = pq.read_table(path)
    number, field = table.column_names.index(column), table.schema.field(column)
    words = ["strange", *table[column].to_pylist()[1:]]
    pq.write_table(table.set_column(number, field, pa.array(words, field.type)), path)
    assert "effects" in refused(capsys, "compare", "compare")


@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_without_rows_or_with_few_ends_in_no_traceback(place, capsys, rows):
    for path in [*(place / "run").glob("*.parquet"), *(place / "compare").glob("*.parquet")]:
        pq.write_table(pq.read_table(path).slice(0, rows), path)
    for words in (
        ("export", "run", "--geojson", "a.geojson"),
        ("compare", "compare"),
        ("export", "run", "--figures", "run"),
    ):
        assert cli.run_program([*words]) in (0, 2)
        assert "Traceback" not in capsys.readouterr().err


def bomb() -> bytes:
    """Return a zip file of 1 MB whose members would take 1 GB."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(FACTS_FILE, "{}")
        with file.open("measures", "w") as member:
            for _ in range(1024):
                member.write(bytes(2**20))
    return sink.getvalue()


def member(name: str, content: bytes) -> bytes:
    """Return a zip file of one member."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr(name, content)
    return sink.getvalue()


def dropped(table: pa.Table, column: str) -> pa.Table:
    """Return a table without a column, if it has it."""
    return table.drop_columns([column]) if column in table.column_names else table


def cut(original: bytes, without: str) -> bytes:
    """Return a part of which the tables with a name lack a column or are gone."""
    with zipfile.ZipFile(io.BytesIO(original)) as file:
        about = json.loads(file.read(FACTS_FILE))
        tables = {name: pq.read_table(io.BytesIO(file.read(name))) for name in file.namelist() if name != FACTS_FILE}
    kept = {name: table for name, table in tables.items() if not name.endswith(without)}
    if without == "trust_mean":
        kept = {
            name: t.drop_columns(["trust_mean"]) if "trust_mean" in t.column_names else t for name, t in kept.items()
        }
    return pack_job(about, kept)


FORGED = {
    "no zip": lambda _: b"no zip",
    "no about": lambda _: member("measures", parquet_bytes(pa.table({"run": ["x"]}))),
    "empty about": lambda _: member(FACTS_FILE, b""),
    "list for about": lambda _: member(FACTS_FILE, b"[]"),
    "no table": lambda _: pack_job({"ceiling_hits": 0.0, "state": "", "residents": []}, {}),
    "bad table": lambda _: member("measures", b"no table") + b"",
    "other table": lambda _: pack_job({"ceiling_hits": 0.0, "state": ""}, {"measures": pa.table({"run": ["x"]})}),
    "table gone": lambda original: cut(original, "groups"),
    "column gone": lambda original: cut(original, "trust_mean"),
    "bomb": lambda _: bomb(),
}


@pytest.mark.thorough
@pytest.mark.parametrize("words", [RUN, TWINS], ids=["run", "compare"])
def test_forged_parts_are_computed_again(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = (*words, "--replicates", "1")
    done(*words, "--out", "whole")
    with monkeypatch.context() as broken_off:
        for name in ("experiments.cli.run.write_folder", "experiments.report.compare_command.written_arms"):
            broken_off.setattr(name, lambda *_: 1 / 0)
        assert cli.run_program([*words, "--out", "kept"]) == 1
    (part,) = Path("kept.unfinished/parts").iterdir()
    for number, (name, forge) in enumerate(FORGED.items()):
        shutil.copytree("kept.unfinished", f"mine{number}.unfinished")
        place = Path(f"mine{number}.unfinished/parts")
        content = forge(part.read_bytes())
        (place / part.name).unlink()
        (place / named_by_digest(part.name[:16], content, ".zip")).write_bytes(content)
        capsys.readouterr()
        done(*words, "--out", f"mine{number}")
        assert "were finished before" not in capsys.readouterr().err, name
        assert left(Path(f"mine{number}")) == left(Path("whole")), name


@needs_linux
@pytest.mark.parametrize("name", ["measures", "quarantine", "rejected", "lock"])
@pytest.mark.parametrize("what", ["fifo", "other"])
def test_what_is_no_folder_in_place_of_one_is_refused_before_anything_is_computed(place, capsys, name, what):
    path = place / "sweep" / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if what == "fifo":
        os.mkfifo(path)
    elif name == "lock":
        path.mkdir()
    else:
        path.touch()
    told = refused(capsys, "sweep", "study.toml", "--out", "sweep")
    assert f"sweep/{name} must be a {'file' if name == 'lock' else 'folder'}, got something else" in told


@needs_linux
def test_a_table_that_is_a_pipe_is_refused_and_not_waited_for(place, capsys):
    for name in ("run/measures", "compare/effects", "sweep/plan"):
        path = place / f"{name}.parquet"
        path.unlink()
        os.mkfifo(path)
    for words in (("export", "run", "--csv", "-"), ("compare", "compare"), ("export", "sweep", "--figures", "sweep")):
        refused(capsys, *words)


@pytest.mark.parametrize("name", ["saved.json", "seed_1/state.npz", "seed_2"])
def test_states_are_not_saved_over_what_is_none_which_is_told_before_computing(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.execution.runs.run_unfinished", lambda *_: pytest.fail("computed"))
    path = Path("states") / name
    if name == "seed_2":
        path.parent.mkdir()
        path.touch()
    else:
        path.mkdir(parents=True)
    told = refused(capsys, *RUN, "--save", "states", "--out", "mine")
    assert "--save states holds something else than saved states" in told
    assert not Path("mine").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lists no such file")
def test_names_of_files_command_no_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a\x1b[31m.toml").write_text("x = 1")
    told = refused(capsys, "run", "a\x1b[31m.toml")
    assert "x" in told
