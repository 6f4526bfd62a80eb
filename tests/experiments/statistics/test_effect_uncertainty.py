"""Uncertainty over draws: known parts of a spread are found again, and a direction is known only if all agree."""

import numpy as np
import pytest

from experiments.statistics.effect_uncertainty import account_spread, uncertainty_of

RANDOM, TOWN, ASSUMED = 0.3, 0.5, 0.8
N = 4000


def simulated(n=N, mean=1.0, random=RANDOM, town=TOWN, assumed=ASSUMED, seed=1):
    """Return effects of two runs a draw whose parts are known, and which draws stay in one town."""
    rng = np.random.default_rng(seed)
    same = np.arange(n) % 2 == 0
    towns = town * rng.normal(size=(n, 2))
    towns[same, 1] = towns[same, 0]
    return mean + assumed * rng.normal(size=(n, 1)) + towns + random * rng.normal(size=(n, 2)), same


def test_every_part_of_the_spread_is_found_again():
    found = uncertainty_of(*simulated(), {})
    assert (found.sd_random, found.sd_town, found.sd_assumed) == pytest.approx((RANDOM, TOWN, ASSUMED), rel=0.06)
    assert found.sd == pytest.approx(np.hypot(np.hypot(RANDOM, TOWN), ASSUMED), rel=0.05)


@pytest.mark.parametrize("part", ["random", "town", "assumed"])
def test_a_part_that_is_not_there_is_not_found(part):
    found = uncertainty_of(*simulated(**{part: 0.0}), {})
    assert getattr(found, f"sd_{part}") < 0.12


def test_accounts_that_differ_spread_and_those_that_only_vary_by_chance_do_not():
    rng = np.random.default_rng(1)
    differ = [shift + 0.1 * rng.normal(size=8) for shift in (-2.0, 2.0)]
    assert account_spread(differ) == pytest.approx(2.0, rel=0.1)
    assert account_spread([rng.normal(size=8) for _ in range(50)]) < 0.15


def test_a_direction_is_known_if_nearly_all_draws_agree():
    assert uncertainty_of(*simulated(50, mean=3.0), {}).sign == "known"
    assert uncertainty_of(*simulated(50, mean=0.5), {}).sign == "open"
    assert uncertainty_of(*simulated(10, mean=3.0), {}).sign == "few"


def test_an_account_that_says_the_opposite_takes_a_known_direction_back():
    effects, same = simulated(50, mean=3.0)
    shift = np.full(50, np.nan)
    shift[:8] = -6.0
    found = uncertainty_of(effects, same, {"rival": shift, "like": 0.0 * shift})
    assert (found.sign, found.against) == ("turns", ("rival",))
    assert found.low < -2.0


def test_draws_without_numbers_are_left_out_and_too_few_give_nothing():
    effects, same = simulated(50, mean=3.0)
    effects[3] = np.nan
    assert uncertainty_of(effects, same, {}).draws == 49
    assert uncertainty_of(effects[:3], same[:3], {}) is None
