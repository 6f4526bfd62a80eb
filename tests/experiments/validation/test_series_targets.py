"""A series of one's own as targets: numbers, errors, runs of its months, and what is refused."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from experiments.execution.executor import JobResults
from experiments.execution.runs import GroupResults
from experiments.validation import calibrate_command
from experiments.validation.against import read_series
from experiments.validation.calibrate_command import CalibrationRequest, Simulations
from experiments.validation.targets import OwnSeries
from model.engine.errors import InputError

EMPTY: Any = SimpleNamespace(
    tables={"measures": pa.table({"month": pd.date_range("2017-01-01", periods=12, freq="MS")})}
)


def series(tmp_path, *rows, head="month,homicides,trust_mean"):
    path = tmp_path / "own.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_series(path)


@pytest.fixture
def own(tmp_path):
    return OwnSeries(series(tmp_path, "2015-02,4,0.4", "2015-03,6,0.5", "2015-05,8,"), "totonicapan", 0.2)


def request_for(own, tmp_path, scale=1.0):
    return CalibrationRequest(24, 1, 3, 1.0, 5, scale, 1, tmp_path, own_series=own)


def test_a_target_is_the_mean_of_its_months_with_its_error_and_the_discrepancy(own):
    homicides, trust = (one.target for one in own.targets())
    assert homicides.value == pytest.approx(6.0)
    assert homicides.observation == pytest.approx(4.0 / 3.0)
    assert homicides.discrepancy == pytest.approx(1.2**2)
    assert trust.value == pytest.approx(0.45)


def test_a_run_is_read_in_the_months_of_the_series_alone(own):
    when = pd.date_range("2015-02-01", "2015-05-01", freq="MS")
    months = pd.DataFrame({"month": when, "homicides": [1.0, 2.0, 100.0, 6.0], "trust_mean": [0.2, 0.4, 0.9, 0.9]})
    homicides, trust = own.targets()
    assert homicides.of(months) == pytest.approx(3.0)
    assert trust.of(months) == pytest.approx(0.3)


def test_runs_of_a_series_span_its_months_and_others_stay_as_they_are(own, tmp_path):
    runs = Simulations(request_for(own, tmp_path), [])
    spec = runs.spec(own.place, {"trust.harm": 0.3}, 7, "")
    assert (spec.source, str(spec.begins), str(spec.until), spec.seed) == ("totonicapan", "2015-02-01", "2015-06-01", 7)
    assert str(runs.spec("villa_canales", {}, 7, "").until) == "2018-01-01"


@pytest.mark.parametrize("policy", ["", "mopsic_full"])
def test_all_runs_of_a_calibration_are_one_progress(tmp_path, monkeypatch, policy):
    request = CalibrationRequest(24, 3, 3, 1.0, 5, 0.05, 1, tmp_path, policy)
    runs, used = Simulations(request, []), []

    def none_run(groups, _, label, __):
        used.append((label, len(groups)))
        return JobResults([(group, GroupResults(group, [EMPTY])) for group in groups])

    monkeypatch.setattr(calibrate_command, "run_missing_groups", none_run)
    names = ("", policy) if policy else ()
    for points, policies in ((3, ("", *names)), (24, ("", "", "", "", *names))):
        for one in policies:
            runs.results([{}] * points, 1, one)
    assert {label for label, _ in used} == {runs.progress}
    assert sum(n for _, n in used) == runs.progress.runs
    assert runs.progress.total == runs.progress.runs * runs.spec("villa_canales", {}, 1, "").shifts
    runs.leave_out(2)
    assert runs.progress.runs == sum(n for _, n in used) - 2 * 24 * len(request.places)


def test_its_columns_come_after_the_targets_of_both_municipalities(own, tmp_path):
    request, without = request_for(own, tmp_path), request_for(None, tmp_path)
    assert request.places == (*without.places, own.place)
    assert [one.name for one in request.targets[len(without.targets) :]] == [one.name for one in own.targets()]


@pytest.mark.parametrize(
    ("rows", "discrepancy", "message"),
    [
        (("2015-02,4,0.4",), 0.1, "homicides must have at least 2 months"),
        (("2015-02,0,0.4", "2015-03,0,0.5"), 0.1, "homicides is 0 in every month"),
        (("2015-02,4,0.4", "2015-03,6,0.5"), 0.0, "--discrepancy must lie above 0"),
        (("1800-02,4,0.4", "2015-03,6,0.5"), 0.1, "at most 100 years"),
    ],
)
def test_what_says_too_little_is_refused(tmp_path, rows, discrepancy, message):
    with pytest.raises(InputError, match=message):
        OwnSeries(series(tmp_path, *rows), "totonicapan", discrepancy)


def test_a_smaller_town_has_no_series(own, tmp_path):
    with pytest.raises(InputError, match="exclude each other"):
        request_for(own, tmp_path, scale=0.5)
