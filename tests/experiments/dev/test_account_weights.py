"""Weights of accounts: findings that they miss cost weight, those that they reproduce do not."""

import pytest

from experiments.dev.examinations.account_weights import FARTHEST, evidence_row, table_lines, weights_of
from experiments.reproduce.account_weights import account_weights
from scenarios import accounts


def rows(values: dict[str, float], source: str = "Q01") -> list[dict[str, object]]:
    """Return one finding, published as -21.5 to -9.5, under each account."""
    about = {"source": source, "finding": "abuse", "unit": "points of 100", "status": "set"}
    published = {"published_low": -21.5, "published_high": -9.5}
    return [evidence_row(name, about | published | {"value": values.get(name, -15.5)}) for name in accounts.names()]


def test_an_account_that_denies_a_finding_loses_weight_and_no_more_than_it_may() -> None:
    weights = weights_of(rows({"performance_only": -3.0, "certainty_off": -100.0}))
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["performance_only"] < 0.05 * weights["present_law"]
    assert weights["certainty_off"] / weights["present_law"] == pytest.approx(2.718281828 ** (-0.5 * FARTHEST**2))
    assert len({round(weights[name], 12) for name in accounts.names()}) == 3


def test_two_readings_of_one_source_count_once_and_two_sources_twice() -> None:
    one = rows({"performance_only": -5.0})
    same = weights_of(one + rows({"performance_only": -5.0}))
    assert same == pytest.approx(weights_of(one))
    both = weights_of(one + rows({"performance_only": -5.0}, "Q02"))
    ratio = same["performance_only"] / same["present_law"]
    assert both["performance_only"] / both["present_law"] == pytest.approx(ratio**2)


def test_the_table_shows_weights_beside_equal_ones_and_every_finding() -> None:
    found = rows({"performance_only": 0.0})
    text = "\n".join(table_lines(found, weights_of(found)))
    assert "Q01: abuse (points of 100), set" in text
    assert "   0.111" in text
    assert all(name in text for name in accounts.names())


def test_the_weights_of_the_answer_cover_all_accounts() -> None:
    weights = account_weights()
    assert list(weights) == list(accounts.names())
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["present_law"] > 0.0
