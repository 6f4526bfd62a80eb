"""Crowds against suspects: when they act, who stops them, what follows (M15)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from model.community.collective_violence import acting_share
from model.simulation.model import GROUP_MONTH, SETTLEMENT_MONTH, TrustModel
from model.town.crime_kinds import HOMICIDE
from model.world.shift_events import BY_CROWD

Live = Callable[..., TrustModel]
MONTH = 93
ANGRY = {"collective_violence.named": 1.0, "collective_violence.named_organised": 1.0} | {
    "collective_violence.held": 1.0,
    "collective_violence.calm": -1.0,
}
NOBODY_STOPS = {
    "collective_violence.police_stop": 0.0,
    "collective_violence.authority_stops": 0.0,
    "collective_violence.together": 0.0,
}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


def test_a_cascade_runs_as_far_as_each_finds_enough_others_acting() -> None:
    steps = np.linspace(0.0, 0.95, 20)
    assert acting_share(steps, 20, 0.1) == 1.0
    gap = np.where(steps > 0.3, 0.9, steps)
    assert 0.3 <= acting_share(gap, 20, 0.1) < 0.5
    assert acting_share(np.full(20, 0.5), 20, 0.1) == 0.0


def test_a_cascade_ends_where_a_share_of_heads_is_rounded_down() -> None:
    heads, crowd = 15, 22
    assert heads / crowd * crowd < heads
    assert acting_share(np.array([0.0] * heads + [0.9] * (crowd - heads)), crowd, 0.1) == heads / crowd


def test_crowds_grow_with_distrust_and_harm(live: Live) -> None:
    calm = {**ANGRY, "collective_violence.calm": 1.2}
    trusting = sums(live(2 * MONTH, **calm, **{"trust.level": 0.98}))
    wary = sums(live(2 * MONTH, **calm, **{"trust.level": 0.02}))
    assert wary["crowds"] > trusting["crowds"]


def test_crowds_grow_where_no_police_can_come_and_where_people_know_each_other(live: Live) -> None:
    late = {**ANGRY, "collective_violence.calm": 1.2, "collective_violence.minutes": 0.0}
    seen = [sums(live(2 * MONTH, **late, **{"collective_violence.absence": x}))["crowds"] for x in (0.0, 2.0)]
    assert seen[1] > seen[0]
    rumour = {"collective_violence.named": 0.0, "collective_violence.held": 0.0}
    named = [
        sums(live(2 * MONTH, **rumour, **{"collective_violence.named_organised": x}))["suspects_named"]
        for x in (0.0, 1.0)
    ]
    assert named[1] > named[0] == 0


def test_every_attempt_is_averted_or_injures_or_kills(live: Live) -> None:
    found = sums(live(2 * MONTH, **ANGRY))
    assert found["suspects_named"] >= found["crowds"] > 0
    assert 0 < found["crowds_core"] + found["crowds_far"] <= found["crowds"]
    ends = found[["crowds_averted", "crowds_injured", "crowds_killed"]]
    assert ends.sum() == found["crowds"]
    assert (ends > 0).all()


def test_police_and_authority_together_stop_more_than_either(live: Live) -> None:
    def averted(**changes: float) -> float:
        found = sums(live(2 * MONTH, **ANGRY, **(NOBODY_STOPS | changes)))
        return float(found["crowds_averted"] / found["crowds"])

    police = {"collective_violence.police_stop": 0.4}
    authority = {"collective_violence.authority_stops": 0.8}
    both = averted(**police, **authority, **{"collective_violence.together": 0.5})
    assert averted() == 0.0
    assert both > max(averted(**police), averted(**authority)) > 0.0


def test_who_is_killed_by_a_crowd_dies_and_stands_in_the_books(live: Live) -> None:
    world = live(0, trace=True, **ANGRY, **NOBODY_STOPS, **{"collective_violence.lethal": 1.0})
    rows = []
    for _ in range(30):
        world.step()
        rows.append(world.trace["incidents"][world.trace["incidents"]["motive"] == BY_CROWD])
    found = np.concatenate(rows)
    assert len(found) > 0
    assert (found["kind"] == HOMICIDE).all()
    assert (world.state.minds["gone"][found["victim"]] >= 0).all()


def test_after_an_attack_no_patrol_comes_for_weeks(live: Live) -> None:
    world = live(0, trace=True, **ANGRY, **NOBODY_STOPS, **{"collective_violence.attack": 1.0})
    settlement, seen = world.town.cells["settlement"], 0
    for _ in range(MONTH):
        world.step()
        away = world.state.boards["withdrawn"] - world.tick > 3
        visits = world.trace["visits"]
        visits = visits[(visits["alive"] == 1) & (visits["post"] >= 0) & (settlement[visits["cell"]] >= 0)]
        was_away = away & (world.state.boards["withdrawn"] - world.tick < 60)
        seen += int(away.sum())
        assert not was_away[settlement[visits["cell"]]].any()
    assert seen > 0


def test_collective_violence_is_never_told_by_settlement() -> None:
    assert not {name for name in (*SETTLEMENT_MONTH.names, *GROUP_MONTH.names) if "crowd" in name}


def test_switched_off_no_crowd_gathers(live: Live) -> None:
    found = sums(live(MONTH, **ANGRY, **{"mechanisms.collective_violence": False}))
    assert found[["suspects_named", "crowds", "homicides_crowd", "police_attacked"]].sum() == 0
