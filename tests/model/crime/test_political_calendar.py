"""M23: dated events move what the police have, how violent the country is, and how all of the police is seen."""

import dataclasses
import datetime
import math
from collections.abc import Callable

import numpy as np
import pytest

from model.engine.scenario import DatedEvent
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.town import Town, build_town
from model.world.shift_events import BY_GANG
from scenarios import load

Hindcast = Callable[..., TrustModel]
PUBLIC_EVENT = CAUSES.index("public_event")
SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
START, UNTIL_OCTOBER = "2010-08-15", 3 * 47
"""A reform commission begins on 1 September 2010, a public event of size 0.2; 2010 was more violent than 2017."""
GANGS = {
    "gangs.ms13": 40,
    "gangs.barrio18": 40,
    "gangs.dense": 5,
    "gangs.border": 100,
    "extortion.clash": 30,
    "extortion.recruit": 0.0,
    "extortion.leave": 0.0,
    "extortion.clash_lethal": 0.0,
    "extortion.demands": 0.0,
}
OFF = {"mechanisms.political_calendar": False}


@pytest.fixture(scope="module")
def town_of_2010() -> Town:
    return build_town(load("villa_canales", start=START, set=SMALL))


@pytest.fixture(scope="module")
def hindcast(town_of_2010: Town) -> Hindcast:
    """Return a function that lets a small Villa Canales live from August 2010 for some shifts."""

    def live_for(shifts: int, **changes: float) -> TrustModel:
        scenario = load("villa_canales", start=START, set=SMALL | changes)
        world = TrustModel(scenario, rng=7, town=town_of_2010, trace=True)
        if shifts:
            world.run_for(shifts)
        return world

    return live_for


def booked(world: TrustModel) -> float:
    """Change of trust by public events."""
    rows = world.ledger_months()
    return float(rows["change"][rows["cause"] == PUBLIC_EVENT].sum())


def mood_after_middle_of_2010(months: int) -> float:
    """Return the mood some months after July 2010, on the way from 26.2 of that year to 23.0 of the next."""
    mean = 26.2 + (23.0 - 26.2) * months / 12.0
    return math.log(mean / (100.0 - mean)) - math.log(32.6 / 67.4)


def test_switched_off_no_date_means_anything_and_life_goes_on(hindcast: Hindcast) -> None:
    on, off = hindcast(UNTIL_OCTOBER), hindcast(UNTIL_OCTOBER, **OFF)
    assert booked(on) > 0.0 == booked(off)
    assert not off.state.mood.any()
    assert on.state.mood[0] == pytest.approx(mood_after_middle_of_2010(2))
    assert on.month_row["national_trend"] > 1.0 == off.month_row["national_trend"]
    assert on.month_row["investigators"] == pytest.approx(0.8 * off.month_row["investigators"])
    assert off.month_row["contacts"] > 0 < off.month_row["crimes_occurred"]


def test_an_event_is_heard_once_by_as_many_as_it_is_great_and_moves_them_alone(hindcast: Hindcast) -> None:
    day = hindcast(3 * 17)
    before = day.trust()
    day.step()
    told = day.trace["impressions"][day.trace["impressions"]["cause"] == PUBLIC_EVENT]
    adults = (day.tick // 3 - day.town.people["born"] > 12 * 365.25) & (day.state.minds["gone"] < 0)
    assert len(told) == pytest.approx(0.2 * 0.5 * adults.sum(), rel=0.1)
    assert len(np.unique(told["who"])) == len(told)
    assert set(told["quality_f"]) == {1.0}
    assert (day.trust()[told["who"]] > before[told["who"]]).mean() > 0.9


def test_an_event_that_weighs_twice_moves_trust_nearly_twice(hindcast: Hindcast) -> None:
    once, twice = (hindcast(UNTIL_OCTOBER, **{"political_calendar.shock": shock}) for shock in (0.2, 0.4))
    assert 1.5 * booked(once) < booked(twice) < 2.0 * booked(once)


def test_the_mood_of_the_nation_is_an_input_that_does_not_fade(hindcast: Hindcast) -> None:
    world = hindcast(UNTIL_OCTOBER)
    mood, minds = float(world.state.mood[0]), world.state.minds
    assert minds["calm"][minds["gone"] < 0] == pytest.approx(math.exp(-mood))
    world.run_for(3 * 31)
    assert world.state.mood[0] == pytest.approx(mood_after_middle_of_2010(3))
    assert mood == pytest.approx(mood_after_middle_of_2010(2))


def test_violence_follows_the_country_as_far_as_it_is_told_to(hindcast: Hindcast) -> None:
    worlds = [hindcast(UNTIL_OCTOBER, **{"political_calendar.national_trend": part}) for part in (0.0, 0.5, 1.0)]
    trend = [world.month_row["national_trend"] for world in worlds]
    of_2010 = 40.98 / 32.78
    assert trend == pytest.approx([1.0, (1.0 + of_2010) / 2.0, of_2010])


def test_in_a_more_violent_year_cliques_clash_when_they_would_have_and_more(hindcast: Hindcast) -> None:
    clashes = []
    for part in (0.0, 1.0):
        world, found = (
            hindcast(0, **GANGS, **{"political_calendar.national_trend": part, "cliques.attack_base": -1.5}),
            set(),
        )
        for _ in range(3 * UNTIL_OCTOBER):
            world.step()
            rows = world.trace["incidents"]
            found |= set(rows[rows["motive"] == BY_GANG][["tick", "clique"]].tolist())
        clashes.append(found)
    assert clashes[0] < clashes[1]
    assert 1.0 < len(clashes[1]) / len(clashes[0]) < 1.6


def test_one_more_event_that_nobody_hears_of_changes_no_other_draw(town_of_2010: Town) -> None:
    plain = load("villa_canales", start=START, set=SMALL)
    unheard = DatedEvent(name="a law nobody hears of", start=datetime.date(2010, 8, 20), shock=1e-12)
    more = dataclasses.replace(plain, timeline=tuple(sorted((*plain.timeline, unheard), key=lambda one: one.start)))
    lives = [TrustModel(scenario, rng=7, town=town_of_2010) for scenario in (plain, more)]
    for world in lives:
        world.run_for(UNTIL_OCTOBER)
    assert booked(lives[0]) == booked(lives[1]) != 0.0
    assert np.array_equal(lives[0].state.minds, lives[1].state.minds)
