"""M30: slots that somebody fills, who cannot act while held."""

from collections.abc import Callable

import numpy as np
import pytest

from model.crime.offenders import OFFENDER_SLOTS, SLOT_GROUPS
from model.simulation.model import TrustModel
from model.town.crime_kinds import ASSAULT

Live, Watch = Callable[..., TrustModel], Callable[..., object]
MONTH = 93
BUSY = {"crime.armed": 30.0, "crime.thieves": 30.0}


def slots(world: TrustModel) -> np.ndarray:
    """The slots."""
    return world.state[OFFENDER_SLOTS].used_rows()


def total(world: TrustModel, name: str) -> float:
    """Sum of a measure over all months."""
    return float(world.datacollector.get_model_vars_dataframe()[name].sum())


def test_the_most_active_tenth_does_what_the_spread_says(live: Live) -> None:
    rates = np.sort(slots(live(0, **{"offenders.street": 5.0}))["rate"])
    tenth = rates[-len(rates) // 10 :].sum() / rates.sum()
    assert 0.35 < tenth < 0.55


def test_slots_scale_with_the_pools_and_with_their_ratio(live: Live) -> None:
    few, usual, many = (len(slots(live(0, **BUSY, **{"offenders.slots": ratio}))) for ratio in (0.5, 1.0, 2.0))
    assert few < usual < many
    assert many == pytest.approx(2 * usual, abs=4)
    assert len(slots(live(0, **BUSY, **{"mechanisms.offenders": False}))) == 0


def test_homes_are_drawn_anew_for_every_seed(live: Live) -> None:
    one, other = (slots(live(0, rng=rng, **BUSY)) for rng in (1, 2))
    assert (one["rate"] == other["rate"]).all()
    assert (one["home"] != other["home"]).mean() > 0.8


def test_who_lives_near_acts_more_there(live: Live) -> None:
    world = live(0, **BUSY)
    weights = np.diff(world.w.cumulative_reach[:, : world.w.slot_starts[1]], axis=1, prepend=0.0)
    shares = weights / weights.sum(axis=1, keepdims=True)
    assert np.ptp(shares, axis=0).max() > 0.01


def test_every_crime_of_a_group_names_a_free_slot_and_no_quarrel_does(watch: Callable[..., object]) -> None:
    named = 0
    for world in watch(MONTH, **BUSY):  # type: ignore[attr-defined]
        crimes = world.trace["incidents"]
        street = crimes[crimes["kind"] < ASSAULT]
        assert (street["offender"] >= 0).all()
        assert (crimes["offender"][crimes["kind"] == ASSAULT] < 0).all()
        named += len(street)
    assert slots(world)["crimes"].sum() >= named > 0


def test_nobody_acts_while_held_and_without_replacement_crimes_are_missing(live: Live) -> None:
    nobody_back = {f"offenders.replaced_{group}": 0.0 for group in SLOT_GROUPS}
    free = live(MONTH, **BUSY, **nobody_back)
    held = live(MONTH, **BUSY, **nobody_back, **{"offenders.roundup": 0.5})
    assert held.month_row["offenders_held_rate"] > 0.5
    assert total(held, "prevented") > total(free, "prevented")
    assert total(held, "crimes_occurred_robbery") < 0.7 * total(free, "crimes_occurred_robbery")
    assert slots(held)["crimes"][slots(held)["until"] > held.tick].sum() == 0


def test_who_is_replaced_leaves_crime_as_it_was(live: Live) -> None:
    back = {f"offenders.replaced_{group}": 1.0 for group in SLOT_GROUPS}
    robberies = [
        total(live(MONTH, **BUSY, **back, **{"offenders.roundup": share}), "crimes_occurred_robbery")
        for share in (0.0, 0.05)
    ]
    assert robberies[1] == pytest.approx(robberies[0], rel=0.12)


def test_a_release_lets_the_stated_share_out(live: Live) -> None:
    world = live(MONTH, **BUSY, **{"offenders.roundup": 0.5})
    world.p.offenders["roundup"] = 0.0
    before = (slots(world)["until"] > world.tick).sum()
    world.p.offenders["amnesty"] = 1.0 / 3.0
    while world.tick % 3:
        world.step()
    world.step()
    assert (slots(world)["until"] > world.tick).sum() == pytest.approx(before * 2 / 3, rel=0.2)


def test_careers_end_and_somebody_new_comes_free(live: Live) -> None:
    world = live(2 * MONTH, **BUSY, **{f"offenders.career_{group}": 0.1 for group in SLOT_GROUPS})
    assert slots(world)["generation"].max() >= 2
