"""M4: whom couples meet, how they treat them, and what that teaches."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.model import TrustModel
from model.register import CAUSES

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
GREETING, TALK, STOP, BRIBE = (CAUSES.index(name) for name in ("greeting", "talk", "stop", "bribe"))
MONTH = 93
OFTEN = {"contacts.foot": 10.0, "contacts.motor": 10.0, "patrol.visits_motor": 48}


def contacts(world: TrustModel) -> np.ndarray:
    """Return what the contacts of the last shift taught."""
    rows = world.trace["impressions"]
    return rows[np.isin(rows["cause"], (GREETING, TALK, STOP, BRIBE))]


@pytest.fixture(scope="module")
def lessons(watch: Watch) -> np.ndarray:
    """What all contacts taught in three months in which half the officers are replaced."""
    return np.concatenate([contacts(world) for world in watch(3 * MONTH, **OFTEN, **{"adoption.rotation": 0.95})])


def test_switched_off_contacts_happen_and_teach_nothing(live: Live) -> None:
    on, off = (live(1, rng=4, trace=True, **OFTEN, **{"mechanisms.contacts": wanted}) for wanted in (True, False))
    assert on.state.tally["contacts"] == off.state.tally["contacts"] > 0
    assert len(contacts(on)) > len(contacts(off)) == 0
    for world in (on, off):
        world.run_for(MONTH)
    assert on.rows["trust_by_contacts"] != 0.0 == off.rows["trust_by_contacts"]
    assert off.rows["contact_share"] > 0.0


def test_a_bad_meeting_never_raises_trust_and_a_good_one_never_lowers_it(lessons: np.ndarray) -> None:
    bad, good = lessons[lessons["tone_f"] == -1.0], lessons[lessons["tone_f"] == 1.0]
    assert len(bad) > 20 < len(good)
    assert (bad["change"] < 0.0).all()
    assert (good["change"] > 0.0).all()
    assert set(lessons["tone_f"][lessons["cause"] == BRIBE]) <= {-1.0}


def test_a_friendly_contact_with_somebody_known_weighs_more_and_nothing_else_does(lessons: np.ndarray) -> None:
    greetings = lessons[lessons["cause"] == GREETING]
    assert set(greetings["weight_f"][greetings["tone_f"] > 0.0]) == {0.03, 1.25 * 0.03}
    assert set(greetings["weight_f"][greetings["tone_f"] < 0.0]) == {0.03}
    assert set(lessons["weight_f"][lessons["cause"] == STOP]) == {0.2}


def test_couples_meet_those_who_are_where_they_are_and_no_small_children(watch: Watch) -> None:
    for world in watch(MONTH // 3, **OFTEN):
        who, tick = contacts(world)["who"], world.tick - 1
        visits = world.trace["visits"]
        here = world.town.places[world.calendar.place_list(tick)][who]
        assert np.isin(here, visits["cell"][visits["post"] >= 0]).all()
        assert ((tick // 3 - world.town.people["born"][who]) / 365.25 >= 12.0).all()


def test_fairer_officers_treat_nobody_worse(live: Live) -> None:
    better = 0
    for rng in (3, 4, 5, 6):
        harsh, fair = (contacts(live(1, rng=rng, trace=True, **OFTEN, **{"contacts.fair": x})) for x in (-0.5, 2.4))
        assert (harsh[["who", "cause"]] == fair[["who", "cause"]]).all()
        assert (harsh["tone_f"] <= fair["tone_f"]).all()
        better += int((harsh["tone_f"] < fair["tone_f"]).sum())
    assert better > 10


def test_kinds_of_contacts_add_up_and_every_stop_that_finds_something_is_an_arrest(live: Live) -> None:
    found = live(MONTH, **OFTEN, **{"contacts.finds": 1.0}).rows
    assert found["contacts"] == found["greetings"] + found["talks"] + found["stops"]
    assert found["bribes"] <= found["unfair"] <= found["contacts"]
    assert found["arrests_without_incident"] == found["stops"] - found["bribes"] > 0
    assert live(MONTH, **OFTEN, **{"contacts.finds": 0.0}).rows["arrests_without_incident"] == 0
