"""The expected value of information on pairs whose effects are known, and the command from a folder of `reproduce`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented_pairs import NUMBER_THAT_MATTERS, WORLDS, folder_of_pairs, invented_pairs

from experiments.cli.answer_value import ValueRequest, tell_value
from experiments.reproduce.design import ReproduceDesign, design_of
from experiments.reproduce.effects import EQUAL
from experiments.reproduce.plan import SITES, plan
from experiments.statistics.value_of_information import halves
from experiments.voi.choice import CHOSEN, PackageChoice, choice_worlds
from experiments.voi.effect_trial import EffectTrial, study_table
from experiments.voi.expected_value import (
    ALL,
    ALL_WITH_ERROR,
    GROUP,
    NUMBER,
    QUESTION,
    SURVEY,
    Valuation,
    cost_table,
    expected_value_table,
    value_of_everything,
    variance_table,
)
from experiments.voi.panel_survey import SIZES, panel_findings, survey_values
from experiments.voi.questions import number_groups, questions
from experiments.voi.sentences import is_told, ranked
from model.engine.errors import InputError
from scenarios import accounts
from scenarios.ranges import dotted_group

COSTLY = PackageChoice.read("", "trust=1,crime=1", "mopsic=1,reporting=0.7,resources=1")


@pytest.fixture(scope="module")
def design() -> ReproduceDesign:
    """More draws than `reproduce` has, so that chance does not decide what tells accounts apart."""
    return ReproduceDesign(plan(), replace(plan().size("whole"), draws=162, loop=18, checks=27, levels=False))


@pytest.fixture(scope="module")
def pairs(design: ReproduceDesign) -> pd.DataFrame:
    return invented_pairs(design)


def valuation_of(design: ReproduceDesign, pairs: pd.DataFrame, choice: PackageChoice) -> Valuation:
    return Valuation(choice_worlds(pairs, SITES[0], choice, 3, EQUAL), choice, design, 1)


@pytest.fixture(scope="module")
def valuation(design: ReproduceDesign, pairs: pd.DataFrame) -> Valuation:
    return valuation_of(design, pairs, COSTLY)


@pytest.fixture(scope="module")
def values(valuation: Valuation) -> pd.DataFrame:
    return expected_value_table(valuation)


def value_of(values: pd.DataFrame, kind: str, name: str = "") -> float:
    (value,) = values[(values["kind"] == kind) & (values["name"] == name)]["value"]
    return float(value)


def test_every_number_belongs_to_one_group_and_every_class_names_accounts(design: ReproduceDesign) -> None:
    members = [member for group in number_groups() for member in group.members]
    assert len(members) == len(set(members))
    assert {dotted_group(name) for name in design.names} == set(members)
    named = [name for question in questions() for names in question.classes for name in names]
    assert set(named) == set(accounts.names())
    names = [one.name for one in (*questions(), *number_groups())]
    assert len(names) == len(set(names))
    assert all(one.people > 0 and one.months > 0 for one in (*questions(), *number_groups()))


@pytest.mark.thorough
def test_values_are_ordered_and_monte_carlo_error_is_taken_out(values: pd.DataFrame) -> None:
    everything = value_of(values, ALL)
    assert 0.0 < everything < value_of(values, ALL_WITH_ERROR)
    known = values[values["kind"].isin([QUESTION, GROUP, NUMBER, SURVEY])]["value"]
    assert known.between(0.0, everything).all()
    number, group = value_of(values, NUMBER, NUMBER_THAT_MATTERS), value_of(values, GROUP, "shift")
    assert 0.0 < number <= group <= everything
    coarser = [value_of(values, QUESTION, one.name) for one in questions()]
    assert value_of(values, QUESTION, "which_account") == max(coarser) > 0.0


@pytest.mark.thorough
def test_the_number_and_the_accounts_that_matter_are_found(values: pd.DataFrame) -> None:
    assert list(values[values["kind"] == NUMBER]["name"]) == [NUMBER_THAT_MATTERS]
    assert {row.name for row in ranked(values)[:3]} == {"which_account", "treatment_moves_trust", "shift"}
    told = {row.name for row in ranked(values) if is_told(row)}
    assert {"which_account", "treatment_moves_trust", "shift"} <= told
    assert told & {group.name for group in number_groups()} == {"shift"}


@pytest.mark.thorough
def test_halves_of_the_worlds_have_the_same_first_three(valuation: Valuation, values: pd.DataFrame) -> None:
    first_three = {row.name for row in ranked(values)[:3]}
    for rows in halves(WORLDS, np.random.default_rng(2)):
        half = replace(valuation, worlds=valuation.worlds.of_rows(rows))
        assert {row.name for row in ranked(expected_value_table(half))[:3]} == first_three


@pytest.mark.thorough
def test_without_costs_knowing_changes_no_choice(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    free = expected_value_table(valuation_of(design, pairs, PackageChoice.read("", "crime=1", "")))
    assert free[free["kind"].isin([QUESTION, GROUP, NUMBER, SURVEY])]["value"].max() < 0.01


@pytest.mark.thorough
def test_costs_are_scaled_and_the_best_today_changes_with_them(valuation: Valuation) -> None:
    table = cost_table(valuation)
    best = table.drop_duplicates("cost").set_index("cost")["best"]
    assert best.iloc[0] == "everything"
    assert best.iloc[-1] == "none"
    stated = table[(table["cost"] == 1.0) & (table["name"] == ALL)]["value"].iloc[0]
    assert stated == pytest.approx(value_of(expected_value_table(valuation), ALL))


@pytest.mark.thorough
def test_variance_is_split_into_error_accounts_and_groups(valuation: Valuation) -> None:
    table = variance_table(valuation).set_index(["package", "gain", "group"])
    mopsic, resources = table.loc[("adoption", "trust", "shift")], table.loc[("resources", "trust", "shift")]
    assert mopsic["accounts"] > 0.7
    assert resources["accounts"] < 0.1
    assert resources["share"] > 0.6
    assert mopsic["share"] < 0.1
    assert 0.0 < resources["monte_carlo"] < 0.2


def test_a_panel_tells_accounts_of_trust_apart_and_those_of_crime_not(valuation: Valuation) -> None:
    coefficients, errors = panel_findings()
    by_name = dict(zip(accounts.names(), coefficients, strict=True))
    assert (by_name["present_law"] == by_name["certainty_off"]).all()
    assert np.abs(by_name["present_law"] - by_name["fixed_attitudes"]).max() > 5.0
    assert (errors > 0.0).all()
    values = dict(survey_values(valuation.decision, 1))
    assert list(values) == list(SIZES)
    assert 0.0 <= values[50] < values[5000]


@pytest.mark.parametrize(
    ("packages", "weights", "cost", "message"),
    [
        ("", "trust=1,crimes=1", "", "--weights knows trust, crime, harm, got 'crimes'; did you mean"),
        ("", "trust=-1", "", "trust must be 0 or more"),
        ("", "trust=0", "", "must have one above 0"),
        ("", "trust", "", "NAME=NUMBER"),
        ("", "trust=1", "mopsik=1", "no package 'mopsik'"),
        ("mopsic", "trust=1", "heavy_hand=1", "'heavy_hand' is none of the packages to choose from"),
        ("mopsic,everythin", "trust=1", "", "no package 'everythin'"),
        ("", "trust=1", "mopsic=inf", "NAME=NUMBER"),
        ("", "trust=1,trust=2", "", "given twice"),
    ],
)
def test_wrong_input_is_one_line(packages: str, weights: str, cost: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        PackageChoice.read(packages, weights, cost)
    assert "\n" not in str(raised.value)


def test_all_together_cost_the_sum_unless_it_is_stated() -> None:
    assert COSTLY.packages == CHOSEN
    assert COSTLY.weights == {"trust": 0.5, "crime": 0.5, "harm": 0.0}
    assert COSTLY.costs["everything"] == pytest.approx(2.7)
    assert PackageChoice.read("", "trust=1", "all=2,mopsic=1").costs["everything"] == 2.0


@pytest.mark.thorough
def test_the_command_writes_tables_lists_and_figures_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = folder_of_pairs(tmp_path / "answer", invented_pairs(design_of("quick"), 26, 12))
    trials = [EffectTrial.read("units=48,persons=100,share=0.2"), EffectTrial.read("units=5,persons=400,icc=0")]
    tell_value(ValueRequest(COSTLY, trials, source, top=3), tmp_path / "one", "es", fresh=False)
    printed = capsys.readouterr().out
    assert "# Qué conviene medir primero" in printed
    assert "1. " in printed
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {
        "expected_value.csv",
        "variance.csv",
        "costs.csv",
        "measure_first.en.md",
        "expected_value.es.svg",
        "costs.en.png",
    } < set(names)
    assert printed.strip() == (tmp_path / "one" / "measure_first.es.md").read_text(encoding="utf-8").strip()
    assert "anuencia de los 48 Cantones" in printed
    assert "cuyo menor valor p es 0.100" in printed
    tell_value(ValueRequest(COSTLY, trials, source, 3, 3), tmp_path / "two", "en", fresh=False)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    with pytest.raises(InputError, match="would be replaced"):
        tell_value(ValueRequest(PackageChoice.read("", "trust=1", ""), (), source), tmp_path / "two", "en", fresh=False)


@pytest.mark.thorough
def test_pairs_of_other_draws_and_unknown_horizons_are_refused(tmp_path: Path) -> None:
    pairs = invented_pairs(design_of("quick"), 9, 0)
    other, same = folder_of_pairs(tmp_path / "other", pairs, draws="0"), folder_of_pairs(tmp_path / "same", pairs)
    for request, message in (
        (ValueRequest(COSTLY, (), other), "draws of these pairs differ"),
        (ValueRequest(COSTLY, (), same, 5), "--years: pairs reach 3 years, got 5"),
        (ValueRequest(COSTLY, (), tmp_path / "missing"), "not readable as the lock"),
    ):
        with pytest.raises(InputError, match=message):
            tell_value(request, tmp_path / "out", "en", fresh=False)


@pytest.mark.thorough
def test_a_trial_is_worth_more_with_more_places_and_at_most_the_effect_itself(valuation: Valuation) -> None:
    sizes = [EffectTrial(units, 100, 0.5, 0.0) for units in (4, 20, 100, 1000, 100_000)]
    table = study_table(valuation, sizes)
    assert table["value"].is_monotonic_increasing
    assert table["power"].is_monotonic_increasing
    assert table["detectable"].is_monotonic_decreasing
    assert table["value"].iloc[-1] == pytest.approx(table["exact"].iloc[0], rel=0.05)
    assert (table["exact"] <= value_of_everything(valuation, COSTLY)[1]).all()
    nothing = study_table(valuation, [EffectTrial(20, 100, 1e-6, 0.0)])
    assert nothing["power"].iloc[0] == pytest.approx(0.05, abs=0.001)
    assert nothing["value"].iloc[0] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("units=50", "persons must be a whole number"),
        ("units=2.5,persons=10", "units must be a whole number"),
        ("units=3,persons=10", "units must be a whole number of at least 4"),
        ("units=50,persons=10,share=0", "share must be more than 0"),
        ("units=50,persons=10,icc=1", "icc must be at least 0 and less than 1"),
        ("units=50,people=10", "got 'people'"),
    ],
)
def test_a_wrong_trial_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        EffectTrial.read(text)


def study_of(folder: Path, **numbers: object) -> Path:
    row = {"policy": "mopsic_full", "months": 36, "units": 48, "persons": 100, "icc": 0.02, "error": 1.5}
    row |= {"whole": 0.8, "whole_error": 0.1, "contrast": 0.2} | numbers
    pd.DataFrame([row]).to_csv(folder / "study.csv", index=False)
    return folder


def test_a_trial_that_was_diagnosed_is_valued_by_its_own_error(tmp_path: Path, valuation: Valuation) -> None:
    (found,) = EffectTrial.read_all(str(study_of(tmp_path)))
    assert (found.units, found.persons, found.share, found.error) == (48, 100, 0.25, 1.5)
    exact, vague = (
        study_table(valuation, EffectTrial.read_all(str(study_of(tmp_path, error=error)))).iloc[0]
        for error in (0.001, 50.0)
    )
    assert exact["part"] == pytest.approx(1.0, abs=0.02)
    assert vague["part"] < 0.05


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"whole_error": 0.5}, "is not told from 0"),
        ({"contrast": -0.1}, "both arms differ by -0.12 of the effect"),
        ({"error": float("nan")}, "must have finite numbers"),
        ({"policy": "reporting_support"}, "only those of MOPSIC in full are valued"),
        ({"units": "many"}, "no folder with a study.csv"),
    ],
)
def test_a_folder_that_cannot_be_valued_is_refused(tmp_path: Path, numbers: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        EffectTrial.read_all(str(study_of(tmp_path, **numbers)))


def test_a_folder_without_a_trial_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no folder with a study.csv"):
        EffectTrial.read_all(str(tmp_path))
