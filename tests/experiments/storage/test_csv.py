"""CSV files: a text is never a formula of a spreadsheet, numbers stay numbers, and one module writes them all."""

import csv
import io
import math
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from experiments.cli import app as cli
from experiments.storage.reading import table_as_csv
from experiments.storage.writing import csv_bytes, frame_as_csv

ROOT = Path(__file__).parents[3]
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1")
FORMULAS = ("=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\r=1", "=cmd|' /C calc'!A1", "-", "-2+3", "+1_0", "=", "--1")
NUMBERS = (-1.5, 2.0, -3, 1e-300, -math.inf)
NOTHING = ("", "a=1", " plain", "ñandú", "'quoted")


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_whoever_writes_it(text):
    table = {"a": [text], text: [text]}
    for content in (
        csv_bytes(["a", text], [[text, text]]),
        csv_bytes(["a", text], [[text, text]], ".6g"),
        frame_as_csv(pd.DataFrame(table)),
        frame_as_csv(pd.DataFrame(table).astype("category")),
        table_as_csv(pa.table(table)),
    ):
        assert cells(content) == [["a", f"'{text}"], [f"'{text}"] * 2]


def test_numbers_stay_numbers_and_other_texts_as_they_are():
    rows = [[-0.5, number, str(number), text] for number, text in zip(NUMBERS, NOTHING, strict=True)]
    names = ["x", "number", "written", "text"]
    frame = pd.DataFrame(rows, columns=names)
    for content in (csv_bytes(names, rows), frame_as_csv(frame), table_as_csv(pa.Table.from_pandas(frame))):
        _, *read = cells(content)
        assert [float(row[1]) for row in read] == [float(number) for number in NUMBERS]
        assert [float(row[2]) for row in read] == [float(number) for number in NUMBERS]
        assert [row[3] for row in read] == list(NOTHING)


def test_missing_values_stay_empty_beside_texts():
    frame = pd.DataFrame({"text": ["=1", None, math.nan], "sure": [True, False, True]})
    assert frame_as_csv(frame) == b"text,sure\n'=1,True\n,False\n,True\n"
    assert frame["text"][0] == "=1"  # the table itself is as it was


def test_one_module_writes_csv():
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("experiments", "model", "scenarios", "confianza")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter|\.to_csv\(|write_csv\(", path.read_text(encoding="utf-8"))
    }
    assert found == {"experiments/storage/writing.py"}


@pytest.mark.usefixtures("no_picture")
def test_a_policy_named_like_a_formula_is_a_text_in_an_export(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("=A1.toml").write_text('title = { en = "a", es = "a" }\n[set]\n"reporting.accompaniment" = 0.5\n')
    words = ["run", "baseline", "--policy", "=A1.toml", *SMALL, "--out", "out"]
    assert cli.run_program(words) == 0
    capsys.readouterr()
    assert cli.run_program(["export", "out", "--csv", "-"]) == 0
    header, first = cells(capsys.readouterr().out.encode())[:2]
    row = dict(zip(header, first, strict=True))
    assert row["policy"] == "'=A1"
    assert float(row["trust_mean"]) > 0.0
