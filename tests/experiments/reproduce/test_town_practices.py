"""Sentences on criteria: the practice that moves each most is read from the mediation on record."""

import pandas as pd
import pytest

from experiments.reproduce.plan import SITES
from experiments.town_page.practices import CRITERIA, MEDIATION_FILE, practices_of


@pytest.mark.parametrize("site", SITES)
def test_the_practice_with_the_largest_sure_effect_is_named_with_its_effect_on_trust(site: str) -> None:
    table = pd.read_csv(MEDIATION_FILE)
    table = table[(table["site"] == site) & table["channel"].isna() & ~table["practice"].str.contains("+", regex=False)]
    found = practices_of(site)
    assert {(row["years"], row["criterion"]) for row in found} == {
        (year, criterion) for year in table["year"].unique() for criterion in CRITERIA
    }
    for row in found:
        year = table[table["year"] == row["years"]].set_index(["practice", "outcome"])
        others = year.xs(row["criterion"], level="outcome")
        sure = others[(others["effect_low"] > 0.0) | (others["effect_high"] < 0.0)]
        assert abs(row["moved"]) == pytest.approx(sure["effect"].abs().max(), abs=0.006)
        trust = year.loc[(row["practice"], "trust")]
        assert (row["low"], row["high"]) == pytest.approx((trust["effect_low"], trust["effect_high"]), abs=0.006)


def test_an_unknown_town_has_none() -> None:
    assert practices_of("nowhere") == []
