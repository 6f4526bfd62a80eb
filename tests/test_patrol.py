"""M3: how couples go about, and where on market days."""

from collections.abc import Callable

import numpy as np

from model.calendar import MARKET_DAY
from model.model import TrustModel
from model.state import BICYCLE, FOOT, MOTORCYCLE, VEHICLE

Live = Callable[..., TrustModel]
WEEK = 21


def modes(world: TrustModel, shifts: int) -> np.ndarray:
    """Live some shifts and return the modes of the couples on duty at foot beats, then of the others."""
    beats, others = [], []
    for _ in range(shifts):
        world.step()
        on = world.state.couples["on"] == 1
        walks = world.town.posts["foot"] == 1
        beats += world.state.couples["mode"][on & walks].tolist()
        others += world.state.couples["mode"][on & ~walks].tolist()
    return np.array([np.bincount(one, minlength=4) for one in (beats, others)])


def test_only_couples_of_foot_beats_go_by_bicycle_and_the_core_counts_them_as_walking(live: Live) -> None:
    counts = modes(live(0, **{"roster.bicycles": 0.5}), 2 * WEEK)
    assert counts[0, BICYCLE] > 0 < counts[0, FOOT]
    assert counts[0, MOTORCYCLE] == counts[0, VEHICLE] == counts[1, BICYCLE] == 0
    riding = live(93, **{"roster.bicycles": 1.0})
    assert riding.rows["foot_visits"] > 0


def test_a_bicycle_reaches_farther_than_feet(live: Live) -> None:
    """On a very short leash, couples on foot stay at the door and those by bicycle do not."""
    leash = {"patrol.foot_km": 0.3, "patrol.bicycle": 5.0, "patrol.market": 0.0}
    cells = []
    for bicycles in (0.0, 1.0):
        world = live(0, trace=True, **leash, **{"roster.bicycles": bicycles})
        seen = set()
        for _ in range(WEEK):
            world.step()
            assert world.trace is not None
            visits = world.trace["visits"]
            walking = np.isin(world.state.couples["mode"][visits["post"]], (FOOT, BICYCLE))
            walking &= world.town.posts["foot"][visits["post"]] == 1
            seen |= set(visits["cell"][walking].tolist())
        cells.append(len(seen))
    assert cells[0] < cells[1]


def test_on_market_days_couples_without_motor_go_to_the_market(live: Live) -> None:
    world = live(0, trace=True, **{"patrol.market": 0.6, "resources.breakdown": 0.0})
    market = world.town.cells["market"] == 1
    shares: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(6 * WEEK):
        world.step()
        assert world.trace is not None
        visits = world.trace["visits"]
        walking = np.isin(world.state.couples["mode"][visits["post"]], (FOOT, BICYCLE))
        if walking.any() and (world.tick - 1) % 3 < 2:
            shares[world.day_type == MARKET_DAY].append(float(market[visits["cell"][walking]].mean()))
    assert np.mean(shares[True]) > 1.5 * np.mean(shares[False])
