"""M4: whom couples meet, how they treat them, and what that teaches."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.police.contacts import MAX_CONTACTS, kind_among_acquaintances, knows_officer_of, list_contacts, officer_key
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.world.shift_events import VISITS
from scenarios import load

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
KINDS = ("greeting", "talk", "long_visit", "stop", "rude", "abuse", "bribe")
GREETING, TALK, LONG, STOP, RUDE, ABUSE, BRIBE = (CAUSES.index(name) for name in KINDS)
MONTH = 93
STRANGERS = {"contacts.known_stop": 0.0, "contacts.known_talk": 0.0}
OFTEN = {"contacts.foot": 10.0, "contacts.motor": 10.0, "patrol.visits_motor": 48}


def contacts(world: TrustModel) -> np.ndarray:
    """Return what the contacts of the last shift taught."""
    rows = world.trace["impressions"]
    return rows[np.isin(rows["cause"], [CAUSES.index(name) for name in KINDS])]


@pytest.fixture(scope="module")
def lessons(watch: Watch) -> np.ndarray:
    """What all contacts taught in three months in which half the officers are replaced."""
    return np.concatenate([contacts(world) for world in watch(3 * MONTH, **OFTEN, **{"adoption.rotation": 0.95})])


def test_switched_off_contacts_happen_and_teach_nothing(live: Live) -> None:
    on, off = (
        live(1, rng=4, trace=True, **OFTEN, **{"mechanisms.contacts": wanted, "contacts.open": 30.0})
        for wanted in (True, False)
    )
    assert on.state.tally["contacts"] == off.state.tally["contacts"] > 0
    assert len(contacts(on)) > len(contacts(off)) == 0
    for world in (on, off):
        world.run_for(MONTH)
    assert on.month_row["trust_by_contacts"] != 0.0 == off.month_row["trust_by_contacts"]
    assert off.month_row["contact_share"] > 0.0


def test_a_bad_meeting_never_raises_trust_and_a_good_one_never_lowers_it(lessons: np.ndarray) -> None:
    bad = lessons[np.isin(lessons["cause"], (ABUSE, BRIBE))]
    good = lessons[np.isin(lessons["cause"], (LONG,))]
    assert len(bad) > 20 < len(good)
    assert (bad["change"] < 0.0).all()
    assert (good["change"] > 0.0).all()
    assert set(bad["quality_f"]) == set(bad["quality_e"]) == {0.0}


def test_a_friendly_contact_with_somebody_known_weighs_more_and_nothing_else_does(lessons: np.ndarray) -> None:
    greetings = lessons[lessons["cause"] == GREETING]
    p = load("villa_canales")["contacts"]
    assert set(greetings["weight_f"]) == {p.weight_greeting, p.familiar * p.weight_greeting}
    for cause, weight in ((STOP, p.weight_stop), (RUDE, p.weight_rude), (BRIBE, p.weight_bribe)):
        assert set(lessons["weight_f"][lessons["cause"] == cause]) == {weight}


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
        harsh, fair = (
            contacts(live(1, rng=rng, trace=True, **OFTEN, **STRANGERS, **{"contacts.fair": x})) for x in (-0.5, 2.4)
        )
        assert (harsh["who"] == fair["who"]).all()
        assert (harsh["quality_f"] <= fair["quality_f"]).all()
        better += int((harsh["quality_f"] < fair["quality_f"]).sum())
    assert better > 10


def test_kinds_of_contacts_add_up_and_every_stop_that_finds_something_is_an_arrest(live: Live) -> None:
    found = live(MONTH, **OFTEN, **{"contacts.finds": 1.0}).month_row
    assert found["contacts"] == found["greetings"] + found["talks"] + found["stops"]
    assert found["bribes"] <= found["unfair"] <= found["contacts"]
    assert found["arrests_without_incident"] == found["stops"] - found["bribes"] > 0
    assert live(MONTH, **OFTEN, **{"contacts.finds": 0.0}).month_row["arrests_without_incident"] == 0


def test_what_happens_at_home_is_shared_with_somebody_who_lives_there(watch: Watch) -> None:
    shared = []
    for together in (0.0, 1.0):
        pairs = 0
        for world in watch(MONTH // 3, **OFTEN, **{"contacts.together": together}):
            lessons = contacts(world)
            home = world.town.people["household"][lessons["who"]]
            alike = np.diff(home) == 0
            for name in ("cause", "quality_f", "weight_f", "fast"):
                alike &= np.diff(lessons[name]) == 0
            pairs += int(alike.sum())
        shared.append(pairs)
    assert shared[1] > 10 * max(shared[0], 1)


def test_abuse_comes_of_unfair_stops_alone(live: Live) -> None:
    never, always = (
        live(MONTH // 3, rng=4, trace=False, **OFTEN, **{"contacts.fair": 0.0, "contacts.abuse": x}) for x in (0.0, 1.0)
    )
    assert never.state.ledger[0, ABUSE].sum() == 0.0 > always.state.ledger[0, ABUSE].sum()
    assert always.state.ledger[0, RUDE].sum() < 0.0


def listed_contacts(world: TrustModel) -> dict[int, list[list[int]]]:
    """Return by visit of the last shift the contacts that it leads to: their number and place in the list."""
    n_visits = world.shift_events.counts[VISITS]
    coming = np.zeros((MAX_CONTACTS * n_visits, 3), np.int64)
    n = list_contacts(world.w, coming)
    return {k: coming[:n][coming[:n, 0] == k, 1:].tolist() for k in range(n_visits)}


def test_a_visit_that_is_cancelled_changes_no_contact_of_another(live: Live) -> None:
    world = live(1, rng=4, trace=True, **OFTEN)
    visits = world.shift_events.tables["visits"]
    rows = np.flatnonzero(visits["alive"][: world.shift_events.counts[VISITS]] == 1)
    twice = next(k for k in rows if np.isin(visits["cell"][k], visits["cell"][rows[rows > k]]))
    before = listed_contacts(world)
    visits["alive"][twice] = 0
    after = listed_contacts(world)
    assert len(before.pop(twice)) > 0 == len(after.pop(twice))
    assert before == after


def test_who_is_not_ready_to_talk_turns_away_from_greetings_and_not_from_stops(live: Live) -> None:
    all_open, closed = (live(MONTH // 3, **OFTEN, **{"contacts.open": x, "contacts.open_trust": 0.0}) for x in (30, -4))
    free, few = (one.state.tally[0] for one in (all_open, closed))
    assert few["greetings"] < 0.1 * free["greetings"]
    assert few["stops"] > 0.5 * free["stops"] > 0
    assert few["greetings"] < live(MONTH // 3, **OFTEN).state.tally[0]["greetings"] < free["greetings"]


def test_who_trusts_the_police_meets_them_more_often(live: Live) -> None:
    def gap(open_trust: float) -> float:
        changes = {"contacts.open": 0.0, "contacts.open_trust": open_trust, "contacts.stop": 0.0}
        world = live(0, trace=True, **OFTEN, **changes)
        before = world.minds["trust"].copy()
        met = np.zeros(len(before), bool)
        for _ in range(MONTH // 3):
            world.step()
            met[contacts(world)["who"]] = True
        here = world.minds["gone"] < 0
        return float(before[here & met].mean() - before[here & ~met].mean())

    assert gap(6.0) > gap(0.0) + 0.02


def test_greetings_in_passing_are_rude_less_often(watch: Watch) -> None:
    greetings = {"contacts.talk": 0.0, "contacts.stop": 0.0, "contacts.fair": 1.0, "patrol.plan_share": 0.0}
    shares = []
    for passing in (0.0, 2.0):
        changes = OFTEN | greetings | {"contacts.passing": passing}
        causes = np.concatenate([contacts(world)["cause"] for world in watch(MONTH // 3, **changes)])
        shares.append(np.mean(causes == RUDE))
    assert 0.0 < shares[1] < 0.5 * shares[0]


def test_only_stops_and_greetings_of_people_who_know_each_other_become_talks(live: Live) -> None:
    p = live(0, **{"contacts.known_stop": 0.6, "contacts.known_talk": 0.3}).w.p.contacts[0]
    turned = {kind: [kind_among_acquaintances(kind, u, p) for u in (0.2, 0.5, 0.8)] for kind in (STOP, GREETING, LONG)}
    assert turned == {STOP: [TALK, TALK, STOP], GREETING: [TALK, GREETING, GREETING], LONG: [LONG] * 3}


def test_a_move_of_the_officer_ends_the_acquaintance(live: Live) -> None:
    world = live(0)
    w, home = world.w, world.town.cells["facility"][world.town.people["home"][5]]
    o = int(np.flatnonzero(world.state.officers["facility"] == home)[0])
    w.minds[5].knows = officer_key(o, w.officers[o])
    assert knows_officer_of(w, 5, home)
    assert not knows_officer_of(w, 5, -1)
    w.minds[6].knows = 2**31 - 1
    assert not knows_officer_of(w, 6, home)
    world.state.officers["person"][o] += 1
    assert not knows_officer_of(w, 5, home)


def test_people_who_know_officers_talk_more_and_with_the_channel_cut_no_more(live: Live) -> None:
    talks, known = [], []
    for share in (0.0, 1.0):
        months = live(6 * MONTH, **OFTEN, **STRANGERS | {"contacts.known_talk": share, "adoption.rotation": 0.0})
        sums = months.datacollector.get_model_vars_dataframe().sum(numeric_only=True)
        talks.append(sums["talks"] / sums["contacts"])
        known.append(sums["contacts_known"])
    assert known[0] > 50
    assert talks[1] > talks[0]
