"""M22: fear lags crime, fades, and makes people careful; precautions spare some."""

from collections.abc import Callable

import numpy as np
from small_world import small_parameters, small_world

from model.engine.rows import zero_rows
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.trust.fear import MECHANISM, LocalConditions, update_local_crime

Live = Callable[..., TrustModel]
MONTH = 93
ROBBERY, ASSAULT = np.int64(0), np.int64(5)


def place(**changes: float) -> World:
    """Return a world of one settlement with 1,000 residents, with some numbers of fear, as a month ends."""
    return small_world(
        small_parameters(fear=changes),
        local=zero_rows(LocalConditions, 1),
        killings=np.zeros(3),
        residents_at_start=np.array([1000.0]),
        since=91,
    )


def month(w: World, crime: float) -> float:
    """Let one month with this much crime in 1,000 residents pass; return the insecurity felt."""
    w.local["crime"] = crime
    update_local_crime(w)
    return float(w.local["insecurity"][0])


def test_insecurity_follows_crime_late_and_what_lasts_becomes_usual() -> None:
    w = place(lag=3.0, habit=3.0, foot=0.0, near=0.0)
    assert [month(w, 3.0) for _ in range(12)] == [0.0] * 12
    first = month(w, 9.0)
    felt = [month(w, 9.0) for _ in range(120)]
    assert 0.0 < first < max(felt)
    assert felt.index(max(felt)) > 3
    assert felt[-1] < max(felt) / 2.0
    assert month(w, 1.0) > -0.5 * max(felt), "a calm month does not calm at once"


def test_police_on_foot_may_calm_or_alarm() -> None:
    for sign in (-0.3, 0.3):
        w = place(foot=sign, near=0.0)
        for _ in range(12):
            month(w, 2.0)
        w.local["seen"] = 500.0
        assert np.sign(month(w, 2.0)) == np.sign(sign)


def test_harm_frightens_the_harmed_and_those_who_are_told(live: Live) -> None:
    world = live(MONTH, **{"crime.armed": 50, "fear.heard": 0.0})
    minds = world.state.minds
    harmed = (minds["harmed"] >= 0) | (minds["harmed_outside"] >= 0) | (world.state.homes["hurt"] >= 0)
    assert (minds["alarm"] > 0.0).sum() == (harmed & (minds["alarm"] > 0.0)).sum() > 10
    told = live(MONTH, **{"crime.armed": 50}).state.minds
    assert ((told["alarm"] > 0.0) & (told["harmed"] < 0)).sum() > 10
    here = minds["gone"] < 0
    assert minds["fear"][here & (minds["alarm"] > 0.1)].mean() > minds["fear"][here].mean()


def test_a_campaign_makes_people_careful_and_spares_them_property_crime_only(live: Live) -> None:
    calm = {"fear.precaution": 0.8, "mechanisms.season": False}
    world = live(MONTH, **calm, **{"fear.campaign": 1.0})
    plain = live(MONTH, **calm)
    careful = [one.month_row["precaution_share"] for one in (world, plain)]
    assert careful[0] > careful[1] + 0.1
    others, careful_ones = world.hazard_factors.person[:, 0, 0], world.hazard_factors.person[:, 0, 1]
    assert careful_ones[ROBBERY] < 0.5 < 1.0 < others[ROBBERY]
    assert careful_ones[ASSAULT] == others[ASSAULT] == 1.0


def test_rates_hold_for_the_share_that_takes_precautions_at_the_start(live: Live) -> None:
    world = live(0)
    p = world.p.fear[0]
    careful = world.state.minds["careful"].mean()
    mean = (1.0 - p["precaution"] * careful) / (1.0 - p["precaution"] * p["usual"])
    assert abs(mean - 1.0) < 0.03


def test_switched_off_fear_and_precaution_stay_as_at_the_start(live: Live) -> None:
    start = live(0).state.minds
    on, off = live(2 * MONTH), live(2 * MONTH, **{"mechanisms.fear": False, "fear.campaign": 0.9})
    here = off.state.minds["gone"] < 0
    for name in ("fear", "careful"):
        assert (off.state.minds[name][here] == start[name][here]).all(), name
    assert all(on.month_row[name] != off.month_row[name] for name in MECHANISM.knockout.measures)


def test_fear_answers_usual_crime_nearby_rent_and_news_each_by_its_own_number(live: Live) -> None:
    quiet = month(place(near=0.5, local=0.0, foot=0.0), 1.0)
    assert month(place(near=0.5, local=0.0, foot=0.0), 5.0) > quiet > month(place(near=0.0, local=0.0), 5.0) == 0.0
    told = place(news=0.5, near=0.0, local=0.0, foot=0.0)
    for _ in range(12):
        month(told, 2.0)
    told.killings[0] = 20.0
    assert month(told, 2.0) > 0.0
    world = live(1, **{"fear.signs": 1.0})
    payers = np.bincount(world.town.people["settlement"][world.minds["pays"] >= 0], minlength=world.town.n_settlements)
    without = world.state.local["insecurity"].copy()
    update_local_crime(world.w)
    assert (world.state.local["insecurity"] > without)[payers > 0].all()


def test_fear_differs_between_settlements_by_crime_and_does_not_where_nothing_is_known_of_it(live: Live) -> None:
    off = {f"fear.{name}": 0.0 for name in ("near", "signs", "news", "local", "foot", "harm", "heard")}
    usual, same = (live(3 * MONTH, **changes).state.local["insecurity"] for changes in ({}, off))
    assert usual.std() > 0.02 > same.std() == 0.0
