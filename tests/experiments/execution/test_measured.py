"""A job computes the measures that are asked for and no others, with the same values."""

import dataclasses
import datetime

from experiments.execution.run_job import run_one
from experiments.execution.run_tables import simulate
from experiments.execution.shared_towns import town_for
from experiments.storage.result_tables import RUN_KEYS
from experiments.storage.run_spec import RunSpec
from model.simulation.registry import MEASURES

BASE = RunSpec(
    source="villa_canales",
    overrides=(("population.scale", "0.05"), ("calendar.warm_up", "0")),
    until=datetime.date(2017, 3, 1),
)
ASKED = ("trust_mean", "survey_lapop", "women_hurt", "plans_founded", "c1")


def test_measures_that_are_asked_for_have_the_values_that_they_have_among_all() -> None:
    few = run_one(dataclasses.replace(BASE, measures=ASKED), lambda _: None).tables["measures"]
    every = run_one(BASE, lambda _: None).tables["measures"]
    assert few.column_names == [*RUN_KEYS, *ASKED]
    assert few.select(ASKED).equals(every.select(ASKED))


def test_measures_that_are_not_asked_for_are_not_computed() -> None:
    ended = simulate(BASE, town_for(BASE), lambda _: None, measured=ASKED)
    table = ended.tables["measures"]
    computed = {name for name in MEASURES if table[name].null_count < len(table)}
    assert computed <= {*ASKED, "ceiling_hits"}
    assert {"trust_mean", "survey_lapop", "women_hurt", "ceiling_hits"} <= computed
    assert ended.ceiling_hits == sum(table["ceiling_hits"].to_pylist())
