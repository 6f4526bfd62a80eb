"""Deterrence: known answers for each form of presence and kind of crime, with worlds made by hand."""

from types import SimpleNamespace
from typing import Any

import pytest
from hand_made import hand_made_world
from small_world import small_parameters

from model.crime.deterrence import (
    FRUSTRATED_STREAM,
    Deterrence,
    is_deterred,
    presence_effects,
    strongest_presence_effects,
)
from model.crime.visit_visibility import post_share, visit_visibility
from model.engine.random_streams import keyed_uniform
from model.simulation.world import World
from model.town.crime_kinds import (
    ASSAULT,
    BURGLARY,
    DOMESTIC,
    EXTORTION,
    HOMICIDE,
    ROBBERY,
    THEFT,
    THEFT_FROM_VEHICLE,
    VEHICLE_THEFT,
)
from model.world.shift_events import CHECKPOINT, HOMES, INSTITUTION, POST, PROBLEM, ROUTE, SOLDIERS, VISITS

KINDS = [ROBBERY, THEFT, VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT, HOMICIDE]
GROUPS = ("robbery", "theft", "vehicles", "burglary", "assault", "hire")
PASSING = (0.6, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1)
STANDING = (0.9, 0.8, 0.7, 0.7, 0.5, 0.4, 0.3)
STRENGTHS = {f"visit_{group}": x for group, x in zip(GROUPS, (0.6, 0.5, 0.4, 0.3, 0.2, 0.1), strict=True)}
STRENGTHS |= {f"post_{group}": x for group, x in zip(GROUPS, (0.9, 0.8, 0.7, 0.5, 0.4, 0.3), strict=True)}
N = 400


def land_of(cell_km: float = 0.25, presence: float = 0.5, **changes: float) -> Any:
    """Return what the effects of deterrence read of a simulation of two settlements."""
    p = small_parameters(
        2,
        deterrence=STRENGTHS | {"residual": 30.0} | changes,
        certainty={"inside": 0.4},
        heavy_hand={"presence": presence},
    )
    return SimpleNamespace(p=p, cell_km=cell_km)


def visited(land: Any, *visits: tuple[int, int, float, float]) -> World:
    """Return a world with visits of a kind to a cell, from a minute on and for so long."""
    w = hand_made_world(
        n_cells=2,
        p=land.p,
        presence_effects=presence_effects(land),
        strongest_presence_effects=strongest_presence_effects(land),
    )
    w.counts[VISITS] = len(visits)
    for row, (kind, cell, minute, stay) in zip(w.visits, visits, strict=False):
        row["kind"], row["cell"], row["minute"], row["stay"], row["alive"] = kind, cell, minute, stay, 1
    return w


def deterred(w: World, kind: int, minute: float = 100.0) -> list[bool]:
    """Tell of many attempts in cell 0 which are given up."""
    return [bool(is_deterred(w, kind, 0, minute, number)) for number in range(N)]


def below(w: World, effect: float) -> list[bool]:
    """Tell of the same attempts whose random number is below an effect."""
    return [keyed_uniform(w.seed, FRUSTRATED_STREAM, w.tick, number, 0) < effect for number in range(N)]


def test_a_passing_visit_has_an_effect_by_kind_of_crime_and_a_post_that_on_its_block() -> None:
    effects = presence_effects(land_of())[0]
    for kind in (ROUTE, INSTITUTION, PROBLEM, CHECKPOINT):
        assert effects[kind, KINDS].tolist() == pytest.approx(PASSING)
    assert effects[POST, KINDS].tolist() == pytest.approx([0.16 * x for x in STANDING])
    assert (effects[:, [EXTORTION, DOMESTIC]] == 0.0).all()


def test_what_happens_indoors_and_soldiers_are_seen_in_part() -> None:
    effects = presence_effects(land_of())[1]
    assert effects[HOMES, KINDS].tolist() == pytest.approx([0.4 * x for x in PASSING])
    assert effects[SOLDIERS, KINDS].tolist() == pytest.approx([0.5 * x for x in PASSING])
    assert (presence_effects(land_of(presence=0.0))[0, SOLDIERS] == 0.0).all()
    whole = presence_effects(land_of(presence=1.0))[0]
    assert whole[SOLDIERS].tolist() == whole[ROUTE].tolist()


@pytest.mark.parametrize(
    ("cell_km", "gathers", "share"),
    [
        (0.25, 1.0, 0.16),
        (0.15, 1.0, 4.0 / 9.0),
        (0.4, 1.0, 0.0625),
        (0.1, 1.0, 1.0),
        (0.25, 3.0, 0.48),
        (0.15, 6.0, 1.0),
    ],
)
def test_the_share_of_a_block_follows_the_size_of_cells_and_how_crime_gathers(
    cell_km: float, gathers: float, share: float
) -> None:
    land = land_of(cell_km, concentration=gathers)
    assert post_share(land) == visit_visibility(land)[POST] == pytest.approx(share)


@pytest.mark.parametrize("kind", KINDS)
def test_an_attempt_is_given_up_by_the_effect_of_the_visit_that_is_there(kind: int) -> None:
    land = land_of()
    passing, standing = visited(land, (ROUTE, 0, 90.0, 15.0)), visited(land, (POST, 0, 0.0, 480.0))
    number = KINDS.index(kind)
    assert deterred(passing, kind) == below(passing, PASSING[number])
    assert deterred(standing, kind) == below(standing, 0.16 * STANDING[number])


def test_a_cancelled_visit_deters_nobody() -> None:
    w = visited(land_of(), (ROUTE, 0, 90.0, 15.0))
    w.visits["alive"][0] = 0
    assert not any(deterred(w, ROBBERY))


def test_a_visit_is_felt_while_it_lasts_and_thirty_minutes_more_in_its_cell_alone() -> None:
    w = visited(land_of(), (ROUTE, 0, 90.0, 15.0), (ROUTE, 1, 0.0, 480.0))
    during, nothing = below(w, 0.6), [False] * N
    for minute, expected in ((89.9, nothing), (90.0, during), (134.9, during), (135.0, nothing)):
        assert deterred(w, ROBBERY, minute) == expected


def test_the_strongest_form_that_is_there_counts() -> None:
    land = land_of()
    together = visited(land, (POST, 0, 0.0, 480.0), (SOLDIERS, 0, 90.0, 20.0), (HOMES, 0, 95.0, 15.0))
    assert deterred(together, ROBBERY) == below(together, 0.5 * 0.6)
    with_a_couple = visited(land, (POST, 0, 0.0, 480.0), (ROUTE, 0, 90.0, 15.0))
    assert deterred(with_a_couple, ROBBERY) == below(with_a_couple, 0.6)


@pytest.mark.parametrize(("form", "kind"), [("visit", ROUTE), ("post", POST)])
def test_without_the_effect_of_a_form_it_deters_nobody_and_the_other_does(form: str, kind: int) -> None:
    land = land_of(**{f"{form}_{group}": 0.0 for group in GROUPS})
    alone, both = visited(land, (kind, 0, 90.0, 15.0)), visited(land, (ROUTE, 0, 90.0, 15.0), (POST, 0, 90.0, 15.0))
    assert not any(deterred(alone, ROBBERY))
    assert any(deterred(both, ROBBERY))


def test_switched_off_nobody_is_deterred() -> None:
    land = land_of()
    land.p.set_array("deterrence", Deterrence().disabled().rows(2))
    assert (presence_effects(land) == 0.0).all()
    assert not any(deterred(visited(land, (ROUTE, 0, 90.0, 15.0)), ROBBERY))
