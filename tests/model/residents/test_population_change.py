"""M28: people come and go on their days, the books balance, rates hold, and harm outside is in no book here."""

import datetime
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.engine.calendar import day_number
from model.residents.population_change import MECHANISM, relative_outsiders
from model.simulation.model import TrustModel
from model.town.town import build_town
from model.trust.hearsay import HEARSAY_CAUSE
from model.trust.ledger import ARRIVAL, DEPARTURE
from scenarios import load

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
QUICK = {"population.scale": 0.05, "calendar.warm_up": 0}


def test_births_and_newcomers_come_on_their_days_until_the_room_is_used_up() -> None:
    scenario = load("villa_canales", set=QUICK | {"population.room": 0.001})
    town = build_town(scenario)
    n = round(155422 * 0.05 * 1.026 ** (2017.0 - 2018.5))
    assert (town.n_residents, town.n_people) == (n, n + 7)
    world = TrustModel(scenario, rng=1, town=town)
    coming = town.people["arrives"][town.n_residents :]
    assert (np.diff(coming) >= 0).all()
    while world.tick <= 3 * coming[2]:
        world.step()
    assert (world.state.minds["gone"][town.n_residents :] < 0).sum() == (coming <= coming[2]).sum()
    world.run_for(2 * MONTH)
    assert (world.state.minds["gone"][town.n_residents :] >= 0).sum() <= 1
    assert world.month_row["arrivals_refused"] == pytest.approx(36.0 / 1000.0 * n / 12.0, rel=0.1)


def test_residents_are_those_at_the_start_with_arrivals_and_without_those_who_left(live: Live) -> None:
    world = live(3 * MONTH)
    months = world.datacollector.get_model_vars_dataframe()
    came = months[["births", "newcomers"]].to_numpy().sum()
    went = months[["natural_deaths", "departures", "homicides"]].to_numpy().sum()
    assert came > 20
    assert went > 10
    assert months["residents"].iloc[-1] == world.town.n_residents + came - went


def test_arrivals_and_departures_are_booked(live: Live) -> None:
    world = live(3 * MONTH)
    rows = world.ledger_months()
    assert rows["change"][rows["cause"] == ARRIVAL].sum() > 1.0
    assert rows["change"][rows["cause"] == DEPARTURE].sum() < 0.0


def test_counts_of_who_is_where_follow_those_who_come_and_go(live: Live) -> None:
    world = live(MONTH, **{"population_change.departures": 50})
    people, minds = world.town.people, world.state.minds
    listed = people["arrives"] <= (world.tick - 1) // 3
    for where in range(9):
        place = world.town.places[where]
        ends = np.bincount(place[listed & (place >= 0)], minlength=world.town.n_cells)
        assert np.array_equal(world.state.who_end[where] - world.town.who_start[where, :-1], ends)
    killed = int(world.datacollector.get_model_vars_dataframe()["homicides"].sum() + world.state.crime_counts[0, 6])
    here = (minds["gone"] < 0) & (world.town.places[2] >= 0)
    assert world.state.crowd[2].sum() - here.sum() <= killed


def test_room_for_those_to_come_moves_no_rate_by_itself(live: Live) -> None:
    contacts, candidates = [], []
    for room in (0.05, 1.0):
        world = live(12 * 91, **{"population.room": room})
        months = world.datacollector.get_model_vars_dataframe()
        contacts.append(months["contacts"].sum())
        candidates.append(months["candidates"].sum() / len(world.state.minds))  # each row is drawn alike
    assert contacts[0] == pytest.approx(contacts[1], rel=0.04)
    assert candidates[0] == pytest.approx(candidates[1], rel=0.04)


def test_commuters_are_robbed_outside_and_no_book_here_knows(live: Live) -> None:
    world = live(0, trace=True, **{"population_change.outside_robbery": 0.5, "crime.armed": 0, "crime.thieves": 0})
    seen = 0
    for _ in range(MONTH):
        world.step()
        assert world.trace is not None
        for row in world.trace["outside"]:
            seen += 1
            assert world.town.places[world.calendar.place_list(world.tick - 1), row["who"]] == -1
            assert world.state.minds["harmed_outside"][row["who"]] == world.tick - 1
            assert world.state.minds["alarm"][row["who"]] > 0.0
    assert seen > 10
    rows = world.month_row
    assert rows["crimes_occurred_robbery"] == 0
    assert rows["victims_anywhere_share"] > rows["victims_share"]


def test_outsiders_come_on_market_days_and_their_week_has_a_mean_of_one() -> None:
    for days, visit in ((0, 1.3), (2, 1.3), (2, 3.0)):
        week = days * relative_outsiders(True, days, visit) + (7 - days) * relative_outsiders(False, days, visit)
        assert week == pytest.approx(7.0)
    assert relative_outsiders(True, 7, 1.3) == 1.0


def test_a_town_of_another_year_has_other_people() -> None:
    past = build_town(load("villa_canales", set=QUICK, start="2008-01-01"))
    assert past.n_residents == round(155422 * 0.05 * 1.026 ** (2008.0 - 2018.5))
    assert past.people["arrives"].max() > day_number(datetime.date(2018, 1, 1))


def test_switched_off_nobody_comes_or_goes(live: Live) -> None:
    on, off = live(2 * MONTH), live(2 * MONTH, **{"mechanisms.population_change": False})
    months = off.datacollector.get_model_vars_dataframe()
    came_or_went = ["births", "newcomers", "natural_deaths", "departures", "outside_robberies", "outside_thefts"]
    assert months[came_or_went].to_numpy().sum() == 0
    assert all(on.month_row[name] != off.month_row[name] for name in MECHANISM.knockout.measures)


def test_newcomers_hear_from_others_and_others_from_them_once_they_are_here(watch: Watch) -> None:
    everything = {"hearsay.tell_good": 1.0, "hearsay.tell_bad": 1.0, "contacts.foot": 10.0, "contacts.motor": 10.0}
    heard = told = 0
    for world in watch(2 * MONTH, **everything, **{"population.in_migration": 250.0, "hearsay.at_home": 0.0}):
        first, rows = world.town.n_residents, world.trace["impressions"]
        tales = rows[rows["cause"] == HEARSAY_CAUSE]
        new = tales["who"][tales["who"] >= first]
        assert (world.state.minds["gone"][new] < 0).all()
        heard += len(new)
        told += (rows["who"][rows["cause"] != HEARSAY_CAUSE] >= first).sum()
    assert heard > 10 < told
