"""Scorecard and hindcast: a perfect model passes, a trivial one fails, a series that was given is an echo."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.dev.examinations.hindcast import (
    SERIES,
    VARIANTS,
    observations,
    scores,
    site_rows,
    without_events,
)
from experiments.dev.examinations.scorecard import SITES, csv_of, score_lines, score_target, trivial_forecasts
from experiments.execution.runs import RunGroup
from experiments.statistics.forecast_scores import crps
from experiments.validation.orders import orders
from experiments.validation.targets import ROLES, measured_targets
from scenarios import load
from scenarios.timeline import MOOD_PARAMETER


def test_every_target_is_a_row_of_orders_with_a_role():
    names = {order.name.strip() for order in orders()}
    found = measured_targets(SITES)
    assert {one.order.name.strip() for one in found} <= names
    assert {one.role for one in found} == set(ROLES)
    assert all(one.target.observation > 0.0 and one.target.discrepancy > 0.0 for one in found)


@pytest.mark.parametrize("site", SITES)
def test_a_perfect_model_passes_and_a_trivial_one_fails(site):
    targets = measured_targets((site,))
    trivial = trivial_forecasts(site)
    perfect = [
        score_target(one, np.full(3, one.band[1]), trivial.get(one.order.name.strip(), np.nan)) for one in targets
    ]
    assert not any(row.failed for row in perfect)
    as_trivial = [score_target(one, np.full(3, trivial[one.order.name.strip()]), 0.0) for one in targets
                  if one.order.name.strip() in trivial]  # fmt: skip
    assert sum(row.failed for row in as_trivial) >= len(as_trivial) / 4
    assert all(row.trivial_failed == scored_again.failed for row, scored_again in zip(
        (row for row in perfect if row.name in trivial), as_trivial, strict=True))  # fmt: skip


def test_a_model_without_numbers_fails():
    assert score_target(measured_targets(SITES)[0], np.zeros(0), 1.0).failed


def test_the_scorecard_fits_80_columns_and_says_what_failed():
    target = measured_targets(SITES)[0]
    rows = [score_target(target, np.array([10.0 * target.band[2]] * 2), 1.0)]
    text = list(score_lines(rows))
    assert max(map(len, text)) <= 80
    assert any("FAILED" in line for line in text)
    assert csv_of(rows).count(b"\n") == 2


def test_crps_is_the_mean_over_draws():
    rng = np.random.default_rng(1)
    one, other = 2.0 + 3.0 * rng.normal(size=(2, 200_000))
    assert crps(2.0, 9.0, 5.0) == pytest.approx(np.abs(one - 5.0).mean() - 0.5 * np.abs(one - other).mean(), abs=0.02)


def test_without_the_mood_nothing_else_of_the_timeline_changes():
    scenario = load("villa_canales", start="2009-01-01")
    found = without_events(scenario, (MOOD_PARAMETER,))
    gone = {event.name for event in scenario.timeline} - {event.name for event in found.timeline}
    assert gone
    assert all("mood" in name for name in gone)
    assert without_events(scenario, ("*",)).timeline == ()
    assert without_events(scenario, ()).timeline == scenario.timeline


def test_a_forecast_that_follows_the_truth_beats_both_trivial_ones_and_a_flat_one_does_not():
    truth = observations()["trust"]
    years = range(2009, 2020)
    perfect = {year: truth.get(year, 20.0) + 7.0 for year in years}
    assert scores(perfect, truth, False)["rmse"] == pytest.approx(0.0)
    assert not scores(perfect, truth, False)["failed"]
    assert scores(dict.fromkeys(years, 30.0), truth, False)["failed"]
    rates = observations()["homicides"]
    assert scores({year: 3.0 * rates.get(year, 30.0) for year in years}, rates, True)["rmse"] == pytest.approx(0.0)


def test_a_series_that_was_given_is_an_echo():
    @dataclasses.dataclass
    class Named:
        scenario: object

    site = load("villa_canales")
    table = pd.DataFrame({measure: 20.0 for measure, _ in SERIES.values()}, index=range(2009, 2020))
    lived = [(RunGroup((Named(site),), variant), table) for variant in VARIANTS]
    labels = {
        (row["series"], row["variant"]): row["label"] for row in site_rows("villa_canales", lived, observations())
    }
    assert labels["trust", "all inputs"] == labels["trust", "without the trend of homicides"] == "echo"
    assert labels["trust", "without the mood of the nation"] == labels["trust", "without any input"] == "held out"
    assert labels["homicides", "without the mood of the nation"] == "echo"
