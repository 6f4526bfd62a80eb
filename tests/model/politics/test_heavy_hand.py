"""The heavy hand with both faces."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hand_made import hand_made_world
from small_world import small_parameters

from model.engine.rows import zero_rows
from model.politics.heavy_hand import send_army_patrols
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.police import RouteStop
from model.trust.ledger import sum_trust_by_settlement
from model.world.shift_events import SOLDIERS, VISITS

Live = Callable[..., TrustModel]
MONTH = 93
GANGS = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.dense": 5, "extortion.clash": 30.0, "cliques.attack": 0}
HARD = {"heavy_hand.army": 60, "heavy_hand.detention": 20}
NO_SOLDIERS = {"political_calendar.army": 0.0}
"""Without those who walk with the police until March 2018."""


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


@pytest.fixture(scope="module")
def hard(live: Live) -> TrustModel:
    return live(4 * MONTH, **GANGS, **HARD, **{"heavy_hand.weeks": 4.0})


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(4 * MONTH, **GANGS, **NO_SOLDIERS)


def test_in_the_status_quo_and_off_there_is_no_heavy_hand(live: Live, usual: TrustModel) -> None:
    off = live(2 * MONTH, policies=["heavy_hand"], **GANGS, **NO_SOLDIERS, **{"mechanisms.heavy_hand": False})
    for world in (usual, off):
        assert sums(world)[["army_visits", "stops_army", "detentions", "others_held"]].sum() == 0


def test_members_held_do_not_clash_and_some_detained_are_none(hard: TrustModel, usual: TrustModel) -> None:
    found, before = sums(hard), sums(usual)
    assert found["members_held"] > 0
    assert found["clashes"] < before["clashes"]
    assert 0.03 < found["wrongful_detentions"] / found["detentions"] < 0.9
    assert found["stops_army"] > found["stops_army_harsh"] > 0


def test_cliques_count_only_the_members_at_large(hard: TrustModel) -> None:
    state = hard.state
    at_large = [np.count_nonzero(state.minds["member"] == q) for q in range(len(state.cliques))]
    assert state.cliques["members"].tolist() == at_large
    held = state.prison.used_rows()
    assert (state.minds["gone"][held["who"]] >= 0).all()
    assert len(set(held["who"].tolist())) == len(held)


def test_those_who_know_the_detained_think_the_worse_of_the_police(hard: TrustModel, usual: TrustModel) -> None:
    rows = hard.ledger_months()
    for cause in ("detention", "army", "departure"):
        assert rows["change"][rows["cause"] == CAUSES.index(cause)].sum() < 0.0, cause
    assert rows["change"][rows["cause"] == CAUSES.index("arrival")].sum() > 0.0
    assert sums(hard)["fairness_mean"] < sums(usual)["fairness_mean"]


def test_the_books_of_trust_balance_while_people_go_and_come_back(live: Live) -> None:
    world = live(0, **GANGS, **HARD, **{"heavy_hand.weeks": 0.5, "heavy_hand.months": 0.5})
    for _ in range(2):
        start = world.month
        before = sum_trust_by_settlement(world.state.minds, world.town.people, world.town.n_settlements)
        before = world.state.trust_total.copy() if world.month_row else before
        while world.month == start:
            world.step()
        rows = world.ledger_months()
        booked = [
            rows["change"][(rows["month"] == start) & (rows["settlement"] == z)].sum() for z in range(len(before))
        ]
        assert np.abs(world.state.trust_total - before - booked).max() < 1e-9


def test_prison_makes_members_of_some_who_were_none(live: Live) -> None:
    back = {"heavy_hand.weeks": 0.5, "heavy_hand.prison_recruit": 1.0, "heavy_hand.wrongful": 0.5}
    found = sums(live(3 * MONTH, **GANGS, **HARD, **back))
    assert 0 < found["prison_recruits"] <= found["wrongful_detentions"]


def test_detention_holds_offenders_by_its_share_and_moves_no_certainty(live: Live) -> None:
    def world(share: float) -> TrustModel:
        return live(2 * MONTH, **GANGS, **HARD, **{"heavy_hand.offenders": share, "heavy_hand.weeks": 20.0})

    none, some = world(0.0), world(0.5)
    assert sums(none)["detained_offenders"] == 0.0
    assert sums(some)["detained_offenders"] > 0.1 * sums(some)["detentions"]
    assert sums(some)["detentions"] == sums(none)["detentions"]
    assert sums(some)["offenders_held"] > sums(none)["offenders_held"]
    assert sums(some)["prevented"] > sums(none)["prevented"]
    assert some.state.arrested_lately.sum() <= none.state.arrested_lately.sum()


@pytest.mark.parametrize(("scale", "mean"), [(1.0, 2.5), (0.25, 0.625)])
def test_a_fraction_of_a_patrol_goes_out_in_that_share_of_shifts(scale: float, mean: float) -> None:
    p = small_parameters(heavy_hand={"visits": 3, "stops": 0.0})
    w = hand_made_world(n_cells=1, p=p, everywhere=zero_rows(RouteStop, 1), army_patrols=2.5 * scale)
    w.everywhere["reach"], n, shifts = 1.0, 0, 400
    for tick in range(shifts):
        w.set_field("tick", tick)
        w.counts[VISITS] = 0
        send_army_patrols.kernel(w)
        patrols = w.counts[VISITS] / 3
        assert patrols in (int(mean), int(mean) + 1)
        n += patrols
    assert n / shifts == pytest.approx(mean, abs=0.08)


def test_what_offenders_see_of_soldiers_follows_their_weight(live: Live) -> None:
    none, some, whole = (
        live(MONTH // 3, **{"heavy_hand.army": 60, "heavy_hand.presence": x, "roster.absence": 1.0})
        for x in (0.0, 0.3, 1.0)
    )
    seen = [world.state.seen_lately.mean() for world in (none, some, whole)]
    assert seen[0] < 0.1 * seen[1]
    assert seen[1] < seen[2]
    assert none.state.tally[0]["army_visits"] == whole.state.tally[0]["army_visits"] > 0


def test_soldiers_arrest_nobody_and_are_no_visits_of_the_police(live: Live) -> None:
    world = live(0, trace=True, **HARD)
    world.step()
    visits = world.trace["visits"]
    soldiers = visits[visits["kind"] == SOLDIERS]
    assert len(soldiers) == 3 * 8
    assert (soldiers["post"] == -1).all()
    assert world.state.tally[0]["visits"] == np.count_nonzero((visits["post"] >= 0) & (visits["alive"] == 1))
    assert (world.trace["arrests"]["post"] >= 0).all()
