"""M13: who is held, what waits at the prosecutor, and whom victims blame."""

from collections.abc import Callable, Iterator

import pytest

from model.model import TrustModel
from model.register import CAUSES

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
HELD, RELEASE, DROPPED = (CAUSES.index(name) for name in ("held", "release", "dropped"))
MONTH = 93
BUSY = {"crime.armed": 50, "crime.thieves": 50, "reporting.follow": 3.0, "justice.charge": 0.3} | {
    "reporting.intercept": 0.0,
    "response.decline": -40.0,
    "response.catch": 1.0,
    "response.trail": 600.0,
    "response.goods": 0.3,
}


def total(world: TrustModel, name: str) -> float:
    """Sum of a measure over all months."""
    return float(world.datacollector.get_model_vars_dataframe()[name].sum())


def booked(world: TrustModel, *causes: int) -> float:
    """Change of trust by some causes over all months."""
    rows = world.ledger_months()
    return float(sum(rows["change"][rows["cause"] == cause].sum() for cause in causes))


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(3 * MONTH, **BUSY)


def test_switched_off_every_complaint_is_taken_at_once_and_nobody_is_blamed(live: Live, usual: TrustModel) -> None:
    off = live(3 * MONTH, **BUSY, **{"mechanisms.justice": False})
    assert total(off, "queue") == booked(off, RELEASE, DROPPED) == 0.0
    assert total(usual, "queue") > 0.0 > booked(usual, RELEASE, DROPPED)
    assert total(off, "arrests") > 0 < total(off, "charged")


def test_nobody_is_held_who_was_not_arrested_with_goods_or_accused_in_time(watch: Watch) -> None:
    n_held = n_released = 0
    for world in watch(3 * 90, **BUSY):
        arrests, crimes = world.trace["arrests"], world.trace["incidents"]
        for arrest in arrests:
            accused = False
            if arrest["incident"] >= 0:
                crime = crimes[arrest["incident"]]
                assert crime["arrested"] == 1
                accused = crime["complaint"] == 1 and crime["in_time"] == 1
            assert arrest["held"] == (arrest["goods"] == 1 or accused)
        assert sum(crimes["arrested"]) == sum(arrests["incident"] >= 0)
        n_held += int(arrests["held"].sum())
        n_released += int((arrests["held"] == 0).sum())
    assert (total(world, "held"), total(world, "released")) == (n_held, n_released)
    assert n_held > 0 < n_released


def test_every_complaint_waits_or_is_charged_or_dropped(usual: TrustModel) -> None:
    done = total(usual, "charged") + total(usual, "dropped")
    assert total(usual, "complaints_filed") == usual.rows["queue"] + done
    assert total(usual, "charged") > 0 < total(usual, "dropped")
    assert total(usual, "arrests") == total(usual, "held") + total(usual, "released")


def test_the_first_month_leaves_what_is_beyond_the_investigators(live: Live) -> None:
    queues = []
    for investigators in (0.0, 5.0, 20.0, 1e6):
        found = live(MONTH, **BUSY, **{"justice.investigators": investigators, "justice.cases": 12.0}).rows
        assert found["queue"] == max(0.0, found["complaints_filed"] - int(investigators * 12.0 * 0.05))
        queues.append(found["queue"])
    assert queues[0] > queues[1] > queues[2] > queues[3] == 0.0


def test_more_investigators_never_lengthen_the_queue(live: Live, usual: TrustModel) -> None:
    many = live(3 * MONTH, **BUSY, **{"justice.investigators": 80.0})
    columns = [one.datacollector.get_model_vars_dataframe()["queue"] for one in (many, usual)]
    assert (columns[0] <= columns[1]).all()


def test_without_investigators_nobody_is_charged_and_complaints_are_dropped_of_age(live: Live) -> None:
    world = live(3 * 90, **BUSY, **{"justice.investigators": 0.0, "justice.months": 1})
    assert total(world, "charged") == 0.0 < total(world, "dropped")
    assert (world.tick - 1 - world.state.complaints.filled()["filed"] <= 91).all()


def test_who_blames_nobody_learns_from_those_held_only(live: Live) -> None:
    world = live(3 * MONTH, **BUSY, **{"justice.blame": 0.0})
    assert booked(world, RELEASE, DROPPED) == 0.0 < booked(world, HELD)
