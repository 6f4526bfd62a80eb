"""M51: who is often at a problem notices that it is solved, or that work on it is in vain; once each."""

from collections.abc import Callable

import numpy as np
import pytest

from model.problems.solved_problems import (
    EVENING_LIST,
    NOT_SHOWN,
    SHOWN_IN_VAIN,
    SHOWN_SOLVED,
    new_appearance,
    notice_solved_problems,
)
from model.simulation.model import TrustModel
from model.trust.events import PROBLEM_IN_VAIN, PROBLEM_SOLVED
from model.world.shift_events import IMPRESSIONS

Live = Callable[..., TrustModel]
RIGHT, WRONG = 2, 3


def appearance(world: TrustModel, **columns: float) -> int:
    """Return what becomes visible of the first problem when some of its columns are changed."""
    row = world.state.problems.used_rows()[0]
    for name, value in ({"cause": RIGHT, "response": -1, "kept": 0, "eff": 0.0, "shown": 0} | columns).items():
        row[name] = value
    return int(new_appearance(world.w.problems[0], world.w.p.solved_problems[0]))


def test_a_problem_is_seen_solved_once_and_in_vain_when_the_effect_is_lost(live: Live) -> None:
    world = live(0)
    assert appearance(world, eff=0.49) == NOT_SHOWN
    assert appearance(world, eff=0.5) == SHOWN_SOLVED
    assert appearance(world, eff=0.9, shown=SHOWN_SOLVED) == NOT_SHOWN
    assert appearance(world, eff=0.24, shown=SHOWN_SOLVED) == SHOWN_IN_VAIN
    assert appearance(world, eff=0.9, shown=SHOWN_IN_VAIN) == NOT_SHOWN


def test_only_a_response_that_misses_the_cause_for_months_is_in_vain(live: Live) -> None:
    world = live(0)
    assert appearance(world, response=WRONG, kept=5) == NOT_SHOWN
    assert appearance(world, response=WRONG, kept=6) == SHOWN_IN_VAIN
    assert appearance(world, response=RIGHT, kept=60) == NOT_SHOWN


@pytest.mark.parametrize(("eff", "cause"), [(0.9, PROBLEM_SOLVED), (0.0, PROBLEM_IN_VAIN)])
def test_all_who_are_there_notice_if_all_do_and_nobody_else(live: Live, eff: float, cause: int) -> None:
    world = live(0, **{"solved_problems.noticed": 1.0, "solved_problems.bystanders": 1.0})
    table = world.state.problems.used_rows()
    table["shown"], table["eff"], table["response"] = SHOWN_IN_VAIN, 0.0, -1
    table["shown"][0], table["eff"][0] = (NOT_SHOWN if eff else SHOWN_SOLVED), eff
    notice_solved_problems(world)
    heard = world.shift_events.rows_of(IMPRESSIONS)
    cell, w = table["cell"][0], world.w
    there = w.who[EVENING_LIST, w.who_start[EVENING_LIST, cell] : w.who_end[EVENING_LIST, cell]]
    old = world.tick // 3 - world.town.people["born"][there] >= 12 * 365.25
    assert sorted(heard["who"]) == sorted(there[old & (world.minds["gone"][there] < 0)])
    assert len(heard) > 0
    assert (heard["cause"] == cause).all()
    assert world.tally[0].noticed_problems == len(heard)


def test_those_who_were_harmed_notice_more_and_with_the_channel_cut_nobody_does(live: Live) -> None:
    heard = {}
    for noticed in (0.0, 0.5):
        world = live(0, **{"solved_problems.noticed": noticed, "solved_problems.bystanders": 0.2})
        world.state.problems.used_rows()["eff"] = 0.9
        world.minds["harmed"][::2] = world.tick - 1
        notice_solved_problems(world)
        heard[noticed] = world.shift_events.rows_of(IMPRESSIONS)["who"]
    assert len(heard[0.0]) == 0
    assert np.mean(heard[0.5] % 2 == 0) == pytest.approx(5 / 6, abs=0.1)
