"""Cliques: who belongs to them, which ground they hold, and what is left of one that ends."""

from collections.abc import Callable

import numpy as np
import pytest

from model.engine.calendar import DAYS_A_YEAR
from model.gangs.gangs import (
    CLIQUES,
    HELD_BY,
    NOT_YET,
    ROLL,
    TARGET_START,
    TARGETS,
    Gangs,
    dissolve_clique,
    n_cliques,
)
from model.simulation.model import TrustModel
from model.town.territory import UNCLAIMED

MANY = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.dense": 5, "gangs.border": 100.0, "gangs.reach": 3.0}

Live = Callable[..., TrustModel]


@pytest.fixture
def world(live: Live) -> TrustModel:
    """A small town with a few cliques of both gangs, at the start."""
    return live(0, **MANY)


def test_a_shrunken_town_has_its_share_of_cliques() -> None:
    assert n_cliques(Gangs(ms13=3, barrio18=2), 1.0) == (3, 2)
    assert n_cliques(Gangs(ms13=10, barrio18=2), 0.25) == (3, 1)
    assert n_cliques(Gangs(), 1.0) == (0, 0)


def test_members_are_young_men_who_live_on_the_ground_of_their_clique(world: TrustModel) -> None:
    member, people = world.minds["member"], world.town.people
    those = np.flatnonzero(member != NOT_YET)
    age = (world.tick // 3 - people["born"][those]) / DAYS_A_YEAR
    assert len(those) > 20
    assert (people["female"][those] == 0).all()
    assert ((age >= 14.0) & (age < 31.0)).all()
    assert (world.state[HELD_BY][people["home"][those]] == member[those]).all()
    assert sorted(world.state[ROLL].used_rows()["who"]) == those.tolist()
    assert world.state[CLIQUES]["members"].sum() == len(those)


def test_ground_is_populated_and_reaches_no_farther_than_the_territory_of_a_clique(world: TrustModel) -> None:
    cliques, cells, holder = world.state[CLIQUES], world.town.cells, world.state[HELD_BY]
    held = np.flatnonzero(holder != UNCLAIMED)
    centre = cells[cliques["centre"][holder[held]]]
    assert len(held) > len(cliques)
    assert (cells["population"][held] > 0).all()
    assert (np.hypot(cells["x"][held] - centre["x"], cells["y"][held] - centre["y"]) <= MANY["gangs.reach"]).all()


def test_rivals_are_cliques_of_the_other_gang(world: TrustModel) -> None:
    cliques = world.state[CLIQUES]
    others = [int(np.count_nonzero(cliques["gang"] != gang)) for gang in (0, 1)]
    assert min(others) > 0
    assert cliques["rivals"].tolist() == [others[gang] for gang in cliques["gang"]]  # the border is wider than the town
    assert (cliques["gang"][cliques["foe"]] != cliques["gang"]).all()


def test_targets_are_the_businesses_that_work_on_the_ground_of_a_clique(world: TrustModel) -> None:
    start, targets = world.state[TARGET_START], world.state[TARGETS]
    assert start[-1] > 0
    for q in range(len(world.state[CLIQUES])):
        who = targets[start[q] : start[q + 1]]
        assert (world.town.people["business"][who] == 1).all()
        assert (world.state[HELD_BY][world.town.places[0, who]] == q).all()


def test_of_a_clique_that_ends_no_member_no_ground_and_no_payer_is_left(world: TrustModel) -> None:
    start, targets = world.state[TARGET_START], world.state[TARGETS]
    q = int(np.flatnonzero(np.diff(start) > 0)[0])
    world.minds["pays"][targets[start[q] : start[q + 1]]] = q
    others = np.count_nonzero((world.minds["member"] != NOT_YET) & (world.minds["member"] != q))
    dissolve_clique(world.w, q)
    assert not (world.minds["member"] == q).any()
    assert not (world.minds["pays"] == q).any()
    assert not (world.state[HELD_BY] == q).any()
    assert world.state[CLIQUES][q]["alive"] == world.state[CLIQUES][q]["members"] == 0
    assert np.count_nonzero(world.minds["member"] != NOT_YET) == others


def test_a_town_without_cliques_has_no_members_and_no_ground_that_is_held(live: Live) -> None:
    world = live(3, **{"gangs.ms13": 0, "gangs.barrio18": 0})
    assert len(world.state[CLIQUES]) == len(world.state[ROLL]) == 0
    assert (world.state[HELD_BY] == UNCLAIMED).all()
    assert (world.minds["member"] == NOT_YET).all()
