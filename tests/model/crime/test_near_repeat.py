"""M6: a crime breeds others nearby for some weeks, and the yearly level stays."""

from collections.abc import Callable

import numpy as np
import pytest

from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MONTH = 93
BUSY = {"crime.armed": 30, "crime.thieves": 30, "mechanisms.extortion": False, "mechanisms.domestic_violence": False}
BREEDING = {**BUSY, "near_repeat.kappa": 0.5, "near_repeat.days": 5.0}
NOBODY_DIES = {"crime.lethal_robbery": 0.0, "crime.lethal_assault": 0.0}


def bred(world: TrustModel) -> tuple[np.ndarray, np.ndarray]:
    """Live a shift; return its crimes, and the repeats that they will have."""
    known = set(world.state.repeats.used_rows()["number"].tolist())
    world.step()
    waiting = world.state.repeats.used_rows()
    return world.trace["incidents"], waiting[[number not in known for number in waiting["number"].tolist()]]


def test_switched_off_nothing_repeats_and_the_level_stays(live: Live) -> None:
    """Half of all repeats would make the level half or double, were the base rate not adapted.

    Clusters of 700 crimes tell the level to about 8 %; repeats that find nobody fit are lost, so it is somewhat lower.
    """
    months = [
        live(8 * MONTH, **BREEDING, **{"mechanisms.near_repeat": wanted}).datacollector.get_model_vars_dataframe()
        for wanted in (True, False)
    ]
    repeats, level = ([one[name].sum() for one in months] for name in ("repeats", "crimes_occurred"))
    assert repeats[0] > 0.2 * level[0] > repeats[1] == 0
    assert level[1] > 700
    assert 0.7 < level[0] / level[1] < 1.2


def test_repeats_come_later_in_the_same_cell_or_beside_it_and_are_of_the_same_kind(live: Live) -> None:
    world, n_beside = live(0, trace=True, **BREEDING, **NOBODY_DIES), 0
    for _ in range(MONTH):
        crimes, repeats = bred(world)
        assert (world.state.repeats.used_rows()["tick"] >= world.tick).all()
        near = {
            (kind, place)
            for kind, cell in crimes[["kind", "cell"]].tolist()
            for place in (cell, *world.town.near[cell].tolist())
        }
        assert near >= set(repeats[["kind", "cell"]].tolist())
        n_beside += int((~np.isin(repeats["cell"], crimes["cell"])).sum())
    assert n_beside > 5


@pytest.mark.parametrize("again", [0.0, 1.0])
def test_where_all_repeats_hit_the_same_victim_in_the_same_place_they_do(live: Live, again: float) -> None:
    same = {"near_repeat.same_cell": 1.0, "near_repeat.same_victim": again}
    world, n_repeats = live(0, trace=True, **BREEDING, **same, **NOBODY_DIES, **{"deterrence.displacement": 0.0}), 0
    for _ in range(MONTH):
        crimes, repeats = bred(world)
        victims = crimes[["kind", "cell", "victim"]].tolist()
        if again == 1.0:
            assert set(repeats[["kind", "cell", "victim"]].tolist()) <= set(victims)
        else:
            assert (repeats["victim"] == -1).all()
        n_repeats += len(repeats)
    assert n_repeats > 20


def test_a_repeat_happens_when_and_where_it_is_due_or_not_at_all(live: Live) -> None:
    world, n_happened = live(0, trace=True, **BREEDING, **NOBODY_DIES), 0
    for _ in range(2 * MONTH):
        waiting = world.state.repeats.used_rows()
        due = {row[0]: row[1:] for row in waiting[waiting["tick"] == world.tick][["number", "kind", "cell"]].tolist()}
        later = set(waiting["number"][waiting["tick"] > world.tick].tolist())
        crimes, _ = bred(world)
        assert not later & set(crimes["number"].tolist()) - set(due)
        for number, *what in crimes[crimes["displaced"] == 0][["number", "kind", "cell"]].tolist():
            if number in due:
                assert tuple(what) == due[number]
                n_happened += 1
    assert n_happened > 20
