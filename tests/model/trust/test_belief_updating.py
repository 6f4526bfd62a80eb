"""Belief updating: evidence counts by surprise and decays in two memories."""

import itertools
import math

import numpy as np
import pytest

from model.simulation.columns import ResidentState
from model.trust.belief_updating import (
    EVIDENCE_COLUMNS,
    add_evidence,
    copy_evidence,
    decay_bad,
    decay_both,
    decay_good,
    odds_of_ineffectiveness,
    odds_of_unfairness,
    retained_share,
    retained_share_fast,
    set_disposition,
    trust_after_decay,
    trust_of,
)
from model.trust.ledger import Trust
from model.world.shift_events import Impression

P = Trust().rows(1)


def mind(disposition: float = 0.5) -> np.ndarray:
    """One resident without evidence, who trusts as disposed."""
    one = np.zeros(1, ResidentState.dtype)
    one["disposed_fairness"] = one["disposed_effectiveness"] = disposition
    one["calm"] = 1.0
    return one


def seen(quality: float, weight: float = 0.3, fast: float = 0.5) -> np.ndarray:
    """One impression, which says the same of both beliefs."""
    one = np.zeros(1, Impression.dtype)
    one["quality_f"] = one["quality_e"] = quality
    one["weight_f"] = one["weight_e"] = weight
    one["fast"] = fast
    return one


def after(one: np.ndarray, *impressions: np.ndarray, p: np.ndarray = P) -> float:
    """Trust after these impressions."""
    for impression in impressions:
        add_evidence(one[0], impression[0], p[0])
    return float(trust_of(one[0], 1.0))


def test_no_evidence_is_the_disposition_and_the_moods_odds_multiply() -> None:
    assert after(mind(0.3)) == pytest.approx(0.3)
    assert float(trust_of(mind(0.3)[0], math.exp(-0.4))) == pytest.approx(1 / (1 + math.exp(-0.4) * 0.7 / 0.3))


def test_what_surprises_teaches_more_and_what_is_expected_little() -> None:
    good = [after(mind(d), seen(1.0)) - d for d in (0.2, 0.5, 0.8)]
    assert good[0] > good[1] > good[2] > 0.0
    bad = [after(mind(d), seen(0.0)) - d for d in (0.2, 0.5, 0.8)]
    assert 0.0 > bad[0] > bad[1] > bad[2]
    assert after(mind(0.7), seen(0.7)) == pytest.approx(0.7)


def test_evidence_stiffens_and_ages_so_that_learning_recovers() -> None:
    fresh, tired = mind(), mind()
    for _ in range(8):
        add_evidence(tired[0], seen(0.5, fast=0.0)[0], P[0])
    gains = [after(one.copy(), seen(1.0)) - float(trust_of(one[0], 1.0)) for one in (fresh, tired)]
    assert gains[1] < 0.5 * gains[0]
    for fade in (decay_good, decay_bad):
        fade(tired[0], 0.0, retained_share(3 * 365 * 6.0, 2.0))
    later = after(tired.copy(), seen(1.0)) - float(trust_of(tired[0], 1.0))
    assert gains[1] < later < gains[0]


def test_the_order_in_which_a_shift_is_lived_through_does_not_matter() -> None:
    impressions = [seen(1.0, 0.2, 0.9), seen(0.0, 0.5, 0.0), seen(0.7, 0.1, 0.5)]
    found = [after(mind(0.4), *order) for order in itertools.permutations(impressions)]
    assert max(found) - min(found) < 1e-15


def test_forgetting_at_once_is_forgetting_step_by_step() -> None:
    once, often = mind(), mind()
    for one in (once, often):
        add_evidence(one[0], seen(0.2)[0], P[0])
    for fade in (decay_good, decay_bad):
        fade(once[0], retained_share_fast(90.0, 21.0), retained_share(90.0, 2.0))
        for _ in range(90):
            fade(often[0], retained_share_fast(1.0, 21.0), retained_share(1.0, 2.0))
    for name in EVIDENCE_COLUMNS:
        assert often[name] == pytest.approx(once[name], rel=1e-12)


@pytest.mark.parametrize("asymmetry", [1.0, 3.0, 5.0])
def test_asymmetry_weighs_what_is_bad_and_nothing_else(asymmetry: float) -> None:
    p = P.copy()
    p["asymmetry"] = asymmetry
    one = mind()
    after(one, seen(0.0, 0.3, 0.0), seen(1.0, 0.2, 0.0), p=p)
    assert one["unfair_slow"][0] == pytest.approx(0.3 * asymmetry / 3.0)
    assert one["fair_slow"][0] == pytest.approx(0.2)


def test_nobody_is_ever_wholly_sure() -> None:
    for quality in (0.0, 1.0):
        trust = after(mind(), *[seen(quality, 3.0) for _ in range(1000)])
        assert 0.0 < trust < 1.0


# Known answers

COUNTS = dict(zip(EVIDENCE_COLUMNS, (0.1, 0.7, 0.2, 0.3, 0.5, 0.4, 0.6, 0.9), strict=True))


def experienced() -> np.ndarray:
    """One resident with different evidence in every column."""
    one = mind()
    one["disposed_fairness"], one["disposed_effectiveness"], one["calm"] = 0.3, 0.6, 1.5
    for name, value in COUNTS.items():
        one[name] = value
    return one


def odds(disposed: float, good: str, bad: str, share: dict[str, float]) -> float:
    """Return the odds against a belief with these shares of the evidence in the columns, apart from the model."""
    against, favours = (
        sum(COUNTS[f"{of}_{pace}"] * share[f"{of}_{pace}"] for pace in ("fast", "slow")) for of in (bad, good)
    )
    return (1.0 - disposed + against) / (disposed + favours)


def believed(calm: float, **left: float) -> float:
    """Return trust with these shares of the evidence left, 1 for columns that are not named."""
    share = dict.fromkeys(COUNTS, 1.0) | left
    both = odds(0.3, "fair", "unfair", share) * odds(0.6, "solved", "failed", share)
    return 1.0 / (1.0 + calm * math.sqrt(both))


def shares(fast: float, slow: float, *kinds: str) -> dict[str, float]:
    """Return the shares left in the columns of some kinds of evidence."""
    return {f"{kind}_{pace}": share for kind in kinds for pace, share in (("fast", fast), ("slow", slow))}


GOOD, BAD = ("fair", "solved"), ("unfair", "failed")


def test_beliefs_are_odds_of_evidence_and_disposition() -> None:
    one, whole = experienced()[0], dict.fromkeys(COUNTS, 1.0)
    assert odds_of_unfairness(one) == pytest.approx(odds(0.3, "fair", "unfair", whole), rel=1e-12)
    assert odds_of_ineffectiveness(one) == pytest.approx(odds(0.6, "solved", "failed", whole), rel=1e-12)
    assert trust_of(one, 1.2) == pytest.approx(believed(1.2), rel=1e-12)
    expected = believed(1.2, **shares(0.3, 0.8, *GOOD, *BAD))
    assert trust_after_decay(one, 0.3, 0.8, 1.2) == pytest.approx(expected, rel=1e-12)


def test_decay_reduces_each_memory_by_its_share_and_tells_trust_in_between() -> None:
    one, other = experienced(), experienced()
    between, now, moved = decay_both(one[0], 0.3, 0.8, 1.1)
    assert between == pytest.approx(believed(1.5, **shares(0.3, 0.8, *GOOD)), rel=1e-12)
    assert now == pytest.approx(believed(1.5, **shares(0.3, 0.8, *GOOD, *BAD)), rel=1e-12)
    assert moved == trust_of(one[0], 1.1)
    decay_good(other[0], 0.3, 0.8)
    for name, value in COUNTS.items():
        left = shares(0.3, 0.8, *GOOD).get(name, 1.0)
        assert other[name][0] == pytest.approx(value * left), name
    decay_bad(other[0], 0.3, 0.8)
    assert [other[name][0] for name in COUNTS] == [one[name][0] for name in COUNTS]


@pytest.mark.parametrize(("fair", "effective"), [(0.4, 0.5), (0.5, 0.4), (0.9, 0.9), (0.2, 0.1)])
def test_evidence_is_added_by_quality_weight_and_memory(fair: float, effective: float) -> None:
    one, p, impression = experienced(), P.copy(), seen(fair, fast=0.25)
    p["asymmetry"], impression["quality_e"], impression["weight_e"] = 4.5, effective, 0.7
    add_evidence(one[0], impression[0], p[0])
    f, e = 0.3 * (1.5 if fair < 0.5 else 1.0), 0.7 * (1.5 if effective < 0.5 else 1.0)
    added = {"fair": f * fair, "unfair": f * (1.0 - fair), "solved": e * effective, "failed": e * (1.0 - effective)}
    for kind, weight in added.items():
        assert one[f"{kind}_fast"][0] == pytest.approx(COUNTS[f"{kind}_fast"] + 0.25 * weight)
        assert one[f"{kind}_slow"][0] == pytest.approx(COUNTS[f"{kind}_slow"] + 0.75 * weight)


def test_evidence_is_copied_without_dispositions() -> None:
    one = mind(0.2)
    copy_evidence(one[0], experienced()[0])
    assert {name: one[name][0] for name in COUNTS} == COUNTS
    assert one["disposed_fairness"][0] == one["disposed_effectiveness"][0] == 0.2


def test_dispositions_are_probabilities_of_log_odds() -> None:
    one = mind()
    set_disposition(one[0], math.log(3.0), -math.log(4.0))
    assert one["disposed_fairness"][0] == pytest.approx(0.75)
    assert one["disposed_effectiveness"][0] == pytest.approx(0.2)


def test_half_lives_are_in_days_of_three_shifts_and_in_years() -> None:
    assert retained_share_fast(3 * 21.0, 21.0) == pytest.approx(0.5)
    assert retained_share_fast(3 * 21.0, 7.0) == pytest.approx(0.125)
    assert retained_share(3 * 365.0, 0.5) == pytest.approx(0.25)
