"""What `contrasts` tells: known effects and interactions come back, each in the unit of its measure."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from stub_runs import steady, sweep, write_study

from experiments.cli import app as cli
from experiments.figures.answers import latex_of
from experiments.statistics.interactions import TIMES_SIGN, interactions
from experiments.statistics.thresholds import monthly_scale
from experiments.storage.result_tables import with_policy_columns
from experiments.studies import study_folder, sweep_command
from experiments.studies.study import read_study
from experiments.studies.study_jobs import jobs_of
from experiments.words.bilingual import FigureTexts

CHANGES = ("a", "b", "c")
SCALES = {"trust_mean": monthly_scale("trust_mean", "0-1")}


def outcome(a, b, c, level):
    return 2.0 * a - 3.0 * b + 1.0 * a * b + 4.0 * a * b * c + 0.5 * level * a


@pytest.fixture(scope="module")
def runs():
    noise = np.random.default_rng(1).normal(size=4)
    points = itertools.product(("here", "there"), *[(False, True)] * 3, (0.0, 1.0), range(4))
    rows = [
        (where, "+".join(itertools.compress(CHANGES, made)) or "status_quo", *made, level, seed,
         outcome(*made, level) + noise[seed])
        for where, *made, level, seed in points
    ]  # fmt: skip
    names = ["scenario", "policy", *(f"policy.{name}" for name in CHANGES), "trust.harm", "seed", "trust_mean"]
    return pd.DataFrame(rows, columns=names)


def found(runs):
    rows = interactions(runs, ["scenario", "policy", "trust.harm"], SCALES)
    return {(row["scenario"], row["change"]): row for row in rows.to_dict("records")}


def test_known_effects_and_interactions_come_back(runs):
    told = found(runs)
    expected = {
        "a": 2.0 + 0.5 + 1.0 + 0.25,
        "b": -3.0 + 0.5 + 1.0,
        "c": 1.0,
        "trust.harm=1": 0.25,
        "a × b": 1.0 + 2.0,
        "a × trust.harm=1": 0.5,
        "b × trust.harm=1": 0.0,
        "a × b × c": 4.0,
    }
    for change, size in expected.items():
        for scenario in ("here", "there"):
            row = told[scenario, change]
            assert row["estimate"] == pytest.approx(size, abs=1e-12), change
            assert (row["n"], row["order"]) == (4, change.count(TIMES_SIGN) + 1)
    assert told["here", "a"]["combinations"] == 8
    assert told["here", "a × b × c"]["combinations"] == 2


@pytest.mark.thorough
def test_what_has_no_twin_counts_on_neither_side(runs):
    failed = (runs["policy"] == "a+b") & (runs["trust.harm"] == 1.0) & (runs["seed"] == 2)
    fewer = runs.assign(trust_mean=runs["trust_mean"].mask(failed))
    assert found(fewer)["here", "a × b × c"]["n"] == 4
    assert found(fewer)["here", "a × b × c"]["estimate"] == pytest.approx(4.0)
    assert found(runs[~failed])["here", "a × b × c"]["estimate"] == pytest.approx(4.0)


def test_changes_that_never_meet_have_no_interaction(runs):
    apart = runs[~(runs["policy.a"] & runs["policy.b"])]
    assert ("here", "a × b") not in found(apart)
    assert found(apart)["here", "a × c"]["estimate"] == pytest.approx(0.0, abs=1e-12)


def test_people_read_trust_from_0_to_100(runs):
    table = interactions(runs, [], SCALES).assign(years=3.0)
    text = latex_of(table, ["trust_mean"], FigureTexts("en"))
    assert "(0-100)" in text
    assert "cambio & municipio" in latex_of(table, ["trust_mean"], FigureTexts("es"))
    assert "$+400.0$" in text
    assert text.count(r"\begin") == text.count(r"\end{")


def test_tables_say_of_every_policy_whether_a_run_has_it():
    policy = ["status_quo", "a", "a+b"]
    table = pa.table({"run": ["x"] * 3, "policy": policy, "month": [1, 1, 1], "trust_mean": [0.1] * 3})
    told = with_policy_columns(table, ["a", "b"])
    assert told.column_names == ["run", "policy", "month", "policy.a", "policy.b", "trust_mean"]
    assert told["policy.a"].to_pylist() == [False, True, True]
    assert told["policy.b"].to_pylist() == [False, False, True]
    assert with_policy_columns(told, ["b"]).column_names == ["run", "policy", "month", "policy.b", "trust_mean"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return the folder of a sweep of stubs, as if all its runs had been computed."""
    place = tmp_path_factory.mktemp("swept")
    study = write_study(place / "tiny.toml", more='measures = ["trust_mean"]')
    out = place / "tiny"
    out.mkdir()
    jobs = jobs_of(read_study(study))
    study_folder.write_manifest(out, read_study(study))
    study_folder.write_plan(out, jobs)
    outcome, _ = sweep(out, jobs, steady)
    assert outcome.failed == []
    return out


@pytest.mark.thorough
def test_one_command_gives_tables_and_a_figure(capsys, swept):
    assert cli.run_program(["sweep", str(swept), "--contrasts"]) == 0
    files = [line.rpartition(".")[2] for line in capsys.readouterr().out.split()]
    assert files == ["parquet", "csv", "tex", "png"]
    table = pd.read_csv(swept / "contrasts.csv")
    assert list(table["change"]) == ["reporting_support", "trust.fast_days=8", "reporting_support × trust.fast_days=8"]
    assert set(table["n"]) == {3}
    pd.testing.assert_frame_equal(pd.read_parquet(swept / "contrasts.parquet"), table, check_dtype=False)


@pytest.mark.thorough
@pytest.mark.parametrize(("ending", "magic"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_figures_of_chosen_measures_go_where_they_are_asked(capsys, swept, tmp_path, ending, magic):
    words = ["export", str(swept), "--measures", "trust_mean", "--figures", str(tmp_path / f"x.{ending}")]
    assert cli.run_program(words) == 0
    assert (tmp_path / f"x-forest.{ending}").read_bytes().startswith(magic)


@pytest.mark.thorough
def test_both_languages_stand_side_by_side_and_the_table_keeps_its_bytes(capsys, swept):
    names = {}
    for lang in ("en", "es"):
        assert cli.run_program(["export", str(swept), "--figures", str(swept), "--lang", lang]) == 0
        assert cli.run_program(["sweep", str(swept), "--contrasts", "--lang", lang]) == 0
        said = capsys.readouterr()
        assert {"es": "Confianza en la policía", "en": "Trust in the police"}[lang] in said.err
        names[lang] = (
            {Path(line).name for line in said.out.split() if line.endswith(".png")},
            [(swept / f"contrasts.{ending}").read_bytes() for ending in ("csv", "parquet")],
        )
    assert names["es"][0] == {name.replace(".png", "-es.png") for name in names["en"][0]}
    assert names["es"][1] == names["en"][1]
    assert "Efectos e interacciones" in (swept / "contrasts-es.tex").read_text(encoding="utf-8")
    with Image.open(swept / "forest-es.png") as picture:
        assert picture.info["Title"].startswith("Confianza en la policía")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--measures", "trust_meen"], "kept no 'trust_meen'; did you mean 'trust_mean'?"),
        (["--lang", "fr"], "--lang knows en, es, got 'fr'"),
        (["--figure", "x.jpg"], "must end in .png, .svg, .pdf, got '.jpg'"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(capsys, swept, words, told):
    place = "x.jpg" if "--figure" in words else str(swept)
    drawn = ["export", str(swept), "--figures", place, *(word for word in words if word not in ("--figure", "x.jpg"))]
    for command in (drawn, ["sweep", str(swept), "--contrasts", *words]):
        assert cli.run_program(command) == 2
        assert told in capsys.readouterr().err


def test_a_study_that_was_not_swept_is_told_how(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.run_program(["sweep", "question", "--contrasts"]) == 2
    assert "first confianza sweep question" in capsys.readouterr().err


def test_the_question_crosses_its_three_changes_at_both_sites():
    study = read_study(sweep_command.find_study("question"))
    jobs = jobs_of(study)
    assert len(jobs) == 192
    assert len({frozenset(job.policies) - {"status_quo"} for job in jobs}) == 2**3
    assert study_folder.policies_of(jobs[:1] + jobs) == ["mopsic_full", "reporting_support", "resources_only"]
