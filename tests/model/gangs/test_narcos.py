"""M8: where protectors operate, thieves stay away or die and nobody tells; their cells are never a named place."""

from collections.abc import Callable

import numpy as np

from model.gangs.narcos import MECHANISM
from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MANY = {"narcos.groups": 40, "narcos.reach": 3.0, "narcos.dense": 5, "crime.armed": 50, "crime.thieves": 50}
MONTH = 93


def property_crimes(world: TrustModel, shifts: int) -> tuple[int, int]:
    """Count robberies to burglaries, in protected cells and in all."""
    inside = everywhere = 0
    for _ in range(shifts):
        world.step()
        assert world.trace is not None
        rows = world.trace["incidents"]
        cells = rows["cell"][rows["kind"] <= 4]
        inside += int((world.state.protected[cells] >= 0).sum())
        everywhere += len(cells)
    return inside, everywhere


def test_thieves_stay_away_from_protected_cells(live: Live) -> None:
    with_few, _ = property_crimes(live(0, trace=True, **MANY), MONTH)
    with_all, _ = property_crimes(live(0, trace=True, **MANY, **{"narcos.thieves": 1.0}), MONTH)
    assert with_few < 0.4 * with_all


def test_those_who_come_may_be_killed_and_are_counted_by_motive(live: Live) -> None:
    world = live(MONTH, **MANY, **{"narcos.deaths": 0.2})
    months = world.datacollector.get_model_vars_dataframe()
    assert months["homicides_narco"].sum() > 0
    assert (months["kept_away"] > months["homicides_narco"]).all()


def test_protection_takes_from_telling_where_people_live(live: Live) -> None:
    reported = []
    for silence in (0.0, 5.0):
        world = live(0, trace=True, **(MANY | {"narcos.silence": silence, "narcos.thieves": 1.0, "narcos.reach": 20}))
        rows = [world.trace["incidents"].copy() for _ in range(MONTH) if world.step() is None and world.trace]
        incidents = np.concatenate(rows)
        reported.append((incidents["reported_to"][incidents["kind"] != 6] >= 0).mean())
    assert reported[1] < 0.5 * reported[0]


def test_no_cell_is_held_by_a_clique_and_protected(live: Live) -> None:
    state = live(0, **MANY, **{"gangs.ms13": 40}).state
    assert (state.protected >= 0).any()
    assert not ((state.protected >= 0) & (state.held_by >= 0)).any()


def test_protected_cells_are_drawn_anew_for_every_seed(live: Live) -> None:
    one, other = (live(0, rng=rng, **MANY).state.protected >= 0 for rng in (1, 2))
    assert (one != other).any()


def test_switched_off_there_are_no_protectors(live: Live) -> None:
    on, off = live(MONTH, **MANY), live(MONTH, **MANY, **{"mechanisms.narcos": False})
    assert (off.state.protected < 0).all()
    assert all(on.month_row[name] > 0 and off.month_row[name] == 0 for name in MECHANISM.knockout.measures)


def test_protectors_make_offers_to_officers_as_cliques_do(live: Live) -> None:
    """Where everything is protected, more officers ask than where nothing is."""
    none = {"gangs.ms13": 0, "gangs.barrio18": 0, "misconduct.offer": 3.0}
    protected = live(2 * MONTH, **(MANY | none | {"narcos.reach": 20.0}))
    open_ground = live(2 * MONTH, **none, **{"narcos.groups": 0})
    asked = [world.datacollector.get_model_vars_dataframe()["bribes"].sum() for world in (protected, open_ground)]
    assert asked[0] > 1.5 * asked[1] > 0
