"""Twin worlds: what `confianza compare` computes, refuses and leaves behind."""

import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from systems import listening, needs_signals

from experiments.cli import app as cli
from experiments.comparison.arms import parse_arm_argument
from experiments.comparison.comparison import Request, independent_effects_table
from experiments.comparison.effect_verdicts import verdict_over_laws
from experiments.comparison.effects import GROUPS
from experiments.comparison.headline_measures import HEADLINES
from experiments.comparison.practice_effects import PRACTICE
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import simulate, simulate_until, tables_of
from experiments.execution.runs import CompareLabel, GroupResults, RunGroup, twin_worlds, under_law
from experiments.execution.trust_accounts import LAWS, Law
from experiments.narrative.comparison_text import law_sentence
from experiments.statistics.paired_effects import paired, smallest_effect, unpaired
from experiments.statistics.power import pairs_needed
from experiments.storage.run_folder import StoredRun
from experiments.words.bilingual import FigureTexts
from model.engine.calendar import tick_of
from model.simulation.model import TrustModel
from model.simulation.registry import MEASURES
from model.town.town import build_town

SMALL = ("--set", "population.scale=0.05", "--years", "0.3", "--replicates", "2")
AT_ONCE = (*SMALL, "--set", "calendar.warm_up=0")
SETTLE = ("--settle", "army_visits", "--replicates", "20")
NULL = """title = { en = "Nothing", es = "Nada" }
[add]
"reporting.accompaniment" = 0.0
[scale]
"roster.gallons" = 1.0
"""


def compare(out, *words):
    assert cli.run_program(["compare", *words, "--out", str(out)]) == 0
    return out


def read(folder, name):
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


def arm(folder, name, site="villa_canales"):
    return folder / "arms" / f"{site}-{name}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a comparison of three arms, with independent seeds beside them."""
    words = ("status_quo", "reporting_support", "resources_only", "--independent", *SMALL)
    return compare(tmp_path_factory.mktemp("compare") / "three", *words)


@pytest.mark.thorough
def test_a_comparison_leaves_what_run_would_have_left(folder, tmp_path):
    out = tmp_path / "run"
    words = ["run", "villa_canales", "--policy", "reporting_support", *SMALL, "--town", "own", "--out", str(out)]
    assert cli.run_program(words) == 0
    for name in ("measures", "settlements", "groups", "cells", "ledger"):
        twin = arm(folder, "reporting_support") / f"{name}.parquet"
        assert twin.read_bytes() == (out / f"{name}.parquet").read_bytes(), name


def test_effects_on_every_measure_are_told_with_unit_meaning_and_interval(folder, capsys):
    table = read(folder, "all_effects")
    own = table[table["against"] == "reporting_support"].set_index("measure")
    assert list(own.index) == list(MEASURES)
    assert list(own["unit"]) == [measure.unit for measure in MEASURES.values()]
    assert (own["meaning_en"] != own["meaning_es"]).all()
    base, other = (read(arm(folder, name), "measures") for name in ("status_quo", "reporting_support"))
    gaps = [side.groupby("seed")["crimes_told"].mean() for side in (base, other)]
    assert own.loc["crimes_told", "effect"] == pytest.approx((gaps[1] - gaps[0]).mean())
    assert own.loc["crimes_told", "n"] == 2
    assert own.loc["crimes_told", "low"] <= own.loc["crimes_told", "effect"] <= own.loc["crimes_told", "high"]
    capsys.readouterr()
    assert cli.run_program(["export", str(folder), "--csv", "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(table)


def test_every_table_of_a_comparison_says_what_its_columns_hold(folder):
    paths = list(folder.glob("*.parquet"))
    assert len(paths) > 5
    for path in paths:
        for field in pq.read_schema(path):
            assert {b"role", b"meaning_en", b"meaning_es"} <= set(field.metadata), (path.name, field.name)


def test_a_branch_goes_on_bit_for_bit_as_an_uninterrupted_world():
    options = {"sets": ["population.scale=0.05"], "years": 0.3}
    words = (["status_quo"], ["resources_only@2017-02-10"], ["reporting_support"])
    specs = [plan_runs("villa_canales", policies=policies, seed=5, **options)[0] for policies in words]
    town = build_town(specs[0].scenario)
    for spec, world in zip(specs, twin_worlds(specs, town, lambda shifts: None, TrustModel), strict=True):
        cells = simulate_until(world, tick_of(spec.until), lambda shifts: None)
        whole = simulate(spec, town, lambda shifts: None)
        tables = tables_of(world, spec, cells)
        assert {name: table.equals(whole.tables[name]) for name, table in tables.items()} == dict.fromkeys(tables, True)


@pytest.mark.thorough
def test_a_policy_that_changes_nothing_makes_exactly_no_difference(tmp_path):
    (tmp_path / "nothing.toml").write_text(NULL, encoding="utf-8")
    out = compare(tmp_path / "null", "status_quo", str(tmp_path / "nothing.toml"), *AT_ONCE)
    first, second = (read(one, "measures") for one in sorted((out / "arms").iterdir()))
    columns = [name for name in first if name not in ("run", "policy")]
    assert first[columns].equals(second[columns])
    effects, residents = read(out, "effects"), read(out, "residents")
    sections = {"headline", *PRACTICE, "group", "cause", "origin", "decision", "only_arm", "only_base"}
    assert set(effects["section"]) == sections
    for column in ("effect", "error", "rose", "fell"):
        assert set(effects[column].dropna()) == {0}, column
    known = effects.dropna(subset="effect")
    assert (known["low"] == -known["high"]).all()
    assert set(known["p"]) == {1.0}
    assert (effects["same"] == effects["n"]).all()
    assert residents[["only_arm", "only_base"]].to_numpy().sum() == 0


def test_effects_are_the_means_of_the_differences_of_twins(folder):
    effects = read(folder, "effects").set_index(["section", "against", "measure"])
    sides = [read(arm(folder, name), "measures") for name in ("status_quo", "reporting_support")]
    last = [side.groupby("seed")["trust_mean"].mean() for side in sides]
    gap = 100.0 * (last[1] - last[0])
    row = effects.loc["headline", "reporting_support", "trust_mean"]
    assert row["effect"] == pytest.approx(gap.mean(), abs=1e-12)
    assert row["error"] == pytest.approx(gap.std() / math.sqrt(2.0), abs=1e-12)
    assert row["rose"] + row["fell"] + row["same"] == row["n"] == 2
    told = [side.groupby("seed")["crimes_told"].mean() * 12.0 for side in sides]
    row = effects.loc["headline", "reporting_support", "crimes_told"]
    assert row["effect"] == pytest.approx((told[1] - told[0]).mean())


def test_causes_sum_to_the_effect_on_trust_but_for_deaths(folder):
    effects = read(folder, "effects")
    own = effects[effects["against"] == "resources_only"]
    parts = own[(own["section"] == "origin") & own["measure"].str.startswith("trust.")]["effect"].sum()
    causes = own[own["section"] == "cause"]["effect"].sum()
    trust = own[(own["section"] == "headline") & (own["measure"] == "trust_mean")]["effect"].iloc[0]
    assert causes == pytest.approx(trust, abs=2e-3)
    assert parts == pytest.approx(trust, abs=1e-9), "parts by origin sum exactly, with who comes and goes among them"


def test_every_headline_that_the_model_has_is_compared(folder):
    effects = read(folder, "effects")
    known = {one.name for one in HEADLINES if set(one.read.columns) <= set(MEASURES)}
    assert len(known) > 20
    assert set(effects[effects["section"] == "headline"]["measure"]) == known
    groups = {name.partition("_")[2] for name in effects[effects["section"] == "group"]["measure"]}
    assert {"women", "men", "young", "far"} <= groups <= set(GROUPS)


def test_residents_who_differ_are_counted(folder):
    residents = read(folder, "residents")
    assert set(residents["what"]) == {"told", "complained", "harmed", "met", "trust"}
    own = residents[residents["against"] == "reporting_support"].set_index(["what", "seed"])["only_arm"]
    assert own["complained"].sum() > 0


def test_an_arm_whose_independent_runs_were_interrupted_has_no_row():
    months = pa.table({"month": pd.date_range("2017-01-01", periods=12, freq="MS"), "trust_mean": [0.4] * 12})
    run, spec = StoredRun(1, "a run", {"measures": months}, 0.0), SimpleNamespace(reported_shifts=1095)
    arms = [SimpleNamespace(scenario="totonicapan", name=name) for name in ("today", "done", "missing")]
    pairs = GroupResults(RunGroup((spec,) * 3, CompareLabel(0), all_tables=True), [run] * 3)
    alone = GroupResults(RunGroup((spec,), CompareLabel(0, "independent", arm=1)), [run])
    table = independent_effects_table([pairs, pairs, alone, alone], [arms], {})
    assert set(table["against"]) == {"done"}


def test_independent_seeds_are_other_worlds_and_have_more_variance(folder):
    alone = read(folder, "alone").set_index(["against", "measure"])
    row = alone.loc[("resources_only", "trust_mean")]
    assert row["variance_ratio"] > 1.0
    assert not row["paired"]
    twin = read(folder, "effects").set_index(["section", "against", "measure"])
    assert row["effect"] != twin.loc["headline", "resources_only", "trust_mean"]["effect"]


def test_the_table_fits_80_columns_and_says_what_it_is(folder, capsys):
    from experiments.comparison.comparison import EffectSize
    from experiments.narrative.comparison_text import comparison_lines

    told = list(comparison_lines(folder, EffectSize(size=0.5)))
    assert max(map(len, told)) <= 80
    text = "\n".join(told)
    for word in (
        "2 paired runs",
        "rose delta",
        "Smallest effects",
        "variance ÷ twins",
        "told the state",
        "with a power of 80%",
    ):
        assert word in text, word


@pytest.mark.thorough
def test_folders_of_earlier_runs_are_twins_if_they_are(folder, tmp_path, capsys):
    again = compare(tmp_path / "again", str(arm(folder, "status_quo")), str(arm(folder, "reporting_support")))
    new, old = read(again, "effects"), read(folder, "effects")
    old = old[(old["against"] == "reporting_support") & ~old["section"].isin(("only_arm", "only_base"))]
    exact = [name for name in new if name != "adjusted"]  # which depends on the number of rows
    assert new[exact].equals(old.reset_index(drop=True)[exact])
    assert json.loads((again / "manifest.json").read_text())["arms"][0]["name"] == "status_quo"
    words = ["run", "villa_canales", *SMALL, "--set", "trust.fast_days=4", "--out", str(tmp_path / "other")]
    assert cli.run_program(words) == 0
    whole = compare(tmp_path / "whole", str(folder), str(tmp_path / "other"))
    assert set(read(whole, "effects")["against"]) == {"reporting_support", "resources_only", "status_quo (other)"}
    assert cli.run_program(["compare", str(folder), str(arm(folder, "status_quo")), "--out", str(tmp_path / "x")]) == 2
    assert "named twice" in capsys.readouterr().err


@pytest.mark.thorough
def test_seeds_that_do_not_pair_are_told_and_analysed_apart(folder, tmp_path, capsys):
    out = tmp_path / "other"
    assert cli.run_program(["run", "villa_canales", *SMALL, "--seed", "7", "--town", "own", "--out", str(out)]) == 0
    apart = compare(tmp_path / "apart", str(arm(folder, "status_quo")), str(out))
    assert not read(apart, "effects")["paired"].any()
    assert "seeds do not pair: unpaired analysis" in " ".join(capsys.readouterr().out.split())


def test_sites_are_compared_apart(tmp_path, capsys):
    out = compare(tmp_path / "sites", "villa_canales:status_quo", "totonicapan:status_quo", *AT_ONCE)
    effects = read(out, "effects")
    assert set(effects["why_unpaired"]) == {"sites"}
    assert "another town" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["status_quo"], ["two arms"]),
        (["status_quo", "status_quo"], ["status_quo", "twice"]),
        (["status_quo", "resource_only"], ["resource_only", "resources_only"]),
        (["vila_canales:status_quo", "resources_only"], ["vila_canales", "villa_canales"]),
        (["status_quo", "no/where"], ["folder", "no/where"]),
        (["status_quo", ":"], ["[SITE:]POLICY"]),
        (["status_quo", "resources_only", "--memory", "-1"], ["--memory", "-1"]),
        (["status_quo", "resources_only", "--plan", "0"], ["--plan", "0"]),
        (["status_quo", "resources_only", "--plan", "1", "--measure", "trust"], ["--measure", "trust_mean"]),
        (["status_quo", "resources_only", "--power", "1", "--plan", "1"], ["--power", "got 1"]),
        (
            ["status_quo", "resources_only", "--plan", "1", "--replicates", "1"],
            ["--plan", "at least 2", "got --replicates 1"],
        ),
        (["status_quo", "resources_only", "--workers", "0"], ["--workers"]),
        (["status_quo", "resources_only", "--lang", "fr"], ["--lang", "es, en, both"]),
    ],
)
def test_a_wrong_comparison_is_one_line_and_code_2(capsys, words, named):
    assert cli.run_program(["compare", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert [word for word in named if word not in told.err] == []


def test_where_no_twins_differ_it_is_said_in_words(folder, tmp_path):

    from experiments.comparison.comparison import EffectSize
    from experiments.narrative.comparison_text import alone_lines, comparison_lines

    told = " ".join(" ".join(comparison_lines(folder, EffectSize(size=0.5, measure="officers"))).split())
    assert "To see an effect of 0.5 on officers posted" in told
    told = " ".join(" ".join(comparison_lines(folder, EffectSize(size=0.5))).split())
    assert "an estimate from this pilot of 2, taken times 1.4" in told
    alike = paired([1.0, 2.0, 4.0], [1.0, 2.0, 4.0])
    assert alike.variance_ratio == math.inf
    row = {"measure": "homicides", "effect": 0.1, "error": 0.1, "low": -0.1, "high": 0.3, "variance_ratio": math.inf}
    told = list(alone_lines(pd.DataFrame([row]), FigureTexts("en")))
    assert told[-2].endswith("all alike")
    assert "the same effect in every pair" in told[-1]


def test_different_horizons_are_refused(folder, tmp_path, capsys):
    out = tmp_path / "long"
    assert cli.run_program(["run", "villa_canales", *SMALL[:2], "--years", "0.2", "--out", str(out)]) == 0
    assert cli.run_program(["compare", str(arm(folder, "status_quo")), str(out), "--out", str(tmp_path / "x")]) == 2
    assert "different horizons" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(folder, tmp_path):
    words = ("status_quo", "reporting_support", "resources_only", "--independent", *SMALL)
    other = compare(tmp_path / "pool", *words, "--workers", "2")
    for name in ("effects", "residents", "alone"):
        assert (other / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()


@needs_signals
@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interruption_keeps_the_twins_that_were_finished(tmp_path, workers):
    out = tmp_path / "long"
    words = [
        "compare",
        "status_quo",
        "resources_only",
        *SMALL[:2],
        "--set",
        "calendar.warm_up=0",
        "--years",
        "0.5",
        "--replicates",
        "60",
    ]
    program = [sys.executable, "-c", "from experiments.cli import main; main()", *words, "--workers", workers]
    process = listening([*program, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert any(int(done[1]) >= 10 for line in process.stderr if (done := re.search(r"(\d+)%", line)))
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["interrupted"]
    assert 0 < len(told["seeds"]) < 60
    for name in ("status_quo", "resources_only"):
        assert {*read(arm(out, name), "measures")["seed"]} == {*told["seeds"]}
    # what is a rate of something rare has no value in some twins, and a smaller n
    assert read(out, "effects")["n"].max() == len(told["seeds"])


def test_memory_and_asymmetry_are_laid_over_the_law_of_trust():
    (spec,) = plan_runs("villa_canales", sets=["population.scale=0.05"])
    centre, corner, single = (under_law(law, spec).scenario for law in (Law(), Law(0.5, 5.0), Law(also="single")))
    assert centre["trust"] == spec.scenario["trust"], "the centre is what the model does"
    assert centre["contacts"] == spec.scenario["contacts"]
    assert (corner["trust"].memory_years, corner["trust"].asymmetry) == (0.5, 5.0)
    assert corner["contacts"].weight_abuse != centre["contacts"].weight_abuse, "sizes are set anew for each memory"
    assert single["trust"].fast_panel > 0.0 == centre["trust"].fast_panel


def test_every_law_is_in_range_and_is_no_other(subtests):
    (spec,) = plan_runs("villa_canales", sets=["population.scale=0.05"])
    groups = [under_law(law, spec).scenario.groups for law in LAWS]
    for law, own in zip(LAWS, groups, strict=True):
        with subtests.test(str(law)):
            assert groups.count(own) == 1


CORNERS = (*(Law(memory, asymmetry) for memory in (0.5, 4.0) for asymmetry in (1.0, 5.0)), Law(also="unanswered_10"))


@pytest.mark.thorough
@pytest.mark.parametrize("laws", [CORNERS, pytest.param(LAWS, marks=pytest.mark.slow)], ids=["corners", "all"])
def test_the_break_even_grid_says_known_or_not_known(laws, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("experiments.comparison.comparison.LAWS", laws)
    words = ("status_quo", "resources_only", "--set", "population.scale=0.05", "--years", "0.1", "--replicates", "2")
    words = (*words, "--set", "calendar.warm_up=0")
    out = compare(tmp_path / "grid", *words, "--memory", "2")
    grid = read(out, "memory")
    cells = grid[grid["measure"] == "trust_mean"]
    assert len(cells) == len(laws)
    assert (cells["also"] == "").sum() == sum(not law.also for law in laws)
    assert cells["effect"].nunique() > 0.4 * len(laws)
    told = capsys.readouterr().out
    assert "5 times" in told
    assert "an unanswered call costs 10 points" in told
    assert max(len(line) for line in told.splitlines() if str(tmp_path) not in line) <= 80
    assert law_sentence(verdict_over_laws(cells), FigureTexts("en")).split(":")[0] in told


def test_a_sign_that_turns_or_a_size_that_varies_is_not_known():

    def of(*effects, reach=0.1):
        p = 0.001 if reach < 0.2 else 0.5
        return verdict_over_laws(
            pd.DataFrame([{"effect": e, "low": e - reach, "high": e + reach, "p": p, "delta": 0.5} for e in effects])
        )

    assert of(1.0, 2.0, 2.5).known
    assert not of(1.0, 2.9).known  # by the limits of the intervals
    assert of(1.0, -1.0).sign == "turns"
    assert not of(1.0, -1.0).known
    assert not of(1.0, 1.1, reach=0.6).known
    assert of(0.05, -0.06, reach=0.3).known
    assert "the sign turns (up in 1, down in 1 of 2" in law_sentence(of(1.0, -1.0), FigureTexts("en"))
    assert law_sentence(of(1.0, -1.0), FigureTexts("es")).startswith("en duda")


numbers = st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=20)


@given(numbers, st.floats(0.1, 10.0))
def test_adding_the_same_to_all_arms_is_an_effect_without_error(base, shift):
    effect = paired(base, [value + shift for value in base])
    assert effect.effect == pytest.approx(shift)
    assert effect.error == pytest.approx(0.0, abs=1e-9)
    assert effect.rose == len(base)


@given(numbers, numbers)
def test_swapping_the_arms_turns_the_effect_round(one, two):
    for way in (unpaired, lambda a, b: paired(a[: len(b)], b[: len(a)])):
        there, back = way(one, two), way(two, one)
        assert there.effect == pytest.approx(-back.effect, abs=1e-9)
        assert there.low == pytest.approx(-back.high, abs=1e-9)
        assert (there.rose, there.fell) == (back.fell, back.rose)


def test_what_is_no_number_on_one_side_is_no_pair():
    effect = paired([1.0, math.nan, 3.0], [2.0, 2.0, math.nan])
    assert (effect.n, effect.effect) == (1, 1.0)
    assert math.isnan(effect.low)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(3).normal(0.4, 1.0, (2000, 8))
    found = [paired(np.zeros(8), row) for row in draws]
    assert np.mean([one.low <= 0.4 <= one.high for one in found]) == pytest.approx(0.95, abs=0.015)


def test_planned_twins_see_the_effect_as_often_as_asked():
    n = pairs_needed(1.0, 0.7)
    draws = np.random.default_rng(4).normal(0.7, 1.0, (2000, n))
    seen = np.mean([paired(np.zeros(n), row).low > 0.0 for row in draws])
    assert seen == pytest.approx(0.8, abs=0.03)
    assert smallest_effect(1.0, n) <= 0.7 < smallest_effect(1.0, n - 1)


def test_a_word_is_a_site_with_policies_or_a_folder(tmp_path):
    assert parse_arm_argument("totonicapan:a+b@2018-01-01").policies == "a+b@2018-01-01"
    assert parse_arm_argument("my/own.toml@2018-01-01").folder is None
    assert parse_arm_argument(str(tmp_path)).folder == tmp_path
    assert parse_arm_argument("results/a").folder is not None


def test_a_request_survives_its_manifest():
    request = Request(arms=("a", "b"), sets=("x=1",), years=2.0, memory=3, independent=True)
    assert Request.read(json.loads(json.dumps(request.as_dict()))) == request
    assert request.command == "confianza compare a b --set x=1 --years 2 --independent --memory 3"
    assert [*request.as_dict()][-3:] == ["settle", "draws", "delta"]  # manifests keep this order


def test_the_command_of_a_request_makes_the_same_request(monkeypatch):
    requests = []
    monkeypatch.setattr("experiments.cli.compare.run_comparison", lambda request, *_: requests.append(request))
    options = {"start": "2018-01-01", "years": 2.0, "until": "2020-01-01", "seed": 5, "replicates": 3, "memory": 3}
    words = {"scenarios": ("x", "y"), "sets": ("x=1", "y=2"), "delta": ("trust_mean=1",), "settle": "trust_mean"}
    request = Request(arms=("a", "b c"), independent=True, **options, **words)
    assert [one.name for one in fields(Request) if getattr(request, one.name) == one.default] == ["draws"]  # a file
    assert cli.run_program(shlex.split(request.command)[1:]) == 0
    assert requests == [request]


@pytest.mark.thorough
def test_a_twin_and_a_run_of_one_name_have_the_same_numbers_even_without_warm_up(tmp_path):
    rules = (*SMALL[:2], "--set", "calendar.warm_up=0", "--years", "0.3")
    twins = compare(tmp_path / "twins", "status_quo", "resources_only", *rules, "--replicates", "1")
    words = ["run", "villa_canales", "--policy", "resources_only", *rules, "--out", str(tmp_path / "run")]
    assert cli.run_program(words) == 0
    lone = read(tmp_path / "run", "measures")
    twin = read(arm(twins, "resources_only"), "measures")
    pd.testing.assert_frame_equal(lone[sorted(lone)], twin[sorted(lone)])


@pytest.mark.thorough
def test_sampling_stops_at_a_doubling_once_a_measure_is_settled(tmp_path, capsys):
    out = compare(tmp_path / "s", "status_quo", "heavy_hand", *SMALL[:4], "--set", "calendar.warm_up=0", *SETTLE)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["seeds"] == list(range(1, 9))
    assert read(out, "effects").set_index("measure").loc["army_visits", "n"] == 8
    assert "--settle army_visits" in manifest["command"]
    assert cli.run_program(["compare", "status_quo", "heavy_hand", "--settle", "army_visit"]) == 2
    assert "did you mean 'army_visits'?" in capsys.readouterr().err
