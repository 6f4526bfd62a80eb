"""M47: residents notice that no couple comes near their home, once in each period, and only there."""

from collections.abc import Callable

import numpy as np
import pytest

from model.police.absence import record_absence
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.world.shift_events import IMPRESSIONS

Live = Callable[..., TrustModel]
ABSENCE = CAUSES.index("absence")
MONTH, PERIOD = 93, 273


def noticed(world: TrustModel, gone: int) -> np.ndarray:
    """Return who notices at the end of this month, if couples were last near all homes ``gone`` shifts ago."""
    world.state.last_seen[:] = world.tick - gone
    world.shift_events.reserve(IMPRESSIONS, world.town.n_people)
    first = world.shift_events.counts[IMPRESSIONS]
    record_absence(world.w)
    rows = world.shift_events.tables["impressions"][first : world.shift_events.counts[IMPRESSIONS]].copy()
    world.shift_events.counts[IMPRESSIONS] = first
    return rows


@pytest.mark.parametrize(("gone", "times"), [(0, 0), (PERIOD - 1, 0), (PERIOD, 1), (PERIOD + 1, 0), (2 * PERIOD, 1)])
def test_an_absence_is_noticed_once_in_each_period(live: Live, gone: int, times: int) -> None:
    world = live(1)
    world.w.set_fields({"tick": world.tick, "since": 1})
    rows, p = noticed(world, gone), world.p.absence[0]
    grown = ((world.tick // 3 - world.town.people["born"]) / 365.25 >= 12.0) & (world.minds["gone"] < 0)
    assert len(rows) == times * np.count_nonzero(grown[: world.town.n_residents])
    assert set(rows["weight_e"]) <= {p.weight}
    assert not rows["weight_f"].any()


def test_a_visit_is_seen_in_its_cell_and_beside_it_and_nowhere_else(live: Live) -> None:
    world = live(0, trace=True)
    for _ in range(3):
        world.state.last_seen[:] = 0
        world.step()
    visits = world.trace["visits"]
    cells = visits["cell"][(visits["alive"] == 1) & (visits["post"] >= 0)]
    near = world.w.near[cells]
    seen = np.union1d(cells, near[near >= 0])
    assert 0 < len(seen) < world.town.n_cells
    assert np.array_equal(np.flatnonzero(world.state.last_seen == world.tick - 1), seen)


def test_without_patrols_trust_falls_by_absence_and_not_where_nobody_notices(live: Live) -> None:
    nobody = {"patrol.visits_motor": 0, "patrol.visits_foot": 0}
    found = {}
    for name, changes in {"away": nobody, "usual": {}, "off": nobody | {"mechanisms.absence": False}}.items():
        rows = live(5 * MONTH, **changes).ledger_months()
        found[name] = rows["change"][rows["cause"] == ABSENCE].sum()
    assert found["away"] < found["usual"] <= 0.0 == found["off"]
