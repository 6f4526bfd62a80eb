"""M3: how couples go about, and where on market days."""

import numpy as np

from model.engine.calendar import MARKET_DAY
from model.simulation.model import TrustModel
from model.town.police import BICYCLE, FOOT, VEHICLE
from scenarios import load

WEEK = 21
SMALL = {"population.scale": 0.1, "calendar.warm_up": 0}


def town(**changes: float) -> TrustModel:
    """Return a Villa Canales just large enough for a beat on foot."""
    return TrustModel(load("villa_canales", set=SMALL | changes), rng=7, trace=True)


def modes(world: TrustModel, shifts: int) -> np.ndarray:
    """Live some shifts and return the modes of the couples on duty at foot beats, then of the others."""
    beats, others = [], []
    for _ in range(shifts):
        world.step()
        on = world.state.couples["on"] == 1
        walks = world.town.sectors["foot"][world.state.couples["sector"]] == 1
        beats += world.state.couples["mode"][on & walks].tolist()
        others += world.state.couples["mode"][on & ~walks].tolist()
    return np.array([np.bincount(one, minlength=4) for one in (beats, others)])


def test_only_couples_of_foot_beats_go_by_bicycle_and_the_core_counts_them_as_walking() -> None:
    counts = modes(town(**{"roster.bicycles": 0.5}), 12 * WEEK)
    assert counts[0, BICYCLE] > 0 < counts[0, FOOT]
    assert counts[1, BICYCLE] == 0 < counts[0, VEHICLE]  # the beat of a small town walks in some shifts only
    riding = town(**{"roster.bicycles": 1.0, "patrol.market": 0.0})
    riding.run_for(31 * 3)
    assert riding.month_row["foot_visits"] > 0


def test_a_bicycle_reaches_farther_than_feet() -> None:
    """On a very short leash, couples on foot stay at the door and those by bicycle do not."""
    leash = {"patrol.foot_km": 0.3, "patrol.bicycle": 5.0, "patrol.market": 0.0}
    cells = []
    for bicycles in (0.0, 1.0):
        world = town(**leash, **{"roster.bicycles": bicycles})
        seen = set()
        for _ in range(4 * WEEK):
            world.step()
            assert world.trace is not None
            visits = world.trace["visits"]
            walking = np.isin(world.state.couples["mode"][visits["post"]], (FOOT, BICYCLE))
            walking &= world.town.sectors["foot"][world.state.couples["sector"][visits["post"]]] == 1
            seen |= set(visits["cell"][walking].tolist())
        cells.append(len(seen))
    assert cells[0] < cells[1]


def test_on_market_days_couples_of_the_station_go_to_the_market() -> None:
    world = town()
    market = world.town.cells["market"] == 1
    seen: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(8 * WEEK):
        world.step()
        assert world.trace is not None
        if (world.tick - 1) % 3 < 2:
            at_market = int(market[world.trace["visits"]["cell"]].sum())
            seen[world.day_type == MARKET_DAY].append(at_market)
    assert np.mean(seen[True]) > 1.5 * np.mean(seen[False]) > 0.0


def test_patrol_uses_its_share_of_the_litres_and_each_place_costs_cruising_too() -> None:
    in_time = {"resources.late": 0.0, "resources.events": 0.0, "roster.km_per_gallon": 30.0}
    world = town(**in_time, **{"patrol.cruise": 2.0, "patrol.fuel_share": 0.5})
    driven, most = [], []
    for _ in range(2 * WEEK):
        world.step()
        assert world.trace is not None
        visits = world.trace["visits"]
        mode = world.state.couples["mode"][visits["post"]]
        assert (visits["km"][np.isin(mode, (FOOT, BICYCLE))] == 0.0).all()
        driven += visits["km"][visits["km"] > 0.0].tolist()
        most += [visits["km"][visits["post"] == post].sum() for post in np.unique(visits["post"])]
    assert min(driven) >= 2.0
    assert 10.0 < max(most) <= 15.0


def test_what_patrol_does_not_drive_is_not_burnt() -> None:
    cruising, walking = town(), town(**{"patrol.fuel_share": 0.0})
    for world in (cruising, walking):
        world.run_for(31 * 3)
    assert 0.0 < walking.month_row["km"] < 0.5 * cruising.month_row["km"]
    assert cruising.month_row["km"] <= cruising.month_row["km_available"]
