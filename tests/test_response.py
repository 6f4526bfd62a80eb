"""M12: who is answered, in what order, how late, and what the wait teaches."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.daybook import NO_LINE, TRIAGE
from model.model import TrustModel
from model.register import CAUSES

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
ANSWERED = CAUSES.index("answered_call")
MONTH = 93
BUSY = {"calls.rate": 200.0, "crime.armed": 50, "crime.thieves": 50, "resources.phones": 1.0}


def served(world: TrustModel) -> np.ndarray:
    """Return the calls that were answered in the last shift, in the order in which couples took them."""
    rows = {(row["born"], row["number"]): k for k, row in enumerate(world.trace["calls"])}
    return world.trace["calls"][[rows[born, n] for born, n in world.trace["responses"][["born", "number"]].tolist()]]


def test_switched_off_everybody_is_answered_after_the_same_time(watch: Watch) -> None:
    lost: list[list[float]] = []
    waits: list[list[float]] = []
    for wanted in (False, True):
        waits.append([])
        for world in watch(MONTH, **BUSY, **{"mechanisms.response": wanted}):
            waits[-1] += world.trace["responses"]["wait"].tolist()
        lost.append([world.rows[f"unserved_{reason}"] for reason in ("line", "triage", "fuel", "vehicles")])
        assert world.rows["served"] == len(waits[-1]) > 0
    assert np.array(waits[0]) == pytest.approx(30.0)
    assert np.ptp(waits[1]) > 30.0
    assert sum(lost[0]) == 0.0 < min(lost[1][:2])


def test_a_call_is_served_or_lost_or_waits_and_never_for_longer_than_calls_do(watch: Watch) -> None:
    waited = n_carried = 0
    for world in watch(MONTH, **BUSY, **{"response.carry": 2}):
        calls, lost, waiting = world.trace["calls"], world.trace["unserved"], world.state.waiting.filled()
        assert (calls["born"] < world.tick - 1).sum() == waited
        lost = lost[lost["reason"] != NO_LINE]
        ends = [
            row for table in (world.trace["responses"], lost, waiting) for row in table[["born", "number"]].tolist()
        ]
        assert sorted(ends) == sorted(calls[["born", "number"]].tolist())
        assert (waiting["born"] > world.tick - 1 - 2).all()
        waited = len(waiting)
        n_carried += waited
    assert n_carried > 0


def test_in_a_month_calls_add_up(live: Live) -> None:
    world = live(MONTH, **BUSY)
    lost = sum(world.rows[f"unserved_{reason}"] for reason in ("triage", "hours", "fuel", "vehicles", "paper"))
    assert world.rows["calls"] == world.rows["served"] + lost + len(world.state.waiting.filled())
    assert world.rows["calls_unserved"] == lost + world.rows["unserved_line"]
    assert 0 < world.rows["served_in_hour"] <= world.rows["served"]


def test_graver_calls_come_first(watch: Watch) -> None:
    taken = [served(world) for world in watch(MONTH, **BUSY)]
    assert max(len(calls) for calls in taken) > 2
    for calls in taken:
        assert (np.diff(calls["severity"]) <= 0.0).all()


@pytest.mark.parametrize(("explained", "liked"), [(0.0, -1.0), (0.5, 0.0)])
def test_a_call_answered_later_is_never_better_liked_unless_somebody_explains(
    watch: Watch, explained: float, liked: float
) -> None:
    waits, tones = [], []
    for world in watch(3 * MONTH, **BUSY, **{"adoption.explain": explained, "plant.share_trained": 1.0}):
        rows = world.trace["impressions"]
        calls, rows = served(world), rows[rows["cause"] == ANSWERED]
        if calls["teller"].tolist() == rows["who"].tolist():  # else a caller has died since
            waits += world.trace["responses"]["wait"].tolist()
            tones += rows["tone_e"].tolist()
    assert len(waits) > 20
    by_wait = np.array(tones)[np.argsort(waits, kind="stable")]
    assert (np.diff(by_wait) <= 0.0).all() == (explained == 0.0)
    assert by_wait[np.sort(waits) > 90.0].max() == liked


def test_whoever_a_stricter_triage_sends_a_couple_gets_one_from_a_milder_one(live: Live) -> None:
    turned = []
    for attend in (0.2, 0.6):
        worlds = [live(1, rng=rng, trace=True, **BUSY, **{"response.attend": attend}) for rng in range(6)]
        lost = [world.trace["unserved"] for world in worlds]
        turned.append({(rng, n) for rng, rows in enumerate(lost) for n in rows["number"][rows["reason"] == TRIAGE]})
    assert turned[1] < turned[0]
