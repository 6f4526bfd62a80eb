"""Contrasts of a study over draws, and by origin."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.comparison import study_contrasts
from experiments.comparison.origins import BELIEFS, KINDS, OriginsOfYear, origin_key
from experiments.comparison.over_draws import draw_levels_table, groups_over_draws, uncertainty_table
from experiments.comparison.study_contrasts import contrast_effects, groups_of_study
from experiments.execution.parameter_draws import Draw
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import CompareLabel, DrawLabel, GroupResults, RunGroup
from experiments.figures.answers import csv_of_origins
from experiments.narrative.draw_lines import account_lines, contrast_lines, effect_lines, level_lines
from experiments.narrative.effect_sentences import part_keys
from experiments.storage.run_folder import StoredRun
from experiments.words.bilingual import FigureTexts
from scenarios import accounts

DRAWS = [Draw(k, {"trust.harm": 0.3 + 0.01 * k}) for k in range(1, 5)]
POLICIES = {"status_quo": (False, False), "a": (True, False), "b": (False, True), "a+b": (True, True)}
MEASURES = ("trust_mean", "crimes_occurred")


@pytest.fixture
def plan():
    rows = [
        {"run": f"r{k}", "scenario": "totonicapan", "policy": name, "policy.a": one, "policy.b": other}
        for k, (name, (one, other)) in enumerate(POLICIES.items())
    ]
    return pd.DataFrame(rows)


def lived(draw, run, values, account=accounts.PRESENT):
    """Return finished runs whose arms have these means of trust in the last twelve months."""
    spec = SimpleNamespace(scenario=SimpleNamespace(name="totonicapan"), policy="status_quo")
    when = pd.date_range("2017-01-01", periods=24, freq="MS")
    runs = [
        StoredRun(1, "", {"measures": pa.table({
            "month": when, "trust_mean": [0.0] * 12 + [value] * 12, "crimes_occurred": [5.0] * 24,
        })}, 0.0)
        for value in values
    ]  # fmt: skip
    group = RunGroup((spec,) * len(values), CompareLabel(0, "draw", draw=DrawLabel(draw, account, run)))
    return GroupResults(group, runs)


def test_contrasts_are_effects_alone_and_beyond_the_sum(plan):
    done = [lived(draw, run, (0.4, 0.4 + 0.01 * draw, 0.5, 0.6)) for draw in range(1, 5) for run in (0, 1)]
    found = contrast_effects(plan, done, MEASURES).set_index(["against", "measure", "draw", "run"])["effect"]
    for draw in range(1, 5):
        assert found["a", "trust_mean", draw, 0] == pytest.approx((0.01 * draw + 0.1) / 2.0)
        assert found["b", "trust_mean", draw, 1] == pytest.approx((0.1 + 0.2 - 0.01 * draw) / 2.0)
        assert found["a × b", "trust_mean", draw, 0] == pytest.approx(0.1 - 0.01 * draw)
    assert (found.xs("crimes_occurred", level="measure") == 0.0).all()
    table = uncertainty_table(contrast_effects(plan, done, MEASURES))
    assert set(table["sign"]) == {"few"}
    assert table.set_index(["against", "measure"]).loc[("a", "trust_mean"), "sd_random"] == pytest.approx(0.0)
    for language in ("en", "es"):
        text = list(contrast_lines(table, 4, ["trust_mean"], FigureTexts(language)))
        assert max(map(len, text)) <= 80
        assert not any("crimes_occurred" in line for line in text)


def test_every_combination_of_policies_is_run_in_every_draw(plan):
    specs = {f"r{k}": plan_runs("totonicapan", policies=words, years=0.1, sets=["fear.heed=0.4"])[0]
             for k, words in enumerate(([], ["mopsic_full"], ["resources_only"], ["heavy_hand"]))}  # fmt: skip
    groups = groups_of_study(plan, specs, DRAWS)
    rivals = len(accounts.names()) - 1
    assert len(groups) == len(DRAWS) * (2 + rivals)
    assert all(len(group.specs) == len(POLICIES) for group in groups)
    assert all(group.specs[0].scenario["fear"].heed == 0.4 for group in groups)


def test_levels_are_those_of_the_first_arm(plan):
    rng = np.random.default_rng(1)
    done = [lived(draw, run, (0.4 + 0.01 * rng.normal(),)) for draw in range(1, 9) for run in (0, 1)]
    levels = draw_levels_table(done)
    trust = levels[levels["measure"] == "trust_mean"]
    assert trust["effect"].between(35.0, 45.0).all()
    table = uncertainty_table(levels)
    (row,) = table[table["measure"] == "trust_mean"].itertuples()
    assert row.mean == pytest.approx(trust["effect"].mean())
    for language, label in (("en", "trust in the police"), ("es", "confianza en la policía")):
        text = list(level_lines(table, 8, FigureTexts(language)))
        assert max(map(len, text)) <= 80
        assert any(line.startswith(label) for line in text)


@pytest.mark.parametrize(("language", "words"), [("en", "too few"), ("es", "muy pocos")])
def test_too_few_draws_say_nothing(language, words):
    levels, wording = draw_levels_table([lived(1, run, (0.4,)) for run in (0, 1)]), FigureTexts(language)
    assert words in "".join(level_lines(uncertainty_table(levels), 1, wording))
    assert words in "".join(contrast_lines(uncertainty_table(pd.DataFrame()), 1, MEASURES, wording))


UNCERTAIN = {
    "draws": 24, "mean": 1.36, "low": -0.22, "high": 2.51, "sd_random": 0.16, "sd_town": 0.04, "sd_assumed": 0.55,
    "sd_account": 0.41, "share_up": 1.0,
}  # fmt: skip
SIGNS = {
    "trust_mean": ("known", ""),
    "domestic_without_remedy": ("turns", "attitudes_without_effect"),
    "fear_mean": ("open", ""),
    "homicides": ("few", ""),
}
EFFECTS = pd.DataFrame(
    [{**UNCERTAIN, "measure": name, "sign": sign, "against_accounts": one} for name, (sign, one) in SIGNS.items()]
)
UNDER = pd.DataFrame(
    [
        {"account": account, "draws": 8, "measure": measure, "effect": 1.0, "error": 0.1}
        for account in accounts.names()
        for measure in ("trust_mean", "crimes_occurred", "c1", "c3")
    ]
)


def test_text_over_draws_is_said_in_spanish_alone_and_in_english_alone():
    english, spanish = (
        [*effect_lines(EFFECTS, FigureTexts(one)), *account_lines(UNDER, FigureTexts(one))] for one in ("en", "es")
    )
    assert max(map(len, [*english, *spanish])) <= 80
    said = {line.split("  ")[0].strip() for line in english} & {line.split("  ")[0].strip() for line in spanish}
    assert said - {""} == set()
    known, *others = (line for line in spanish if line.startswith(("Dirección", "Muy pocos")))
    assert known == "Dirección que se sabe en sorteos y explicaciones: confianza en la policía"
    assert len(others) == 3
    told = " ".join(" ".join(spanish).split())
    assert "violencia en casa sin remedio (no con actitudes que no guían la conducta)" in told
    assert all(title["es"] in told for title in accounts.names().values())
    assert any(line.split()[:1] == ["actitudes"] and line.split()[-1] == "conducta" for line in spanish)
    assert "unremedied home violence (not under attitudes that do not steer behaviour)" in " ".join(
        " ".join(english).split()
    )


def test_a_run_over_draws_keeps_the_policy_and_what_the_user_set():
    (spec,) = plan_runs("totonicapan", policies=["mopsic_full"], years=0.1, sets=["trust.harm=0.2"])
    groups = list(groups_over_draws(0, [spec], DRAWS, [f"{name}={text}" for name, text in spec.overrides]))
    assert {group.specs[0].policy for group in groups} == {"mopsic_full"}
    assert {group.specs[0].scenario["trust"].harm for group in groups} == {0.2}


STOP = "stop"
ALL = [kind for kinds in KINDS.values() for kind in kinds]


def account(trust: float, stops: float, left: float) -> OriginsOfYear:
    """A world with so many stops a resident, which left so many points of trust, and nothing else."""
    events = dict.fromkeys(ALL, 0.0) | {STOP: stops}
    points = {(belief, kind): 0.0 for belief in BELIEFS for kind in ALL} | {("trust", STOP): left}
    return OriginsOfYear(dict.fromkeys(BELIEFS, trust), events, points, nation=0.0)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep of two changes and two seeds: `a` halves stops, `b` makes each leave half as much."""
    rows, accounts = [], {}
    for seed in (1, 2):
        for a in (False, True):
            for b in (False, True):
                run = f"{seed}{a:d}{b:d}"
                stops, each = (5.0 if a else 10.0), (-0.1 if b else -0.2)
                rows.append(
                    {"run": run, "scenario": "here", "seed": seed, "policy.a": a, "policy.b": b, "trust_mean": 0.4}
                )
                accounts[run] = account(40.0 + seed + stops * each, stops, stops * each)
    monkeypatch.setattr(study_contrasts, "stored_measures", lambda _: list(study_contrasts.REQUIRED_MEASURES))
    monkeypatch.setattr(study_contrasts, "read_manifest", lambda _: {"keep": list(study_contrasts.REQUIRED_TABLES)})
    monkeypatch.setattr(study_contrasts, "means_of_runs", lambda *_: pd.DataFrame(rows))
    monkeypatch.setattr(study_contrasts, "varied_columns", lambda _: ["policy"])
    monkeypatch.setattr(study_contrasts, "accounts_of", lambda _: accounts)
    return Path("here")


def test_fewer_stops_are_no_better_stops(folder: Path) -> None:
    found = study_contrasts.origin_contrasts(folder).set_index(["change", "measure"])["estimate"]
    assert found["a", "trust.treatment.number"] == pytest.approx(0.75)  # (1.0 + 0.5) / 2 with and without b
    assert found["a", "trust.treatment.quality"] == pytest.approx(0.0)
    assert found["b", "trust.treatment.number"] == pytest.approx(0.0)
    assert found["b", "trust.treatment.quality"] == pytest.approx(0.75)


def test_every_part_is_told_for_every_change_and_those_of_trust_sum_to_its_effect(folder: Path) -> None:
    table = study_contrasts.origin_contrasts(folder)
    assert list(table[table["change"] == "a"]["measure"]) == [
        origin_key(*key) for belief in BELIEFS for key in part_keys(belief)
    ]
    sums = table[table["measure"].str.startswith("trust.")].groupby("change")["estimate"].sum()
    assert sums.to_dict() == {"a": pytest.approx(0.75), "b": pytest.approx(0.75)}
    assert set(table["n"]) == {2}


def test_the_file_names_every_part_in_both_languages(folder: Path) -> None:
    text = csv_of_origins(study_contrasts.origin_contrasts(folder)).decode()
    assert text.startswith("scenario,change,measure,en,es,estimate,low,high,n\n")
    assert "more or fewer stops and uses of force" in text
    assert "más o menos registros y usos de la fuerza" in text


@pytest.mark.parametrize(
    ("name", "left"), [("stored_measures", ["trust_mean"]), ("read_manifest", {"keep": ["ledger"]})]
)
def test_a_sweep_that_kept_too_little_has_no_parts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, left: object
) -> None:
    monkeypatch.setattr(study_contrasts, name, lambda _: left)
    assert study_contrasts.origin_contrasts(folder).empty
