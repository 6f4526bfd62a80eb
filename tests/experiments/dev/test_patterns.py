"""Patterns of the evidence: each is tested or has a reason, and a world in which all is alike fails them."""

import csv
import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from experiments.dev.examinations import scorecard
from experiments.dev.examinations.pattern_runs import (
    COMPARED_GROUPS,
    history_jobs,
    history_scenario,
    run_pattern,
    twin_jobs,
)
from experiments.dev.examinations.patterns import (
    ENTRIES,
    HISTORY,
    NOT_TESTED,
    UNCHANGED,
    PatternScore,
    in_window,
    pattern_scores,
    patterns,
)
from experiments.dev.examinations.scorecard import (
    effect_lines,
    has_failed_effect,
    measured_effects,
    not_scored_lines,
    pattern_lines,
)
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import RunGroup
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import ExperimentSize
from experiments.validation.targets import not_measured
from model.engine.fingerprint import fingerprint
from model.simulation.registry import CAUSES, MEASURES
from scenarios import load
from scenarios.timeline import MOOD_PARAMETER

ROWS_OF_EVIDENCE = 84
"""Rows of kind pattern in the table of evidence."""
OWN_COLUMNS = {
    *(f"trust.{name}" for name in COMPARED_GROUPS), *(f"trust.not_{name}" for name in COMPARED_GROUPS),
    *(f"ledger.{cause}" for cause in CAUSES),
    "months_without.homicides", "shifts", "visits.outside_the_centre",
}  # fmt: skip


def months(**columns):
    """Return eleven years of months in which all columns are 1 but those given."""
    when = pd.date_range("2009-01-01", "2019-12-01", freq="MS")
    own = dict.fromkeys((*MEASURES, *sorted(OWN_COLUMNS)), 1.0) | columns
    return pd.DataFrame({"month": when, **{name: np.full(len(when), value) for name, value in own.items()}})


def runs_of(**by_world):
    """Return two runs of every world at both sites; worlds may have columns of their own."""
    worlds = (UNCHANGED, HISTORY, *ENTRIES["worlds"])
    return {
        (site, world, seed): months(**by_world.get(world.replace(" ", "_"), {}))
        for site in SITES for world in worlds for seed in (1, 2)
    }  # fmt: skip


def pattern(**entries):
    """Return a pattern on the usual world of Villa Canales."""
    (first,) = [one for one in patterns() if (one.id, one.site) == ("D10", "villa_canales")]
    return dataclasses.replace(first, **entries)


def test_every_row_of_the_evidence_is_tested_or_has_a_reason():
    tested = {row["id"] for row in (*ENTRIES["pattern"], *ENTRIES["criterion"])}
    assert not tested & set(NOT_TESTED)
    assert len(tested) + len(NOT_TESTED) == ROWS_OF_EVIDENCE
    assert all(NOT_TESTED.values())
    assert all(not_measured().values())


def test_patterns_name_columns_and_worlds_that_there_are():
    known = {*MEASURES, *OWN_COLUMNS}
    for one in patterns():
        sides = [one.value, *([one.against["value"]] if "value" in one.against else [])]
        assert {name for side in sides for name in side.columns} | set(one.above) <= known, one.id
        for world in {one.world, one.against.get("world", UNCHANGED)} - {UNCHANGED, HISTORY}:
            assert one.site in ENTRIES["worlds"][world].get("sites", SITES), one.id
        assert one.low < one.high
        assert 0.0 < one.chance < 1.0


def test_a_world_in_which_all_is_alike_fails_and_so_does_a_trivial_forecast():
    rows = list(pattern_scores(runs_of()))
    contrasts = {one.says for one in patterns() if one.against and one.id != "D13"}
    assert not [row.id for row in rows if row.says in contrasts and not row.failed]
    assert not [row.id for row in rows if row.says in contrasts and not row.trivial_failed]


def test_a_pattern_holds_in_the_share_of_runs_in_which_its_number_lies_between_the_limits():
    runs = runs_of()
    runs["villa_canales", UNCHANGED, 1] = months(plans_founded=0.1)
    (row,) = (one for one in pattern_scores(runs) if (one.id, one.site) == ("D10", "villa_canales"))
    assert (row.holding, row.model) == (0.5, pytest.approx(0.55))
    assert row.failed
    assert row.chance == pytest.approx(0.2)
    assert row.skill == pytest.approx(1.0 - 0.25 / 0.64)


def test_sides_differ_in_site_world_window_or_value():
    runs = runs_of(mopsic_full={"plans_founded": 3.0})
    runs["totonicapan", UNCHANGED, 1] = months(plans_founded=4.0)
    assert pattern(against={"site": "totonicapan"}).numbers(runs).tolist() == [-3.0, 0.0]
    assert pattern(against={"site": "totonicapan"}, by="ratio", pooled=True).numbers(runs) == pytest.approx([0.4])
    arm = pattern(world="mopsic_full", against={"world": UNCHANGED})
    assert arm.numbers(runs).tolist() == [2.0, 2.0]
    assert dataclasses.replace(arm, beyond="totonicapan").numbers(runs).tolist() == [3.0, 0.0]
    rising = months()
    rising.loc[rising["month"].dt.year == 2018, "plans_founded"] = 1.5
    runs["villa_canales", HISTORY, 1] = rising
    assert pattern(world=HISTORY, window="2018", against={"window": "2009"}).numbers(runs).tolist() == [0.5, 0.0]


def test_what_has_no_number_does_not_hold_and_nothing_beside_nothing_is_no_ratio():
    empty = runs_of(as_it_is={"plans_founded": 0.0})
    numbers = pattern(against={"site": "totonicapan"}, by="ratio", high=math.inf).numbers(empty)
    assert np.isnan(numbers).all()
    assert not any(map(pattern().holds, numbers))


def test_the_window_of_the_fieldwork_is_that_of_the_paper():
    found = in_window(months(), "fieldwork")["month"]
    assert (str(found.min().date()), str(found.max().date()), len(found)) == ("2017-02-01", "2018-05-01", 16)


def test_history_is_not_given_the_surveys_and_lets_an_event_last():
    scenario = load("villa_canales", start="2009-01-01")
    found = history_scenario(scenario, "before the community model")
    assert not any(entry.parameter == MOOD_PARAMETER for event in found.timeline for entry in event.entries)
    (lasting,) = (event for event in found.timeline if event.name == "before the community model")
    assert lasting.until is not None
    assert lasting.until.year > 2019
    assert all(one["history"] in {event.name for event in scenario.timeline}
               for one in ENTRIES["worlds"].values() if "history" in one)  # fmt: skip


def test_a_tiny_town_has_every_column_of_its_own():
    sets = ["population.scale=0.05", "calendar.warm_up=0"]
    specs = [plan_runs("totonicapan", policies=words, sets=sets, years=0.2)[0] for words in ([], ["mopsic_full"])]
    found = run_pattern(RunGroup(tuple(specs), (UNCHANGED, "mopsic_full")), lambda _: None)
    table = found[UNCHANGED]
    assert {f"trust.{name}" for name in COMPARED_GROUPS} <= set(table)
    assert table["shifts"].tolist() == [93.0, 84.0]
    assert (table["visits.outside_the_centre"] >= 0.0).all()
    everybody = table["trust.free_contact"].where(table["trust.free_contact"].notna(), table["trust.not_free_contact"])
    assert table["trust_mean"].between(np.minimum(everybody, table["trust.not_free_contact"]) - 1e-9, 1.0).all()
    assert not found["mopsic_full"]["trust_mean"].equals(table["trust_mean"])
    spec = plan_runs("totonicapan", sets=sets, start="2009-01-01", until="2009-03-01")[0]
    old = run_pattern(RunGroup((spec,), (HISTORY,)), lambda _: None)
    assert [when.year for when in old[HISTORY]["month"]] == [2009, 2009]


def test_every_world_of_a_pattern_can_be_run_at_its_sites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # policies of a pattern alone are written as files
    size = ExperimentSize(seeds=2, scale=0.05)
    for site in SITES:
        jobs = [*twin_jobs(site, size, 3.0), *history_jobs(site, size)]
        there = {name for job in jobs for name in job.label}
        assert {one.world for one in patterns() if one.site == site} <= there
        assert len({job.key for job in jobs}) == len(jobs) == 4
        assert {len({spec.seed for spec in job.specs}) for job in jobs} == {1}


def test_the_text_fits_80_columns_and_says_what_failed():
    rows = [PatternScore(id="G03", site="villa_canales", role="held out", says="word " * 30, holding=0.5, chance=0.5)]
    text = [*pattern_lines(rows), *not_scored_lines("no effects.csv here")]
    assert max(map(len, text)) <= 80
    assert any(line.endswith("FAILED") for line in text)
    assert all(any(line.strip().startswith(f"{name}: ") for line in text) for name in NOT_TESTED)


def test_effects_count_only_if_they_are_of_this_code(tmp_path):
    row = dict.fromkeys(("en", "source", "trivial_fails", "prior"), "x") | {
        "variant": "central", "published_low": "1", "published_high": "2", "status": "found", "value": "9.5",
        "verdict": "outside", "code": fingerprint(),
    }  # fmt: skip
    assert measured_effects(tmp_path)[1]
    for code, n in ((fingerprint(), 1), ("another", 0)):
        with (tmp_path / scorecard.EFFECTS).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row | {"code": code})
        found, why = measured_effects(tmp_path)
        assert (len(found), bool(why)) == (n, not n)
    assert has_failed_effect(row)
    assert not has_failed_effect(row | {"prior": "True"})
    text = list(effect_lines([row]))
    assert max(map(len, text)) <= 80
    assert any("FAILED" in line for line in text)
