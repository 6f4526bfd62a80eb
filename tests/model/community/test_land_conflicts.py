"""Conflicts over land, water and boundaries load the authorities (M10)."""

from collections.abc import Callable

import pandas as pd

from model.simulation.model import TrustModel
from model.world.state import LAND_KIND

Live = Callable[..., TrustModel]
MONTH = 93
OFTEN = {"land_conflicts.rate": 15.0, "communal_authority.reach": 1.0}


def months(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


def test_they_are_mostly_brought_to_the_authority_and_wait_long(live: Live) -> None:
    world = live(2 * MONTH, **OFTEN)
    found = months(world).sum(numeric_only=True)
    assert found["land_conflicts"] >= found["land_brought"] > 0.5 * found["land_conflicts"] > 0
    open_cases = world.state.cases.used_rows()
    waiting = open_cases[(open_cases["kind"] == LAND_KIND) & (open_cases["step"] == 0)]
    assert (waiting["due"] - waiting["born"]).mean() > 3 * 30


def test_more_are_brought_before_legitimate_boards(live: Live) -> None:
    worlds = [live(2 * MONTH, **OFTEN | {"communal_authority.legitimacy": level}) for level in (-4.0, 4.0)]
    low, high = (months(world).sum(numeric_only=True) for world in worlds)
    assert low["land_brought"] / low["land_conflicts"] < 0.9 * high["land_brought"] / high["land_conflicts"]


def test_they_load_the_authorities(live: Live) -> None:
    worlds = [live(3 * MONTH, **OFTEN | {"land_conflicts.rate": rate}) for rate in (0.0, 20.0)]
    load = [months(world)["authority_load"].mean() for world in worlds]
    assert load[1] > 1.5 * load[0]


def test_what_nobody_hears_stays_open_and_may_end_in_a_fight(live: Live) -> None:
    world = live(2 * MONTH, **OFTEN | {"communal_authority.reach": 0.0, "land_conflicts.fight": 1.0})
    found = months(world).sum(numeric_only=True)
    assert found["land_brought"] == 0
    assert world.state.boards["disputes"].sum() >= found["land_conflicts"] > 0
    assert found["land_fights"] > 0


def test_nobody_quarrels_over_land_in_the_core(live: Live) -> None:
    world = live(2 * MONTH, **OFTEN)
    cases = world.state.cases.used_rows()
    assert not world.town.cells["core"][cases["cell"][cases["kind"] == LAND_KIND]].any()


def test_switched_off_nobody_quarrels_over_land(live: Live) -> None:
    found = months(live(2 * MONTH, **OFTEN, **{"mechanisms.land_conflicts": False})).sum(numeric_only=True)
    assert found[["land_conflicts", "land_brought", "land_fights"]].sum() == 0
