"""Tables grow as needed, and a process that feeds itself ends in one line instead of filling the memory."""

import pytest

from model.engine.errors import InputError
from model.simulation.model import TrustModel
from model.world.steps import LEAST_RESIDENTS, MAX_ROWS_PER_RESIDENT, reserve_rows, row_capacity
from scenarios import load


def test_a_table_grows_up_to_what_residents_can_cause() -> None:
    world = TrustModel(load("totonicapan", set={"population.scale": 0.05, "calendar.warm_up": 0}), rng=1)
    most = MAX_ROWS_PER_RESIDENT * max(world.town.n_people, LEAST_RESIDENTS)
    reserve_rows(world, "repeats", most)
    assert row_capacity(world, "repeats") >= most
    with pytest.raises(InputError, match=r"events beget more events than they follow; lower near_repeat\.kappa"):
        reserve_rows(world, "repeats", most + 1)


def test_crimes_that_beget_more_crimes_than_they_follow_end_the_run() -> None:
    alike = dict.fromkeys((f"near_repeat.{kind}" for kind in ("robbery", "theft", "vehicles", "burglary")), 1.9)
    rare = {f"certainty.usual_{kind}": 0.9 for kind in ("street", "vehicles", "burglary")}  # so that arrests seem few
    strong = {f"certainty.{kind}": 1.0 for kind in ("street", "vehicles", "burglary")}
    explosive = {"population.scale": 0.05, "calendar.warm_up": 0, "near_repeat.kappa": 0.5, "near_repeat.days": 3.0}
    world = TrustModel(load("villa_canales", set=explosive | alike | rare | strong), rng=1)
    with pytest.raises(InputError, match="a shift may add"):
        world.advance(3 * 365)
