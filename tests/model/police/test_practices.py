"""Practices: each officer has four habits, which what the officer lives through raises and lowers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from small_world import small_parameters, small_world

from model.engine.rows import zero_rows
from model.police.practices import (
    ROLE_CHIEF,
    ROLE_LEADER,
    Example,
    Practices,
    common_log_odds,
    conduct_log_odds,
    decay_skills,
    find_team_leaders,
    habit_of,
    planned_share,
    reset_habits,
    reviewed_habit,
    sectors_by_cell,
    set_habit,
    share_of_couple,
    take_up,
)
from model.simulation.model import TrustModel
from model.town.police import Officer
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
STAY = {"adoption.rotation": 0.0, "adoption.retire": 0.0, "mechanisms.misconduct": False, "mechanisms.capture": False}
HABITS = ("team", "area", "analysis", "follow")


def officer(**columns: float) -> Officer:
    """An officer of operations in a sector, untrained, from after the founding of the PNC."""
    one = zero_rows(Officer, 1)[0]
    for name, value in ({"cohort": 2005, "sector": 1, "tick_sector": 0} | columns).items():
        one[name] = value
    return one


def wish_of(one: Officer, tick: int = 1000, **numbers: dict[str, float]) -> float:
    """What speaks for all practices in an officer."""
    return float(common_log_odds(small_world(small_parameters(**numbers), tick=tick), one, 0))


def habit_after(
    one: Officer, k: int, *, peers: float = 0.2, boss: float = 0.2, chief: float = 0.2, **numbers: float
) -> float:
    """What a habit becomes at a review."""
    p = Practices().replace(numbers).rows(1)[0]
    return float(reviewed_habit(one, k, Example(colleagues=peers, boss=boss, chief=chief, supported=1), 0.0, p))


def table(world: TrustModel) -> pd.DataFrame:
    return world.datacollector.get_model_vars_dataframe()


@pytest.mark.parametrize(
    ("raises", "lowers"),
    [
        ({"tick_sector": 0}, {"tick_sector": 2000}),
        ({"schooling": 1.0}, {"schooling": -1.0}),
        ({"faith": 1.0}, {"faith": -1.0}),
        ({"champion": 1}, {"champion": 0}),
        ({"cohort": 2005}, {"cohort": 1990}),
    ],
)
def test_what_an_officer_has_been_through_reverses_the_wish(raises: dict[str, float], lowers: dict[str, float]) -> None:
    assert wish_of(officer(**raises), 2000) > wish_of(officer(**lowers), 2000)


def test_pressure_for_arrests_lowers_habits_in_operations_alone() -> None:
    pressed = {"pressure": {"level": 1.0}}
    assert wish_of(officer(branch=0), **pressed) < wish_of(officer(branch=0))
    assert wish_of(officer(branch=1), **pressed) == wish_of(officer(branch=1))
    given_back = {"adoption": {"returned": 1.0}}
    assert wish_of(officer(branch=0), **pressed, **given_back) > wish_of(officer(branch=0), **pressed)


def test_bad_conditions_lower_habits() -> None:
    assert wish_of(officer(), resources={"condition": 0.0}) < wish_of(officer(), resources={"condition": 1.0})


@pytest.mark.parametrize("k", range(4))
def test_training_boss_and_colleagues_raise_every_habit(k: int) -> None:
    plain = habit_after(officer(), k)
    assert habit_after(officer(skill=1.0), k) > plain
    assert habit_after(officer(led=1), k, boss=1.0) > habit_after(officer(led=1), k, boss=0.0)
    assert habit_after(officer(led=0), k, boss=1.0) == plain
    assert habit_after(officer(), k, peers=0.9) > plain > habit_after(officer(), k, peers=0.0)


@pytest.mark.parametrize("k", range(4))
def test_an_order_weighs_more_where_the_chief_does_it_and_orders_one_practice(k: int) -> None:
    order = {f"order_{HABITS[k]}": 1.0}
    assert habit_after(officer(), k, chief=1.0, **order) > habit_after(officer(), k, chief=0.0, **order)
    assert habit_after(officer(), k, chief=0.0, **order) > habit_after(officer(), k)
    other = (k + 1) % 4
    assert habit_after(officer(), other, **order) == habit_after(officer(), other)


def test_an_order_without_support_moves_nobody() -> None:
    p = Practices().replace({"order_area": 1.0}).rows(1)[0]
    alone = Example(colleagues=0.2, boss=0.2, chief=0.2, supported=0)
    assert reviewed_habit(officer(), 1, alone, 0.0, p) == habit_after(officer(), 1)


def test_what_was_learned_holds_under_a_trained_boss_and_halves_in_a_year_without() -> None:
    officers = zero_rows(Officer, 3)
    officers["trained"], officers["led"] = (1, 1, 0), (1, 0, 1)
    decay_skills(small_world(officers=officers, tick=12 * 91))
    assert officers["skill"].tolist() == [1.0, 0.5, 0.0]


def test_who_comes_new_has_eight_tenths_of_the_usual_habits_and_is_new_in_the_sector() -> None:
    one = officer(habit_team=1.0, habit_follow=1.0, trained=1)
    reset_habits(one, Practices().rows(1)[0], 0.5, 12.0, 5000)
    assert [habit_of(one, k) for k in range(4)] == pytest.approx([0.36, 0.08, 0.064, 0.16])
    assert (one.tick_sector, one.schooling, one.skill) == (5000, 0.0, 0.5)


def test_a_trained_boss_calms_the_tone_and_pressure_and_penury_sharpen_it() -> None:
    p = Practices().rows(1)[0]
    usual = conduct_log_odds(officer(), p, p.usual_level, p.usual_penury)
    assert usual == 0.0
    assert conduct_log_odds(officer(led=1, skill=1.0), p, p.usual_level, p.usual_penury) == pytest.approx(0.5)
    assert conduct_log_odds(officer(), p, 1.0, p.usual_penury) < usual
    assert conduct_log_odds(officer(), p, p.usual_level, 1.0) < usual


def test_everybody_has_a_boss_but_the_chief_and_every_sector_a_leader(live: Live) -> None:
    world = live(0)
    officers, bosses = world.state.officers, world.state.bosses
    chiefs = officers["leads"] == ROLE_CHIEF
    assert (bosses[chiefs] == -1).all()
    assert (bosses[~chiefs] >= 0).all()
    assert (officers["facility"][bosses[~chiefs]] == officers["facility"][~chiefs]).all()
    leaders = find_team_leaders(world)
    assert (officers["sector"][leaders] == np.arange(len(leaders))).all()
    assert set(np.flatnonzero(officers["leads"] == ROLE_LEADER)) <= set(leaders.tolist())
    assert (officers["led"] == np.where(bosses >= 0, officers["trained"][bosses], 0)).all()


def test_every_populated_cell_of_a_route_lies_in_a_sector(live: Live) -> None:
    world = live(0)
    found, routes = sectors_by_cell(world), world.town.routes["cell"]
    assert set(np.flatnonzero(found >= 0)) <= set(routes.tolist())
    assert (found >= 0).any()


def lived(months: int, **numbers: float) -> TrustModel:
    """A quarter of Villa Canales, which has several sectors to a facility, after some months."""
    settings = {"population.scale": 0.25, "calendar.warm_up": 0, **STAY, **numbers}
    world = TrustModel(load("villa_canales", set=settings), rng=7)
    for _ in range(months * MONTH):
        world.step()
    return world


def test_sectors_are_exchanged_and_each_keeps_its_couples() -> None:
    still, mixed = lived(0), lived(4, **{"practices.reshuffle": 0.99, "practices.keeping": 0.0})
    posts, of = still.town.posts["sector"], still.state.officers["post"]
    placed = of >= 0
    assert (still.state.officers["sector"][placed] == posts[of[placed]]).all()
    sectors = mixed.state.officers["sector"]
    assert sorted(sectors[placed]) == sorted(posts[of[placed]])
    assert (sectors[placed] != posts[of[placed]]).any()
    for post in np.unique(of[placed]):
        assert len(set(sectors[of == post])) == 1, post
    assert table(mixed)["sector_changes"].sum() > 0


def test_a_chief_with_the_habit_of_the_team_sends_couples_home() -> None:
    ruled = {"practices.renew": 0.0, "practices.sent": 0.1, "practices.sent_team": 0.9}
    home, away = (table(lived(1, **ruled, **{"practices.usual_team": team})) for team in (0.99, 0.01))
    assert home["shifts_own"].sum() > 0.95 * home["couple_shifts"].sum()
    assert away["shifts_own"].sum() < 0.5 * away["couple_shifts"].sum()


def test_support_ends_station_by_station_and_habits_fall_back(live: Live) -> None:
    ordered = {"practices.order_area": 1.0, "practices.renew": 0.9} | STAY
    short = {"practices.support_least": 2.0, "practices.support_most": 3.0}
    kept, left = table(live(7 * MONTH, **ordered)), table(live(7 * MONTH, **ordered, **short))
    assert kept["stations_supported"].iloc[-1] == 1.0
    assert left["stations_supported"].iloc[-1] == 0.0
    assert left["habit_area"].iloc[2] > 0.2
    assert left["habit_area"].iloc[-1] < 0.5 * kept["habit_area"].iloc[-1]


def test_a_habit_of_the_area_is_long_visits_and_its_absence_none(live: Live) -> None:
    frozen = {"practices.renew": 0.0, "mechanisms.problems": False, **STAY}
    much = table(live(2 * MONTH, **frozen, **{"practices.usual_area": 0.9}))
    none = table(live(2 * MONTH, **frozen, **{"practices.planned": 0.0}))
    assert much["visits_planned"].sum() > 20
    assert none["visits_planned"].sum() == 0
    assert much["hours_patrol"].sum() < none["hours_patrol"].sum()
    assert much["known_share"].iloc[-1] > none["known_share"].iloc[-1]
    assert much["presence_seen"].iloc[-1] < none["presence_seen"].iloc[-1]


def test_switched_off_habits_stay_and_nothing_is_planned(live: Live) -> None:
    world = live(3 * MONTH, **STAY, **{"mechanisms.practices": False})
    p = Practices()
    for k, name in enumerate(HABITS):
        assert (world.state.officers[f"habit_{name}"] == getattr(p, f"usual_{name}")).all(), k
    months = table(world)
    assert months["visits_planned"].sum() == months["hours_requests"].sum() == months["hours_brief"].sum() == 0
    assert (months["shifts_own"] == months["couple_shifts"]).all()


def test_the_same_month_reviewed_twice_is_the_same(live: Live) -> None:
    one, two = live(MONTH), live(MONTH)
    take_up(one)
    take_up(two)
    assert (one.state.officers == two.state.officers).all()


def test_a_habit_is_set_and_read_by_number() -> None:
    one = officer()
    for k in range(4):
        set_habit(one, k, 0.1 * k)
    assert [habit_of(one, k) for k in range(4)] == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_motorised_patrol_takes_over_what_foot_patrol_would_plan(live: Live) -> None:
    w = live(0, **{"practices.paid_by": 1, "chief.weighs_work": 0}).w
    w.chiefs["work"] = 1.0
    habit = 0.4
    share = planned_share(w, 0, habit)
    assert share_of_couple(w, 0, habit, True, 0.5) == pytest.approx(0.0)
    assert share_of_couple(w, 0, habit, False, 0.5) == pytest.approx(1.5 * share)
    # No more than all of its time, and nothing where there is none: then foot patrol gives the rest.
    assert share_of_couple(w, 0, habit, False, 50.0) == pytest.approx(1.0)
    assert share_of_couple(w, 0, habit, True, 50.0) == pytest.approx(share - (1.0 - share) / 50.0)
    assert share_of_couple(w, 0, habit, True, -1.0) == share


def months_of_foot_patrol(**changes: float) -> pd.Series:
    """Return sums of five months, after three, of Totonicapán at half its size."""
    scenario = load("totonicapan", set={"population.scale": 0.5, "calendar.warm_up": 0, **STAY, **changes})
    world = TrustModel(scenario, rng=7)
    world.run_for(8 * MONTH)
    return table(world).iloc[3:].sum(numeric_only=True)


def test_who_gives_the_hours_decides_what_gives_under_an_order() -> None:
    ordered = {"practices.order_area": 1.0, "practices.renew": 0.9, "chief.weighs_work": 0}
    usual = months_of_foot_patrol()
    alike, motorised, fixed, added = (
        months_of_foot_patrol(**ordered, **{"practices.paid_by": payer}) for payer in range(4)
    )
    assert alike["visits_foot"] < 0.9 * usual["visits_foot"]
    assert motorised["visits_foot"] > 0.95 * usual["visits_foot"]
    assert fixed["hours_fixed"] < 0.9 * alike["hours_fixed"]
    assert fixed["visits_foot"] > 0.95 * usual["visits_foot"]
    assert added["couple_shifts"] > 1.05 * alike["couple_shifts"]
    assert added["visits_foot"] > 0.95 * usual["visits_foot"]
