"""M18: what communities ask for, who answers in time, and who hears of it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES

Live = Callable[..., TrustModel]
MET, UNMET, TOLD = (CAUSES.index(name) for name in ("request_met", "request_unmet", "told_of_request"))
MONTH = 93
OFTEN = {"consultation.meetings": 40.0, "consultation.attend": 2.0, "mechanisms.deliberation": False}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


@pytest.fixture(scope="module")
def usual(live: Live) -> TrustModel:
    return live(4 * 90, **OFTEN)


def test_where_nobody_meets_nothing_is_asked_and_nobody_waits(live: Live, usual: TrustModel) -> None:
    off = live(4 * 90, **OFTEN, **{"mechanisms.consultation": False})
    assert sums(off)[["requests", "requests_due", "requests_answered"]].sum() == 0
    assert not np.isin(off.ledger_months()["cause"][off.ledger_months()["change"] != 0.0], (MET, UNMET)).any()
    assert len(off.state.requests.used_rows()) == len(off.state.present.used_rows()) == 0
    assert sums(usual)["requests_due"] > 0 < sums(off)["contacts"]


def test_every_request_waits_thirty_days_and_then_no_longer(usual: TrustModel) -> None:
    waiting = usual.state.requests.used_rows()
    assert (waiting["due"] - waiting["asked"] == 90).all()
    assert (waiting["due"] >= usual.tick).all()
    assert sums(usual)["requests"] == sums(usual)["requests_due"] + len(waiting)
    assert sums(usual)["requests_due"] >= sums(usual)["requests_answered"] >= sums(usual)["requests_met"] > 0


def test_more_people_bring_more_requests_up_to_four(live: Live) -> None:
    asked = set()
    for attend in (-2.0, 3.0):
        world = live(0, trace=True, **OFTEN | {"consultation.attend": attend})
        for _ in range(2 * MONTH):
            world.step()
            requests = world.state.requests.used_rows()
            for meeting in world.trace["meetings"][world.trace["meetings"]["at_table"] == 0]:
                own = (requests["asked"] == world.tick - 1) & (requests["authority"] == meeting["authority"])
                assert own.sum() == min(4, 1 + meeting["came"] // 6)
                asked.add(int(own.sum()))
    assert len(asked) > 1


def test_only_those_who_were_there_hear_what_became_of_it(live: Live) -> None:
    world, n_heard = (
        live(
            0,
            trace=True,
            **OFTEN,
            **{"consultation.explain": 0.0, "practices.follow_most": 0.0, "consultation.reports": 0.0},
        ),
        0,
    )
    for _ in range(3 * MONTH):
        present, requests = (table.used_rows().copy() for table in (world.state.present, world.state.requests))
        world.step()
        due = requests["authority"][requests["due"] <= world.tick - 1]
        there = present[(present["due"] <= world.tick - 1) & (world.state.minds["gone"][present["who"]] < 0)]
        rows = world.trace["impressions"]
        heard = rows["who"][np.isin(rows["cause"], (MET, UNMET))]
        if (world.tick - 1) % 3 == 1:
            told = [who for authority in due for who in there["who"][there["authority"] == authority]]
            assert sorted(heard) == sorted(told)
        n_heard += len(heard)
    assert n_heard > 20


@pytest.mark.parametrize("able", [0.0, 1.0])
def test_police_who_can_and_will_meet_all_requests_meet_all_and_others_none(live: Live, able: float) -> None:
    answers = {"consultation.feasible": able, "consultation.request_met": 1.0, "consultation.reports": 0.0}
    world = live(4 * 90, **OFTEN, **answers, **{"consultation.explain": 0.0})
    found, ledger = sums(world), world.ledger_months()
    assert found["requests_met"] == found["requests_answered"] == able * found["requests_due"]
    assert found["requests_due"] > 0
    gain, loss = (ledger["change"][ledger["cause"] == cause].sum() for cause in (MET, UNMET))
    assert (gain > 0.0 == loss) if able else (loss < 0.0 == gain)


def assembly(live: Live, share: float, **changes: float) -> tuple[TrustModel, pd.DataFrame, np.ndarray]:
    """Run to the first assembly at which there is something to tell; return what was heard and what was told."""
    world = live(0, trace=True, **OFTEN, **{"consultation.assembly": share, **changes})
    for _ in range(4 * MONTH):
        to_tell = world.state.results_to_tell.copy()
        world.step()
        if to_tell.any() and not world.state.results_to_tell[to_tell.any(axis=1)].any():
            break
    rows = world.trace["impressions"]
    heard = pd.DataFrame({name: rows[name] for name in ("who", "cause", "origin", "heard", "weight_e")})
    return world, heard[heard["cause"] == TOLD], to_tell


def test_everybody_at_an_assembly_hears_of_all_results_at_the_weight_of_hearsay(live: Live) -> None:
    world, heard, to_tell = assembly(live, 1.0)
    people, minds, tick = world.town.people, world.state.minds, world.tick - 1
    settlements = world.town.authorities["settlement"][to_tell.any(axis=1)]
    here = (minds["gone"] < 0) & ((tick // 3 - people["born"]) / 365.25 >= 12.0) & (people["arrives"] <= tick)
    there = np.flatnonzero(here & np.isin(people["settlement"], settlements))
    assert set(heard["who"]) == set(there.tolist())
    assert (heard["heard"] == 1).all()
    p = world.p.consultation[0]
    for a in np.flatnonzero(to_tell.any(axis=1)):
        own = heard[people["settlement"][heard["who"]] == world.town.authorities["settlement"][a]]
        for origin, weight, result in ((MET, p.weight_met, 0), (UNMET, p.weight_unmet, 2)):
            weights = own["weight_e"][own["origin"] == origin]
            expected = world.p.hearsay["weight"][0] * weight * to_tell[a, result]
            assert weights.tolist() == pytest.approx([expected] * len(weights))
            assert bool(len(weights)) == bool(to_tell[a, result])
    assert sums(world)["told_of_requests"] in (0.0, len(heard))


def test_a_part_of_the_community_hears_and_the_rest_does_not(live: Live) -> None:
    world, all_of_them, _ = assembly(live, 1.0)
    _, some, _ = assembly(live, 0.3)
    n = all_of_them["who"].nunique()
    assert some["who"].nunique() / n == pytest.approx(0.3, abs=3.0 * (0.3 * 0.7 / n) ** 0.5)
    assert set(some["who"]) < set(all_of_them["who"])
    assert world.trace["impressions"]["cause"].tolist().count(TOLD) == len(all_of_them)


def test_nobody_hears_without_assemblies(live: Live) -> None:
    usual = live(3 * MONTH, **OFTEN, **{"consultation.assembly": 0.0})
    assert sums(usual)["told_of_requests"] == 0.0
    ledger = usual.ledger_months()
    assert not ledger["change"][ledger["cause"] == TOLD].any()


def test_the_better_the_results_the_more_trust_an_assembly_gives(live: Live) -> None:
    changes = []
    for met in (0.0, 1.0):
        told = {"consultation.assembly": 1.0, "consultation.feasible": 1.0, "consultation.request_met": met}
        ledger = live(4 * 90, **OFTEN, **told).ledger_months()
        changes.append(ledger["change"][ledger["cause"] == TOLD].sum())
    assert changes[0] < 0.0 < changes[1]


def test_at_the_next_meeting_police_say_truthfully_what_cannot_be_done_and_what_is_still_open(live: Live) -> None:
    idle = {"consultation.request_met": 0.0, "practices.follow_most": 0.0, "consultation.explain": 0.0}
    for feasible, reports in ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0)):
        told = {"consultation.feasible": feasible, "consultation.reports": reports}
        found = sums(live(4 * 90, **OFTEN, **idle, **told))
        share = found["requests_answered"] / found["requests_due"]
        assert 0.3 < share < 1.0 if feasible < reports else share == 0.0


def test_an_explanation_convinces_a_community_only_if_the_request_was_not_feasible(live: Live) -> None:
    for feasible, result in ((0.0, 1), (1.0, 2)):
        answers = {"consultation.feasible": feasible, "consultation.request_met": 0.0, "consultation.answer": 1.0}
        _, _, to_tell = assembly(live, 1.0, **answers, **{"practices.follow_most": 0.0})
        assert to_tell[:, result].sum() == to_tell.sum() > 0


def test_who_speaks_at_the_table_learns_what_came_of_its_request(live: Live) -> None:
    table = {"consultation.meetings": 0.0, "consultation.table": 12.0, "consultation.assembly": 1e-9}
    world, heard = live(0, trace=True, **table), 0
    for _ in range(5 * MONTH):
        world.step()
        heard += int(np.isin(world.trace["impressions"]["cause"], (MET, UNMET)).sum())
    assert sums(world)["table_requests"] > 0 < heard
