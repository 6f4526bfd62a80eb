"""The ledger: every change of trust is added to the account of its cause and settlement."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_made import hand_made_world
from small_world import small_parameters

from model.engine.causes import MOST_CAUSES
from model.engine.random_streams import keyed_uniform
from model.simulation.world import World
from model.trust import ledger as rules
from model.trust.belief_updating import trust_of
from model.trust.ledger import (
    ARRIVAL,
    DEATH,
    DEPARTURE,
    DISPOSITION_STREAM,
    FORGETTING_BAD,
    FORGETTING_GOOD,
    NATION,
    ORIGIN_SUMS,
    PLACE_STREAM,
    BeliefEvidence,
)
from model.world.shift_events import IMPRESSIONS, SIGNED

TICK, PLACE, CAUSE, OTHER_CAUSE = 300, 1, 5, 6
EVIDENCE = BeliefEvidence(cause=CAUSE, fair=1.0, fair_weight=0.3, effective=0.0, effective_weight=0.6, fast=0.25)


@pytest.fixture
def w() -> World:
    """A world of three residents: two have mixed evidence that was last updated 30 shifts ago, and live in place 1."""
    p = small_parameters(2)
    p.trust["fast_days"], p.trust["memory_years"] = (21.0, 10.0), (2.0, 0.5)
    made = hand_made_world(
        tick=TICK,
        p=p,
        retained_shares=np.array([rules.retained_shares_by_shift(one.fast_days, one.memory_years) for one in p.trust]),
        still_felt=np.zeros((2, MOST_CAUSES, 2)),
        remembered=np.zeros((MOST_CAUSES, 2)),
        origins=np.zeros((MOST_CAUSES, 2, len(ORIGIN_SUMS))),
    )
    made.people["settlement"][:2] = PLACE
    one = made.minds[:2]
    for number, name in enumerate(("fair", "unfair", "solved", "failed"), 1):
        one[f"{name}_fast"], one[f"{name}_slow"] = 0.1 * number, 0.3 / number
    one["disposed_fairness"], one["calm"], one["touched"] = 0.3, 1.5, TICK - 30
    for row in one:
        row.trust = trust_of(row, row.calm)
    return made


def retained(w: World, shifts: float = 30.0) -> tuple[float, float]:
    """Return the retained shares of place 1, computed apart from the model."""
    p = w.p.trust[PLACE]
    return 0.5 ** (shifts / (3 * p.fast_days)), 0.5 ** (shifts / (3 * 365 * p.memory_years))


def trust_with(mind: np.void, good: tuple[float, float], bad: tuple[float, float], calm: float) -> float:
    """Return trust with these shares (fast, slow) of favourable and unfavourable evidence, apart from the model."""

    def odds(disposed: float, favourable: str, unfavourable: str) -> float:
        against = 1.0 - disposed + bad[0] * mind[f"{unfavourable}_fast"] + bad[1] * mind[f"{unfavourable}_slow"]
        return float(against / (disposed + good[0] * mind[f"{favourable}_fast"] + good[1] * mind[f"{favourable}_slow"]))

    fairness, effectiveness = mind["disposed_fairness"], mind["disposed_effectiveness"]
    against = math.sqrt(odds(fairness, "fair", "unfair") * odds(effectiveness, "solved", "failed"))
    return 1.0 / (1.0 + calm * against)


def accounts(w: World) -> dict[tuple[int, int], float]:
    """Return the accounts that are not 0, by cause and settlement."""
    sums = w.ledger[0] + w.ledger[1]
    return {(int(cause), int(place)): float(sums[cause, place]) for cause, place in np.argwhere(sums != 0.0)}


@pytest.mark.parametrize("changes", [(1.0, 1e100, 1.0, -1e100), (-1.0, -1e100, -1.0, 1e100), (1e100, 1.0, -1e100, 1.0)])
def test_tiny_changes_are_not_lost_beside_large_ones(changes: tuple[float, ...]) -> None:
    ledger = np.zeros((2, MOST_CAUSES, 2))
    for change in changes:
        rules.add_to_ledger(ledger, CAUSE, PLACE, change)
    assert (ledger[0] + ledger[1])[CAUSE, PLACE] == math.fsum(changes)
    assert np.count_nonzero(ledger.sum(axis=0)) == 1


def test_a_change_as_large_as_the_sum_is_added_exactly() -> None:
    ledger = np.zeros((2, MOST_CAUSES, 1))
    for change in (0.1, 0.1, -0.1):
        rules.add_to_ledger(ledger, CAUSE, 0, change)
    assert ledger[:, CAUSE, 0].sum() == 0.1


def test_retained_shares_are_tabled_by_settlement_and_shifts(w: World) -> None:
    sim: Any = SimpleNamespace(p=w.p)
    table = rules.retained_shares(sim)
    assert table.shape == (2, 94, 2)
    for place, p in enumerate(w.p.trust):
        for shifts in (0, 1, 40, 93):
            expected = 0.5 ** (shifts / (3 * p.fast_days)), 0.5 ** (shifts / (3 * 365 * p.memory_years))
            assert table[place, shifts].tolist() == pytest.approx(expected, rel=1e-12)


def test_trust_now_decays_and_writes_nothing(w: World) -> None:
    before, mind = w.minds.copy(), w.minds[0]
    shares = retained(w)
    assert rules.decay_since(mind, TICK, w.p.trust[PLACE]) == pytest.approx(shares)
    expected = trust_with(mind, shares, shares, 1.5)
    assert rules.trust_now(mind, TICK, w.p.trust[PLACE]) == pytest.approx(expected, rel=1e-12)
    found = np.full(3, np.nan)
    w.minds["touched"][1] = before["touched"][1] = TICK + 8
    rules.current_trust_of_all(w.minds, w.people, w.p.trust, TICK, found)
    assert found.tolist() == pytest.approx([expected, before["trust"][1], 0.5], rel=1e-12)
    assert w.minds.tobytes() == before.tobytes()


def test_decay_is_booked_as_forgetting_favourable_evidence_first(w: World) -> None:
    mind, was = w.minds[0], w.minds[:1].copy()[0]
    shares = retained(w)
    rules.decay(w, mind, w.p.trust[PLACE], PLACE)
    between, now = trust_with(was, shares, (1.0, 1.0), 1.5), trust_with(was, shares, shares, 1.5)
    assert accounts(w) == pytest.approx(
        {(FORGETTING_GOOD, PLACE): between - was["trust"], (FORGETTING_BAD, PLACE): now - between}, rel=1e-9
    )
    assert mind.trust == pytest.approx(now, rel=1e-12)
    assert mind.touched == TICK
    assert [mind.fair_fast, mind.failed_slow] == pytest.approx(
        [was["fair_fast"] * shares[0], was["failed_slow"] * shares[1]]
    )
    mind.trust = 0.9
    state, booked = w.minds.tobytes(), w.ledger.tobytes()
    rules.decay(w, mind, w.p.trust[PLACE], PLACE)
    assert (w.minds.tobytes(), w.ledger.tobytes()) == (state, booked), "decay is applied once a shift"


def test_impressions_are_appended_but_not_of_the_dead_nor_without_weight(w: World) -> None:
    rules.record_impression(w, 0, EVIDENCE)
    w.minds["gone"][1] = 0
    rules.record_impression(w, 1, EVIDENCE)
    rules.record_impression(w, 2, EVIDENCE._replace(fair_weight=0.0, effective_weight=0.0))
    w.impressions["change"] = 9.0
    rules.record_impression(w, 2, EVIDENCE._replace(fair_weight=0.0))
    rules.record_impression(w, 2, EVIDENCE._replace(effective_weight=0.0))
    assert w.counts[IMPRESSIONS] == 3
    names = ("who", "cause", "fast", "quality_f", "weight_f", "quality_e", "weight_e", "change")
    found = [[float(w.impressions[name][k]) for name in names] for k in range(3)]
    assert found == [
        [0, CAUSE, 0.25, 1.0, 0.3, 0.0, 0.6, 9.0],
        [2, CAUSE, 0.25, 1.0, 0.0, 0.0, 0.6, 0.0],
        [2, CAUSE, 0.25, 1.0, 0.3, 0.0, 0.0, 0.0],
    ]


def test_impressions_are_traced_to_the_encounter_in_which_they_began(w: World) -> None:
    for cause in (CAUSE, OTHER_CAUSE, OTHER_CAUSE):
        rules.record_impression(w, 0, EVIDENCE._replace(cause=cause))
    rules.trace_to_origin(w, 2, CAUSE)
    assert w.impressions["origin"][:3].tolist() == [CAUSE, OTHER_CAUSE, CAUSE]
    assert w.impressions["cause"][:3].tolist() == [CAUSE, OTHER_CAUSE, OTHER_CAUSE]
    assert w.impressions["heard"][:3].tolist() == [0, 0, 0]


def test_impressions_of_a_contact_are_attributed_to_its_couple(w: World) -> None:
    w.counts[IMPRESSIONS], w.counts[SIGNED] = 4, 1
    rules.attribute_to_couple(w, 2, 7, 1)
    assert w.counts[SIGNED] == 3
    assert w.signed[["impression", "post", "cell"]][:4].tolist() == [(0, 0, 0), (2, 7, 1), (3, 7, 1), (0, 0, 0)]


def test_an_impression_changes_trust_through_the_ledger_after_decay(w: World) -> None:
    for who, cause in ((2, OTHER_CAUSE), (0, CAUSE), (1, CAUSE), (0, OTHER_CAUSE)):
        rules.record_impression(w, who, EVIDENCE._replace(cause=cause))
    w.minds["gone"][1] = 0  # died after the impression
    was = w.minds.copy()
    shares, since = retained(w), 45
    felt, remembered = w.still_felt, w.remembered
    w.set_field("since", since)
    rules.update_beliefs(w, 1)
    changes = w.impressions["change"][:4]
    assert changes[0] == changes[2] == 0.0
    assert w.minds[1:].tobytes() == was[1:].tobytes()
    aged = was[:1].copy()[0]
    for name in ("fair", "unfair", "solved", "failed"):
        aged[f"{name}_fast"] *= shares[0]
        aged[f"{name}_slow"] *= shares[1]
    steps = [trust_with(aged, (1.0, 1.0), (1.0, 1.0), 1.5)]
    for _ in range(2):
        aged["fair_fast"] += 0.3 * 0.25
        aged["fair_slow"] += 0.3 * 0.75
        aged["failed_fast"] += 0.6 * 0.25
        aged["failed_slow"] += 0.6 * 0.75
        steps.append(trust_with(aged, (1.0, 1.0), (1.0, 1.0), 1.5))
    assert changes[[1, 3]].tolist() == pytest.approx(np.diff(steps), rel=1e-9)
    assert w.minds["trust"][0] == pytest.approx(steps[-1], rel=1e-12)
    assert w.minds["touched"][0] == TICK
    booked = accounts(w)
    assert sum(booked.values()) == pytest.approx(steps[-1] - was["trust"][0], rel=1e-9)
    for cause, change in ((CAUSE, changes[1]), (OTHER_CAUSE, changes[3])):
        assert booked[cause, PLACE] == remembered[cause, PLACE] == pytest.approx(change, rel=1e-12)
        kept = retained(w, since)
        assert felt[:, cause, PLACE] == pytest.approx([0.25 * change / kept[0], 0.75 * change / kept[1]], rel=1e-9)
    assert np.count_nonzero(remembered) == 2
    assert np.count_nonzero(felt) == 4
    assert set(booked) == {(cause, PLACE) for cause in (CAUSE, OTHER_CAUSE, FORGETTING_GOOD, FORGETTING_BAD)}


def test_events_and_what_they_leave_are_summed_by_origin_and_hearsay_is_no_event(w: World) -> None:
    rules.record_impression(w, 0, EVIDENCE)
    rules.record_impression(w, 0, EVIDENCE._replace(cause=OTHER_CAUSE))
    rules.trace_to_origin(w, 1, CAUSE)
    w.impressions["heard"][1] = 1
    origins, since = w.origins, 45
    w.set_field("since", since)
    rules.update_beliefs(w, 0)
    sums, kept = dict(zip(ORIGIN_SUMS, origins[CAUSE, PLACE], strict=True)), retained(w, since)
    both = w.impressions["change"][:2].sum()
    assert [sums["events"], sums["lasting"]] == pytest.approx([1.0, 1.0 / kept[1]])
    assert [sums["trust_fast"], sums["trust_slow"]] == pytest.approx([0.25 * both / kept[0], 0.75 * both / kept[1]])
    assert sums["fairness_slow"] > 0.0 > sums["effectiveness_slow"]
    assert np.count_nonzero(origins[:, :, 0]) == np.count_nonzero(origins[:, :, 2]) == 1


def test_a_second_update_goes_on_with_what_is_remembered(w: World) -> None:
    rules.record_impression(w, 2, EVIDENCE)
    felt, remembered, origins = w.still_felt, w.remembered, w.origins
    felt[:] = remembered[:] = 1.0
    origins[:] = 1.0
    w.set_field("since", 0)
    rules.update_beliefs(w, 0)
    assert origins[CAUSE, 0, :2].tolist() == [2.0, 2.0]
    change = float(w.impressions["change"][0])
    assert remembered[CAUSE, 0] - 1.0 == pytest.approx(change)
    assert felt[:, CAUSE, 0] - 1.0 == pytest.approx([0.25 * change, 0.75 * change])
    assert change != 0.0


@pytest.mark.parametrize("cause", [DEATH, DEPARTURE])
def test_who_leaves_takes_the_present_trust_out_of_the_sum(w: World, cause: int) -> None:
    mind, was, shares = w.minds[0], w.minds[:1].copy()[0], retained(w)
    if cause == DEATH:
        rules.record_death(w, mind, w.p.trust[PLACE], PLACE)
    else:
        rules.record_departure(w, mind, w.p.trust[PLACE], PLACE, cause)
    booked = accounts(w)
    assert set(booked) == {(FORGETTING_GOOD, PLACE), (FORGETTING_BAD, PLACE), (cause, PLACE)}
    assert booked[cause, PLACE] == pytest.approx(-trust_with(was, shares, shares, 1.5), rel=1e-12)
    assert sum(booked.values()) == pytest.approx(-was["trust"], rel=1e-12)
    assert mind.gone == mind.touched == TICK


def test_who_returns_brings_trust_that_has_decayed_and_the_mood_of_today(w: World) -> None:
    mind, was, shares = w.minds[0], w.minds[:1].copy()[0], retained(w)
    mind.gone = TICK - 30
    rules.record_return(w, mind, 0.8, w.p.trust[PLACE], PLACE)
    expected = trust_with(was, shares, shares, 0.8)
    assert accounts(w) == {(ARRIVAL, PLACE): pytest.approx(expected, rel=1e-12)}
    assert [mind.trust, mind.calm, mind.gone, mind.touched] == pytest.approx([expected, 0.8, -1, TICK])
    assert [mind.fair_slow, mind.unfair_fast] == pytest.approx(
        [was["fair_slow"] * shares[1], was["unfair_fast"] * shares[0]]
    )


def test_at_the_end_of_a_month_evidence_decays_and_the_mood_is_booked_apart(w: World) -> None:
    shares = retained(w)
    for who, calm in ((0, 0.7), (1, 1.5)):
        mind, was = w.minds[who], w.minds[who : who + 1].copy()[0]
        w.ledger[:] = 0.0
        rules.update_to_month_end(w, who, *shares, calm)
        decayed, now = (trust_with(was, shares, shares, odds) for odds in (1.5, calm))
        booked = accounts(w)
        assert booked.pop((NATION, PLACE), 0.0) == pytest.approx(now - decayed, rel=1e-9)
        assert sum(booked.values()) == pytest.approx(decayed - was["trust"], rel=1e-9)
        assert set(booked) == {(FORGETTING_GOOD, PLACE), (FORGETTING_BAD, PLACE)}
        assert [mind.trust, mind.calm, mind.touched] == pytest.approx([now, calm, TICK], rel=1e-12)


def test_noise_of_dispositions_is_logistic_with_unit_variance() -> None:
    assert rules.logistic_noise(0.75) == pytest.approx(0.5513 * math.log(3.0))
    grid = (np.arange(20_000) + 0.5) / 20_000
    noise = [rules.logistic_noise(u) for u in grid]
    assert np.mean(noise) == pytest.approx(0.0, abs=1e-9)
    assert np.std(noise) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(("female", "spread_of_places"), [(0, 0.0), (1, 0.0), (1, 0.7)])
def test_dispositions_share_a_common_term(female: int, spread_of_places: float) -> None:
    seed, i, z = 11, 2, 1
    w = hand_made_world(seed=seed)
    p, mind, person = w.p.trust[0], w.minds[i], w.people[i]
    person.female, p.women, p.fairer, p.spread = female, 0.6, 0.5, 1.5
    person.settlement, p.place = z, spread_of_places
    rules.draw_disposition(w, mind, person, p, -0.4, i)

    def draw(number: int) -> float:
        u = keyed_uniform(seed, DISPOSITION_STREAM, 0, i, number)
        return 0.5513 * math.log(u / (1.0 - u))

    u = keyed_uniform(seed, PLACE_STREAM, 0, z, 0)
    mean = -0.4 + 0.6 * (female - 0.5) + spread_of_places * 0.5513 * math.log(u / (1.0 - u))
    for disposed, half, own in ((mind.disposed_fairness, 0.25, 1), (mind.disposed_effectiveness, -0.25, 2)):
        log_odds = mean + half + 1.5 * (0.8 * draw(0) + 0.6 * draw(own))
        assert disposed == pytest.approx(1.0 / (1.0 + math.exp(-log_odds)), rel=1e-9)


def test_residents_begin_with_the_trust_that_they_are_disposed_to() -> None:
    w = hand_made_world(n_residents=4)
    w.people["settlement"][3] = 1
    w.p.trust["spread"] = (1.0, 2.0)
    minds, expected = w.minds, w.minds.copy()
    minds["gone"], minds["touched"], minds["trust"] = (-1, 0, -1, -1), 7, 0.0
    for i in range(4):
        place = w.people[i].settlement
        rules.draw_disposition(w, expected[i], w.people[i], w.p.trust[place], -0.4, i)
    rules.initialise_beliefs(w, 1, 4, -0.4, 1.3)
    for name in ("disposed_fairness", "disposed_effectiveness"):
        assert minds[name].tolist() == [0.5, *expected[name][1:].tolist()]
    assert minds["calm"].tolist() == [1.0, 1.0, 1.3, 1.3]
    assert minds["touched"].tolist() == [7, 7, TICK, TICK]
    assert minds["trust"][:2].tolist() == [0.0, 0.0]
    assert minds["trust"][2:].tolist() == [trust_of(one, 1.3) for one in minds[2:]]


def test_the_sum_of_trust_is_of_the_living_by_settlement() -> None:
    w = hand_made_world(n_residents=4)
    w.people["settlement"][:] = (0, 1, 1, 1)
    w.minds["trust"], w.minds["gone"] = (0.1, 0.2, 0.3, 0.4), (-1, -1, 0, -1)
    found = rules.sum_trust_by_settlement(w.minds, w.people, 2)
    assert found.tolist() == pytest.approx([0.1, 0.2 + 0.4], rel=1e-15)


def test_the_sum_of_trust_is_compensated() -> None:
    w = hand_made_world(n_residents=4)
    w.minds["trust"] = (1.0, 1e100, 1.0, -1e100)
    assert rules.sum_trust_by_settlement(w.minds, w.people, 1).tolist() == [2.0]
