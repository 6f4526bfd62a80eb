"""M49: burglary needs an empty home, vehicle theft a vehicle away from home, assault company."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.crime.opportunity import cell_of_crime, greatest_opportunity, is_anybody_home, opportunity_factor
from model.simulation.model import TrustModel
from model.town.crime_kinds import ASSAULT, BURGLARY, ROBBERY, THEFT_FROM_VEHICLE, VEHICLE_THEFT

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
BUSY = {"crime.armed": 50, "crime.thieves": 50, "crime.assault": 0.1, "mechanisms.near_repeat": False}
AT_HOME = {f"daily_rhythm.{name}": 0.0 for name in ("work_morning", "work_evening", "work_night", "work_rest")}
AT_HOME |= {f"daily_rhythm.{name}": 0.0 for name in ("school_morning", "school_evening", "outside", "errands")}
AT_HOME |= {f"daily_rhythm.{name}": 0.0 for name in ("market_morning", "market_evening")}
AT_HOME |= {f"daily_rhythm.street_{name}": 0.0 for name in ("morning", "evening", "night", "rest")}
STRENGTHS = {"opportunity.occupied": 0.2, "opportunity.driven": 0.7}
STRENGTHS |= {"opportunity.vehicles_at_home": 0.3, "opportunity.quarrels_at_home": 0.25}
STRENGTHS |= {"opportunity.usual_burglary": 0.5, "opportunity.usual_vehicle_theft": 0.4}
STRENGTHS |= {"opportunity.usual_theft_from_vehicle": 0.8, "opportunity.usual_assault": 0.625}


def test_a_vehicle_stands_where_its_owner_is_in_some_shifts_and_a_home_does_not_move(live: Live) -> None:
    world = live(1, **STRENGTHS)
    here, home = world.w.places[world.w.where], world.town.people["home"]
    away = np.flatnonzero(here != home)
    assert len(away) > 100
    cells = np.array([cell_of_crime(world.w, VEHICLE_THEFT, int(i)) for i in away])
    assert np.isin(cells, (here[away], home[away])).all()
    assert np.mean(cells == here[away]) == pytest.approx(0.7, abs=0.1)
    for kind, where in ((BURGLARY, home), (ROBBERY, here), (ASSAULT, here), (THEFT_FROM_VEHICLE, here)):
        assert [cell_of_crime(world.w, kind, int(i)) for i in away] == where[away].tolist()


def test_the_factors_are_those_of_the_place(live: Live) -> None:
    world = live(1, **STRENGTHS)
    w, home = world.w, world.town.people["home"]
    i = int(np.flatnonzero(w.places[w.where] == home)[0])
    inside, outside = int(home[i]), int(home[i]) + 1
    factors = {kind: [opportunity_factor(w, kind, i, cell, 0) for cell in (inside, outside)] for kind in range(6)}
    assert factors[ROBBERY] == [1.0, 1.0]
    assert factors[VEHICLE_THEFT] == pytest.approx([0.75, 2.5])
    assert factors[THEFT_FROM_VEHICLE] == pytest.approx([0.375, 1.25])
    assert factors[ASSAULT] == pytest.approx([0.4, 1.6])
    assert factors[BURGLARY] == pytest.approx([0.4, 0.4])
    greatest = [
        greatest_opportunity(w, kind, 0) for kind in (ROBBERY, VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT)
    ]
    assert greatest == pytest.approx([1.0, 2.5, 1.25, 2.0, 1.6])


def test_a_home_is_empty_once_all_of_the_household_are_out_or_gone(live: Live) -> None:
    world = live(1, **STRENGTHS)
    w, people = world.w, world.town.people
    anybody = {int(people["household"][i]): is_anybody_home(w, i) for i in range(world.town.n_residents)}
    inside = w.places[w.where] == people["home"]
    expected = {
        h: bool(inside[: world.town.n_residents][people["household"][: world.town.n_residents] == h].any())
        for h in anybody
    }
    assert anybody == expected
    i = int(np.flatnonzero(inside)[0])
    members = np.flatnonzero(people["household"] == people["household"][i])
    world.minds["gone"][members] = world.tick
    assert not is_anybody_home(w, i)


def test_where_everybody_stays_at_home_three_kinds_end_if_they_need_somebody_away(live: Live) -> None:
    kinds = [f"crimes_occurred_{kind}" for kind in ("vehicle_theft", "burglary", "assault")]
    alone = {f"mechanisms.{name}": False for name in ("extortion", "land_conflicts", "collective_violence")}
    needed = {
        "opportunity.occupied": 0.0,
        "opportunity.driven": 1.0,
        "opportunity.vehicles_at_home": 0.0,
        "opportunity.quarrels_at_home": 0.0,
    }

    def counts(**changes: float) -> list[float]:
        world = live(4 * 93, **BUSY, **alone, **changes)
        return list(world.datacollector.get_model_vars_dataframe()[kinds].sum())

    assert counts(**needed, **AT_HOME) == [0.0, 0.0, 0.0]
    assert min(counts(**needed)) > 0.0
    assert min(counts(**AT_HOME, **{"mechanisms.opportunity": False})) > 0.0
