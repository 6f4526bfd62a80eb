"""The data dictionary: what every column holds, in both languages, in words and inside each Parquet file."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.cli import app as cli
from experiments.execution.run_requests import plan_runs
from experiments.storage.run_folder import parquet_of
from experiments.words.dictionary import DICTIONARY_KEY, EFFECT_TABLES, column, data_dictionary, with_meanings
from model.engine.errors import InputError

SMALL = ("villa_canales", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
KEEP = ("--set", "mechanisms.hearsay=false", "--keep", "incidents,cells,impressions")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a run that keeps all tables."""
    out = tmp_path_factory.mktemp("dictionary") / "run"
    assert cli.run_program(["run", *SMALL, *KEEP, "--out", str(out)]) == 0
    return out


def test_every_field_of_every_table_says_what_it_holds_in_both_languages(folder):
    paths = list(folder.glob("*.parquet"))
    assert {path.stem for path in paths} == set(data_dictionary()["tables"]) - {"plan", "effects", *EFFECT_TABLES}
    for path in paths:
        schema = pq.read_schema(path)
        for field in schema:
            said = {key.decode(): text.decode() for key, text in field.metadata.items()}
            assert said["role"] in ("key", "factor", "subject", "value"), (path.stem, field.name)
            assert said["meaning_en"] != said["meaning_es"], (path.stem, field.name)
            assert pa.types.is_string(field.type) or said["role"] != "value" or said["unit"], (path.stem, field.name)
        assert list(json.loads(schema.metadata[DICTIONARY_KEY])) == schema.names
        assert schema.metadata[b"confianza.table"].decode() == path.stem


def test_whose_a_row_is_stands_in_every_table_in_the_same_columns(folder):
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        assert table.column_names[:4] == ["run", "scenario", "policy", "seed"], path.stem
        assert set(table["seed"].to_pylist()) == {1}
        times = [field for field in table.schema if field.name in ("month", "date")]
        assert [field.type for field in times] == [pa.timestamp("ms")], path.stem


def test_a_varied_parameter_and_a_switch_are_factors(folder):
    schema = pq.read_schema(folder / "measures.parquet")
    number, switch = (schema.field(name).metadata for name in ("population.scale", "mechanisms.hearsay"))
    assert (number[b"role"], number[b"unit"]) == (b"factor", b"share")
    assert number[b"meaning_es"] == "tamaño del municipio simulado, respecto al real".encode()
    assert switch[b"meaning_es"] == "si esto está activo: rumores".encode()


@pytest.mark.parametrize(
    "changed", ["calendar.start=2018-02-01", "start=2018-02-01", "title.es=Prueba", "mechanisms.fear=false"]
)
def test_whatever_a_run_can_change_has_words_as_a_factor(changed):
    (name,) = plan_runs("baseline", sets=[changed], years=0.1)[0].columns
    assert column("measures", name).role == "factor"


def test_a_column_that_nobody_has_described_is_noticed():
    with pytest.raises(InputError, match="no words for the measure 'trusty'"):
        column("measures", "trusty")


def test_what_is_said_of_columns_changes_no_number():
    table = pa.table({"run": ["a"], "month": pa.array([0], pa.timestamp("ms")), "trust_mean": [0.1]})
    plain, told = pq.read_table(pa.BufferReader(parquet_of(table))), with_meanings(table, "measures")
    assert pq.read_table(pa.BufferReader(parquet_of(told))).equals(plain)
