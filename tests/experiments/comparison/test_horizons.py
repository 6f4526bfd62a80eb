"""Effects after 1, 3 and 10 years of one comparison, from made-up months."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from experiments.comparison.effects import Pair
from experiments.comparison.horizons import horizons_table, months_until
from experiments.comparison.origins import BELIEFS
from experiments.words.dictionary import column


def side(name: str, years: int, more: float) -> Any:
    """Return an arm of two seeds in which trust and homicides grow by the year."""
    rows = []
    for seed in (1, 2):
        for month in range(12 * years):
            level = 0.4 + more * (1 + month // 12)
            date = pd.Timestamp(2017 + month // 12, 1 + month % 12, 1)
            row = {"seed": seed, "month": date, "homicides": 2.0 + 10.0 * (level - 0.4), "residents": 100.0}
            rows.append(row | dict.fromkeys(BELIEFS.values(), level))
    table = pd.DataFrame(rows)
    return SimpleNamespace(scenario="here", name=name, years=365.0 * years / 365.25, table=lambda _: table)


def pair(years: int) -> Pair:
    """Return twins of so many years, of which the second trust more year by year."""
    return Pair(side("status_quo", years, 0.0), side("better", years, 0.01), (1, 2))


def test_averages_are_of_the_last_year_and_counts_of_all_years_until_a_horizon() -> None:
    found = horizons_table([pair(4)]).set_index(["years", "measure"])
    assert sorted(set(found.index.get_level_values("years"))) == [1, 3]
    assert found.loc[(1, "trust_mean"), "effect"] == pytest.approx(1.0)
    assert found.loc[(3, "trust_mean"), "effect"] == pytest.approx(3.0)
    assert found.loc[(3, "homicides"), "effect"] == pytest.approx(12.0 * 0.2)
    assert found.loc[(3, "homicides"), "base"] == pytest.approx(24.0)


def test_every_column_of_the_table_has_its_words() -> None:
    columns = {name: column("horizons", name) for name in horizons_table([pair(4)])}
    assert columns["years"].role == "key"
    assert [name for name, one in columns.items() if not (one.en and one.es)] == []


@pytest.mark.parametrize(("years", "told"), [(2, []), (3, [1, 3]), (9, [1, 3]), (10, [1, 3, 10])])
def test_a_comparison_reaches_its_own_last_year(years: int, told: list[int]) -> None:
    found = horizons_table([pair(years)])
    assert sorted(set(found["years"]) if len(found) else []) == told


def test_a_comparison_of_a_year_or_of_no_twins_has_no_horizons() -> None:
    assert horizons_table([pair(1)]).empty
    assert horizons_table([Pair(side("a", 4, 0.0), side("b", 4, 0.01), (), "sites")]).empty


def test_months_until_a_horizon_are_those_of_every_run() -> None:
    months = pair(4).base.table("measures")
    assert len(months_until(months, 1)) == 24
    assert months_until(months, 3)["month"].max() == pd.Timestamp(2019, 12, 1)
