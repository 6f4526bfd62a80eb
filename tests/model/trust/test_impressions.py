"""Impressions that couples leave: they add up, draw no random number, tell no place or person, go on after a stop."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.execution.run_tables import impressions_table
from experiments.storage.run_spec import RunSpec
from model.police.contacts import BRIBE, GREETING, LONG_VISIT, RUDE, STOP, TALK
from model.reporting.response import ANSWERED_CALL
from model.simulation.model import TrustModel
from model.town.territory import FAR_MINUTES
from model.trust.couple_impressions import KEY_COLUMNS, TOWN_PARTS
from model.trust.events import ABUSE
from scenarios import load

Live = Callable[..., TrustModel]
QUARTER = 3 * 80
"""Shifts, which end within March."""
CONTACTS = (GREETING, TALK, LONG_VISIT, STOP, RUDE, ABUSE, BRIBE)
BY_COUPLES_ALONE = (GREETING, TALK, LONG_VISIT, STOP, ABUSE, BRIBE, ANSWERED_CALL)
"""Causes that nobody but a couple brings about; chiefs are rude, too."""


def kept(town: TrustModel, shifts: int, rng: int = 7, policies: tuple[str, ...] = ()) -> TrustModel:
    scenario = load("villa_canales", set={"population.scale": 0.05, "calendar.warm_up": 0}, policies=policies)
    world = TrustModel(scenario, rng=rng, town=town.town, keep=["impressions"])
    world.run_for(shifts)
    return world


@pytest.fixture(scope="module")
def plain(live: Live) -> TrustModel:
    return live(QUARTER)


@pytest.fixture(scope="module")
def world(plain: TrustModel) -> TrustModel:
    return kept(plain, QUARTER)


def by_month(world: TrustModel, name: str, chosen: np.ndarray) -> list[float]:
    rows = world.impressions()
    return [float(rows[name][chosen & (rows["month"] == month)].sum()) for month in np.unique(rows["month"])]


def test_impressions_add_up_to_contacts_by_kind_and_treatment(world: TrustModel) -> None:
    rows, told = world.impressions(), world.datacollector.model_vars
    contacts = np.isin(rows["cause"], CONTACTS)
    assert by_month(world, "impressions", contacts) == told["contacts"]
    assert by_month(world, "impressions", contacts & (rows["tone"] == 0)) == told["unfair"]
    assert by_month(world, "impressions", rows["cause"] == BRIBE) == told["bribes"]
    assert min(told["contacts"]) > 0
    assert sum(told["unfair"]) > 0


def test_the_change_by_them_is_that_of_the_ledger(world: TrustModel) -> None:
    accounts = world.ledger_months()
    for cause in BY_COUPLES_ALONE:
        booked = [
            accounts["change"][(accounts["month"] == month) & (accounts["cause"] == cause)].sum()
            for month in np.unique(accounts["month"])
        ]
        assert by_month(world, "change", world.impressions()["cause"] == cause) == pytest.approx(booked, abs=1e-9)


def test_to_keep_them_changes_nothing_and_nobody_keeps_them_unasked(plain: TrustModel, world: TrustModel) -> None:
    np.testing.assert_equal(world.datacollector.model_vars, plain.datacollector.model_vars)
    assert world.state.minds.tobytes() == plain.state.minds.tobytes()
    assert plain.kept == {}
    assert len(plain.impressions()) == 0


def test_a_row_is_told_once_a_month_and_a_month_only_when_it_is_whole(world: TrustModel, plain: TrustModel) -> None:
    rows = world.impressions()
    assert len(np.unique(rows[list(KEY_COLUMNS)])) == len(rows)
    assert len(np.unique(rows["month"])) == len(world.datacollector.model_vars["month"]) == 2
    assert len(world.kept["impressions"]) == 3
    assert world.date < datetime.date(2017, 4, 1)


def test_the_part_of_a_town_is_where_the_couple_was(live: Live) -> None:
    world = live(60, trace=True)
    world.keep = frozenset({"impressions"})
    world.kept["impressions"] = []
    cells, seen = world.town.cells, [0, 0, 0]
    while world.date.month == 1:
        world.step()
    for _ in range(30):
        world.step()
        for cell in world.trace["signed"]["cell"]:
            place = cells[cell]
            seen[0 if place["core"] else 2 if place["minutes"] > FAR_MINUTES else 1] += 1
    (rows,) = world.kept["impressions"]
    assert np.bincount(rows["part"], minlength=3).tolist() == seen
    assert seen[0] > 0 < seen[1]
    assert len(TOWN_PARTS) == 3


def test_a_world_that_was_saved_within_a_month_goes_on_with_them(world: TrustModel, tmp_path: Path) -> None:
    half = kept(world, QUARTER // 2)
    half.save(tmp_path)
    restored = TrustModel.restore(tmp_path, half.settings, town=half.town, keep=["impressions"])
    unasked = TrustModel.restore(tmp_path, half.settings, town=half.town)
    restored.run_for(QUARTER - QUARTER // 2)
    assert restored.impressions().tobytes() == world.impressions().tobytes()
    assert unasked.kept == {}


def test_who_asks_for_them_within_a_month_is_told_from_the_next_one_on(live: Live, tmp_path: Path) -> None:
    late = live(30)
    late.save(tmp_path)
    asked = TrustModel.restore(tmp_path, late.settings, town=late.town, keep=["impressions"])
    asked.run_for(QUARTER - 30)
    assert np.unique(asked.impressions()["month"]).tolist() == [2017 * 12 + 1]


def test_twins_know_a_couple_by_the_same_number_and_other_seeds_by_another(world: TrustModel) -> None:
    twin, other = kept(world, 93, policies=("mopsic_full",)), kept(world, 93, rng=8)
    numbers = [set(impressions_table(one)["couple"].to_pylist()) for one in (world, twin, other)]
    assert len(numbers[0] & numbers[1]) > len(numbers[1]) / 2
    assert numbers[0] & numbers[2] == set()
    assert not numbers[0] & set(range(len(world.state.couples)))


def test_the_order_of_rows_tells_no_station(world: TrustModel) -> None:
    table = impressions_table(world)
    months = [month for month in table["month"].to_pylist() if month == table["month"][0].as_py()]
    couples = table["couple"].to_pylist()[: len(months)]
    assert couples == sorted(couples)
    assert len(set(couples)) > 1


def test_a_run_that_keeps_them_is_another_one_than_one_that_does_not() -> None:
    text = "confianza run baseline --until 2018-01-01"
    assert RunSpec.read(f"{text} --keep impressions").run != RunSpec.read(text).run
