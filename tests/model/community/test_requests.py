"""M18: what communities ask for, who answers in time, and who hears of it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES

Live = Callable[..., TrustModel]
MET, UNMET = CAUSES.index("request_met"), CAUSES.index("request_unmet")
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
            **{"consultation.explain": 0.0, "practices.follow_most": 0.0, "consultation.answer": 0.0},
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
    answers = {"consultation.feasible": able, "consultation.request_met": 1.0, "consultation.answer": 0.0}
    world = live(4 * 90, **OFTEN, **answers, **{"consultation.explain": 0.0})
    found, ledger = sums(world), world.ledger_months()
    assert found["requests_met"] == found["requests_answered"] == able * found["requests_due"]
    assert found["requests_due"] > 0
    gain, loss = (ledger["change"][ledger["cause"] == cause].sum() for cause in (MET, UNMET))
    assert (gain > 0.0 == loss) if able else (loss < 0.0 == gain)
