"""Trials of invented effects come back as they are, of no effect as none, and wrong designs are refused in one line."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented_trial import (
    SCALE,
    invented_design,
    invented_frame,
    invented_trial,
    invented_waves,
)

from experiments.cli import app as cli
from experiments.cli.trial import checked_lotteries
from experiments.execution.shared_towns import town_for
from experiments.execution.warm_starts import simulated_start
from experiments.statistics.cluster_trials import ESTIMATORS, power_of
from experiments.trial.analysis import CONTRAST, DIRECT, PLACES, POLICY, SAME_ASSIGNMENT, SPILLOVER, TWIN, WHOLE
from experiments.trial.design import find_design, read_design
from experiments.trial.diagnosis import FinishedTrial, diagnosis_table, effects_table, needed_persons, truth_table
from experiments.trial.lottery import NOBODY, PART, FollowedWorld, Lottery, TrialTown, followed_world, run_lottery
from experiments.trial.survey import TRUST, AdultFrame, SurveyPlan, WaveState, survey_means
from experiments.trial.units import acting_levers, random_assignment, settlement_names, trial_units
from model.engine.calendar import tick_of
from model.engine.errors import InputError
from model.simulation.model import TrustModel
from scenarios.policy_files import read_policy

SEAT_POLICY = """
title = { en = "Orders", es = "Órdenes" }
about = { en = "One.", es = "Una." }
[set]
"chief.order_prevent" = 1.0
"""
SMALL = find_design("small_town").read_text(encoding="utf-8")
STATIONS = ("Totonicapán", "Nimasac", "Barreneché")


def design_file(folder: Path, *changes: tuple[str, str]) -> Path:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "mine_policy.toml").write_text(SEAT_POLICY, encoding="utf-8")
    return path


def rows_of(diagnosis: pd.DataFrame, inquiry: str, estimator: str = "ancova") -> pd.Series:
    rows = diagnosis[
        (diagnosis["outcome"] == TRUST) & (diagnosis["inquiry"] == inquiry) & (diagnosis["estimator"] == estimator)
    ]
    return rows.iloc[0]


# What is estimated


@pytest.fixture(scope="module")
def large() -> FinishedTrial:
    """A trial with 24 units, half treated, of 1,200 surveys, with an effect of about 5 points."""
    return invented_trial(24, 12, odds=0.33, lotteries=40, surveys=30, spill=0.2)


@pytest.mark.thorough
def test_an_invented_effect_comes_back(large: FinishedTrial) -> None:
    diagnosis = diagnosis_table(large)
    for estimator in ESTIMATORS:
        row = rows_of(diagnosis, CONTRAST, estimator)
        assert row["truth"] > 3.5
        assert abs(row["bias"]) < 0.1
        assert abs(row["mean"] - row["truth"]) < 4.0 * row["mean_error"] + 0.1
        assert row["coverage"] == pytest.approx(0.95, abs=0.02)
        assert row["rmse"] == pytest.approx(row["sd"], rel=0.05)
    by_formula = power_of(rows_of(diagnosis, CONTRAST)["truth"], rows_of(diagnosis, CONTRAST)["sd"], 21)
    assert rows_of(diagnosis, CONTRAST)["power"] == pytest.approx(by_formula, abs=0.05)


@pytest.mark.thorough
def test_spill_over_biases_against_the_whole_town_and_not_against_the_contrast(large: FinishedTrial) -> None:
    diagnosis, truth = diagnosis_table(large), effects_table(truth_table(large))
    values = truth[(truth["outcome"] == TRUST) & (truth["weighting"] == PLACES)].set_index("inquiry")["value"]
    assert values[SPILLOVER] == pytest.approx(0.2 * values[DIRECT], rel=0.1)
    assert values[CONTRAST] == pytest.approx(values[DIRECT] - values[SPILLOVER], abs=1e-9)
    assert rows_of(diagnosis, WHOLE)["bias"] == pytest.approx(-values[SPILLOVER], abs=0.1)
    assert rows_of(diagnosis, DIRECT)["bias"] == pytest.approx(-values[SPILLOVER], abs=0.1)


@pytest.mark.thorough
@pytest.mark.parametrize(("units", "treated", "most"), [(24, 12, 0.065), (9, 4, 0.055)])
def test_without_an_effect_one_in_twenty_surveys_finds_one(units: int, treated: int, most: float) -> None:
    trial = invented_trial(units, treated, odds=0.0, lotteries=20, surveys=100, persons=(10,))
    diagnosis = diagnosis_table(trial)
    for estimator in ESTIMATORS:
        row = rows_of(diagnosis, CONTRAST, estimator)
        assert 0.035 <= row["false_positives"] <= most or trial.is_exact
        assert row["false_positives"] <= most
        assert row["coverage"] >= 0.93
        assert (row["truth"], row["bias"]) == (0.0, 0.0)


@pytest.mark.thorough
def test_more_persons_and_more_units_find_smaller_effects() -> None:
    trial = invented_trial(24, 12, 0.3, lotteries=12, surveys=30, persons=(10, 40, 120), icc=0.01)
    rows = diagnosis_table(trial)
    few = diagnosis_table(invented_trial(10, 5, 0.3, lotteries=12, surveys=30, persons=(10,), icc=0.01))
    of_trust = rows[(rows["outcome"] == TRUST) & (rows["estimator"] == "ancova") & (rows["inquiry"] == CONTRAST)]
    assert list(of_trust["persons"]) == [10, 40, 120]
    assert of_trust["detectable"].is_monotonic_decreasing
    assert rows_of(few, CONTRAST)["detectable"] > of_trust["detectable"].iloc[0]
    largest = of_trust["detectable"].iloc[-1]
    assert needed_persons(of_trust, 1.2 * largest) < 120
    assert math.isinf(needed_persons(of_trust, 0.2 * largest))


@pytest.mark.thorough
def test_with_four_units_no_result_can_be_found() -> None:
    row = rows_of(diagnosis_table(invented_trial(4, 2, 3.0, lotteries=3, surveys=10)), CONTRAST)
    assert row["power"] == row["false_positives"] == 0.0
    assert math.isinf(row["detectable"])
    assert row["least_p"] == pytest.approx(1 / 3)
    assert row["coverage"] == 1.0


# Who is asked


def plan_of(**survey: object) -> SurveyPlan:
    frame = invented_frame(6, 120)
    return SurveyPlan(invented_design(**survey).survey, frame, SCALE, 7, invented_waves(frame, 7)[0])


def test_those_asked_live_in_the_unit_and_a_larger_survey_asks_them_too() -> None:
    plan, smaller = plan_of(persons=(20, 60)), plan_of(persons=(20,))
    asked = plan.asked(3, 1)
    assert (plan.frame.unit[asked] == np.arange(6)[:, None]).all()
    assert all(len(set(row)) == 60 for row in asked.tolist())
    assert (asked[:, :20] == smaller.asked(3, 1)).all()
    assert (asked != plan.asked(4, 1)).any()
    assert (asked != plan.asked(3, 2)).any()
    panel = plan_of(persons=(20, 60), panel=True)
    assert (panel.asked(3, 1) == panel.asked(3, 2)).all()


def test_who_answers_depends_on_the_stated_share_and_on_trust() -> None:
    for slope in (0.0, 1.0):
        plan = plan_of(persons=(120,), response=0.6, response_by_trust=slope)
        chances = plan.response_chances(plan.baseline.odds)
        assert chances.mean() == pytest.approx(0.6, abs=1e-6)
        above = plan.baseline.odds > np.median(plan.baseline.odds)
        assert (chances[above].mean() - chances[~above].mean() > 0.2) == (slope > 0.0)
        share = np.mean([plan.answering(plan.baseline, plan.asked(n, 0), n, 0).mean() for n in range(20)])
        assert share == pytest.approx(0.6, abs=0.03)


def test_places_share_what_the_correlation_says() -> None:
    plan = plan_of(icc=0.1, place_memory=0.5)
    effects = np.array([[plan.place_effects(n, wave) for wave in (0, 1)] for n in range(800)])
    person = plan.scale.person_sd(plan.baseline.odds)
    assert effects.var() / (effects.var() + person**2) == pytest.approx(0.1, abs=0.01)
    assert np.corrcoef(effects[:, 0].ravel(), effects[:, 1].ravel())[0, 1] == pytest.approx(0.5, abs=0.05)


def test_the_mean_answer_is_the_expected_one_and_its_spread_too() -> None:
    odds = np.random.default_rng(1).normal(-0.4, 1.0, 200_000)
    answers = SCALE.answers(odds, np.random.default_rng(2).random(len(odds)))
    assert answers.mean() == pytest.approx(SCALE.expected(odds).mean(), abs=0.3)
    assert answers.std() == pytest.approx(SCALE.person_sd(odds), abs=0.3)


def test_whoever_has_left_does_not_answer() -> None:
    plan = plan_of(persons=(120,), response=1.0)
    gone = WaveState(plan.frame.unit != 2, plan.baseline.odds, plan.baseline.other)
    means = survey_means(plan, [gone], 2)
    assert means.answers[120, 1] == 120 * 6 + 120 * 5
    assert np.isfinite(means.after[TRUST, 120, 1]).all()


# Worlds


@pytest.fixture(scope="module")
def small() -> Lottery:
    return Lottery(read_design(find_design("small_town")), 0)


@pytest.mark.thorough
def test_a_policy_without_effect_equals_its_twin_to_the_bit(tmp_path: Path) -> None:
    design = read_design(design_file(tmp_path, ('"reporting_support"', '"status_quo"')))
    result = run_lottery(Lottery(design, 1), lambda _: None)
    truth = result.tables["truth"].to_pandas()
    assert (truth["value"].dropna() == 0.0).all()
    estimates = result.tables["estimates"].to_pandas()
    columns = [name for name in estimates if name not in ("world", "p", "low", "high")]
    with_policy, twin = (estimates[estimates["world"] == world][columns] for world in (POLICY, SAME_ASSIGNMENT))
    pd.testing.assert_frame_equal(with_policy.reset_index(drop=True), twin.reset_index(drop=True), check_exact=True)
    records = result.tables["records"].to_pandas()
    assert set(records["world"]) == {POLICY, TWIN}
    assert (records["contrast"].dropna() == 0.0).all()


@pytest.mark.thorough
def test_a_fork_equals_a_run_of_its_own(small: Lottery) -> None:
    """A policy that begins after a baseline that all worlds share does what it does in a run without a fork."""
    trial, calendar = TrialTown.of(small), small.design.calendar
    start, end = simulated_start(small.spec, trial.town), tick_of(calendar.until)
    base = trial.world(trial.scenario, start)
    base.advance(tick_of(calendar.begins) - base.tick)
    frame = AdultFrame.of(base, trial.units.of_settlement)
    for arm in (NOBODY, PART):
        forked = followed_world(trial, arm, base.checkpoint(), frame, lambda _: None)
        alone = TrustModel.resumed(trial.scenario_of(arm), start, town=trial.town)
        alone.advance(end - alone.tick)
        expected = WaveState.of(alone, frame)
        assert (forked.waves[0].odds == expected.odds).all()
        assert (forked.waves[0].there == expected.there).all()


@pytest.mark.thorough
def test_months_of_crimes_are_counted_once(small: Lottery) -> None:
    trial = TrialTown.of(small)
    world = trial.world(trial.scenario, simulated_start(small.spec, trial.town), own=True)
    months = list(trial.simulate(world, tick_of(small.design.calendar.begins), lambda _: None))
    occurred = world.settlement_months()["occurred"].sum()
    counted = sum(float(one.counts["crimes"].sum()) for one in months)
    assert len(months) == 3
    assert counted == pytest.approx(occurred, abs=0.05 * occurred + 2.0)
    assert all((one.counts["recorded"] <= one.counts["crimes"]).all() for one in months)
    record = FollowedWorld(months=months)
    assert record.window(3, 2).counts["crimes"].sum() == sum(one.counts["crimes"].sum() for one in months[1:])


def test_assignments_are_drawn_by_key_and_treat_as_many() -> None:
    assignments = [random_assignment(1, number, 9, 4) for number in range(200)]
    assert {int(one.sum()) for one in assignments} == {4}
    assert np.mean(assignments, axis=0) == pytest.approx(4 / 9, abs=0.12)
    assert (assignments[5] == random_assignment(1, 5, 9, 4)).all()


@pytest.mark.thorough
def test_every_settlement_belongs_to_the_station_that_serves_it(tmp_path: Path) -> None:
    path = design_file(tmp_path, ('unit = "settlement"', 'unit = "station"'), ("= 0.1", "= 1.0"))
    design = read_design(path)
    town = town_for(Lottery(design, 0).spec)
    units = trial_units(design, town)
    assert units.n == 3
    assert (units.of_settlement == units.of_station).all()
    seats = town.facilities["settlement"]
    assert set(units.of_settlement[seats]) == {0, 1, 2}
    treated = np.array([True, False, False])
    assert len(settlement_names(units, town, treated)) == (units.of_settlement == 0).sum()


# What is refused


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([('"reporting_support"', '"mopsic_full"')], "no settlement confines"),
        ([('"reporting_support"', '"mine_policy.toml"')], "no settlement confines chief.order_prevent of"),
        ([('"settlement"', '"station"')], "0.5 of 1 units treats nothing, so that an arm is empty"),
        ([("2017-04-01", "2017-02-01")], "outside the run, which begins on 2017-01-01"),
        ([("2017-04-01", "2017-04-02")], "first day of a month"),
        ([("2017-04-01", "9999-12-01")], "begins must be a date from 1900 to 2200, got 9999-12-01"),
        ([("2017-04-01", "'tomorrow'")], "calendar.begins must be a date like 2017-01-01, got 'tomorrow'"),
        ([("begins = 2017-04-01", "")], "calendar.begins must be given"),
        ([("[survey]", "[survey]\nicc = 'x'")], "survey.icc must be a"),
        ([("[set]", "[set]\n'trust.harm' = 'x'")], "trust.harm"),
        ([("[6]", "[6, 3]")], "each larger than the one before"),
        ([("[6]", "[0]")], "calendar.follow_up must be greater than or equal to 1, got 0"),
        ([('"settlement"', '"settlement"\nshare = 1.0')], "treats everything, so that an arm is empty"),
        ([('"settlement"', '"settlement"\nshare = 0.01')], "treats nothing, so that an arm is empty"),
        ([("[10, 20]", "[10, 5000]")], "the adults of the smallest settlement, got 5000"),
        ([("[10, 20]", "[10, 20]\nresponse = 1.2")], "survey.response must be less than or equal to 1, got 1.2"),
        ([("[10, 20]", "[10, 20]\nresponse = -0.1")], "survey.response must be greater than 0, got -0.1"),
        ([("persons", "person")], "no key 'person' in [survey]; did you mean 'persons'?"),
        ([("policy =", "polcy =")], "no key 'polcy' in a trial; did you mean 'policy'?"),
        ([('"settlement"', '"canton"')], "unit knows settlement, station, got 'canton'"),
        ([('"reporting_support"', '"reporting_suport"')], "no policy or world 'reporting_suport'"),
        ([('"present_law"', '"present"')], "worlds.accounts knows no 'present'"),
    ],
)  # fmt: skip
def test_a_wrong_design_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: list[tuple[str, str]], told: str
) -> None:
    path = design_file(tmp_path, *changes)
    assert cli.run_program(["trial", str(path), "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    (line,) = [line for line in err.splitlines() if line.startswith("confianza: ")]
    assert (told in line, out) == (True, ""), line


def test_a_lever_that_no_unit_confines_is_named_with_the_stations(tmp_path: Path) -> None:
    path = design_file(tmp_path, ('"reporting_support"', '"mopsic_full"'))
    with pytest.raises(InputError, match=r"as_declared = true") as refused:
        checked_lotteries(read_design(path))
    assert "adoption." in str(refused.value)
    assert STATIONS[0] in str(refused.value)
    declared = design_file(tmp_path, ('"reporting_support"', '"mopsic_full"\nas_declared = true'))
    assert checked_lotteries(read_design(declared))


def test_where_levers_act_decides_which_units_confine_them() -> None:
    for unit in ("settlement", "station"):
        assert all(one.confined for one in acting_levers(read_policy("reporting_support").policy, unit))
        for one in acting_levers(read_policy("mopsic_full").policy, unit):
            assert one.confined == (one.acts_at == "settlement" or unit == one.acts_at)


def test_a_lever_of_the_seat_is_refused_for_stations_too(tmp_path: Path) -> None:
    path = design_file(tmp_path, ('"reporting_support"', '"mine_policy.toml"'), ('"settlement"', '"station"'))
    with pytest.raises(InputError, match=r"acts in the seat of the municipality \(Totonicapán\)"):
        checked_lotteries(read_design(path))
