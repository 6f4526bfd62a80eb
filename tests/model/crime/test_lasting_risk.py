"""M48: the same persons and households are victims again, in proportion to weights that last."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.crime.lasting_risk import (
    LASTING_STREAM,
    N_WEIGHTED,
    draw_victim,
    first_possible_victim,
    greatest_ties_factor,
    ties_factor,
)
from model.engine.random_streams import keyed_uniform
from model.simulation.model import TrustModel
from model.town.crime_kinds import ASSAULT, BURGLARY, HOMICIDE, ROBBERY, THEFT_FROM_VEHICLE, VEHICLE_THEFT

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
UNEQUAL = {"lasting_risk.street": 2.0, "lasting_risk.vehicles": 1.0, "lasting_risk.homes": 1.5}
UNEQUAL |= {"lasting_risk.quarrels": 3.0, "lasting_risk.traders": 2.0}
BUSY = {"crime.armed": 50, "crime.thieves": 50, "crime.assault": 0.1, "mechanisms.near_repeat": False}


def drawn(world: TrustModel, kind: int, numbers: np.ndarray) -> list[int]:
    """Return the residents whom uniform numbers draw."""
    return [int(draw_victim(world.w, kind, u, first_possible_victim(world.w, kind, u))) for u in numbers]


def weights(world: TrustModel, source: int, spread: float) -> np.ndarray:
    """Return the weights of all residents by their definition."""
    people = world.town.people
    unit = people["household"] if source in (1, 2) else np.arange(len(people))
    found = [(-math.log(1.0 - keyed_uniform(world.seed, LASTING_STREAM, 0, int(u), source))) ** spread for u in unit]
    return np.array(found) * np.where((source == 0) & (people["business"] == 1), 2.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "source", "spread"), [(ROBBERY, 0, 2.0), (VEHICLE_THEFT, 1, 1.0), (BURGLARY, 2, 1.5), (ASSAULT, 3, 3.0)]
)
def test_residents_are_drawn_in_proportion_to_their_weights(live: Live, kind: int, source: int, spread: float) -> None:
    world = live(1, **UNEQUAL)
    sums = np.cumsum(weights(world, source, spread))
    numbers = np.random.default_rng(1).random(5_000)
    assert drawn(world, kind, numbers) == np.searchsorted(sums, numbers * sums[-1], side="right").tolist()
    assert drawn(world, kind, np.array([0.0, 1.0 - 2.0**-53])) == [0, len(sums) - 1]


def test_a_household_has_one_weight_for_its_home_and_vehicle_and_each_person_an_own_one(live: Live) -> None:
    world = live(1, **UNEQUAL | {"lasting_risk.traders": 1.0})
    n = len(world.minds)
    reach = world.w.victim_chances["reach"].reshape(N_WEIGHTED, n)
    own = np.diff(reach, axis=1, prepend=0.0)
    pair = np.flatnonzero(np.diff(world.town.people["household"][: world.town.n_residents]) == 0)
    same = [np.isclose(own[source][pair], own[source][pair + 1], rtol=1e-6) for source in range(N_WEIGHTED)]
    assert [one.mean() for one in same] == [pytest.approx(x, abs=0.01) for x in (0.0, 1.0, 1.0, 0.0)]


def test_with_equal_weights_everybody_is_drawn_as_without_the_mechanism(live: Live) -> None:
    world = live(1, **{"mechanisms.lasting_risk": False})
    n, numbers = len(world.minds), np.random.default_rng(2).random(2_000)
    for kind in (ROBBERY, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT, HOMICIDE):
        assert drawn(world, kind, numbers) == (numbers * n).astype(int).tolist()


def test_weights_follow_parameters_that_a_policy_changes(live: Live) -> None:
    world = live(1, **UNEQUAL)
    before = world.w.victim_chances["reach"].copy()
    world.p.lasting_risk["street"] = 0.5
    world.invalidate_views()
    changed = (world.w.victim_chances["reach"] != before).reshape(N_WEIGHTED, -1)
    assert changed.any(axis=1).tolist() == [True, False, False, False]


def test_the_unequal_are_victims_again_more_often_and_crime_stays_as_much(live: Live) -> None:
    found = {}
    for name, changes in {"equal": {"mechanisms.lasting_risk": False}, "unequal": UNEQUAL}.items():
        rows = live(6 * 93, **BUSY, **changes).datacollector.get_model_vars_dataframe()
        crimes = sum(rows[f"crimes_occurred_{kind}"].sum() for kind in ("robbery", "theft", "burglary", "assault"))
        found[name] = rows["victims_again"].sum() / crimes, crimes
    assert found["unequal"][0] > 1.5 * found["equal"][0] > 0.0
    assert found["unequal"][1] == pytest.approx(found["equal"][1], rel=0.15)


def test_a_tie_to_a_living_member_of_a_clique_raises_assault_and_killing_alone(live: Live) -> None:
    world = live(1)
    p = world.p.lasting_risk[0].copy()
    p["tied"] = 3.0
    i = int(np.flatnonzero((world.town.ties >= 0).all(axis=1))[0])
    ties = world.town.ties[i]
    world.minds["member"][ties] = world.minds["gone"][ties] = -1
    assert [ties_factor(world.w, kind, i, p) for kind in (ASSAULT, HOMICIDE, ROBBERY)] == [1.0, 1.0, 1.0]
    world.minds["member"][ties[-1]] = 0
    assert [ties_factor(world.w, kind, i, p) for kind in (ASSAULT, HOMICIDE, ROBBERY)] == [3.0, 3.0, 1.0]
    world.minds["gone"][ties[-1]] = world.tick
    assert ties_factor(world.w, ASSAULT, i, p) == 1.0
    assert [greatest_ties_factor(kind, p) for kind in (ASSAULT, HOMICIDE, ROBBERY)] == [3.0, 3.0, 1.0]
