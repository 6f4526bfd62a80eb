"""The how-to for a municipality of one's own, followed to the letter, and what it says of columns and series."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.cli import app as cli
from experiments.dev.documents.declared import COLUMN_PAGES as PAGES
from experiments.dev.documents.page_outputs import blocks_of
from experiments.setup.new_municipality import facts, new
from experiments.validation.against import Series, against_lines, expected_share_sentence, read_series
from experiments.validation.orders import own_orders
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from scenarios import load
from scenarios.columns import COLUMN_TEXTS_FILE
from scenarios.places import FACILITY_COLUMNS, SETTLEMENT_COLUMNS


def blocks(language: str) -> list[tuple[str, str, str]]:
    """Return every block of the how-to: the file that it belongs into, its language, its text."""
    return [(one.file, one.language, one.code) for one in blocks_of(PAGES[language].read_text(encoding="utf-8"))]


def bare(value: Any) -> Any:
    """Return what a file says without what is said to people: sources, titles and the like."""
    if isinstance(value, dict):
        told = ("source", "evidence", "title", "about")
        return {key: bare(one) for key, one in value.items() if key not in told}
    return [bare(one) for one in value] if isinstance(value, list) else value


@pytest.mark.slow
def test_following_the_how_to_leads_from_an_empty_folder_to_a_town_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = {}
    for file, kind, text in blocks("en"):
        if kind:
            Path(file).write_text(text, encoding="utf-8")
        for line in [] if kind else text.splitlines():
            assert cli.run_program(shlex.split(line)[1:]) == 0, f"{line}: {capsys.readouterr().err}"
            printed[line] = capsys.readouterr().out
    assert load("san_inventado.toml").groups["population"].total == 3200
    assert (
        "population.total = 3200 people"
        in printed["confianza list parameters population --scenario san_inventado.toml"]
    )
    assert "of 2 rows inside; 0 not counted" in printed["confianza check san_inventado.toml --years 1"]
    beside = printed["confianza check san_inventado.toml --against serie.csv --replicates 6"]
    assert "months in both: 3, runs: 6" in beside
    assert len(re.findall(r"^  2018-0\d .*(?:in|OUT)$", beside, re.MULTILINE)) == 3 + 3 + 1
    assert Path("corrida/measures.parquet").is_file()
    assert Path("results/ensayo/contrasts.csv").is_file()


def test_both_languages_of_the_how_to_do_the_same() -> None:
    own, other = blocks("en"), [(file, kind, text.replace(" --lang es", "")) for file, kind, text in blocks("es")]
    assert [text for _, kind, text in own if not kind] == [text for _, kind, text in other if not kind]
    assert [file for file, _, _ in own] == [file for file, _, _ in other]
    for (_, kind, text), (_, _, anders) in zip(own, other, strict=True):
        read = {"toml": tomllib.loads, "json": json.loads}.get(kind, str)
        assert bare(read(text)) == bare(read(anders))


def test_every_column_has_its_words_in_both_languages() -> None:
    told = tomllib.loads(COLUMN_TEXTS_FILE.read_text(encoding="utf-8"))
    assert {name: list(told[name]) for name in told} == {
        "settlement": list(SETTLEMENT_COLUMNS),
        "facility": list(FACILITY_COLUMNS),
    }
    for words in (*told["settlement"].values(), *told["facility"].values()):
        assert words["en"]
        assert words["es"]


# Drafts


@pytest.mark.parametrize(("kind", "command"), [("municipality", "run"), ("policy", "run baseline --policy")])
def test_a_draft_runs_as_it_is(kind: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = ["--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1"]
    assert cli.run_program(["new", kind, "propio"]) == 0
    assert cli.run_program([*command.split(), "propio.toml", *small]) == 0
    assert list(Path("results").glob("*/measures.parquet"))


@pytest.mark.thorough
def test_a_draft_of_a_study_is_a_study_of_several_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run_program(["new", "study", "propio"]) == 0
    text = Path("propio.toml").read_text(encoding="utf-8")
    quick = text.replace("years = 1\n", "years = 0.1\nwarm_up = 0\n").replace("seeds = 4", "seeds = 1")
    assert quick.count("0.1") == 1
    Path("propio.toml").write_text(quick, encoding="utf-8")
    assert cli.run_program(["sweep", "propio.toml"]) == 0
    assert len(pd.read_parquet("results/propio/plan.parquet")) == 4


def test_a_draft_of_a_municipality_says_the_numbers_of_the_invented_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own, taught = load(new("municipality", "propio")[0]), load("baseline")
    assert own.groups == taught.groups
    assert own.settlements == taught.settlements
    assert own.facilities == taught.facilities
    assert {own.sources[dotted] for dotted, _, _ in facts()} == {"invented"}


def test_every_line_of_a_draft_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for kind in ("municipality", "policy", "study"):
        text = new(kind, f"own_{kind}")[0].read_text(encoding="utf-8")
        assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["polcy", "a"], "did you mean 'policy'?"),
        (["policy", "mopsic_full"], "'mopsic_full' is the name of a built-in policy"),
        (["policy", "no_police"], "'no_police' is the name of a built-in policy"),
        (["study", "a b"], "NAME must consist of letters, digits, _ and -, without a folder, got 'a b'"),
        (["study", "nowhere/a"], "without a folder, got 'nowhere/a'"),
        (["policy", "../a"], "without a folder, got '../a'"),
        (["municipality", "/tmp/a.toml"], "without a folder, got '/tmp/a.toml'"),
        (["policy", "."], "without a folder, got '.'"),
        (["municipality", "there"], "there.geojson is there already, and is not overwritten"),
    ],
)
def test_what_cannot_be_begun_is_one_line_and_leaves_nothing(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.geojson").write_text("mine", encoding="utf-8")
    assert cli.run_program(["new", *words]) == 2
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["there.geojson"]
    assert Path("there.geojson").read_text(encoding="utf-8") == "mine"


# Orders of magnitude


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[row]]\nname = "homicide"\nband = [1, 2, 3]', "no row 'homicide' in a check; did you mean 'homicides'?"),
        (
            '[[row]]\nname = "homicides"\nband = [1, 3]',
            "row 'homicides': band must be [low, central, high], got [1, 3]",
        ),
        ('[[row]]\nname = "homicides"\nband = [3, 2, 1]', "band must rise from low to high"),
        ('[[row]]\nname = "homicides"\nbands = [1, 2, 3]', "no key 'bands'; did you mean 'band'?"),
        ("[homicides]\nband = [1, 2, 3]", "must consist of [[row]] tables"),
    ],
)
def test_orders_that_are_wrong_are_one_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.orders.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        own_orders(path, "a")


def test_a_row_may_be_named_in_spanish(tmp_path: Path) -> None:
    path = tmp_path / "a.orders.toml"
    path.write_text('[[row]]\nname = "aprehensiones"\nband = [1, 2, 3]', encoding="utf-8")
    (row,) = own_orders(path, "a")
    assert (row.name, row.bands) == ("arrests", {"a": (1.0, 2.0, 3.0)})


# Series


def series_of(tmp_path: Path, text: str) -> Series:
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8")
    return read_series(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("month,homicide\n2018-01,1", "no measure 'homicide'; did you mean 'homicides'?"),
        ("mes,homicides\n2018-01,1", "no column 'month'"),
        ("month\n2018-01", "no column but 'month'"),
        ("month,homicides,homicides\n2018-01,1,1", "column 'homicides' stands twice"),
        ("month,homicides\n2018-01,1\n2018-01,2", "line 3: month 2018-01 stands twice"),
        ("month,homicides\n2018-13,1", "line 2: month must be a date like"),
        ("month,homicides\n2018-01,one", "line 2: homicides must be a number like"),
        ("month,homicides\n2018-01,NaN", "line 2: homicides must be a number like 3 or 0.5, or empty where it is"),
        ("month,homicides\n2018-01,inf", "line 2: homicides must be a number like"),
        ("month,homicides\n2018-01,-3", "line 2: homicides must be at least 0, got -3: leave the cell empty"),
        ("month,trust_mean\n2018-01,41", "line 2: trust_mean must lie between 0 and 1, got 41"),
        ("month,survey_lapop\n2018-01,101", "line 2: survey_lapop must lie between 0 and 100, got 101"),
        ("month,homicides\n2018-01,1,2", "line 2: must have 2 cells"),
        ("month,homicides\n2018-01,\n", "says nothing of any month"),
        ("", "is empty"),
    ],
)
def test_a_series_that_is_wrong_is_one_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        series_of(tmp_path, text)


def test_what_may_be_below_zero_may_be_so_in_a_series(tmp_path: Path) -> None:
    read = series_of(tmp_path, "month,posts_follow_crime,trust_by_hearsay\n2018-01,-1,-2.5\n").table
    assert read.iloc[0].to_list() == [-1.0, -2.5]


def test_a_series_may_be_separated_by_semicolons_and_name_days(tmp_path: Path) -> None:
    read = series_of(tmp_path, "homicides;month\n1;2018-02-01\n\n0;2018-01\n").table
    assert {str(month): value for month, value in read["homicides"].items()} == {"2018-01": 0.0, "2018-02": 1.0}


def test_a_series_is_laid_beside_the_same_months_of_every_seed(tmp_path: Path) -> None:
    series = series_of(tmp_path, "month,homicides\n2017-12,9\n2018-01,2\n2018-02,7\n2018-03,\n")
    months = pd.to_datetime(["2018-01-01", "2018-02-01", "2018-03-01"] * 2)
    runs = pd.DataFrame({"month": months, "seed": [1, 1, 1, 2, 2, 2], "homicides": [1, 2, 3, 3, 4, 5]})
    told = list(against_lines(series, "somewhere", runs))
    assert "Months of the file that no run covers, left out: 2017-12" in told
    rows = [line.split() for line in told if re.match(r"  (2018|mean)", line)]
    assert rows == [
        ["2018-01", "2", "1", "2", "3", "in"],
        ["2018-02", "7", "2", "3", "4", "OUT"],
        ["mean", "4.5", "1.5", "2.5", "3.5", "OUT"],
    ]
    assert any(line.startswith("  1 of 2 months lie between the runs.") for line in told)
    spanish = list(against_lines(series, "somewhere", runs, "es"))
    assert [line.split() for line in spanish if re.match(r"  2018", line)] == [
        ["2018-01", "2", "1", "2", "3", "dentro"],
        ["2018-02", "7", "2", "3", "4", "FUERA"],
    ]
    assert any(line.startswith("  1 de 2 meses quedan entre las corridas.") for line in spanish)
    assert max(len(one) for text in spanish for one in text.splitlines()) <= 80
    below = "\n".join(spanish).partition("s.csv")[2]  # the folder of the file is named in English
    assert "según" in below
    assert not re.search(r"\b(the|of|and|month|mean|runs)\b", below)


def test_the_share_of_months_inside_that_is_promised_is_that_of_one_more_run() -> None:
    drawn = pd.Series(range(9)).sample(frac=1, random_state=1).tolist()
    inside = [min(drawn[:k] + drawn[k + 1 :]) <= one <= max(drawn[:k] + drawn[k + 1 :]) for k, one in enumerate(drawn)]
    assert f"at least {100 * sum(inside) / len(inside):.0f} %" in expected_share_sentence(8, FigureTexts("en"))


def test_a_series_that_ends_before_the_run_begins_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.csv").write_text("month,homicides\n2016-05,1\n", encoding="utf-8")
    assert cli.run_program(["check", "baseline", "--against", str(tmp_path / "s.csv")]) == 2
    assert "ends with 2016-05, before the run begins: give --start before 2017-01-01" in capsys.readouterr().err
    assert cli.run_program(["check", "baseline", "--years", "1", "--against", str(tmp_path / "s.csv")]) == 2
    assert "--years and --against exclude each other" in capsys.readouterr().err
