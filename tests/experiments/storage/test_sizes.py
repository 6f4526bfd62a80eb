"""Small files that would take much memory are refused before any of it is taken."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.execution.job_cache import unpack_job
from experiments.storage import result_tables
from experiments.storage.manifest_schema import RunPart
from experiments.storage.result_tables import MAX_BYTES, MAX_VALUES, read_parquet
from model.engine.errors import InputError
from model.simulation import state_file

LITTLE = 2**26
"""Bytes that a file may take before it is refused."""


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(table: pa.Table, **how: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **{"compression": "zstd"} | how)
    return sink.getvalue()


def refused(content: bytes, rule: str) -> None:
    """Read a file, which must be refused for a reason and take little memory."""
    Path("x.parquet").write_bytes(content)
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(InputError, match=rule):
        read_parquet(Path("x.parquet"))
    assert pa.default_memory_pool().max_memory() < max(before, pa.total_allocated_bytes() + LITTLE)


def test_pages_of_too_many_bytes_are_refused(monkeypatch):
    content = written(pa.table({"trust": np.zeros(100_000)}), use_dictionary=False)
    assert len(content) < 10_000
    monkeypatch.setattr(result_tables, "MAX_BYTES", 500_000)
    refused(content, r"at most 500,000 bytes once unpacked, got 80\d,\d{3}")


def test_texts_that_stand_once_and_mean_many_are_refused():
    codes = pa.array(np.zeros(4_000, np.int32))
    texts = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * 2**19]))
    content = written(pa.table({"run": texts}), store_schema=False)
    assert len(content) < 10_000
    refused(content, f"texts of at most {MAX_BYTES:,} bytes, got 2,097,152,000")


def test_texts_in_terms_of_the_one_before_are_refused():
    texts = pa.table({"run": ["x" * 1000 + str(one) for one in range(100)]})
    content = written(texts, use_dictionary=False, column_encoding={"run": "DELTA_BYTE_ARRAY"})
    refused(content, "is not readable as Parquet")


def test_many_values_in_few_rows_are_refused(monkeypatch):
    refused(written(pa.table({"trust": [[0.0] * 1000]})), "column 'trust' must hold text, numbers or dates, got list")
    monkeypatch.setattr(result_tables, "MAX_VALUES", 1000)
    refused(written(pa.table({"trust": [[0.0] * 1001]})), "at most 1,000 values, got 1,001")
    assert MAX_VALUES * 8 <= 2**31


@pytest.mark.parametrize("kind", [pa.binary(2**16), pa.decimal256(70), pa.binary(), pa.duration("s"), pa.time32("s")])
def test_columns_of_a_kind_that_no_table_has_are_refused(kind):
    try:
        content = written(pa.table({"x": pa.nulls(3, kind)}))
    except pa.ArrowNotImplementedError:
        pytest.skip("Parquet has no such kind")
    refused(content, "column 'x' must hold text, numbers or dates")


@pytest.mark.parametrize("days", [-(2**30), 2**30])
@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("ms"), pa.timestamp("ms", tz="UTC")])
def test_dates_that_python_does_not_have_are_refused(kind, days):
    column = pa.array([0, days], pa.int32()).cast(pa.date32()).cast(kind)
    refused(written(pa.table({"x": column})), "column 'x' must hold dates of the years 1 to 9999")
    Path("x.parquet").write_bytes(written(pa.table({"x": column[:1]})))
    assert str(read_parquet(Path("x.parquet"))["x"][0])[:10] == "1970-01-01"


def test_members_of_a_part_that_share_their_bytes_are_refused():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr("measures", bytes(1000))
        file.infolist()[0].file_size = file.infolist()[0].compress_size = 10_000
    Path("a.zip").write_bytes(sink.getvalue())
    with pytest.raises(ValueError, match="members overlap"):
        unpack_job(Path("a.zip"), RunPart)


def test_a_state_of_more_bytes_than_any_town_has_is_refused_unread():
    with Path(state_file.STATE_FILE).open("wb") as file:
        file.truncate(state_file.MOST_BYTES + 1)
    with pytest.raises(InputError, match="must have at most 8,589,934,592 bytes, got 8,589,934,593"):
        state_file.read_state(Path())
