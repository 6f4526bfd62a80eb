"""Capture: who is bought, what the group gets, and what happens when it comes out."""

import numpy as np
import pytest

from model.gangs.capture import (
    be_bought,
    capture_probability,
    groups_in_area,
    is_warned_of_operation,
    learns_of_report,
    share_captured,
)
from model.police.adoption import renew_officers
from model.police.chief import chief_positions, update_commands
from model.police.plans import make_quarter_plan
from model.politics.mayor import GIVE_LIGHT, equip_cells, give_gift, open_petitions
from model.politics.mayor import LIT as LIT_FIELD
from model.simulation.model import TrustModel
from model.town.territory import UNCLAIMED
from model.town.town import Town, build_town
from model.world.places import group_holding_cells
from scenarios import load

SMALL = {"population.scale": 0.3, "calendar.warm_up": 0}
"""A town with two chiefs."""
SURE = {"capture.base": 2.0}


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town(load("villa_canales", set=SMALL))


def world_of(town: Town, **changes: float) -> TrustModel:
    world = TrustModel(load("villa_canales", set=SMALL | changes), rng=4, town=town)
    world.step()
    return world


def test_more_groups_penury_and_little_integrity_make_capture_likelier(town: Town) -> None:
    p = world_of(town).p.capture[0]
    usual = capture_probability(3, 0.5, 0.75, p)
    assert capture_probability(0, 0.5, 0.75, p) == 0.0
    assert capture_probability(6, 0.5, 0.75, p) > usual
    assert capture_probability(3, 1.0, 0.75, p) > usual > capture_probability(3, 0.5, 1.0, p)


def test_groups_buy_those_on_whose_ground_they_sit(town: Town) -> None:
    world = world_of(town, **SURE)
    for _ in range(24):
        be_bought(world)
        world.tick += 91
    chiefs = world.state.chiefs
    assert share_captured(world) > 0.0
    for f, chief in enumerate(chiefs):
        if chief.captor != UNCLAIMED:
            assert chief.captor in groups_in_area(world, f)


def test_the_captured_mayor_lights_no_ground_of_the_group_and_hears_no_petition_from_there(town: Town) -> None:
    world = world_of(town)
    held, at = group_holding_cells(world.w), world.town.authorities["cell"]
    world.state.held_by[at[0]] = 0
    world.state.petitions["asked"][:2], world.state.petitions["wanted"][:2] = world.tick, GIVE_LIGHT
    assert open_petitions(world)[:2].all()
    world.state.mayor["captor"] = 0
    assert open_petitions(world)[:2].tolist() == [False, True]
    give_gift(world, GIVE_LIGHT)
    equip_cells(world, LIT_FIELD, int(at[0]), world.tick + 100)
    assert (world.state.lit[group_holding_cells(world.w) == 0] == 0).all()
    assert len(held) == world.town.n_cells


def test_the_captured_chief_has_no_place_of_a_plan_on_the_ground_of_the_group(town: Town) -> None:
    world = world_of(town)
    place = world.state.plan_cells[0][0]
    world.state.held_by[place] = 0
    world.state.chiefs["captor"][0] = 0
    make_quarter_plan(world, 0, world.month)
    chosen = world.state.plan_cells[0][: world.state.plans[0].n]
    assert (group_holding_cells(world.w)[chosen] != 0).all()
    assert len(set(chosen.tolist())) == len(chosen)
    world.state.chiefs["captor"][0] = UNCLAIMED


def test_a_clique_that_holds_the_chief_is_warned_of_warrants(town: Town) -> None:
    world = world_of(town)
    w, p = world.w, world.p.capture[0]
    f = int(w.cells[w.cliques[0].centre].facility)
    assert not is_warned_of_operation(w, 0, p, 0.5)
    w.chiefs["captor"][f] = 0
    assert is_warned_of_operation(w, 0, p, 0.5)
    assert not is_warned_of_operation(w, 1, p, 0.5)
    assert not is_warned_of_operation(w, 0, p, 0.95)


def test_what_is_told_in_confidence_reaches_the_group_that_holds_the_chief(town: Town) -> None:
    world = world_of(town)
    w, p = world.w, world.p.capture[0]
    w.chiefs["captor"][0] = 1
    assert learns_of_report(w, 0, 1, p, 0.1)
    assert not learns_of_report(w, 0, 0, p, 0.1)
    assert not learns_of_report(w, -1, 1, p, 0.1)
    assert not learns_of_report(w, 0, 1, p, 0.9)


def test_who_is_found_out_goes_and_the_town_hears_of_it(town: Town) -> None:
    world = world_of(town, **{"capture.found": 1.0, "misconduct.heard": 1.0})
    world.run_for(2)  # a month ends with a day, and mayors take office as one begins
    world.state.chiefs["captor"], world.state.mayor["captor"] = 0, 0
    persons, care = world.state.officers["person"].copy(), float(world.state.mayor[0].care)
    trust = world.trust().mean()
    be_bought(world)
    renew_officers(world)
    update_commands(world, world.month + 1)
    at = world.cached(chief_positions)
    assert len(at) == 2
    assert (world.state.officers["person"][at] == persons[at] + 1).all()
    assert (world.state.chiefs["captor"] == UNCLAIMED).all()
    assert world.tally[0].captures_found == 1 + len(at)
    assert world.trust().mean() < trust
    while world.date.day != 1 or world.tick % 3 != 0:  # a mayor takes office with a month
        world.step()
    world.step()
    assert world.state.mayor[0].care != care
    assert world.state.mayor[0].captor == UNCLAIMED


def test_switched_off_nobody_is_captured(town: Town) -> None:
    world = world_of(town, **{"mechanisms.capture": False})
    for _ in range(60):
        be_bought(world)
        world.tick += 91
    assert share_captured(world) == 0.0
    assert np.isclose(world.tally[0].captures, 0.0)
