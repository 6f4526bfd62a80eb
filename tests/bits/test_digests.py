"""Results are the recorded ones, bit for bit."""

import pytest

from bits import digests

CASES = [(tier, *case) for tier in digests.TIERS for case in digests.cases(tier)]
SLOW = {digests.LONG: [pytest.mark.slow]}


@pytest.mark.skipif(digests.here() != digests.recorded()["here"], reason="recorded with another processor or version")
@pytest.mark.parametrize(
    ("tier", "site", "policy"),
    [pytest.param(*case, marks=SLOW.get(case[0], []), id="-".join(case)) for case in CASES],
)
def test_results_have_the_recorded_digests(tier: str, site: str, policy: str) -> None:
    assert digests.differing(tier, site, policy) == [], "meant to change? python -m tests.bits.digests --record"


def test_every_case_is_recorded() -> None:
    known = {tier: {(site, policy) for site in found for policy in found[site]} for tier, found in recorded_tiers()}
    assert known == {tier: set(digests.cases(tier)) for tier in digests.TIERS}


def recorded_tiers() -> list[tuple[str, dict[str, dict[str, str]]]]:
    return [(tier, found) for tier, found in digests.recorded().items() if tier in digests.TIERS]


def test_a_changed_bit_and_a_row_in_use_change_the_digest_and_unused_room_does_not() -> None:
    class Grown:
        rows, count = digests.np.zeros(4, [("small", "i1"), ("wide", "f8")]), digests.np.array([2])

    def now() -> str:
        return digests.digest(table for _, table in digests.tables({"state": {"calls": Grown()}}))

    first = now()
    Grown.rows["wide"][3] = 1.0
    assert now() == first
    Grown.rows["wide"][1] = -0.0
    assert now() != first
