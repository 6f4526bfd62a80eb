"""The gate of the status quo: changes and verdicts have known answers, and its town neither grows nor ages."""

import numpy as np
import pandas as pd
import pytest

from experiments.comparison.over_draws import rival_accounts
from experiments.dev.examinations.command import ValidationRequest, run_examinations
from experiments.dev.examinations.still import (
    DRAWS,
    OFF,
    QUANTITIES,
    change_between,
    row_of,
    run_without_ageing,
    specs_of_worlds,
)
from experiments.execution.run_requests import plan_runs
from experiments.validation.experiment_runs import ExperimentSize
from model.engine.calendar import tick_of
from model.simulation.registry import MEASURES
from model.town.town import build_town

BY_NAME = {one.name: one for one in QUANTITIES}


def runs_with(name: str, *years: list[float]) -> list[pd.DataFrame]:
    return [pd.DataFrame({name: values}) for values in years]


def test_every_quantity_is_made_of_measures() -> None:
    assert {column for one in QUANTITIES for column in one.expression.columns} <= set(MEASURES)


def test_a_change_is_a_share_of_the_first_year_but_points_of_a_criterion() -> None:
    first, last = np.array([0.40, 0.50]), np.array([0.43, 0.51])
    assert change_between(BY_NAME["c2"], first, last) == pytest.approx((0.02, 0.01))
    assert change_between(BY_NAME["trust"], first, last) == pytest.approx((0.02 / 0.45, 0.01 / 0.45))
    assert change_between(BY_NAME["held"], np.zeros(2), np.zeros(2)) == (0.0, 0.0)
    assert change_between(BY_NAME["held"], np.zeros(2), np.ones(2))[0] == np.inf


@pytest.mark.parametrize(
    ("tenth", "spread", "stands", "enough"),
    [(104.0, 0.1, True, True), (108.0, 0.1, False, True), (104.0, 9.0, True, False)],
)
def test_a_quantity_stands_within_its_limit_and_says_if_runs_are_too_few(tenth, spread, stands, enough) -> None:
    made = runs_with("held", *([100.0, 101.0, tenth + side * spread] for side in (-1.0, 1.0)))
    row = row_of("villa_canales", BY_NAME["held"], made, (1, 2, 3))
    assert (row["stands"], row["enough_runs"]) == (stands, enough)
    assert row["change_2_3"] == pytest.approx((tenth - 101.0) / 101.0)


@pytest.mark.thorough
def test_nobody_is_born_dies_moves_or_ages_in_its_town() -> None:
    (spec,) = plan_runs("villa_canales", sets=[*OFF, "population.scale=0.05", "calendar.warm_up=0"], years=1)
    world = run_without_ageing(spec.scenario, 1, 1, lambda _: None)
    history = world.datacollector.model_vars
    assert sum(sum(history[name]) for name in ("births", "newcomers", "natural_deaths", "departures")) == 0.0
    born, days = build_town(spec.scenario).people["born"], (world.tick - tick_of(spec.scenario.start)) // 3
    assert days > 365
    assert set(world.town.people["born"] - born) == {days}


@pytest.mark.thorough
def test_the_table_fits_the_terminal_and_a_town_that_moves_fails(tmp_path) -> None:
    assert not run_examinations(ValidationRequest(names=("still",), quick=True, out=tmp_path))
    text = (tmp_path / "still.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80
    assert list(pd.read_csv(tmp_path / "still.csv")["measure"].unique()) == list(BY_NAME)


@pytest.mark.thorough
def test_other_worlds_are_draws_and_accounts_without_what_changes_for_a_reason() -> None:
    size = ExperimentSize(seeds=2, scale=0.05)
    worlds = list(specs_of_worlds("totonicapan", size, 1))
    names = [name for name, _ in worlds]
    assert names.count(DRAWS) == size.seeds
    assert set(names) == {DRAWS, *rival_accounts()}
    for name, spec in worlds:
        assert spec.scenario["population_change"].mortality == 0.0, name
        assert "political_calendar" in spec.scenario.off, name
