"""Folders of results: one reader for one or many, a schema in every manifest, and one line for what cannot be read."""

import datetime
import json
import math
import shlex
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stub_runs import write_study

from experiments.cli import app as cli
from experiments.storage import reading
from experiments.storage.reading import convert_to_present, load_table, read, run_folders, specs_of
from experiments.words.dictionary import POLICY_PREFIX, SCHEMA_VERSION
from model.engine.errors import InputError

SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
MEASURES = ["trust_mean", "homicides"]


pytestmark = pytest.mark.usefixtures("no_picture")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder that holds a run of two seeds, a comparison, and a sweep."""
    place = tmp_path_factory.mktemp("results")
    study = write_study(place / "study.toml", seeds=1, vary='"trust.fast_days" = [4.0]', more=f"measures = {MEASURES}")
    for name, words in {
        "run": ("run", "baseline", *SMALL, "--replicates", "2"),
        "compare": ("compare", "status_quo", "resources_only", *SMALL, "--replicates", "1"),
        "sweep": ("sweep", str(study)),
    }.items():
        assert cli.run_program([*words, "--out", str(place / name)]) == 0
    return place


def changed(folder: Path, target: Path, **stated: object) -> Path:
    """Return a copy of a folder whose manifest says other things; what is None it does not say."""
    shutil.copytree(folder, target)
    path = target / "manifest.json"
    old = json.loads(path.read_text(encoding="utf-8")) | stated
    path.write_text(json.dumps({key: value for key, value in old.items() if value is not None}), encoding="utf-8")
    return target


def refused(capsys, *words) -> str:
    capsys.readouterr()
    assert cli.run_program([str(word) for word in words]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
def test_every_manifest_says_its_schema_and_the_command_that_makes_it(place, kind):
    told = json.loads((place / kind / "manifest.json").read_text(encoding="utf-8"))
    assert told["schema"] == SCHEMA_VERSION
    assert told["command"].startswith(f"confianza {kind} ")


@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
def test_every_folder_says_what_its_runs_were_asked_to_be(place, kind):
    specs = specs_of(place / kind)
    assert len(specs) == 2
    assert [spec.run for spec in specs.values()] == list(specs)


def test_many_folders_are_read_as_one_table(place):
    both = load_table([place / "run", place / "sweep"], "measures")
    alone = [load_table(place / name, "measures") for name in ("run", "sweep")]
    assert len(both) == sum(map(len, alone))
    assert set(both.column_names) == {name for table in alone for name in table.column_names}
    some = set(alone[1]["run"].to_pylist()[:1])
    assert set(load_table([place / "run", place / "sweep"], "measures", some)["run"].to_pylist()) == some


def test_folders_of_any_kind_are_read_as_one_frame_that_holds_each_run_once(place):
    everything = read(*(place / kind for kind in ("run", "compare", "sweep", "run")))
    parts = [read(str(place / kind)) for kind in ("run", "compare", "sweep")]
    assert len(everything) == sum(map(len, parts))
    assert not everything.duplicated(["run", "month"]).any()
    assert set(everything["policy"]) == {"status_quo", "resources_only", "reporting_support"}
    assert everything["month"].dtype.kind == "M"
    assert {"seed", "scenario", "change"} <= set(read(place / "compare", table="ledger"))
    assert "effect" in read(place / "compare", table="effects")


def test_a_table_that_no_folder_holds_is_told_by_its_name_with_those_that_are_there(place):
    with pytest.raises(InputError, match=r"no ledgers\.parquet; did you mean 'ledger'\? Its tables: cells, dec"):
        read(place / "run", table="ledgers")
    with pytest.raises(InputError, match=r"holds no table 'bogus'\. Its tables: measures$"):
        read(place / "sweep", table="bogus")
    with pytest.raises(InputError, match=r"^read takes folders of results, got 5: name each"):
        read(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least one folder"):
        read()


def test_a_folder_older_than_schemas_is_read_if_it_says_enough(place, tmp_path, capsys):
    old = changed(place / "run", tmp_path / "old", schema=None, command=None)
    assert list(specs_of(old)) == list(specs_of(place / "run"))
    for words in (("verify", old), ("export", old, "--figures", old), ("export", old, "--csv", tmp_path / "a.csv")):
        assert cli.run_program([str(word) for word in words]) == 0
    poor = changed(old, tmp_path / "poor", until=None)
    told = refused(capsys, "verify", poor)
    assert f"{poor / 'manifest.json'} does not say 'until'" in told


def as_schema_2(table: pa.Table) -> pa.Table:
    """Return a table of a run as it was written before schema 3: days for months, keys beside measures alone."""
    days = [field.with_type(pa.date32()) if pa.types.is_timestamp(field.type) else field for field in table.schema]
    return table.cast(pa.schema(days)).replace_schema_metadata(None)


def test_tables_of_an_older_schema_are_read_as_they_would_be_written_now(place, tmp_path):
    old = changed(place / "run", tmp_path / "old", schema=2)
    names = [path.stem for path in old.glob("*.parquet")]
    assert len(names) > 5
    for name in names:
        table = as_schema_2(pq.read_table(old / f"{name}.parquet"))
        kept = table if name == "measures" else table.drop_columns(["scenario", "policy", "seed"])
        pq.write_table(kept, old / f"{name}.parquet")
    for name in names:
        assert load_table(old, name).equals(load_table(place / "run", name)), name
    assert cli.run_program(["verify", str(old)]) == 0


def test_incidents_of_an_older_schema_get_their_names():
    table = pa.table({"run": ["a", "b"], "motive": [1, 0], "told": [-1, 1]})
    named = convert_to_present(table, {"a": {"scenario": "s", "policy": "p", "seed": 1}})
    assert named["motive"].to_pylist() == ["robbery", "none"]
    assert named["told"].to_pylist() == [None, "phone"]
    assert named.column_names == ["run", "scenario", "policy", "seed", "motive", "told"]
    assert named["seed"].to_pylist() == [1, None]


def test_what_was_begun_under_another_schema_does_not_go_on(place, tmp_path, capsys):
    whole = json.loads((place / "run" / "manifest.json").read_text(encoding="utf-8"))
    begun = tmp_path / "begun.unfinished"
    (begun / "parts").mkdir(parents=True)
    stated = {"format": whole["format"], "schema": 2, "unfinished": True, "identity": whole["identity"]}
    (begun / "manifest.json").write_text(json.dumps(stated | {"command": whole["command"]}), encoding="utf-8")
    words = ("run", "baseline", *SMALL, "--replicates", "2", "--out", tmp_path / "begun")
    assert f"schema is 2, this program writes {SCHEMA_VERSION}" in refused(capsys, *words)
    assert (begun / "parts").is_dir()


def test_a_plan_older_than_texts_is_read_from_its_points(place, tmp_path):
    old = changed(place / "sweep", tmp_path / "old", schema=None, command=None)
    plan = pq.read_table(old / "plan.parquet").to_pylist()
    for row, spec in zip(plan, specs_of(old).values(), strict=True):
        sets = [[key, float(value)] for key, value in spec.overrides]
        point = {"source": spec.source, "policies": spec.policies, "sets": sets, "varied": spec.varied}
        point |= {"start": None, "until": str(spec.until), "keep": (), "measures": spec.measures}
        row["point"] = json.dumps(point)
        del row["command"]
    pq.write_table(pa.Table.from_pylist(plan), old / "plan.parquet")
    assert [spec.run for spec in specs_of(old).values()] == list(specs_of(place / "sweep"))


def test_a_newer_folder_is_refused_in_one_line(place, tmp_path, capsys):
    new = changed(place / "run", tmp_path / "new", schema=SCHEMA_VERSION + 1)
    told = refused(capsys, "export", new, "--csv", "-")
    assert f"{new / 'manifest.json'}: schema must be at most {SCHEMA_VERSION}, got {SCHEMA_VERSION + 1}" in told


@pytest.mark.parametrize(("schema", "named"), [(None, 0), (SCHEMA_VERSION + 1, SCHEMA_VERSION + 1)])
def test_a_sweep_does_not_go_on_under_another_schema(place, tmp_path, capsys, schema, named):
    other = changed(place / "sweep", tmp_path / "other", schema=schema)
    told = refused(capsys, "sweep", place / "study.toml", "--out", other)
    assert f"schema is {named}, this program writes {SCHEMA_VERSION}" in told
    assert "--fresh" in told


def test_a_run_is_repeated_from_its_text(place, capsys):
    for kind in ("run", "compare", "sweep"):
        spec = next(iter(specs_of(place / kind).values()))
        capsys.readouterr()
        assert cli.run_program(["verify", spec.command, "--in", str(place / kind)]) == 0
        assert "every number is the same as stored" in capsys.readouterr().err


@pytest.mark.thorough
def test_a_run_that_went_on_from_a_saved_state_is_repeated_if_that_state_is_still_there(tmp_path, capsys):
    state, out = tmp_path / "state", tmp_path / "rest"
    short = ("run", "baseline", *SMALL[:4], "--replicates", "2")
    first = [*short, "--until", "2017-02-05", "--save", str(state), "--out", str(tmp_path / "first")]
    rest = [*short, "--until", "2017-03-05", "--from", str(state), "--out", str(out)]
    assert cli.run_program(first) == cli.run_program(rest) == 0
    origin = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["went_on_from"]
    assert origin["folder"] == str(state)
    assert [len(digest) for digest in origin["states"].values()] == [64, 64]
    run = str(list(specs_of(out))[1])
    again = [["verify", str(out)], ["verify", run, "--in", str(out)]]
    assert [cli.run_program(words) for words in again] == [0, 0]
    (state / "seed_2" / "state.npz").write_bytes(b"another")
    for words in (*again, rest):
        assert "the state of seed 2 is not the one that was saved there" in refused(capsys, *words)
    assert cli.run_program([*first, "--seed", "2", "--until", "2017-02-06", "--fresh"]) == 0
    for words in again:
        assert "where there are others now" in refused(capsys, *words)
    shutil.rmtree(state)
    for words in again:
        assert "which are not there" in refused(capsys, *words)
    assert cli.run_program(["export", str(out), "--figures", str(out), "--fresh"]) == 0


def test_a_search_passes_by_what_it_cannot_read_and_says_so(place, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("compare", "run"):
        changed(place / kind, tmp_path / "results" / kind, schema=SCHEMA_VERSION + 1)
        assert f"schema must be at most {SCHEMA_VERSION}" in refused(
            capsys, "verify", "0" * 16, "--in", f"results/{kind}"
        )
    shutil.copytree(place / "run", tmp_path / "results" / "zebra")
    assert cli.run_program(["verify", next(iter(specs_of(place / "run")))]) == 0
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told[:2]] == ["not looked into"] * 2
    assert told[-1] == "every number is the same as stored"


def test_a_run_that_no_folder_holds_is_carried_out_from_its_text(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = "confianza run baseline --set population.scale=0.05 --set calendar.warm_up=0 --until 2017-02-05 --seed 9"
    assert cli.run_program(["verify", words]) == 0
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "the run has finished; it was not stored before, so there is nothing to compare it with"
    assert "got '--untill'" in refused(capsys, "verify", words.replace("--until", "--untill"))


@pytest.mark.parametrize("kind", ["run", "compare", "sweep"])
def test_the_text_of_a_run_is_a_command_that_makes_it(place, tmp_path, kind):
    spec = list(specs_of(place / kind).values())[-1]
    assert cli.run_program([*shlex.split(spec.command)[1:], "--out", str(tmp_path / "again")]) == 0
    assert list(specs_of(tmp_path / "again")) == [spec.run]
    again, before = (
        load_table(tmp_path / "again", "measures"),
        load_table(run_folders(place / kind), "measures", {spec.run}),
    )
    own = [name for name in before.column_names if not name.startswith(POLICY_PREFIX)]  # of a study, not of a run
    assert set(again.column_names) >= set(own)
    assert again.select(own).equals(before.select(own))
    assert ("fear_mean" in again.column_names) == (kind != "sweep")


def test_a_run_of_some_measures_shows_all_and_keeps_those(tmp_path, capsys):
    out = tmp_path / "some"
    assert cli.run_program(["run", "baseline", *SMALL, "--measures", ",".join(MEASURES), "--out", str(out)]) == 0
    assert "complaints at the prosecutor" in capsys.readouterr().out
    assert load_table(out, "measures").column_names[-2:] == MEASURES
    assert cli.run_program(["verify", str(out)]) == 0
    assert "kept no 'calls'" in refused(capsys, "export", out, "--figures", out)
    told = refused(capsys, "run", "baseline", "--measures", "trust_meanest")
    assert "--measures knows no 'trust_meanest'; did you mean 'trust_mean'?" in told


def test_a_text_of_several_runs_is_not_repeated():
    with pytest.raises(InputError, match="name one by --seed"):
        cli.verify("confianza run baseline --until 2018-01-01 --replicates 2")


def test_means_of_numbers_near_the_largest_are_infinite_without_a_warning(tmp_path, monkeypatch):
    month = {"run": ["a"] * 2, "month": [datetime.date(2017, 1, 1)] * 2, "trust_mean": [1.5e308] * 2}
    monkeypatch.setattr(reading, "read_plan", lambda _: pa.table({"run": ["a"]}))
    monkeypatch.setattr(reading, "load_table", lambda *_: pa.table(month))
    assert math.isinf(reading.means_of_runs(tmp_path, ["trust_mean"])["trust_mean"].item())


def test_the_measures_of_a_sweep_are_measures_each_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "read_manifest", lambda _: {"measures": ["trust_mean", "homicides", "trust_mean"]})
    assert reading.stored_measures(tmp_path) == ["trust_mean", "homicides"]
    monkeypatch.setattr(reading, "read_manifest", lambda _: {"measures": ["run"]})
    with pytest.raises(InputError, match=r"its manifest names no measure with 'run'"):
        reading.stored_measures(tmp_path)
